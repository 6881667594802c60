//! The first pack, and the recognition of its answers in rendered messages.

use std::path::Path;

use quoth::knowledge::{Entry, Pack, prove};
use quoth::store::pack_files;

/// The folder of the first pack.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge/china-kazakhstan");

/// The proved pack.
pub(crate) fn first_pack() -> Pack {
    prove(&pack_files::read(Path::new(FOLDER)).expect("the pack is in the repository")).pack
}

/// The letters and digits of `text`, which are the same in any platform's markup.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).collect()
}

/// The ids of the entries of which all quotes are in `text` and, if `shows_lead`, the lead too.
pub(crate) fn answers_in(pack: &Pack, text: &str, shows_lead: bool) -> Vec<String> {
    let shown = letters(text);
    let is_in = |text: &str| shown.contains(&letters(text));
    let is_shown = |entry: &&Entry| {
        !entry.is_gap()
            && entry.quotes().iter().all(|quote| is_in(quote.text()))
            && (!shows_lead || entry.lead().is_none_or(is_in))
    };
    pack.entries.iter().filter(is_shown).map(|entry| entry.id.as_str().to_owned()).collect()
}
