//! The topology of a cluster as a drawing: its nodes, and what runs where.
//!
//! What is drawn is found out first ([`nodes`]), as data. From it come the drawing ([`draw`]), which is
//! SVG without a style of its own, and the same in words ([`summary`], [`words`]).

use std::collections::HashMap;

use cluster_api::{
    Cluster, NodeRole, NodeState,
    inside::{ContainerList, NodeList},
};

use super::amount::share;
use crate::{t, ui::escaped::escaped};

/// How a node is, as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It takes work.
    Ready,
    /// It is made, joins, or is yet to be.
    Coming,
    /// It gives its work away and goes.
    Leaving,
    /// It does not answer.
    Lost,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Coming => "coming",
            Self::Leaving => "leaving",
            Self::Lost => "lost",
        }
    }
}

/// How a container is, as it is drawn: the one that somebody should know of first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// It could not be ended properly.
    Dead,
    /// It is between two states.
    Changing,
    /// It runs.
    Running,
    /// It has ended, or never began.
    Stopped,
}

impl Sort {
    /// All of them, in the order in which they are drawn.
    pub const ALL: [Self; 4] = [Self::Dead, Self::Changing, Self::Running, Self::Stopped];

    /// The sort of a state in Docker's words.
    #[must_use]
    pub fn of(state: &str) -> Self {
        match state {
            "running" => Self::Running,
            "exited" | "created" => Self::Stopped,
            "dead" => Self::Dead,
            _ => Self::Changing,
        }
    }

    /// Its class in the drawing.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Changing => "changing",
            Self::Running => "running",
            Self::Stopped => "stopped",
        }
    }

    /// So many of it, in words.
    #[must_use]
    pub fn words(self, count: u32) -> String {
        match self {
            Self::Dead => t!("topology-dead", count = count),
            Self::Changing => t!("topology-changing", count = count),
            Self::Running => t!("topology-running", count = count),
            Self::Stopped => t!("topology-stopped", count = count),
        }
    }
}

/// How many containers of each sort there are, in the order of [`Sort::ALL`].
pub type Counts = [u32; 4];

/// What is known of the containers on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// All.
    Known(Counts),
    /// The node did not answer.
    Silent,
    /// It was not asked, or nobody answered.
    Unknown,
}

/// A node as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Its name; None: it is yet to be.
    pub name: Option<String>,
    /// Whether it holds the swarm's state.
    pub is_manager: bool,
    /// How it is; None: it is yet to be.
    pub state: Option<NodeState>,
    /// What it used last of its processors, as a share.
    pub cpu: Option<String>,
    /// What is on it.
    pub inside: Inside,
}

impl Drawn {
    /// How it is drawn.
    #[must_use]
    pub const fn look(&self) -> Look {
        match self.state {
            Some(NodeState::Ready) => Look::Ready,
            Some(NodeState::Draining) => Look::Leaving,
            Some(NodeState::Lost) => Look::Lost,
            Some(NodeState::Creating | NodeState::Joining | NodeState::Renewing) | None => {
                Look::Coming
            }
        }
    }

    /// What it is busy with, in words.
    #[must_use]
    pub fn state_words(&self) -> String {
        match self.state {
            None => t!("topology-planned"),
            Some(NodeState::Creating) => t!("topology-creating"),
            Some(NodeState::Joining) => t!("topology-joining"),
            Some(NodeState::Ready) => t!("topology-ready"),
            Some(NodeState::Renewing) => t!("topology-renewing"),
            Some(NodeState::Draining) => t!("topology-draining"),
            Some(NodeState::Lost) => t!("topology-lost"),
        }
    }

    fn role_words(&self) -> String {
        if self.is_manager {
            t!("topology-manager")
        } else {
            t!("topology-worker")
        }
    }
}

