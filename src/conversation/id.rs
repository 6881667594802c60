//! Names of things on a platform: `discord:1234`, `matrix:$event:example.org`, `console:7`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares a name of its own type, so that a person is never taken for a place.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The thing called `id` on `platform`.
            pub fn new(platform: &str, id: impl fmt::Display) -> Self {
                Self(format!("{platform}:{id}"))
            }

            /// The whole name, as records and settings hold it.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The platform and what the thing is called there. A name without a colon is all
            /// platform.
            pub fn parts(&self) -> (&str, &str) {
                self.0.split_once(':').unwrap_or((&self.0, ""))
            }
        }

        impl From<String> for $name {
            fn from(name: String) -> Self {
                Self(name)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.to_owned())
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
    /// A message: somebody's, or one of ours. Also an interaction, which is answered like one.
    MessageId
}
id! {
    /// Where messages stand: a channel, thread or room (`discord:channel:12`, `matrix:!abc:example.org`),
    /// or something wider around it (`discord:guild:34`).
    PlaceId
}
id! {
    /// Somebody, or a role that people have (`discord:user:56`, `discord:role:78`,
    /// `matrix:@ada:example.org`).
    PrincipalId
}
id! {
    /// Somebody whose name is not kept: a keyed hash, in hexadecimal digits.
    AskerHash
}
