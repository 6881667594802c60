//! What checking a pack found: which rule, where, and what to do about it.

use std::ops::Range;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The pack is refused.
    Error,
    /// The pack is served; somebody should look.
    Warning,
}

macro_rules! rules {
    ($($variant:ident $severity:ident $name:literal $why:literal)*) => {
        /// A rule that a pack can break. The doc of each is its explanation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $(#[doc = $why] $variant,)*
        }

        impl Rule {
            /// Every rule, errors first.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The rule's name in reports, in kebab-case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Whether breaking it refuses the pack.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Why the rule exists, for somebody who is no programmer.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $why,)* }
            }
        }
    };
}

rules! {
    MissingFile Error "missing-file" "A pack needs pack.toml, faq.toml and at least one file in sources/."
    NotUtf8 Error "not-utf8" "Files of a pack are text in UTF-8."
    NotToml Error "not-toml" "The file does not follow the rules of TOML."
    FrontMatter Error "front-matter" "A source starts with a line +++, then its title and what else is known about it, then another line +++."
    UnknownKey Error "unknown-key" "A key that quoth does not know is most often a typing mistake, and its value would be lost."
    WrongType Error "wrong-type" "The value is of another kind than this key takes."
    MissingField Error "missing-field" "Something that quoth needs is not there."
    EmptyField Error "empty-field" "A field that is there must hold something."
    BadId Error "bad-id" "An id has 1 to 100 characters, none of them white space or a control character."
    DoubledId Error "doubled-id" "Each id may stand once, so that links and records know which entry is meant."
    GapWithQuotes Error "gap-with-quotes" "A gap is a question that the source does not answer, so it has neither quotes nor a lead."
    EntryWithoutQuote Error "entry-without-quote" "An entry answers with at least one quote; a question without an answer in the source is a gap (gap = true)."
    UnknownSource Error "unknown-source" "A quote names the source that it is from by its file name without .md; a pack of one source needs no name."
    NoSuchParagraph Error "no-such-paragraph" "Paragraphs are numbered from 1; headline and standfirst have no number."
    QuoteNotInSource Error "quote-not-in-source" "quoth shows nobody words that are not in the source, character for character; only white space may differ."
    QuoteTooLong Error "quote-too-long" "A quote has at most 1,500 characters, so that it can be read in chat."
    UnknownSeeAlso Error "unknown-see-also" "see_also leads to other entries of the same pack by their ids."
    QuoteStandsTwice Warning "quote-stands-twice" "The same words stand in several paragraphs; the first one is cited unless the quote says which."
    SpeakerNotNear Warning "speaker-not-near" "The speaker's name should stand in the source near the quote, else readers cannot see why it is theirs."
    DoubledPhrasing Warning "doubled-phrasing" "A phrasing that stands twice adds nothing; under two entries it cannot tell which one is meant."
    PhrasingNotFound Warning "phrasing-not-found" "A question in exactly these words leads to another entry, or to none."
    PhrasingAlone Warning "phrasing-alone" "Without this phrasing itself, its words lead to another entry: few other phrasings of the entry support it."
    CutSentence Warning "cut-sentence" "A quote that starts or ends inside a sentence may change what the sentence says."
    SentenceNotQuoted Warning "sentence-not-quoted" "No entry quotes this sentence, so nobody can be answered with it."
    NoStemming Warning "no-stemming" "For this language quoth cannot tell that two forms of a word belong together; entries need more phrasings."
}

/// One place where a pack breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The file, relative to the pack's folder.
    pub file: String,
    /// UTF-8 byte offsets into the file; empty where the file as a whole is meant.
    pub span: Range<usize>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What the marked place is, in a few words.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
}

impl Finding {
    /// A finding at `span` of `file`, with a label that repeats nothing.
    pub fn new(rule: Rule, file: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { rule, file: file.to_owned(), span, message, label: "here".to_owned(), help: None }
    }

    /// The same with a text for the marked place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the pack is refused for it.
    pub fn is_error(&self) -> bool {
        self.rule.severity() == Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_names_are_unique_and_in_kebab_case() {
        let mut names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert!(
            names.iter().all(|n| n.chars().all(|c| c.is_ascii_lowercase() || "-8".contains(c)))
        );
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Rule::ALL.len());
    }
}
