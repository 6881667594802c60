//! Answers of plain text as Markdown that shows the same characters.

use std::ops::Range;

use textwrap::core::display_width;

use super::lines::{Lines, are_joined, is_rule};
use crate::knowledge::import::plain_text::{item_mark, on_one_line};
use crate::text::MarkdownText;

/// Columns by which a broken line may be shorter than the others, besides the word that did not fit.
const SLACK_COLUMNS: usize = 8;

/// The least columns at which lines are broken by hand, where few lines tell.
const MIN_WIDTH: usize = 50;

/// Fewest backticks of a fence.
const MIN_FENCE: usize = 3;

/// Columns from which indented lines are shown as they are written.
const CODE_INDENT: usize = 2;

/// Writes answers.
pub(super) struct Writer<'l, 't> {
    lines: &'l Lines<'t>,
    /// The columns at which nine of ten lines are broken at the latest.
    width: usize,
}

/// What a run of lines is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Words,
    Code,
}

impl<'l, 't> Writer<'l, 't> {
    /// A writer of the `answers` of `lines`.
    pub(super) fn new<'a>(
        lines: &'l Lines<'t>,
        answers: impl Iterator<Item = &'a Range<usize>>,
    ) -> Self {
        let broken = answers
            .flat_map(Range::clone)
            .filter(|at| lines.has_words(*at) && lines.has_words(at + 1));
        let mut widths: Vec<usize> = broken.map(|at| columns(lines, at)).collect();
        widths.sort_unstable();
        let width = widths.get(widths.len() * 9 / 10).copied().unwrap_or_default().max(MIN_WIDTH);
        Self { lines, width }
    }

    /// The lines of an answer as Markdown.
    pub(super) fn written(&self, answer: &Range<usize>) -> String {
        let mut written = String::new();
        let mut list_column = None;
        let indent = self.indent_of(answer);
        let mut runs = self.runs(answer).into_iter().peekable();
        while let Some(run) = runs.next() {
            if !written.is_empty() {
                written.push_str("\n\n");
            }
            if self.kind_of(&run, indent, list_column) == Kind::Code {
                // Blank lines are part of the code.
                let mut code = run;
                let is_code =
                    |run: &Range<usize>| self.kind_of(run, indent, list_column) == Kind::Code;
                while let Some(next) = runs.next_if(is_code) {
                    code.end = next.end;
                }
                self.write_code(&mut written, &code);
            } else {
                list_column = self.write_words(&mut written, &run);
            }
        }
        written
    }

    /// The lines of `span` without blank ones between them, but for those that are rules alone.
    fn runs(&self, span: &Range<usize>) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for at in span.clone().filter(|at| !self.lines.get(*at).text.is_empty()) {
            match runs.last_mut() {
                Some(run) if run.end == at => run.end = at + 1,
                _ => runs.push(at..at + 1),
            }
        }
        runs.retain(|run| run.clone().any(|at| self.lines.has_words(at)));
        runs
    }

    fn indent_of(&self, span: &Range<usize>) -> usize {
        let words = span.clone().filter(|at| self.lines.has_words(*at));
        words.map(|at| self.lines.get(at).indent).min().unwrap_or_default()
    }

    fn kind_of(&self, run: &Range<usize>, indent: usize, list_column: Option<usize>) -> Kind {
        let text = |at: usize| self.lines.get(at).text;
        let own_indent = self.indent_of(run);
        let has_gap = |at: &usize| text(*at).contains("   ") || text(*at).contains('\t');
        let is_drawn = run.clone().any(|at| is_rule(text(at)))
            || run.clone().filter(has_gap).count() > run.len() / 2;
        let is_address = |at: usize| text(at).contains("://") && !text(at).contains(' ');
        let is_indented = own_indent >= indent + CODE_INDENT
            && list_column != Some(own_indent)
            && !self.lines.is_item(run.start);
        // Commands, prompts and comments are no prose.
        let is_command = |at: usize| text(at).starts_with(['#', '$', '%', '>', '|']);
        let is_words =
            run.clone().all(is_address) || (self.is_wrapped(run) && !run.clone().any(is_command));
        if is_drawn || (is_indented && !is_words) { Kind::Code } else { Kind::Words }
    }

    /// Whether all lines of a run are broken where the next word does not fit.
    fn is_wrapped(&self, run: &Range<usize>) -> bool {
        run.len() > 1 && self.meant_breaks(run).next().is_none()
    }

    /// The lines of a run that end although the next word fits.
    fn meant_breaks<'r>(&'r self, run: &'r Range<usize>) -> impl Iterator<Item = usize> + 'r {
        (run.start..run.end - 1).filter(|at| {
            let next = self.lines.get(at + 1).text;
            let line = self.lines.get(*at).text;
            let word = next.split_whitespace().next().unwrap_or_default();
            let next_columns = if are_joined(line, next) { 2 } else { 1 + display_width(word) };
            columns(self.lines, *at) + next_columns + SLACK_COLUMNS <= self.width
        })
    }

    /// Writes a block of code with the lines as they are indented.
    fn write_code(&self, written: &mut String, code: &Range<usize>) {
        let is_blank = |at: &usize| self.lines.get(*at).text.is_empty();
        let lines = || code.clone().filter(|at| !is_blank(at)).map(|at| self.lines.get(at));
        let indent = lines().map(|line| line.indent).min().unwrap_or_default();
        // A fence in the code would end a shorter one.
        let longest = lines().map(|line| longest_of_backticks(line.text)).max().unwrap_or_default();
        let fence = "`".repeat(MIN_FENCE.max(longest + 1));
        written.push_str(&fence);
        written.push('\n');
        for at in code.clone() {
            let line = self.lines.get(at);
            written.extend(std::iter::repeat_n(' ', line.indent.saturating_sub(indent)));
            written.push_str(line.text);
            written.push('\n');
        }
        written.push_str(&fence);
    }

    /// Writes paragraphs and items. Gives the column of the text of the last item.
    fn write_words(&self, written: &mut String, run: &Range<usize>) -> Option<usize> {
        let mut starts = vec![run.start];
        let items: Vec<usize> = run.clone().filter(|at| self.lines.is_item(*at)).collect();
        for at in items.iter().copied().filter(|at| *at > run.start) {
            // A line may also start with a dash or a number of its sentence.
            let leads = self.lines.get(at - 1).text.ends_with(':');
            if items.len() > 1 || leads {
                starts.push(at);
            }
        }
        let ends = starts.iter().skip(1).copied().chain([run.end]);
        let mut text_column = None;
        for (start, end) in starts.iter().copied().zip(ends) {
            if start > run.start {
                written.push('\n');
            }
            let line = self.lines.get(start);
            let is_item =
                self.lines.is_item(start) && (start > run.start || self.is_list(&items, run));
            let mark = if is_item { item_mark(line.text).unwrap_or_default() } else { "" };
            let nested = line.indent.saturating_sub(self.lines.get(run.start).indent);
            written.extend(std::iter::repeat_n(' ', nested));
            written.push_str(&mark.replace('•', "-"));
            self.write_paragraph(written, &(start..end), mark.len(), nested + mark.chars().count());
            text_column = (!mark.is_empty()).then(|| line.indent + mark.chars().count());
        }
        text_column
    }

    /// Whether a run that starts with the mark of an item is a list: a number may also start a sentence.
    fn is_list(&self, items: &[usize], run: &Range<usize>) -> bool {
        let text = self.lines.get(run.start).text;
        let is_number = text.starts_with(|c: char| c.is_ascii_digit());
        !is_number || items.len() > 1 || text.starts_with("1.") || text.starts_with("1)")
    }

    /// Writes lines that belong together, without the first `skipped` bytes; all but the first are indented.
    fn write_paragraph(
        &self,
        written: &mut String,
        run: &Range<usize>,
        skipped: usize,
        indent: usize,
    ) {
        let mut lines: Vec<&str> = run.clone().map(|at| self.lines.get(at).text).collect();
        if let Some(first) = lines.first_mut() {
            *first = first.get(skipped..).unwrap_or_default();
        }
        let text = lines.join("\n");
        let lines: Vec<String> = if shows_itself(&text) {
            lines.into_iter().map(str::to_owned).collect()
        } else {
            lines.into_iter().map(escaped).collect()
        };
        let n_meant = self.meant_breaks(run).count();
        let keeps_lines = n_meant * 2 > run.len() - 1;
        for (idx, line) in lines.iter().enumerate() {
            written.push_str(line);
            let Some(next) = lines.get(idx + 1) else { continue };
            if keeps_lines {
                written.push('\\');
            } else if are_joined(line, next) {
                continue;
            }
            written.push('\n');
            written.extend(std::iter::repeat_n(' ', indent));
        }
    }
}

