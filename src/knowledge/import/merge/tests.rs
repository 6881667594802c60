use super::*;
use crate::knowledge::import::{Collection, FieldChoice, UnansweredPolicy, new_pack, read_file};
use crate::knowledge::{PackFile, PackFiles, prove};

fn entries(markdown: &str) -> Vec<ImportedEntry> {
    let records =
        read_file(0, "faq.md", markdown.as_bytes(), &FieldChoice::default()).unwrap().records;
    Collection::new(records, UnansweredPolicy::Skip).entries
}

/// A pack, as the last import left it or as people have changed it.
#[derive(Clone)]
struct State {
    faq: String,
    base: String,
    other_sources: Vec<(String, String)>,
}

impl State {
    fn imported(markdown: &str) -> Self {
        let entries = entries(markdown);
        let (pack, _) = new_pack("FAQ", &entries, None);
        let base = entries.into_iter().map(|entry| BaseEntry { entry, is_removed: false });
        Self {
            faq: pack.faq,
            base: base::write(&base.collect::<Vec<_>>()),
            other_sources: Vec::new(),
        }
    }

    /// The changes, the pack afterwards; every quote is proved.
    fn merge(&self, markdown: &str, prune: bool) -> (Vec<String>, Self) {
        let others: Vec<String> = self.other_sources.iter().map(|(name, _)| name.clone()).collect();
        let input = MergeInput {
            faq: &self.faq,
            base: &self.base,
            entries: entries(markdown),
            source: "faq",
            other_sources: &others,
            language: &Language::english(),
            prune,
        };
        let merged = merge(input).unwrap();
        let file = |path: String, text: &str| PackFile { path, bytes: text.as_bytes().to_vec() };
        let source = |name: &str, body: &str| {
            file(format!("sources/{name}.md"), &format!("+++\ntitle = \"{name}\"\n+++\n{body}"))
        };
        let mut files = vec![
            file("pack.toml".to_owned(), "title = \"T\"\nlanguage = \"en\"\n"),
            file("faq.toml".to_owned(), &merged.faq),
            source("faq", &merged.text.body),
        ];
        files.extend(self.other_sources.iter().map(|(name, body)| source(name, body)));
        let proof = prove(&PackFiles { name: "p".to_owned(), files });
        assert_eq!(proof.findings, [], "{}\n{}", merged.faq, merged.text.body);
        let change = |change: &MergeChange| format!("{}: {:?}", change.id, change.kind);
        let changes = merged.changes.iter().map(change).collect();
        (changes, Self { faq: merged.faq, base: merged.base, ..self.clone() })
    }

    fn edited(mut self, from: &str, to: &str) -> Self {
        assert!(self.faq.contains(from), "{}", self.faq);
        self.faq = self.faq.replace(from, to);
        self
    }
}

const SHEET: &str = "## A?\n\none\n\n## B?\n\ntwo\n\nmore\n\n## C?\n\nthree\n";

#[test]
fn second_import_of_the_same_file_changes_nothing() {
    let state = State::imported(SHEET);
    let (changes, after) = state.merge(SHEET, true);
    assert_eq!((changes, after.faq, after.base), (vec![], state.faq, state.base));
}

#[test]
fn changes_of_the_file_are_taken_over() {
    let state = State::imported(SHEET);
    let sheet = "## New?\n\nzero\n\n## A?\n\none\n\nand a half\n\n## C?\n\nthree\n";
    let (changes, after) = state.merge(sheet, false);
    assert_eq!(changes, ["b: KeptThoughGone", "a: Changed([\"answer\"])", "new: Added"]);
    let (changes, pruned) = after.merge(sheet, true);
    assert_eq!(changes, ["b: Removed"]);
    assert!(!pruned.faq.contains("B?") && pruned.faq.contains("C?"), "{}", pruned.faq);
    assert_eq!(pruned.merge(sheet, true).0, Vec::<String>::new());
}

