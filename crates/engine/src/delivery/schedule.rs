//! When the next try is due: a pure function that answers with an instant, so that restarts don't matter.

/// The first wait.
const WAIT_MIN_US: i64 = 1_000_000;
/// The longest wait.
const WAIT_MAX_US: i64 = 15 * 60 * 1_000_000;
/// How long a delivery is tried before it becomes a dead letter.
const RETRY_FOR_MAX_US: i64 = 72 * 3_600 * 1_000_000;

/// The instant of the next try after `attempts` failed ones: 1 s, 2 s, 4 s … 15 min, each shortened by up to a half
/// so that what failed together is not tried together. `None` once patience has ended, three days after `created_at`.
#[must_use]
pub(crate) fn next_due_at(attempts: i64, created_at: i64, now: i64, chance: u64) -> Option<i64> {
    if now.saturating_sub(created_at) >= RETRY_FOR_MAX_US {
        return None;
    }
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 20)).unwrap_or(0);
    let wait = WAIT_MIN_US.saturating_mul(1 << doublings).min(WAIT_MAX_US);
    let share = i64::try_from(chance % 512).unwrap_or(0);
    Some(now + wait - wait / 2 * share / 512)
}

/// A number without visible pattern, from a delivery and its try: the same after a restart.
#[must_use]
pub(crate) fn chance(seq: i64, attempts: i64) -> u64 {
    // SplitMix64's finishing steps.
    let mut mixed =
        seq.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ attempts.cast_unsigned();
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_wait_lies_between_half_and_the_whole_of_its_step(attempts in 0_i64..60, seq: i64) {
            let due_at = next_due_at(attempts, 0, 1_000, chance(seq, attempts)).unwrap();
            let doublings = attempts.saturating_sub(1).clamp(0, 20);
            let step = (WAIT_MIN_US << doublings).min(WAIT_MAX_US);
            prop_assert!(due_at > 1_000 + step / 2 - 1 && due_at <= 1_000 + step);
        }
    }

    #[test]
    fn patience_ends_after_three_days() {
        assert!(next_due_at(9, 0, RETRY_FOR_MAX_US - 1, 0).is_some());
        assert_eq!(next_due_at(9, 0, RETRY_FOR_MAX_US, 0), None);
    }
}
