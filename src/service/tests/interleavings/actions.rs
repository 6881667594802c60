//! What moderators and the editor do: random commands, controls and edits of the file.

use super::*;

/// A word that is like no other.
fn word(random: &mut Rng) -> String {
    (0..10).map(|_| random.lowercase()).collect()
}

impl Interleaving {
    pub(super) fn place(&self, of: usize) -> Place {
        let id = format!("{}:room", self.moderators[of].platform);
        Place { id: id.as_str().into(), ..room() }
    }

    pub(super) fn next_id(&mut self, of: usize) -> String {
        self.world.wait(1);
        self.n_events += 1;
        format!("{}:{}", self.moderators[of].platform, self.n_events)
    }

    pub(super) fn user(&self, of: usize) -> User {
        user(&format!("{}:mod", self.moderators[of].platform))
    }

    /// The event that a moderator says `text`.
    pub(super) fn says(&mut self, of: usize, text: &str) -> Event {
        let id = self.next_id(of);
        self.log.push(format!("{id} says {text:?}"));
        let message = self.world.question(&id, text);
        Event::MessageCreated(Message { author: self.user(of), place: self.place(of), ..message })
    }

    /// The event that a moderator uses a control of `message`.
    pub(super) fn presses(&mut self, of: usize, message: &str, control: Control) -> Event {
        let id = self.next_id(of);
        self.log.push(format!("{id} uses {control:?} of {message}"));
        Event::ControlUsed(ControlUse {
            id: id.as_str().into(),
            message: message.into(),
            place: self.place(of),
            user: self.user(of),
            used_at: self.world.clock.now(),
            control,
            locale: None,
        })
    }

    /// A random command.
    pub(super) fn command(&mut self) -> String {
        let entries: Vec<(String, String)> = entries(&self.faq()).into_iter().collect();
        let mut entries = entries;
        entries.sort();
        let Some((id, text)) = self.random.choice(&entries).cloned() else {
            return format!("faq gap {}?", word(&mut self.random));
        };
        let phrasings: Vec<&str> = text
            .split_once("variants")
            .map(|(_, it)| it.split('"').skip(1).step_by(2).collect())
            .unwrap_or_default();
        let word = word(&mut self.random);
        match self.random.usize(..10) {
            0..4 => format!("faq add-phrasing {id} {word}"),
            4 => match self.random.choice(&phrasings) {
                Some(phrasing) => format!("faq remove-phrasing {id} {phrasing}"),
                None => format!("faq edit {id}\nlead: {word}"),
            },
            5 => format!("faq edit {id} What is {word}?"),
            6 => format!("faq gap {word} where?\n- {word} there"),
            7 => format!("faq remove {id}"),
            8 => format!("faq restore {}", self.random.choice(["ann", "height", "lift"]).unwrap()),
            _ => format!("faq revert {}", 1 + self.random.usize(..self.n_recorded.max(1))),
        }
    }

    /// What an editor makes of `opened`.
    pub(super) fn edited(&mut self, opened: &str) -> String {
        let word = word(&mut self.random);
        let ids = ["ann", "height", "lift"];
        let id = self.random.choice(&ids).unwrap();
        let line = format!("id = \"{id}\"\n");
        match self.random.usize(..4) {
            0 => opened.replace(&line, &format!("{line}tags = [\"{word}\"]\n")),
            1 => opened.replace("# about", &format!("# {word}, about")),
            2 => format!(
                "{opened}\n# {word}\n[[entry]]\nid = \"{word}\"\nquestion = \"{word}?\"\ngap = true\n"
            ),
            _ => opened.replace("What did", &format!("What, {word}, did")),
        }
    }

    /// A control that can be used now, with the message that has it: of this moderator, or of the other one.
    pub(super) fn save_event(&mut self, of: usize) -> Option<Event> {
        let proposals: Vec<String> =
            self.moderators[of].proposals.iter().rev().take(2).cloned().collect();
        let message = self.random.choice(&proposals).cloned()?;
        Some(self.presses(of, &message, Control::Save))
    }
}
