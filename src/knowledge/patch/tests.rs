use super::*;
use crate::knowledge::QuoteDraft;

const FAQ: &str = "\
# Questions.

# About a.
[[entry]] # the first
id = \"a\"
question = \"What?\" # asked often
variants = [
  \"what\", # lower case
  'wot'
]
# why this lead
lead = \"That.\"

[[entry.quote]]
text = '''One two.'''  # as printed
speaker = \"Ann\"

  # indented comment
  [[entry]]
id = \"b\"
question = \"Who?\"
quote = [{ text = \"Three.\" }]

# Gaps

[[entry]]
id = \"g\"
question = \"When?\"
gap = true

# The end.
";

fn id(id: &str) -> EntryId {
    EntryId::new(id).unwrap()
}

fn quote(text: &str) -> QuoteDraft {
    QuoteDraft { text: text.to_owned(), ..QuoteDraft::default() }
}

fn replace(name: &str, fields: EntryFields) -> Patch {
    Patch::Replace { id: id(name), fields }
}

/// Applies the patch to the file with either line end, and returns the removed and added lines as a
/// diff.
fn diff(patch: &Patch) -> String {
    let new = patch.apply(FAQ).unwrap();
    let crlf = patch.apply(&FAQ.replace('\n', "\r\n")).unwrap();
    assert_eq!(crlf, new.replace('\n', "\r\n"), "{patch:?}");
    let diff = similar::TextDiff::from_lines(FAQ, &new);
    let changes = diff.iter_all_changes().filter(|c| c.tag() != similar::ChangeTag::Equal);
    changes.map(|change| format!("{}{}", change.tag(), change.value())).collect()
}

fn check_diffs<const N: usize>(cases: [(Patch, &str); N]) {
    for (patch, want) in cases {
        assert_eq!(diff(&patch), want, "{patch:?}");
    }
}

#[test]
fn adding_or_removing_changes_no_other_line() {
    let mut new_entry = EntryDraft::new(id("c"), "Why?");
    let new_gap = new_entry.clone();
    new_entry.quotes = vec![quote("Four.")];
    check_diffs([
        (
            Patch::Add(new_entry),
            "+[[entry]]\n+id = \"c\"\n+question = \"Why?\"\n+\n+[[entry.quote]]\n+text = '''Four.'''\n+\n",
        ),
        (Patch::Add(new_gap), "+[[entry]]\n+id = \"c\"\n+question = \"Why?\"\n+gap = true\n+\n"),
        (
            Patch::AddVariants { id: id("a"), variants: vec!["wut".to_owned()] },
            "-  'wot'\n+  'wot',\n+  \"wut\",\n",
        ),
        (
            Patch::AddVariants { id: id("b"), variants: vec!["say \"who\"".to_owned()] },
            "+variants = [\n+  '''say \"who\"''',\n+]\n",
        ),
        (
            Patch::Remove { id: id("b") },
            "-  # indented comment\n-  [[entry]]\n-id = \"b\"\n-question = \"Who?\"\n-quote = [{ text = \"Three.\" }]\n-\n",
        ),
        (
            Patch::Remove { id: id("g") },
            "-[[entry]]\n-id = \"g\"\n-question = \"When?\"\n-gap = true\n-\n",
        ),
    ]);
}

#[test]
fn replaced_fields_change_their_own_lines_only() {
    let fields = EntryFields::default;
    let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    check_diffs([
        (replace("a", fields()), ""),
        (
            replace("a", EntryFields { question: Some("What now?".to_owned()), ..fields() }),
            "-question = \"What?\" # asked often\n+question = \"What now?\" # asked often\n",
        ),
        (
            replace("a", EntryFields { lead: Some(String::new()), ..fields() }),
            "-# why this lead\n-lead = \"That.\"\n",
        ),
        (
            replace("a", EntryFields { tags: texts(&["x", "y"]), ..fields() }),
            "+tags = [\"x\", \"y\"]\n",
        ),
        (replace("a", EntryFields { variants: texts(&["what", "wot"]), ..fields() }), ""),
    ]);
}

#[test]
fn replaced_quotes_change_their_own_sections_only() {
    let fields = EntryFields::default;
    let attributed =
        QuoteDraft { speaker: Some("Bo".to_owned()), paragraph: Some(2), ..quote("Five.") };
    check_diffs([
        (
            replace("a", EntryFields { quotes: Some(vec![quote("One.")]), ..fields() }),
            "-text = '''One two.'''  # as printed\n-speaker = \"Ann\"\n+text = '''One.'''  # as printed\n",
        ),
        (
            replace(
                "a",
                EntryFields {
                    quotes: Some(vec![quote("One two."), attributed.clone()]),
                    ..fields()
                },
            ),
            "-speaker = \"Ann\"\n+[[entry.quote]]\n+text = '''Five.'''\n+paragraph = 2\n+speaker = \"Bo\"\n+\n",
        ),
        (
            replace("b", EntryFields { quotes: Some(vec![quote("Three.")]), ..fields() }),
            "-quote = [{ text = \"Three.\" }]\n+[[entry.quote]]\n+text = '''Three.'''\n+\n",
        ),
        (
            replace("g", EntryFields { quotes: Some(vec![attributed]), ..fields() }),
            "-gap = true\n+[[entry.quote]]\n+text = '''Five.'''\n+paragraph = 2\n+speaker = \"Bo\"\n+\n",
        ),
        (
            replace("a", EntryFields { quotes: Some(Vec::new()), ..fields() }),
            "-# why this lead\n-lead = \"That.\"\n-\n-[[entry.quote]]\n-text = '''One two.'''  # as printed\n-speaker = \"Ann\"\n+gap = true\n",
        ),
    ]);
}

#[test]
fn patch_that_does_not_apply_is_a_typed_error() {
    let add = |name: &str| Patch::Add(EntryDraft::new(id(name), "Q?"));
    let variant = |text: &str| Patch::AddVariants { id: id("a"), variants: vec![text.to_owned()] };
    let remove = Patch::Remove { id: id("zz") };
    assert!(matches!(remove.apply(FAQ), Err(PatchError::UnknownEntry { .. })));
    assert!(matches!(add("g").apply(FAQ), Err(PatchError::IdTaken { .. })));
    assert!(matches!(variant("wot").apply(FAQ), Err(PatchError::DuplicateVariant { .. })));
    assert!(matches!(variant("What?").apply(FAQ), Err(PatchError::DuplicateVariant { .. })));
    assert!(matches!(add("c").apply("[[entry]\n"), Err(PatchError::NotToml(_))));
    assert!(matches!(add("c").apply("entry = []\n"), Err(PatchError::NoSections)));
}

#[test]
fn patch_keeps_blank_lines_at_the_ends_of_the_file() {
    let entry = "[[entry]]\nid = \"c\"\nquestion = \"Q?\"\ngap = true\n";
    let add = Patch::Add(EntryDraft::new(id("c"), "Q?"));
    let adds = [
        ("", entry.to_owned()),
        ("# head", format!("# head\n\n{entry}")),
        ("# head\n", format!("# head\n\n{entry}")),
        ("[[entry]]\nid = \"a\"", format!("[[entry]]\nid = \"a\"\n\n{entry}")),
    ];
    for (faq, want) in adds {
        assert_eq!(add.apply(faq).unwrap(), want, "{faq:?}");
    }
    let remove = Patch::Remove { id: id("c") };
    let removes = [
        (entry.to_owned(), ""),
        (format!("# head\n{entry}"), "# head\n"),
        (format!("# head\n\n{entry}\n\n"), "# head\n"),
        (format!("x = 1\n\n# about c\n{}", entry.trim_end()), "x = 1\n"),
    ];
    for (faq, want) in removes {
        assert_eq!(remove.apply(&faq).unwrap(), want, "{faq:?}");
    }
}

#[test]
fn removing_an_added_entry_restores_the_file() {
    let mut draft = EntryDraft::new(id("new"), "Q?");
    for quotes in [Vec::new(), vec![quote("x")]] {
        draft.quotes = quotes;
        let added = Patch::Add(draft.clone()).apply(FAQ).unwrap();
        assert_eq!(Patch::Remove { id: id("new") }.apply(&added).unwrap(), FAQ);
    }
}

#[test]
fn several_patches_leave_the_line_ends_of_other_entries() {
    let entry =
        |id: &str, end: &str| format!("[[entry]]{end}id = \"{id}\"{end}question = \"{id}?\"{end}");
    let faq = [entry("a", "\r\n"), entry("b", "\n"), entry("c", "\r\n")].concat();
    let id = |id: &str| EntryId::new(id).unwrap();
    let patches = [
        Patch::AddVariants { id: id("a"), variants: vec!["x".to_owned()] },
        Patch::Add(EntryDraft::new(id("d"), "d?")),
    ];
    let patched = apply_all(&faq, &patches).unwrap();
    assert!(patched.contains(&[entry("b", "\n"), entry("c", "\r\n")].concat()), "{patched:?}");
    assert!(patched.ends_with("gap = true\r\n"), "{patched:?}");
}

#[test]
fn entry_is_found_however_its_id_is_written() {
    for written in ["\"a\"", "'a'", "\"\\u0061\"", "\"\"\"\\\n  a\"\"\"", "\"\\U00000061\" # a"] {
        let faq = FAQ.replace("\"a\"", written);
        let removed = Patch::Remove { id: id("a") }.apply(&faq).unwrap();
        assert!(!removed.contains("What?") && removed.contains("Who?"), "{written}: {removed}");
        let taken = Patch::Add(EntryDraft::new(id("a"), "A?")).apply(&faq);
        assert!(matches!(taken, Err(PatchError::IdTaken { .. })), "{written}: {taken:?}");
    }
    let quoted = FAQ.replace("\"a\"", r#""say-\"a\"\\""#);
    assert!(Patch::Remove { id: id(r#"say-"a"\"#) }.apply(&quoted).is_ok());
}

#[test]
fn section_that_is_no_toml_does_not_hinder_a_patch_of_another() {
    let faq = format!("{FAQ}[[entry]]\nid = \n");
    let removed = Patch::Remove { id: id("a") }.apply(&faq).unwrap();
    assert!(removed.ends_with("id = \n") && !removed.contains("What?"), "{removed}");
}
