//! Takes drafts over into the pack.

use std::io::{ErrorKind, Write};

use anyhow::{Context, bail};

use super::Args;
use crate::cli::Status;
use crate::cli::report::{PackReport, pluralize, pluralize_as, print};
use crate::cli::terminal::Terminal;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::patch::apply_all;
use crate::knowledge::{PackFile, prove};
use crate::moderation::phrasing_drafts::{DraftFile, Takeover};
use crate::platform::console::printable;
use crate::store::{atomic, pack_files};

/// Writes the drafts of the entries `ids`, or of all, into the pack. The pack is written before the drafts are
/// removed, so that a break loses nothing; what is in both is not added again.
pub(super) fn run(args: &Args, ids: &[String], terminal: &Terminal) -> anyhow::Result<Status> {
    let file = args.file();
    let Some(mut drafts) = read(args)? else { bail!("there is no file {}", file.display()) };
    if let Some(unknown) = ids.iter().find(|id| !drafts.has(id)) {
        bail!("{} has no entry {unknown}", file.display());
    }
    let old = pack_files::read(&args.folder)?;
    let proof = prove(&old);
    if !proof.is_accepted() {
        print(&[PackReport::new(&args.folder, old, &proof.pack, proof.findings)], terminal)?;
        writeln!(std::io::stdout(), "Nothing was written: fix the pack first.")?;
        return Ok(Status::Failed);
    }
    let Takeover { patches, n_added, gone } = drafts.take_over(&proof.pack, ids);
    if let Some(id) = ids.iter().find(|id| gone.contains(id)) {
        bail!("the pack has no entry {id} any more; remove it from {}", file.display());
    }
    let faq = old.text(FAQ_FILE).unwrap_or_default();
    let bytes = apply_all(faq, &patches)?.into_bytes();
    let faq = PackFile { path: FAQ_FILE.to_owned(), bytes };
    let new = old.with([faq.clone()]);
    let proof = prove(&new);
    let mut out = std::io::stdout();
    if !proof.is_accepted() {
        print(&[PackReport::new(&args.folder, new, &proof.pack, proof.findings)], terminal)?;
        writeln!(out, "Nothing was written: the pack would not pass the check.")?;
        return Ok(Status::Failed);
    }
    if !patches.is_empty() {
        pack_files::write(&args.folder, &[faq])?;
    }
    atomic::write(&file, drafts.to_toml(&args.folder.display().to_string()).as_bytes())?;
    for id in &gone {
        writeln!(out, "The pack has no entry {} any more; its drafts stay.", printable(id))?;
    }
    writeln!(
        out,
        "Took over {} for {}. To check the pack, run: quoth check {}",
        pluralize(n_added, "phrasing"),
        pluralize_as(patches.len(), "entry", "entries"),
        args.folder.display()
    )?;
    Ok(Status::Success)
}

/// The drafts that wait; `None` without a file.
pub(super) fn read(args: &Args) -> anyhow::Result<Option<DraftFile>> {
    let path = args.file();
    let text = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        text => text.with_context(|| format!("cannot read {}", path.display()))?,
    };
    let drafts = DraftFile::parse(&text);
    Ok(Some(drafts.with_context(|| format!("cannot read the drafts in {}", path.display()))?))
}
