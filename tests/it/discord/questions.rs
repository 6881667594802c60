//! Ways to ask a question.

use std::time::Duration;

use super::bot::{ANSWER, LABELS, QUESTION, TestGuild};
use crate::first_pack::first_pack;
use crate::folder::Folder;
use crate::service::Service;
use crate::support::discord::{Attached, ChannelId, InjectedFault, ObservedChange, UserMessage};

use crate::support::discord::permission::SEND_MESSAGES;

const MESSAGE_CONTENT: u64 = 1 << 15;

#[test]
fn questions_are_answered_without_the_message_content_intent() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, bob, .. } = &home;
    discord.disallow_message_content();
    let _bot = home.bot(&[]);
    assert_eq!(discord.intents().map(|intents| intents & MESSAGE_CONTENT), Some(0));
    let assert_answered = |way: &str, question: u64| {
        let reply = discord.next_message();
        assert_eq!(reply.reply_to, Some(question), "{way}");
        assert!(reply.text.contains(ANSWER) && !reply.is_private, "{way}: {reply:?}");
        reply.id
    };
    let first = assert_answered("a mention", home.ask(QUESTION));
    let by_role = format!("{QUESTION}? {}", discord.role_mention(*guild));
    assert_answered("its role", discord.user_sends(*channel, *ada, &by_role));
    let reply = |to, text| UserMessage { text, reply_to: Some(to), ..UserMessage::default() };
    assert_answered("a reply", discord.user_sends_message(*channel, *ada, reply(first, QUESTION)));
    let asked = discord.user_sends(*channel, *bob, QUESTION);
    assert_answered(
        "a mention under it",
        discord.user_sends_message(*channel, *ada, reply(asked, &home.mention_bot(""))),
    );
    assert_answered("a direct message", discord.user_sends(discord.direct(*ada), *ada, QUESTION));
    let thread = discord.thread(*channel, *ada);
    assert_answered("in a thread", discord.user_sends(thread, *bob, &home.mention_bot(QUESTION)));
    let (_, post) =
        discord.user_posts(discord.forum(*guild, "forum"), *ada, &home.mention_bot(QUESTION));
    assert_answered("in a forum", post);
}

#[test]
fn withheld_question_is_asked_for() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, bob, .. } = &home;
    discord.withhold_undocumented_content();
    let _bot = home.bot(&[]);
    let by_role = format!("{QUESTION}? {}", discord.role_mention(*guild));
    let asked = discord.user_sends(*channel, *bob, QUESTION);
    let text = discord.mention();
    let under = UserMessage { text: &text, reply_to: Some(asked), ..UserMessage::default() };
    let questions = [
        discord.user_sends(*channel, *ada, &by_role),
        discord.user_sends_message(*channel, *ada, under),
    ];
    for question in questions {
        let reply = discord.next_message();
        assert_eq!(reply.reply_to, Some(question));
        assert!(reply.text.contains("in your own words"), "{reply:?}");
    }
}

#[test]
fn command_replies_have_the_requested_visibility() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    for (visible, is_private) in [(None, true), (Some("me"), true), (Some("everyone"), false)] {
        let visible = visible.map(|value| ("visible", value));
        let options: Vec<(&str, &str)> =
            [("question", QUESTION)].into_iter().chain(visible).collect();
        let interaction = discord.user_runs_command(*channel, *ada, "ask", &options);
        let reply = discord.next_message();
        assert_eq!(reply.interaction, Some(interaction.id));
        assert_eq!(reply.is_private, is_private, "{visible:?}");
        assert!(reply.text.contains(ANSWER), "{reply:?}");
    }
    let asked = discord.user_sends(*channel, *bob, QUESTION);
    discord.user_runs_message_command(asked, *ada, "Ask about this");
    let mut replies = [discord.next_message(), discord.next_message()];
    replies.sort_by_key(|reply| reply.is_private);
    let [answer, notice] = replies;
    assert_eq!(answer.reply_to, Some(asked), "the answer replies to the target");
    assert!(answer.text.contains(ANSWER) && !answer.is_private, "{answer:?}");
    assert!(notice.is_private, "the confirmation is ephemeral: {notice:?}");
    let chat = discord.user_sends(*channel, *bob, "good morning");
    discord.user_runs_message_command(chat, *ada, "Ask about this");
    let reply = discord.next_message();
    assert!(reply.is_private, "without an answer, the reply is ephemeral: {reply:?}");
}

