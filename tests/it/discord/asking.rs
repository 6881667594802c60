//! Ways to ask.

use super::bot::{ANSWER, Home, QUESTION, WORDS};
use crate::first_pack::first_pack;
use crate::folder::Folder;
use crate::service::Service;
use crate::support::discord::{ObservedChange, Saying};

const MESSAGE_CONTENT: u64 = 1 << 15;

#[test]
fn every_way_of_asking_works_without_the_intent_for_content() {
    let home = Home::new();
    let Home { discord, guild, room, ada, bob, .. } = &home;
    discord.forbids_content();
    let _bot = home.bot(&[]);
    assert_eq!(discord.intents().map(|intents| intents & MESSAGE_CONTENT), Some(0));
    let answered = |way: &str, question: u64| {
        let shown = discord.next_sent();
        assert_eq!(shown.reply_to, Some(question), "{way}");
        assert!(shown.text.contains(ANSWER) && !shown.is_private, "{way}: {shown:?}");
        shown.id
    };
    let first = answered("a mention", home.asks(QUESTION));
    let by_role = format!("{QUESTION}? {}", discord.role_mention(*guild));
    answered("its role", discord.says(*room, *ada, &by_role));
    let reply = |to, text| Saying { text, reply_to: Some(to), ..Saying::default() };
    answered("a reply", discord.says_so(*room, *ada, reply(first, QUESTION)));
    let asked = discord.says(*room, *bob, QUESTION);
    answered("a mention under it", discord.says_so(*room, *ada, reply(asked, &home.to_bot(""))));
    answered("a direct message", discord.says(discord.direct(*ada), *ada, QUESTION));
    let thread = discord.thread(*room, *ada);
    answered("in a thread", discord.says(thread, *bob, &home.to_bot(QUESTION)));
    let (_, post) = discord.posts(discord.forum(*guild, "forum"), *ada, &home.to_bot(QUESTION));
    answered("in a forum", post);
}

#[test]
fn who_is_not_shown_a_question_asks_for_it() {
    let home = Home::new();
    let Home { discord, guild, room, ada, bob, .. } = &home;
    discord.keeps_to_the_letter();
    let _bot = home.bot(&[]);
    let by_role = format!("{QUESTION}? {}", discord.role_mention(*guild));
    let asked = discord.says(*room, *bob, QUESTION);
    let text = discord.mention();
    let under = Saying { text: &text, reply_to: Some(asked), ..Saying::default() };
    let questions = [discord.says(*room, *ada, &by_role), discord.says_so(*room, *ada, under)];
    for question in questions {
        let shown = discord.next_sent();
        assert_eq!(shown.reply_to, Some(question));
        assert!(shown.text.contains("in your own words"), "{shown:?}");
    }
}

#[test]
fn commands_are_answered_to_whom_they_say() {
    let home = Home::new();
    let Home { discord, room, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    for (visible, is_private) in [(None, true), (Some("me"), true), (Some("everyone"), false)] {
        let visible = visible.map(|value| ("visible", value));
        let options: Vec<(&str, &str)> =
            [("question", QUESTION)].into_iter().chain(visible).collect();
        let done = discord.uses(*room, *ada, "ask", &options);
        let shown = discord.next_sent();
        assert_eq!(shown.interaction, Some(done.id));
        assert_eq!(shown.is_private, is_private, "{visible:?}");
        assert!(shown.text.contains(ANSWER), "{shown:?}");
    }
    let asked = discord.says(*room, *bob, QUESTION);
    discord.uses_on(asked, *ada, "Ask about this");
    let mut shown = [discord.next_sent(), discord.next_sent()];
    shown.sort_by_key(|shown| shown.is_private);
    let [answer, told] = shown;
    assert_eq!(answer.reply_to, Some(asked), "the answer replies to that message");
    assert!(answer.text.contains(ANSWER) && !answer.is_private, "{answer:?}");
    assert!(told.is_private, "whoever used it is told where it is: {told:?}");
    let chat = discord.says(*room, *bob, "good morning");
    discord.uses_on(chat, *ada, "Ask about this");
    let shown = discord.next_sent();
    assert!(shown.is_private, "what helps nobody is nobody else's business: {shown:?}");
}

#[test]
fn whoever_types_is_offered_questions_of_the_pack() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let _bot = home.bot(&[]);
    let pack = first_pack();
    let known: Vec<&str> = pack.entries.iter().map(|entry| entry.question.as_str()).collect();
    for typed in ["", "r", "rana mit", "chna trops", "why did", "zzzz"] {
        let offered = discord.offers(*room, *ada, ("ask", "question"), typed);
        assert!(offered.len() <= 25, "{typed}: {offered:?}");
        // A choice has at most 100 characters.
        let is_known =
            |it: &String| known.iter().any(|known| known.starts_with(it.trim_end_matches('…')));
        assert!(offered.iter().all(is_known), "{typed}: {offered:?}");
        if typed == "rana mit" {
            assert!(offered[0].contains("Rana Mitter"), "{offered:?}");
        }
    }
}

