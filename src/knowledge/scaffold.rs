//! A starter pack: a document, and each of its sentences as a commented-out entry.

mod matter;

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::new_pack::NewPack;
use super::quote_split::split_for_quotes;
use super::source::Metadata;
use super::toml_text::plain;
use super::{QuoteDraft, Source};
use crate::text::Language;
use crate::text::detect::detect;
use crate::text::sentence::sentences_in;
use crate::text::whitespace::Folded;

/// Longest first line that is taken as a title, in characters. A longer one begins the text.
const MAX_TITLE_CHARS: usize = 150;

/// A pack whose only source is `document`.
///
/// Its title is `title`, else that of the document's front matter, else the document's first line if
/// that is a Markdown heading or a paragraph of its own that looks like one, else `name`. Front
/// matter is taken over, and a first line that is the title is removed from the text; nothing else
/// is changed. `faq.toml` has each sentence commented out, below the heading of its section.
pub fn from_document(document: &str, title: Option<&str>, name: &str) -> NewPack {
    let document = document.strip_prefix('\u{FEFF}').unwrap_or(document);
    let (matter, document) = matter::split(document)
        .filter(|(_, text)| !text.trim().is_empty())
        .unwrap_or((matter::Matter::default(), document));
    let language = matter.language.or_else(|| detect(document.lines()));
    let language = language.unwrap_or_else(Language::english);
    let headline = headline(document, &language).filter(|(_, rest)| !rest.trim().is_empty());
    let own_title = Some(matter.metadata.title.as_str()).filter(|title| !title.is_empty());
    let (title, body) = match (title.or(own_title), headline) {
        (Some(title), Some((line, rest))) if line == title.trim() => (title, rest),
        (Some(title), _) => (title, document),
        (None, Some((line, rest))) => (line, rest),
        (None, None) => (name, document),
    };
    let title = title.trim().to_owned();
    let faq = faq(&title, body, &language);
    let metadata = Metadata { title, ..matter.metadata };
    NewPack { metadata, language: Some(language), body: body.to_owned(), faq }
}

/// The title at the start of the document, and the text after it.
fn headline<'d>(document: &'d str, language: &Language) -> Option<(&'d str, &'d str)> {
    let text = document.trim_start();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = first.trim();
    let (second, after_second) = rest.split_once('\n').unwrap_or((rest, ""));
    let underline = second.trim();
    let is_underlined_with = |c: &str| underline.len() > 2 && underline.replace(c, "").is_empty();
    let heading = line.trim_start_matches('#');
    let (title, rest) = if heading.len() < line.len() && heading.starts_with([' ', '\t']) {
        (heading.trim_end_matches('#').trim(), rest)
    } else if is_underlined_with("=") {
        (line, after_second)
    } else if is_underlined_with("-") {
        // In plain text, such a line divides parts, and a sentence above it has to stay quotable.
        (Some(line).filter(|line| looks_like_title(line, language))?, after_second)
    } else {
        let stands_alone = underline.is_empty() && looks_like_title(line, language);
        (Some(line).filter(|_| stands_alone)?, rest)
    };
    let is_title =
        title.chars().any(char::is_alphanumeric) && title.chars().count() <= MAX_TITLE_CHARS;
    is_title.then_some((title, rest.trim_start_matches(['\r', '\n'])))
}

/// Whether a line without marks is more likely a title than a sentence or the start of a list, table
/// or the like, which have to stay quotable.
fn looks_like_title(line: &str, language: &Language) -> bool {
    const ENDS_OF_SENTENCES: [char; 14] =
        ['.', ':', ';', ',', '…', '。', '．', '｡', '।', '：', '；', '，', '、', '؛'];
    const STARTS_OF_BLOCKS: [char; 10] = ['-', '*', '+', '>', '|', '`', '<', '[', '!', '~'];
    line.chars().count() <= MAX_TITLE_CHARS
        && !line.ends_with(ENDS_OF_SENTENCES)
        && !line.starts_with(STARTS_OF_BLOCKS)
        && sentences_in(line, language).len() == 1
}