/// The nodes of a cluster as they are drawn, managers first, and after them those that are yet to be.
/// What runs on them and what they use is left out where it is not known.
#[must_use]
pub fn nodes(
    cluster: &Cluster,
    containers: Option<&ContainerList>,
    details: Option<&NodeList>,
) -> Vec<Drawn> {
    let mut counts: HashMap<&str, Counts> = HashMap::new();
    for container in containers.into_iter().flat_map(|list| &list.containers) {
        let of_node = counts.entry(&container.node).or_default();
        of_node[Sort::of(&container.state) as usize] += 1;
    }
    let is_silent = |name: &str| {
        let silent = containers
            .into_iter()
            .flat_map(|list| &list.unreachable)
            .any(|it| it.node == name);
        silent || containers.is_none()
    };
    let cpu = |name: &str| {
        let node = details?.nodes.iter().find(|it| it.name == name)?;
        share(node.last?.cpus, node.capacity?.cpus)
    };
    let drawn = |node: &cluster_api::Node| Drawn {
        name: Some(node.name.clone()),
        is_manager: node.role == NodeRole::Manager,
        state: Some(node.state),
        cpu: cpu(&node.name),
        inside: match (containers, is_silent(&node.name)) {
            (None, _) => Inside::Unknown,
            (Some(_), true) => Inside::Silent,
            (Some(_), false) => Inside::Known(counts.get(&*node.name).copied().unwrap_or_default()),
        },
    };
    let mut nodes: Vec<_> = cluster.nodes.iter().map(drawn).collect();
    nodes.sort_by_key(|node| !node.is_manager);
    let wished = cluster.node_count.get() as usize;
    while nodes.len() < wished && cluster.status.is_changing() {
        nodes.push(Drawn {
            name: None,
            is_manager: nodes.is_empty(),
            state: None,
            cpu: None,
            inside: Inside::Unknown,
        });
    }
    nodes
}

/// How many containers of each sort there are on all nodes.
#[must_use]
pub fn total(nodes: &[Drawn]) -> Counts {
    let mut total = Counts::default();
    for node in nodes {
        if let Inside::Known(counts) = node.inside {
            for (sum, count) in total.iter_mut().zip(counts) {
                *sum += count;
            }
        }
    }
    total
}

/// All nodes in a sentence: "1 manager, 3 workers: 3 ready, 1 coming".
#[must_use]
pub fn summary(nodes: &[Drawn]) -> String {
    let managers = nodes.iter().filter(|node| node.is_manager).count();
    let count = |look: Look| nodes.iter().filter(|node| node.look() == look).count();
    let states = [
        (count(Look::Ready), "cells-ready"),
        (count(Look::Coming), "cells-coming"),
        (count(Look::Leaving), "cells-leaving"),
        (count(Look::Lost), "cells-lost"),
    ];
    let states: Vec<_> = states
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, id)| t!(id, count = count))
        .collect();
    let managers_words = t!("topology-managers", count = managers);
    let workers = t!("topology-workers", count = nodes.len() - managers);
    t!(
        "topology-summary",
        managers = managers_words,
        workers = workers,
        states = states.join(", ")
    )
}

/// A node in words, without its name: "worker, ready, 3 running, CPU 12 %".
#[must_use]
pub fn words(node: &Drawn) -> String {
    let mut words = vec![node.role_words(), node.state_words()];
    match node.inside {
        Inside::Known(counts) if counts == Counts::default() => {
            words.extend((node.look() == Look::Ready).then(|| t!("topology-nothing")));
        }
        Inside::Known(counts) => words.extend(sorts_words(counts)),
        Inside::Silent if node.look() == Look::Ready => words.push(t!("topology-silent")),
        Inside::Silent | Inside::Unknown => {}
    }
    words.extend(
        node.cpu
            .as_ref()
            .map(|cpu| t!("topology-cpu", share = cpu.as_str())),
    );
    words.join(", ")
}

/// The sorts that there are, with how many of each: "3 running", "1 stopped".
pub fn sorts_words(counts: Counts) -> impl Iterator<Item = String> {
    Sort::ALL
        .into_iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .map(|(sort, count)| sort.words(count))
}

/// For how much room a drawing is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// A wide screen.
    Wide,
    /// A phone.
    Narrow,
}

impl Room {
    const fn width(self) -> i32 {
        match self {
            Self::Wide => 640,
            Self::Narrow => 312,
        }
    }

