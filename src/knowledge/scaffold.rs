//! A starter pack: a document, and each of its sentences as a commented-out entry.

use super::new_pack::NewPack;
use super::quote_split::split_for_quotes;
use super::source::Metadata;
use super::toml_text::plain;
use super::{QuoteDraft, Source};
use crate::text::Language;
use crate::text::detect::detect;
use crate::text::whitespace::Folded;

/// Longest first line that is taken as a title, in characters. A longer one begins the text.
const MAX_TITLE_CHARS: usize = 150;

/// A pack whose only source is `document`.
///
/// Its title is `title`, else the document's first line if that is a Markdown heading or a
/// paragraph of its own that looks like one, else `name`. A first line that is the title is
/// removed from the text; nothing else is changed. `faq.toml` has each sentence commented out.
pub fn from_document(document: &str, title: Option<&str>, name: &str) -> NewPack {
    let document = document.strip_prefix('\u{FEFF}').unwrap_or(document);
    let headline = headline(document).filter(|(_, rest)| !rest.trim().is_empty());
    let (title, body) = match (title, headline) {
        (Some(title), Some((line, rest))) if line == title.trim() => (title, rest),
        (Some(title), _) => (title, document),
        (None, Some((line, rest))) => (line, rest),
        (None, None) => (name, document),
    };
    let title = title.trim().to_owned();
    let faq = faq(&title, body);
    NewPack {
        title,
        language: detect(std::iter::once(body)).or_else(|| Some(Language::english())),
        is_markdown: false,
        body: body.to_owned(),
        faq,
    }
}

/// The title at the start of the document, and the text after it.
fn headline(document: &str) -> Option<(&str, &str)> {
    let text = document.trim_start();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = first.trim();
    let (second, after_second) = rest.split_once('\n').unwrap_or((rest, ""));
    let underline = second.trim();
    let heading = line.trim_start_matches('#');
    let (title, rest) = if heading.len() < line.len() && heading.starts_with([' ', '\t']) {
        (heading.trim_end_matches('#').trim(), rest)
    } else if underline.len() > 2 && ["=", "-"].iter().any(|c| underline.replace(c, "").is_empty())
    {
        (line, after_second)
    } else {
        // A line that ends like a sentence is more likely a sentence, which has to stay quotable.
        let stands_alone = underline.is_empty() && !line.ends_with(['.', ':', ';', ',']);
        (Some(line).filter(|_| stands_alone)?, rest)
    };
    let is_title =
        title.chars().any(char::is_alphanumeric) && title.chars().count() <= MAX_TITLE_CHARS;
    is_title.then_some((title, rest.trim_start_matches(['\r', '\n'])))
}

fn faq(title: &str, body: &str) -> String {
    let source = Source::new("", Metadata::default(), body.to_owned());
    let mut faq = INTRODUCTION.replace("TITLE", &plain(title));
    let mut paragraph = 0;
    let mut n_in_paragraph = 0;
    for span in source.content_sentences() {
        let number = source.paragraph_at(span.start);
        if number != paragraph {
            (paragraph, n_in_paragraph) = (number, 0);
        }
        for part in split_for_quotes(source.body().get(span).unwrap_or_default()) {
            n_in_paragraph += 1;
            faq.push_str(&commented_entry(part, paragraph, n_in_paragraph));
        }
    }
    faq
}

/// A commented-out entry that is complete except for its question.
fn commented_entry(text: &str, paragraph: usize, number: usize) -> String {
    let quote = QuoteDraft {
        text: Folded::new(text).as_str().to_owned(),
        paragraph: Some(paragraph),
        ..QuoteDraft::default()
    };
    let entry = format!("[[entry]]\nid = \"p{paragraph}-s{number}\"\nquestion = \"\"\n");
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
# Below, each sentence of the source is a commented-out entry. Remove the \"# \" from its lines, write
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
            ("+++\n\n  indented\n\n", None, "name", "+++\n\n  indented\n\n"),
        ];
        for (document, title, want_title, want_body) in cases {
            let pack = from_document(document, title, "name");
            assert_eq!((pack.title.as_str(), pack.body.as_str()), (want_title, want_body));
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
}
