//! What of a page is its text, and what stands around it.

use std::rc::Rc;

use htmd::Element;
use htmd::element_handler::{HandlerResult, Handlers};
use markup5ever_rcdom::{Node, NodeData};

use super::dom::{attribute, is_element, nodes, text_of};

/// Roles of what stands around the text of a page.
const OUTER_ROLES: [&str; 5] = ["navigation", "search", "complementary", "contentinfo", "banner"];

/// Classes of tables of contents and of links to other pages, as Texinfo, DocBook and others write them. Some pages have their
/// text in an element of such a class: it counts if it is made of links.
const LINK_LIST_CLASSES: [&str; 12] = [
    "toc",
    "contents",
    "shortcontents",
    "table-of-contents",
    "nav",
    "navheader",
    "navfooter",
    "nav-panel",
    "navigation",
    "breadcrumb",
    "breadcrumbs",
    "header",
];

/// Relations of links to the pages around this one.
const NEIGHBOR_RELATIONS: [&str; 6] = ["next", "prev", "previous", "up", "first", "last"];

/// Most nodes of an element that leads to the pages around this one.
const MAX_NEIGHBOR_NODES: usize = 60;

/// Share of the letters of a list of links that are in links, at least, in percent.
const MIN_LINKED_PERCENT: usize = 70;

/// Classes of links to the place that they stand at.
const PERMALINK_CLASSES: [&str; 5] =
    ["headerlink", "header-anchor", "hash-link", "permalink", "anchorjs-link"];

/// The element that holds the text of a page: its only `<main>`, else all of it.
pub(super) fn main_of(document: &Rc<Node>) -> Rc<Node> {
    let is_main = |node: &Rc<Node>| {
        is_element(node, "main") || attribute(node, "role").as_deref() == Some("main")
    };
    let all = nodes(document);
    let mains: Vec<&Rc<Node>> = all.iter().filter(|node| is_main(node)).collect();
    let Some(first) = mains.first() else { return Rc::clone(document) };
    // Some pages have one in the other.
    let n_inner = nodes(first).iter().filter(|node| is_main(node)).count();
    Rc::clone(if n_inner == mains.len() { first } else { document })
}

/// Removes menus, search fields and other parts around the text of a page.
pub(super) fn remove_outer_parts(root: &Rc<Node>) {
    let is_outer = |node: &Rc<Node>| {
        let role = attribute(node, "role");
        role.is_some_and(|role| OUTER_ROLES.contains(&role.trim()))
    };
    // The header of an article is part of it, and that of a page may have the title.
    let is_header = |node: &Rc<Node>| {
        is_element(node, "header") && !nodes(node).iter().any(|it| is_element(it, "h1"))
    };
    let is_article =
        |node: &Rc<Node>| ["article", "section", "main"].iter().any(|name| is_element(node, name));
    let mut next = vec![(Rc::clone(root), is_article(root))];
    while let Some((node, is_in_article)) = next.pop() {
        let is_kept = |child: &Rc<Node>| {
            !is_outer(child) && !is_link_list(child) && (is_in_article || !is_header(child))
        };
        node.children.borrow_mut().retain(is_kept);
        let children = node.children.borrow();
        next.extend(
            children.iter().map(|child| (Rc::clone(child), is_in_article || is_article(child))),
        );
    }
}

/// Whether an element is a table of contents, or leads to the pages around this one.
fn is_link_list(node: &Rc<Node>) -> bool {
    if !["div", "p", "table", "ul", "nav"].iter().any(|name| is_element(node, name)) {
        return false;
    }
    let classes = attribute(node, "class").unwrap_or_default().to_lowercase();
    let is_named = classes.split_whitespace().any(|class| LINK_LIST_CLASSES.contains(&class));
    let is_neighbor = |node: &Rc<Node>| {
        attribute(node, "rel").is_some_and(|relation| NEIGHBOR_RELATIONS.contains(&&*relation))
    };
    let below = nodes(node);
    let leads_to_neighbors = below.len() <= MAX_NEIGHBOR_NODES && below.iter().any(is_neighbor);
    if !is_named && !leads_to_neighbors {
        return false;
    }
    let links = below.iter().filter(|node| is_element(node, "a"));
    let n_linked: usize = links.map(n_letters).sum();
    n_linked > 0 && n_linked * 100 >= n_letters(node) * MIN_LINKED_PERCENT
}

fn n_letters(node: &Rc<Node>) -> usize {
    text_of(node).chars().filter(|c| c.is_alphanumeric()).count()
}

/// Removes links that only name the place they stand at, such as "¶" behind a heading.
pub(super) fn remove_permalinks(root: &Rc<Node>) {
    for node in nodes(root) {
        let has_text = |text: &str| text.contains(char::is_alphanumeric);
        let is_named = |child: &Rc<Node>| {
            let classes = attribute(child, "class").unwrap_or_default();
            classes.split_whitespace().any(|class| PERMALINK_CLASSES.contains(&class))
        };
        // A heading may be such a link as a whole.
        let is_beside_text = |child: &Rc<Node>| {
            let children = node.children.borrow();
            let mut others = children.iter().filter(|other| !Rc::ptr_eq(other, child));
            others.any(|other| has_text(&text_of(other)))
        };
        let is_permalink = |child: &Rc<Node>| {
            is_element(child, "a")
                && attribute(child, "href").is_some_and(|address| address.contains('#'))
                && !nodes(child).iter().any(|inner| is_element(inner, "img"))
                && (!has_text(&text_of(child)) || (is_named(child) && is_beside_text(child)))
        };
        let kept: Vec<Rc<Node>> =
            node.children.borrow().iter().filter(|child| !is_permalink(child)).cloned().collect();
        *node.children.borrow_mut() = kept;
    }
}

/// A definition list that only links to places of the page is its table of contents: a list of links.
pub(super) fn definitions(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let Some(links) = links_of_contents(element.node) else { return handlers.fallback(element) };
    let items = links.iter().map(|(text, address)| format!("- [{text}]({address})\n"));
    Some(format!("\n\n{}\n", items.collect::<String>()).into())
}

/// The texts and addresses of the links below `list`; `None` if it has other words, or other links.
fn links_of_contents(list: &Rc<Node>) -> Option<Vec<(String, String)>> {
    let mut links = Vec::new();
    let mut next = vec![Rc::clone(list)];
    while let Some(node) = next.pop() {
        if is_element(&node, "a") && attribute(&node, "href").is_some() {
            let address = attribute(&node, "href").filter(|address| address.starts_with('#'))?;
            links.push((text_of(&node), address));
            continue;
        }
        if let NodeData::Text { contents } = &node.data
            && contents.borrow().contains(char::is_alphabetic)
        {
            return None;
        }
        next.extend(node.children.borrow().iter().rev().cloned());
    }
    (!links.is_empty()).then_some(links)
}