#[test]
fn fields_that_people_changed_survive_a_merge() {
    let state = State::imported(SHEET)
        .edited("question = \"A?\"", "question = \"A, better?\"\nvariants = [\"aa?\"] # mine\ntags = [\"x\"]\nlead = \"In short.\"")
        .edited("text = '''\ntwo\n\nmore'''", "text = '''two'''");
    let (changes, after) =
        state.merge("## A?\n\nother\n\n## B?\n\ntwo\n\nmore\n\n## C?\n\nthree\n", false);
    assert_eq!(changes, ["a: Changed([\"answer\"])"]);
    for stays in [
        "question = \"A, better?\"",
        "variants = [\"aa?\"] # mine",
        "lead = \"In short.\"",
        "'''two'''",
    ] {
        assert!(after.faq.contains(stays), "{stays}: {}", after.faq);
    }
    assert!(after.faq.contains("'''other'''"), "{}", after.faq);
}

#[test]
fn quotes_that_no_longer_stand_give_way_to_the_answer_of_the_file() {
    let state = State::imported(SHEET).edited("text = '''\ntwo\n\nmore'''", "text = '''more'''");
    let (changes, after) = state.merge("## A?\n\none\n\n## B?\n\n2\n\n## C?\n\nthree\n", false);
    assert_eq!(changes, ["b: AnswerReplaced"]);
    assert!(after.faq.contains("'''2'''"), "{}", after.faq);
}

#[test]
fn entry_that_people_removed_is_not_imported_again() {
    let state = State::imported(SHEET);
    let at = state.faq.find("[[entry]]\nid = \"b\"").unwrap();
    let end = state.faq.find("[[entry]]\nid = \"c\"").unwrap();
    let section = state.faq.get(at..end).unwrap().to_owned();
    let (changes, after) = state.edited(&section, "").merge(SHEET, false);
    assert_eq!(changes, ["b: StaysRemoved"]);
    assert_eq!(after.merge(SHEET, false).0, ["b: StaysRemoved"]);
}

#[test]
fn entries_that_no_import_made_keep_their_quotes() {
    let mut state = State::imported(SHEET);
    state.faq.push_str("\n[[entry]]\nid = \"mine\"\nquestion = \"Mine?\"\n\n[[entry.quote]]\ntext = \"three\"\nparagraph = 4\n");
    let (changes, after) = state.merge("## A?\n\none\n\nmore\n\n## C?\n\nthree\n", true);
    assert_eq!(changes, ["b: Removed", "a: Changed([\"answer\"])"]);
    assert!(after.faq.contains("text = \"three\"\nparagraph = 3"), "{}", after.faq);
}

#[test]
fn pack_of_its_own_source_takes_an_import_beside_it() {
    let faq =
        "[[entry]]\nid = \"own\"\nquestion = \"Own?\"\n\n[[entry.quote]]\ntext = \"Own words.\"\n";
    let own = ("own".to_owned(), "Own words.\n".to_owned());
    let state = State { faq: faq.to_owned(), base: String::new(), other_sources: vec![own] };
    let (changes, after) = state.merge("## A?\n\none\n\n## Own?\n\nx\n", false);
    assert_eq!(changes, ["own: NotImported", "a: Added"]);
    assert!(after.faq.contains("text = \"Own words.\"\nsource = \"own\""), "{}", after.faq);
    assert!(
        after.faq.contains("text = '''one'''\nsource = \"faq\"\nparagraph = 1"),
        "{}",
        after.faq
    );
    assert_eq!(after.merge("## A?\n\none\n\n## Own?\n\nx\n", false).0, ["own: NotImported"]);
}

#[test]
fn comments_and_order_of_the_pack_stay() {
    let state = State::imported(SHEET)
        .edited("# 3 questions", "# My FAQ.\n# 3 questions")
        .edited("[[entry]]\nid = \"c\"", "# Ask Ann.\n[[entry]]\nid = \"c\"");
    let (_, after) =
        state.merge("## C?\n\nthree!\n\n## A?\n\none\n\n## B?\n\ntwo\n\nmore\n", false);
    assert!(
        after.faq.starts_with("# My FAQ.\n")
            && after.faq.contains("# Ask Ann.\n[[entry]]\nid = \"c\"")
    );
    assert!(after.faq.find("id = \"a\"") < after.faq.find("id = \"c\""));
}
