//! Checks of the packs, which are read and proved once for all of them.

use std::collections::BTreeMap;
use std::path::Path;

use super::data_folder::is_writable_for_this_user;
use super::setup::{ProvedFiles, ReadPack, Setup};
use crate::conversation::Space;
use crate::knowledge::Finding;
use crate::knowledge::pack::FAQ_FILE;
use crate::platform::diagnosis::{Check, CheckOutcome, CheckResult, Run};
use crate::service::with_causes;
use crate::store::{calibration_file, pack_files};

pub(super) const CHECKS: [Check<Setup>; 5] = [
    Check {
        name: "packs-readable",
        looks_at: "the folders of the packs exist, and their files can be read",
        run: Run::Blocking(are_readable),
    },
    Check {
        name: "packs-proved",
        looks_at: "the packs have no errors",
        run: Run::Blocking(are_proved),
    },
    Check {
        name: "packs-names",
        looks_at: "the pack folders of a space have different names",
        run: Run::Blocking(have_different_names),
    },
    Check {
        name: "packs-writable",
        looks_at: "moderators can edit the packs in chat",
        run: Run::Blocking(are_writable),
    },
    Check {
        name: "calibration",
        looks_at: "the calibrations were made for the packs as they are",
        run: Run::Blocking(is_calibration_current),
    },
];

/// `wrong`, joined, with `advice`; `found` if nothing is wrong.
fn result_of(wrong: &[String], advice: &str, found: impl Into<String>) -> CheckResult {
    if wrong.is_empty() {
        CheckResult::ok(found)
    } else {
        CheckResult::wrong(wrong.join("; "), advice)
    }
}

fn are_readable(setup: &Setup) -> CheckOutcome {
    let packs = setup.packs()?;
    let unreadable = packs.iter().filter_map(|pack| pack.proof.as_ref().err());
    let unreadable: Vec<String> = unreadable.map(|error| with_causes(error)).collect();
    let advice = "fix `packs` in the configuration, mount what is not mounted, or let the user that runs quoth read the \
                  folder";
    Ok(result_of(&unreadable, advice, count(packs.len())))
}

fn count(n: usize) -> String {
    if n == 1 { "1 pack".to_owned() } else { format!("{n} packs") }
}

/// The packs that could be read.
fn readable(packs: &[ReadPack]) -> Result<Vec<(&Path, &ProvedFiles)>, String> {
    let proofs = packs.iter().filter_map(|it| Some((it.folder.as_path(), it.proof.as_ref().ok()?)));
    let proofs: Vec<_> = proofs.collect();
    if proofs.is_empty() {
        Err("no pack can be read (see packs-readable)".to_owned())
    } else {
        Ok(proofs)
    }
}

fn are_proved(setup: &Setup) -> CheckOutcome {
    let packs = readable(setup.packs()?)?;
    let rejected = packs.iter().filter_map(|(folder, pack)| {
        let errors: Vec<&Finding> =
            pack.proof.findings.iter().filter(|finding| finding.is_error()).collect();
        let first = errors.first()?;
        let (folder, n_errors) = (folder.display(), errors.len());
        Some(format!("{folder}: {} in {} (errors: {n_errors})", first.rule.name(), first.file))
    });
    let rejected: Vec<String> = rejected.collect();
    let n_entries: usize = packs.iter().map(|(_, pack)| pack.proof.pack.entries.len()).sum();
    let advice = "run `quoth check`, which shows each error and what to do; a pack with errors is not served, and a \
                  running service keeps the previous version of it";
    Ok(result_of(&rejected, advice, format!("{n_entries} entries, every quote is in its source")))
}

fn have_different_names(setup: &Setup) -> CheckOutcome {
    let spaces = setup.spaces();
    setup.packs()?;
    let same: Vec<String> = spaces.all().flat_map(same_names).collect();
    let advice = "rename one of the folders: where a space has several packs, entries are identified by their names";
    Ok(result_of(&same, advice, "no two packs of a space have the same"))
}

fn same_names(space: &Space) -> Vec<String> {
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for folder in &space.packs {
        folders.entry(pack_files::name_of(folder)).or_default().push(folder.display().to_string());
    }
    let same = folders.into_values().filter(|folders| folders.len() > 1);
    same.map(|folders| format!("the space {} has {}", space.name, folders.join(" and "))).collect()
}

fn are_writable(setup: &Setup) -> CheckOutcome {
    let spaces = setup.spaces();
    let edited = spaces
        .all()
        .filter(|space| !space.settings.moderators.is_empty() || !space.settings.owners.is_empty());
    let mut folders: Vec<&Path> =
        edited.flat_map(|space| &space.packs).map(std::path::PathBuf::as_path).collect();
    folders.sort();
    folders.dedup();
    folders.retain(|folder| folder.is_dir());
    if folders.is_empty() {
        return Err("no moderators are configured, who could edit a pack in chat".to_owned());
    }
    let is_read_only = |folder: &&Path| {
        let faq = folder.join(FAQ_FILE);
        !is_writable_for_this_user(folder) || (faq.exists() && !is_writable_for_this_user(&faq))
    };
    let read_only = folders.iter().copied().filter(is_read_only);
    let read_only: Vec<String> =
        read_only.map(|folder| format!("{} is read-only", folder.display())).collect();
    let advice = "edits in chat are refused there: let the user that runs quoth write the folder, put the pack below a \
                  folder that it may write, or edit the files and leave out `moderators`";
    Ok(result_of(&read_only, advice, format!("{} can be edited", count(folders.len()))))
}

fn is_calibration_current(setup: &Setup) -> CheckOutcome {
    let packs = readable(setup.packs()?)?;
    let mut n_calibrated = 0;
    let mut stale = Vec::new();
    for (folder, pack) in packs {
        match calibration_file::read(folder) {
            Ok(Some(file)) if file.fits(&pack.fingerprint) => n_calibrated += 1,
            Ok(Some(_)) => stale.push(format!("that of {} is of another state", folder.display())),
            Ok(None) => {}
            Err(error) => {
                stale.push(format!("that of {} cannot be read: {error}", folder.display()));
            }
        }
    }
    if n_calibrated == 0 && stale.is_empty() {
        return Err("no pack has a calibration: the default is used".to_owned());
    }
    let advice = "run `quoth calibrate` (for each pack with --pack): until then the default is used, but for a running \
                  service, which makes a new one for itself";
    Ok(result_of(&stale, advice, format!("{} calibrated", count(n_calibrated))))
}
