//! Findings: violations of the rules for packs, with their location and advice.

use std::ops::Range;

/// Whether a finding rejects the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The pack is rejected.
    Error,
    /// The pack is accepted, but a curator should check the finding.
    Warning,
}

macro_rules! rules {
    ($($variant:ident $severity:ident $name:literal $why:literal)*) => {
        /// A rule for packs. The documentation of each is its explanation.
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

            /// The severity of its findings.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// The reason for the rule, written for curators.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $why,)* }
            }
        }
    };
}

rules! {
    MissingFile Error "missing-file" "A pack needs pack.toml, faq.toml and at least one file in sources/."
    NotUtf8 Error "not-utf8" "The files of a pack are text in UTF-8."
    NotToml Error "not-toml" "The file does not follow the rules of TOML."
    FrontMatter Error "front-matter" "A source starts with a line +++, then its title and other metadata, then another line +++."
    UnknownFormat Error "unknown-format" "A source is \"text\", which is shown as it is written, or \"markdown\", which is shown with its markup."
    UnknownKey Error "unknown-key" "An unknown key is most often a typo, and its value would be ignored."
    WrongType Error "wrong-type" "The value has another type than this key takes."
    MissingField Error "missing-field" "Something that is required is missing."
    EmptyField Error "empty-field" "A field that is present must not be empty."
    BadId Error "bad-id" "An id has 1 to 100 characters, none of them white space or a control character."
    DuplicateId Error "doubled-id" "An id may be used only once, so that links and records identify one entry."
    DuplicateLanguage Error "duplicate-language" "An entry has one list of phrasings for each language."
    GapWithQuotes Error "gap-with-quotes" "A gap is a question that the source does not answer, so it has neither quotes nor a lead."
    EntryWithoutQuote Error "entry-without-quote" "An entry answers with at least one quote; a question without an answer in the source is a gap (gap = true)."
    UnknownSource Error "unknown-source" "A quote names its source by the file name without .md; in a pack of one source the name may be left out."
    NoSuchParagraph Error "no-such-paragraph" "Paragraphs are numbered from 1; headline and standfirst have no number."
    QuoteNotInSource Error "quote-not-in-source" "quoth only shows words that are in the source, character for character; only white space may differ."
    CutWord Error "cut-word" "A quote starts and ends at the boundaries of words and characters, so that no part of a word says something else than the word."
    QuoteTooLong Error "quote-too-long" "A quote has at most 1,500 characters, so that it can be read in chat."
    UnknownSeeAlso Error "unknown-see-also" "see_also lists other entries of the same pack by their ids."
    AmbiguousQuote Warning "quote-stands-twice" "The same words occur in several paragraphs; the first one is cited unless the quote names another."
    SpeakerNotNear Warning "speaker-not-near" "The speaker's name should occur in the source near the quote, so that readers can verify the attribution."
    DuplicatePhrasing Warning "doubled-phrasing" "A duplicate phrasing adds nothing; under two entries it cannot show which one is meant."
    PhrasingNotFound Warning "phrasing-not-found" "A question in exactly these words finds another entry, or none."
    UnsupportedPhrasing Warning "phrasing-alone" "Without this phrasing, a question in its words finds another entry: few other phrasings of the entry support it."
    CutSentence Warning "cut-sentence" "A quote that starts or ends inside a sentence may change the meaning of the sentence."
    UnquotedSentence Warning "sentence-not-quoted" "No entry quotes this sentence, so it cannot be part of an answer."
    OtherLanguage Warning "other-language" "The language decides how texts become words; with a wrong one, questions are not found."
    NoStemming Warning "no-stemming" "For this language quoth cannot recognize forms of the same word; entries need more phrasings."
}

/// A violation of a rule at one place of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The file, relative to the pack's folder.
    pub file: String,
    /// UTF-8 byte offsets into the file; empty if the finding is about the whole file.
    pub span: Range<usize>,
    /// The mistake, in one sentence without a full stop.
    pub message: String,
    /// A few words about the marked span.
    pub label: String,
    /// How to fix it.
    pub help: Option<String>,
}

impl Finding {
    /// A finding at `span` of `file`, with the label "here" and no help.
    pub fn new(rule: Rule, file: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { rule, file: file.to_owned(), span, message, label: "here".to_owned(), help: None }
    }

    /// The same finding with a label for the marked span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same finding with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether it rejects the pack.
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
