//! Moderators edit a pack by `/faq`, with forms and buttons.

use serde_json::Value;

use super::bot::{Bot, TestGuild};
use crate::folder::{Folder, UNQUOTED};
use crate::support::discord::{InjectedFault, ObservedChange, ObservedMessage, UserMessage};

/// The message command that makes an entry of a message.
const MAKE: &str = "Make this an entry";

/// The bot with the pack `p`, whose moderator is Bob.
fn moderated(home: &TestGuild) -> Bot {
    let folder = Folder::with_unquoted_sentence();
    let packs = format!("['{}']", folder.path("p").display());
    let moderators = format!("['{}']", home.bob);
    home.bot_with(&packs, folder, &[("QUOTH_DEFAULT_SPACE__MODERATORS", &moderators)])
}

fn faq(bot: &Bot) -> String {
    std::fs::read_to_string(bot.folder().path("p/faq.toml")).unwrap()
}

/// The names of the inputs of a form and their values.
fn inputs(form: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = form["components"].as_array().into_iter().flatten();
    rows.map(|row| &row["components"][0])
        .map(|input| (text(&input["custom_id"]), text(&input["value"])))
        .collect()
}

#[test]
fn entry_is_written_in_a_form_shown_saved_and_taken_back() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let bot = moderated(&home);
    let before = faq(&bot);
    let opened = discord.user_runs_subcommand(
        *channel,
        *bob,
        ("faq", "add"),
        &[("question", "How do I get there?")],
    );
    let form = discord.response_data(&opened);
    let names = ["question", "quotes", "phrasings", "lead", "tags"];
    assert_eq!(inputs(&form).iter().map(|(name, _)| &**name).collect::<Vec<_>>(), names);
    assert_eq!(inputs(&form)[0].1, "How do I get there?");
    let values = [
        "How do I get there?",
        "Bicycles travel",
        "is there a bus\nwhat about bikes",
        "By bike.",
        "travel, bikes",
    ];
    discord.user_submits(&opened, &values, *bob);
    let shown = discord.next_message();
    assert!(shown.is_private && shown.text.contains("would be added"), "{shown:?}");
    assert!(shown.text.contains("what about bikes"), "{shown:?}");
    assert_eq!(shown.labels(), ["Save"]);
    assert_eq!(faq(&bot), before);
    discord.user_presses(shown.id, "Save", *bob);
    let saved = discord.next_edit();
    assert!(saved.id == shown.id && saved.text.contains("Saved as change 1"), "{saved:?}");
    assert!(faq(&bot).contains("tags = [\"travel\", \"bikes\"]"), "{}", faq(&bot));
    home.ask("what about bikes");
    assert!(discord.next_message().text.contains("Bicycles travel"));
    discord.user_presses(saved.id, "Take it back", *bob);
    assert!(discord.next_edit().text.contains("Saved as change 2"));
    assert_eq!(faq(&bot), before);
    let history = discord.user_runs_subcommand(*channel, *bob, ("faq", "history"), &[]);
    let listed = discord.next_message();
    assert_eq!(listed.interaction, Some(history.id));
    assert!(listed.text.contains("takes back 1") && listed.n_pings == 0, "{listed:?}");
    // Somebody else is refused, whether by a form or by a command.
    for subcommand in ["add", "list"] {
        discord.user_runs_subcommand(*channel, *ada, ("faq", subcommand), &[]);
        let refused = discord.next_message();
        assert!(refused.is_private && refused.text.contains("Only moderators"), "{refused:?}");
    }
    bot.stop();
}