    /// How many boxes stand in a row.
    const fn columns(self) -> usize {
        match self {
            Self::Wide => 4,
            Self::Narrow => 2,
        }
    }

    /// The name of its pattern; both drawings are on one page.
    const fn stripes(self) -> &'static str {
        match self {
            Self::Wide => "stripes-wide",
            Self::Narrow => "stripes-narrow",
        }
    }
}

/// A drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// How wide it is.
    pub width: i32,
    /// How high it is.
    pub height: i32,
    /// What is in the `<svg>`.
    pub markup: String,
}

/// More workers are drawn as small tiles.
const MOST_BOXES: usize = 12;
const BOX: (i32, i32) = (148, 78);
const BETWEEN: i32 = 16;
/// Between two rows of boxes, where the lines run.
const ROW: i32 = 44;
const TILE: (i32, i32) = (39, 36);
const BETWEEN_TILES: i32 = 6;
/// Containers of a box that are drawn one by one: two rows of seven, the last two of them for a number.
const MOST_SQUARES: u32 = 14;
const SQUARE: i32 = 12;

/// The drawing of those nodes.
#[must_use]
pub fn draw(nodes: &[Drawn], room: Room) -> Drawing {
    let width = room.width();
    let (managers, workers): (Vec<_>, Vec<_>) = nodes.iter().partition(|node| node.is_manager);
    let mut pen = Pen {
        lines: String::new(),
        boxes: String::new(),
        stripes: room.stripes(),
    };
    let mut bottom = 1;
    for row in managers.chunks(room.columns()) {
        for (x, node) in centred(row, width) {
            pen.node(node, x, bottom);
        }
        bottom += BOX.1;
    }
    if workers.len() > MOST_BOXES {
        bottom = pen.tiles(&workers, width, bottom);
    } else {
        for row in workers.chunks(room.columns()) {
            let from = bottom;
            bottom += ROW;
            // The trunk runs through the gap in the middle of full rows, which are even.
            for (x, node) in centred(row, width) {
                pen.line(node.look(), (width / 2, from), (x + BOX.0 / 2, bottom));
                pen.node(node, x, bottom);
            }
            let goes_on = row.last().is_some_and(|last| !is_last(last, &workers));
            if goes_on {
                let middle = width / 2;
                let to = bottom + BOX.1;
                pen.lines.push_str(&format!(
                    "<path class=\"link\" d=\"M{middle} {from}V{to}\"></path>"
                ));
            }
            bottom += BOX.1;
        }
    }
    let stripes = pen.stripes;
    let markup = format!(
        "<defs><pattern id=\"{stripes}\" class=\"stripes\" width=\"9\" height=\"9\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(25)\">\
         <rect width=\"9\" height=\"9\"></rect><path d=\"M2 0V9\"></path></pattern></defs>{}{}",
        pen.lines, pen.boxes
    );
    Drawing {
        width,
        height: bottom + 1,
        markup,
    }
}

fn is_last(node: &Drawn, of: &[&Drawn]) -> bool {
    of.last().is_some_and(|last| std::ptr::eq(*last, node))
}

/// The boxes of a row with where each begins, in the middle of the width.
fn centred<'a>(row: &'a [&'a Drawn], width: i32) -> impl Iterator<Item = (i32, &'a Drawn)> {
    let count = i32::try_from(row.len()).unwrap_or(1);
    let left = (width - count * BOX.0 - (count - 1) * BETWEEN) / 2;
    let places = (0..count).map(move |index| left + index * (BOX.0 + BETWEEN));
    places.zip(row.iter().copied())
}

/// What draws: lines lie under boxes.
struct Pen {
    lines: String,
    boxes: String,
    stripes: &'static str,
}

impl Pen {
    fn line(&mut self, look: Look, from: (i32, i32), to: (i32, i32)) {
        let middle = (from.1 + to.1) / 2;
        self.lines.push_str(&format!(
            "<path class=\"link {}\" d=\"M{} {}C{} {middle} {} {middle} {} {}\"></path>",
            look.class(),
            from.0,
            from.1,
            from.0,
            to.0,
            to.0,
            to.1
        ));
    }

