//! Spaces: which packs and settings apply to which guild.

use super::bot::{ANSWER, QUESTION, TestGuild};
use crate::folder::{FAQ, Folder, SOURCE};

const OTHER_QUESTION: &str = "What did Ann say?";
const OTHER_ANSWER: &str = "Ann said";

/// A folder with the pack `p` for the space `ops`, which has `place`.
fn folder(channel: &str) -> Folder {
    let folder = Folder::empty();
    folder.write("p/pack.toml", "title = \"P\"\n");
    folder.write("p/sources/doc.md", SOURCE);
    folder.write("p/faq.toml", FAQ);
    let space =
        format!("[[space]]\nname = \"ops\"\nplaces = [\"{channel}\"]\npacks = [\"../p\"]\n");
    folder.write("config/quoth.toml", space);
    folder
}

/// The default packs.
fn default_packs() -> String {
    format!("['{}']", crate::first_pack::FOLDER)
}

#[test]
fn guilds_and_their_threads_use_their_own_packs() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let ops = discord.guild("ops");
    let desk = discord.channel(ops, "desk");
    let _bot = home.bot_with(&default_packs(), folder(&ops.to_string()), &[]);
    for (channel, question, answer) in [
        (*channel, QUESTION, ANSWER),
        (desk, OTHER_QUESTION, OTHER_ANSWER),
        (discord.thread(desk, *ada), OTHER_QUESTION, OTHER_ANSWER),
        (*channel, OTHER_QUESTION, "I have no quote"),
        (desk, QUESTION, "I have no quote"),
    ] {
        discord.user_sends(channel, *ada, &home.mention_bot(question));
        let reply = discord.next_message();
        assert!(reply.text.contains(answer), "{question}: {}", reply.text);
    }
    // With two guilds, it is unknown which of them the user shares with the bot.
    discord.user_sends(discord.direct(*ada), *ada, QUESTION);
    assert!(discord.next_message().text.contains(ANSWER));
}

#[test]
fn direct_messages_use_the_only_guild_and_commands_their_channel() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, .. } = &home;
    let _bot = home.bot_with(&default_packs(), folder(&guild.to_string()), &[]);
    let direct = discord.direct(*ada);
    discord.user_sends(direct, *ada, OTHER_QUESTION);
    assert!(discord.next_message().text.contains(OTHER_ANSWER));
    for channel in [direct, *channel] {
        discord.user_runs_command(channel, *ada, "ask", &[("question", OTHER_QUESTION)]);
        let reply = discord.next_message();
        assert!(reply.is_private && reply.text.contains(OTHER_ANSWER), "{reply:?}");
    }
    let choices = discord.autocomplete_choices(*channel, *ada, ("ask", "question"), "ann");
    assert_eq!(choices, [OTHER_QUESTION]);
}
