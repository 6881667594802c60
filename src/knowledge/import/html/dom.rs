//! The elements of an HTML page.

use std::rc::Rc;

use markup5ever_rcdom::{Node, NodeData};

use crate::knowledge::import::plain_text::on_one_line;

/// Whether a node is the element `name`.
pub(super) fn is_element(node: &Rc<Node>, name: &str) -> bool {
    matches!(&node.data, NodeData::Element { name: found, .. } if &*found.local == name)
}

/// The value of an attribute.
pub(super) fn attribute(node: &Rc<Node>, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    let attrs = attrs.borrow();
    attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| attr.value.to_string())
}

/// Whether an element has a class whose last word is `name`: "answer", "faq-answer", "faq__answer".
pub(super) fn has_class(node: &Rc<Node>, name: &str) -> bool {
    let classes = attribute(node, "class").unwrap_or_default().to_lowercase();
    classes.split_whitespace().any(|class| class.rsplit(['-', '_']).next() == Some(name))
}

/// All nodes below `root` and itself, in the order of the page.
pub(super) fn nodes(root: &Rc<Node>) -> Vec<Rc<Node>> {
    let mut all = Vec::new();
    let mut next = vec![Rc::clone(root)];
    while let Some(node) = next.pop() {
        next.extend(node.children.borrow().iter().rev().cloned());
        all.push(node);
    }
    all
}

/// The number of levels below a node.
pub(super) fn depth(root: &Rc<Node>) -> usize {
    let mut deepest = 0;
    let mut next = vec![(Rc::clone(root), 0)];
    while let Some((node, depth)) = next.pop() {
        deepest = deepest.max(depth);
        next.extend(node.children.borrow().iter().map(|child| (Rc::clone(child), depth + 1)));
    }
    deepest
}

/// The words below a node, on one line.
pub(super) fn text_of(root: &Rc<Node>) -> String {
    let mut text = String::new();
    for node in nodes(root) {
        if let NodeData::Text { contents } = &node.data {
            text.push_str(&contents.borrow());
        }
    }
    on_one_line(&text)
}
