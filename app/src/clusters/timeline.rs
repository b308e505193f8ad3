//! What happened to a cluster, newest first.

use cluster_api::{Event, EventKind};
use leptos::prelude::*;

use super::why::engine_words;
use crate::{
    live::{Live, clock::Clock},
    ui::{icon::icon, prose::prose, words},
};

/// More are shown on demand.
const FIRST: usize = 30;

/// The timeline of the cluster whose page is open.
#[component]
pub fn TimelinePanel() -> impl IntoView {
    let live = Live::expect();
    let count = move || live.with_events(<[_]>::len);
    let older = move || count().saturating_sub(FIRST);
    view! {
        <section class="panel" id="timeline" aria-labelledby="timeline-title">
            <header>
                <h2 id="timeline-title">"What happened"</h2>
            </header>
            <div class="body">
                <p class="quiet" hidden=move || count() != 0>
                    "Nothing yet."
                </p>
                <ol class="line">{entries(live, 0, FIRST)}</ol>
                <details class="older" hidden=move || older() == 0>
                    <summary>{move || format!("{} older", older())}</summary>
                    <ol class="line">{entries(live, FIRST, usize::MAX)}</ol>
                </details>
            </div>
        </section>
    }
}

/// A part of the timeline: so many, after so many others. An entry never changes.
fn entries(live: Live, skip: usize, take: usize) -> impl IntoView {
    let events = move || {
        live.with_events(|events| {
            let part = events.iter().skip(skip).take(take);
            part.cloned().collect::<Vec<_>>()
        })
    };
    view! { <For each=events key=|event| event.id children=move |event| entry(event, live.clock)/> }
}

fn entry(event: Event, clock: Clock) -> impl IntoView + use<> {
    let at = event.at;
    let class = match event.kind {
        EventKind::Requested => "asked",
        EventKind::Started => "now",
        EventKind::Done | EventKind::Noticed => "done",
        EventKind::Retrying => "again",
        EventKind::Finished => "end",
        EventKind::Failed | EventKind::Lost => "bad",
    };
    let zone = clock.zone;
    view! {
        <li class=class>
            <span>{event.kind.is_bad().then(|| icon("bad", ""))} {prose(&event.message)}</span>
            <span class="when">
                <b>{event.duration_ms.map(words::duration)}</b>
                " "
                <time datetime=at.to_string() title=move || words::moment(at, zone.get())>
                    {move || words::time_of_day(at, zone.get())}
                </time>
            </span>
            {event.detail.map(engine_words)}
        </li>
    }
}
