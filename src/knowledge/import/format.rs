//! The format of a file: by its name, else by its content.

use super::json_lines::looks_like_json_lines;
use super::markdown::has_labels;
use super::plain_text::ends_like_question;
use super::table::looks_like_table;

/// A format that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Markdown.
    Markdown,
    /// Text without markup; one that its name does not tell from Markdown.
    Text,
    /// Values separated by commas, semicolons, tabs or vertical bars.
    Table,
    /// A JSON document.
    Json,
    /// A JSON object a line.
    JsonLines,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// HTML.
    Html,
}

impl Format {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown",
            Self::Text => "plain text",
            Self::Table => "table",
            Self::Json => "JSON",
            Self::JsonLines => "JSON lines",
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
            Self::Html => "HTML",
        }
    }

    /// The format of files with the extension of `path`; `None` if the extension does not tell.
    ///
    /// # Errors
    /// [`Conversion`] if another program has to convert it first.
    pub fn of_name(path: &str) -> Result<Option<Self>, Conversion> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        // Sphinx publishes the sources of its pages as `page.rst.txt`.
        let name = name.strip_suffix(".txt").filter(|name| name.contains('.')).unwrap_or(name);
        let Some((_, extension)) = name.rsplit_once('.') else { return Ok(None) };
        let extension = extension.to_ascii_lowercase();
        if let Some(conversion) = Conversion::of(&extension) {
            return Err(conversion);
        }
        Ok(match &*extension {
            "md" | "markdown" | "mdown" | "mkd" | "mdx" | "qmd" | "rmd" => Some(Self::Markdown),
            "csv" | "tsv" | "tab" | "psv" => Some(Self::Table),
            "json" | "json5" | "jsonld" => Some(Self::Json),
            "jsonl" | "ndjson" | "jl" => Some(Self::JsonLines),
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            _ => None,
        })
    }

    /// The format of a text whose name does not tell; `None` if it looks like none.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let start = text.trim_start();
        if looks_like_json_lines(text) && start.lines().nth(1).is_some() {
            return Some(Self::JsonLines);
        }
        if start.starts_with(['{', '['])
            && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
        {
            return Some(Self::Json);
        }
        let lower = start.get(..start.len().min(64)).unwrap_or(start).to_ascii_lowercase();
        if lower.starts_with("<!doctype html")
            || lower.starts_with("<html")
            || lower.starts_with("<head")
        {
            return Some(Self::Html);
        }
        if looks_like_table(text) {
            return Some(Self::Table);
        }
        let has_questions =
            text.lines().any(|line| line.starts_with('#') || ends_like_question(line))
                || has_labels(text);
        has_questions.then_some(Self::Text)
    }
}

/// A format that another program has to convert first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    /// The name of the format.
    pub name: &'static str,
    /// What to do, with FILE for the file.
    pub how: &'static str,
}

const PANDOC: &str = "convert it with pandoc (pandoc -t gfm -o faq.md FILE), then import faq.md";

impl Conversion {
    fn of(extension: &str) -> Option<Self> {
        let (name, how) = match extension {
            "rst" => ("reStructuredText", PANDOC),
            "adoc" | "asciidoc" | "asc" => (
                "AsciiDoc",
                "convert it with asciidoctor (asciidoctor -o faq.html FILE), then import faq.html",
            ),
            "org" => ("Org", PANDOC),
            "textile" => ("Textile", PANDOC),
            "wiki" | "mediawiki" => (
                "MediaWiki",
                "convert it with pandoc (pandoc -f mediawiki -t gfm -o faq.md FILE), then import faq.md",
            ),
            "docx" | "doc" => ("Word", PANDOC),
            "odt" => ("OpenDocument", PANDOC),
            "rtf" => ("rich text", PANDOC),
            "epub" => ("EPUB", PANDOC),
            "tex" => ("LaTeX", PANDOC),
            "xlsx" | "xls" | "ods" | "numbers" => {
                ("a spreadsheet", "export it as CSV in UTF-8, then import the CSV file")
            }
            "pdf" => (
                "PDF",
                "export the document as HTML or Markdown where it was written, then import that",
            ),
            "xml" => ("XML", "export it as HTML, CSV or JSON, then import that"),
            _ => return None,
        };
        Some(Self { name, how })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_is_known_by_name_or_content() {
        for (name, want) in [
            ("faq.MD", Some(Format::Markdown)),
            ("a.b/faq.ndjson", Some(Format::JsonLines)),
            ("faq", None),
            ("faq.txt", None),
        ] {
            assert_eq!(Format::of_name(name), Ok(want), "{name}");
        }
        for name in ["faq.rst", "faq.rst.txt"] {
            assert_eq!(Format::of_name(name).unwrap_err().name, "reStructuredText");
        }
        for (text, want) in [
            ("{\"a\": 1}\n{\"a\": 2}\n", Some(Format::JsonLines)),
            ("[\n{\"a\": 1}]", Some(Format::Json)),
            ("\n<!DOCTYPE html><html>", Some(Format::Html)),
            ("Question;Answer\nA;B", Some(Format::Table)),
            ("Q: What?\nA: That.", Some(Format::Text)),
            ("# FAQ\n\ntext", Some(Format::Text)),
            ("some text\n", None),
        ] {
            assert_eq!(Format::of_text(text), want, "{text}");
        }
    }
}
