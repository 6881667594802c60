//! The terminal: renders replies as lines of text.

mod session;

use anstyle::{AnsiColor, Style};

use crate::conversation::Reply;
use crate::conversation::layout::with_cut_marks;
use crate::conversation::reply::{Answer, CitedQuote, ParagraphPart, Suggestion, Topic};
use crate::conversation::wording::{CUT, Wording};

pub use session::{ConsoleSession, PLACE};

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
    let words = with_cut_marks(quote, &printable(&quote.text), CUT);
    if layout.is_plain {
        let quoted = wrap(&format!("{}: {words}", layout.wording.quote_label()), layout, "");
        return format!(
            "{quoted}{}",
            wrap(&format!("{}: {citation}", layout.wording.source_label()), layout, "")
        );
    }
    let bar = format!("{QUOTE_BAR}│{QUOTE_BAR:#} ");
    let mut text = String::new();
    for line in textwrap::wrap(&words, wrap_options(layout.width.saturating_sub(2))) {
        text.push_str(&format!("{bar}{line}\n"));
    }
    text.push_str(&styled(CITATION, &wrap(&format!("— {citation}"), layout, "  "), layout));
    text
}

fn render_suggestions(suggestions: &[Suggestion], layout: Layout) -> String {
    let mut text = wrap(&layout.wording.did_you_mean(suggestions.len()), layout, "");
    for (number, suggestion) in (1..).zip(suggestions) {
        let line = format!("{number}. {}", printable(&suggestion.question));
        text.push_str(&wrap(&line, layout, "  "));
    }
    text
}

fn render_part(part: &ParagraphPart, layout: Layout) -> String {
    let citation = layout.wording.passage(&part.title, part.paragraph);
    let citation = wrap(&format!("— {}", printable(&citation)), layout, "  ");
    format!("{}{}", wrap(&printable(&part.text), layout, ""), styled(CITATION, &citation, layout))
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
    let options = wrap_options(layout.width).initial_indent(indent).subsequent_indent(indent);
    let mut wrapped = textwrap::wrap(text, options).join("\n");
    wrapped.push('\n');
    wrapped
}

/// Options that break lines at whitespace only, so that "non-interference" and "Ctrl-D" stay whole.
pub fn wrap_options(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation)
}

#[cfg(test)]
mod tests;
