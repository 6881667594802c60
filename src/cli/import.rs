//! `quoth import`: makes a pack of the FAQ that somebody has.

mod described;
mod merged;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::terminal::Terminal;
use super::{Status, progress, report};
use crate::knowledge::import::{
    self, Collection, Field, FieldChoice, FileError, FileOfFolder, FileReading, ImportedEntry,
    NoFaq, PackText, ReadError, Record, UnansweredPolicy,
};
use crate::knowledge::new_pack::source_name;
use crate::store::import_files::{self, ImportFile};
use crate::store::pack_files;
use crate::text::Language;

/// Entries that `--dry-run` shows.
const N_SHOWN_ENTRIES: usize = 3;

/// Text of `--help` about the formats.
const FORMATS: &str = "\
Formats: Markdown (questions are headings, bold lines, <details>, definition lists or lines such as \"Q: ...\"; or \
one question a file, named by its front matter), CSV, TSV and semicolons, JSON, JSON lines, YAML, TOML, HTML. \
Columns and keys are found by their usual names in many languages (question, title, Frage, ...; answer, content, \
Antwort, ...; aliases, keywords; tags, category; id).

Answers become the text of the pack's source, with their markup. An answer is one quote; one of more than 1,500 \
characters is divided at headings, paragraphs or sentences. Ids are made of the questions, unless the file has \
some.

Into a pack that exists the file is merged: what changed in the file is taken over, and what people changed in \
the pack stays (phrasings, leads, tags, quotes, entries of their own). The folder imports/ of the pack remembers \
what the last import wrote.

If a file cannot be imported, or holds no question, nothing is written and the exit code is 1; it is 2 if the arguments \
are wrong.";

/// Arguments of `quoth import`.
#[derive(Debug, clap::Args)]
#[command(after_help = FORMATS)]
pub(super) struct Args {
    /// The file, or a folder of files.
    #[arg(value_name = "FILE|FOLDER")]
    path: PathBuf,
    /// The pack folder to create, or the pack to merge into.
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// The title of the pack and of its source [default: the document's title, else the file's name].
    #[arg(long)]
    title: Option<String>,
    /// The language of the questions, as two letters [default: recognized].
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// The column or key with the questions.
    #[arg(long, value_name = "NAME")]
    question: Option<String>,
    /// The column or key with the answers.
    #[arg(long, value_name = "NAME")]
    answer: Option<String>,
    /// The column or key with other phrasings.
    #[arg(long, value_name = "NAME")]
    variants: Option<String>,
    /// The column or key with topics.
    #[arg(long, value_name = "NAME")]
    tags: Option<String>,
    /// The column or key with ids.
    #[arg(long, value_name = "NAME")]
    id: Option<String>,
    /// Make gaps of questions without an answer, instead of leaving them out.
    #[arg(long)]
    gaps: bool,
    /// Let a question without an answer stand for its answer: for measuring on sets of questions alone.
    #[arg(long, conflicts_with = "gaps")]
    question_stands_in: bool,
    /// Remove entries of an earlier import that are gone from the file.
    #[arg(long)]
    prune: bool,
    /// Show what would be imported, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Status> {
    let is_merge = pack_files::is_pack(&args.into);
    args.check(is_merge)?;
    let files = match import_files::read(&args.path) {
        Ok(files) => files,
        Err(error) if error.is_of_content() => return Ok(refuse(terminal, &error.into())),
        Err(error) => return Err(error.into()),
    };
    let FilesRead { readings, unread } = match read_all(&files, &args.fields(), terminal) {
        Ok(read) => read,
        Err(errors) => {
            print_errors(&errors)?;
            return Ok(Status::Failed);
        }
    };
    let title = args.title_of(&readings);
    let mut out = std::io::BufWriter::new(anstream::stdout().lock());
    writeln!(out, "{}", described::files(&files, &readings))?;
    described::unread(&mut out, &unread)?;
    let records: Vec<Record> = readings.into_iter().flat_map(|reading| reading.records).collect();
    let collection = Collection::new(records, args.unanswered());
    described::left_out(&mut out, &files, &collection)?;
    if collection.entries.is_empty() {
        out.flush()?;
        let error = anyhow::anyhow!(described::nothing_found(&args.path, &collection));
        return Ok(refuse(terminal, &error));
    }
    if is_merge {
        let status = merged::run(&mut out, args, &title, collection, terminal)?;
        out.flush()?;
        return Ok(status);
    }
    let language = args.language.as_deref().map(Language::new);
    let (pack, text) = import::new_pack(&title, &collection.entries, language);
    let counts = counts(&collection, &text);
    if args.dry_run {
        show_first(&mut out, &collection.entries)?;
        writeln!(
            out,
            "Would create the pack {} with {counts}. Nothing was written.",
            args.into.display()
        )?;
        out.flush()?;
        return Ok(Status::Success);
    }
    let mut new_files = pack.into_files();
    new_files.push(import::base_file(&source_name(&title), &collection.entries));
    pack_files::create(&args.into, &new_files)?;
    let folder = args.into.display();
    writeln!(
        out,
        "Created the pack {folder} with {counts}.\nTo ask it something, run: quoth chat --pack {folder}\n\
         To check it, run: quoth check {folder}"
    )?;
    out.flush()?;
    Ok(Status::Success)
}

