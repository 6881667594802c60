//! Questions and answers that a page declares: for search engines (schema.org), or by the classes of elements.

use std::rc::Rc;

use htmd::HtmlToMarkdown;
use markup5ever_rcdom::{Node, NodeData};

use super::dom::{attribute, has_class, is_element, nodes, text_of};
use super::{plain_text, to_markdown};
use crate::knowledge::import::field_choice::FieldChoice;
use crate::knowledge::import::markdown::without_number;
use crate::knowledge::import::record::{Answer, Record};
use crate::knowledge::import::tree::Tree;
use crate::knowledge::import::tree_records;

/// Questions and answers that the page declares: in JSON (`application/ld+json`), by attributes
/// (`itemtype=".../Question"`) or by classes (`question` and `answer`, as DocBook writes them, `faq-question`).
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
    if records.is_empty() {
        records = records_by_class(&nodes, converter);
    }
    records
}

/// Fewest pairs of a question and an answer that make a page an FAQ by its classes.
const MIN_PAIRS: usize = 2;

/// Elements of the class `question`, each with the next element of the class `answer`.
fn records_by_class(all: &[Rc<Node>], converter: &HtmlToMarkdown) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    let mut question = None;
    let mut next = all.iter();
    while let Some(node) = next.next() {
        let is_question = has_class(node, "question") && !holds_answer(node);
        if is_question {
            let words: Vec<String> = cells_of(node).iter().map(text_of).collect();
            question = Some(without_number(&words.join(" ")));
        } else if has_class(node, "answer") {
            let cells = cells_of(node);
            let text = cells.iter().map(|cell| converter.tree_to_markdown(cell));
            let text: Vec<String> = text.filter(|text| !text.trim().is_empty()).collect();
            let answer = Answer::new(&text.join("\n\n"));
            let question = question.take().filter(|question| !question.is_empty());
            records.extend(question.zip(answer).map(|(question, answer)| Record {
                question,
                answers: vec![answer],
                ..Record::default()
            }));
        } else {
            continue;
        }
        // What is in it is part of it.
        let n_inner = nodes(node).len() - 1;
        next.by_ref().take(n_inner).for_each(drop);
    }
    if records.len() < MIN_PAIRS { Vec::new() } else { records }
}

/// Whether an element names a pair, such as "faq-question" around question and answer.
fn holds_answer(node: &Rc<Node>) -> bool {
    nodes(node).iter().skip(1).any(|inner| has_class(inner, "answer"))
}

/// The contents of the cells of a row, which is no table by itself; else the node.
fn cells_of(node: &Rc<Node>) -> Vec<Rc<Node>> {
    if !is_element(node, "tr") {
        return vec![Rc::clone(node)];
    }
    let cells = node.children.borrow();
    let cells = cells.iter().filter(|cell| is_element(cell, "td"));
    cells.flat_map(|cell| cell.children.borrow().iter().cloned().collect::<Vec<_>>()).collect()
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
    fn pairs_of_classes_are_questions_and_answers() {
        let rows = "<dl><dt>1. <a href='#a'>A?</a></dt></dl><table><tr class='question'><td><b>1.1.</b></td>\
            <td><b>A is so.</b></td></tr><tr class='answer'><td></td><td><p>One.</p><ul><li>x</li></ul></td></tr>\
            <tr class='question'><td><b>1.2.</b></td><td><b>B?</b></td></tr>\
            <tr class='answer'><td></td><td><p>Two.</p></td></tr></table>";
        let items = "<div class='faq-question'><div class='question'>A is so.</div>\
            <div class='faq__answer open'><p>One.</p><ul><li>x</li></ul></div></div>\
            <p class='question'>B?</p><p class='answer'>Two.</p>";
        for page in [rows, items] {
            let Ok(Page::Declared(records)) = read(page) else { panic!("{page}") };
            let texts: Vec<(&str, &str)> =
                records.iter().map(|it| (&*it.question, &*it.answers[0].text)).collect();
            assert_eq!(texts, [("A is so.", "One.\n\n- x"), ("B?", "Two.")], "{page}");
        }
    }

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
