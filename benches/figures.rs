//! Figures that the benchmarks of the service report.

use std::time::Duration;

/// The quantile `share` (0.0 to 1.0) of `times`, which must be sorted and not empty.
pub(crate) fn time_at(times: &[Duration], share: f64) -> Duration {
    let idx = (times.len() as f64 * share) as usize;
    times.get(idx.min(times.len() - 1)).copied().unwrap_or_default()
}

/// Anonymous resident memory of a process in MiB; 0.0 if /proc does not have it.
pub(crate) fn resident_mib(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
