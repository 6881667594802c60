//! The table of docs/discord.md: what it names exists, and what exists it names.

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

#[test]
fn the_table_of_the_documentation_names_every_test_and_no_other() {
    let page = std::fs::read_to_string(Path::new(ROOT).join("docs/discord.md")).expect("a page");
    let (_, table) = page.split_once("## What is tested").expect("a table");
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let cells: String = rows.filter_map(|row| row.rsplit('|').nth(1)).collect();
    let named: BTreeSet<String> = cells.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let own: BTreeSet<String> = tests_in("tests/it/discord")
        .into_iter()
        .filter(|test| !test.starts_with("the_table_of"))
        .collect();
    let elsewhere = &named - &own;
    let others = &tests_in("src/config/tests") | &tests_in("tests/it");
    assert!(elsewhere.is_subset(&others), "no such tests: {:?}", &elsewhere - &others);
    assert!(own.is_subset(&named), "not in the table: {:?}", &own - &named);
}
