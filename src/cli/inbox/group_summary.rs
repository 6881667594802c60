//! `quoth inbox list` and `show`.

use std::io::Write;

use serde::Serialize;

use crate::cli::Status;
use crate::cli::moderation::Context;
use crate::cli::report::pluralize_as;
use crate::moderation::inbox::QuestionGroup;
use crate::platform::console::printable;

/// A group, for programs.
#[derive(Serialize)]
pub(super) struct GroupSummary<'g> {
    id: &'g str,
    n_questions: usize,
    n_people: usize,
    last_asked: String,
    wordings: Vec<String>,
    nearest: &'g [String],
}

impl<'g> GroupSummary<'g> {
    pub(super) fn new(group: &'g QuestionGroup) -> Self {
        Self {
            id: &group.id,
            n_questions: group.questions.len(),
            n_people: group.n_people(),
            last_asked: group.last_asked().rfc3339(),
            wordings: group.wordings(),
            nearest: group.nearest(),
        }
    }
}

/// Lists at most `limit` groups, if `search` is given those that have it in a question.
pub(super) fn list(
    groups: &[QuestionGroup],
    search: Option<&str>,
    limit: usize,
    context: &Context<'_>,
) -> anyhow::Result<Status> {
    let is_found = |group: &&QuestionGroup| search.is_none_or(|text| group.has(text));
    let mut found: Vec<GroupSummary<'_>> =
        groups.iter().filter(is_found).map(GroupSummary::new).collect();
    let n_more = found.len().saturating_sub(limit);
    found.truncate(limit);
    if context.is_json {
        context.print_json(&found)?;
        return Ok(Status::Success);
    }
    let mut out = anstream::stdout().lock();
    for GroupSummary { id, n_people, wordings, .. } in &found {
        let first = printable(wordings.first().map_or("", String::as_str));
        let more = match wordings.len() {
            0 | 1 => String::new(),
            n => format!(" (and {} more)", n - 1),
        };
        writeln!(out, "{id}: {first}{more}, {}", pluralize_as(*n_people, "person", "people"))?;
    }
    if found.is_empty() {
        writeln!(out, "No question waits.")?;
    } else if n_more > 0 {
        writeln!(out, "There are {n_more} more; --limit N shows them.")?;
    }
    Ok(Status::Success)
}

/// Shows each question of a group.
pub(super) fn show(group: &QuestionGroup, context: &Context<'_>) -> anyhow::Result<Status> {
    if context.is_json {
        context.print_json(&GroupSummary::new(group))?;
        return Ok(Status::Success);
    }
    let mut out = anstream::stdout().lock();
    for question in &group.questions {
        writeln!(out, "{}: {}", question.asked_at.rfc3339(), printable(&question.text))?;
    }
    if !group.nearest().is_empty() {
        writeln!(out, "Nearest entries: {}", printable(&group.nearest().join(", ")))?;
    }
    Ok(Status::Success)
}
