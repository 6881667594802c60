//! Measures the time of searches and how often they are right.

use std::time::Instant;

use anyhow::bail;
use serde::Serialize;

use crate::faq::Message;
use crate::search::Search;

/// Times for one file of messages, in milliseconds per message.
#[derive(Debug, Serialize)]
pub(crate) struct Timing {
    n_messages: usize,
    median_ms: f64,
    p99_ms: f64,
    mean_ms: f64,
    /// Share of the messages in scope whose first entry is right.
    right_first: f64,
}

/// Asks every message twice and times the second pass.
pub(crate) fn time(
    search: &mut Search,
    messages: &[Message],
    ids: &[String],
) -> anyhow::Result<Timing> {
    for message in messages {
        search.best(&message.q)?;
    }
    let mut millis = Vec::with_capacity(messages.len());
    let (mut n_right, mut n_in_scope) = (0, 0);
    for message in messages {
        let start = Instant::now();
        let best = search.best(&message.q)?;
        millis.push(start.elapsed().as_secs_f64() * 1000.0);
        if !message.gold.is_empty() {
            let first = best.first().and_then(|&n| ids.get(usize::try_from(n).ok()?));
            n_in_scope += 1;
            n_right += usize::from(first.is_some_and(|id| message.gold.contains(id)));
        }
    }
    if n_in_scope == 0 {
        bail!("no message has an entry that answers it");
    }
    millis.sort_by(f64::total_cmp);
    Ok(Timing {
        n_messages: millis.len(),
        median_ms: quantile(&millis, 0.5),
        p99_ms: quantile(&millis, 0.99),
        mean_ms: millis.iter().sum::<f64>() / millis.len() as f64,
        right_first: n_right as f64 / f64::from(n_in_scope),
    })
}

/// The smallest value that at least the given share of values does not exceed.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_is_one_of_the_values() {
        let values: Vec<f64> = (1..=200).map(f64::from).collect();
        let rows = [(0.5, 100.0), (0.99, 198.0), (1.0, 200.0)];
        for (share, want) in rows {
            assert!((quantile(&values, share) - want).abs() < 1e-9, "{share}");
        }
    }
}
