//! The lines of a command, and the words of its first line.

use super::{Field, TypedEntry};
use crate::conversation::timestamp::Timestamp;
use crate::conversation::wording::Wording;

/// A line that was not understood.
pub(super) struct NotUnderstood(pub(super) String);

/// `Err` if an argument is missing, or with the line that is wrong.
pub(super) type Parsed<T> = Result<T, Option<NotUnderstood>>;

/// The first line of a command, and what the lines below it say.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    pub(super) first: String,
    pub(super) entry: TypedEntry,
    pub(super) pack: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) by: Option<String>,
    pub(super) since: Option<Timestamp>,
}

impl Lines {
    pub(super) fn parse(text: &str, wording: &Wording) -> Parsed<Self> {
        let mut lines = text.trim().lines();
        let first = lines.next().unwrap_or_default().trim().to_owned();
        Self { first, ..Self::default() }.with(lines, wording)
    }

    /// The same of a command whose first line may be left out.
    pub(super) fn parse_below(text: &str, wording: &Wording) -> Parsed<Self> {
        let is_field = |line: &str| {
            let name = line.split_once([':', '：']).map(|(name, _)| name.trim());
            name.is_some_and(|name| wording.field(name).is_some())
        };
        let is_below =
            |line: &str| line.starts_with('>') || phrasing(line).is_some() || is_field(line);
        match text.trim().lines().next() {
            Some(first) if is_below(first) => Self::default().with(text.trim().lines(), wording),
            _ => Self::parse(text, wording),
        }
    }

    /// The same with what `lines` say.
    fn with<'t>(self, lines: impl Iterator<Item = &'t str>, wording: &Wording) -> Parsed<Self> {
        let mut parsed = self;
        let mut continues_quote = false;
        for line in lines {
            let line = line.trim();
            if let Some(quoted) = line.strip_prefix('>') {
                parsed.add_quoted(quoted.trim(), continues_quote);
                continues_quote = true;
                continue;
            }
            continues_quote = false;
            if line.is_empty() {
                // It only separates quotes.
            } else if let Some(phrasing) = phrasing(line) {
                parsed.add_phrasing(phrasing.trim());
            } else {
                parsed.add_field(line, wording)?;
            }
        }
        parsed.entry.quotes.retain(|quote| !quote.is_empty());
        Ok(parsed)
    }

    /// Adds the fields on the first line, each after its name and a colon.
    pub(super) fn add_fields_of_first_line(&mut self, wording: &Wording) -> Parsed<()> {
        let first = std::mem::take(&mut self.first);
        let mut fields: Vec<String> = Vec::new();
        for word in first.split_whitespace() {
            let name = word.strip_suffix([':', '：']);
            let starts_field = name.is_some_and(|name| wording.field(name).is_some());
            match fields.last_mut().filter(|_| !starts_field) {
                Some(field) => {
                    field.push(' ');
                    field.push_str(word);
                }
                None => fields.push(word.to_owned()),
            }
        }
        fields.iter().try_for_each(|field| self.add_field(field, wording))
    }

    /// Adds a line of a quote: to the last quote if it continues it.
    fn add_quoted(&mut self, line: &str, continues: bool) {
        match self.entry.quotes.last_mut().filter(|_| continues) {
            Some(quote) => {
                quote.push('\n');
                quote.push_str(line);
            }
            None => self.entry.quotes.push(line.to_owned()),
        }
    }

    /// Adds a phrasing; an empty one only says that there are to be none beside it.
    fn add_phrasing(&mut self, phrasing: &str) {
        let phrasings = self.entry.phrasings.get_or_insert_default();
        phrasings.extend(Some(phrasing.to_owned()).filter(|it| !it.is_empty()));
    }

    pub(super) fn add_field(&mut self, line: &str, wording: &Wording) -> Parsed<()> {
        let wrong = || Some(NotUnderstood(line.to_owned()));
        let (name, value) = line.split_once([':', '：']).ok_or_else(wrong)?;
        let field = wording.field(name.trim()).ok_or_else(wrong)?;
        let value = value.trim().to_owned();
        // What an entry may do without is removed by an empty value.
        let may_be_empty = matches!(field, Field::Lead | Field::Tags | Field::Phrasings);
        if value.is_empty() && !may_be_empty {
            return Err(wrong());
        }
        let entry = &mut self.entry;
        match field {
            Field::Question => entry.question = Some(value),
            Field::Id => entry.id = Some(value),
            Field::Lead => entry.lead = Some(value),
            Field::Tags => {
                entry.tags.get_or_insert_default().extend(tags(&value));
            }
            Field::Phrasings => self.add_phrasing(&value),
            Field::Source => entry.source = Some(value),
            Field::Paragraph => entry.paragraph = Some(value.parse().map_err(|_| wrong())?),
            Field::Speaker => entry.speaker = Some(value),
            Field::Role => entry.role = Some(value),
            Field::Pack => self.pack = Some(value),
            Field::Reason => self.reason = Some(value),
            Field::By => self.by = Some(value),
            Field::Since => self.since = Some(Timestamp::parse(&value).ok_or_else(wrong)?),
        }
        Ok(())
    }

    /// The entry, whose question stands in the first line or in a field.
    pub(super) fn entry_with_question(&self) -> Parsed<TypedEntry> {
        let question = text(&self.first).ok().or_else(|| self.entry.question.clone());
        let question = question.ok_or(None)?;
        Ok(TypedEntry { question: Some(question), ..self.entry.clone() })
    }
}

/// The phrasing in a line that is one.
fn phrasing(line: &str) -> Option<&str> {
    ["- ", "* ", "• "].iter().find_map(|mark| line.strip_prefix(mark))
}

/// The topics in `text`, which commas separate.
pub fn tags(text: &str) -> Vec<String> {
    let tags = text.split([',', '、', '，', '،']).map(str::trim);
    tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The first word of `text`, and the rest without the white space before it but for line breaks.
pub(super) fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    match text.split_once(char::is_whitespace) {
        Some((word, _)) => (word, text.get(word.len()..).unwrap_or_default()),
        None => (text, ""),
    }
}

pub(super) fn text(text: &str) -> Parsed<String> {
    let text = text.trim();
    if text.is_empty() { Err(None) } else { Ok(text.to_owned()) }
}

/// The only word of `rest`.
pub(super) fn only_word(rest: &str) -> Parsed<String> {
    let (word, more) = split_word(rest);
    if more.trim().is_empty() { text(word) } else { Err(None) }
}

/// The words of `rest`, at least one.
pub(super) fn words(rest: &str) -> Parsed<Vec<String>> {
    let words: Vec<String> = rest.split_whitespace().map(str::to_owned).collect();
    if words.is_empty() { Err(None) } else { Ok(words) }
}

/// A page, from 1; the first if none is given.
pub(super) fn page(rest: &str) -> Parsed<usize> {
    if rest.trim().is_empty() {
        return Ok(1);
    }
    rest.trim().parse().ok().filter(|page| *page > 0).ok_or(None)
}

pub(super) fn number(rest: &str) -> Parsed<i64> {
    rest.trim().trim_start_matches('#').parse().map_err(|_| None)
}

/// Whether `word` is written like the id of a group of the inbox: 8 hexadecimal digits.
pub(super) fn is_group(word: &str) -> bool {
    word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}
