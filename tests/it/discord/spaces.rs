//! Which packs and settings hold where.

use super::bot::{ANSWER, Home, QUESTION};
use crate::folder::{FAQ, Folder, SOURCE};

const OTHER_QUESTION: &str = "What did Ann say?";
const OTHER_ANSWER: &str = "Ann said";

/// A folder with the pack `p`, which the guild `ops` has, beside the default one.
fn folder(place: &str) -> Folder {
    let folder = Folder::empty();
    folder.write("p/pack.toml", "title = \"P\"\n");
    folder.write("p/sources/doc.md", SOURCE);
    folder.write("p/faq.toml", FAQ);
    let space = format!("[[space]]\nname = \"ops\"\nplaces = [\"{place}\"]\npacks = [\"../p\"]\n");
    folder.write("config/quoth.toml", space);
    folder
}

/// The default packs.
fn default_packs() -> String {
    format!("['{}']", crate::first_pack::FOLDER)
}

#[test]
fn each_guild_answers_from_its_own_packs_in_threads_too() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let ops = discord.guild("ops");
    let desk = discord.channel(ops, "desk");
    let _bot = home.bot_with(&default_packs(), folder(&ops.to_string()), &[]);
    for (place, question, answer) in [
        (*room, QUESTION, ANSWER),
        (desk, OTHER_QUESTION, OTHER_ANSWER),
        (discord.thread(desk, *ada), OTHER_QUESTION, OTHER_ANSWER),
        (*room, OTHER_QUESTION, "I have no quote"),
        (desk, QUESTION, "I have no quote"),
    ] {
        discord.says(place, *ada, &home.to_bot(question));
        let shown = discord.next_sent();
        assert!(shown.text.contains(answer), "{question}: {}", shown.text);
    }
    // In two guilds, nobody knows which of them is shared.
    discord.says(discord.direct(*ada), *ada, QUESTION);
    assert!(discord.next_sent().text.contains(ANSWER));
}

#[test]
fn a_direct_message_belongs_to_the_only_guild_and_a_command_to_its_channel() {
    let home = Home::new();
    let Home { discord, guild, room, ada, .. } = &home;
    let _bot = home.bot_with(&default_packs(), folder(&guild.to_string()), &[]);
    let direct = discord.direct(*ada);
    discord.says(direct, *ada, OTHER_QUESTION);
    assert!(discord.next_sent().text.contains(OTHER_ANSWER));
    for place in [direct, *room] {
        discord.uses(place, *ada, "ask", &[("question", OTHER_QUESTION)]);
        let shown = discord.next_sent();
        assert!(shown.is_private && shown.text.contains(OTHER_ANSWER), "{shown:?}");
    }
    let offered = discord.offers(*room, *ada, ("ask", "question"), "ann");
    assert_eq!(offered, [OTHER_QUESTION]);
}
