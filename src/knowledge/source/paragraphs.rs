//! Numbers of paragraphs, as many as a reader wants to see.

use std::fmt;

/// The numbers that are kept; more would not help.
const MAX_LISTED: usize = 6;

/// Numbers of paragraphs in order: the first few, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paragraphs {
    listed: Vec<usize>,
    n_total: usize,
    last: usize,
}

impl Paragraphs {
    /// Adds a number that is not lower than the last one. The same number counts once.
    pub(super) fn add(&mut self, number: usize) {
        if self.n_total > 0 && self.last == number {
            return;
        }
        if self.listed.len() < MAX_LISTED {
            self.listed.push(number);
        }
        self.n_total += 1;
        self.last = number;
    }

    /// The same numbers without the first one.
    #[must_use]
    pub(crate) fn without_first(mut self) -> Self {
        if !self.listed.is_empty() {
            self.listed.remove(0);
            self.n_total -= 1;
        }
        self
    }

    /// The first few numbers.
    pub fn listed(&self) -> &[usize] {
        &self.listed
    }

    /// How many numbers there are.
    pub fn n_total(&self) -> usize {
        self.n_total
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.n_total == 0
    }
}

impl FromIterator<usize> for Paragraphs {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut paragraphs = Self::default();
        numbers.into_iter().for_each(|number| paragraphs.add(number));
        paragraphs
    }
}

/// "1, 2, 3 and 40 more".
impl fmt::Display for Paragraphs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One number is kept for `without_first`, so that as many are shown with and without it.
        let shown = self.listed.get(..MAX_LISTED - 1).unwrap_or(&self.listed);
        let numbers: Vec<String> = shown.iter().map(ToString::to_string).collect();
        f.write_str(&numbers.join(", "))?;
        match self.n_total.saturating_sub(shown.len()) {
            0 => Ok(()),
            n_more => write!(f, " and {n_more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_numbers_are_listed_and_all_are_counted() {
        let numbers = |numbers: &[usize]| -> Paragraphs { numbers.iter().copied().collect() };
        assert_eq!(numbers(&[]).to_string(), "");
        assert_eq!(numbers(&[2, 2, 5]).to_string(), "2, 5");
        let many: Paragraphs = (1..=1_000).collect();
        assert_eq!(many.to_string(), "1, 2, 3, 4, 5 and 995 more");
        assert_eq!(many.clone().without_first().to_string(), "2, 3, 4, 5, 6 and 994 more");
        assert_eq!((many.listed().len(), many.n_total()), (MAX_LISTED, 1_000));
    }
}
