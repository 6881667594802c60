//! Patches of single entries of the first pack.

use quoth::knowledge::{EntryDraft, EntryFields, EntryId, Patch, prove};
use quoth::store::pack_files;

#[test]
fn entry_of_the_first_pack_is_patched_without_other_changes() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge/china-kazakhstan");
    let files = pack_files::read(folder.as_ref()).unwrap();
    let faq = files.text("faq.toml").unwrap();
    let n_entries = prove(&files).pack.entries.len();
    for (idx, entry) in prove(&files).pack.entries.iter().enumerate() {
        let id = entry.id.clone();
        let same = EntryFields {
            question: Some(entry.question.clone()),
            variants: Some(entry.variants.clone()),
            tags: Some(entry.tags.clone()),
            ..EntryFields::default()
        };
        let unchanged = Patch::Replace { id: id.clone(), fields: same }.apply(faq).unwrap();
        assert_eq!(unchanged, faq, "{id}");
        let variant = "another phrasing".to_owned();
        let added = Patch::AddVariants { id: id.clone(), variants: vec![variant.clone()] }
            .apply(faq)
            .unwrap();
        assert_eq!(added.replace(&format!("  \"{variant}\",\n"), ""), faq, "{id}");
        // Proving the pack after each removal would take long; every 20th and the last are enough.
        if idx % 20 == 0 || idx + 1 == n_entries {
            let removed = Patch::Remove { id: id.clone() }.apply(faq).unwrap();
            let mut fewer = files.clone();
            fewer.files.iter_mut().find(|file| file.path == "faq.toml").unwrap().bytes =
                removed.into_bytes();
            assert_eq!(prove(&fewer).pack.entries.len(), n_entries - 1, "{id}");
        }
    }
    let draft = EntryDraft::new(EntryId::new("new").unwrap(), "New?");
    let added = Patch::Add(draft).apply(faq).unwrap();
    let removed = Patch::Remove { id: EntryId::new("new").unwrap() }.apply(&added).unwrap();
    assert_eq!(removed, faq);
}