#[test]
fn private_answer_can_be_shown_to_everybody_once() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    let options = [("question", QUESTION)];
    discord.user_runs_command(*channel, *ada, "ask", &options);
    let private = discord.next_message();
    assert!(private.labels().contains(&LABELS.share), "{private:?}");
    let press = discord.user_presses(private.id, LABELS.share, *ada);
    let shared = discord.next_message();
    assert_eq!(shared.interaction, Some(press.id));
    assert!(!shared.is_private && shared.text.contains(ANSWER), "{shared:?}");
    assert!(
        shared.content.starts_with("**Question:** What is Rana Mitter's profession?"),
        "{shared:?}"
    );
    assert!(!shared.labels().contains(&LABELS.share), "{shared:?}");
    discord.user_presses(private.id, LABELS.share, *ada);
    let again = discord.next_message();
    assert!(again.is_private && again.text.contains("already"), "{again:?}");
    // A public answer shows the question at once.
    discord.user_runs_command(*channel, *ada, "ask", &[options[0], ("visible", "everyone")]);
    let public = discord.next_message();
    let want = format!("**Question:** {QUESTION}\n");
    assert!(!public.is_private && public.content.starts_with(&want), "{public:?}");
    // Whoever may not write there may not make the bot write there, either.
    discord.deny_users(*channel, SEND_MESSAGES);
    discord.user_runs_command(*channel, *ada, "ask", &options);
    let private = discord.next_message();
    assert!(!private.labels().contains(&LABELS.share), "{private:?}");
    discord.user_runs_command(discord.direct(*ada), *ada, "ask", &options);
    let direct = discord.next_message();
    assert!(!direct.labels().contains(&LABELS.share), "{direct:?}");
}

#[test]
fn message_is_replied_to_once_whoever_asks_about_it() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    let is_public = |change: &ObservedChange| !change.message().is_private;
    let asked = discord.user_sends(*channel, *bob, QUESTION);
    // A double press, and another user.
    for user in [*ada, *ada, *bob] {
        discord.user_runs_message_command(asked, user, "Ask about this");
    }
    let changes = home.changes_until_idle();
    assert_eq!(changes.iter().filter(|it| is_public(it)).count(), 1, "{changes:?}");
    let texts = changes.iter().map(|change| change.message().text.as_str());
    let n_told = texts.filter(|text| text.contains("already replied")).count();
    assert_eq!(n_told, 2, "{changes:?}");
    // A question that was answered already.
    let answered = home.ask(QUESTION);
    assert_eq!(discord.next_message().reply_to, Some(answered));
    discord.user_runs_message_command(answered, *ada, "Ask about this");
    let reply = discord.next_message();
    assert!(reply.is_private && reply.text.contains("already replied"), "{reply:?}");
    // Once the answer is deleted, the message can be asked about again.
    let answer = changes.iter().find(|it| is_public(it)).unwrap().message().id;
    discord.user_presses(answer, LABELS.delete, *ada);
    assert_eq!(discord.next_change().message().id, answer);
    discord.user_runs_message_command(asked, *bob, "Ask about this");
    assert!(home.changes_until_idle().iter().any(is_public));
}

#[test]
fn question_that_is_deleted_while_it_waits_is_not_answered() {
    let home = TestGuild::new();
    let TestGuild { discord, .. } = &home;
    let _bot = home.bot(&[]);
    let create = "POST /channels/{}/messages";
    discord.inject_fault(create, 1, InjectedFault::Slow(Duration::from_secs(4)));
    let first = home.ask(QUESTION);
    // The first answer is being sent.
    discord.wait_for_calls("POST /channels/{}/typing", 1);
    let deleted = home.ask(QUESTION);
    discord.delete_message(deleted);
    let last = home.ask(QUESTION);
    for question in [first, last] {
        assert_eq!(discord.next_message().reply_to, Some(question));
    }
    home.wait_until_idle();
}

