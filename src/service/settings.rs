//! How messages are delivered, how long records are kept, what is told about the process.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How messages are delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliverySettings {
    /// Age of the oldest message that is answered after downtime, in minutes; below 14 days, for which
    /// handled messages are remembered. Default: 60.
    pub catch_up_minutes: u32,
    /// How long a claim stands whose holder is not heard of, in seconds, 1 or more. Default: 60.
    pub lease_seconds: u32,
    /// Messages that wait for each worker; what comes on top of that is passed over, or asked for
    /// again where a platform can. 1 or more. Default: 1024.
    pub queue_length: u32,
    /// Places on one platform that are answered at the same time, 1 or more. Default: 16.
    pub n_workers: u32,
    /// How long stopping waits for what is under way, in seconds. Default: 8.
    pub drain_seconds: u32,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            catch_up_minutes: 60,
            lease_seconds: 60,
            queue_length: 1024,
            n_workers: 16,
            drain_seconds: 8,
        }
    }
}

impl DeliverySettings {
    /// Age of the oldest message that is answered.
    pub fn catch_up(&self) -> Duration {
        Duration::from_secs(u64::from(self.catch_up_minutes) * 60)
    }

    /// How long a claim stands.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(u64::from(self.lease_seconds))
    }

    /// How long stopping waits.
    pub fn drain(&self) -> Duration {
        Duration::from_secs(u64::from(self.drain_seconds))
    }
}

/// How long records are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSettings {
    /// Questions that were not answered, in days, 1 or more. Default: 90.
    pub unanswered_days: u32,
    /// Which answers were sent, and judgements on them, in days, 1 or more; an older answer no
    /// longer follows its question's edits. Default: 30.
    pub answers_days: u32,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { unanswered_days: 90, answers_days: 30 }
    }
}

/// Health and metrics over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// Whether `/livez`, `/readyz` and `/metrics` are served. Default: yes.
    pub is_on: bool,
    /// Where. Whoever reaches it can read counts, never texts or names. Default:
    /// `"127.0.0.1:8410"`.
    pub listen: SocketAddr,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { is_on: true, listen: SocketAddr::from(([127, 0, 0, 1], 8410)) }
    }
}
