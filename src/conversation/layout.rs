//! Layout of a reply within a platform's limits: measuring, truncating, and filling a message.
//!
//! It knows no markup. A platform brings its unit of length as a [`Measure`], and escapes text itself.

mod block;
mod budget;
mod measure;

pub use block::{first_words, one_line, prefix_lines, with_cut_marks};
pub use budget::Budget;
pub use measure::Measure;

/// Maximum length of a lead, in the unit of the platform's [`Measure`], like the other limits here:
/// enough for a sentence, and short enough to leave room for quotes.
pub const MAX_LEAD: usize = 500;

/// Maximum length of a citation. Real ones are far shorter; the limit leaves room for the longest quote.
pub const MAX_CITATION: usize = 400;

/// Maximum length of a question in a list, and of a title. Real ones are far shorter.
pub const MAX_QUESTION: usize = 300;
