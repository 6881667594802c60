//! A chat with one user at a terminal.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Layout, render};
use crate::conversation::wording::Wording;
use crate::conversation::{
    Addressing, Message, MessageId, MessageOrigin, Place, PlaceId, RepliedTo, ReplyKind, Timestamp,
    User,
};
use crate::service::{Outgoing, SendError, Sender};

/// Platform of the ids of its messages.
const PLATFORM: &str = "console";

/// The only place, for `places` in the configuration.
pub const PLACE: &str = "console";

/// A chat with one user, whose replies are printed to standard output. A message of the user counts
/// as a reply to the bot's last one, so that a bare number picks a suggestion.
pub struct ConsoleSession {
    layout: Layout,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    n_messages: u64,
    /// The last reply that is not a notice.
    last: Option<MessageId>,
    error: Option<io::Error>,
}

impl State {
    fn next_id(&mut self) -> MessageId {
        self.n_messages += 1;
        MessageId::new(PLATFORM, self.n_messages)
    }
}

impl ConsoleSession {
    /// A new session.
    pub fn new(layout: Layout) -> Self {
        Self { layout, state: Mutex::default() }
    }

    /// The user's message `text`.
    pub fn message(&self, text: &str, now: Timestamp) -> Message {
        let mut state = self.state();
        let replied_to = state.last.clone().map(|id| RepliedTo {
            id,
            is_from_bot: true,
            author: None,
            text: None,
            title: None,
            origin: MessageOrigin::default(),
        });
        Message {
            id: state.next_id(),
            place: Place { id: PlaceId::from(PLACE), parents: Vec::new(), is_direct: true },
            author: User { id: "console:person".into(), roles: Vec::new(), is_bot: false },
            text: text.to_owned(),
            addressing: Addressing::default(),
            replied_to,
            sent_at: now,
            edit_id: None,
            locale: None,
        }
    }

    /// Checks that all replies could be printed.
    ///
    /// # Errors
    /// The first error of standard output since the last call.
    pub fn check(&self) -> io::Result<()> {
        self.state().error.take().map_or(Ok(()), Err)
    }

    fn print(&self, outgoing: &Outgoing) -> Result<(), SendError> {
        let layout = Layout { wording: Wording::for_locale(&outgoing.locale), ..self.layout };
        let text = render(&outgoing.message.reply, layout);
        writeln!(anstream::stdout(), "{text}").map_err(|error| {
            self.state().error.get_or_insert(error);
            SendError::Permanent
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sender for ConsoleSession {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        self.print(outgoing)?;
        let mut state = self.state();
        let id = state.next_id();
        if outgoing.message.kind != ReplyKind::Notice {
            state.last = Some(id.clone());
        }
        Ok(id)
    }

    /// Prints the new content below, since printed text cannot be changed.
    async fn edit(&self, _: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        self.print(outgoing)
    }

    async fn delete(&self, _: &MessageId, _: &PlaceId, _: &MessageId) -> Result<(), SendError> {
        Ok(())
    }

    fn dedup_window(&self) -> Option<Duration> {
        None
    }
}
