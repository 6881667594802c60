//! Has a model draft phrasings.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use secrecy::SecretString;

use super::model::Model;
use super::{Args, accept};
use crate::cli::Status;
use crate::cli::config_args::ConfigArgs;
use crate::cli::packs::{self, LoadedIndex, PackArgs};
use crate::cli::report::{pluralize, pluralize_as};
use crate::knowledge::{Entry, Pack};
use crate::matching::phrasing_need::{ENOUGH_PHRASINGS, entries_in_need};
use crate::moderation::phrasing_drafts::{
    DraftFile, Prompt, Rejection, Review, Reviewer, phrasings_of_reply,
};
use crate::platform::console::printable;
use crate::store::atomic;

/// The environment variable with the key. Those that start with `QUOTH_` are settings of the service.
const KEY_VARIABLE: &str = "PHRASINGS_API_KEY";

/// Drafts phrasings, and writes the file after each entry, so that nothing is lost by a break.
pub(super) fn run(args: &Args, config: &ConfigArgs) -> anyhow::Result<Status> {
    let model = model(args)?;
    let packs = PackArgs { packs: vec![args.folder.clone()] };
    let LoadedIndex { index, rule } = packs::open(&packs, config)?;
    let Some(pack) = index.packs().first() else { bail!("there is no pack") };
    let mut drafts = accept::read(args)?.unwrap_or_default();
    let entries = entries(args, pack, &drafts, || entries_in_need(&index))?;
    let mut reviewer = Reviewer::new(&index, &rule, &pack.language);
    drafts.entries.iter().flat_map(|it| &it.variants).for_each(|it| reviewer.add_known(it));
    let n_now = entries.len().min(args.requests.try_into().unwrap_or(usize::MAX));
    check_is_writable(&args.file())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut out = std::io::stdout();
    for (number, idx) in (1..).zip(entries.iter().take(n_now)) {
        let Some(entry) = index.entry(*idx) else { continue };
        let language = entry.language.as_ref().unwrap_or(&pack.language);
        let prompt = Prompt::new(entry, language, args.number.into());
        let reply = runtime.block_on(model.reply(&prompt)).with_context(|| {
            format!("no drafts for {}; run the same command again to go on with it", entry.id)
        })?;
        let phrasings = phrasings_of_reply(&reply);
        let id = entry.id.as_str();
        if phrasings.is_empty() {
            // A model that has run out of tokens may do better next time.
            writeln!(out, "{number} of {n_now}: {}: the reply has no phrasings", printable(id))?;
            continue;
        }
        let review = reviewer.review(*idx, language, phrasings, args.number.into());
        writeln!(out, "{number} of {n_now}: {}", printable(&described(id, &review)))?;
        drafts.add(id, &entry.question, review.kept);
        write(args, &drafts)?;
    }
    conclude(&mut out, args, &drafts, entries.len() - n_now)?;
    Ok(Status::Success)
}

/// The model that the arguments name.
fn model(args: &Args) -> anyhow::Result<Model> {
    let (Some(endpoint), Some(name)) = (&args.endpoint, &args.model) else {
        bail!("--endpoint and --model say who drafts");
    };
    if !matches!(endpoint.scheme(), "http" | "https") {
        bail!("--endpoint is an address that starts with http:// or https://");
    }
    let key = match &args.key_file {
        Some(path) => {
            let text = std::fs::read_to_string(path);
            Some(text.with_context(|| format!("cannot read {}", path.display()))?)
        }
        None => std::env::var(KEY_VARIABLE).ok(),
    };
    let key = key.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
    if key.as_ref().is_some_and(|key| !key.chars().all(|c| c.is_ascii_graphic())) {
        bail!("the key has white space or another character that no key has");
    }
    Model::new(endpoint, name, key.map(SecretString::from), args.timeout())
}

/// Checks that the file can be written, before a model works for nothing.
fn check_is_writable(file: &Path) -> anyhow::Result<()> {
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let attempt = tempfile::tempfile_in(folder);
    attempt.with_context(|| format!("cannot write into {}", folder.display())).map(drop)
}

/// The entries to draft for: those that are named, or those `in_need` that have no drafts yet.
fn entries(
    args: &Args,
    pack: &Pack,
    drafts: &DraftFile,
    in_need: impl FnOnce() -> Vec<(usize, usize)>,
) -> anyhow::Result<Vec<usize>> {
    if args.entries.is_empty() {
        let id = |idx: usize| pack.entries.get(idx).map_or("", |entry| entry.id.as_str());
        let entries = in_need().into_iter().map(|(idx, _)| idx);
        return Ok(entries.filter(|idx| !drafts.has(id(*idx))).collect());
    }
    let position = |id: &String| {
        let is_named = |entry: &Entry| entry.id.as_str() == id && !entry.is_gap();
        let position = pack.entries.iter().position(is_named);
        position.ok_or_else(|| anyhow!("the pack has no entry {id} with quotes"))
    };
    args.entries.iter().map(position).collect()
}

/// The result for an entry, in a line.
fn described(id: &str, review: &Review) -> String {
    let mut line = format!("{id}: {} kept", pluralize(review.kept.len(), "draft"));
    let of =
        |is_it: fn(&Rejection) -> bool| review.rejected.iter().filter(|it| is_it(&it.1)).count();
    let mut reasons = Vec::new();
    for (n, reason) in [
        (of(|it| *it == Rejection::Known), "known already"),
        (of(|it| *it == Rejection::OtherLanguage), "in another language"),
        (of(|it| *it == Rejection::NoQuestion), "no question"),
    ] {
        if n > 0 {
            reasons.push(format!("{n} {reason}"));
        }
    }
    let others: Vec<&str> = review.rejected.iter().filter_map(|(_, it)| it.leads_to()).collect();
    if !others.is_empty() {
        reasons.push(format!("{} for another entry or gap ({})", others.len(), others.join(", ")));
    }
    if !reasons.is_empty() {
        line.push_str(&format!("; {}", reasons.join(", ")));
    }
    line
}

fn write(args: &Args, drafts: &DraftFile) -> anyhow::Result<()> {
    let text = drafts.to_toml(&args.folder.display().to_string());
    Ok(atomic::write(&args.file(), text.as_bytes())?)
}

fn conclude(
    out: &mut impl Write,
    args: &Args,
    drafts: &DraftFile,
    n_left: usize,
) -> anyhow::Result<()> {
    let (file, folder) = (args.file(), args.folder.display());
    let file_argument = match &args.file {
        Some(file) => format!(" --file {}", file.display()),
        None => String::new(),
    };
    if n_left > 0 {
        let entries = pluralize_as(n_left, "entry is", "entries are");
        writeln!(out, "{entries} left; run the same command again to go on.")?;
    }
    if drafts.n_drafts() == 0 {
        writeln!(
            out,
            "There are no drafts. --entry ID drafts for an entry that has {ENOUGH_PHRASINGS} phrasings, or is in {} \
             without any.",
            file.display()
        )?;
        return Ok(());
    }
    writeln!(
        out,
        "{} in {}. Read them and remove those that nobody would ask, then run: quoth phrasings {folder}{file_argument} --accept",
        pluralize(drafts.n_drafts(), "draft"),
        file.display()
    )?;
    Ok(())
}
