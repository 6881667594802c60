//! Moderators work through the questions that were not answered, which a digest tells them of.

use super::*;

#[tokio::test]
async fn question_that_was_not_answered_becomes_a_phrasing_in_three_presses() {
    let chat = ModeratedChat::new().await;
    let asked = chat.ask("what about the meters of that building").await;
    assert!(!asked.contains("Answer"), "{asked}");
    let inbox = chat.say("faq inbox").await;
    assert!(inbox.contains("Inbox") && inbox.contains("meters"), "{inbox}");
    let list = chat.last();
    let group = chat.press(list, Control::Pick(1)).await;
    assert!(group.contains("Group") && group.contains("height"), "{group}");
    let proposal = chat.press(list, Control::Pick(1)).await;
    assert!(proposal.contains("Proposal"), "{proposal}");
    let saved = chat.press(list, Control::Save).await;
    assert!(saved.contains("Edited"), "{saved}");
    let answer = chat.ask("what about the meters of that building").await;
    assert!(answer.contains("Answer height"), "{answer}");
    let inbox = chat.say("faq inbox").await;
    assert!(inbox.contains(&sentence("no-questions")), "{inbox}");
}

#[tokio::test]
async fn group_of_questions_becomes_an_entry_that_quotes_a_picked_passage() {
    let chat = ModeratedChat::new().await;
    chat.add_sentence("Bicycles travel for two euros.");
    chat.ask("what would bicycles be then").await;
    chat.say("faq inbox").await;
    let list = chat.last();
    let group = chat.press(list, Control::Pick(1)).await;
    assert!(group.contains("Bicycles travel for two euros."), "{group}");
    let entries = group.lines().next().unwrap().split(',').count();
    let shown = chat.press(list, Control::Pick(entries - 1)).await;
    assert!(shown.contains("Proposal") && shown.contains("would be added"), "{shown}");
    chat.press(list, Control::Save).await;
    assert!(chat.faq().contains("question = \"what would bicycles be then\""), "{}", chat.faq());
    assert!(chat.ask("what would bicycles be then").await.contains("Answer"));
}

/// The id of the only group of the inbox with `word`.
async fn group_id(chat: &ModeratedChat, word: &str) -> String {
    let found = chat.say(&format!("faq inbox {word}")).await;
    let is_id = |word: &&str| word.len() == 8 && word.chars().all(|c| c.is_ascii_hexdigit());
    let mut words = found.split(|c: char| !c.is_alphanumeric());
    words.find(is_id).unwrap_or_else(|| panic!("{found}")).to_owned()
}

#[tokio::test]
async fn several_groups_are_handled_by_one_command() {
    let chat = ModeratedChat::new().await;
    for question in ["is it raining over there", "who bakes the bread", "any sauna"] {
        chat.ask(question).await;
    }
    let ids = [group_id(&chat, "raining").await, group_id(&chat, "bakes").await];
    let unknown = chat.say(&format!("faq dismiss {} 00000000", ids.join(" "))).await;
    assert!(unknown.contains("The group 00000000 is not in the inbox"), "{unknown}");
    let proposal = chat.say(&format!("faq assign {} height", ids.join(" "))).await;
    assert!(proposal.contains("raining") && proposal.contains("bakes"), "{proposal}");
    chat.press(chat.last(), Control::Save).await;
    assert!(chat.faq().contains("who bakes the bread"), "{}", chat.faq());
    let left = chat.say("faq inbox").await;
    assert!(left.contains("sauna") && !left.contains("bakes"), "{left}");
}

#[tokio::test]
async fn inbox_is_searched_for_words() {
    let chat = ModeratedChat::new().await;
    chat.ask("is it raining over there").await;
    chat.ask("who bakes the bread").await;
    let found = chat.say("faq inbox BREAD").await;
    assert!(found.contains("1 group") && found.contains("bakes"), "{found}");
    assert!(!found.contains("raining"), "{found}");
    let picked = chat.press(chat.last(), Control::Pick(1)).await;
    assert!(picked.contains("who bakes the bread"), "{picked}");
    let none = chat.say("faq inbox sauna").await;
    assert!(none.contains("No question that waits has"), "{none}");
}

#[tokio::test]
async fn digest_of_what_waits_is_sent_once_a_period() {
    let settings =
        SpaceSettings { sends_digest_to: Some("t:office".into()), ..SpaceSettings::default() };
    let chat = ModeratedChat::with(settings).await;
    let due = async || {
        let mut sent = Vec::new();
        for digest in chat.service.digests().await.unwrap() {
            chat.service.handle(&Event::Alert(digest), &chat.sender).await;
            sent.extend(chat.sender.take_calls());
        }
        sent
    };
    let day = 24 * 3600;
    // A Monday, three weeks after the first one, at noon.
    chat.world.wait(25 * day + 9 * 3600);
    assert_eq!(due().await, [""; 0], "nothing waits");
    chat.ask("is it raining over there").await;
    chat.say_as("t:bob", "does it rain over there").await;
    chat.world.wait(6 * day);
    assert_eq!(due().await, [""; 0], "it is due on Monday");
    chat.world.wait(day);
    chat.ask("is it snowing over there").await;
    let first = due().await.concat();
    assert!(first.contains("2 questions, 2 people") && first.contains("rain"), "{first}");
    assert!(first.contains("!faq inbox") && !first.contains("snow"), "{first}");
    assert_eq!(due().await, [""; 0], "once");
    chat.world.wait(7 * day);
    let second = due().await.concat();
    assert!(second.contains("1 question, 1 person") && second.contains("snow"), "{second}");
    chat.world.wait(7 * day);
    assert_eq!(due().await, [""; 0], "nothing new");
}
