//! Behaviors through `quoth run` and a program on its bridge.

use serde_json::{Value, json};

use super::list::{Behavior, Step};
use super::{Driver, Sight};
use crate::folder::Folder;
use crate::service::{BridgeClient, Service, now};

/// A name on the bridge.
fn named(name: &str) -> String {
    format!("bridge:{name}")
}

fn place(step: &Step) -> Value {
    json!({ "id": named(step.place()), "is_direct": step.direct })
}

/// The event on the bridge.
fn event(step: &Step) -> Value {
    let id = named(step.id());
    let person = json!({ "id": named(step.by()), "is_bot": step.bot });
    let at = now() - step.ago * 1000;
    if let Some(id) = &step.deleted {
        return json!({ "event": "deleted", "id": named(id), "place": place(step) });
    }
    if let Some(sent) = &step.used {
        return json!({
            "event": "used", "id": id, "sent": named(sent), "place": place(step),
            "by": person, "at": at, "control": step.control,
        });
    }
    if step.joined.is_some() {
        return json!({ "event": "joined", "place": place(step), "at": at });
    }
    let (event, text) = match (&step.said, &step.edited) {
        (Some(text), _) => ("said", text),
        (_, Some(text)) => ("edited", text),
        _ => panic!("{step:?} is nothing that happens"),
    };
    let mut message = json!({
        "event": event, "id": id, "place": place(step), "author": person, "text": text,
        "address": { "mentions_us": !step.plain && !step.command, "is_command": step.command },
        "sent_at": at,
    });
    if let Some(to) = &step.reply_to {
        let is_ours = step.about.is_none();
        message["replied_to"] = json!({ "id": named(to), "is_ours": is_ours, "text": step.about });
    }
    message
}

/// One life of the service after the other.
pub(super) struct OnBridge {
    folder: Folder,
    settings: Vec<(String, String)>,
    service: Option<Service>,
    program: BridgeClient,
    n_marks: usize,
}

impl OnBridge {
    pub(super) fn start(behavior: &Behavior) -> Self {
        let folder = Folder::empty();
        let settings = super::settings(behavior, named);
        let (service, program) = Self::live(&folder, &settings);
        Self { folder, settings, service: Some(service), program, n_marks: 0 }
    }

    fn live(folder: &Folder, settings: &[(String, String)]) -> (Service, BridgeClient) {
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let service = Service::start(folder, &settings);
        (service, BridgeClient::connect(folder))
    }
}

impl Driver for OnBridge {
    fn restart(&mut self, is_killed: bool) {
        let service = self.service.take().unwrap();
        if is_killed {
            service.kill();
        } else {
            assert_eq!(service.stop().code, Some(0));
        }
        let (service, program) = Self::live(&self.folder, &self.settings);
        self.service = Some(service);
        self.program = program;
    }

    fn act(&mut self, step: &Step) {
        self.program.send_line(&event(step));
    }

    fn see(&mut self, _: &Step) -> Sight {
        let order = self.program.execute_order();
        let verb = order["do"].as_str().unwrap();
        let of = order[if verb == "send" { "cause" } else { "sent" }].as_str().unwrap();
        let head = format!("{verb} {}", of.trim_start_matches("bridge:"));
        let entries: Vec<&str> =
            order["entries"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let told = match order["kind"].as_str() {
            Some(kind) => format!("{head}: {kind} {}", entries.join(",")),
            None => head,
        };
        Sight {
            told: vec![told.trim().to_owned()],
            text: order["text"].as_str().unwrap_or_default().to_owned(),
            is_private: order["is_private"].as_bool(),
        }
    }

    fn see_no_more(&mut self, name: &str, step: &Step) {
        self.n_marks += 1;
        let mark = named(&format!("mark {}", self.n_marks));
        self.program.send_line(&json!({
            "event": "used", "id": mark, "sent": "bridge:nothing", "place": place(step),
            "by": { "id": "bridge:marker" }, "at": now(), "control": "helpful",
        }));
        let order = self.program.execute_order();
        assert_eq!(order["cause"], mark, "{name}: nothing more was to be seen");
    }
}