#[test]
fn members_with_manage_server_are_moderators_and_owners_alone_take_back_what_others_did() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, bob } = &home;
    // The permission Manage Server.
    discord.give_role_with(*guild, *ada, ("crew", 1 << 5));
    let folder = Folder::with_unquoted_sentence();
    let packs = format!("['{}']", folder.path("p").display());
    let (managers, owners) = (format!("['discord:managers:{}']", guild.0), format!("['{bob}']"));
    let settings = [
        ("QUOTH_DEFAULT_SPACE__MODERATORS", &*managers),
        ("QUOTH_DEFAULT_SPACE__OWNERS", &*owners),
    ];
    let bot = home.bot_with(&packs, folder, &settings);
    let before = faq(&bot);
    let added = [("id", "a"), ("phrasing", "ann's words")];
    discord.user_runs_subcommand(*channel, *ada, ("faq", "add-phrasing"), &added);
    discord.user_presses(discord.next_message().id, "Save", *ada);
    assert!(discord.next_edit().text.contains("Saved as change 1"));
    let by_ada = ada.0.to_string();
    let take_back = |user| {
        let options = [("by", &*by_ada), ("since", "2020-01-01")];
        discord.user_runs_subcommand(*channel, user, ("faq", "revert"), &options);
        discord.next_message()
    };
    let refused = take_back(*ada);
    assert!(refused.is_private && refused.text.contains("Only owners"), "{refused:?}");
    let shown = take_back(*bob);
    assert!(shown.text.contains("would change"), "{shown:?}");
    discord.user_presses(shown.id, "Save", *bob);
    assert!(discord.next_edit().text.contains("Saved as change 2"));
    assert_eq!(faq(&bot), before);
    let cem = discord.user("cem");
    discord.user_runs_subcommand(*channel, cem, ("faq", "list"), &[]);
    assert!(discord.next_message().text.contains("Only moderators"));
    bot.stop();
}

#[test]
fn form_of_an_entry_has_its_values_and_changes_only_what_is_changed() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, bob, .. } = &home;
    let bot = moderated(&home);
    let before = faq(&bot);
    let opened = discord.user_runs_subcommand(*channel, *bob, ("faq", "edit"), &[("id", "a")]);
    let values = inputs(&discord.response_data(&opened));
    let texts: Vec<&str> = values.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(texts, ["What did Ann say?", "Ann said: “One two.”", "", "", ""]);
    let submitted = ["What has Ann said?", texts[1], "ann's words", "", ""];
    discord.user_submits(&opened, &submitted, *bob);
    let shown = discord.next_message();
    discord.user_presses(shown.id, "Save", *bob);
    discord.next_edit();
    let after = before.replace(
        "What did Ann say?\"\n",
        "What has Ann said?\"\nvariants = [\n  \"ann's words\",\n]\n",
    );
    assert_eq!(faq(&bot), after, "the quote keeps its speaker, and the other entries their bytes");
    let unknown = discord.user_runs_subcommand(*channel, *bob, ("faq", "edit"), &[("id", "zzz")]);
    let told = discord.next_message();
    assert_eq!(told.interaction, Some(unknown.id));
    assert!(told.is_private && told.text.contains("edit"), "{told:?}");
    bot.stop();
}

#[test]
fn new_entry_without_a_quote_offers_sentences_of_the_source() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, bob, .. } = &home;
    let bot = moderated(&home);
    let opened = discord.user_runs_subcommand(*channel, *bob, ("faq", "add"), &[]);
    discord.user_submits(&opened, &["What does a bicycle cost?", "", "", "", ""], *bob);
    let offered = discord.next_message();
    assert!(
        offered.text.contains("Which passage") && offered.text.contains(UNQUOTED),
        "{offered:?}"
    );
    discord.user_presses(offered.id, "1. Bicycles", *bob);
    let shown = discord.next_edit();
    assert!(shown.text.contains("would be added"), "{shown:?}");
    discord.user_presses(shown.id, "Save", *bob);
    assert!(discord.next_edit().text.contains("Saved"));
    assert!(faq(&bot).contains(UNQUOTED));
    bot.stop();
}

