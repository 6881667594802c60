//! Times in the log of `quoth run`, in JSON and with the level `trace`.

use std::io::{BufRead, BufReader};
use std::process::ChildStderr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A line of the log.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) at: Instant,
    pub(crate) message: String,
    /// How long the reported call took, if it reports one.
    pub(crate) took: Option<Duration>,
}

/// The lines so far. A thread reads them until the process ends.
#[derive(Debug, Clone, Default)]
pub(crate) struct TraceLog(Arc<Mutex<Vec<Line>>>);

impl TraceLog {
    pub(crate) fn read(stderr: ChildStderr) -> Self {
        let log = Self::default();
        let lines = Arc::clone(&log.0);
        std::thread::spawn(move || {
            for text in BufReader::new(stderr).lines().map_while(Result::ok) {
                lines.lock().unwrap().extend(parse(&text));
            }
        });
        log
    }

    /// The lines that were written between `start` and `end`.
    pub(crate) fn between(&self, start: Instant, end: Instant) -> Vec<Line> {
        let lines = self.0.lock().unwrap();
        lines.iter().filter(|line| (start..=end).contains(&line.at)).cloned().collect()
    }
}

fn parse(text: &str) -> Option<Line> {
    let line: Value = serde_json::from_str(text).ok()?;
    // The formatter of the log writes numbers of 128 bits as text.
    let took = line["micros"].as_str().and_then(|it| it.parse().ok()).map(Duration::from_micros);
    let message = line["message"].as_str()?.to_owned();
    Some(Line { at: instant(line["timestamp"].as_str()?)?, message, took })
}

/// The instant of a time like `2026-01-31T12:00:00.123456Z` within the last day.
fn instant(time: &str) -> Option<Instant> {
    let mut parts = time.split_once('T')?.1.trim_end_matches('Z').split(':');
    let (hours, minutes) = (parts.next()?.parse::<u64>().ok()?, parts.next()?.parse::<u64>().ok()?);
    let seconds = Duration::try_from_secs_f64(parts.next()?.parse().ok()?).ok()?;
    let of_day = Duration::from_secs((hours * 60 + minutes) * 60) + seconds;
    let (now, since_epoch) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH).ok()?);
    let now_of_day = Duration::from_nanos((since_epoch.as_nanos() % DAY.as_nanos()) as u64);
    let age = (now_of_day + DAY).saturating_sub(of_day);
    now.checked_sub(if age >= DAY { age - DAY } else { age })
}
