//! Matches a question against the entries of packs: which entry answers, and with which confidence.
//!
//! Pure: an [`Index`] is an immutable snapshot, and a search depends on nothing else. This layer
//! must not know messages, platforms, files or time.

pub mod calibration;
mod candidates;
mod classifier;
mod concepts;
mod coverage;
pub mod decision;
pub mod evaluation;
pub mod explanation;
pub mod features;
pub mod index;
pub mod leave_one_out;
mod neighbors;
pub mod query;
mod query_terms;
mod question_kind;
pub mod recalibration;
pub mod reliability;
pub mod scorer;
pub mod similarity;
pub mod term_weight;
mod vocabulary;

pub use decision::{Decision, DecisionRule, Outcome, Thresholds};
pub use index::Index;
