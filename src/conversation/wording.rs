//! All sentences that the bot itself sends, by language. They are in `wording/*.ftl`, in the syntax of
//! Project Fluent.

mod moderators;

use std::fmt;
use std::iter;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::Control;
use super::id::PlaceId;
use super::notice::{Notice, SetupStep};
use super::pause::{Pause, PauseScope};
use super::reply::{CitedQuote, Reply};

/// English, the fallback for unsupported languages.
static ENGLISH: LazyLock<Wording> = LazyLock::new(|| Wording::new("en", ENGLISH_FILES));

static OTHERS: LazyLock<[Wording; 1]> = LazyLock::new(|| [Wording::new("de", GERMAN_FILES)]);

/// The sentences for everybody, then those for moderators.
const ENGLISH_FILES: [&str; 2] =
    [include_str!("wording/en.ftl"), include_str!("wording/moderators.en.ftl")];
const GERMAN_FILES: [&str; 2] =
    [include_str!("wording/de.ftl"), include_str!("wording/moderators.de.ftl")];

/// Marks, outside a quote, that its sentence continues. The same in every language.
pub const CUT: &str = "[...]";

/// Most entries that a notice lists.
const MAX_LISTED: usize = 20;

/// The bot's own sentences in one language.
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
    /// The wording for `locale`, a BCP 47 tag whose region is ignored; English if its language is not
    /// supported.
    pub fn for_locale(locale: &str) -> &'static Self {
        let wanted: LanguageIdentifier = locale.parse().unwrap_or_default();
        let found = OTHERS.iter().find(|wording| wording.language.language == wanted.language);
        found.unwrap_or(&ENGLISH)
    }

    /// Whether there is a wording in the language of `locale`.
    pub fn supports(locale: &str) -> bool {
        let wanted: LanguageIdentifier = locale.parse().unwrap_or_default();
        OTHERS.iter().chain([&*ENGLISH]).any(|wording| wording.language.language == wanted.language)
    }

    /// The English wording.
    pub fn english() -> &'static Self {
        &ENGLISH
    }

    fn new(language: &str, files: [&str; 2]) -> Self {
        let language: LanguageIdentifier = language.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language.clone()]);
        // Isolation marks around variables would be visible on terminals.
        bundle.set_use_isolating(false);
        // A test parses every file, so errors do not occur. If they did, the sentences in error would be
        // missing, and `format` would return their ids.
        for file in files {
            let resource = FluentResource::try_new(file.to_owned());
            bundle.add_resource_overriding(resource.unwrap_or_else(|(resource, _)| resource));
        }
        Self { language, sentences: bundle }
    }

    /// The sentence `id` with `values` filled in. If it is missing, the id, so that it is noticed.
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

    /// Reply when no entry is near enough.
    pub fn nothing_found(&self) -> String {
        self.format("nothing-found", [])
    }

    /// Reply when the source does not answer the question.
    pub fn not_in_source(&self) -> String {
        self.format("not-in-source", [])
    }

    /// Line above `n` suggestions.
    pub fn did_you_mean(&self, n: usize) -> String {
        self.format("did-you-mean", [("n", n.into())])
    }

    /// Line above passages that follow suggestions of entries.
    pub fn in_document(&self) -> String {
        self.format("in-document", [])
    }

    /// Line above passages where no entry is suggested.
    pub fn only_in_document(&self) -> String {
        self.format("only-in-document", [])
    }

    /// Reply when the picked number is not one of `n` suggestions.
    pub fn no_such_number(&self, n: usize) -> String {
        self.format("no-such-number", [("n", n.into())])
    }

    /// Reply to the command `help`.
    pub fn help(&self) -> String {
        self.format("help", [])
    }

    /// Label before the curator's lead, so that nobody takes it for a quote.
    pub fn lead_label(&self) -> String {
        self.format("lead-label", [])
    }

    /// Label before a quote, where text has no markup.
    pub fn quote_label(&self) -> String {
        self.format("quote-label", [])
    }

    /// Label before a citation, where text has no markup.
    pub fn source_label(&self) -> String {
        self.format("source-label", [])
    }

    /// Label before the question of an answer that is shown to all.
    pub fn question_label(&self) -> String {
        self.format("question-label", [])
    }

    /// The line with the related questions of an answer; empty if there are none.
    pub fn see_also(&self, questions: &[String]) -> String {
        if questions.is_empty() {
            return String::new();
        }
        self.format("see-also", [("questions", questions.join(" · ").into())])
    }

    /// Heading of the questions of entries without a tag.
    pub fn other_topics(&self) -> String {
        self.format("other-topics", [])
    }

    /// Label of `control` below `reply`.
    pub fn control(&self, control: Control, reply: &Reply) -> String {
        let id = match (control, reply) {
            (Control::Pick(number), Reply::Moderation(it)) => {
                let label = number.checked_sub(1).and_then(|idx| it.choices.get(idx));
                return label.map_or_else(|| number.to_string(), |it| format!("{number}. {it}"));
            }
            (Control::Pick(number), _) => return number.to_string(),
            (Control::Save, _) => "save",
            (Control::TakeBack, _) => "take-back",
            (Control::RemoveQuoted, _) => "remove-quoted",
            (Control::Gap, _) => "make-gap",
            (Control::Dismiss, _) => "dismiss",
            (Control::Inbox(_), _) => "more-groups",
            (Control::Paragraphs(_), Reply::Answer(_)) => "show-paragraph",
            (Control::Topics(_), Reply::NothingFound) => "show-topics",
            (Control::Notify, _) => "notify",
            (Control::Paragraphs(_) | Control::Quotes(_) | Control::Topics(_), _) => "show-rest",
            (Control::Helpful, _) => "helpful",
            (Control::Unhelpful, _) => "unhelpful",
            (Control::Share, _) => "share",
            (Control::Delete, _) => "delete",
        };
        self.format(id, [])
    }

    /// `titles` of sources, each in quotation marks, separated by commas.
    pub fn titles(&self, titles: &[String]) -> String {
        let quoted: Vec<String> = titles.iter().map(|title| format!("“{title}”")).collect();
        quoted.join(", ")
    }

    /// Text of a link to the source.
    pub fn open_source(&self) -> String {
        self.format("open-source", [])
    }

    /// Citation of a quote without the link.
    pub fn citation_without_link(&self, quote: &CitedQuote) -> String {
        self.citation(&CitedQuote { url: None, ..quote.clone() })
    }

    /// Citation of a paragraph.
    pub fn passage(&self, title: &str, paragraph: usize) -> String {
        self.format(
            "citation",
            [("title", title.into()), ("paragraph", paragraph.to_string().into())],
        )
    }

    /// Citation of a quote: speaker and role, title and paragraph, link if there is one.
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
        let location = [
            ("title", FluentValue::from(quote.title.as_str())),
            ("paragraph", quote.paragraph.to_string().into()),
        ];
        citation.push_str(&self.format("citation", location));
        if let Some(url) = &quote.url {
            citation.push_str(", ");
            citation.push_str(url);
        }
        citation
    }

    /// The sentences of `notice`.
    pub fn notice(&self, notice: &Notice) -> String {
        match notice {
            Notice::RateLimited { retry_after } => {
                let seconds = retry_after.as_secs().max(1).to_string();
                self.format("rate-limited", [("seconds", seconds.into())])
            }
            Notice::PlaceRateLimited { retry_after } => {
                let seconds = retry_after.as_secs().max(1).to_string();
                self.format("place-rate-limited", [("seconds", seconds.into())])
            }
            Notice::AlreadyShared => self.format("already-shared", []),
            Notice::AlreadyReplied => self.format("already-replied", []),
            Notice::Paused => self.format("paused", []),
            Notice::PauseChanged(pause) => self.pause_changed(pause),
            Notice::ModeratorsOnly => self.format("moderators-only", []),
            Notice::OwnersOnly => self.format("owners-only", []),
            Notice::AuthorOnly => self.format("author-only", []),
            Notice::AskerOnly => self.format("asker-only", []),
            Notice::Replied => self.format("replied", []),
            Notice::FeedbackWithdrawn => self.format("feedback-withdrawn", []),
            Notice::WillNotify => self.format("will-notify", []),
            Notice::AskerForgotten => self.format("asker-forgotten", []),
            Notice::MessagesNotQuoted => self.format("messages-not-quoted", []),
            Notice::AnswerFound => self.format("answer-found", []),
            Notice::FeedbackRecorded => self.format("feedback-recorded", []),
            Notice::NotAQuestion => self.format("not-a-question", []),
            Notice::ContentUnavailable => self.format("content-unavailable", []),
            Notice::CommandsDisabled => self.format("commands-disabled", []),
            Notice::TooLate => self.format("too-late", []),
            Notice::NoLongerAvailable => self.format("no-longer-available", []),
            Notice::Undecryptable => self.format("undecryptable", []),
            Notice::UndecryptableAt { place } => {
                self.format("undecryptable-at", [("place", place.as_str().into())])
            }
            Notice::Greeting { titles } => self.greeting(titles),
            Notice::SetupIncomplete { place, steps } => self.setup_incomplete(place, steps),
            Notice::InternalError { reference } => {
                self.format("internal-error", [("reference", reference.as_str().into())])
            }
            Notice::MissingPermissions { place, missing, is_timed_out } => {
                let values = [
                    ("place", FluentValue::from(place.as_str())),
                    ("missing", missing.join(", ").into()),
                ];
                let permissions = self.format("missing-permissions", values);
                if *is_timed_out {
                    format!("{permissions}\n{}", self.format("timed-out", []))
                } else {
                    permissions
                }
            }
            Notice::PackRejected { pack, message } => {
                let values = [("pack", pack.as_str().into()), ("message", message.as_str().into())];
                self.format("pack-rejected", values)
            }
            Notice::EntriesDisabled { pack, entries } => self.entries_disabled(pack, entries),
        }
    }

    fn pause_changed(&self, Pause { is_paused, scope }: &Pause) -> String {
        let sentence = match (is_paused, scope) {
            (true, PauseScope::Place) => "paused",
            (true, PauseScope::Space) => "paused-everywhere",
            (false, PauseScope::Place) => "resumed",
            (false, PauseScope::Space) => "resumed-everywhere",
        };
        self.format(sentence, [])
    }

    fn entries_disabled(&self, pack: &str, entries: &[String]) -> String {
        let listed = entries.get(..MAX_LISTED).unwrap_or(entries).join(", ");
        let more = if entries.len() > MAX_LISTED { ", ..." } else { "" };
        let values = [
            ("pack", FluentValue::from(pack)),
            ("entries", format!("{listed}{more}").into()),
            ("n", entries.len().to_string().into()),
        ];
        self.format("entries-disabled", values)
    }

    fn greeting(&self, titles: &[String]) -> String {
        match self.titles(titles).as_str() {
            "" => self.format("greeting-nothing", []),
            titles => self.format("greeting", [("titles", titles.into())]),
        }
    }

    fn setup_incomplete(&self, place: &PlaceId, steps: &[SetupStep]) -> String {
        let about = self.format("setup-incomplete", [("place", place.as_str().into())]);
        let steps = steps.iter().map(|step| self.setup_step(*step));
        iter::once(about).chain(steps).collect::<Vec<_>>().join("\n")
    }

    fn setup_step(&self, step: SetupStep) -> String {
        let id = match step {
            SetupStep::Moderators => "no-moderators",
            SetupStep::Entries => "no-entries",
            SetupStep::Reports => "no-reports",
        };
        self.format(id, [])
    }
}

#[cfg(test)]
mod tests;
