use super::*;
use crate::knowledge::fixtures::pack;

const FAQ: &str = "[[entry]]\nid = \"pool\"\nquestion = \"Where is the pool?\"\n\
                   [[entry.quote]]\ntext = \"It is in the\\nbasement.\"\nspeaker = \"Ann\"\n\
                   [[entry]]\nid = \"when\"\nquestion = \"When?\"\ngap = true\n";
const SOURCE: &str = "Ann said: “The pool is warm.”\n\nIt is in the basement.";

fn typed(question: Option<&str>, quotes: &[&str]) -> TypedEntry {
    TypedEntry {
        question: question.map(str::to_owned),
        quotes: quotes.iter().map(|text| (*text).to_owned()).collect(),
        ..TypedEntry::default()
    }
}

#[test]
fn new_entry_gets_an_id_of_its_question_on_one_line() {
    let pack = pack(FAQ, SOURCE);
    let entry = typed(Some("Is it\nwarm?"), &["The pool is warm."]);
    let Ok(Edit::Add(draft)) = typed_edit(&EditAction::Add(entry.clone()), &pack) else { panic!() };
    assert_eq!((draft.id.as_str(), &*draft.question), ("is-it-warm", "Is it warm?"));
    assert_eq!(draft.quotes[0].text, "The pool is warm.");
    let bad = TypedEntry { id: Some("two words".to_owned()), ..entry };
    assert_eq!(typed_edit(&EditAction::Add(bad), &pack), Err(TypedEditError::BadId));
}

#[test]
fn quote_that_the_entry_has_keeps_its_speaker_and_place_unless_others_are_typed() {
    let pack = pack(FAQ, SOURCE);
    let change = |entry| {
        let action = EditAction::Change { id: "pool".to_owned(), entry };
        let Ok(Edit::Change { fields, .. }) = typed_edit(&action, &pack) else { panic!() };
        fields
    };
    let fields = change(typed(None, &["It is in the basement.", "The pool is warm."]));
    let quotes = fields.quotes.unwrap();
    assert_eq!((quotes[0].speaker.as_deref(), quotes[0].paragraph), (Some("Ann"), Some(2)));
    assert_eq!((quotes[1].speaker.as_deref(), quotes[1].paragraph), (None, None));
    assert_eq!((fields.question, fields.variants), (None, None));
    let entry =
        TypedEntry { speaker: Some("Bob".to_owned()), ..typed(None, &["It is in the basement."]) };
    assert_eq!(change(entry).quotes.unwrap()[0].speaker.as_deref(), Some("Bob"));
    assert_eq!(change(typed(Some("Where?"), &[])).quotes, None);
}

#[test]
fn typed_values_equal_to_those_of_the_entry_change_nothing() {
    let pack = pack(FAQ, SOURCE);
    let fields = |entry| {
        let action = EditAction::Change { id: "pool".to_owned(), entry };
        let Ok(Edit::Change { fields, .. }) = typed_edit(&action, &pack) else { panic!() };
        fields
    };
    let same = typed(Some("Where is the pool?"), &["It is in the basement."]);
    assert_eq!(fields(same.clone()), EntryFields::default());
    let empty = TypedEntry {
        lead: Some(String::new()),
        tags: Some(Vec::new()),
        phrasings: Some(Vec::new()),
        ..same.clone()
    };
    assert_eq!(fields(empty), EntryFields::default(), "what is not there is not removed");
    let renamed = TypedEntry { question: Some("Where?".to_owned()), ..same };
    assert_eq!(
        fields(renamed),
        EntryFields { question: Some("Where?".to_owned()), ..EntryFields::default() }
    );
    // A speaker alone is a change of the quotes.
    let spoken = TypedEntry { speaker: Some("Bob".to_owned()), ..TypedEntry::default() };
    let quotes = fields(spoken).quotes.unwrap();
    assert_eq!((quotes.len(), quotes[0].speaker.as_deref()), (1, Some("Bob")));
}

#[test]
fn unknown_entry_is_left_to_the_patch_since_it_may_have_errors() {
    let pack = pack(FAQ, SOURCE);
    let id = EntryId::new("sauna").unwrap();
    assert_eq!(typed_edit(&EditAction::Remove("sauna".to_owned()), &pack), Ok(Edit::Remove { id }));
    let bad = EditAction::Remove("two words".to_owned());
    assert_eq!(typed_edit(&bad, &pack), Err(TypedEditError::BadId));
}

#[test]
fn edit_that_needs_the_records_is_rejected() {
    let pack = pack(FAQ, SOURCE);
    assert_eq!(typed_edit(&EditAction::Revert(1), &pack), Err(TypedEditError::NeedsRecords));
}

#[test]
fn misquote_is_replaced_by_the_nearest_passage_and_nothing_else_changes() {
    let pack = pack(FAQ, SOURCE);
    let command = |quotes: &[&str]| EditCommand {
        action: EditAction::Add(TypedEntry { paragraph: Some(2), ..typed(Some("Warm?"), quotes) }),
        pack: None,
        reason: Some("why".to_owned()),
    };
    let misquoted = command(&["It is in the basement.", "The pool was warm."]);
    let found = correction(&misquoted, &pack).unwrap();
    assert_eq!((&*found.text, found.paragraph), ("The pool is warm.", 1));
    let EditAction::Add(entry) = &found.command.action else { panic!() };
    assert_eq!(entry.quotes, ["It is in the basement.", "The pool is warm."]);
    assert_eq!(entry.paragraph, None);
    assert_eq!(found.command.reason.as_deref(), Some("why"));
    assert_eq!(correction(&command(&["The pool is warm."]), &pack), None, "no misquote");
    assert_eq!(
        correction(&command(&["Bananas are sold on Mondays."]), &pack),
        None,
        "nothing near"
    );
}