    fn frame(&mut self, node: &Drawn, place: (i32, i32), size: (i32, i32), round: i32) {
        let look = node.look();
        let manager = if node.is_manager { " manager" } else { "" };
        let rect = |more: &str| {
            format!(
                "<rect class=\"box {}{manager}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" \
                 rx=\"{round}\"{more}></rect>",
                look.class(),
                place.0,
                place.1,
                size.0,
                size.1
            )
        };
        let fill = if look == Look::Coming {
            format!(" fill=\"url(#{})\"", self.stripes)
        } else {
            String::new()
        };
        self.boxes.push_str(&rect(&fill));
    }

    fn text(&mut self, class: &str, x: i32, y: i32, words: &str) {
        self.boxes.push_str(&format!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>",
            escaped(words)
        ));
    }

    fn square(&mut self, sort: Sort, x: i32, y: i32, size: i32) {
        // The shape says the same as the colour.
        let round = if sort == Sort::Changing { size / 2 } else { 3 };
        self.boxes.push_str(&format!(
            "<rect class=\"container {}\" x=\"{x}\" y=\"{y}\" width=\"{size}\" height=\"{size}\" \
             rx=\"{round}\"></rect>",
            sort.class()
        ));
    }

    /// A node as a box with its name and what runs on it.
    fn node(&mut self, node: &Drawn, x: i32, y: i32) {
        self.frame(node, (x, y), BOX, 9);
        let (left, right) = (x + 12, x + BOX.0 - 12);
        let name = node.name.clone().unwrap_or_else(|| t!("topology-new"));
        self.text("name", left, y + 23, &name);
        let note = match &node.cpu {
            _ if node.is_manager => Some(t!("topology-manages")),
            Some(cpu) => Some(t!("topology-cpu", share = cpu.as_str())),
            None => None,
        };
        if let Some(note) = note {
            self.text("note", right, y + 23, &note);
        }
        match (node.look(), node.inside) {
            (Look::Coming | Look::Lost, _) => {
                self.text("state", left, y + 50, &node.state_words());
            }
            (_, Inside::Known(counts)) if counts != Counts::default() => {
                self.squares(counts, left, y + 36);
            }
            (Look::Leaving, _) => self.text("state", left, y + 50, &node.state_words()),
            (Look::Ready, Inside::Known(_)) => {
                self.text("state", left, y + 50, &t!("topology-nothing"));
            }
            (Look::Ready, Inside::Silent) => {
                self.text("state", left, y + 50, &t!("topology-silent"));
            }
            (Look::Ready, Inside::Unknown) => {}
        }
    }

    fn squares(&mut self, counts: Counts, x: i32, y: i32) {
        let (shown, more) = squares(counts);
        let place = |index: i32| (x + index % 7 * (SQUARE + 6), y + index / 7 * (SQUARE + 6));
        for (index, sort) in (0..).zip(&shown) {
            let (x, y) = place(index);
            self.square(*sort, x, y, SQUARE);
        }
        if more > 0 {
            let (x, y) = place(i32::try_from(shown.len()).unwrap_or(0));
            self.text("more", x, y + 10, &format!("+{more}"));
        }
    }

    /// Many workers as small tiles in one frame. Answers with where it ends.
    fn tiles(&mut self, workers: &[&Drawn], width: i32, from: i32) -> i32 {
        let pitch = (TILE.0 + BETWEEN_TILES, TILE.1 + BETWEEN_TILES);
        let inner = width - 2 * BETWEEN_TILES;
        let columns = ((inner + BETWEEN_TILES) / pitch.0).max(1);
        let count = i32::try_from(workers.len()).unwrap_or(i32::MAX);
        let rows = (count + columns - 1) / columns;
        let top = from + ROW / 2;
        let height = rows * pitch.1 + BETWEEN_TILES;
        let middle = width / 2;
        self.lines.push_str(&format!(
            "<path class=\"link\" d=\"M{middle} {from}V{top}\"></path>\
             <rect class=\"group\" x=\"1\" y=\"{top}\" width=\"{}\" height=\"{height}\" rx=\"9\"></rect>",
            width - 2
        ));
        let used = columns.min(count) * pitch.0 - BETWEEN_TILES;
        let left = (width - used) / 2;
        for (index, node) in (0..).zip(workers) {
            let x = left + index % columns * pitch.0;
            let y = top + BETWEEN_TILES + index / columns * pitch.1;
            self.tile(node, x, y);
        }
        top + height
    }

    fn tile(&mut self, node: &Drawn, x: i32, y: i32) {
        self.frame(node, (x, y), TILE, 6);
        // All nodes are called alike; the number is what tells them apart.
        let name = node.name.as_deref().unwrap_or("+");
        let short = name.rsplit('-').next().unwrap_or(name);
        self.text("name", x + 6, y + 15, short);
        if let Inside::Known(counts) = node.inside {
            let sum: u32 = counts.iter().sum();
            let first = Sort::ALL
                .into_iter()
                .zip(counts)
                .find(|(_, count)| *count > 0);
            if let Some((sort, _)) = first {
                self.square(sort, x + 6, y + 21, 9);
                self.text("more", x + 19, y + 30, &sum.to_string());
            }
        }
    }
}