#[test]
fn pinned_questions_are_offered_before_anything_is_typed() {
    let home = Home::new();
    let folder = Folder::with_pack();
    let faq = std::fs::read_to_string(folder.path("p/faq.toml")).unwrap();
    let pinned = "[[entry]]\nid = \"pin\"\nquestion = \"Who is pinned here?\"\ntags = [\"pinned\"]\n\
                  [[entry.quote]]\ntext = \"Three four.\"\n";
    folder.write("p/faq.toml", format!("{faq}\n{pinned}"));
    let Home { discord, room, ada, .. } = &home;
    let _bot = home.bot_with("['p']", folder, &[]);
    let offered = discord.offers(*room, *ada, ("ask", "question"), "");
    assert_eq!(offered.first().map(String::as_str), Some("Who is pinned here?"), "{offered:?}");
}

#[test]
fn where_it_listens_a_new_post_is_answered_without_ringing() {
    let home = Home::new();
    let Home { discord, guild, ada, .. } = &home;
    let forum = discord.forum(*guild, "forum");
    let listens = format!("['{forum}']");
    let _bot = home.bot(&[
        ("QUOTH_DEFAULT_SPACE__LISTENS_IN", &listens),
        ("QUOTH_DISCORD__MESSAGE_CONTENT", "true"),
    ]);
    assert_ne!(discord.intents().unwrap() & MESSAGE_CONTENT, 0);
    let (thread, post) = discord.posts(forum, *ada, QUESTION);
    let shown = discord.next_sent();
    assert_eq!((shown.channel, shown.reply_to), (thread.0, Some(post)));
    assert!(shown.is_silent && shown.text.contains(ANSWER), "{shown:?}");
    assert!(shown.labels().contains(&WORDS.not_this), "{:?}", shown.labels());
}

#[test]
fn listening_without_the_intent_is_refused_and_the_switch_is_named() {
    let home = Home::new();
    let folder = Folder::with_pack();
    let settings = home.discord.settings();
    let listens = format!("['{}']", home.room);
    let mut all: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.push(("QUOTH_DEFAULT_SPACE__LISTENS_IN", &listens));
    let ended = Service::start(&folder, &all).wait();
    assert_eq!(ended.code, Some(2), "{}", ended.log);
    for part in ["message_content", "Message Content Intent"] {
        assert!(ended.log.contains(part), "{part} is not in {}", ended.log);
    }
}

#[test]
fn whatever_is_asked_about_is_answered_somehow() {
    let home = Home::new();
    let Home { discord, room, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    let long = format!("{QUESTION} {}", "and so on ".repeat(398));
    let robot = discord.bot("robot");
    home.asks(QUESTION);
    let own = discord.next_sent().id;
    let targets = [
        discord.says(*room, *bob, ""),
        discord.says(*room, *bob, "\u{1f600}\u{200b}"),
        discord.says(*room, *bob, &long),
        discord.says(*room, robot, QUESTION),
        own,
    ];
    for target in targets {
        let done = discord.uses_on(target, *ada, "Ask about this");
        let is_answered = |seen: &ObservedChange| {
            let shown = seen.shown();
            shown.interaction == Some(done.id) || shown.reply_to == Some(target)
        };
        assert!(home.seen_until_settled().iter().any(is_answered), "{target}");
    }
    let question = home.asks(&long);
    assert_eq!(discord.next_sent().reply_to, Some(question));
}

#[test]
fn a_command_where_commands_are_switched_off_is_told_so_in_private() {
    let home = Home::new();
    let Home { discord, guild, room, ada, .. } = &home;
    let listens_in = format!("['discord:guild:{}']", guild.0);
    let _bot = home.bot(&[
        ("QUOTH_DISCORD__MESSAGE_CONTENT", "true"),
        ("QUOTH_DEFAULT_SPACE__LISTENS_IN", &listens_in),
        ("QUOTH_DEFAULT_SPACE__SPEAKS_WHEN", "['mention']"),
    ]);
    discord.uses(*room, *ada, "ask", &[("question", QUESTION)]);
    let shown = discord.next_sent();
    assert!(shown.is_private && shown.text.contains("I do not answer commands here"), "{shown:?}");
    home.asks(QUESTION);
    assert!(discord.next_sent().text.contains(ANSWER));
}
