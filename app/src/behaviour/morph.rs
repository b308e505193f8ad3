//! Writing a newer page into the one that is open, in place: what did not change is not touched, so that
//! an open menu stays open, what has the focus keeps it, and what was typed stays.

use std::{cell::Cell, collections::HashMap};

use leptos::{
    ev,
    prelude::{document, window, window_event_listener},
    wasm_bindgen::JsCast,
};
use web_sys::{Element, HtmlDetailsElement, HtmlDialogElement, Node};

use super::{attribute, send::UNANSWERED};

/// What the browser itself or a script has put on an element, and a newer page knows nothing of.
const OURS: [&str; 7] = [
    "data-done",
    "data-sent",
    "data-hydrated",
    "data-clipboard",
    "data-stream",
    "data-stale",
    "data-session-soon",
];

thread_local! {
    /// Whether rows keep still while somebody points at them.
    static STILL: Cell<bool> = const { Cell::new(false) };
    /// Whether the pointer has moved since the page was entered: where it came to lie by that, nobody
    /// points.
    static POINTS: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn start() {
    window_event_listener(ev::pointermove, |_| POINTS.with(|it| it.set(true)));
}

/// The page is another: wherever the pointer is on it, nobody put it there.
pub(super) fn forget_pointer() {
    POINTS.with(|it| it.set(false));
}

/// Has rows that somebody points at keep still from now on, or no longer: for a page that came by itself.
pub(super) fn keep_still(still: bool) {
    STILL.with(|it| it.set(still));
}

/// Makes `old` like `new`.
pub(super) fn morph(old: &Element, new: &Element) {
    // What the newer page does not know stays as it is.
    if old.is_equal_node(Some(new))
        || old.has_attribute("data-keep")
        || new.has_attribute("data-as-it-was")
    {
        return;
    }
    // An island looks after itself.
    if old.tag_name() == "LEPTOS-ISLAND" {
        return;
    }
    attributes(old, new);
    if new.has_attribute("data-whole") {
        // A drawing: its parts are not the parts there were.
        old.set_inner_html(&new.inner_html());
    } else {
        children(old, new);
    }
}

/// Gives an element the attributes of another.
pub(super) fn attributes(old: &Element, new: &Element) {
    let is_open = old.dyn_ref::<HtmlDetailsElement>().is_some()
        || old.dyn_ref::<HtmlDialogElement>().is_some();
    let kept = |name: &str| OURS.contains(&name) || (is_open && name == "open");
    for name in names(old) {
        // Without a tab index it would lose the focus that a script gave it.
        if !new.has_attribute(&name) && !kept(&name) && name != "tabindex" {
            // Names that an element has are valid.
            let _ = old.remove_attribute(&name);
        }
    }
    for name in names(new) {
        let value = attribute(new, &name);
        if !kept(&name) && old.get_attribute(&name).as_ref() != Some(&value) {
            let _ = old.set_attribute(&name, &value);
        }
    }
}

fn names(element: &Element) -> Vec<String> {
    element
        .get_attribute_names()
        .iter()
        .filter_map(|name| name.as_string())
        .collect()
}

/// Gives an element the children of another. Children with an id are found by it wherever they stand;
/// others by their place and their kind.
///
/// Rows that keep still stay where they are: new ones are held back, and those that are gone stay, dimmed.
/// The list says so (`data-held`), and is brought up to date once nobody points at it any more.
fn children(old: &Element, new: &Element) {
    let steady = is_steady(old);
    let mut held = false;
    let mut named: HashMap<String, Element> = HashMap::new();
    for child in elements(old) {
        if !id(&child).is_empty() {
            named.insert(id(&child), child);
        }
    }
    let mut next = old.first_child();
    let mut wanted = new.first_child();
    while let Some(want) = wanted {
        wanted = want.next_sibling();
        let by_id = want
            .dyn_ref::<Element>()
            .filter(|want| !id(want).is_empty())
            .and_then(|want| named.remove(&id(want)));
        if let Some(known) = by_id {
            let is_known = |node: &Node| node.is_same_node(Some(&known));
            if reach(old, next.as_ref(), is_known, &named).is_some() {
                next = known.next_sibling();
            } else if !steady {
                // A node of the same parent can always stand before another child of it.
                let _ = old.insert_before(&known, next.as_ref());
            }
            if let Some(want) = want.dyn_ref::<Element>() {
                morph(&known, want);
            }
            continue;
        }
        if steady
            && want
                .dyn_ref::<Element>()
                .is_some_and(|it| !id(it).is_empty())
        {
            held = true;
            continue;
        }
        let there = next.clone().filter(|there| is_alike(there, &want));
        let there = there.or_else(|| {
            want.dyn_ref::<Element>()?;
            reach(old, next.as_ref(), |node| is_alike(node, &want), &named)
        });
        match there {
            Some(there) => {
                next = there.next_sibling();
                match (there.dyn_ref::<Element>(), want.dyn_ref::<Element>()) {
                    (Some(there), Some(want)) => morph(there, want),
                    _ if there.node_value() != want.node_value() => {
                        there.set_node_value(want.node_value().as_deref());
                    }
                    _ => {}
                }
            }
            None => {
                let _ = old.insert_before(&want, next.as_ref());
            }
        }
    }
    // What is left over is gone. In a list that keeps still, rows stay.
    while let Some(left) = next {
        next = left.next_sibling();
        let stays = left
            .dyn_ref::<Element>()
            .is_some_and(|it| steady && !id(it).is_empty());
        if !stays {
            let _ = old.remove_child(&left);
        }
    }
    for gone in named.into_values() {
        if steady {
            held = true;
            // The name is valid.
            let _ = gone.set_attribute("data-gone", "");
        } else if id(&gone) != UNANSWERED {
            gone.remove();
        }
    }
    if held {
        let _ = old.set_attribute("data-held", "");
    }
}

/// Goes on to the first child, from one on, that is wanted, and takes away what stands before it and has
/// no id: the child itself must not be moved, as it would lose the focus. What has an id is moved when
/// its turn comes. None, and nothing is touched: there is no such child.
fn reach(
    parent: &Element,
    from: Option<&Node>,
    is_wanted: impl Fn(&Node) -> bool,
    named: &HashMap<String, Element>,
) -> Option<Node> {
    let mut between = Vec::new();
    let mut at = from.cloned();
    while let Some(node) = at {
        if is_wanted(&node) {
            for node in between {
                // They are its children.
                let _ = parent.remove_child(&node);
            }
            return Some(node);
        }
        at = node.next_sibling();
        let waits = node
            .dyn_ref::<Element>()
            .is_some_and(|it| named.contains_key(&id(it)));
        if !waits {
            between.push(node);
        }
    }
    None
}

/// The id of an element. Not its property: a form with an input named `id` has that input there.
fn id(element: &Element) -> String {
    attribute(element, "id")
}

/// Rows do not move by themselves while the pointer is over them or one of them has the focus: whoever is
/// about to click would hit another.
fn is_steady(list: &Element) -> bool {
    STILL.with(Cell::get) && id(list) == "rows" && list.matches(pointed_at()).unwrap_or(false)
}

/// What somebody points at. A finger that touched something is gone, whatever the browser thinks.
fn pointed_at() -> &'static str {
    let hovers = window().match_media("(hover: hover)").ok().flatten();
    if POINTS.with(Cell::get) && hovers.is_some_and(|it| it.matches()) {
        ":hover, :focus-within"
    } else {
        ":focus-within"
    }
}

/// Whether rows were held back that nobody points at any more.
pub(super) fn is_behind() -> bool {
    let held = document().query_selector("#rows[data-held]");
    held.ok()
        .flatten()
        .is_some_and(|it| !it.matches(pointed_at()).unwrap_or(false))
}

fn elements(of: &Element) -> Vec<Element> {
    let children = of.children();
    (0..children.length())
        .filter_map(|index| children.item(index))
        .collect()
}

/// Whether one node can become the other: of the same kind, neither known by an id. What has another
/// class is another thing: it takes the place of the old one, and nothing counts as having moved.
fn is_alike(old: &Node, new: &Node) -> bool {
    match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
        (Some(old), Some(new)) => {
            let same = |name: &str| old.get_attribute(name) == new.get_attribute(name);
            old.tag_name() == new.tag_name()
                && id(old).is_empty()
                && id(new).is_empty()
                && same("class")
                && same("data-status")
        }
        (None, None) => old.node_type() == new.node_type(),
        _ => false,
    }
}
