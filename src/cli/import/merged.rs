//! An import into a pack that exists.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};

use super::Args;
use crate::cli::Status;
use crate::cli::report::{PackReport, pluralize_as, print};
use crate::cli::terminal::Terminal;
use crate::knowledge::import::{
    self, ChangeKind, Collection, IMPORTS_FOLDER, MergeChange, MergeInput, MergeOutput,
};
use crate::knowledge::new_pack::{new_source, source_name, with_body};
use crate::knowledge::pack::{FAQ_FILE, SOURCES_FOLDER};
use crate::knowledge::{PackFile, PackFiles, Proof, prove};
use crate::store::pack_files;

/// Merges the entries into the pack, and says what changed.
pub(super) fn run(
    out: &mut impl Write,
    args: &Args,
    title: &str,
    collection: Collection,
    terminal: &Terminal,
) -> anyhow::Result<Status> {
    let folder = args.into.as_path();
    let old = pack_files::read(folder)?;
    let proof = prove(&old);
    let source = source_of(args, title, folder, &proof)?;
    let base = pack_files::read_import(folder, &source)?;
    let sources = || proof.pack.sources.iter().map(|source| source.name());
    let has_source = sources().any(|name| name == source);
    if has_source && base.is_empty() {
        bail!(
            "the pack {} has a source named \"{source}\" that no import made; give the import another title with --title",
            folder.display()
        );
    }
    let other_sources: Vec<String> =
        sources().filter(|name| **name != source).map(str::to_owned).collect();
    let faq = text_of(&old, FAQ_FILE)?;
    let merged = import::merge(MergeInput {
        faq,
        base: &base,
        entries: collection.entries,
        source: &source,
        other_sources: &other_sources,
        language: &proof.pack.language,
        prune: args.prune,
    })?;
    let hint = is_another_faq(&merged.changes, &base).then(|| another_faq_hint(&args.path));
    if let (Some(hint), true) = (&hint, args.prune) {
        bail!(
            "--prune would remove every entry that the last import made: nothing was written. {hint}"
        );
    }
    let target = Target { source: &source, title, base: &base };
    let files = changed_files(&old, &proof, &merged, &target);
    describe(out, &merged.changes)?;
    if let Some(hint) = hint {
        writeln!(out, "{hint}")?;
    }
    if files.is_empty() {
        writeln!(out, "The pack {} is up to date.", folder.display())?;
        return Ok(Status::Success);
    }
    let is_of_pack = |file: &&PackFile| !file.path.starts_with(IMPORTS_FOLDER);
    let new = old.with(files.iter().filter(is_of_pack).cloned());
    let proof = prove(&new);
    if !proof.is_accepted() {
        out.flush()?;
        print(&[PackReport::new(folder, new, &proof.pack, proof.findings)], terminal)?;
        writeln!(out, "Nothing was written: the pack would not pass the check.")?;
        return Ok(Status::Failed);
    }
    if args.dry_run {
        writeln!(out, "Nothing was written.")?;
        return Ok(Status::Success);
    }
    pack_files::write(folder, &files)?;
    writeln!(out, "Merged into the pack {}.\nTo check it, run: quoth check {0}", folder.display())?;
    Ok(Status::Success)
}

/// Whether nothing is left of the last import `base`, so that the file is hardly a later state of the same FAQ.
fn is_another_faq(changes: &[MergeChange], base: &str) -> bool {
    let is_gone = |change: &&MergeChange| {
        matches!(change.kind, ChangeKind::KeptThoughGone | ChangeKind::Removed)
    };
    let n_before = base.lines().filter(|line| !line.trim().is_empty()).count();
    n_before > 0 && changes.iter().filter(is_gone).count() == n_before
}

fn another_faq_hint(file: &Path) -> String {
    format!(
        "None of the questions of the last import is in {}. If it is another FAQ, give it a title of its own, and it becomes a \
         source beside the other: --title NAME",
        file.display()
    )
}

