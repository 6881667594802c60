//! The list of behaviors in tests/data/behaviors.toml, on each platform that there is.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::quoth::quoth_reading;
use crate::service::{Program, Service, now};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    behavior: Vec<Behavior>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Behavior {
    name: String,
    #[serde(default)]
    terminal: bool,
    #[serde(default)]
    settings: toml::Table,
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    said: Option<String>,
    edited: Option<String>,
    deleted: Option<String>,
    used: Option<String>,
    joined: Option<String>,
    #[serde(default)]
    restart: bool,
    #[serde(default)]
    kill: bool,
    id: Option<String>,
    by: Option<String>,
    place: Option<String>,
    #[serde(default)]
    direct: bool,
    #[serde(default)]
    command: bool,
    #[serde(default)]
    plain: bool,
    #[serde(default)]
    bot: bool,
    reply_to: Option<String>,
    about: Option<String>,
    control: Option<Value>,
    #[serde(default)]
    ago: u64,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    then: Vec<String>,
}

fn list() -> Vec<Behavior> {
    let list: List = toml::from_str(include_str!("../data/behaviors.toml")).unwrap();
    list.behavior
}

/// A name on the bridge.
fn named(name: &str) -> String {
    format!("bridge:{name}")
}

impl Step {
    fn place(&self) -> Value {
        let place = self.joined.as_ref().or(self.place.as_ref());
        json!({ "id": named(place.map_or("room", String::as_str)), "is_direct": self.direct })
    }

    /// The event on the bridge; none for what is done to the service.
    fn event(&self) -> Option<Value> {
        let id = named(self.id.as_deref().unwrap_or_default());
        let person =
            json!({ "id": named(self.by.as_deref().unwrap_or("ada")), "is_bot": self.bot });
        let at = now() - self.ago * 1000;
        if let Some(id) = &self.deleted {
            return Some(json!({ "event": "deleted", "id": named(id), "place": self.place() }));
        }
        if let Some(sent) = &self.used {
            return Some(json!({
                "event": "used", "id": id, "sent": named(sent), "place": self.place(),
                "by": person, "at": at, "control": self.control,
            }));
        }
        if self.joined.is_some() {
            return Some(json!({ "event": "joined", "place": self.place(), "at": at }));
        }
        let (event, text) = match (&self.said, &self.edited) {
            (Some(text), _) => ("said", text),
            (_, Some(text)) => ("edited", text),
            _ => return None,
        };
        let mut message = json!({
            "event": event, "id": id, "place": self.place(), "author": person, "text": text,
            "address": { "mentions_us": !self.plain && !self.command, "is_command": self.command },
            "sent_at": at,
        });
        if let Some(to) = &self.reply_to {
            let is_ours = self.about.is_none();
            message["replied_to"] =
                json!({ "id": named(to), "is_ours": is_ours, "text": self.about });
        }
        Some(message)
    }

    /// Whether `order` is what `want` says.
    fn check(&self, name: &str, want: &str, order: &Value) {
        let verb = order["do"].as_str().unwrap();
        let of = order[if verb == "send" { "cause" } else { "sent" }].as_str().unwrap();
        let of = of.trim_start_matches("bridge:");
        let entries: Vec<&str> =
            order["entries"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let (head, words) = want.split_once(" ~ ").unwrap_or((want, ""));
        let told = match order["kind"].as_str() {
            Some(kind) => format!("{verb} {of}: {kind} {}", entries.join(",")),
            None => format!("{verb} {of}"),
        };
        assert_eq!(told.trim(), head, "{name}: {order}");
        let text = order["text"].as_str().unwrap_or_default();
        assert!(text.contains(words), "{name}: {words} is not in {text}");
        if verb == "send" {
            assert_eq!(order["is_private"], self.private, "{name}: {order}");
        }
    }
}

/// One life of the service after the other.
struct OnBridge {
    folder: Folder,
    settings: Vec<(String, String)>,
    service: Option<Service>,
    program: Program,
    n_marks: usize,
}

impl OnBridge {
    fn start(behavior: &Behavior) -> Self {
        let folder = Folder::empty();
        let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge/china-kazakhstan");
        let mut settings = vec![
            ("QUOTH_PACKS".to_owned(), format!("['{pack}']")),
            ("QUOTH_HTTP__IS_ON".to_owned(), "false".to_owned()),
        ];
        for (key, value) in &behavior.settings {
            // People and places are named as on the bridge.
            let value = match value {
                toml::Value::Array(names) => {
                    let names = names.iter().filter_map(toml::Value::as_str).map(named);
                    toml::Value::from(names.collect::<Vec<String>>())
                }
                value => value.clone(),
            };
            settings
                .push((format!("QUOTH_DEFAULT_SPACE__{}", key.to_uppercase()), value.to_string()));
        }
        let (service, program) = Self::live(&folder, &settings);
        Self { folder, settings, service: Some(service), program, n_marks: 0 }
    }

    fn live(folder: &Folder, settings: &[(String, String)]) -> (Service, Program) {
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let service = Service::start(folder, &settings);
        (service, Program::connect(folder))
    }

    fn step(&mut self, name: &str, step: &Step) -> Vec<Value> {
        if step.restart || step.kill {
            let service = self.service.take().unwrap();
            if step.kill {
                service.kill();
            } else {
                assert_eq!(service.stop().code, Some(0));
            }
            let (service, program) = Self::live(&self.folder, &self.settings);
            self.service = Some(service);
            self.program = program;
        }
        let Some(event) = step.event() else { return Vec::new() };
        self.program.tell(&event);
        let mut orders = Vec::new();
        for want in &step.then {
            let order = self.program.obey();
            step.check(name, want, &order);
            orders.push(order);
        }
        // What is done at a place is done in order: if this is what comes next, nothing else came.
        self.n_marks += 1;
        let mark = named(&format!("mark {}", self.n_marks));
        self.program.tell(&json!({
            "event": "used", "id": mark, "sent": "bridge:nothing", "place": step.place(),
            "by": { "id": "bridge:marker" }, "at": now(), "control": "helpful",
        }));
        let order = self.program.obey();
        assert_eq!(order["cause"], mark, "{name}: nothing more was to be seen");
        orders
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_behavior_holds_on_the_bridge_and_the_terminal_says_the_same() {
    for behavior in list() {
        let mut bridge = OnBridge::start(&behavior);
        let mut orders = Vec::new();
        for step in &behavior.step {
            orders.extend(bridge.step(&behavior.name, step));
        }
        if behavior.terminal {
            let lines: Vec<&str> =
                behavior.step.iter().map(|step| step.said.as_deref().unwrap()).collect();
            let run = quoth_reading(&["chat", "--plain"], lines.join("\n").as_bytes());
            let said: String = orders.iter().map(|order| order["text"].as_str().unwrap()).collect();
            assert_eq!(words(&run.stdout), words(&said), "{}", behavior.name);
        }
    }
}

#[test]
fn every_behavior_is_listed_in_the_documentation() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/behavior.md");
    let listed = std::fs::read_to_string(path).unwrap();
    for behavior in list() {
        let platforms = if behavior.terminal { "bridge, terminal" } else { "bridge" };
        let line = format!("| {} | {platforms} |", behavior.name);
        assert!(listed.contains(&line), "{line} is not in docs/behavior.md");
    }
    assert_eq!(listed.matches("| bridge").count(), list().len(), "and nothing else is");
}