impl Args {
    /// Whether the arguments fit each other and the folder.
    fn check(&self, is_merge: bool) -> anyhow::Result<()> {
        if self.title.as_ref().is_some_and(|title| title.trim().is_empty()) {
            bail!("the title is empty: give one with --title, or omit --title");
        }
        if let Some(code) = self.language.as_deref().filter(|code| !is_language_code(code)) {
            bail!("{code:?} is no language: give its two letters, such as --language en");
        }
        if is_merge && self.language.is_some() {
            bail!(
                "the pack has a language of its own; change `language` in its pack.toml instead of --language"
            );
        }
        if !is_merge {
            pack_files::check_is_free(&self.into)?;
        }
        Ok(())
    }

    fn fields(&self) -> FieldChoice {
        let named = [
            (Field::Question, &self.question),
            (Field::Answer, &self.answer),
            (Field::Variants, &self.variants),
            (Field::Tags, &self.tags),
            (Field::Id, &self.id),
        ];
        named.into_iter().fold(FieldChoice::default(), |choice, (field, name)| match name {
            Some(name) => choice.with(field, name),
            None => choice,
        })
    }

    fn unanswered(&self) -> UnansweredPolicy {
        match (self.gaps, self.question_stands_in) {
            (true, _) => UnansweredPolicy::Gaps,
            (false, true) => UnansweredPolicy::QuestionStandsIn,
            (false, false) => UnansweredPolicy::Skip,
        }
    }

    /// The title that is given, else that of the only document, else the name of the file or folder.
    fn title_of(&self, readings: &[FileReading]) -> String {
        let of_document = match readings {
            [reading] => reading.title.clone().filter(|title| !title.trim().is_empty()),
            _ => None,
        };
        let name = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let name = if name.is_dir() { name.file_name() } else { name.file_stem() };
        let name = name.map(|name| name.to_string_lossy().into_owned());
        let title = self.title.clone().or(of_document).or(name).unwrap_or_default();
        if title.trim().is_empty() { "FAQ".to_owned() } else { title.trim().to_owned() }
    }
}

fn is_language_code(code: &str) -> bool {
    (2..=3).contains(&Language::new(code).code().len())
        && code.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
}

/// What the files hold.
#[derive(Default)]
struct FilesRead {
    readings: Vec<FileReading>,
    /// The paths of files of a folder that are left out, and why.
    unread: Vec<(String, NoFaq)>,
}

