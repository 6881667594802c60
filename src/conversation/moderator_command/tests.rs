use super::*;
use crate::conversation::wording::Wording;

fn parse(text: &str) -> Option<ModeratorCommand> {
    ModeratorCommand::parse(text, Wording::english())
}

fn read(command: ReadCommand) -> Option<ModeratorCommand> {
    Some(ModeratorCommand::Read(command))
}

fn edit(action: EditAction) -> Option<ModeratorCommand> {
    Some(ModeratorCommand::Edit(Box::new(EditCommand { action, pack: None, reason: None })))
}

fn incomplete(verb: Verb, line: Option<&str>) -> Option<ModeratorCommand> {
    let (verb, line) = (Some(verb), line.map(str::to_owned));
    Some(ModeratorCommand::Incomplete { verb, line })
}

#[test]
fn export_has_a_format_and_a_pack_or_neither() {
    let text = str::to_owned;
    for (typed, want) in [
        ("export", read(ReadCommand::Export { format: ExportFormat::JsonLines, pack: None })),
        ("export CSV", read(ReadCommand::Export { format: ExportFormat::Csv, pack: None })),
        (
            "export markdown pool",
            read(ReadCommand::Export { format: ExportFormat::Markdown, pack: Some(text("pool")) }),
        ),
        (
            "export pool",
            read(ReadCommand::Export { format: ExportFormat::JsonLines, pack: Some(text("pool")) }),
        ),
    ] {
        assert_eq!(parse(typed), want, "{typed}");
    }
}

#[test]
fn commands_of_one_line_are_parsed() {
    let text = str::to_owned;
    let (id, phrasing) = (text("pool"), text("where  can I swim?"));
    for (typed, want) in [
        (" list", read(ReadCommand::List(1))),
        ("LIST 3", read(ReadCommand::List(3))),
        ("show pool", read(ReadCommand::Show(text("pool")))),
        ("search is there a pool", read(ReadCommand::Search(text("is there a pool")))),
        ("test 2", read(ReadCommand::Test(text("2")))),
        ("history", read(ReadCommand::History(None))),
        ("history pool", read(ReadCommand::History(Some(text("pool"))))),
        ("diff #12", read(ReadCommand::Diff(12))),
        ("inbox", read(ReadCommand::Inbox(1))),
        ("inbox 2", read(ReadCommand::Inbox(2))),
        ("inbox a towel", read(ReadCommand::InboxSearch(text("a towel")))),
        ("inbox 12345678", read(ReadCommand::Group(text("12345678")))),
        ("dismiss 1a2b3c4d", Some(ModeratorCommand::Dismiss(vec![text("1a2b3c4d")]))),
        ("save", Some(ModeratorCommand::Save)),
        ("remove pool", edit(EditAction::Remove(text("pool")))),
        ("restore pool", edit(EditAction::Restore(text("pool")))),
        ("revert 7", edit(EditAction::Revert(7))),
        (
            "dismiss 1a2b3c4d 12345678",
            Some(ModeratorCommand::Dismiss(vec![text("1a2b3c4d"), text("12345678")])),
        ),
        ("gap 1a2b3c4d", edit(EditAction::GapOfGroups { groups: vec![text("1a2b3c4d")] })),
        (
            "gap 1a2b3c4d 12345678",
            edit(EditAction::GapOfGroups { groups: vec![text("1a2b3c4d"), text("12345678")] }),
        ),
        (
            "assign 1a2b3c4d pool",
            edit(EditAction::Assign { groups: vec![text("1a2b3c4d")], id: text("pool") }),
        ),
        (
            "assign 1a2b3c4d 12345678  pool",
            edit(EditAction::Assign {
                groups: vec![text("1a2b3c4d"), text("12345678")],
                id: text("pool"),
            }),
        ),
        (
            "add-phrasing pool  where  can I swim?",
            edit(EditAction::AddPhrasings { id: id.clone(), phrasings: vec![phrasing.clone()] }),
        ),
        (
            "remove-phrasing pool where  can I swim?",
            edit(EditAction::RemovePhrasing { id: id.clone(), phrasing: phrasing.clone() }),
        ),
        (
            "move-phrasing sauna pool where  can I swim?",
            edit(EditAction::MovePhrasing { from: text("sauna"), to: id, phrasing }),
        ),
    ] {
        assert_eq!(parse(typed), want, "{typed}");
    }
}

#[test]
fn synonyms_are_separated_by_commas() {
    let text = str::to_owned;
    for (typed, want) in [
        ("synonyms 2", Some(ModeratorCommand::Read(ReadCommand::Synonyms(2)))),
        (
            "add-synonyms swimming  pool, pool,lido",
            edit(EditAction::AddSynonyms(["swimming  pool", "pool", "lido"].map(text).to_vec())),
        ),
        ("remove-synonyms lido", edit(EditAction::RemoveSynonyms(vec![text("lido")]))),
    ] {
        assert_eq!(parse(typed), want, "{typed}");
    }
}

