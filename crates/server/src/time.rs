//! Instants as the console shows them; the present comes from the engine's clock.

use jiff::Timestamp;

/// `2026-01-31 09:00:07`, in UTC.
pub(crate) fn shown(at: &Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026-01-31T09:00:07.123Z`, for `<time datetime>`.
pub(crate) fn machine(at: &Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Milliseconds between two instants.
pub(crate) fn milliseconds(from: &Timestamp, to: &Timestamp) -> i64 {
    to.as_millisecond().saturating_sub(from.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_shown_in_utc() {
        let at: Timestamp = "2026-01-31T10:00:07.1234+01:00".parse().unwrap();
        assert_eq!(shown(&at), "2026-01-31 09:00:07");
        assert_eq!(machine(&at), "2026-01-31T09:00:07.123Z");
    }
}
