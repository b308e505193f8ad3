//! What happened to a cluster, newest first, and what can be done about it.

use cluster_api::{ClusterId, Event, EventKind, EventQuery, Problem};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{
    events_fns::RebuildCluster,
    frame::{Subject, Tab, cluster_page},
    helps::helps,
};
use crate::{
    answer::reject,
    clusters::why::engine_words,
    dashboard::act,
    error::AppError,
    paths, says, t,
    ui::{icon::icon, prose::prose, said::said},
    when,
};

/// How many entries a page has when all kinds are shown.
const PAGE: u32 = 100;

/// How many are looked through for a page of one kind: as many as one answer has.
const LOOKED_THROUGH: u32 = 500;

/// How many answers are looked through at most for one page.
const ANSWERS: usize = 4;

/// Which kinds of entries are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    All,
    /// What somebody asked for.
    Asked,
    /// What came to an end, well or not.
    Ended,
    /// The steps of tasks.
    Steps,
    /// What went wrong.
    Problems,
    /// What was seen.
    Noticed,
}

impl Filter {
    const ALL: [Self; 6] = [
        Self::All,
        Self::Problems,
        Self::Asked,
        Self::Ended,
        Self::Steps,
        Self::Noticed,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Asked => "asked",
            Self::Ended => "ended",
            Self::Steps => "steps",
            Self::Problems => "problems",
            Self::Noticed => "noticed",
        }
    }

    fn words(self) -> String {
        match self {
            Self::All => t!("group-all"),
            Self::Asked => t!("events-asked"),
            Self::Ended => t!("events-ended"),
            Self::Steps => t!("events-steps"),
            Self::Problems => t!("events-problems"),
            Self::Noticed => t!("events-noticed"),
        }
    }

    fn of(text: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|it| it.as_str() == text).unwrap_or(Self::All)
    }

    fn has(self, kind: EventKind) -> bool {
        match self {
            Self::All => true,
            Self::Asked => kind == EventKind::Requested,
            Self::Ended => matches!(kind, EventKind::Finished | EventKind::Failed),
            Self::Steps => matches!(
                kind,
                EventKind::Started | EventKind::Done | EventKind::Retrying
            ),
            Self::Problems => kind.is_bad(),
            Self::Noticed => matches!(kind, EventKind::Noticed | EventKind::Lost),
        }
    }
}

/// A part of the timeline.
struct Part {
    events: Vec<Event>,
    /// What leads to the part before it in time.
    next: Option<String>,
}

/// The timeline of a cluster.
#[component]
pub fn EventsPage() -> AnyView {
    let (filter, before, rebuilding) = use_query_map().with_untracked(|query| {
        (
            Filter::of(query.get_str("kind").unwrap_or_default()),
            query.get("before").filter(|marker| marker.len() <= 200),
            query.get_str("confirm") == Some("rebuild"),
        )
    });
    let said = said(RebuildCluster::PATH).map(says::problem);
    cluster_page(Tab::Events, None, move |subject| async move {
        let id = subject.cluster().id;
        let part = part(&subject, filter, before.clone()).await?;
        Ok(view! {
            <div class="split">
                <div>{timeline(id, filter, before, part)}</div>
                {helps(subject.cluster(), rebuilding, said)}
            </div>
        }
        .into_any())
    })
}

/// The entries to show. The first part is there although nobody can be asked for it: the dashboard keeps
/// what came by.
async fn part(subject: &Subject, filter: Filter, before: Option<String>) -> Result<Part, AppError> {
    let id = subject.cluster().id;
    let is_first = before.is_none();
    let limit = if filter == Filter::All {
        PAGE
    } else {
        LOOKED_THROUGH
    };
    let mut part = Part {
        events: Vec::new(),
        next: before,
    };
    for _ in 0..ANSWERS {
        let query = EventQuery {
            limit: Some(limit),
            marker: part.next.take(),
        };
        let answer =
            act(|up| async move { up.control_plane.page_of_events(&up.token, id, &query).await });
        match answer.await {
            Ok(list) => {
                part.next = list.next;
                part.events
                    .extend(list.events.into_iter().filter(|it| filter.has(it.kind)));
            }
            Err(Problem::NotOffered | Problem::Unreachable) if is_first => {
                let known = subject.view.events.iter();
                part.events = known.filter(|it| filter.has(it.kind)).cloned().collect();
                return Ok(part);
            }
            Err(problem) => return Err(reject(problem)),
        }
        if !part.events.is_empty() || part.next.is_none() {
            break;
        }
    }
    Ok(part)
}

fn timeline(id: ClusterId, filter: Filter, before: Option<String>, part: Part) -> AnyView {
    let address = |filter: Filter, before: &str| {
        paths::with_query(
            &paths::events(id),
            &[("kind", filter.as_str()), ("before", before)],
        )
    };
    let chips = Filter::ALL.map(|it| {
        let here = (it == filter).then_some("true");
        view! {
            <a href=address(it, "") aria-current=here>
                {it.words()}
            </a>
        }
    });
    let none = part.events.is_empty().then(|| {
        let words = if filter == Filter::All {
            t!("events-none")
        } else {
            t!("events-none-of-kind")
        };
        view! { <p class="quiet">{words}</p> }
    });
    let newest = before.map(|_| {
        view! {
            <a class="btn" href=address(filter, "")>
                {t!("events-newest")}
            </a>
        }
    });
    let older = part.next.map(|next| {
        view! {
            <a class="btn" rel="next" href=address(filter, &next)>
                {t!("events-older")}
            </a>
        }
    });
    let entries: Vec<_> = part.events.into_iter().map(entry).collect();
    view! {
        <section class="panel" aria-labelledby="timeline-title">
            <header>
                <h2 id="timeline-title">{t!("what-happened")}</h2>
            </header>
            <div class="body">
                <nav class="chips kinds" aria-label=t!("events-filter")>
                    {chips.to_vec()}
                </nav>
                {none}
                <ol class="line" id="timeline">
                    {entries}
                </ol>
                <nav class="pages" aria-label=t!("pages")>
                    {newest}
                    {older}
                </nav>
            </div>
        </section>
    }
    .into_any()
}

fn entry(event: Event) -> AnyView {
    let class = match event.kind {
        EventKind::Requested => "asked",
        EventKind::Started => "now",
        EventKind::Done | EventKind::Noticed => "done",
        EventKind::Retrying => "again",
        EventKind::Finished => "end",
        EventKind::Failed | EventKind::Lost => "bad",
    };
    let took = event
        .duration_ms
        .map(|it| view! { <b>{when::duration(it)}</b> });
    let actor = event
        .actor
        .map(|actor| view! { <span class="actor">{t!("events-by", name = actor)}</span> });
    view! {
        <li class=class id=format!("event-{}", event.id)>
            <span>
                {event.kind.is_bad().then(|| icon("bad", ""))}
                {prose(&says::sentence(&event.message))}
                " "
                {actor}
            </span>
            <span class="when">{took} " " {when::ago(event.at)}</span>
            {event.detail.map(engine_words)}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_a_filter_of_its_own() {
        for kind in [
            EventKind::Requested,
            EventKind::Started,
            EventKind::Done,
            EventKind::Retrying,
            EventKind::Finished,
            EventKind::Failed,
            EventKind::Noticed,
            EventKind::Lost,
        ] {
            let found = Filter::ALL.into_iter().filter(|it| it.has(kind)).count();
            assert!(found >= 2, "{kind:?}: all, and its own");
        }
        for filter in Filter::ALL {
            assert_eq!(Filter::of(filter.as_str()), filter);
        }
        assert_eq!(Filter::of("x"), Filter::All);
    }
}
