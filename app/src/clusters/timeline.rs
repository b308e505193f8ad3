//! What happened to a cluster, newest first.

use cluster_api::{Event, EventKind};
use leptos::prelude::*;

use super::why::engine_words;
use crate::{
    live::Live,
    ui::{
        icon::Icon,
        list::{Item, list},
        words,
    },
};

/// More are shown on demand.
const FIRST: usize = 30;

/// The timeline of the cluster whose page is open.
#[component]
pub fn TimelinePanel() -> AnyView {
    let live = Live::expect();
    let older = move || live.events().len().saturating_sub(FIRST);
    view! {
        <section class="panel" id="timeline" aria-labelledby="timeline-title">
            <header>
                <h2 id="timeline-title">"What happened"</h2>
            </header>
            <div class="body">
                <p class="quiet" hidden=move || !live.events().is_empty()>
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
    .into_any()
}

/// A part of the timeline: so many, after so many others.
fn entries(live: Live, skip: usize, take: usize) -> AnyView {
    list(move || {
        let events = live.events().into_iter().skip(skip).take(take);
        let item = |event: Event| {
            Item::new(event.id.to_string(), move || {
                view! { <Entry event/> }.into_any()
            })
        };
        events.map(item).collect()
    })
}

#[component]
fn Entry(
    /// What happened.
    event: Event,
) -> AnyView {
    let clock = Live::expect().clock;
    let at = event.at;
    let class = match event.kind {
        EventKind::Requested => "asked",
        EventKind::Started => "now",
        EventKind::Done => "done",
        EventKind::Retrying => "again",
        EventKind::Finished => "end",
        EventKind::Failed => "bad",
    };
    view! {
        <li class=class>
            <span>
                {event.kind.is_bad().then(|| view! { <Icon name="bad"/> }.into_any())} {event.message}
            </span>
            <span class="when">
                <b>{event.duration_ms.map(words::duration)}</b>
                " "
                <time datetime=at.to_string() title=move || words::moment(at, clock.zone())>
                    {move || words::time_of_day(at, clock.zone())}
                </time>
            </span>
            {event.detail.map(engine_words)}
        </li>
    }
    .into_any()
}
