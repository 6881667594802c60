//! The reader of a source file: front matter in TOML between `+++` lines, then the body.

use crate::knowledge::Source;
use crate::knowledge::finding::{Finding, Rule};
use crate::knowledge::pack::SourceLocation;
use crate::knowledge::source::{Format, Metadata};
use crate::knowledge::toml_reader::{TableReader, parse};
use crate::text::Language;
use crate::text::detect::detect;

const FENCE: &str = "+++";
const KEYS: [&str; 9] = [
    "title",
    "standfirst",
    "author",
    "publisher",
    "url",
    "published",
    "rights",
    "format",
    "language",
];

/// Parses a source file. The source's name is the file's, without folder and extension.
///
/// Its language is that of its front matter, else `pack_language`, else the one detected in it.
pub(super) fn read_source(
    path: &str,
    text: &str,
    pack_language: Option<&Language>,
    findings: &mut Vec<Finding>,
) -> (Source, SourceLocation) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let Some((matter, body)) = split(text) else {
        findings.push(
            Finding::new(Rule::FrontMatter, path, 0..0, "the source has no front matter")
                .help("start the file with three lines: +++ and title = \"...\" and +++"),
        );
        let location = SourceLocation { file: path.to_owned(), body_start: 0 };
        return (Source::new(name, Metadata::default(), text.to_owned()), location);
    };
    let (metadata, language) = read_metadata(path, text, matter, findings);
    let language = language.or_else(|| pack_language.cloned()).or_else(|| detect(body.lines()));
    let source = Source::new(name, metadata, body.to_owned())
        .in_language(language.unwrap_or_else(Language::english));
    if source.n_paragraphs() == 0 {
        let end = text.len();
        findings.push(
            Finding::new(Rule::EmptyField, path, end..end, "the source has no text").help(
                "put the text below the second +++ line, paragraphs separated by blank lines",
            ),
        );
    }
    (source, SourceLocation { file: path.to_owned(), body_start: text.len() - body.len() })
}

fn read_metadata(
    path: &str,
    text: &str,
    matter: std::ops::Range<usize>,
    findings: &mut Vec<Finding>,
) -> (Metadata, Option<Language>) {
    // Padding to the start of the front matter makes every span one of the whole file.
    let padding = " ".repeat(matter.start);
    let padded = format!("{padding}{}", text.get(matter.clone()).unwrap_or_default());
    let Some(table) = parse(path, &padded, findings) else { return Default::default() };
    let span = matter.end..matter.end;
    let mut reader = TableReader::new(path, table.get_ref(), span, &KEYS, findings);
    let format = read_format(&mut reader);
    let mut text = |key: &str| reader.text(key).map(|(text, _)| text);
    let optional = Metadata {
        title: String::new(),
        standfirst: text("standfirst"),
        author: text("author"),
        publisher: text("publisher"),
        url: text("url"),
        published: text("published"),
        rights: text("rights"),
        format,
    };
    let language = text("language").map(|code| Language::new(&code));
    let title = reader.required_text("title").map(|(title, _)| title).unwrap_or_default();
    (Metadata { title, ..optional }, language)
}

/// How the text is written.
fn read_format(reader: &mut TableReader<'_, '_, '_>) -> Format {
    let Some((name, span)) = reader.text("format") else { return Format::default() };
    Format::from_name(&name).unwrap_or_else(|| {
        let names: Vec<String> =
            Format::ALL.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let message = format!("`{name}` is not a format of sources");
        reader.report(Rule::UnknownFormat, span, message, format!("write {}", names.join(" or ")));
        Format::default()
    })
}

/// The span of the front matter's TOML, and the text after the line of the closing fence.
fn split(text: &str) -> Option<(std::ops::Range<usize>, &str)> {
    let start = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let mut at = start;
    let mut matter_start = None;
    for line in text.get(start..)?.split_inclusive('\n') {
        let is_fence = line.trim_end() == FENCE;
        match matter_start {
            None if is_fence => matter_start = Some(at + line.len()),
            None => return None,
            Some(from) if is_fence => return Some((from..at, text.get(at + line.len()..)?)),
            Some(_) => {}
        }
        at += line.len();
    }
    None
}