#[test]
fn entry_is_typed_on_several_lines() {
    let typed = "add Where is the pool?\n> In the basement,\n> past the sauna.\n\n> It is warm.\n\
                 - where can I swim\n* is there a pool\nlead: Below.\nTags: pool, wellness\n\
                 id: pool\nspeaker: Ann\nrole: host\nsource: doc\nparagraph: 2\npack: p\nreason: asked often";
    let entry = TypedEntry {
        question: Some("Where is the pool?".to_owned()),
        id: Some("pool".to_owned()),
        phrasings: Some(["where can I swim", "is there a pool"].map(str::to_owned).to_vec()),
        quotes: vec!["In the basement,\npast the sauna.".to_owned(), "It is warm.".to_owned()],
        lead: Some("Below.".to_owned()),
        tags: Some(["pool", "wellness"].map(str::to_owned).to_vec()),
        source: Some("doc".to_owned()),
        paragraph: Some(2),
        speaker: Some("Ann".to_owned()),
        role: Some("host".to_owned()),
        message: None,
    };
    let want = EditCommand {
        action: EditAction::Add(entry),
        pack: Some("p".to_owned()),
        reason: Some("asked often".to_owned()),
    };
    assert_eq!(parse(typed), Some(ModeratorCommand::Edit(Box::new(want))));
    let question = TypedEntry { question: Some("When?".to_owned()), ..TypedEntry::default() };
    let changed = EditAction::Change { id: "pool".to_owned(), entry: question.clone() };
    for typed in ["edit pool When?", "edit pool\r\nquestion: When?"] {
        assert_eq!(parse(typed), edit(changed.clone()), "{typed}");
    }
    let lead = TypedEntry { lead: Some("Now.".to_owned()), ..TypedEntry::default() };
    let changed = EditAction::Change { id: "pool".to_owned(), entry: lead };
    assert_eq!(parse("edit pool lead: Now."), edit(changed), "a field on the first line");
    let emptied = TypedEntry {
        lead: Some(String::new()),
        tags: Some(Vec::new()),
        phrasings: Some(Vec::new()),
        ..TypedEntry::default()
    };
    let changed = EditAction::Change { id: "pool".to_owned(), entry: emptied };
    assert_eq!(parse("edit pool\nlead:\ntags:\nphrasings:"), edit(changed), "removed");
    assert_eq!(parse("gap When?"), edit(EditAction::AddGap(question)));
    let phrasings = ["a", "b", "c"].map(str::to_owned).to_vec();
    let several = EditAction::AddPhrasings { id: "pool".to_owned(), phrasings };
    assert_eq!(parse("add-phrasing pool a\n- b\n- c"), edit(several));
}

#[test]
fn changes_by_a_person_are_taken_back_since_a_day() {
    let all = |since| EditAction::RevertAll { by: "@ann:example.org".to_owned(), since };
    let day = Timestamp::parse("2026-11-30");
    for (typed, since) in [
        ("revert by: @ann:example.org", None),
        ("revert by: @ann:example.org\nsince: 2026-11-30", day),
        ("revert by: @ann:example.org since: 2026-11-30", day),
        ("revert\nsince: 2026-11-30T00:00:00Z\nby: @ann:example.org", day),
    ] {
        assert_eq!(parse(typed), edit(all(since)), "{typed}");
    }
    let german = ModeratorCommand::parse(
        "nimm-zurück\nvon: @ann:example.org\nseit: 2026-11-30",
        Wording::for_locale("de"),
    );
    assert_eq!(german, edit(all(day)));
}

#[test]
fn entry_of_a_message_is_typed_with_or_without_a_question() {
    let made = |entry: TypedEntry, reason: Option<&str>| {
        let action = EditAction::Add(entry);
        let command = EditCommand { action, pack: None, reason: reason.map(str::to_owned) };
        Some(ModeratorCommand::Make(Box::new(command)))
    };
    let none = TypedEntry::default;
    let part = TypedEntry { quotes: vec!["on Mondays".to_owned()], ..none() };
    let question = Some("When?".to_owned());
    for (typed, want) in [
        ("make", made(none(), None)),
        ("make When?", made(TypedEntry { question: question.clone(), ..none() }, None)),
        ("make\n> on Mondays", made(part.clone(), None)),
        ("make When?\n> on Mondays", made(TypedEntry { question, ..part }, None)),
        ("make\nreason: asked often", made(none(), Some("asked often"))),
        (
            "make\n- at what time",
            made(TypedEntry { phrasings: Some(vec!["at what time".to_owned()]), ..none() }, None),
        ),
        ("make\nby: ann", incomplete(Verb::Make, None)),
    ] {
        assert_eq!(parse(typed), want, "{typed}");
    }
}

