//! A client of another library than the bot's: matrix-nio.

use std::process::Command;

use super::bot::{ANSWER, Bot};
use crate::support::matrix::{PASSWORD, register};
use crate::support::synapse::{Synapse, python};

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn bot_is_used_by_a_client_of_another_library() {
    let server = Synapse::shared();
    let bot = Bot::start(server, &[]);
    let user = register(server, "nia");
    // The Python of Synapse has matrix-nio, too.
    let output = Command::new(python())
        .arg("tests/it/support/matrix/nio_user.py")
        .args([&server.url(), user.as_str(), PASSWORD, bot.id.as_str(), ANSWER])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("Python runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}{}", bot.service().log());
    let worked = String::from_utf8_lossy(&output.stdout);
    let want = [
        "asks_in_a_room",
        "asks_in_a_thread",
        "selects_by_reaction_and_by_number",
        "asks_directly",
    ];
    assert_eq!(worked.lines().collect::<Vec<_>>(), want, "{errors}");
}