#[test]
fn full_place_is_told_once_that_nobody_is_answered_there() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, .. } = &home;
    let _bot = home.bot(&[
        ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "3600"),
        ("QUOTH_DEFAULT_SPACE__QUESTIONS_PER_PLACE", "2"),
    ]);
    let text = home.mention_bot(QUESTION);
    let ask = |name: &str| discord.user_sends(*channel, discord.user(name), &text);
    for name in ["cyd", "dee"] {
        ask(name);
        assert!(discord.next_message().text.contains(ANSWER));
    }
    let third = ask("eve");
    let notice = discord.next_message();
    assert_eq!(notice.reply_to, Some(third));
    assert!(notice.text.contains("asked here"), "{notice:?}");
    ask("fay");
    discord.assert_no_changes();
    // Whoever asks privately is told, too.
    discord.user_runs_command(*channel, discord.user("gus"), "ask", &[("question", QUESTION)]);
    let reply = discord.next_message();
    assert!(reply.is_private && reply.text.contains("asked here"), "{reply:?}");
}

#[test]
fn title_of_a_thread_is_read_where_a_short_message_refers_to_it() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, bob, .. } = &home;
    let forum = discord.forum(*guild, "forum");
    let listens_in = format!("['{forum}']");
    let _bot = home.bot(&[
        ("QUOTH_DISCORD__MESSAGE_CONTENT", "true"),
        ("QUOTH_DEFAULT_SPACE__LISTENS_IN", &listens_in),
    ]);
    // A post in a listening forum, whose question is in its title.
    let (thread, post) = discord.user_posts_with_title(forum, *ada, QUESTION, "see title");
    let reply = discord.next_message();
    assert_eq!((reply.channel, reply.reply_to), (thread.0, Some(post)));
    assert!(reply.text.contains(ANSWER), "{reply:?}");
    // A post that asks something itself, however short.
    let (thread, _) = discord.user_posts_with_title(forum, *ada, "Almaty", QUESTION);
    let reply = discord.next_message();
    assert!(reply.channel == thread.0 && reply.text.contains(ANSWER), "{reply:?}");
    // A mention in a thread, by anybody.
    let thread = discord.named_thread(*channel, *ada, QUESTION);
    for text in ["see title", ""] {
        let asked = discord.user_sends(thread, *bob, &home.mention_bot(text));
        let reply = discord.next_message();
        assert_eq!(reply.reply_to, Some(asked), "{text}");
        assert!(reply.text.contains(ANSWER), "{text}: {reply:?}");
    }
    // What speaks for itself does not mean the title.
    discord.user_sends(
        thread,
        *bob,
        &home.mention_bot("where can I get the best pizza in almaty?"),
    );
    assert!(!discord.next_message().text.contains(ANSWER));
}

