//! Property tests: proofs of quotes in random texts, and of packs with broken files.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use quoth::knowledge::lint::lint;
use quoth::knowledge::source::Metadata;
use quoth::knowledge::{PackFile, PackFiles, Paragraphs, Quote, QuoteError, Source, prove};

use crate::folder::{FAQ, Folder, SOURCE};
use crate::quoth::quoth;

/// Parts of article texts, and characters that make proofs difficult.
const PARTS: [&str; 26] = [
    "a",
    "b",
    "a",
    "b",
    "A",
    "“",
    "”",
    "‘",
    "’",
    "'",
    "\"",
    "—",
    "–",
    "-",
    " ",
    " ",
    "\r\n",
    "\n",
    "\n\n",
    "\u{a0}",
    "\u{2009}",
    "🙂",
    "👩\u{200d}🔬",
    "e\u{301}",
    "é",
    "\u{200b}",
];

fn body() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&PARTS[..]), 1..60).prop_map(|parts| parts.concat())
}

fn source(body: &str) -> Arc<Source> {
    Arc::new(Source::new("doc", Metadata::default(), body.to_owned()))
}

/// The text with white space folded, computed in another way than by the code under test.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The part of `body` between two character boundaries.
fn part(body: &str, from: Index, to: Index) -> &str {
    let mut bounds: Vec<usize> = body.char_indices().map(|(at, _)| at).collect();
    bounds.push(body.len());
    let (from, to) = (*from.get(&bounds), *to.get(&bounds));
    &body[from.min(to)..from.max(to)]
}

/// The text with one edit of kind `edit` at the character `at`.
fn with_edit(text: &str, edit: usize, at: Index) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let at = at.index(chars.len());
    match edit {
        0 => drop(chars.remove(at)),
        1 => chars.insert(at, 'x'),
        2 => chars[at] = if chars[at] == 'a' { 'b' } else { 'a' },
        3 => chars.swap(at, (at + 1) % text.chars().count()),
        4 => chars[at] = chars[at].to_uppercase().next().unwrap(),
        _ => return text.replace(['“', '”'], "\"").replace(['‘', '’'], "'").replace('—', "-"),
    }
    chars.into_iter().collect()
}