fn longest_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

fn columns(lines: &Lines<'_>, at: usize) -> usize {
    let line = lines.get(at);
    line.indent + display_width(line.text)
}

/// A line as Markdown that shows the same characters.
pub(super) fn shown(line: &str) -> String {
    if shows_itself(line) { line.to_owned() } else { escaped(line) }
}

/// Whether a reader of Markdown sees the characters that stand there.
fn shows_itself(text: &str) -> bool {
    let shown = MarkdownText::new(text);
    on_one_line(&shown.words(0..text.len())) == on_one_line(text)
}

/// A line with backslashes before what would be markup. Addresses in `<>` stay links.
fn escaped(line: &str) -> String {
    let mut written = String::with_capacity(line.len() + 8);
    let mut rest = line;
    let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if number > 0 && rest.get(number..).is_some_and(|rest| rest.starts_with(['.', ')'])) {
        written.push_str(rest.get(..number).unwrap_or_default());
        rest = rest.get(number..).unwrap_or_default();
        written.push('\\');
    } else if rest.starts_with(['#', '>', '=', '+', '-']) {
        written.push('\\');
    }
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        if let Some(address) = address_in_brackets(rest) {
            written.push_str(address);
            rest = rest.get(address.len()..).unwrap_or_default();
            before = '>';
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        let is_in_word = || before.is_alphanumeric() && rest.starts_with(char::is_alphanumeric);
        let is_markup = match c {
            '_' => !is_in_word(),
            '&' => rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#'),
            _ => matches!(c, '\\' | '`' | '*' | '[' | ']' | '<' | '~'),
        };
        if is_markup {
            written.push('\\');
        }
        written.push(c);
        before = c;
    }
    written
}

/// The address in angle brackets that `text` starts with.
fn address_in_brackets(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('<')?;
    let end = inner.find('>')?;
    let address = inner.get(..end)?;
    let is_address = address.contains("://") && !address.contains(char::is_whitespace);
    is_address.then(|| text.get(..end + 2))?
}
