//! A draft: an entry as its author wrote it, with quotes that are not proved yet.

use super::EntryId;
use super::toml_text::{plain, verbatim};

/// A quote to be written to `faq.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuoteDraft {
    /// The quoted words.
    pub text: String,
    /// The source's name; optional in a pack of one source.
    pub source: Option<String>,
    /// The number, from 1, of the paragraph where the quote starts.
    pub paragraph: Option<usize>,
    /// The name of the speaker.
    pub speaker: Option<String>,
    /// The role of the speaker.
    pub role: Option<String>,
}

/// A message that an entry quotes, to be written to `faq.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageDraft {
    /// Its words, verbatim.
    pub text: String,
    /// The name of its author, as they are called there.
    pub author: Option<String>,
    /// When it was sent, for people.
    pub date: Option<String>,
    /// The address at which it can be read.
    pub url: Option<String>,
}

/// An entry to be written to `faq.toml`, or a gap if it has no quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDraft {
    /// Its id.
    pub id: EntryId,
    /// The canonical question.
    pub question: String,
    /// Other phrasings.
    pub variants: Vec<String>,
    /// The curator's line; a gap has none.
    pub lead: Option<String>,
    /// Topics.
    pub tags: Vec<String>,
    /// Ids of related entries.
    pub see_also: Vec<String>,
    /// The message that the quotes are from, if they are from no source of the pack.
    pub message: Option<MessageDraft>,
    /// The quotes that answer the question; none for a gap.
    pub quotes: Vec<QuoteDraft>,
}

impl EntryDraft {
    /// A gap with only an id and a question.
    pub fn new(id: EntryId, question: &str) -> Self {
        Self {
            id,
            question: question.to_owned(),
            variants: Vec::new(),
            lead: None,
            tags: Vec::new(),
            see_also: Vec::new(),
            message: None,
            quotes: Vec::new(),
        }
    }

    /// The section of `faq.toml`, from `[[entry]]` to its last line break.
    pub fn to_toml(&self) -> String {
        let mut toml = format!(
            "[[entry]]\nid = {}\nquestion = {}\n",
            plain(self.id.as_str()),
            plain(&self.question)
        );
        if !self.variants.is_empty() {
            toml.push_str(&format!("variants = {}\n", one_a_line(&self.variants)));
        }
        if self.quotes.is_empty() {
            toml.push_str("gap = true\n");
        } else if let Some(lead) = &self.lead {
            toml.push_str(&format!("lead = {}\n", plain(lead)));
        }
        for (key, texts) in [("tags", &self.tags), ("see_also", &self.see_also)] {
            if !texts.is_empty() {
                toml.push_str(&format!("{key} = {}\n", on_one_line(texts)));
            }
        }
        if let Some(message) = &self.message {
            toml.push('\n');
            toml.push_str(&message.to_toml());
        }
        for quote in &self.quotes {
            toml.push('\n');
            toml.push_str(&quote.to_toml());
        }
        toml
    }
}

impl MessageDraft {
    /// The section of `faq.toml`, from `[entry.message]` to its last line break.
    fn to_toml(&self) -> String {
        let mut toml = format!("[entry.message]\ntext = {}\n", verbatim(&self.text));
        for (key, text) in [("author", &self.author), ("date", &self.date), ("url", &self.url)] {
            if let Some(text) = text {
                toml.push_str(&format!("{key} = {}\n", plain(text)));
            }
        }
        toml
    }
}

impl QuoteDraft {
    /// The section of `faq.toml`, from `[[entry.quote]]` to its last line break.
    pub fn to_toml(&self) -> String {
        let mut toml = format!("[[entry.quote]]\ntext = {}\n", verbatim(&self.text));
        if let Some(source) = &self.source {
            toml.push_str(&format!("source = {}\n", plain(source)));
        }
        if let Some(paragraph) = self.paragraph {
            toml.push_str(&format!("paragraph = {paragraph}\n"));
        }
        for (key, text) in [("speaker", &self.speaker), ("role", &self.role)] {
            if let Some(text) = text {
                toml.push_str(&format!("{key} = {}\n", plain(text)));
            }
        }
        toml
    }
}

/// A TOML list with each text on its own line, so that a diff shows single texts.
pub(crate) fn one_a_line(texts: &[String]) -> String {
    let lines: String = texts.iter().map(|text| format!("  {},\n", plain(text))).collect();
    format!("[\n{lines}]")
}

/// A TOML list on one line, for short texts.
pub(crate) fn on_one_line(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| plain(text)).collect();
    format!("[{}]", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draft_is_written_like_a_hand_written_entry() {
        let quote = QuoteDraft {
            text: "“Yes,” it's \"so\".".to_owned(),
            source: Some("doc".to_owned()),
            paragraph: Some(2),
            speaker: Some("Ann".to_owned()),
            role: None,
        };
        let mut draft = EntryDraft::new(EntryId::new("a-b").unwrap(), "Is it?");
        assert_eq!(draft.to_toml(), "[[entry]]\nid = \"a-b\"\nquestion = \"Is it?\"\ngap = true\n");
        draft.variants = vec!["really?".to_owned()];
        draft.lead = Some("Yes.".to_owned());
        draft.tags = vec!["x".to_owned(), "y".to_owned()];
        draft.quotes = vec![quote];
        let want = "[[entry]]\nid = \"a-b\"\nquestion = \"Is it?\"\nvariants = [\n  \"really?\",\n]\n\
                    lead = \"Yes.\"\ntags = [\"x\", \"y\"]\n\n[[entry.quote]]\n\
                    text = '''“Yes,” it's \"so\".'''\nsource = \"doc\"\nparagraph = 2\nspeaker = \"Ann\"\n";
        assert_eq!(draft.to_toml(), want);
    }
}