/// The containers of a node that are drawn, those that somebody should know of first, and how many are
/// not.
fn squares(counts: Counts) -> (Vec<Sort>, u32) {
    let sum: u32 = counts.iter().sum();
    let most = if sum > MOST_SQUARES {
        MOST_SQUARES - 2
    } else {
        MOST_SQUARES
    };
    let all = Sort::ALL
        .into_iter()
        .zip(counts)
        .flat_map(|(sort, count)| (0..count).map(move |_| sort));
    (all.take(most as usize).collect(), sum.saturating_sub(most))
}

#[cfg(test)]
mod tests {
    use cluster_api::{
        ClusterStatus, Timestamp,
        inside::{Container, SilentNode},
    };

    use super::*;
    use crate::fixtures;

    fn container(node: &str, state: &str) -> Container {
        Container {
            node: node.to_owned(),
            id: String::new(),
            names: Vec::new(),
            image: String::new(),
            state: state.to_owned(),
            status: String::new(),
            created_at: Timestamp::UNIX_EPOCH,
            ports: Vec::new(),
            service: None,
        }
    }

    fn list(containers: &[(&str, &str)], silent: &[&str]) -> ContainerList {
        ContainerList {
            containers: containers
                .iter()
                .map(|(node, state)| container(node, state))
                .collect(),
            unreachable: silent
                .iter()
                .map(|node| SilentNode {
                    node: (*node).to_owned(),
                    reason: String::new(),
                })
                .collect(),
        }
    }

    fn many(count: usize) -> Vec<Drawn> {
        let states = vec![NodeState::Ready; count];
        let cluster = fixtures::cluster("c", &states, count as i64);
        nodes(&cluster, Some(&list(&[("node-2", "running")], &[])), None)
    }

    /// The places and sizes of the elements of a class.
    fn rects(drawing: &Drawing, class: &str) -> Vec<[i32; 4]> {
        let number = |rect: &str, name: &str| -> i32 {
            let rest = rect.split(&format!(" {name}=\"")).nth(1).unwrap();
            rest.split('"').next().unwrap().parse().unwrap()
        };
        drawing
            .markup
            .split("<rect class=\"")
            .skip(1)
            .filter(|rect| rect.starts_with(class))
            .map(|rect| ["x", "y", "width", "height"].map(|name| number(rect, name)))
            .collect()
    }

    #[test]
    fn what_runs_where_is_counted() {
        let cluster = fixtures::cluster(
            "c",
            &[NodeState::Ready, NodeState::Ready, NodeState::Ready],
            3,
        );
        let list = list(
            &[
                ("node-1", "running"),
                ("node-1", "running"),
                ("node-1", "exited"),
                ("node-1", "restarting"),
            ],
            &["node-3"],
        );
        let nodes = nodes(&cluster, Some(&list), None);
        assert_eq!(nodes[0].inside, Inside::Known([0, 1, 2, 1]));
        assert_eq!(nodes[1].inside, Inside::Known([0; 4]));
        assert_eq!(nodes[2].inside, Inside::Silent);
        assert_eq!(total(&nodes), [0, 1, 2, 1]);
        assert_eq!(
            words(&nodes[0]),
            "manager, ready, 1 changing, 2 running, 1 stopped"
        );
        assert_eq!(words(&nodes[1]), "worker, ready, nothing on it");
        assert_eq!(words(&nodes[2]), "worker, ready, does not answer");
    }