#[test]
fn commands_are_understood_in_the_language_of_the_space() {
    let german = Wording::for_locale("de");
    let entry = TypedEntry {
        question: Some("Wo ist das Bad?".to_owned()),
        quotes: vec!["Im Keller.".to_owned()],
        tags: Some(vec!["Bad".to_owned()]),
        ..TypedEntry::default()
    };
    for typed in [
        "neu Wo ist das Bad?\n> Im Keller.\nthemen: Bad",
        "add Wo ist das Bad?\n> Im Keller.\ntags: Bad",
    ] {
        let parsed = ModeratorCommand::parse(typed, german);
        assert_eq!(parsed, edit(EditAction::Add(entry.clone())), "{typed}");
    }
    assert_eq!(parse("neu Wo ist das Bad?"), None);
    // As macOS may write it: an umlaut of two characters.
    assert!(ModeratorCommand::parse("lu\u{308}cke Wann?", german).is_some());
}

#[test]
fn incomplete_commands_say_which_verb_and_line_and_other_words_are_no_command() {
    for (typed, want) in [
        ("show", incomplete(Verb::Show, None)),
        ("show two words", incomplete(Verb::Show, None)),
        ("list zero", incomplete(Verb::List, None)),
        ("list 0", incomplete(Verb::List, None)),
        ("diff x", incomplete(Verb::Diff, None)),
        ("add", incomplete(Verb::Add, None)),
        ("gap When?\n> Now.", incomplete(Verb::Gap, None)),
        ("edit pool", incomplete(Verb::Edit, None)),
        ("edit pool\nid: sauna", incomplete(Verb::Edit, Some("id: sauna"))),
        ("add-phrasing pool", incomplete(Verb::AddPhrasing, None)),
        ("move-phrasing a b", incomplete(Verb::MovePhrasing, None)),
        ("add-synonyms , ", incomplete(Verb::AddSynonyms, None)),
        ("synonyms x", incomplete(Verb::Synonyms, None)),
        ("assign 1a2b3c4d", incomplete(Verb::Assign, None)),
        ("add When?\nit is late", incomplete(Verb::Add, Some("it is late"))),
        ("add When?\ncolor: red", incomplete(Verb::Add, Some("color: red"))),
        ("add When?\nparagraph: two", incomplete(Verb::Add, Some("paragraph: two"))),
        ("add When?\nspeaker:", incomplete(Verb::Add, Some("speaker:"))),
        ("revert", incomplete(Verb::Revert, None)),
        ("revert since: 2026-11-30", incomplete(Verb::Revert, None)),
        ("revert 7\nby: ann", incomplete(Verb::Revert, None)),
        ("revert by: ann\nsince: monday", incomplete(Verb::Revert, Some("since: monday"))),
        ("remove pool\nby: ann", incomplete(Verb::Remove, None)),
        ("", Some(ModeratorCommand::Incomplete { verb: None, line: None })),
        ("about visas", None),
        ("showing", None),
    ] {
        assert_eq!(parse(typed), want, "{typed}");
    }
}

#[test]
fn entry_written_as_a_command_is_parsed_as_the_same() {
    let text = |text: &str| Some(text.to_owned());
    let full = TypedEntry {
        question: text("When is the pool open?"),
        id: None,
        phrasings: Some(vec!["pool hours".to_owned(), "- when to swim?".to_owned()]),
        quotes: vec!["From 8 to 20.\nNot on Mondays.".to_owned(), "> Quoted.".to_owned()],
        lead: text("Of the pool:"),
        tags: Some(vec!["pool".to_owned(), "hours".to_owned()]),
        source: text("house rules"),
        paragraph: Some(2),
        speaker: text("Ann"),
        role: text("lifeguard"),
        message: None,
    };
    let emptied = TypedEntry {
        phrasings: Some(Vec::new()),
        lead: text(""),
        tags: Some(Vec::new()),
        ..TypedEntry::default()
    };
    let short = TypedEntry { question: text("Why?"), ..TypedEntry::default() };
    let after_word = |command: &str| command.strip_prefix(FAQ).unwrap().to_owned();
    for entry in [&full, &short] {
        let written = add_command(entry);
        assert_eq!(parse(&after_word(&written)), edit(EditAction::Add(entry.clone())), "{written}");
    }
    for entry in [full, short, emptied] {
        let (id, written) = ("pool".to_owned(), edit_command("pool", &entry));
        assert_eq!(
            parse(&after_word(&written)),
            edit(EditAction::Change { id, entry }),
            "{written}"
        );
    }
}
