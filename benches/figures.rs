//! What benchmarks of the service report.

use std::time::Duration;

/// The time that this share of `took`, which is sorted and not empty, does not exceed.
pub(crate) fn time_at(took: &[Duration], share: f64) -> Duration {
    let idx = (took.len() as f64 * share) as usize;
    took.get(idx.min(took.len() - 1)).copied().unwrap_or_default()
}

/// Memory of a process that is not on disk, in MiB; 0 where /proc does not tell.
pub(crate) fn resident_mib(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