#[test]
fn message_becomes_an_entry_whose_author_is_told_and_can_have_it_removed() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let bot = moderated(&home);
    let before = faq(&bot);
    let cem = discord.user("cem");
    let asked = discord.user_sends(*channel, *ada, "when does the workshop open");
    let text = "At *eight*, but on Mondays at nine.";
    let reply = UserMessage { text, reply_to: Some(asked), ..UserMessage::default() };
    let helped = discord.user_sends_message(*channel, cem, reply);
    discord.user_runs_message_command(helped, *ada, MAKE);
    assert!(discord.next_message().text.contains("Only moderators"));
    discord.user_runs_message_command(asked, *bob, MAKE);
    let incomplete = discord.next_message();
    assert!(incomplete.text.contains("make [QUESTION]"), "it answers nothing: {incomplete:?}");
    discord.user_runs_message_command(helped, *bob, MAKE);
    let shown = discord.next_message();
    assert!(shown.is_private && shown.text.contains("would be added"), "{shown:?}");
    discord.user_presses(shown.id, "Save", *bob);
    let [first, second] = [discord.next_change(), discord.next_change()];
    let (ObservedChange::Edited(saved), ObservedChange::Sent(told)) = (first, second) else {
        panic!("it is saved, then told")
    };
    assert!(saved.text.contains("Saved as change 1"), "{saved:?}");
    assert_eq!((told.reply_to, told.n_pings), (Some(helped), 1), "{told:?}");
    assert!(told.text.contains("word for word"), "{told:?}");
    home.ask("when does the workshop open");
    let answer = discord.next_message();
    assert!(answer.text.contains("but on Mondays at nine."), "{answer:?}");
    let link = format!("https://discord.com/channels/{}/{}/{helped}", home.guild.0, channel.0);
    assert!(answer.text.contains("cem") && answer.text.contains(&link), "{answer:?}");
    discord.user_presses(told.id, "Remove it", *ada);
    assert!(discord.next_message().is_private, "it is nobody else's");
    discord.user_presses(told.id, "Remove it", cem);
    assert!(discord.next_edit().text.contains("is removed"));
    assert_eq!(faq(&bot), before);
    bot.stop();
}

#[test]
fn unanswered_question_becomes_a_phrasing_in_three_presses() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, bob, .. } = &home;
    let bot = moderated(&home);
    let asked = "what about the words of ann and whatnot";
    home.ask(asked);
    let first = discord.next_message();
    assert!(!first.text.contains("One two."), "{first:?}");
    discord.user_runs_subcommand(*channel, *bob, ("faq", "inbox"), &[]);
    let inbox = discord.next_message();
    assert!(inbox.is_private && inbox.text.contains(asked), "{inbox:?}");
    discord.user_presses(inbox.id, "1. what about", *bob);
    let group = discord.next_edit();
    assert!(group.text.contains("1 person"), "{group:?}");
    assert!(group.labels().contains(&"The source does not say"), "{group:?}");
    discord.user_presses(inbox.id, "What did Ann", *bob);
    let shown = discord.next_edit();
    assert!(shown.text.contains(asked), "{shown:?}");
    discord.user_presses(inbox.id, "Save", *bob);
    assert!(discord.next_edit().text.contains("Saved"));
    home.ask(asked);
    assert!(discord.next_message().text.contains("One two."));
    bot.stop();
}

#[test]
fn forged_and_old_buttons_of_moderators_do_nothing() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let bot = moderated(&home);
    let before = faq(&bot);
    discord.user_runs_subcommand(
        *channel,
        *bob,
        ("faq", "remove"),
        &[("id", "b"), ("reason", "old")],
    );
    let shown = discord.next_message();
    assert!(shown.text.contains("b would be removed"), "{shown:?}");
    home.ask("What did Ann say?");
    let answer = discord.next_message();
    for (user, message, id) in [
        (*ada, answer.id, "q1:save"),
        (*bob, answer.id, "q1:save"),
        (*bob, answer.id, "q1:undo"),
        (*ada, answer.id, "q1:inbox:1"),
        (*bob, shown.id, "q1:pick:1"),
    ] {
        let pressed = discord.user_sends_custom_id(message, id, None, user);
        let change = discord.next_change();
        let told = change.message();
        assert_eq!(told.interaction, Some(pressed.id), "{id}: {told:?}");
        assert!(!told.text.contains("Saved"), "{id}: {told:?}");
    }
    assert_eq!(faq(&bot), before);
    bot.stop();
}

