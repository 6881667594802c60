//! Runs the list of behaviors in tests/data/behaviors.toml on every platform.

mod bridge;
#[cfg(feature = "discord")]
mod discord;
mod list;
#[cfg(feature = "matrix")]
mod matrix;

use std::sync::Mutex;

#[cfg(any(feature = "discord", feature = "matrix"))]
use crate::first_pack::{answers_in, letters};
use crate::quoth::quoth_reading;
use bridge::OnBridge;
use list::{Behavior, Step, list};
#[cfg(any(feature = "discord", feature = "matrix"))]
use quoth::conversation::wording::Wording;
#[cfg(any(feature = "discord", feature = "matrix"))]
use quoth::knowledge::{Entry, EntryId, Pack};

/// A platform to run a behavior on, with a running service.
trait Driver {
    /// Stops or kills the service and starts it again with the same data.
    fn restart(&mut self, is_killed: bool);

    /// Performs `step`.
    fn act(&mut self, step: &Step);

    /// Waits for the next visible effect of `step`.
    fn next_effect(&mut self, step: &Step) -> VisibleEffect;

    /// Asserts that `step` has no other effect. Events of a place are handled in order: if the effect
    /// of a marker event comes next, there was no other.
    fn assert_no_effect(&mut self, name: &str, step: &Step);
}

/// A visible effect of a step.
#[derive(Debug)]
struct VisibleEffect {
    /// Descriptions in the syntax of the list. More than one if the platform shows too little to
    /// distinguish them.
    descriptions: Vec<String>,
    text: String,
    /// Whether it is private; `None` if the platform has no private replies there.
    is_private: Option<bool>,
}

impl VisibleEffect {
    fn check(&self, name: &str, want: &str, step: &Step) {
        let (want, absent) = want.split_once(" !~ ").unwrap_or((want, "\0"));
        let (head, words) = want.split_once(" ~ ").unwrap_or((want, ""));
        assert!(self.descriptions.iter().any(|it| it == head), "{name}: want {head}, got {self:?}");
        assert!(self.text.contains(words), "{name}: {words} is not in {}", self.text);
        assert!(!self.text.contains(absent), "{name}: {absent} is in {}", self.text);
        if let Some(is_private) = self.is_private.filter(|_| head.starts_with("send")) {
            assert_eq!(is_private, step.private, "{name}: {self:?}");
        }
    }
}

/// Runs all steps of `behavior` and returns the texts of the effects.
fn run(behavior: &Behavior, driver: &mut impl Driver) -> Vec<String> {
    let mut texts = Vec::new();
    let name = &behavior.name;
    for step in &behavior.step {
        if !step.is_action() {
            driver.restart(step.kill);
            continue;
        }
        driver.act(step);
        for want in &step.then {
            let effect = driver.next_effect(step);
            effect.check(name, want, step);
            texts.push(effect.text);
        }
        driver.assert_no_effect(name, step);
    }
    texts
}

/// Settings for every platform: the first pack and the behavior's own settings. `id_of` gives the
/// platform's id for a user or a place of the list.
fn settings(behavior: &Behavior, id_of: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge/china-kazakhstan");
    let mut settings = vec![
        ("QUOTH_PACKS".to_owned(), format!("['{pack}']")),
        ("QUOTH_HTTP__IS_ON".to_owned(), "false".to_owned()),
    ];
    for (key, value) in &behavior.settings {
        let value = match value {
            toml::Value::Array(names) => {
                let names = names.iter().filter_map(toml::Value::as_str).map(&id_of);
                toml::Value::from(names.collect::<Vec<String>>())
            }
            value => value.clone(),
        };
        settings.push((format!("QUOTH_DEFAULT_SPACE__{}", key.to_uppercase()), value.to_string()));
    }
    settings
}

