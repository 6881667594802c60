//! Checks that the tables of tests in docs/discord.md and docs/matrix.md list exactly the tests that
//! exist, that other pages name no others, and that the table of problems in docs/matrix.md has messages
//! of the program.

use std::collections::BTreeSet;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Names of the tests in `folder`.
fn tests_in(folder: &str) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for file in std::fs::read_dir(Path::new(ROOT).join(folder)).expect("a folder") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|it| it == "rs") {
            tests.extend(tests_of(&std::fs::read_to_string(path).expect("a text")));
        }
    }
    tests
}

/// Names of the functions with `#[test]` as the last attribute.
fn tests_of(source: &str) -> Vec<String> {
    let parts = source.split("\n#[test]\n").skip(1);
    let name = |part: &str| part.split_once("fn ")?.1.split_once('(').map(|it| it.0.to_owned());
    parts.filter_map(name).collect()
}

/// Checks the table of a platform's page. It must list all tests of `folder`, and may list tests of
/// the configuration and of tests/it.
fn check(page: &str, folder: &str) {
    let page = std::fs::read_to_string(Path::new(ROOT).join(page)).expect("a page");
    let (_, table) = page.split_once("## What is tested").expect("a table");
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let cells: String = rows.filter_map(|row| row.rsplit('|').nth(1)).collect();
    let named: BTreeSet<String> = cells.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let tests = tests_in(folder);
    assert!(!tests.is_empty(), "no tests in {folder}");
    let from_elsewhere = &named - &tests;
    let elsewhere = &tests_in("src/config/tests") | &tests_in("tests/it");
    assert!(
        from_elsewhere.is_subset(&elsewhere),
        "no such tests: {:?}",
        &from_elsewhere - &elsewhere
    );
    assert!(tests.is_subset(&named), "not in the table: {:?}", &tests - &named);
}

/// The sources below `folder`, with the texts in them as they are shown.
fn sources_in(folder: &Path) -> String {
    let mut sources = String::new();
    for file in std::fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        if path.is_dir() {
            sources.push_str(&sources_in(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = std::fs::read_to_string(path).expect("a text");
            sources.push_str(&text.replace("\\\"", "\""));
        }
    }
    sources
}

#[test]
fn matrix_table_of_problems_has_messages_of_the_program() {
    let page = std::fs::read_to_string(Path::new(ROOT).join("docs/matrix.md")).expect("a page");
    let (_, table) = page.split_once("## When something is wrong").expect("a table");
    let (table, _) = table.split_once("\n## ").expect("another section");
    let sources: String = ["src/platform/matrix", "src/service"]
        .map(|it| sources_in(&Path::new(ROOT).join(it)))
        .concat();
    let code = regex::Regex::new("`` (.+?) ``|`([^`]+)`").expect("a pattern");
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells = rows.filter_map(|row| row.split(" | ").next());
    let messages: Vec<&str> = cells
        .flat_map(|cell| code.captures_iter(cell))
        .filter_map(|found| Some(found.get(1).or(found.get(2))?.as_str()))
        .collect();
    assert!(messages.len() > 15, "{messages:?}");
    for part in messages.iter().flat_map(|message| message.split("...")) {
        assert!(sources.contains(part.trim()), "no message has {part:?}");
    }
}

#[test]
fn discord_table_lists_exactly_the_tests() {
    check("docs/discord.md", "tests/it/discord");
}

#[test]
fn matrix_table_lists_exactly_the_tests() {
    check("docs/matrix.md", "tests/it/matrix");
}

#[test]
fn pages_name_tests_that_exist() {
    let root = Path::new(ROOT);
    let sources = [sources_in(&root.join("src")), sources_in(&root.join("tests"))].concat();
    let functions = regex::Regex::new(r"fn ([a-z0-9_]+)\(").expect("a pattern");
    let functions: BTreeSet<&str> = functions
        .captures_iter(&sources)
        .filter_map(|found| Some(found.get(1)?.as_str()))
        .collect();
    // Names in full, and the filters of commands.
    let pages = [
        ("docs/behavior.md", r"`([a-z0-9]+(?:_[a-z0-9]+){3,})`", true),
        ("docs/reliability.md", r"`cargo test --(?:lib|test it) ([a-z0-9_]+)`", false),
    ];
    for (page, pattern, is_whole) in pages {
        let text = std::fs::read_to_string(root.join(page)).expect("a page");
        let pattern = regex::Regex::new(pattern).expect("a pattern");
        let named: Vec<&str> =
            pattern.captures_iter(&text).filter_map(|found| Some(found.get(1)?.as_str())).collect();
        assert!(named.len() > 4, "{page}: {named:?}");
        for name in named {
            let is_meant = |it: &&str| if is_whole { *it == name } else { it.contains(name) };
            assert!(functions.iter().any(is_meant), "{page}: no test {name}");
        }
    }
}
