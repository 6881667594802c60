//! The examples of docs/import.md.

use std::path::Path;

use crate::folder::Folder;
use crate::quoth::quoth_in;

#[test]
fn examples_of_the_documentation_print_what_it_says() {
    let folder = Folder::empty();
    folder.write("manual.rst", "Manual\n======\n");
    let root = folder.path("");
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/import.md"))
            .unwrap();
    let mut n_commands = 0;
    let mut file = None;
    let mut blocks = text.split("```");
    while let Some(prose) = blocks.next() {
        let last = prose.trim_end().lines().next_back().unwrap_or_default();
        file = last.strip_prefix('`').and_then(|rest| rest.strip_suffix("`:")).or(file.take());
        let Some(block) = blocks.next() else { break };
        let (kind, content) = block.split_once('\n').unwrap();
        match (kind, file.take()) {
            ("console", _) => n_commands += run_all(content, &root),
            (_, Some(name)) => folder.write(name, content),
            _ => {}
        }
    }
    assert!(n_commands >= 10, "{n_commands}");
}

/// Runs the commands of a transcript, and compares what they print.
fn run_all(transcript: &str, root: &Path) -> usize {
    let mut n_commands = 0;
    for part in transcript.split("$ quoth ").filter(|part| !part.trim().is_empty()) {
        let (line, want) = part.split_once('\n').unwrap();
        let words = words(line);
        let run = quoth_in(root, &[], &words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(format!("{}{}", run.stdout, run.stderr), want, "quoth {line}");
        n_commands += 1;
    }
    n_commands
}

/// The words of a command; apostrophes quote.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in line.chars() {
        match c {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}
