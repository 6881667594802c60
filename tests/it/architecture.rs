//! Checks the layers of `docs/ARCHITECTURE.md`: imports point down, and the core is pure.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

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

/// The modules of the matching layer, from the first: a module may use those before it.
const MATCHING: [&str; 45] = [
    // Words.
    "similarity",
    "term_weight",
    "vocabulary",
    "concepts",
    "neighbors",
    "word_vectors",
    "direction",
    "text_directions",
    "term_directions",
    "question_kind",
    // The index of a pack.
    "term",
    "forward_index",
    "entry_terms",
    "score_parts",
    "postings",
    "document",
    "accumulators",
    "classifier",
    "excluded",
    "facts",
    "pack_index",
    // Analysis of a question.
    "query_terms",
    "query",
    // Retrieval and scoring.
    "candidates",
    "scorer",
    "coverage",
    "ranking",
    // Evidence.
    "contradiction",
    "features",
    "objection",
    "calibration",
    "passages",
    // Decision.
    "decision",
    "language_part",
    "questions",
    "index",
    "ask",
    // Evaluation.
    "phrasing_need",
    "question_groups",
    "comparison",
    "explanation",
    "leave_one_out",
    "reliability",
    "evaluation",
    "recalibration",
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

/// Every Rust file of a layer with its code, without comments and what is compiled for tests only.
fn files_of(layer: &str) -> Vec<(PathBuf, TokenStream)> {
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
            let tokens: TokenStream = fs::read_to_string(&path).unwrap().parse().unwrap();
            files.push((path, without_tests(tokens)));
        }
    }
    files
}

/// `tokens` without documentation and without what `#[cfg(test)]` stands before.
fn without_tests(tokens: TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_attribute = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '#');
        match tokens.peek() {
            Some(TokenTree::Group(group)) if is_attribute => {
                let attribute = group.stream().to_string().replace(' ', "");
                if attribute.starts_with("doc=") {
                    tokens.next();
                    continue;
                }
                if attribute == "cfg(test)" {
                    // The item ends with its braces or a semicolon.
                    tokens.by_ref().skip(1).find(|token| match token {
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                        TokenTree::Punct(mark) => mark.as_char() == ';',
                        _ => false,
                    });
                    continue;
                }
            }
            _ => {}
        }
        kept.push(match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), without_tests(group.stream())))
            }
            token => token,
        });
    }
    kept.into_iter().collect()
}

/// The module of a file below `src`, as a path: `["matching", "query"]` for `matching/query.rs`.
fn module_of(path: &Path) -> Vec<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let inside = path.strip_prefix(src).unwrap().with_extension("");
    inside.iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

/// The absolute paths of everything that `code`, the code of `module`, names by a path from `crate`,
/// `super` or `self`: in nested `use` lists, in expressions, and inside macros.
fn paths_used(code: TokenStream, module: &[String]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    collect_paths(code, module, &mut paths);
    paths
}

fn collect_paths(tokens: TokenStream, module: &[String], paths: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        let is_start = is_path_separator(&tokens, at + 1)
            && (at < 2 || !is_path_separator(&tokens, at - 2))
            && matches!(&tokens[at], TokenTree::Ident(name)
                if name == "crate" || name == "super" || name == "self");
        if is_start {
            at = read_use_tree(&tokens, at, module.to_vec(), paths);
            continue;
        }
        if let TokenTree::Group(group) = &tokens[at] {
            collect_paths(group.stream(), module, paths);
        }
        at += 1;
    }
}

