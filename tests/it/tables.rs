//! The tables of tests in docs/discord.md and docs/matrix.md: what they name exists, and what exists
//! they name.

use std::collections::BTreeSet;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The tests in `folder`.
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

/// The names of the functions that `#[test]` stands above.
fn tests_of(source: &str) -> Vec<String> {
    let parts = source.split("\n#[test]\n").skip(1);
    let name = |part: &str| part.split_once("fn ")?.1.split_once('(').map(|it| it.0.to_owned());
    parts.filter_map(name).collect()
}

/// Checks the table of tests in the page of a platform, whose own tests are in the folder.
fn check(page: &str, folder: &str) {
    let page = std::fs::read_to_string(Path::new(ROOT).join(page)).expect("a page");
    let (_, table) = page.split_once("## What is tested").expect("a table");
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let cells: String = rows.filter_map(|row| row.rsplit('|').nth(1)).collect();
    let named: BTreeSet<String> = cells.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let own = tests_in(folder);
    assert!(!own.is_empty(), "no tests in {folder}");
    let elsewhere = &named - &own;
    let others = &tests_in("src/config/tests") | &tests_in("tests/it");
    assert!(elsewhere.is_subset(&others), "no such tests: {:?}", &elsewhere - &others);
    assert!(own.is_subset(&named), "not in the table: {:?}", &own - &named);
}

#[test]
fn the_table_of_discord_names_every_test_and_no_other() {
    check("docs/discord.md", "tests/it/discord");
}

#[test]
fn the_table_of_matrix_names_every_test_and_no_other() {
    check("docs/matrix.md", "tests/it/matrix");
}
