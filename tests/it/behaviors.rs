//! The list of behaviors in tests/data/behaviors.toml, on each platform that there is.

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

/// A platform on which a behavior is tried, with the service behind it.
trait Driver {
    /// Ends the service, or kills it, and starts it again on what it has kept.
    fn restart(&mut self, is_killed: bool);

    /// Does what `step` says.
    fn act(&mut self, step: &Step);

    /// Waits for what is to be seen next of `step`.
    fn see(&mut self, step: &Step) -> Sight;

    /// Makes sure that nothing else was to be seen of `step`. What is done at a place is done in
    /// order: if a mark comes next, nothing else came.
    fn see_no_more(&mut self, name: &str, step: &Step);
}

/// Something that is to be seen.
#[derive(Debug)]
struct Sight {
    /// What it is, as the list says it. More than one where the platform shows too little to tell
    /// them apart.
    told: Vec<String>,
    text: String,
    /// Whether one person alone sees it, if the platform can do that there.
    is_private: Option<bool>,
}

impl Sight {
    fn check(&self, name: &str, want: &str, step: &Step) {
        let (want, absent) = want.split_once(" !~ ").unwrap_or((want, "\0"));
        let (head, words) = want.split_once(" ~ ").unwrap_or((want, ""));
        assert!(self.told.iter().any(|it| it == head), "{name}: {head} is wanted, not {self:?}");
        assert!(self.text.contains(words), "{name}: {words} is not in {}", self.text);
        assert!(!self.text.contains(absent), "{name}: {absent} is in {}", self.text);
        if let Some(is_private) = self.is_private.filter(|_| head.starts_with("send")) {
            assert_eq!(is_private, step.private, "{name}: {self:?}");
        }
    }
}

/// Does everything of `behavior`, and gives the texts that were to be seen.
fn run(behavior: &Behavior, driver: &mut impl Driver) -> Vec<String> {
    let mut texts = Vec::new();
    let name = &behavior.name;
    for step in &behavior.step {
        if !step.is_act() {
            driver.restart(step.kill);
            continue;
        }
        driver.act(step);
        for want in &step.then {
            let sight = driver.see(step);
            sight.check(name, want, step);
            texts.push(sight.text);
        }
        driver.see_no_more(name, step);
    }
    texts
}

/// What every platform needs: the first pack, and the behavior's own settings, in which people and
/// places are called as `named` says.
fn settings(behavior: &Behavior, named: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge/china-kazakhstan");
    let mut settings = vec![
        ("QUOTH_PACKS".to_owned(), format!("['{pack}']")),
        ("QUOTH_HTTP__IS_ON".to_owned(), "false".to_owned()),
    ];
    for (key, value) in &behavior.settings {
        let value = match value {
            toml::Value::Array(names) => {
                let names = names.iter().filter_map(toml::Value::as_str).map(&named);
                toml::Value::from(names.collect::<Vec<String>>())
            }
            value => value.clone(),
        };
        settings.push((format!("QUOTH_DEFAULT_SPACE__{}", key.to_uppercase()), value.to_string()));
    }
    settings
}

/// What a message that shows `text` is, as the list says it.
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
fn every_behavior_holds_on_the_bridge_and_the_terminal_says_the_same() {
    try_all("bridge", |behavior| {
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
            assert!(listed.contains(reason.as_str()), "why {} is not on {platform}", behavior.name);
        }
    }
    assert_eq!(listed.matches("| bridge").count(), list().len(), "and nothing else is");
}

#[cfg(feature = "discord")]
#[test]
fn every_behavior_holds_on_discord() {
    try_all("discord", |behavior| drop(run(behavior, &mut discord::OnDiscord::start(behavior))));
}

#[cfg(feature = "matrix")]
#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn every_behavior_holds_on_matrix() {
    try_all("matrix", |behavior| drop(run(behavior, &mut matrix::OnMatrix::start(behavior))));
}

/// Behaviors that are tried at the same time. They wait more than they work.
const N_AT_ONCE: usize = 4;

/// Tries all behaviors that `platform` has, each with a service of its own.
fn try_all(platform: &str, tried: impl Fn(&Behavior) + Sync) {
    let mut behaviors = list();
    behaviors.retain(|behavior| !behavior.not_on.contains_key(platform));
    let (left, failed) = (Mutex::new(behaviors.iter()), Mutex::new(Vec::new()));
    let next = || left.lock().unwrap().next();
    let tried = &tried;
    std::thread::scope(|scope| {
        for _ in 0..N_AT_ONCE {
            scope.spawn(|| {
                while let Some(behavior) = next() {
                    // A panic tells the name of its thread.
                    let named = std::thread::Builder::new().name(behavior.name.clone());
                    let thread = named.spawn_scoped(scope, || tried(behavior)).unwrap();
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
