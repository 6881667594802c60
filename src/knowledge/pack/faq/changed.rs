//! The entries of a changed `faq.toml`, of which only the changed sections are read.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::ReadParts;
use crate::knowledge::faq_parts::{parts, same_parts};
use crate::knowledge::pack::EntrySpans;
use crate::knowledge::{Entry, EntryId, Source};

/// The entries of a changed file.
pub(in crate::knowledge::pack) struct ChangedEntries {
    /// All entries.
    pub(in crate::knowledge::pack) entries: Vec<Entry>,
    /// Those that were read; the others are as before.
    pub(in crate::knowledge::pack) read: Range<usize>,
    /// Parallel to those that were read.
    pub(in crate::knowledge::pack) entry_spans: Vec<EntrySpans>,
}

impl ChangedEntries {
    /// The entries of the file `new`, if it has no error. `old` is a file without an error, `old_entries` are its entries,
    /// proved by the same `sources`. `None` if reading the whole file has to say what is wrong, or nothing is.
    pub(in crate::knowledge::pack) fn read(
        (old, old_entries): (&str, &[Entry]),
        new: &str,
        sources: &[Arc<Source>],
    ) -> Option<Self> {
        let (old_parts, new_parts) = (parts(old), parts(new));
        // Each section has one entry, unless the next one is written in a way that does not divide the file.
        if old_parts.len() != old_entries.len() + 1 {
            return None;
        }
        let (n_start, n_end) = same_parts((old, &old_parts), (new, &new_parts));
        let mut findings = Vec::new();
        let changed_parts = new_parts.get(n_start..new_parts.len() - n_end)?;
        let ReadParts { faq, links, .. } =
            ReadParts::new(new, changed_parts, sources, &mut findings)?;
        if !findings.is_empty() {
            return None;
        }
        // The first part has no entry.
        let (before, rest) = old_entries.split_at_checked(n_start.saturating_sub(1))?;
        let (gone, after) = rest.split_at_checked(rest.len().checked_sub(n_end)?)?;
        let mut changed = faq.entries;
        let ids: FxHashSet<&EntryId> =
            before.iter().chain(after).chain(&changed).map(|entry| &entry.id).collect();
        let n_entries = before.len() + changed.len() + after.len();
        if ids.len() != n_entries || n_entries == 0 {
            return None;
        }
        let lost: Vec<&EntryId> =
            gone.iter().map(|entry| &entry.id).filter(|id| !ids.contains(id)).collect();
        let links_to_lost = |entry: &Entry| entry.see_also.iter().any(|id| lost.contains(&id));
        if !lost.is_empty() && before.iter().chain(after).any(links_to_lost) {
            return None;
        }
        let known = |id: &str| EntryId::new(id).filter(|id| ids.contains(id));
        let see_also: Vec<Vec<EntryId>> = links
            .iter()
            .map(|links| links.iter().map(|(id, _)| known(id)).collect())
            .collect::<Option<_>>()?;
        drop(ids);
        for (entry, see_also) in changed.iter_mut().zip(see_also) {
            entry.see_also = see_also;
        }
        let read = before.len()..before.len() + changed.len();
        let mut entries = Vec::with_capacity(n_entries);
        entries.extend_from_slice(before);
        entries.append(&mut changed);
        entries.extend_from_slice(after);
        Some(Self { entries, read, entry_spans: faq.entry_spans })
    }
}