/// Proves `text` and compares the result with a plain search.
fn check_proof(source: &Arc<Source>, text: &str) -> Result<(), TestCaseError> {
    let is_in_source = folded(source.body()).contains(&folded(text));
    match Quote::prove(source, text, None) {
        Ok(quote) => {
            prop_assert!(is_in_source, "{text:?} accepted");
            prop_assert_eq!(source.body().get(quote.span()), Some(quote.text()));
            prop_assert_eq!(folded(quote.text()), folded(text));
            prop_assert_eq!(quote.text(), quote.text().trim());
        }
        Err(QuoteError::Empty) => prop_assert!(folded(text).is_empty()),
        Err(QuoteError::InsideWord { whole, .. }) => {
            prop_assert!(is_in_source, "{text:?} is not there");
            let (whole_words, words) = (folded(&whole), folded(text));
            prop_assert!(whole_words.contains(&words) && whole_words.len() > words.len());
            prop_assert!(Quote::prove(source, &whole, None).is_ok(), "{whole:?}");
        }
        Err(error) => prop_assert!(!is_in_source, "{text:?} rejected: {error}"),
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_span_of_a_source_is_proved_with_its_own_bytes(
        body in body(), from in any::<Index>(), to in any::<Index>(),
    ) {
        let source = source(&body);
        let text = part(&body, from, to);
        check_proof(&source, text)?;
        check_proof(&source, &folded(text).replace(' ', " \r\n\t"))?;
        if let Ok(first) = Quote::prove(&source, text, None) {
            let start = text.as_ptr().addr() - body.as_ptr().addr() + text.len() - text.trim_start().len();
            let number = source.paragraph_at(start);
            let quote = match Quote::prove(&source, text, Some(number)) {
                Err(QuoteError::InsideWord { .. }) => return Ok(()),
                quote => quote.expect("it starts there"),
            };
            prop_assert_eq!(quote.paragraph(), number);
            prop_assert_eq!(folded(quote.text()), folded(text));
            prop_assert!(first.span().start <= quote.span().start);
            let others = first.other_paragraphs();
            let listed = others.map(Paragraphs::listed).unwrap_or_default();
            prop_assert!(
                number == first.paragraph()
                    || listed.contains(&number)
                    || others.is_some_and(|others| listed.len() < others.n_total())
            );
            let is_once = |text: &str, part: &str| text.find(part) == text.rfind(part);
            if is_once(&body, text.trim()) && is_once(&folded(&body), &folded(text)) {
                prop_assert_eq!(quote.text(), text.trim());
            }
        }
    }

    #[test]
    fn edited_span_is_rejected_unless_it_is_in_the_source(
        body in body(), from in any::<Index>(), to in any::<Index>(),
        edit in 0usize..6, at in any::<Index>(),
    ) {
        let text = part(&body, from, to);
        if !text.is_empty() {
            check_proof(&source(&body), &with_edit(text, edit, at))?;
        }
    }

    #[test]
    fn broken_files_never_cause_a_panic(
        file in 0usize..3, at in any::<Index>(), bytes in prop::collection::vec(any::<u8>(), 0..4),
        n_dropped in 0usize..4,
    ) {
        let mut files = pack_files();
        let target = &mut files.files[file].bytes;
        let start = at.index(target.len());
        let end = (start + n_dropped).min(target.len());
        target.splice(start..end, bytes);
        let proof = prove(&files);
        let findings = lint(&proof);
        prop_assert!(findings.iter().all(|finding| !finding.is_error()));
        for finding in proof.findings.iter().chain(&findings) {
            if let Some(text) = files.text(&finding.file) {
                prop_assert!(text.get(finding.span.clone()).is_some(), "{finding:?}");
            }
        }
    }
}

fn pack_files() -> PackFiles {
    let file = |path: &str, text: &str| PackFile { path: path.to_owned(), bytes: text.into() };
    PackFiles {
        name: "p".to_owned(),
        files: vec![
            file("faq.toml", FAQ),
            file("pack.toml", "title = \"P\"\nlanguage = \"en\"\n"),
            file("sources/doc.md", SOURCE),
        ],
    }
}

#[test]
fn edited_quote_is_rejected_in_a_text_without_repeats() {
    let body = "“It’s café — n’est-ce pas?” Ann\u{a0}said.";
    let source = source(body);
    for (at, c) in body.char_indices() {
        for other in ["", "x", "''", "\u{301}"] {
            let text = format!("{}{other}{}", &body[..at], &body[at + c.len_utf8()..]);
            let wanted = folded(&text) == folded(body) || (at == 0 && other.is_empty());
            let is_cut_at_end = at + c.len_utf8() == body.len() && other.is_empty();
            let got = Quote::prove(&source, &text, None).is_ok();
            assert_eq!(got, wanted || is_cut_at_end, "{text:?}");
        }
    }
}

#[test]
fn truncated_file_is_checked_without_a_crash_at_every_length() {
    let folder = Folder::with_pack();
    let files = [("faq.toml", FAQ), ("sources/doc.md", SOURCE), ("pack.toml", "title = \"P\"\n")];
    for (name, text) in files {
        for end in 0..text.len() {
            folder.write(&format!("p/{name}"), &text.as_bytes()[..end]);
            let run = quoth(&["check", &folder.arg("p")]);
            assert!(matches!(run.code, 0 | 1), "{name} up to {end}: {run:?}");
            assert_eq!(run.stderr, "", "{name} up to {end}");
        }
        folder.write(&format!("p/{name}"), text);
    }
    assert_eq!(quoth(&["check", &folder.arg("p")]).code, 0);
}
