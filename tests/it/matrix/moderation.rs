//! Moderators edit a pack by messages and reactions.

use super::bot::{Bot, TestChat};
use crate::folder::Folder;
use crate::support::matrix::{Draft, ObservedChange, RoomKind, TestUser, keycap};
use crate::support::synapse::Synapse;

/// A chat with a bot that serves the pack `p` in its folder, and a moderator of it.
fn moderated(kind: RoomKind) -> (Folder, TestUser, TestChat) {
    let folder = Folder::with_pack();
    let moderator = TestUser::new(Synapse::shared(), "mod");
    let packs = format!("['{}']", folder.path("p").display());
    let listed = format!("['matrix:{}']", moderator.id());
    let settings =
        [("QUOTH_PACKS", packs.as_str()), ("QUOTH_DEFAULT_SPACE__MODERATORS", listed.as_str())];
    let chat = TestChat::with(kind, &settings);
    chat.ada.invite(&chat.room, moderator.id());
    moderator.join(&chat.room);
    (folder, moderator, chat)
}

fn faq(folder: &Folder) -> String {
    std::fs::read_to_string(folder.path("p/faq.toml")).unwrap()
}

/// Waits until the bot itself has set these reactions.
fn wait_for_reactions(
    user: &TestUser,
    bot: &Bot,
    message: &matrix_sdk::ruma::EventId,
    keys: &[&str],
) {
    user.wait_until("the bot's reactions", || {
        let found = user.reactions_of(&bot.id, message);
        keys.iter().all(|key| found.iter().any(|it| it == key)).then_some(())
    });
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn edit_typed_on_several_lines_is_saved_and_taken_back_by_reactions() {
    for kind in [RoomKind::Plain, RoomKind::Encrypted] {
        let (folder, moderator, mut chat) = moderated(kind);
        let before = faq(&folder);
        let typed =
            "!faq add What is three?\n> Three four.\n- tell me about three\nreason: often asked";
        chat.ada.send(&chat.room, &Draft::plain(typed));
        let command = moderator.send(&chat.room, &Draft::plain(typed));
        let shown = chat.next_change().sent();
        assert_eq!(shown.reply_to, Some(command), "nobody else is replied to: {shown:?}");
        assert!(shown.text.contains("would be added") && shown.text.contains("💾"), "{shown:?}");
        assert!(shown.html.contains("<pre><code"), "{shown:?}");
        wait_for_reactions(&moderator, &chat.bot, &shown.id, &["💾"]);
        chat.bot.restart(true);
        chat.ada.react(&chat.room, &shown.id, "💾");
        moderator.react(&chat.room, &shown.id, "💾");
        let saved = chat.next_change().edited();
        assert!(saved.id == shown.id && saved.text.contains("Saved as change 1"), "{saved:?}");
        assert!(faq(&folder).contains("tell me about three"));
        chat.ask("tell me about three");
        assert!(chat.next_change().sent().text.contains("Three four."));
        moderator.react(&chat.room, &shown.id, "↩️");
        assert!(chat.next_change().edited().text.contains("Saved as change 2"));
        assert_eq!(faq(&folder), before);
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn entries_are_exported_as_a_file_that_is_encrypted_where_messages_are() {
    for kind in [RoomKind::Plain, RoomKind::Encrypted] {
        let (_folder, moderator, chat) = moderated(kind);
        moderator.send(&chat.room, &Draft::plain("!faq export csv"));
        let sent = chat.next_change().sent();
        assert_eq!((&*sent.kind, &sent.content["filename"]), ("m.file", &"p.csv".into()));
        assert!(sent.text.contains("of the pack p are in the file"), "{sent:?}");
        let is_encrypted = matches!(kind, RoomKind::Encrypted);
        assert_eq!(sent.content.get("file").is_some(), is_encrypted, "{sent:?}");
        let text = moderator.download(&sent.content);
        assert!(text.starts_with("id,question,"), "{text}");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn message_becomes_an_entry_whose_author_is_told_and_can_have_it_removed() {
    for kind in [RoomKind::Plain, RoomKind::Encrypted] {
        let (folder, moderator, chat) = moderated(kind);
        let before = faq(&folder);
        let asked = chat.ada.send(&chat.room, &Draft::plain("when does the workshop open"));
        let text = "At eight, but on Mondays at nine.";
        let helped = chat.ada.send(&chat.room, &Draft::plain(text).reply_to(&asked));
        moderator.wait_for_event(&helped);
        let make = Draft::plain("!faq make").reply_to(&helped);
        moderator.send(&chat.room, &make);
        let shown = chat.next_change().sent();
        assert!(shown.text.contains("would be added"), "{shown:?}");
        moderator.react(&chat.room, &shown.id, "💾");
        let saved = chat.next_change().edited();
        assert!(saved.text.contains("Saved as change 1"), "{saved:?}");
        let told = chat.next_change().sent();
        assert_eq!(told.reply_to.as_deref(), Some(&*helped), "{told:?}");
        assert!(told.text.contains("word for word") && told.text.contains("✂"), "{told:?}");
        chat.ask("when does the workshop open");
        let answer = chat.next_change().sent();
        assert!(answer.text.contains("on Mondays at nine"), "{answer:?}");
        assert!(answer.text.contains("https://matrix.to/#/"), "{answer:?}");
        chat.ada.react(&chat.room, &told.id, "✂️");
        assert!(chat.next_change().edited().text.contains("is removed"));
        assert_eq!(faq(&folder), before);
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn ranks_of_a_room_are_moderators_while_they_have_its_power_level() {
    let (_folder, former, mut chat) = moderated(RoomKind::Plain);
    // The creator of the room has a level of 100.
    let listed = format!("['matrix:moderators:{}']", chat.room);
    chat.bot.set("QUOTH_DEFAULT_SPACE__MODERATORS", &listed);
    chat.bot.restart(false);
    former.send(&chat.room, &Draft::plain("!faq list"));
    let command = chat.ada.send(&chat.room, &Draft::plain("!faq list"));
    let listed = chat.next_change().sent();
    assert_eq!(listed.reply_to, Some(command), "{listed:?}");
    chat.ada.change_power_levels(&chat.room, |levels| {
        levels["users"][former.id().as_str()] = 50.into();
    });
    let command = former.send(&chat.room, &Draft::plain("!faq list"));
    let listed = chat.next_change().sent();
    assert_eq!(listed.reply_to, Some(command), "{listed:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn inbox_is_worked_through_by_reactions_or_numbers() {
    let (folder, moderator, chat) = moderated(RoomKind::Plain);
    chat.ask("what about the words of ann and whatnot");
    chat.next_change().sent();
    moderator.send(&chat.room, &Draft::plain("!faq inbox"));
    let inbox = chat.next_change().sent();
    assert!(inbox.text.contains("whatnot"), "{inbox:?}");
    moderator.react(&chat.room, &inbox.id, &keycap(1));
    let group = chat.next_change().edited();
    assert!(group.id == inbox.id && group.text.contains("🚫"), "{group:?}");
    moderator.react(&chat.room, &inbox.id, "🚫");
    let shown = chat.next_change().edited();
    assert!(shown.text.contains("gap = true"), "{shown:?}");
    // A thumb is approval, too.
    moderator.react(&chat.room, &inbox.id, "👍");
    assert!(chat.next_change().edited().text.contains("Saved"));
    assert!(faq(&folder).contains("whatnot"));
    moderator.send(&chat.room, &Draft::plain("!faq inbox"));
    assert!(chat.next_change().sent().text.contains("No question waits"));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn asker_who_waits_is_mentioned_when_a_moderator_gives_an_answer() {
    let (_folder, moderator, mut chat) = moderated(RoomKind::Encrypted);
    let asked = "is there any shop for bicycles nearby at all";
    let question = chat.ask(asked);
    let nothing = chat.next_change().sent();
    assert!(nothing.text.contains("🔔") && nothing.text.contains("I have no quote"), "{nothing:?}");
    chat.ada.react(&chat.room, &nothing.id, "🔔");
    // A reaction gets no reply: the next change is that of what is asked afterwards.
    let marker = chat.ask("What did Ann say?");
    assert_eq!(chat.next_change().sent().reply_to, Some(marker));
    chat.bot.restart(true);
    moderator.send(&chat.room, &Draft::plain(&format!("!faq add-phrasing b {asked}")));
    let shown = chat.next_change().sent();
    moderator.react(&chat.room, &shown.id, "💾");
    let (mut is_edited, mut is_told) = (false, false);
    for _ in 0..3 {
        match chat.next_change() {
            ObservedChange::Edited(edited) if edited.id == nothing.id => {
                is_edited = edited.text.contains("Three four.");
            }
            ObservedChange::Edited(saved) => assert!(saved.text.contains("Saved"), "{saved:?}"),
            ObservedChange::Sent(told) => {
                assert_eq!(told.reply_to, Some(question.clone()), "{told:?}");
                assert!(told.mentions.to_string().contains(chat.ada.id().as_str()), "{told:?}");
                is_told = true;
            }
            other @ ObservedChange::Deleted(_) => panic!("{other:?}"),
        }
    }
    assert!(is_edited && is_told);
}