/// Possible kinds of a message with this text, in the syntax of the list.
#[cfg(any(feature = "discord", feature = "matrix"))]
fn kinds(pack: &Pack, text: &str, shows_lead: bool) -> Vec<String> {
    let shown = letters(text);
    let answers = answers_in(pack, text, shows_lead);
    let mut kinds: Vec<String> = answers.into_iter().map(|id| format!("answer {id}")).collect();
    let found = |entry: &Entry| Some((shown.find(&letters(&entry.question))?, entry.id.clone()));
    let mut suggested: Vec<(usize, EntryId)> = pack.entries.iter().filter_map(found).collect();
    suggested.sort_unstable();
    if !suggested.is_empty() {
        let ids: Vec<&str> = suggested.iter().map(|(_, id)| id.as_str()).collect();
        kinds.push(format!("suggest {}", ids.join(",")));
    }
    if !kinds.iter().any(|kind| kind.starts_with("answer")) {
        let abstains = ["en", "de"].map(Wording::for_locale).iter().any(|wording| {
            let is_in = |sentence: &str| shown.contains(&letters(sentence));
            is_in(&wording.nothing_found()) || is_in(&wording.not_in_source())
        });
        kinds.push(if abstains { "abstain" } else { "notice" }.to_owned());
    }
    kinds
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_behavior_holds_on_the_bridge_and_the_terminal_prints_the_same() {
    run_all("bridge", |behavior| {
        let texts = run(behavior, &mut OnBridge::start(behavior));
        if behavior.terminal {
            let lines: Vec<&str> =
                behavior.step.iter().map(|step| step.said.as_deref().unwrap()).collect();
            let run = quoth_reading(&["chat", "--plain"], lines.join("\n").as_bytes());
            assert_eq!(words(&run.stdout), words(&texts.concat()), "{}", behavior.name);
        }
    });
}

#[test]
fn every_behavior_is_listed_in_the_documentation() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/behavior.md");
    let listed = std::fs::read_to_string(path).unwrap();
    for behavior in list() {
        let mut platforms = vec!["bridge"];
        if behavior.terminal {
            platforms.push("terminal");
        }
        for (name, platform) in [("discord", "Discord"), ("matrix", "Matrix")] {
            if !behavior.not_on.contains_key(name) {
                platforms.push(platform);
            }
        }
        let line = format!("| {} | {} |", behavior.name, platforms.join(", "));
        assert!(listed.contains(&line), "{line} is not in docs/behavior.md");
        for (platform, reason) in &behavior.not_on {
            assert!(
                listed.contains(reason.as_str()),
                "the reason why {} is not on {platform}",
                behavior.name
            );
        }
    }
    assert_eq!(listed.matches("| bridge").count(), list().len(), "no other behavior is listed");
}

#[cfg(feature = "discord")]
#[test]
fn every_behavior_holds_on_discord() {
    run_all("discord", |behavior| drop(run(behavior, &mut discord::OnDiscord::start(behavior))));
}

#[cfg(feature = "matrix")]
#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn every_behavior_holds_on_matrix() {
    run_all("matrix", |behavior| drop(run(behavior, &mut matrix::OnMatrix::start(behavior))));
}

/// Behaviors that run at the same time. They mostly wait.
const N_AT_ONCE: usize = 4;

/// Runs all behaviors that `platform` has, each with its own service.
fn run_all(platform: &str, run_one: impl Fn(&Behavior) + Sync) {
    let mut behaviors = list();
    behaviors.retain(|behavior| !behavior.not_on.contains_key(platform));
    let (left, failed) = (Mutex::new(behaviors.iter()), Mutex::new(Vec::new()));
    let next = || left.lock().unwrap().next();
    let run_one = &run_one;
    std::thread::scope(|scope| {
        for _ in 0..N_AT_ONCE {
            scope.spawn(|| {
                while let Some(behavior) = next() {
                    // The panic message contains the thread's name.
                    let builder = std::thread::Builder::new().name(behavior.name.clone());
                    let thread = builder.spawn_scoped(scope, || run_one(behavior)).unwrap();
                    if thread.join().is_err() {
                        failed.lock().unwrap().push(behavior.name.as_str());
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{failed:?}");
}
