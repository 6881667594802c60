//! What a change of a pack may change elsewhere: the decisions on messages that it has nothing to do with.

use std::sync::Arc;

use quoth::knowledge::{Pack, PackFiles, prove};
use quoth::matching::{Decision, DecisionRule, Index};

use crate::small_packs::{Message, folders, messages};

/// What is decided of each message, with the first entry.
fn decisions(pack: Arc<Pack>, messages: &[Message]) -> Vec<(Decision, Option<String>)> {
    let index = Index::new(vec![pack]);
    let rule = DecisionRule::default();
    let decide = |message: &Message| {
        let outcome = index.ask(&message.q, &rule);
        let first = outcome.ranked.first().map(|idx| index.entry_id(*idx));
        (outcome.decision, first.filter(|_| outcome.decision == Decision::Answer))
    };
    messages.iter().map(decide).collect()
}

/// How many decisions on the judged messages a change of each pack's FAQ changes, of how many.
fn changed(change: impl Fn(&mut toml::Table, &Pack)) -> (usize, usize) {
    let (mut n_changed, mut n_messages) = (0, 0);
    for folder in folders() {
        let files = quoth::store::pack_files::read(&folder).unwrap();
        let before = Arc::new(prove(&files).pack);
        let after = prove(&changed_files(files, &before, &change));
        assert!(after.is_accepted(), "{:?}", after.findings);
        let after = Arc::new(after.pack);
        assert!(size(&after) > size(&before), "nothing was added to {}", folder.display());
        let messages = messages(&folder);
        let pairs = decisions(before, &messages).into_iter().zip(decisions(after, &messages));
        n_changed += pairs.filter(|(before, after)| before != after).count();
        n_messages += messages.len();
    }
    (n_changed, n_messages)
}

/// The number of phrasings and quotes of `pack`.
fn size(pack: &Arc<Pack>) -> usize {
    let n_quotes: usize = pack.entries.iter().map(|entry| entry.quotes().len()).sum();
    Index::new(vec![Arc::clone(pack)]).n_phrasings() + n_quotes
}

fn changed_files(
    mut files: PackFiles,
    pack: &Pack,
    change: impl Fn(&mut toml::Table, &Pack),
) -> PackFiles {
    let faq = files.files.iter_mut().find(|file| file.path == "faq.toml").unwrap();
    let mut table: toml::Table = std::str::from_utf8(&faq.bytes).unwrap().parse().unwrap();
    change(&mut table, pack);
    faq.bytes = toml::to_string(&table).unwrap().into_bytes();
    files
}

/// The entries of a FAQ that are no gaps.
fn entries(faq: &mut toml::Table) -> impl Iterator<Item = &mut toml::Table> {
    let entries = faq["entry"].as_array_mut().unwrap().iter_mut();
    entries.map(|entry| entry.as_table_mut().unwrap()).filter(|entry| entry.contains_key("quote"))
}

#[test]
fn phrasing_of_one_entry_leaves_decisions_on_others_as_they_were() {
    let (n_changed, n) = changed(|faq, _| {
        let entry = entries(faq).next().unwrap();
        let variants = entry.entry("variants").or_insert(toml::Value::Array(Vec::new()));
        variants.as_array_mut().unwrap().push("zebra xylophone quiz".into());
    });
    // Norms and the rarity of words shift a little, and with them confidences near a threshold.
    assert!(n_changed * 100 <= 2 * n, "{n_changed} of {n}");
}

#[test]
fn longer_quote_of_one_entry_leaves_decisions_on_others_as_they_were() {
    let (n_changed, n) = changed(|faq, pack| {
        // The quote of another entry: all its words are known to the pack.
        let quote = pack.entries.iter().rev().find_map(|entry| entry.quotes().first()).unwrap();
        let (text, source) = (quote.text().to_owned(), quote.source().name().to_owned());
        let mut added = toml::Table::new();
        added.insert("text".to_owned(), text.into());
        added.insert("source".to_owned(), source.into());
        let quotes = entries(faq).next().unwrap()["quote"].as_array_mut().unwrap();
        quotes.push(added.into());
    });
    // Messages about what was added: the first entry now covers their words, too.
    assert!(n_changed * 100 <= 4 * n, "{n_changed} of {n}");
}
