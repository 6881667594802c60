//! What goes wrong between the bot and Discord, on order.

use std::time::Duration;

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub(crate) enum InjectedFault {
    /// It is not carried out: too many requests. The bot is to wait so long; on this route, or
    /// everywhere.
    Limited { wait: Duration, everywhere: bool },
    /// It is not carried out, and the server says that it is at fault.
    Status(u16),
    /// It is carried out, and the server says that it is at fault.
    DoneStatus(u16),
    /// It is carried out, and there is no room for another one like it for so long.
    LastRoom { reset_after: Duration },
    /// It is answered so much later.
    Slow(Duration),
    /// It is not carried out, and the connection is cut.
    Cut,
    /// It is carried out, and the connection is cut.
    DoneCut,
    /// It is carried out, and the answer is a success that says nothing of sense.
    DoneGarbage,
}

/// A mischief that waits for its requests.
#[derive(Debug)]
pub(super) struct ScheduledFault {
    pub(super) route: String,
    pub(super) mischief: InjectedFault,
    pub(super) n_left: usize,
}

impl InjectedFault {
    /// Whether the request is carried out all the same.
    pub(super) fn is_done(&self) -> bool {
        match self {
            Self::Limited { .. } | Self::Status(_) | Self::Cut => false,
            Self::DoneStatus(_) | Self::LastRoom { .. } | Self::Slow(_) => true,
            Self::DoneCut | Self::DoneGarbage => true,
        }
    }
}
