//! Random numbers that a seed repeats.

/// A generator by the algorithm SplitMix64.
pub(crate) struct RandomNumbers(u64);

impl RandomNumbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap_or_default()
    }

    /// Two words that are like no others.
    pub(crate) fn words(&mut self) -> String {
        let mut letter = || char::from(b"abcdefghijklmnopqrstuvwxyz"[self.below(26)]);
        let mut word = || (0..10).map(|_| letter()).collect::<String>();
        format!("{} {}", word(), word())
    }
}
