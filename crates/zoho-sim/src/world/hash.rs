//! A quick hash for keys that nobody outside can choose: ids that the world gave, names of fields.

use std::hash::{BuildHasherDefault, Hasher};

/// For maps with such keys.
pub(crate) type Quick = BuildHasherDefault<QuickHasher>;

/// Mixes word by word.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct QuickHasher(u64);

impl QuickHasher {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Hasher for QuickHasher {
    fn finish(&self) -> u64 {
        // Maps take the place from the low bits, which a product mixes least.
        let mixed = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        mixed ^ (mixed >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last));
    }

    fn write_u8(&mut self, byte: u8) {
        self.mix(u64::from(byte));
    }

    fn write_u64(&mut self, word: u64) {
        self.mix(word);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::{BuildHasher as _, Hash};

    use super::*;

    fn hashes<T: Hash>(keys: impl Iterator<Item = T>, bits: u32) -> usize {
        let build = Quick::default();
        let low = keys.map(|key| build.hash_one(key) & ((1 << bits) - 1));
        low.collect::<HashSet<u64>>().len()
    }

    #[test]
    fn following_ids_and_similar_names_fall_into_different_places() {
        let ids = hashes(
            (0..10_000u64).map(|count| 5_725_767_000_000_001_000 + count),
            16,
        );
        assert!(ids > 8_500, "{ids} of 65,536 places for 10,000 ids");
        let names = hashes((0..1_000).map(|number| format!("Field_{number}")), 16);
        assert!(names > 950, "{names} places for 1,000 names");
    }
}
