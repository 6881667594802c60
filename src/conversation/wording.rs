//! Every sentence that quoth itself says in chat, by language. The sentences are in `wording/*.ftl`,
//! in the syntax of Project Fluent.

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::Control;
use super::notice::{Greeting, Notice, SetupStep};
use super::reply::{CitedQuote, Reply};

/// English, which stands in for languages that quoth does not speak.
static ENGLISH: LazyLock<Wording> =
    LazyLock::new(|| Wording::new("en", include_str!("wording/en.ftl")));

static OTHERS: LazyLock<[Wording; 1]> =
    LazyLock::new(|| [Wording::new("de", include_str!("wording/de.ftl"))]);

/// Stands outside a quote where its sentence goes on, in every language.
pub const CUT: &str = "[...]";

/// Entries that a notice lists at the most.
const MAX_LISTED: usize = 20;

/// What quoth says, in one language.
pub struct Wording {
    language: LanguageIdentifier,
    sentences: FluentBundle<FluentResource>,
}

impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wording({})", self.language)
    }
}

impl Wording {
    /// That of `locale`, a BCP 47 tag, whose region does not matter; of a language that quoth does
    /// not speak, English.
    pub fn for_locale(locale: &str) -> &'static Self {
        let wanted: LanguageIdentifier = locale.parse().unwrap_or_default();
        let found = OTHERS.iter().find(|wording| wording.language.language == wanted.language);
        found.unwrap_or(&ENGLISH)
    }

    /// Whether quoth speaks the language of `locale`.
    pub fn supports(locale: &str) -> bool {
        let wanted: LanguageIdentifier = locale.parse().unwrap_or_default();
        OTHERS.iter().chain([&*ENGLISH]).any(|it| it.language.language == wanted.language)
    }

    /// English.
    pub fn english() -> &'static Self {
        &ENGLISH
    }

    fn new(language: &str, sentences: &str) -> Self {
        let language: LanguageIdentifier = language.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language.clone()]);
        // Marks around every variable would show on terminals.
        bundle.set_use_isolating(false);
        // A test parses every file; a sentence in error is left out, and its name stands in.
        let resource = FluentResource::try_new(sentences.to_owned());
        bundle.add_resource_overriding(resource.unwrap_or_else(|(resource, _)| resource));
        Self { language, sentences: bundle }
    }

    /// The sentence called `id`; where it is missing, the name itself, so that it is noticed.
    fn format<'a, const N: usize>(
        &self,
        id: &str,
        values: [(&'a str, FluentValue<'a>); N],
    ) -> String {
        let pattern = self.sentences.get_message(id).and_then(|message| message.value());
        let Some(pattern) = pattern else { return id.to_owned() };
        let args: FluentArgs<'_> = values.into_iter().collect();
        self.sentences.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// No entry is near enough.
    pub fn nothing_found(&self) -> String {
        self.format("nothing-found", [])
    }

    /// The source does not answer the question asked.
    pub fn not_in_source(&self) -> String {
        self.format("not-in-source", [])
    }

    /// Above `n` suggestions.
    pub fn did_you_mean(&self, n: usize) -> String {
        self.format("did-you-mean", [("n", n.into())])
    }

    /// A number was picked that is not among `n` suggestions.
    pub fn no_such_number(&self, n: usize) -> String {
        self.format("no-such-number", [("n", n.into())])
    }

    /// What can be done.
    pub fn help(&self) -> String {
        self.format("help", [])
    }

    /// Before the curator's line, so that nobody takes it for a quote.
    pub fn lead_label(&self) -> String {
        self.format("lead-label", [])
    }

    /// Before a quote where only words can mark it.
    pub fn quote_label(&self) -> String {
        self.format("quote-label", [])
    }

    /// Before a citation where only words can mark it.
    pub fn source_label(&self) -> String {
        self.format("source-label", [])
    }

    /// Before questions that a reader may want next.
    pub fn see_also_label(&self) -> String {
        self.format("see-also-label", [])
    }

    /// Above the topics of entries without a tag.
    pub fn other_topics(&self) -> String {
        self.format("other-topics", [])
    }

    /// On what does `control` below `reply`.
    pub fn control(&self, control: Control, reply: &Reply) -> String {
        let id = match (control, reply) {
            (Control::Pick(number), _) => return number.to_string(),
            (Control::Paragraphs(_), Reply::Answer(_)) => "show-paragraph",
            (Control::Paragraphs(_) | Control::Quotes(_) | Control::Topics(_), _) => "show-rest",
            (Control::Helpful, _) => "answered-it",
            (Control::Unhelpful, _) => "not-this",
            (Control::Delete, _) => "delete",
        };
        self.format(id, [])
    }

    /// `titles` of sources in a row, each in quotation marks.
    pub fn titles(&self, titles: &[String]) -> String {
        let quoted: Vec<String> = titles.iter().map(|title| format!("“{title}”")).collect();
        quoted.join(", ")
    }

    /// On a link to the source.
    pub fn open_source(&self) -> String {
        self.format("open-source", [])
    }

    /// Where a quote comes from, without the link.
    pub fn citation_without_link(&self, quote: &CitedQuote) -> String {
        self.citation(&CitedQuote { url: None, ..quote.clone() })
    }

    /// Where a passage stands.
    pub fn passage(&self, title: &str, paragraph: usize) -> String {
        self.format(
            "citation",
            [("title", title.into()), ("paragraph", paragraph.to_string().into())],
        )
    }

    /// Where a quote comes from: speaker and role, title and paragraph, link if there is one.
    pub fn citation(&self, quote: &CitedQuote) -> String {
        let mut citation = String::new();
        if let Some(speaker) = &quote.speaker {
            citation.push_str(speaker);
            if let Some(role) = &quote.role {
                citation.push_str(", ");
                citation.push_str(role);
            }
            citation.push_str(". ");
        }
        let place = [
            ("title", FluentValue::from(quote.title.as_str())),
            ("paragraph", quote.paragraph.to_string().into()),
        ];
        citation.push_str(&self.format("citation", place));
        if let Some(url) = &quote.url {
            citation.push_str(", ");
            citation.push_str(url);
        }
        citation
    }

    /// What is said about quoth itself.
    pub fn notice(&self, notice: &Notice) -> String {
        match notice {
            Notice::RateLimited { span } => {
                let seconds = span.as_secs().max(1).to_string();
                self.format("wait", [("seconds", seconds.into())])
            }
            Notice::Paused | Notice::PauseConfirmed => self.format("paused", []),
            Notice::ResumeConfirmed => self.format("resumed", []),
            Notice::ModeratorsOnly => self.format("moderators-only", []),
            Notice::AskerOnly => self.format("asker-only", []),
            Notice::Replied => self.format("replied", []),
            Notice::FeedbackRecorded => self.format("thanks", []),
            Notice::NotAQuestion => self.format("not-a-question", []),
            Notice::ContentUnavailable => self.format("unreadable", []),
            Notice::CommandsDisabled => self.format("unserved", []),
            Notice::TooLate => self.format("too-late", []),
            Notice::NoLongerAvailable => self.format("gone", []),
            Notice::Undecryptable => self.format("undecryptable", []),
            Notice::Greeting(greeting) => self.greeting(greeting),
            Notice::InternalError { reference } => {
                self.format("failed", [("reference", reference.as_str().into())])
            }
            Notice::MissingPermissions { place, missing } => {
                let values = [
                    ("place", FluentValue::from(place.as_str())),
                    ("missing", missing.join(", ").into()),
                ];
                self.format("hindered", values)
            }
            Notice::PackRejected { pack, message } => {
                let values = [("pack", pack.as_str().into()), ("message", message.as_str().into())];
                self.format("pack-refused", values)
            }
            Notice::EntriesDisabled { pack, entries } => {
                let listed = entries.get(..MAX_LISTED).unwrap_or(entries).join(", ");
                let more = if entries.len() > MAX_LISTED { ", ..." } else { "" };
                let values = [
                    ("pack", FluentValue::from(pack.as_str())),
                    ("entries", format!("{listed}{more}").into()),
                    ("n", entries.len().to_string().into()),
                ];
                self.format("set-aside", values)
            }
        }
    }

    fn greeting(&self, greeting: &Greeting) -> String {
        let titles = greeting.titles.join(", ");
        let mut lines = vec![match titles.as_str() {
            "" => self.format("greeting-nothing", []),
            titles => self.format("greeting", [("titles", titles.into())]),
        }];
        lines.extend(greeting.todos.iter().map(|todo| match todo {
            SetupStep::Moderators => self.format("no-moderators", []),
            SetupStep::Entries => self.format("no-entries", []),
            SetupStep::Reports => self.format("no-reports", []),
        }));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests;
