//! The terminal: renders replies as lines of text.

mod rich_text;
mod session;
mod wrap;

use anstyle::{AnsiColor, Style};

use crate::conversation::Reply;
use crate::conversation::layout::with_cut_marks;
use crate::conversation::reply::{Answer, CitedQuote, ParagraphPart, Suggestions, Topic};
use crate::conversation::wording::{CUT, Wording};
use crate::text::rich_text::Block;

pub use session::{ConsoleSession, PLACE};
pub use wrap::wrap_options;
use wrap::wrap_text;

const LEAD: Style = Style::new().bold();
const QUOTE_BAR: Style = AnsiColor::Cyan.on_default();
const CITATION: Style = Style::new().dimmed();

/// How replies are rendered.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Line width in columns.
    pub width: usize,
    /// Whether words replace bars and styles, for screen readers.
    pub is_plain: bool,
    /// The bot's own sentences.
    pub wording: &'static Wording,
}

/// Renders `reply` as text that ends in a newline. It has ANSI styles, unless the layout is plain;
/// `anstream` strips them where the output does not support them.
pub fn render(reply: &Reply, layout: Layout) -> String {
    let wording = layout.wording;
    match reply {
        Reply::Answer(answer) => render_answer(answer, layout),
        Reply::Suggestions(suggestions) => render_suggestions(suggestions, layout),
        Reply::NotInSource { titles } => {
            let searched = wording.titles(titles);
            wrap(&format!("{} ({searched})", wording.not_in_source()), layout, "")
        }
        Reply::NothingFound => wrap(&wording.nothing_found(), layout, ""),
        Reply::NoSuchNumber { n_suggestions } => {
            wrap(&wording.no_such_number(*n_suggestions), layout, "")
        }
        Reply::Help => wrap(&wording.help(), layout, ""),
        Reply::Topics(topics) => topics.iter().map(|topic| render_topic(topic, layout)).collect(),
        Reply::Paragraphs(parts) => parts.iter().map(|part| render_part(part, layout)).collect(),
        Reply::Notice(notice) => wrap(&wording.notice(notice), layout, ""),
        Reply::Moderation(reply) => {
            lines(&rich_text::lines(&reply.text, layout.width, layout.is_plain))
        }
    }
}

/// Renders the lead, the quotes and the related questions of an answer.
pub fn render_answer(answer: &Answer, layout: Layout) -> String {
    let mut text = String::new();
    if let Some(lead) = &answer.lead {
        let lead = printable(lead);
        text.push_str(&styled(
            LEAD,
            &wrap(&format!("{}: {lead}", layout.wording.lead_label()), layout, ""),
            layout,
        ));
        text.push('\n');
    }
    for quote in &answer.quotes {
        text.push_str(&render_quote(quote, layout));
        text.push('\n');
    }
    let see_also = layout.wording.see_also(&answer.see_also);
    if see_also.is_empty() {
        // No blank line after the last quote.
        text.pop();
    } else {
        text.push_str(&wrap(&printable(&see_also), layout, ""));
    }
    text
}

fn render_quote(quote: &CitedQuote, layout: Layout) -> String {
    let citation = printable(&layout.wording.citation(quote));
    if layout.is_plain {
        let label = layout.wording.quote_label();
        let quoted = lines(&quote_lines(quote, &format!("{label}:"), layout.width, layout));
        return format!(
            "{quoted}{}",
            wrap(&format!("{}: {citation}", layout.wording.source_label()), layout, "")
        );
    }
    let bar = format!("{QUOTE_BAR}│{QUOTE_BAR:#} ");
    let mut text = String::new();
    for line in quote_lines(quote, "", layout.width.saturating_sub(2), layout) {
        text.push_str(&format!("{bar}{line}\n"));
    }
    text.push_str(&styled(CITATION, &wrap(&format!("— {citation}"), layout, "  "), layout));
    text
}

/// The words of `quote` below or after `label`, in lines of `width` columns.
fn quote_lines(quote: &CitedQuote, label: &str, width: usize, layout: Layout) -> Vec<String> {
    match &quote.rich_text {
        Some(text) => {
            let mark = |is_cut: bool| if is_cut { CUT } else { "" };
            let text = text.surrounded(mark(quote.is_cut_before), mark(quote.is_cut_after));
            // A label is no part of a list or of code.
            let is_text =
                |block: &Block| matches!(block, Block::Paragraph(_) | Block::Heading { .. });
            if label.is_empty() || text.blocks.first().is_some_and(is_text) {
                return rich_text::lines(&text.surrounded(label, ""), width, layout.is_plain);
            }
            let lines = rich_text::lines(&text, width, layout.is_plain);
            std::iter::once(label.to_owned()).chain(lines).collect()
        }
        None => {
            let words = with_cut_marks(quote, &printable(&quote.text), CUT);
            let separator = if label.is_empty() { "" } else { " " };
            wrap_text(&format!("{label}{separator}{words}"), width)
        }
    }
}

/// `lines`, each with a line break at its end.
fn lines(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn render_suggestions(suggestions: &Suggestions, layout: Layout) -> String {
    let mut text = String::new();
    for list in suggestions.lists(layout.wording) {
        text.push_str(&wrap(&list.heading, layout, ""));
        for (number, line) in (list.first_number..).zip(&list.lines) {
            let line = format!("{number}. {}", printable(line));
            text.push_str(&wrap(&line, layout, "  "));
        }
    }
    text
}

fn render_part(part: &ParagraphPart, layout: Layout) -> String {
    let citation = layout.wording.passage(&part.title, part.paragraph);
    let citation = wrap(&format!("— {}", printable(&citation)), layout, "  ");
    let text = match &part.rich_text {
        Some(text) => lines(&rich_text::lines(text, layout.width, layout.is_plain)),
        None => wrap(&printable(&part.text), layout, ""),
    };
    format!("{text}{}", styled(CITATION, &citation, layout))
}

fn render_topic(topic: &Topic, layout: Layout) -> String {
    let other = layout.wording.other_topics();
    let tag = if topic.tag.is_empty() { &other } else { &topic.tag };
    let mut text = styled(LEAD, &wrap(&printable(tag), layout, ""), layout);
    for question in &topic.questions {
        text.push_str(&wrap(&format!("- {}", printable(question)), layout, "  "));
    }
    text
}

/// `text` with control characters replaced by U+FFFD, since they could control the terminal. Line
/// breaks and tabs stay.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{FFFD}' } else { c })
        .collect()
}

fn styled(style: Style, lines: &str, layout: Layout) -> String {
    if layout.is_plain {
        return lines.to_owned();
    }
    lines.lines().map(|line| format!("{style}{line}{style:#}\n")).collect()
}

fn wrap(text: &str, layout: Layout, indent: &str) -> String {
    let lines = wrap_text(text, layout.width.saturating_sub(indent.len()));
    lines.iter().map(|line| format!("{indent}{line}\n")).collect()
}

#[cfg(test)]
mod tests;
