//! Every sentence that quoth itself says in chat.

use super::notice::Notice;
use super::reply::CitedQuote;

/// No entry is near enough.
pub const NOTHING_FOUND: &str = "I have no quote that answers this.";

/// The source does not answer the question asked.
pub const NOT_IN_SOURCE: &str = "The article does not say.";

/// Above suggestions.
pub const DID_YOU_MEAN: &str = "Did you mean one of these?";

/// Above a single suggestion.
pub const DID_YOU_MEAN_THIS: &str = "Did you mean this?";

/// Before the curator's line, so that nobody takes it for a quote.
pub const LEAD_LABEL: &str = "In short";

/// Before questions that a reader may want next.
pub const SEE_ALSO: &str = "See also";

/// What can be done.
pub const HELP: &str = "Ask in your own words. I reply with quotes from the source, word for word, \
or say that I have none. Where I suggest questions, answer with a number. `topics` lists what can \
be asked.";

/// Above the topics of entries without a tag.
pub const OTHER_TOPICS: &str = "other";

/// A number was picked that was not suggested.
pub fn no_such_number(n_suggestions: usize) -> String {
    format!("There is no such number: pick from 1 to {n_suggestions}, or ask something else.")
}

/// Stands outside a quote where its sentence goes on.
pub const CUT: &str = "[...]";

/// Where a quote comes from: speaker and role, title and paragraph, link if there is one.
pub fn citation(quote: &CitedQuote) -> String {
    let mut citation = String::new();
    if let Some(speaker) = &quote.speaker {
        citation.push_str(speaker);
        if let Some(role) = &quote.role {
            citation.push_str(", ");
            citation.push_str(role);
        }
        citation.push_str(". ");
    }
    citation.push_str(&format!("“{}”, paragraph {}", quote.title, quote.paragraph));
    if let Some(url) = &quote.url {
        citation.push_str(", ");
        citation.push_str(url);
    }
    citation
}

/// Entries that a notice lists at the most.
const MAX_LISTED: usize = 20;

/// What is said about quoth itself.
pub fn notice(notice: &Notice) -> String {
    match notice {
        Notice::Wait { span } => {
            format!("Please wait {} s before the next question.", span.as_secs().max(1))
        }
        Notice::Paused | Notice::PauseDone => "I am paused here.".to_owned(),
        Notice::ResumeDone => "I answer again.".to_owned(),
        Notice::ModeratorsOnly => "Only moderators can do that.".to_owned(),
        Notice::AskerOnly => "Only whoever asked can do that.".to_owned(),
        Notice::Thanks => "Thank you.".to_owned(),
        Notice::NotAQuestion => "Ask me something in your own words.".to_owned(),
        Notice::Gone => "That is no longer there. Please ask again.".to_owned(),
        Notice::PackRefused { pack, message } => format!(
            "The pack {pack} was changed and cannot be used: {message}. I go on with what I had. \
             `quoth check` says what to do."
        ),
        Notice::SetAside { pack, entries } => {
            let shown = entries.get(..MAX_LISTED).unwrap_or(entries);
            let more = if shown.len() < entries.len() { ", ..." } else { "" };
            format!(
                "A source of the pack {pack} has changed. {} of its entries quote what is no longer \
                 there, and are not used until they are mended: {}{more}",
                entries.len(),
                shown.join(", ")
            )
        }
        Notice::Greeting(greeting) => {
            format!("I answer with quotes from {}.", greeting.titles.join(", "))
        }
    }
}
