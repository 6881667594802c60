//! See-also links between entries.

use std::collections::HashMap;
use std::ops::Range;

use super::MAX_NEAREST;
use crate::knowledge::finding::{Finding, Rule};
use crate::knowledge::pack::{FAQ_FILE, index_by_id};
use crate::knowledge::toml_reader::{WithSpan, nearest_name};
use crate::knowledge::{Entry, EntryId};

/// The `see_also` ids of one entry, as written.
pub(super) type Links = Vec<WithSpan<String>>;

/// Sets the see-also ids of all entries; `links` is parallel to `entries`.
///
/// A link to an entry that was rejected is dropped without a finding, since that entry has its own.
/// `id_spans` has the ids of these entries, too.
pub(super) fn resolve(
    entries: &mut [Entry],
    links: Vec<Links>,
    id_spans: &HashMap<String, Range<usize>>,
    findings: &mut Vec<Finding>,
) {
    let resolved = known_ids(entries, links, id_spans, findings);
    for (entry, ids) in entries.iter_mut().zip(resolved) {
        entry.see_also = ids;
    }
}

/// The ids of existing entries, for each entry; links to unknown ids are reported.
fn known_ids(
    entries: &[Entry],
    links: Vec<Links>,
    id_spans: &HashMap<String, Range<usize>>,
    findings: &mut Vec<Finding>,
) -> Vec<Vec<EntryId>> {
    let known = index_by_id(entries);
    let names: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    let mut n_unknown = 0;
    let mut resolved = Vec::with_capacity(links.len());
    for links in links {
        let mut ids = Vec::new();
        for (link, span) in links {
            if let Some(id) = EntryId::new(&link).filter(|id| known.contains_key(id.as_str())) {
                ids.push(id);
            } else if !id_spans.contains_key(&link) {
                n_unknown += 1;
                let names = if n_unknown <= MAX_NEAREST { &names[..] } else { &[] };
                findings.push(unknown_link(&link, span, names));
            }
        }
        resolved.push(ids);
    }
    resolved
}

fn unknown_link(link: &str, span: Range<usize>, names: &[&str]) -> Finding {
    let label = match nearest_name(link, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "no entry of this pack has this id".to_owned(),
    };
    let message = format!("see_also names an unknown entry: `{link}`");
    Finding::new(Rule::UnknownSeeAlso, FAQ_FILE, span, message).label(label)
}