#[test]
fn ids_and_phrasings_are_completed_for_moderators_only() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let bot = moderated(&home);
    let ids =
        |user, typed| discord.subcommand_choices(*channel, user, ("faq", "show"), &[("id", typed)]);
    assert_eq!(ids(*bob, "how"), [("b: How many?".to_owned(), "b".to_owned())]);
    assert_eq!(ids(*bob, "").len(), 3);
    assert_eq!(ids(*ada, ""), []);
    discord.user_runs_subcommand(
        *channel,
        *bob,
        ("faq", "add-phrasing"),
        &[("id", "b"), ("phrasing", "how much")],
    );
    let shown = discord.next_message();
    discord.user_presses(shown.id, "Save", *bob);
    discord.next_edit();
    let phrasings = discord.subcommand_choices(
        *channel,
        *bob,
        ("faq", "remove-phrasing"),
        &[("id", "b"), ("phrasing", "MUCH")],
    );
    assert_eq!(phrasings, [("how much".to_owned(), "how much".to_owned())]);
    bot.stop();
}

#[test]
fn entries_are_exported_as_a_file_that_only_the_moderator_gets() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, bob, .. } = &home;
    let bot = moderated(&home);
    let callback = "POST /interactions/{}/{}/callback";
    let wait = std::time::Duration::from_millis(200);
    let limited = InjectedFault::RateLimited { retry_after: wait, is_global: false };
    discord.inject_fault(callback, 1, limited);
    let options = [("format", "csv"), ("pack", "p")];
    discord.user_runs_subcommand(*channel, *bob, ("faq", "export"), &options);
    let sent = discord.next_message();
    assert!(sent.is_private && sent.text.contains("of the pack p are in the file"), "{sent:?}");
    let (name, text) = discord.last_file().expect("a file");
    assert_eq!(name, "p.csv");
    assert!(text.starts_with("id,question,") && text.contains("How many?"), "{text}");
    // The file was sent again after the limit.
    let calls = discord.calls(callback);
    let statuses: Vec<u16> =
        calls.iter().filter(|it| it.file.is_some()).map(|it| it.status).collect();
    assert_eq!(statuses, [429, 200]);
    bot.stop();
}

#[test]
fn synonyms_of_a_pack_are_changed_by_a_command() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, bob, .. } = &home;
    let bot = moderated(&home);
    let options = [("terms", "say, spoken words"), ("pack", "p"), ("reason", "asked so")];
    discord.user_runs_subcommand(*channel, *bob, ("faq", "add-synonyms"), &options);
    let shown = discord.next_message();
    assert!(shown.is_private && shown.text.contains("spoken words"), "{shown:?}");
    discord.user_presses(shown.id, "Save", *bob);
    discord.next_edit();
    discord.user_runs_subcommand(*channel, *bob, ("faq", "synonyms"), &[]);
    let listed = discord.next_message();
    assert!(listed.text.contains("say, spoken words"), "{listed:?}");
    bot.stop();
}

#[test]
fn settings_of_a_space_are_changed_by_a_command() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let bot = moderated(&home);
    let options = [("setting", "asks_feedback"), ("value", "no"), ("reason", "asked so")];
    discord.user_runs_subcommand(*channel, *ada, ("faq", "set"), &options);
    let refused = discord.next_message();
    assert!(refused.is_private && !refused.text.contains("would change"), "{refused:?}");
    discord.user_runs_subcommand(*channel, *bob, ("faq", "set"), &options);
    let shown = discord.next_message();
    assert!(shown.is_private && shown.text.contains("from yes to no"), "{shown:?}");
    discord.user_presses(shown.id, "Save", *bob);
    discord.next_edit();
    discord.user_runs_subcommand(*channel, *bob, ("faq", "settings"), &[("page", "2")]);
    let listed = discord.next_message();
    assert!(listed.text.contains("asks\\_feedback = no, changed here"), "{listed:?}");
    bot.stop();
}

