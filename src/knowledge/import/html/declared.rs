//! Questions and answers that a page declares for search engines (schema.org).

use std::rc::Rc;

use htmd::HtmlToMarkdown;
use markup5ever_rcdom::{Node, NodeData};

use super::dom::{attribute, nodes, text_of};
use super::{plain_text, to_markdown};
use crate::knowledge::import::field_choice::FieldChoice;
use crate::knowledge::import::record::{Answer, Record};
use crate::knowledge::import::tree::Tree;
use crate::knowledge::import::tree_records;

/// Questions and answers that the page declares: in JSON (`application/ld+json`) or by attributes
/// (`itemtype=".../Question"`).
pub(super) fn records(document: &Rc<Node>, converter: &HtmlToMarkdown) -> Vec<Record> {
    let nodes = nodes(document);
    let is_json =
        |node: &&Rc<Node>| attribute(node, "type").as_deref() == Some("application/ld+json");
    let mut records = Vec::new();
    for script in nodes.iter().filter(is_json) {
        let json = script.children.borrow().iter().map(raw_text).collect::<String>();
        let Ok(tree) = Tree::from_json(&json) else { continue };
        for page in faq_pages(&tree) {
            records.extend(tree_records::find(page, &FieldChoice::default()));
        }
    }
    for record in &mut records {
        record.question = plain_text(&record.question);
        record.tags.clear();
        for answer in &mut record.answers {
            answer.text = to_markdown(&answer.text);
        }
    }
    if records.is_empty() {
        let questions = nodes.iter().filter(|node| has_item_type(node, "Question"));
        records.extend(questions.filter_map(|node| record_of_item(node, converter)));
    }
    records
}

fn raw_text(node: &Rc<Node>) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => String::new(),
    }
}

/// The maps with `"@type": "FAQPage"`.
fn faq_pages(tree: &Tree) -> Vec<&Tree> {
    match tree {
        Tree::List(items) => items.iter().flat_map(faq_pages).collect(),
        Tree::Map(map) => {
            let kinds = tree.get("@type");
            let is_faq = |kind: &Tree| kind.as_text() == Some("FAQPage");
            let found = kinds.is_some_and(|kind| {
                is_faq(kind) || kind.as_list().is_some_and(|kinds| kinds.iter().any(is_faq))
            });
            if found {
                vec![tree]
            } else {
                map.iter().flat_map(|(_, value)| faq_pages(value)).collect()
            }
        }
        Tree::Nothing | Tree::Text(_) => Vec::new(),
    }
}

fn has_item_type(node: &Rc<Node>, name: &str) -> bool {
    attribute(node, "itemtype")
        .is_some_and(|kind| kind.trim_end_matches('/').ends_with(&format!("/{name}")))
}

fn record_of_item(node: &Rc<Node>, converter: &HtmlToMarkdown) -> Option<Record> {
    let inner = nodes(node);
    let with =
        |name: &str| inner.iter().find(|node| attribute(node, "itemprop").as_deref() == Some(name));
    let question = text_of(with("name")?);
    let answer = with("text").or_else(|| with("acceptedAnswer"))?;
    let answer = Answer::new(&converter.tree_to_markdown(answer))?;
    (!question.is_empty()).then(|| Record { question, answers: vec![answer], ..Record::default() })
}

#[cfg(test)]
mod tests {
    use crate::knowledge::import::html::{Page, read};

    #[test]
    fn declared_questions_are_taken_from_json_and_attributes() {
        let json = r#"<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "FAQPage",
            "mainEntity": [{"@type": "Question", "name": "A?", "acceptedAnswer": {"@type": "Answer", "text": "<p>1.</p>"}}]}]}</script><h2>Other</h2>"#;
        let items = r#"<div itemscope itemtype="https://schema.org/Question"><h3 itemprop="name">A?</h3>
            <div itemprop="acceptedAnswer" itemtype="https://schema.org/Answer"><div itemprop="text">1.</div></div></div>"#;
        for page in [json, items] {
            let Ok(Page::Declared(records)) = read(page) else { panic!("{page}") };
            assert_eq!((&*records[0].question, &*records[0].answers[0].text), ("A?", "1."));
            assert_eq!(records.len(), 1);
        }
    }
}
