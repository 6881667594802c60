//! Lexicons that change, or are invalid.

use super::*;

#[test]
fn lexicon_that_is_invalid_is_not_served_and_a_valid_one_is_a_change() {
    const LEXICON: &str = "[[group]]\nterms = [\"one\", \"two\"]\n";
    let root = tempfile::tempdir().unwrap();
    write(&root, FAQ, SOURCE);
    let path = root.path().join("p/lexicon.toml");
    let of_records = |lexicon: Option<&str>| {
        let texts = AcceptedTexts { faq: FAQ.into(), lexicon: lexicon.map(Into::into) };
        HashMap::from([("p".to_owned(), texts)])
    };
    let open =
        |accepted| KnowledgeBase::open_again(spaces(&root, "p"), Thresholds::default(), &accepted);
    let n_groups = |knowledge_base: &KnowledgeBase| {
        let packs = knowledge_base.current();
        packs.pack(&root.path().join("p")).unwrap().lexicon.groups().len()
    };
    let kinds_of = |updates: &[PackUpdate]| -> Vec<(bool, usize, bool)> {
        let of = |it: &PackUpdate| {
            let is_rejected = matches!(it.kind, PackUpdateKind::Rejected { .. });
            (is_rejected, it.changes.len(), it.texts.is_some())
        };
        updates.iter().map(of).collect()
    };
    std::fs::write(&path, LEXICON).unwrap();
    // Records of an earlier version have no lexicon: it is recorded, and no change.
    let (knowledge_base, updates) = open(of_records(None)).unwrap();
    assert_eq!(kinds_of(&updates), [(false, 0, true)]);
    assert_eq!(n_groups(&knowledge_base), 1);
    assert_eq!(kinds_of(&open(of_records(Some(LEXICON))).unwrap().1), []);
    assert_eq!(kinds_of(&open(of_records(Some(""))).unwrap().1), [(false, 1, true)]);
    // With a source that has changed as well, entries are disabled, and nothing is rejected.
    write(&root, FAQ, &SOURCE.replace("Five", "Seven"));
    let (_, updates) = open(of_records(Some(""))).unwrap();
    assert_eq!(kinds_of(&updates), [(false, 1, true)]);
    write(&root, FAQ, SOURCE);
    std::fs::write(&path, "[[group").unwrap();
    assert_eq!(kinds_of(&knowledge_base.reload_packs().unwrap()), [(true, 0, false)]);
    assert_eq!(n_groups(&knowledge_base), 1, "the last valid one");
    let (knowledge_base, updates) = open(of_records(Some(LEXICON))).unwrap();
    assert_eq!(kinds_of(&updates), [(true, 0, false)]);
    assert_eq!(n_groups(&knowledge_base), 1, "the last valid one");
    std::fs::write(&path, LEXICON.replace("two", "1")).unwrap();
    assert_eq!(kinds_of(&knowledge_base.reload_packs().unwrap()), [(false, 1, true)]);
}