fn faq(title: &str, body: &str, language: &Language) -> String {
    let source =
        Source::new("", Metadata::default(), body.to_owned()).in_language(language.clone());
    let mut faq = INTRODUCTION.replace("TITLE", &plain(title));
    let mut paragraph = 0;
    let mut n_in_paragraph = 0;
    let mut headings = headings(body).into_iter().peekable();
    let mut question = None;
    for span in source.content_sentences() {
        let mut is_heading = false;
        while let Some(heading) = headings.next_if(|heading| heading.span.start < span.end) {
            faq.push_str(&format!("\n# {} {}\n", "=".repeat(heading.level), heading.text));
            is_heading = span.end <= heading.span.end;
            question = Some(heading.text).filter(|text| text.ends_with(['?', '？', '؟']));
        }
        if is_heading {
            continue;
        }
        let number = source.paragraph_at(span.start);
        if number != paragraph {
            (paragraph, n_in_paragraph) = (number, 0);
        }
        for part in split_for_quotes(source.body().get(span).unwrap_or_default(), language) {
            n_in_paragraph += 1;
            let question = question.take().unwrap_or_default();
            faq.push_str(&commented_entry(part, &question, paragraph, n_in_paragraph));
        }
    }
    faq
}

/// A heading of a Markdown document.
struct Heading {
    level: usize,
    /// Its words on one line, without marks.
    text: String,
    /// UTF-8 bytes of the document, with its marks.
    span: Range<usize>,
}

/// The headings of `body`, in order.
fn headings(body: &str) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    let mut is_open = false;
    for (event, span) in Parser::new_ext(body, Options::empty()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                headings.push(Heading { level: level as usize, text: String::new(), span });
                is_open = true;
            }
            Event::End(TagEnd::Heading(_)) => is_open = false,
            Event::Text(text) | Event::Code(text) if is_open => {
                if let Some(open) = headings.last_mut() {
                    let text: String =
                        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                    open.text.push_str(&text);
                }
            }
            Event::SoftBreak | Event::HardBreak if is_open => {
                if let Some(open) = headings.last_mut() {
                    open.text.push(' ');
                }
            }
            _ => {}
        }
    }
    headings
}

/// A commented-out entry that is complete except for its question, unless that is known.
fn commented_entry(text: &str, question: &str, paragraph: usize, number: usize) -> String {
    let quote = QuoteDraft {
        text: Folded::new(text).as_str().to_owned(),
        paragraph: Some(paragraph),
        ..QuoteDraft::default()
    };
    let question = plain(question);
    let entry = format!("[[entry]]\nid = \"p{paragraph}-s{number}\"\nquestion = {question}\n");
    let lines = format!("{entry}{}", quote.to_toml());
    lines.lines().fold("\n".to_owned(), |text, line| format!("{text}# {line}\n"))
}