/// The name of the source that the import made, or will make: by the title that is given, else the only one that
/// an import made, else by the title of the document.
fn source_of(args: &Args, title: &str, folder: &Path, proof: &Proof) -> anyhow::Result<String> {
    let imports = pack_files::imports(folder)?;
    let named = args.title.as_deref().and_then(|title| {
        let of_title = |source: &&std::sync::Arc<crate::knowledge::Source>| {
            source.metadata().title == title.trim()
        };
        proof.pack.sources.iter().find(of_title).map(|source| source.name().to_owned())
    });
    Ok(match (&args.title, imports.as_slice()) {
        (Some(title), _) => named.unwrap_or_else(|| source_name(title)),
        (None, [only]) => only.clone(),
        (None, _) => source_name(title),
    })
}

fn text_of<'a>(files: &'a PackFiles, path: &str) -> anyhow::Result<&'a str> {
    let file = files.files.iter().find(|file| file.path == path);
    let bytes = file.map(|file| file.bytes.as_slice()).unwrap_or_default();
    std::str::from_utf8(bytes).with_context(|| format!("{path} of the pack is not UTF-8"))
}

/// The source that the import is merged into.
struct Target<'a> {
    /// Its name.
    source: &'a str,
    /// The title that it gets if it is new.
    title: &'a str,
    /// What the last import left.
    base: &'a str,
}

/// The files that differ from those in the pack: the source first, so that every quote stands when the entries
/// are read.
fn changed_files(
    old: &PackFiles,
    proof: &Proof,
    merged: &MergeOutput,
    target: &Target<'_>,
) -> Vec<PackFile> {
    let Target { source, title, base } = target;
    let path = format!("{SOURCES_FOLDER}/{source}.md");
    let location = proof.source_locations.iter().find(|location| location.file == path);
    let text = match location
        .and_then(|location| Some((text_of(old, &path).ok()?, location.body_start)))
    {
        Some((text, body_start)) => {
            with_body(text, body_start, merged.text.is_markdown, &merged.text.body)
        }
        None => new_source(&merged.text.metadata(title), &merged.text.body),
    };
    let file = |path: String, text: &str| PackFile { path, bytes: text.as_bytes().to_vec() };
    let mut files = vec![file(path, &text), file(FAQ_FILE.to_owned(), &merged.faq)];
    files.retain(|file| !old.files.contains(file));
    if merged.base != *base {
        files.push(file(format!("{IMPORTS_FOLDER}/{source}.jsonl"), &merged.base));
    }
    files
}

/// Lists what changed, as a diff of questions.
fn describe(out: &mut impl Write, changes: &[MergeChange]) -> std::io::Result<()> {
    for MergeChange { id, question, kind } in changes {
        let (mark, what) = match kind {
            ChangeKind::Added => ('+', String::new()),
            ChangeKind::Changed(fields) => ('~', fields.join(", ")),
            ChangeKind::AnswerReplaced => (
                '!',
                "answer; its quotes had been changed in the pack, and no longer stand".to_owned(),
            ),
            ChangeKind::Removed => ('-', String::new()),
            ChangeKind::KeptThoughGone => {
                ('!', "gone from the file; kept (--prune removes it)".to_owned())
            }
            ChangeKind::StaysRemoved => {
                ('!', "was removed from the pack; not added again".to_owned())
            }
            ChangeKind::NotImported => {
                ('!', "the pack has an entry with this id of its own; left as it is".to_owned())
            }
        };
        let what = if what.is_empty() { what } else { format!(": {what}") };
        writeln!(out, "{mark} {question} ({id}){what}")?;
    }
    let n = |is_counted: fn(&ChangeKind) -> bool| {
        changes.iter().filter(|change| is_counted(&change.kind)).count()
    };
    let n_changed = n(|kind| matches!(kind, ChangeKind::Changed(_) | ChangeKind::AnswerReplaced));
    writeln!(
        out,
        "{}, {n_changed} changed, {} removed.",
        pluralize_as(n(|kind| *kind == ChangeKind::Added), "entry added", "entries added"),
        n(|kind| *kind == ChangeKind::Removed)
    )
}