/// Reads a tree of paths below `prefix` from the token number `at`; returns where it ends.
fn read_use_tree(
    tokens: &[TokenTree],
    mut at: usize,
    mut prefix: Vec<String>,
    paths: &mut Vec<Vec<String>>,
) -> usize {
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(name)) if name == "crate" => prefix.clear(),
            Some(TokenTree::Ident(name)) if name == "super" => drop(prefix.pop()),
            Some(TokenTree::Ident(name)) if name == "self" => {}
            Some(TokenTree::Ident(name)) => prefix.push(name.to_string()),
            Some(TokenTree::Group(group)) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut start = 0;
                while start < inside.len() {
                    let end = read_use_tree(&inside, start, prefix.clone(), paths);
                    // Behind it may stand "as name".
                    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
                    let rest = &inside[end..];
                    start = rest.iter().position(is_comma).map_or(inside.len(), |n| end + n + 1);
                }
                return at + 1;
            }
            _ => {}
        }
        at += 1;
        if !is_path_separator(tokens, at) {
            paths.push(prefix);
            return at;
        }
        at += 2;
    }
}

/// Whether `::` stands at the token number `at`.
fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ':');
    tokens.get(at..at + 2).is_some_and(|pair| pair.iter().all(is_colon))
}

#[test]
fn layers_import_only_lower_layers() {
    let mut n_files = 0;
    for (height, layer) in LAYERS.iter().enumerate() {
        for (path, code) in files_of(layer) {
            n_files += 1;
            for used in paths_used(code, &module_of(&path)) {
                let is_above =
                    used.first().is_some_and(|it| LAYERS[height + 1..].contains(&it.as_str()));
                assert!(!is_above, "{} uses {}", path.display(), used.join("::"));
            }
        }
    }
    assert!(n_files > 20, "only {n_files} files were read");
}

#[test]
fn pure_layers_use_no_clock_file_network_or_platform() {
    for layer in &LAYERS[..N_PURE] {
        for (path, code) in files_of(layer) {
            let code = code.to_string().replace(' ', "");
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
            let is_clean = !code.to_string().replace(' ', "").contains(&format!("{other}::"));
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
fn modules_of_matching_use_only_earlier_ones() {
    let mut exported: BTreeMap<String, String> = BTreeMap::new();
    let mut files = files_of("matching");
    let position = |name: &str| MATCHING.iter().position(|it| *it == name);
    for (path, code) in &files {
        if let [_] = module_of(path).as_slice() {
            let tokens: Vec<TokenTree> = code.clone().into_iter().collect();
            let is_use =
                |token: &TokenTree| matches!(token, TokenTree::Ident(name) if name == "use");
            for (at, _) in tokens.iter().enumerate().filter(|(_, token)| is_use(token)) {
                let mut paths = Vec::new();
                read_use_tree(&tokens, at + 1, Vec::new(), &mut paths);
                exported.extend(paths.into_iter().map(|path| (path[1].clone(), path[0].clone())));
            }
        }
    }
    assert!(exported.len() > 3, "{exported:?}");
    files.retain(|(path, _)| module_of(path).len() > 1);
    for (path, code) in files {
        let module = module_of(&path);
        let own = position(&module[1]);
        assert!(own.is_some(), "{} has no place in MATCHING", path.display());
        for used in paths_used(code, &module) {
            let [layer, name, ..] = used.as_slice() else { continue };
            if layer == "matching" {
                let used_module = exported.get(name).unwrap_or(name);
                let is_earlier = position(used_module) <= own && position(used_module).is_some();
                assert!(is_earlier, "{} uses {}", path.display(), used.join("::"));
            }
        }
    }
}

#[test]
fn paths_are_found_in_nested_lists_in_expressions_and_in_macros() {
    let code = "use crate::text::stem;
        use crate::{store::{self, a::B}, cli::x as y, app::*};
        use super::{super::service::Z, query};
        fn f() { vec![crate::knowledge::Entry::new(self::inner::G)]; self.x }";
    let module = ["matching", "scorer"].map(str::to_owned);
    let paths: Vec<String> = paths_used(code.parse().unwrap(), &module)
        .into_iter()
        .map(|path| path.join("::"))
        .collect();
    let want = [
        "text::stem",
        "store",
        "store::a::B",
        "cli::x",
        "app",
        "service::Z",
        "matching::query",
        "knowledge::Entry::new",
        "matching::scorer::inner::G",
    ];
    assert_eq!(paths, want);
}
