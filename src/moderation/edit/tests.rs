use super::*;
use crate::conversation::Timestamp;
use crate::knowledge::fixtures::files;
use crate::knowledge::{Quote, QuoteDraft};
use crate::moderation::RevisionAuthor;

const SOURCE: &str = "+++\ntitle = \"S\"\n+++\n\nThe garden opens at eight.\n\nDogs stay outside.\n\n\
    Water is free.\n";

const FAQ: &str = "\
# About this file.

# About the hours.
[[entry]]
id = \"hours\"
question = \"When does the garden open?\"
variants = [
  \"opening hours\", # asked in May
  \"when can I come\",
]

[[entry.quote]]
text = \"The garden opens at eight.\"


[[entry]]
id = \"dogs\"
question = \"May dogs come in?\"
see_also = [\"hours\"]
[[entry.quote]]
text = \"Dogs stay outside.\"

[[entry]]
id = \"parking\"
question = \"Where can I park?\"
gap = true
";

fn garden(faq: &str) -> PackFiles {
    let pack = "title = \"P\"\nlanguage = \"en\"\n";
    files("p", &[("faq.toml", faq), ("pack.toml", pack), ("sources/s.md", SOURCE)])
}

/// The garden with this lexicon.
fn with_lexicon(lexicon: &str) -> PackFiles {
    CuratedTexts { faq: FAQ.into(), lexicon: lexicon.into() }.put_into(&garden(FAQ))
}

fn add_synonyms(terms: &[&str]) -> Edit {
    Edit::ChangeLexicon(LexiconPatch::Add(terms.iter().map(|it| (*it).to_owned()).collect()))
}

fn remove_synonyms(terms: &[&str]) -> Edit {
    Edit::ChangeLexicon(LexiconPatch::Remove(terms.iter().map(|it| (*it).to_owned()).collect()))
}

fn id(id: &str) -> EntryId {
    EntryId::new(id).unwrap()
}

fn water(quote: &str) -> Edit {
    let quotes = vec![QuoteDraft { text: quote.to_owned(), ..QuoteDraft::default() }];
    Edit::Add(EntryDraft { quotes, ..EntryDraft::new(id("water"), "What does water cost?") })
}

fn move_phrasing(phrasing: &str) -> Edit {
    Edit::MovePhrasing { from: id("hours"), to: id("parking"), phrasing: phrasing.to_owned() }
}

/// The revisions that an edit of the file makes.
fn revisions(proved: &ProvedEdit) -> Vec<Revision> {
    let by_file = |(change, hunk): &(EntryChange, Option<Hunk>)| Revision {
        hunk: hunk.clone(),
        by: RevisionAuthor::Terminal("ann".to_owned()),
        ..Revision::by_file("p", change.clone(), Timestamp::from_millis(1))
    };
    proved.changes.iter().map(by_file).collect()
}

fn reverted(faq: &str, revisions: &[Revision]) -> Result<String, RefusedEdit> {
    Edit::Revert(revisions.to_vec()).prove(&garden(faq)).map(|it| it.texts.faq.to_string())
}

#[test]
fn every_edit_can_be_taken_back_byte_for_byte() {
    let lead = EntryFields { lead: Some("At eight.".to_owned()), ..EntryFields::default() };
    let edits = [
        water("Water is free."),
        Edit::Change { id: id("hours"), fields: lead },
        Edit::Remove { id: id("hours") },
        Edit::Remove { id: id("parking") },
        Edit::AddPhrasings { id: id("dogs"), phrasings: vec!["is my dog welcome".to_owned()] },
        Edit::RemovePhrasing { id: id("hours"), phrasing: "opening hours".to_owned() },
        move_phrasing("when can I come"),
    ];
    for faq in [FAQ.to_owned(), FAQ.replace('\n', "\r\n"), FAQ.trim_end().to_owned()] {
        for edit in &edits {
            let proved = edit.prove(&garden(&faq)).unwrap();
            assert!(!proved.changes.is_empty(), "{edit:?}");
            assert_eq!(reverted(&proved.texts.faq, &revisions(&proved)).unwrap(), faq, "{edit:?}");
        }
    }
}

#[test]
fn change_without_its_place_in_the_file_is_taken_back_by_the_texts_of_its_entry() {
    let lead = EntryFields { lead: Some("At eight.".to_owned()), ..EntryFields::default() };
    for edit in [
        water("Water is free."),
        Edit::Change { id: id("hours"), fields: lead },
        Edit::Remove { id: id("parking") },
    ] {
        let proved = edit.prove(&garden(FAQ)).unwrap();
        let revision = Revision { hunk: None, ..revisions(&proved).remove(0) };
        let taken_back = reverted(&proved.texts.faq, &[revision]).unwrap();
        assert_eq!(changes(FAQ, &taken_back), [], "{edit:?}");
    }
}

#[test]
fn removing_an_entry_removes_the_links_to_it() {
    let proved = Edit::Remove { id: id("hours") }.prove(&garden(FAQ)).unwrap();
    assert!(!proved.texts.faq.contains("hours"), "{}", proved.texts.faq);
    assert_eq!(proved.changes.len(), 2);
}

#[test]
fn change_is_taken_back_beside_later_changes() {
    let added = water("Water is free.").prove(&garden(FAQ)).unwrap();
    let later = added.texts.faq.replace("opening hours", "hours of opening");
    let taken_back = reverted(&later, &revisions(&added)).unwrap();
    assert_eq!(taken_back, FAQ.replace("opening hours", "hours of opening"));
}

#[test]
fn change_that_others_have_changed_again_is_not_taken_back() {
    let phrasings = vec!["is my dog welcome".to_owned()];
    let added = Edit::AddPhrasings { id: id("dogs"), phrasings }.prove(&garden(FAQ)).unwrap();
    let later = added.texts.faq.replace("is my dog welcome", "are dogs welcome");
    let refused = reverted(&later, &revisions(&added));
    let Err(RefusedEdit::ChangedSince { today, .. }) = refused else { panic!("{refused:?}") };
    assert!(today.unwrap().contains("are dogs welcome"));
}

#[test]
fn refused_edits_say_why() {
    let text = |edit: Edit| {
        edit.prove(&garden(FAQ)).map(|it| it.texts.faq.to_string()).unwrap_err().to_string()
    };
    let phrasing = |id: EntryId, phrasing: &str| Edit::AddPhrasings {
        id,
        phrasings: vec![phrasing.to_owned()],
    };
    let change = |question: &str| EntryFields {
        question: Some(question.to_owned()),
        ..EntryFields::default()
    };
    for (edit, want) in [
        (water("Water is cheap."), "the pack would have errors"),
        (phrasing(id("cats"), "cats"), "there is no entry `cats`"),
        (phrasing(id("hours"), "opening hours"), "already has the phrasing"),
        (move_phrasing("When does the garden open?"), "has no phrasing"),
        (Edit::Change { id: id("dogs"), fields: change("May dogs come in?") }, "like that already"),
        (Edit::Remove { id: id("cats") }, "there is no entry `cats`"),
        (Edit::Add(EntryDraft::new(id("dogs"), "Dogs?")), "already exists"),
    ] {
        let told = text(edit.clone());
        assert!(told.contains(want), "{edit:?}: {told}");
    }
}

#[test]
fn edit_of_a_pack_with_an_error_has_to_repair_it() {
    let invalid = FAQ.replace("Dogs stay outside.", "Dogs stay inside.");
    let refused = water("Water is free.").prove(&garden(&invalid));
    assert!(matches!(refused, Err(RefusedEdit::Invalid(_))), "{refused:?}");
    let quotes =
        vec![QuoteDraft { text: "Dogs stay outside.".to_owned(), ..QuoteDraft::default() }];
    let fields = EntryFields { quotes: Some(quotes), ..EntryFields::default() };
    let repaired = Edit::Change { id: id("dogs"), fields }.prove(&garden(&invalid)).unwrap();
    assert!(repaired.texts.faq.contains("Dogs stay outside."), "{}", repaired.texts.faq);
}

#[test]
fn other_entry_that_looks_the_same_is_not_changed_by_taking_back() {
    let entry = |id: &str| {
        format!(
            "[[entry]]\nid = \"{id}\"\nquestion = \"Q {id}?\"\nlead = \"{}\"\ntags = [\"old\"]\n\n\
             [[entry.quote]]\ntext = \"Water is free.\"\n",
            "long ".repeat(40)
        )
    };
    let tag = |entry: &str, tag: &str| Edit::Change {
        id: id(entry),
        fields: EntryFields { tags: Some(vec![tag.to_owned()]), ..EntryFields::default() },
    };
    let faq = [entry("a"), "\n".to_owned(), entry("b")].concat();
    let first = tag("a", "new").prove(&garden(&faq)).unwrap();
    let second = tag("b", "new").prove(&garden(&first.texts.faq)).unwrap();
    let third = tag("a", "third").prove(&garden(&second.texts.faq)).unwrap();
    let refused = reverted(&third.texts.faq, &revisions(&first));
    assert!(matches!(refused, Err(RefusedEdit::ChangedSince { .. })), "{refused:?}");
}

#[test]
fn edit_of_two_entries_is_taken_back_as_a_whole_beside_later_changes() {
    for faq in [FAQ.to_owned(), FAQ.replace('\n', "\r\n")] {
        let later = |faq: &str| faq.replace("May dogs come in?", "Are dogs welcome?");
        for edit in [move_phrasing("when can I come"), Edit::Remove { id: id("hours") }] {
            let proved = edit.prove(&garden(&faq)).unwrap();
            let taken_back = reverted(&later(&proved.texts.faq), &revisions(&proved)).unwrap();
            assert_eq!(taken_back, later(&faq), "{edit:?}");
        }
    }
}

#[test]
fn phrasing_between_others_is_taken_back() {
    let mut faq = FAQ.to_owned();
    let mut added = Vec::new();
    for phrasing in ["one", "two", "three"] {
        let phrasings = vec![phrasing.to_owned()];
        let proved = Edit::AddPhrasings { id: id("dogs"), phrasings }.prove(&garden(&faq)).unwrap();
        faq = proved.texts.faq.to_string();
        added.push(proved);
    }
    let taken_back = reverted(&faq, &revisions(&added[1])).unwrap();
    assert_eq!(taken_back, faq.replace("  \"two\",\n", ""));
}

#[test]
fn misquote_is_refused_with_the_nearest_passage() {
    let refused = water("Water is fre.").prove(&garden(FAQ));
    let Err(RefusedEdit::Invalid(rejection)) = refused else { panic!("{refused:?}") };
    let told = format!("{:?}", rejection.findings);
    assert!(told.contains("Water is free."), "{told}");
}

#[test]
fn edits_of_a_person_that_others_have_built_on_are_kept() {
    let phrasings = vec!["is my dog welcome".to_owned()];
    let entry = water("Water is free.").prove(&garden(FAQ)).unwrap();
    let phrasing = Edit::AddPhrasings { id: id("dogs"), phrasings };
    let phrasing = phrasing.prove(&garden(&entry.texts.faq)).unwrap();
    let edits = [revisions(&phrasing), revisions(&entry)];
    assert_eq!(revertible(&garden(&phrasing.texts.faq), &edits), [true, true]);
    let changed = phrasing.texts.faq.replace("is my dog welcome", "are dogs welcome");
    assert_eq!(revertible(&garden(&changed), &edits), [false, true], "another phrasing");
    let linked = phrasing.texts.faq.replace("see_also = [\"hours\"]", "see_also = [\"water\"]");
    assert_eq!(revertible(&garden(&linked), &edits), [true, false], "a link to the entry");
    assert_eq!(revertible(&garden(FAQ), &edits), [true, true], "taken back already");
}

#[test]
fn edit_of_a_known_pack_is_proved_as_by_itself() {
    let known = ProvedPack::prove(&garden(FAQ), &[]).unwrap();
    let edited = water("Water is free.").prove(&garden(FAQ)).unwrap();
    for edit in [
        water("Water is free."),
        water("Water is cheap."),
        Edit::Remove { id: id("hours") },
        Edit::Add(EntryDraft::new(id("dogs"), "Dogs?")),
        move_phrasing("when can I come"),
        move_phrasing("what"),
        Edit::Revert(revisions(&edited)),
    ] {
        for faq in
            [FAQ, &*edited.texts.faq, &FAQ.replace("Dogs stay outside.", "Dogs stay inside.")]
        {
            let shown = |proved: Result<ProvedEdit, RefusedEdit>| match proved {
                Ok(proved) => {
                    assert_eq!(*proved.pack.faq(), proved.texts.faq);
                    // Whether a source was searched does not matter.
                    let content = |entry: &Entry| {
                        let phrasings: Vec<String> = entry.phrasings().map(str::to_owned).collect();
                        let quotes: Vec<_> = entry.quotes().iter().map(Quote::span).collect();
                        (entry.id.clone(), phrasings, quotes, entry.see_also.clone())
                    };
                    let entries: Vec<_> = proved.pack.pack().entries.iter().map(content).collect();
                    format!("{} {:?} {entries:?}", proved.texts.faq, proved.changes)
                }
                Err(RefusedEdit::Invalid(rejection)) => format!("{:?}", rejection.findings),
                Err(error) => format!("{error:?}"),
            };
            let files = garden(faq);
            let known = [known.clone(), edited.pack.clone()];
            let (alone, with_known) = (edit.prove(&files), edit.prove_with(&files, &known));
            assert_eq!(shown(alone), shown(with_known), "{edit:?} {faq}");
        }
    }
}

const LEXICON: &str = "# Ours.\n[[group]]\nterms = [\"dog\", \"hound\"]\n\n[[group]]\nterms = [\"open\", \"accessible\"]\n";

#[test]
fn change_of_synonyms_is_one_of_the_lexicon_and_is_taken_back_byte_for_byte() {
    let edits = [
        add_synonyms(&["dog", "pooch"]),
        add_synonyms(&["park", "leave the car"]),
        remove_synonyms(&["hound"]),
        remove_synonyms(&["open"]),
        remove_synonyms(&["open", "dog"]),
    ];
    for lexicon in [LEXICON.to_owned(), LEXICON.replace('\n', "\r\n")] {
        for edit in &edits {
            let files = with_lexicon(&lexicon);
            let proved = edit.prove(&files).unwrap();
            let ids: Vec<&str> = proved.changes.iter().map(|(it, _)| it.id.as_str()).collect();
            assert_eq!(ids, [LEXICON_ID], "{edit:?}");
            assert_eq!(&*proved.texts.faq, FAQ);
            let back = Edit::Revert(revisions(&proved)).prove(&proved.texts.put_into(&files));
            assert_eq!(&*back.unwrap().texts.lexicon, lexicon, "{edit:?}");
        }
    }
    // A pack that had no lexicon has none again.
    let proved = add_synonyms(&["dog", "pooch"]).prove(&garden(FAQ)).unwrap();
    let files = proved.texts.put_into(&garden(FAQ));
    let back = Edit::Revert(revisions(&proved)).prove(&files).unwrap();
    assert_eq!(&*back.texts.lexicon, "");
}

#[test]
fn change_of_synonyms_is_taken_back_beside_later_ones() {
    let files = with_lexicon(LEXICON);
    let first = add_synonyms(&["dog", "pooch"]).prove(&files).unwrap();
    let other_group = add_synonyms(&["open", "unlocked"]);
    let same_group = add_synonyms(&["dog", "puppy"]);
    for (later, want) in [
        (other_group, LEXICON.replace("accessible\"", "accessible\", \"unlocked\"")),
        (same_group, LEXICON.replace("hound\"", "hound\", \"puppy\"")),
    ] {
        let later = later.prove(&first.texts.put_into(&files)).unwrap();
        let back = Edit::Revert(revisions(&first)).prove(&later.texts.put_into(&files)).unwrap();
        assert_eq!(&*back.texts.lexicon, want);
    }
    let gone = remove_synonyms(&["dog"]).prove(&first.texts.put_into(&files)).unwrap();
    let gone = remove_synonyms(&["pooch"]).prove(&gone.texts.put_into(&files)).unwrap();
    let refused = Edit::Revert(revisions(&first)).prove(&gone.texts.put_into(&files));
    assert!(matches!(refused, Err(RefusedEdit::ChangedSince { .. })), "{refused:?}");
}

#[test]
fn synonyms_of_a_revision_without_a_place_in_the_file_are_taken_back_by_their_text() {
    let files = with_lexicon(LEXICON);
    for edit in [add_synonyms(&["dog", "pooch"]), remove_synonyms(&["open"])] {
        let proved = edit.prove(&files).unwrap();
        let revision = Revision { hunk: None, ..revisions(&proved).remove(0) };
        let back = Edit::Revert(vec![revision]).prove(&proved.texts.put_into(&files)).unwrap();
        assert_eq!(lexicon_change(LEXICON, &back.texts.lexicon), None, "{edit:?}");
    }
}

#[test]
fn synonym_that_is_in_another_group_since_stays_there() {
    let files = with_lexicon(LEXICON);
    let added = add_synonyms(&["dog", "pooch"]).prove(&files).unwrap();
    let removed = remove_synonyms(&["pooch"]).prove(&added.texts.put_into(&files)).unwrap();
    let moved = add_synonyms(&["open", "pooch"]).prove(&removed.texts.put_into(&files)).unwrap();
    let files = moved.texts.put_into(&files);
    let refused = Edit::Revert(revisions(&added)).prove(&files);
    assert!(matches!(refused, Err(RefusedEdit::NoChange)), "{refused:?}");
    let back = Edit::Revert(revisions(&removed)).prove(&files);
    assert!(matches!(back, Err(RefusedEdit::ChangedSince { .. })), "{back:?}");
}

#[test]
fn removal_of_the_only_group_is_taken_back_byte_for_byte() {
    for lexicon in
        ["[[group]]\nterms = [\"a\", \"b\"] # ours\n", "[[group]]\r\nterms = [\"a\", \"b\"]"]
    {
        let files = with_lexicon(lexicon);
        let removed = remove_synonyms(&["a"]).prove(&files).unwrap();
        assert_eq!(&*removed.texts.lexicon, "");
        let files = removed.texts.put_into(&files);
        let back = Edit::Revert(revisions(&removed)).prove(&files).unwrap();
        assert_eq!(&*back.texts.lexicon, lexicon);
    }
}
