//! Behaviors through `quoth run` and a client of its bridge.

use serde_json::{Value, json};

use super::list::{Behavior, Step};
use super::{Driver, VisibleEffect};
use crate::folder::Folder;
use crate::service::{BridgeClient, Service, now};

/// The id on the bridge.
fn id_of(name: &str) -> String {
    format!("bridge:{name}")
}

fn place(step: &Step) -> Value {
    json!({ "id": id_of(step.place()), "is_direct": step.direct })
}

/// The event on the bridge.
fn event(step: &Step) -> Value {
    let id = id_of(step.id());
    let user = json!({ "id": id_of(step.by()), "is_bot": step.bot });
    let at = now() - step.ago * 1000;
    if let Some(id) = &step.deleted {
        return json!({ "event": "deleted", "id": id_of(id), "place": place(step) });
    }
    if let Some(sent) = &step.used {
        return json!({
            "event": "used", "id": id, "sent": id_of(sent), "place": place(step),
            "by": user, "at": at, "control": step.control,
        });
    }
    if step.joined.is_some() {
        return json!({ "event": "joined", "place": place(step), "at": at });
    }
    let (event, text) = match (&step.said, &step.edited) {
        (Some(text), _) => ("said", text),
        (_, Some(text)) => ("edited", text),
        _ => panic!("{step:?} is not an event"),
    };
    let mut message = json!({
        "event": event, "id": id, "place": place(step), "author": user, "text": text,
        "address": { "mentions_us": !step.plain && !step.command, "is_command": step.command },
        "sent_at": at,
    });
    if let Some(to) = &step.reply_to {
        let is_from_bot = step.about.is_none();
        let author = step.about_by.as_deref().map(id_of);
        message["replied_to"] = json!({ "id": id_of(to), "is_ours": is_from_bot, "author": author, "text": step.about });
    }
    message
}

/// The service, restarted on the same data, and the client of its bridge.
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
        let settings = super::settings(behavior, id_of);
        let (service, program) = Self::launch(&folder, &settings);
        Self { folder, settings, service: Some(service), program, n_marks: 0 }
    }

    fn launch(folder: &Folder, settings: &[(String, String)]) -> (Service, BridgeClient) {
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
        let (service, program) = Self::launch(&self.folder, &self.settings);
        self.service = Some(service);
        self.program = program;
    }

    fn act(&mut self, step: &Step) {
        self.program.send_line(&event(step));
    }

    fn next_effect(&mut self, _: &Step) -> VisibleEffect {
        let order = self.program.execute_order();
        let action = order["do"].as_str().unwrap();
        let id = order[if action == "send" { "cause" } else { "sent" }].as_str().unwrap();
        let head = format!("{action} {}", id.trim_start_matches("bridge:"));
        let entries: Vec<&str> =
            order["entries"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let description = match order["kind"].as_str() {
            Some(kind) => format!("{head}: {kind} {}", entries.join(",")),
            None => head,
        };
        VisibleEffect {
            descriptions: vec![description.trim().to_owned()],
            text: order["text"].as_str().unwrap_or_default().to_owned(),
            is_private: order["is_private"].as_bool(),
        }
    }

    fn assert_no_effect(&mut self, name: &str, step: &Step) {
        self.n_marks += 1;
        let marker = id_of(&format!("mark {}", self.n_marks));
        self.program.send_line(&json!({
            "event": "used", "id": marker, "sent": "bridge:nothing", "place": place(step),
            "by": { "id": "bridge:marker" }, "at": now(), "control": "helpful",
        }));
        let order = self.program.execute_order();
        assert_eq!(order["cause"], marker, "{name}: no other effect");
    }
}