/// The comment at the top of a new `faq.toml`.
const INTRODUCTION: &str = "\
# Questions about TITLE, and the sentences that answer them.
#
# An entry is one thing that people want to know. This one shows all keys; `id`, `question` and the
# `text` of one quote are required, the others are optional:
#
#   [[entry]]
#   id = \"opening-hours\"
#   question = \"When is the library open?\"
#   variants = [
#     \"what are the opening hours\",
#     \"is it open on sundays\",
#   ]
#   lead = \"From nine to five, except on Sundays.\"
#   tags = [\"visit\"]
#   see_also = [\"library-address\"]
#
#   [[entry.quote]]
#   text = '''The words of the source, character for character.'''
#   paragraph = 1
#   speaker = \"Ann Smith\"
#   role = \"the librarian\"
#
# A question that people ask and the source does not answer is a gap:
#
#   [[entry]]
#   id = \"number-of-books\"
#   question = \"How many books are there?\"
#   gap = true
#
# Below, each sentence of the source is a commented-out entry; lines with \"=\" are the headings of its
# sections. Remove the \"# \" from its lines, write
# the question and a better id, and run `quoth check`. Until the file has an entry, `quoth check`
# reports that there is none.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{PackFiles, prove};

    #[test]
    fn title_is_the_first_heading_or_line_and_is_not_repeated() {
        let cases = [
            ("# A title #\n\nText.", None, "A title", "Text."),
            ("\u{feff}\n\nA title?\r\n\r\nText.\r\n", None, "A title?", "Text.\r\n"),
            ("A title\n=======\nText.", None, "A title", "Text."),
            (
                "Wrapped text that\ngoes on. And on.",
                None,
                "name",
                "Wrapped text that\ngoes on. And on.",
            ),
            ("A sentence.\n\nText.", None, "name", "A sentence.\n\nText."),
            ("---\n\nText.", None, "name", "---\n\nText."),
            ("#hashtag here\nText.", None, "name", "#hashtag here\nText."),
            ("Only a line", None, "name", "Only a line"),
            ("# A title\n\nText.", Some(" Mine "), "Mine", "# A title\n\nText."),
            ("# A title\n\nText.", Some("A title"), "A title", "Text."),
            ("One line. Two lines\n\nText.", None, "name", "One line. Two lines\n\nText."),
            ("A sentence.\n---\nText.", None, "name", "A sentence.\n---\nText."),
            ("これは文です。\n\nText.", None, "name", "これは文です。\n\nText."),
            ("- an item\n\nText.", None, "name", "- an item\n\nText."),
            ("---\ntitle: T\n---\n# T\n\nText.", None, "T", "Text."),
            ("---\ntitle: T\n---\n# A title\n\nText.", Some("A title"), "A title", "Text."),
            ("+++\n\n  indented\n\n", None, "name", "+++\n\n  indented\n\n"),
        ];
        for (document, title, want_title, want_body) in cases {
            let pack = from_document(document, title, "name");
            assert_eq!((pack.metadata.title.as_str(), pack.body.as_str()), (want_title, want_body));
        }
    }

    #[test]
    fn commented_entries_are_valid_once_uncommented() {
        let document = format!(
            "One’s first.  “Two\r\nlines.” It's '''odd'''\\n.\n\n+++\n\n\tTab\u{0}ed \u{1b}\u{2028}x.\n\n[[entry]] \"\"\"\n\n{}",
            "long ".repeat(400)
        );
        let pack = from_document(&document, Some("T \"1\"\\"), "name");
        let n_commented = pack.faq.matches("\n# [[entry]]\n").count();
        assert_eq!(n_commented, 7, "{}", pack.faq);
        let (head, entries) = pack.faq.split_once("\n# [[entry]]\n").unwrap();
        let entries = format!("{head}\n# [[entry]]\n{entries}");
        let faq: String = entries
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|l| !l.starts_with(' ')).unwrap_or(line))
            .skip_while(|line| !line.starts_with("[[entry]]"))
            .map(|line| line.replace("question = \"\"", "question = \"What?\"") + "\n")
            .collect();
        let files = NewPack { faq, ..pack }.into_files();
        let proof = prove(&PackFiles { name: "p".to_owned(), files });
        assert_eq!(proof.findings, []);
        assert_eq!(proof.pack.entries.len(), n_commented);
        let quoted: Vec<&str> =
            proof.pack.entries.iter().map(|entry| entry.quotes()[0].text()).collect();
        assert_eq!(quoted[1], "“Two\r\nlines.”");
    }

    #[test]
    fn sentences_stand_below_the_heading_of_their_section() {
        let document = "---\ntitle: The *pool*\nauthor: Ann\ndate: 2024-05-01\n---\nBefore.\n\n\
                        ## When is it open?\nFrom nine. Till `six`!\n\nPrices\n------\n\n### Ki*d*s\n\n\
                        Free.\n\n```\n# no heading\n```\n";
        let pack = from_document(document, None, "name");
        let (_, entries) = pack.faq.split_once("reports that there is none.\n").unwrap();
        let shown =
            |line: &&str| ["# =", "# question", "# text"].iter().any(|s| line.starts_with(s));
        let lines: Vec<&str> = entries.lines().filter(shown).collect();
        let want = [
            "# question = \"\"",
            "# text = \'\'\'Before.\'\'\'",
            "# == When is it open?",
            "# question = \"When is it open?\"",
            "# text = \'\'\'From nine.\'\'\'",
            "# question = \"\"",
            "# text = \'\'\'Till `six`!\'\'\'",
            "# == Prices",
            "# === Kids",
            "# question = \"\"",
            "# text = \'\'\'Free.\'\'\'",
            "# question = \"\"",
            "# text = \'\'\'``` # no heading ```\'\'\'",
        ];
        assert_eq!(lines, want, "{entries}");
        let files = pack.into_files();
        let source = String::from_utf8(files[2].bytes.clone()).unwrap();
        let matter = "+++\ntitle = \"The *pool*\"\nauthor = \"Ann\"\npublished = \"2024-05-01\"\n+++\n\nBefore.";
        assert!(source.starts_with(matter), "{source}");
    }

    #[test]
    fn language_of_the_document_is_that_of_the_pack() {
        let german =
            "Heute ist z. B. der Garten geöffnet, und alle Kinder dürfen am 3. Oktober kommen.";
        let pack = from_document(&format!("# Garten\n\n{german}\n"), None, "name");
        assert!(pack.faq.contains(german), "{}", pack.faq);
        let files = pack.into_files();
        let pack_toml = String::from_utf8(files[1].bytes.clone()).unwrap();
        assert!(pack_toml.contains("language = \"de\"\n"), "{pack_toml}");
    }
}
