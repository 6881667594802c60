//! Settings of the service: delivery, retention, HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How messages are delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliverySettings {
    /// Age of the oldest message that is answered after downtime, in minutes. Below 14 days, since
    /// the ids of handled messages are kept for 15. Default: 60.
    pub catch_up_minutes: u32,
    /// How long a claim is valid without being renewed, in seconds, 1 or more. Default: 60.
    pub lease_seconds: u32,
    /// Events that wait at each place, 1 or more; in all `n_workers` times as many. Further ones are
    /// dropped, or fetched again where a platform can. Default: 1024.
    pub queue_length: u32,
    /// Messages that are sent to a platform at the same time, 1 or more. Default: 16.
    pub n_workers: u32,
    /// How long a shutdown waits for queued events, in seconds. Default: 8.
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

    /// How long a claim is valid without being renewed.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(u64::from(self.lease_seconds))
    }

    /// How long a shutdown waits for queued events.
    pub fn drain(&self) -> Duration {
        Duration::from_secs(u64::from(self.drain_seconds))
    }
}

/// How long records are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSettings {
    /// Days for which unanswered questions are kept, 1 or more. Default: 90.
    pub unanswered_days: u32,
    /// Days for which what was asked is kept, answered or not, to show what an edit of a pack changes for it.
    /// 0: it is not recorded. Default: 30.
    pub questions_days: u32,
    /// Days for which sent answers and the feedback on them are kept, 1 or more. An older answer is
    /// not updated any more when its question is edited. Default: 30.
    pub answers_days: u32,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { unanswered_days: 90, questions_days: 30, answers_days: 30 }
    }
}

impl RetentionSettings {
    /// Whether what was asked is recorded.
    pub fn keeps_questions(&self) -> bool {
        self.questions_days > 0
    }
}

/// Health and metrics over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// Whether `/livez`, `/readyz` and `/metrics` are served. Default: yes.
    pub is_on: bool,
    /// Address to listen on. A client can read counts there, never texts or names. Default:
    /// `"127.0.0.1:8410"`.
    pub listen: SocketAddr,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { is_on: true, listen: SocketAddr::from(([127, 0, 0, 1], 8410)) }
    }
}
