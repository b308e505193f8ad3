//! Timelines: the events of each cluster that came by.

use std::collections::{HashMap, VecDeque};

use cluster_api::{ClusterId, Event};

/// As many as the control plane answers.
const MAX_EVENTS: usize = 500;

/// How many timelines of an account are kept; the ones touched last.
const MAX_TIMELINES: usize = 256;

#[derive(Debug, Default)]
struct Timeline {
    /// Newest first.
    events: VecDeque<Event>,
    /// Nothing is missing: it was read as a whole, and all that came after came by.
    whole: bool,
    touched: u64,
}

/// The timelines of one account.
#[derive(Debug, Default)]
pub(super) struct Timelines {
    kept: HashMap<ClusterId, Timeline>,
    touches: u64,
}

impl Timelines {
    /// Adds an event. False: it is there already.
    pub(super) fn add(&mut self, event: Event) -> bool {
        let timeline = self.touch(event.cluster_id);
        let at = timeline.events.partition_point(|known| known.id > event.id);
        if timeline
            .events
            .get(at)
            .is_some_and(|known| known.id == event.id)
        {
            return false;
        }
        timeline.events.insert(at, event);
        timeline.events.truncate(MAX_EVENTS);
        true
    }

    /// Takes in a timeline as it was read, and adds what came by since.
    pub(super) fn take_in(&mut self, id: ClusterId, events: Vec<Event>, whole: bool) {
        let since = std::mem::take(&mut self.touch(id).events);
        let timeline = self.touch(id);
        timeline.events = events.into();
        timeline
            .events
            .make_contiguous()
            .sort_by_key(|event| std::cmp::Reverse(event.id));
        timeline.whole = whole;
        for event in since {
            self.add(event);
        }
    }

    /// What is known, newest first.
    pub(super) fn known(&self, id: ClusterId) -> Vec<Event> {
        self.kept
            .get(&id)
            .map(|timeline| timeline.events.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// All of it, if it is all there.
    pub(super) fn whole(&mut self, id: ClusterId) -> Option<Vec<Event>> {
        self.kept.get(&id).filter(|timeline| timeline.whole)?;
        Some(self.touch(id).events.iter().cloned().collect())
    }

    /// Something may be missing from one of them.
    pub(super) fn doubt(&mut self, id: ClusterId) {
        if let Some(timeline) = self.kept.get_mut(&id) {
            timeline.whole = false;
        }
    }

    /// Something may be missing from any of them.
    pub(super) fn doubt_all(&mut self) {
        for timeline in self.kept.values_mut() {
            timeline.whole = false;
        }
    }

    pub(super) fn remove(&mut self, id: ClusterId) {
        self.kept.remove(&id);
    }

    fn touch(&mut self, id: ClusterId) -> &mut Timeline {
        self.touches += 1;
        if self.kept.len() >= MAX_TIMELINES && !self.kept.contains_key(&id) {
            let oldest = self
                .kept
                .iter()
                .min_by_key(|(_, timeline)| timeline.touched);
            if let Some(oldest) = oldest.map(|(id, _)| *id) {
                self.kept.remove(&oldest);
            }
        }
        let timeline = self.kept.entry(id).or_default();
        timeline.touched = self.touches;
        timeline
    }
}
