//! What must hold: replies, the file and the history fit each other.

use super::*;

impl Interleaving {
    /// Checks the replies to a moderator, and the file, which was `before`. `event` is what the moderator has used.
    pub(super) fn check_reply(&mut self, of: usize, id: &str, before: &str) -> bool {
        let replies = self.moderators[of].sender.take_calls();
        assert_eq!(replies.len(), 1, "told once: {replies:?}");
        let reply = &replies[0];
        let message = reply.split(": ").next().unwrap();
        let message = match message.split_once(' ').unwrap() {
            ("send", cause) => format!("{cause}/reply"),
            (_, message) => message.to_owned(),
        };
        self.log.push(format!("  {}", reply.lines().take(2).collect::<Vec<_>>().join(" / ")));
        let failed = [
            "pack-cannot-be-read",
            "pack-cannot-be-written",
            "pack-is-busy",
            "history-cannot-be-used",
        ];
        for failed in failed {
            let failed = Wording::english().sentence(failed, []);
            assert!(!reply.contains(&failed), "{id}: {reply}");
        }
        let is_saved = reply.contains(": Edited p,");
        if is_saved {
            self.told.n_saved += 1;
            self.moderators[of].saved.push(message);
            assert_ne!(self.faq(), before, "{reply}");
        } else if reply.contains(": Proposal") {
            let changed = Wording::english().sentence("changed-meanwhile", []);
            self.told.n_changed_meanwhile += usize::from(reply.contains(&changed));
            self.moderators[of].proposals.push(message);
        } else {
            self.told.n_refused += 1;
        }
        is_saved
    }

    /// Follows the revisions that were recorded since the last time: each changes what the last has made.
    pub(super) fn follow_history(&mut self) -> Vec<RecordedRevision> {
        let history = PackHistory::open(&self.world.folder.path().join("data")).unwrap();
        let filter = RevisionFilter { pack: "p".to_owned(), limit: u32::MAX, ..Default::default() };
        let mut found = history.list(&filter).unwrap();
        found.reverse();
        let new = found.split_off(self.n_recorded);
        self.n_recorded += new.len();
        for RecordedRevision { id, revision } in &new {
            let by = &revision.by;
            self.log.push(format!("  change {id} of {} by {by:?}", revision.entry));
            let before = self.recorded.get(&revision.entry);
            assert_eq!(before, revision.before.as_ref(), "before change {id} by {by:?}");
            assert_ne!(revision.before, revision.after, "change {id} by {by:?}");
            match &revision.after {
                Some(text) => self.recorded.insert(revision.entry.clone(), text.clone()),
                None => self.recorded.remove(&revision.entry),
            };
        }
        new
    }

    /// All is quiet: what has changed is in use and recorded.
    pub(super) async fn end(&mut self) {
        self.reload();
        while self.announce().await || !self.found.is_empty() {}
        let faq = self.faq();
        assert_eq!(self.recorded, entries(&faq), "the history explains the file at the end");
        let folder = self.world.folder.path().join("p");
        let files = crate::store::pack_files::read(&folder).unwrap();
        let proof = crate::knowledge::prove(&files);
        let snapshot = self.world.knowledge_base.current();
        let served = snapshot.pack(&folder).unwrap();
        assert!(proof.is_accepted(), "{:?}", proof.findings);
        let texts = |pack: &crate::knowledge::Pack| -> Vec<String> {
            pack.entries
                .iter()
                .map(|it| format!("{} {} {:?}", it.id, it.question, it.variants))
                .collect()
        };
        assert_eq!(texts(served), texts(&proof.pack), "what is in the file is in use");
    }
}
