//! Ids that hold on all platforms: the platform's name, a colon and the platform's own id
//! (`discord:1234`, `matrix:$event:example.org`, `console:7`).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares an id type. Each kind of id has its own, so that they cannot be mixed up.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id `id` of `platform`.
            pub fn new(platform: &str, id: impl fmt::Display) -> Self {
                Self(format!("{platform}:{id}"))
            }

            /// The whole id, as in records and settings.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The platform's name and the platform's own id. Without a colon, all of it is the
            /// platform's name.
            pub fn parts(&self) -> (&str, &str) {
                self.0.split_once(':').unwrap_or((&self.0, ""))
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// Id of a message, of a user or of the bot. Also of anything else that is handled once and
    /// replied to like a message: an interaction, a reaction, an edit, a join, an alert.
    MessageId
}
id! {
    /// Id of a place: a channel, thread or room (`discord:channel:12`, `matrix:!abc:example.org`), or
    /// a parent of them (`discord:guild:34`).
    PlaceId
}
id! {
    /// Id of a user or of a role (`discord:user:56`, `discord:role:78`, `matrix:@ada:example.org`).
    PrincipalId
}
id! {
    /// Pseudonym of a user: a keyed hash of the id in hexadecimal digits. Records hold it instead of
    /// the id.
    AskerHash
}
