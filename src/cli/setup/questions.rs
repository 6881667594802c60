//! The questions of `quoth setup`.

use std::path::{Path, PathBuf};

use url::Url;

use super::interview::Interview;
use crate::config::{MIN_TOKEN_CHARS, MatrixAnswers, is_platform_user};
use crate::knowledge::prove;
use crate::store::pack_files;

/// What is to be served.
#[derive(Debug, Clone, Copy)]
pub(super) struct Platforms {
    pub(super) has_discord: bool,
    pub(super) has_matrix: bool,
}

pub(super) fn platforms(interview: &mut Interview<'_>) -> anyhow::Result<Platforms> {
    let (discord, matrix) = (cfg!(feature = "discord"), cfg!(feature = "matrix"));
    let platforms = |has_discord, has_matrix| Platforms { has_discord, has_matrix };
    let choices: Vec<(&str, Platforms)> = [
        ("discord", platforms(true, false), discord),
        ("matrix", platforms(false, true), matrix),
        ("both", platforms(true, true), discord && matrix),
        ("bridge", platforms(false, false), true),
    ]
    .into_iter()
    .filter_map(|(name, platforms, is_built)| is_built.then_some((name, platforms)))
    .collect();
    let names = choices.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let question = format!("Where will people ask ({names}; over the bridge, other programs ask)?");
    interview.ask_until(&question, None, |answer| {
        let chosen = choices.iter().find(|(name, _)| answer.eq_ignore_ascii_case(name));
        chosen
            .map(|(_, platforms)| *platforms)
            .ok_or_else(|| format!("Write one of these: {names}."))
    })
}

/// The token; `None` if the one in the file `kept` stays.
pub(super) fn discord_token(
    interview: &mut Interview<'_>,
    kept: Option<&Path>,
) -> anyhow::Result<Option<String>> {
    interview.ask_secret(
        "The token of the bot on Discord (docs/discord.md says where it is made):",
        kept,
        |token| {
            let is_token =
                token.chars().count() >= MIN_TOKEN_CHARS && !token.contains(char::is_whitespace);
            is_token.then_some(()).ok_or("That is no token: copy all of it, and nothing else.")
        },
    )
}

/// The account, and its password if that in the file `kept` does not stay. The files are those of the password and of the
/// passphrase.
pub(super) fn matrix_account(
    interview: &mut Interview<'_>,
    (password_file, passphrase_file): (String, String),
    kept: Option<&Path>,
) -> anyhow::Result<(MatrixAnswers, Option<String>)> {
    let homeserver = interview.ask_until(
        "The homeserver of the bot's account, like example.org:",
        None,
        |answer| {
            let problem = "Write its name, like example.org, or its address, like https://matrix.example.org.";
            is_homeserver(answer).then(|| answer.to_owned()).ok_or_else(|| problem.to_owned())
        },
    )?;
    // The name in user ids is often another than that in an address.
    let default = (!homeserver.contains("://")).then(|| format!("@quoth:{homeserver}"));
    let user = interview.ask_until("The user id of the bot:", default.as_deref(), |answer| {
        let id = format!("matrix:{answer}");
        let is_user = is_platform_user(&id) && answer.contains(':');
        is_user.then(|| answer.to_owned()).ok_or_else(|| "Write it as @name:server.".to_owned())
    })?;
    let password = interview.ask_secret("Its password:", kept, |password| {
        (!password.is_empty()).then_some(()).ok_or("The bot needs one to log in.")
    })?;
    let server = user.split_once(':').map_or("", |(_, server)| server);
    let inviting = interview.ask("Who may invite it?", Some(&format!("@*:{server}")))?;
    let account = MatrixAnswers {
        homeserver,
        user,
        password_file,
        passphrase_file,
        accepts_invites_from: inviting,
    };
    Ok((account, password))
}

/// Whether a text is the name of a server or its address.
fn is_homeserver(text: &str) -> bool {
    let address = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let is_server = |url: Url| url.has_host() && matches!(url.scheme(), "http" | "https");
    !text.contains(char::is_whitespace) && Url::parse(&address).is_ok_and(is_server)
}

/// The folder of a pack that proves: `known`, if nothing else is written.
pub(super) fn pack(
    interview: &mut Interview<'_>,
    known: Option<&PathBuf>,
) -> anyhow::Result<PathBuf> {
    let known = known.map(|pack| pack.display().to_string());
    interview.ask_until(
        "The folder of the pack with your FAQ (`quoth import FILE --into FOLDER` makes one):",
        known.as_deref(),
        |answer| {
            let folder = PathBuf::from(answer);
            if answer.is_empty() {
                return Err("Write a folder.".to_owned());
            }
            if !pack_files::is_pack(&folder) {
                return Err(format!(
                    "{answer} is no pack. `quoth import FILE --into FOLDER` makes a pack of an FAQ."
                ));
            }
            let files = pack_files::read(&folder).map_err(|error| error.to_string())?;
            if prove(&files).is_accepted() {
                Ok(folder)
            } else {
                Err(format!("The pack has errors: `quoth check {answer}` shows them."))
            }
        },
    )
}

/// The answer of who wants no moderator.
const NOBODY: &str = "nobody";

/// More moderators; `has_some` if there are some already.
pub(super) fn moderators(
    interview: &mut Interview<'_>,
    platforms: Platforms,
    has_some: bool,
) -> anyhow::Result<Vec<String>> {
    let nobody = if has_some { "nobody else" } else { NOBODY };
    let mut moderators = Vec::new();
    if platforms.has_discord {
        let question = "Your user id on Discord, to edit the FAQ there and pause the bot (Developer Mode, Copy User ID):";
        moderators.extend(interview.ask_until(question, Some(nobody), |answer| {
            let is_id = answer.bytes().all(|byte| byte.is_ascii_digit());
            if answer == nobody || answer == NOBODY {
                Ok(None)
            } else if is_id {
                Ok(Some(format!("discord:user:{answer}")))
            } else {
                Err("It has digits only.".to_owned())
            }
        })?);
    }
    if platforms.has_matrix {
        let question = "Your user id on Matrix, to edit the FAQ there and pause the bot:";
        moderators.extend(interview.ask_until(question, Some(nobody), |answer| {
            let id = format!("matrix:{answer}");
            if answer == nobody || answer == NOBODY {
                Ok(None)
            } else if is_platform_user(&id) && answer.contains(':') {
                Ok(Some(id))
            } else {
                Err("Write it as @name:server.".to_owned())
            }
        })?);
    }
    Ok(moderators)
}