#[test]
fn groups_of_the_inbox_are_assigned_by_a_command() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let bot = moderated(&home);
    for question in ["is it raining over there", "who bakes the bread"] {
        discord.user_runs_command(*channel, *ada, "ask", &[("question", question)]);
        discord.next_message();
    }
    discord.user_runs_subcommand(*channel, *bob, ("faq", "inbox"), &[]);
    let listed = discord.next_message().text;
    let ids: Vec<&str> = listed.split('`').skip(1).step_by(2).collect();
    assert_eq!(ids.len(), 2, "{listed}");
    discord.user_runs_subcommand(
        *channel,
        *bob,
        ("faq", "assign"),
        &[("groups", &ids.join(" ")), ("id", "b")],
    );
    let shown = discord.next_message();
    assert!(shown.text.contains("bakes") && shown.text.contains("raining"), "{shown:?}");
    discord.user_presses(shown.id, "Save", *bob);
    discord.next_edit();
    assert!(faq(&bot).contains("who bakes the bread"), "{}", faq(&bot));
    bot.stop();
}

#[test]
fn hostile_markup_in_entries_and_questions_is_shown_as_text() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, bob, .. } = &home;
    let bot = moderated(&home);
    let phrasing = "@everyone **bold** `code` [link](https://example.org) <@1>";
    discord.user_runs_subcommand(
        *channel,
        *bob,
        ("faq", "add-phrasing"),
        &[("id", "b"), ("phrasing", phrasing)],
    );
    let shown = discord.next_message();
    assert_eq!(shown.n_pings, 0, "{shown:?}");
    assert!(!shown.text.contains("[link](https"), "{shown:?}");
    discord.user_presses(shown.id, "Save", *bob);
    assert_eq!(discord.next_edit().n_pings, 0);
    discord.user_runs_subcommand(*channel, *bob, ("faq", "show"), &[("id", "b")]);
    let listed = discord.next_message();
    assert!(listed.text.contains("**bold**") && listed.n_pings == 0, "{listed:?}");
    bot.stop();
}

#[test]
fn asker_who_waits_is_pinged_by_a_reply_when_a_moderator_gives_an_answer() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let bot = moderated(&home);
    let question = home.ask("is there any shop nearby at all");
    let nothing = discord.next_message();
    assert!(nothing.text.contains("I have no quote"), "{nothing:?}");
    let labels = ["Tell me when there is an answer", "What can be asked"];
    assert_eq!(nothing.labels(), labels);
    discord.user_presses(nothing.id, labels[1], *bob);
    assert!(discord.next_message().text.contains("What did Ann say?"));
    discord.user_presses(nothing.id, labels[0], *bob);
    assert!(discord.next_message().text.contains("Only whoever asked"));
    discord.user_presses(nothing.id, labels[0], *ada);
    let promised = discord.next_message();
    assert!(promised.is_private && promised.text.contains("I will reply"), "{promised:?}");
    let bot = bot.restart(discord, true);
    discord.user_runs_subcommand(
        *channel,
        *bob,
        ("faq", "add-phrasing"),
        &[("id", "b"), ("phrasing", "is there any shop nearby at all")],
    );
    let shown = discord.next_message();
    discord.user_presses(shown.id, "Save", *bob);
    let changes = [discord.next_change(), discord.next_change(), discord.next_change()];
    let of = |id: u64| changes.iter().find(|it| it.message().id == id).map(|it| it.message());
    assert!(of(nothing.id).is_some_and(|it| it.text.contains("Three four.")), "{changes:?}");
    let mut messages = changes.iter().map(|it| it.message());
    let told = messages.find(|it| it.text.contains("There is an answer now"));
    let is_reply = |it: &ObservedMessage| it.reply_to == Some(question) && it.pings == [ada.0];
    assert!(told.is_some_and(is_reply), "{changes:?}");
    bot.stop();
}
