//! Chance that repeats: a seeded generator for token texts and for faults with a probability.
//!
//! It is splitmix64, which is enough for texts that must differ and for a fair coin; nothing here is a secret.

use serde::{Deserialize, Serialize};

/// A seeded sequence of numbers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// True in `probability` of the cases: never at 0, always at 1.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        const STEPS: u32 = 1 << 24;
        let drawn = u32::try_from(self.next_number() >> 40).unwrap_or(0);
        f64::from(drawn) < probability * f64::from(STEPS)
    }

    /// A token in Zoho's form: a prefix such as `1000`, and two groups of 32 hexadecimal digits.
    pub(crate) fn token(&mut self, prefix: &str) -> String {
        format!(
            "{prefix}.{:016x}{:016x}.{:016x}{:016x}",
            self.next_number(),
            self.next_number(),
            self.next_number(),
            self.next_number()
        )
    }

    /// Capital letters and digits, as client ids and the codes of devices have them.
    pub(crate) fn capitals(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let letters =
            (0..length).map(|_| LETTERS[usize::try_from(self.next_number() % 36).unwrap_or(0)]);
        letters.map(char::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_tokens_and_another_seed_others() {
        assert_eq!(Chance::new(7).token("1000"), Chance::new(7).token("1000"));
        assert_ne!(Chance::new(7).token("1000"), Chance::new(8).token("1000"));
        assert_eq!(Chance::new(1).token("1000").len(), "1000.".len() + 65);
    }

    #[test]
    fn a_probability_of_zero_never_happens_and_of_one_always() {
        let mut chance = Chance::new(3);
        assert!((0..1000).all(|_| !chance.happens(0.0)));
        assert!((0..1000).all(|_| chance.happens(1.0)));
        let halves = (0..10_000).filter(|_| chance.happens(0.5)).count();
        assert!((4_700..5_300).contains(&halves), "{halves}");
    }
}