fn read_all(
    files: &[ImportFile],
    fields: &FieldChoice,
    terminal: &Terminal,
) -> Result<FilesRead, Vec<FileError>> {
    let n_bytes = files.iter().map(|file| file.bytes.len()).sum();
    let bar = progress::bytes_bar(terminal, "Importing".to_owned(), n_bytes);
    let mut read = FilesRead::default();
    let mut errors = Vec::new();
    let mut n_read_bytes = 0;
    let mut n_questions = 0;
    for (idx, file) in files.iter().enumerate() {
        let ImportFile { path, bytes } = file;
        let file_read = if files.len() > 1 {
            import::read_file_of_folder(idx, path, bytes, fields)
        } else {
            import::read_file(idx, path, bytes, fields).map(FileOfFolder::Faq)
        };
        match file_read {
            Ok(FileOfFolder::Faq(reading)) => {
                n_questions += reading.records.len();
                if n_questions > import::MAX_QUESTIONS {
                    let problem = ReadError::TooManyQuestions;
                    return Err(vec![FileError { path: path.clone(), problem }]);
                }
                read.readings.push(reading);
            }
            Ok(FileOfFolder::NoFaq(reason)) => read.unread.push((path.clone(), reason)),
            Err(problem) => errors.push(FileError { path: file.path.clone(), problem }),
        }
        n_read_bytes += file.bytes.len();
        progress::move_to(&bar, n_read_bytes);
    }
    bar.finish_and_clear();
    if errors.is_empty() { Ok(read) } else { Err(errors) }
}

/// Says why nothing is imported: it is the content of the files, not the usage.
fn refuse(terminal: &Terminal, error: &anyhow::Error) -> Status {
    terminal.error(error);
    Status::Failed
}

/// What a pack has, in one line.
fn counts(collection: &Collection, text: &PackText) -> String {
    let n_gaps = collection.n_gaps();
    let divided = match text.n_divided {
        0 => String::new(),
        n => format!(
            "; {} divided into several quotes",
            report::pluralize_as(n, "long answer was", "long answers were")
        ),
    };
    format!(
        "{}, {} and a source of {}{divided}",
        report::pluralize_as(collection.entries.len() - n_gaps, "entry", "entries"),
        report::pluralize(n_gaps, "gap"),
        report::pluralize(text.n_paragraphs, "paragraph"),
    )
}

fn show_first(out: &mut impl Write, entries: &[ImportedEntry]) -> std::io::Result<()> {
    for entry in entries.iter().take(N_SHOWN_ENTRIES) {
        writeln!(out, "\n{} ({})", entry.question, entry.id.as_str())?;
        for variant in &entry.variants {
            writeln!(out, "  or: {variant}")?;
        }
        for line in entry.answers.iter().flat_map(|answer| answer.text.lines()) {
            writeln!(out, "  > {line}")?;
        }
    }
    let n_more = entries.len().saturating_sub(N_SHOWN_ENTRIES);
    if n_more > 0 {
        writeln!(out, "\n... and {}", report::pluralize_as(n_more, "more entry", "more entries"))?;
    }
    writeln!(out)
}

fn print_errors(errors: &[FileError]) -> std::io::Result<()> {
    let mut stderr = std::io::BufWriter::new(anstream::stderr().lock());
    let mut n_lines = 0;
    for error in errors {
        if let ReadError::Lines { errors: lines } = &error.problem {
            n_lines += lines.len();
            for line in lines {
                writeln!(stderr, "{}:{}: {}", error.path, line.line, line.problem)?;
            }
        } else {
            writeln!(stderr, "{error}")?;
        }
    }
    let what = match n_lines {
        0 => report::pluralize_as(
            errors.len(),
            "file that cannot be imported",
            "files that cannot be imported",
        ),
        n if n >= import::MAX_LINE_ERRORS => {
            format!("{} or more", report::pluralize(n, "bad line"))
        }
        n => report::pluralize(n, "bad line"),
    };
    writeln!(stderr, "Nothing was written: {what}.")?;
    stderr.flush()
}

/// The path of a file as it is shown, with the line if it is known.
fn place(files: &[ImportFile], file: usize, line: usize) -> String {
    let path = files.get(file).map_or("", |file| file.path.as_str());
    let path = Path::new(path).display();
    if line > 0 { format!("{path}:{line}") } else { path.to_string() }
}
