//! Matches a question against the entries of packs: which entry answers, and with which confidence.
//!
//! Pure: an [`Index`] is an immutable snapshot, and a search depends on nothing else. This layer
//! must not know messages, platforms, files or time.
//!
//! Its modules are in stages, and a module uses those of earlier stages only, or modules of its own
//! stage that stand before it:
//!
//! | stage | modules |
//! |---|---|
//! | words | `similarity`, `term_weight`, `vocabulary`, `concepts`, `neighbors`, `word_vectors`, `direction`, `text_directions`, `term_directions`, `question_kind` |
//! | index of a pack | `term`, `forward_index`, `entry_terms`, `score_parts`, `postings`, `document`, `accumulators`, `classifier`, `excluded`, `facts`, `pack_index` |
//! | analysis of a question | `query_terms`, `query` |
//! | retrieval and scoring | `candidates`, `scorer`, `coverage`, `ranking` |
//! | evidence | `contradiction`, `features`, `objection`, `calibration`, `passages` |
//! | decision | `decision`, `language_part`, `questions`, `index`, `ask` |
//! | evaluation | `phrasing_need`, `question_groups`, `comparison`, `explanation`, `leave_one_out`, `reliability`, `evaluation`, `recalibration` |

mod accumulators;
mod ask;
pub mod calibration;
mod candidates;
mod classifier;
pub mod comparison;
mod concepts;
mod contradiction;
mod coverage;
pub mod decision;
mod direction;
mod document;
mod entry_terms;
pub mod evaluation;
pub mod excluded;
pub mod explanation;
mod facts;
pub mod features;
mod forward_index;
pub mod index;
mod language_part;
pub mod leave_one_out;
mod neighbors;
pub mod objection;
mod pack_index;
pub mod passages;
pub mod phrasing_need;
mod postings;
pub mod query;
mod query_terms;
pub mod question_groups;
mod question_kind;
mod questions;
pub mod ranking;
pub mod recalibration;
pub mod reliability;
mod score_parts;
pub mod scorer;
pub mod similarity;
mod term;
mod term_directions;
pub mod term_weight;
mod text_directions;
mod vocabulary;
mod word_vectors;

pub use decision::{Decision, DecisionRule, Outcome, Thresholds};
pub use index::Index;
pub(crate) use pack_index::PackIndex;
pub use passages::Passage;
