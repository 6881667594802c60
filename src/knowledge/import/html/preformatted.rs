//! `<pre>`: text whose line breaks and spaces count.

use std::rc::Rc;

use htmd::Element;
use htmd::element_handler::{HandlerResult, Handlers};
use markup5ever_rcdom::{Node, NodeData};

use super::dom::{attribute, is_element, nodes};
use crate::knowledge::import::plain_text::without_blank_lines;

/// `<pre>` as a fenced code block with its text as it stands, also without `<code>` in it.
pub(super) fn preformatted(_: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let text = verbatim(element.node);
    let text = without_blank_lines(&text);
    if text.is_empty() {
        return Some(String::new().into());
    }
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    let language = language(element.node);
    Some(format!("\n\n{fence}{language}\n{text}\n{fence}\n\n").into())
}

/// The text below a node, with its white space.
fn verbatim(root: &Rc<Node>) -> String {
    let mut text = String::new();
    for node in nodes(root) {
        if let NodeData::Text { contents } = &node.data {
            text.push_str(&contents.borrow());
        } else if is_element(&node, "br") {
            text.push('\n');
        }
    }
    text
}

fn longest_run(text: &str, mark: char) -> usize {
    text.split(|c| c != mark).map(str::len).max().unwrap_or(0)
}

/// The language that a class names ("language-sh"); empty if none does.
fn language(pre: &Rc<Node>) -> String {
    let class_of = |node: &Rc<Node>| attribute(node, "class").unwrap_or_default();
    let is_part = |node: &&Rc<Node>| is_element(node, "pre") || is_element(node, "code");
    let classes: Vec<String> = nodes(pre).iter().filter(is_part).map(class_of).collect();
    let mut names = classes.iter().flat_map(|class| class.split_whitespace());
    let name = names.find_map(|class| class.strip_prefix("language-")).unwrap_or_default();
    name.replace('`', "")
}