#[test]
fn message_that_a_thread_was_started_from_is_read_where_a_short_message_refers_to_it() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, bob, .. } = &home;
    let forum = discord.forum(*guild, "forum");
    let _bot = home.bot(&[("QUOTH_DISCORD__MESSAGE_CONTENT", "true")]);
    let started_from = |text: &str| {
        let message = discord.user_sends(*channel, *ada, text);
        discord.thread_from(message, *ada, "help")
    };
    let thread = started_from(QUESTION);
    let (post, _) = discord.user_posts_with_title(forum, *ada, "help please", QUESTION);
    let assert_answered = |thread: ChannelId, text: &str| {
        let asked = discord.user_sends(thread, *bob, &home.mention_bot(text));
        let reply = discord.next_message();
        assert_eq!(reply.reply_to, Some(asked), "{text}");
        assert!(reply.text.contains(ANSWER), "{text}: {reply:?}");
    };
    for text in ["see above", "answer this?", ""] {
        assert_answered(thread, text);
        assert_answered(post, text);
    }
    // The title is read, too.
    let (titled, _) = discord.user_posts_with_title(forum, *ada, QUESTION, "I looked everywhere");
    assert_answered(titled, "see above");
    // An edit to such a message is answered, too.
    let asked = discord.user_sends(thread, *bob, "answer this?");
    discord.user_edits(asked, &home.mention_bot("answer this?"));
    assert!(discord.next_message().text.contains(ANSWER));
    // A thread that the bot does not know yet is looked up first.
    discord.hold_events();
    let unknown = started_from(QUESTION);
    discord.discard_events();
    assert_answered(unknown, "see above");
    // A message that speaks for itself does not refer to another one, which is not even fetched.
    let get = "GET /channels/{}/messages/{}";
    let n_fetched = discord.n_calls(get);
    assert!(n_fetched > 0);
    discord.user_sends(
        thread,
        *bob,
        &home.mention_bot("where can I get the best pizza in almaty?"),
    );
    assert!(!discord.next_message().text.contains(ANSWER));
    assert_eq!(discord.n_calls(get), n_fetched);
    // The message was deleted, or Discord fails: the title is left.
    let titled = discord.user_sends(*channel, *ada, "I looked everywhere");
    let thread = discord.thread_from(titled, *ada, QUESTION);
    discord.inject_fault(get, 1, InjectedFault::Status(500));
    assert_answered(thread, "see above");
    discord.delete_message(titled);
    assert_answered(thread, "see above");
}

#[test]
fn forwarded_messages_are_read() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    let forward = UserMessage { forwards: Some(QUESTION), ..UserMessage::default() };
    let asked = discord.user_sends_message(discord.direct(*ada), *ada, forward);
    let reply = discord.next_message();
    assert_eq!(reply.reply_to, Some(asked));
    assert!(reply.text.contains(ANSWER), "{reply:?}");
    let forwarded = discord.user_sends_message(*channel, *bob, forward);
    discord.user_runs_message_command(forwarded, *ada, "Ask about this");
    let changes = home.changes_until_idle();
    let is_answer = |it: &ObservedChange| it.message().reply_to == Some(forwarded);
    assert!(changes.iter().any(is_answer), "{changes:?}");
}

#[test]
fn messages_with_files_stickers_and_polls_are_read_like_others() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, .. } = &home;
    let listened = discord.channel(*guild, "listened");
    let listens_in = format!("['{listened}']");
    let _bot = home.bot(&[
        ("QUOTH_DISCORD__MESSAGE_CONTENT", "true"),
        ("QUOTH_DEFAULT_SPACE__LISTENS_IN", &listens_in),
    ]);
    let direct = discord.direct(*ada);
    for attached in [Attached::File, Attached::Sticker, Attached::Poll] {
        let send = |channel, text: &str| {
            let attached = Some(attached);
            let message = UserMessage { text, attached, ..UserMessage::default() };
            discord.user_sends_message(channel, *ada, message)
        };
        let asked = send(*channel, &home.mention_bot(QUESTION));
        let reply = discord.next_message();
        assert_eq!(reply.reply_to, Some(asked), "{attached:?}");
        assert!(reply.text.contains(ANSWER), "{attached:?}: {reply:?}");
        // Without words, it is no question.
        for (channel, text) in [(direct, String::new()), (*channel, discord.mention())] {
            let asked = send(channel, &text);
            let reply = discord.next_message();
            assert_eq!(reply.reply_to, Some(asked), "{attached:?}");
            assert!(reply.text.contains("in your own words"), "{attached:?}: {reply:?}");
        }
        send(listened, "");
        home.wait_until_idle();
    }
}

#[test]
fn autocomplete_offers_questions_of_the_pack() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    let pack = first_pack();
    let known: Vec<&str> = pack.entries.iter().map(|entry| entry.question.as_str()).collect();
    for typed in ["", "r", "rana mit", "chna trops", "why did", "zzzz"] {
        let choices = discord.autocomplete_choices(*channel, *ada, ("ask", "question"), typed);
        assert!(choices.len() <= 25, "{typed}: {choices:?}");
        // A choice has at most 100 characters.
        let is_known =
            |it: &String| known.iter().any(|known| known.starts_with(it.trim_end_matches('…')));
        assert!(choices.iter().all(is_known), "{typed}: {choices:?}");
        if typed == "rana mit" {
            assert!(choices[0].contains("Rana Mitter"), "{choices:?}");
        }
    }
}

