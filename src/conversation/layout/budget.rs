//! The room in a message.

/// Counts how many items fit into one message. The first item always fits, so that a message is never
/// empty: the platform bounds the size of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    limit: usize,
    used: usize,
    n_items: usize,
}

impl Budget {
    /// An empty message of at most `limit`, in any unit of length.
    pub fn new(limit: usize) -> Self {
        Self { limit, used: 0, n_items: 0 }
    }

    /// Takes room for text that is not an item, such as a lead or a heading, whether or not it fits.
    pub fn reserve(&mut self, size: usize) {
        self.used += size;
    }

    /// Takes room for the next item, and returns whether it fits. After one that does not fit, none
    /// does: items are shown in order, without gaps.
    pub fn admit(&mut self, size: usize) -> bool {
        self.used += size;
        let fits = self.n_items == 0 || self.used <= self.limit;
        self.n_items += usize::from(fits);
        fits
    }

    /// Number of items that fit so far.
    pub fn n_items(&self) -> usize {
        self.n_items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budget_admits_items_in_order_until_the_limit() {
        let cases: [(&str, usize, &[usize], usize); 7] = [
            ("no items", 0, &[], 0),
            ("exactly full", 0, &[4, 6], 2),
            ("one too many", 0, &[4, 6, 1], 2),
            ("first beyond the limit", 0, &[11], 1),
            ("nothing after a first beyond the limit", 0, &[11, 0], 1),
            ("small item after one that does not fit", 0, &[4, 7, 1], 1),
            ("reserved room", 3, &[4, 3, 1], 2),
        ];
        for (case, reserved, sizes, want) in cases {
            let mut budget = Budget::new(10);
            budget.reserve(reserved);
            let n_admitted = sizes.iter().filter(|size| budget.admit(**size)).count();
            assert_eq!((n_admitted, budget.n_items()), (want, want), "{case}");
        }
    }

    #[test]
    fn reserve_beyond_the_limit_leaves_room_for_the_first_item_only() {
        let mut budget = Budget::new(10);
        budget.reserve(20);
        assert_eq!([budget.admit(1), budget.admit(0)], [true, false]);
    }
}