    #[test]
    fn nodes_are_drawn_though_nobody_knows_what_is_on_them() {
        let cluster = fixtures::cluster("c", &[NodeState::Ready, NodeState::Lost], 2);
        let nodes = nodes(&cluster, None, None);
        assert_eq!(nodes[0].inside, Inside::Unknown);
        assert_eq!(words(&nodes[0]), "manager, ready");
        assert_eq!(words(&nodes[1]), "worker, lost");
        let drawing = draw(&nodes, Room::Wide);
        assert_eq!(rects(&drawing, "box ").len(), 2);
        assert_eq!(rects(&drawing, "container").len(), 0);
        assert!(drawing.markup.contains("class=\"link lost\""));
    }

    #[test]
    fn a_growing_cluster_shows_the_nodes_that_are_yet_to_be() {
        let mut cluster = fixtures::cluster("c", &[NodeState::Ready, NodeState::Joining], 4);
        assert_eq!(nodes(&cluster, None, None).len(), 2);
        cluster.status = ClusterStatus::Resizing;
        let drawn = nodes(&cluster, None, None);
        let looks: Vec<_> = drawn.iter().map(Drawn::look).collect();
        assert_eq!(
            looks,
            [Look::Ready, Look::Coming, Look::Coming, Look::Coming]
        );
        assert_eq!(summary(&drawn), "1 manager, 3 workers: 1 ready, 3 coming");
        let drawing = draw(&drawn, Room::Narrow);
        assert_eq!(drawing.markup.matches("url(#stripes-narrow)").count(), 3);
        // The first node of a new cluster is to be its manager.
        cluster.nodes.clear();
        let drawn = nodes(&cluster, None, None);
        assert_eq!(drawn.iter().filter(|node| node.is_manager).count(), 1);
    }

    #[test]
    fn boxes_stay_inside_and_apart_whatever_their_number() {
        for count in [1, 2, 3, 5, 6, 13, 14, 40, 100] {
            for room in [Room::Wide, Room::Narrow] {
                let drawing = draw(&many(count), room);
                let boxes = rects(&drawing, "box ");
                assert_eq!(boxes.len(), count, "{room:?}");
                for (index, [x, y, width, height]) in boxes.iter().enumerate() {
                    assert!(
                        *x >= 0 && x + width <= drawing.width && y + height < drawing.height,
                        "{count} {room:?}: {:?}",
                        boxes[index]
                    );
                    let clash = boxes[..index].iter().any(|[ox, oy, ow, oh]| {
                        x < &(ox + ow) && ox < &(x + width) && y < &(oy + oh) && oy < &(y + height)
                    });
                    assert!(!clash, "{count} {room:?}: {:?}", boxes[index]);
                }
                assert!(drawing.height <= 900, "{count} {room:?}");
                assert!(!drawing.markup.contains("style="));
            }
        }
    }

    #[test]
    fn what_somebody_should_know_of_is_drawn_although_there_is_much() {
        let (shown, more) = squares([1, 0, 40, 3]);
        assert_eq!((shown.len(), more), (12, 32));
        assert_eq!(shown[0], Sort::Dead);
        assert_eq!(squares([0, 0, 14, 0]), (vec![Sort::Running; 14], 0));
        assert_eq!(squares([0; 4]), (Vec::new(), 0));
    }

    #[test]
    fn names_are_text() {
        let mut cluster = fixtures::cluster("c", &[NodeState::Ready], 1);
        cluster.nodes[0].name = "<b>&".to_owned();
        let drawing = draw(&nodes(&cluster, None, None), Room::Wide);
        assert!(drawing.markup.contains(">&lt;b&gt;&amp;</text>"));
    }
}