#[test]
fn autocomplete_offers_pinned_questions_first() {
    let home = TestGuild::new();
    let folder = Folder::with_pack();
    let faq = std::fs::read_to_string(folder.path("p/faq.toml")).unwrap();
    let pinned = "[[entry]]\nid = \"pin\"\nquestion = \"Who is pinned here?\"\ntags = [\"pinned\"]\n\
                  [[entry.quote]]\ntext = \"Three four.\"\n";
    folder.write("p/faq.toml", format!("{faq}\n{pinned}"));
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot_with("['p']", folder, &[]);
    let choices = discord.autocomplete_choices(*channel, *ada, ("ask", "question"), "");
    assert_eq!(choices.first().map(String::as_str), Some("Who is pinned here?"), "{choices:?}");
}

#[test]
fn posts_in_listening_channels_are_answered_silently() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, ada, .. } = &home;
    let forum = discord.forum(*guild, "forum");
    let listens = format!("['{forum}']");
    let _bot = home.bot(&[
        ("QUOTH_DEFAULT_SPACE__LISTENS_IN", &listens),
        ("QUOTH_DISCORD__MESSAGE_CONTENT", "true"),
    ]);
    assert_ne!(discord.intents().unwrap() & MESSAGE_CONTENT, 0);
    let (thread, post) = discord.user_posts(forum, *ada, QUESTION);
    let reply = discord.next_message();
    assert_eq!((reply.channel, reply.reply_to), (thread.0, Some(post)));
    assert!(reply.is_silent && reply.text.contains(ANSWER), "{reply:?}");
    assert!(reply.labels().contains(&LABELS.not_this), "{:?}", reply.labels());
}

#[test]
fn listening_without_the_intent_is_rejected_with_advice() {
    let home = TestGuild::new();
    let folder = Folder::with_pack();
    let settings = home.discord.settings();
    let listens = format!("['{}']", home.channel);
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
fn message_command_on_any_message_gets_a_response() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    let long = format!("{QUESTION} {}", "and so on ".repeat(398));
    let robot = discord.bot("robot");
    home.ask(QUESTION);
    let own = discord.next_message().id;
    let targets = [
        discord.user_sends(*channel, *bob, ""),
        discord.user_sends(*channel, *bob, "\u{1f600}\u{200b}"),
        discord.user_sends(*channel, *bob, &long),
        discord.user_sends(*channel, robot, QUESTION),
        own,
    ];
    for target in targets {
        let interaction = discord.user_runs_message_command(target, *ada, "Ask about this");
        let is_answered = |change: &ObservedChange| {
            let reply = change.message();
            reply.interaction == Some(interaction.id) || reply.reply_to == Some(target)
        };
        assert!(home.changes_until_idle().iter().any(is_answered), "{target}");
    }
    let question = home.ask(&long);
    assert_eq!(discord.next_message().reply_to, Some(question));
}

#[test]
fn disabled_commands_get_a_private_notice() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, .. } = &home;
    let listens_in = format!("['discord:guild:{}']", guild.0);
    let _bot = home.bot(&[
        ("QUOTH_DISCORD__MESSAGE_CONTENT", "true"),
        ("QUOTH_DEFAULT_SPACE__LISTENS_IN", &listens_in),
        ("QUOTH_DEFAULT_SPACE__SPEAKS_WHEN", "['mention']"),
    ]);
    discord.user_runs_command(*channel, *ada, "ask", &[("question", QUESTION)]);
    let reply = discord.next_message();
    assert!(reply.is_private && reply.text.contains("I do not answer commands here"), "{reply:?}");
    home.ask(QUESTION);
    assert!(discord.next_message().text.contains(ANSWER));
}
