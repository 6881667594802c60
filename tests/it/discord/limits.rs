//! Discord's limits, for every entry of the first pack: the fake server rejects what exceeds them.

use super::bot::{TestGuild, in_parallel};
use crate::first_pack::{answers_in, first_pack};

#[test]
fn entries_of_the_first_pack_fit_all_limits_in_both_styles() {
    let pack = first_pack();
    in_parallel(["embed", "text"], |style| {
        let home = TestGuild::new();
        let _bot = home.bot(&[("QUOTH_DISCORD__STYLE", style)]);
        let direct = home.discord.direct(home.ada);
        for entry in pack.entries.iter().filter(|entry| !entry.is_gap()) {
            home.discord.user_sends(direct, home.ada, &entry.question);
            let reply = home.discord.next_message();
            let answers = answers_in(&pack, &reply.text, true);
            let id = entry.id.as_str().to_owned();
            assert!(answers.contains(&id), "{style}: {id} is not in {}", reply.text);
            assert_eq!(reply.n_pings, 0, "{style}: {id}");
        }
    });
}

#[test]
fn topics_are_listed_completely_over_pages() {
    let home = TestGuild::new();
    let pack = first_pack();
    let _bot = home.bot(&[]);
    home.discord.user_runs_command(home.channel, home.ada, "topics", &[]);
    let mut texts = String::new();
    loop {
        let reply = home.discord.next_message();
        assert!(reply.is_private, "{reply:?}");
        texts.push_str(&reply.text);
        if reply.labels().is_empty() {
            break;
        }
        home.discord.user_presses(reply.id, super::bot::LABELS.show_rest, home.ada);
    }
    let reply = crate::first_pack::letters(&texts);
    for entry in pack.entries.iter().filter(|entry| !entry.is_gap()) {
        let question = crate::first_pack::letters(&entry.question);
        assert!(reply.contains(&question), "{} is not among the topics", entry.question);
    }
}
