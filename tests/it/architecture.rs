//! Checks the layers of `docs/ARCHITECTURE.md`: imports point down, and the core is pure.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers from the lowest to the highest. A layer may use those before it in the list.
const LAYERS: [&str; 11] = [
    "text",
    "knowledge",
    "matching",
    "conversation",
    "moderation",
    "store",
    "service",
    "platform",
    "config",
    "app",
    "cli",
];

/// Number of pure layers, from the lowest.
const N_PURE: usize = 5;

/// Names that a pure layer must not contain: clocks, files, network, threads, environment, randomness,
/// async runtimes, libraries of platforms.
const IMPURE: [&str; 12] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "SystemTime",
    "Instant",
    "tokio",
    "rand::",
    "serenity",
    "matrix_sdk",
];

/// Every Rust file of a layer with its code, without comments and test modules.
fn files_of(layer: &str) -> Vec<(PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    // A planned layer has neither.
    let mut pending = vec![src.join(layer), src.join(format!("{layer}.rs"))];
    let mut files = Vec::new();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.is_file()
            && path.extension().is_some_and(|it| it == "rs")
            && !path.ends_with("tests.rs")
        {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let code: Vec<&str> =
                code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            files.push((path, code.join("\n")));
        }
    }
    files
}

/// The names after `crate::` in `code`, also inside `use crate::{a, b}`.
fn layers_used(code: &str) -> Vec<&str> {
    let mut used = Vec::new();
    for (at, mark) in code.match_indices("crate::") {
        let rest = code.get(at + mark.len()..).unwrap_or_default().trim_start();
        let names = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap_or_default(),
            None => {
                rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
            }
        };
        used.extend(names.split(|c: char| !c.is_alphanumeric() && c != '_'));
    }
    used
}

#[test]
fn layers_import_only_lower_layers() {
    let mut n_files = 0;
    for (height, layer) in LAYERS.iter().enumerate() {
        for (path, code) in files_of(layer) {
            n_files += 1;
            for above in &LAYERS[height + 1..] {
                assert!(!layers_used(&code).contains(above), "{} uses {above}", path.display());
            }
        }
    }
    assert!(n_files > 20, "only {n_files} files were read");
}

#[test]
fn pure_layers_use_no_clock_file_network_or_platform() {
    for layer in &LAYERS[..N_PURE] {
        for (path, code) in files_of(layer) {
            for impure in IMPURE {
                assert!(!code.contains(impure), "{} uses {impure}", path.display());
            }
        }
    }
}

#[test]
fn platforms_do_not_import_each_other() {
    for (one, other) in [("discord", "matrix"), ("matrix", "discord")] {
        for (path, code) in files_of(&format!("platform/{one}")) {
            let is_clean = !code.contains(&format!("{other}::"));
            assert!(is_clean, "{} uses {other}", path.display());
        }
    }
}

#[test]
fn source_folders_are_layers() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_known = LAYERS.contains(&name.as_str()) || ["lib", "main"].contains(&name.as_str());
        assert!(is_known, "{} is in no layer", path.display());
    }
}

#[test]
fn import_parser_finds_single_names_and_groups() {
    let code = "use crate::text::stem;\nuse crate::{store, cli::x};\ncrate::knowledge::Entry";
    assert_eq!(layers_used(code), ["text", "store", "", "cli", "", "x", "knowledge"]);
}
