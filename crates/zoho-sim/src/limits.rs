//! How much an organisation may ask for: credits in a rolling day, calls at once, tokens.
//!
//! Every limit can be made small or switched off (`null`) while the simulator runs: `PUT /__sim/v1/limits`.

mod concurrency;
mod credits;

use serde::{Deserialize, Serialize};

use crate::config::Edition;
pub(crate) use concurrency::{Gate, Permit};
pub(crate) use credits::CreditWindow;

/// The limits in force. `None` switches one off.
/// (<https://www.zoho.com/crm/developer/docs/api/v8/api-limits.html>,
/// <https://www.zoho.com/crm/developer/docs/api/v8/token-validity.html>)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Credits in the rolling window.
    pub credits_max: Option<u64>,
    /// Length of the rolling window.
    pub credit_window_seconds: u32,
    /// Calls at once for each client.
    pub concurrency_max: Option<u32>,
    /// Heavy calls at once for each client.
    pub sub_concurrency_max: Option<u32>,
    /// Downloads of one bulk read result in a minute.
    pub bulk_downloads_per_minute_max: Option<u32>,
    /// Records of one page of a bulk read.
    /// (<https://www.zoho.com/crm/developer/docs/api/v8/bulk-read/limitations.html>)
    #[serde(default = "bulk_read_rows")]
    pub bulk_read_rows_max: usize,
    /// Life of an access token.
    pub access_token_seconds: u32,
    /// Life of a code. The CRM page says three minutes, the general accounts page two.
    pub code_seconds: u32,
    /// Life of a device's request. (<https://www.zoho.com/accounts/protocol/oauth/devices/initiation-request.html>)
    pub device_code_seconds: u32,
    /// A device that asks again sooner is told to slow down.
    pub device_poll_seconds: u32,
    /// Live access tokens of one refresh token; one more ends the oldest.
    pub access_tokens_max: Option<u32>,
    /// Access tokens made from one refresh token in `token_window_seconds`.
    pub access_tokens_per_window_max: Option<u32>,
    /// Codes made for one client in `token_window_seconds`.
    pub codes_per_window_max: Option<u32>,
    /// Length of the window for tokens and codes.
    pub token_window_seconds: u32,
    /// Refresh tokens of one user and client; one more ends the oldest with its access tokens.
    pub refresh_tokens_max: Option<u32>,
    /// Calls to Books in a minute for each organisation.
    #[serde(default = "books_calls_per_minute")]
    pub books_calls_per_minute_max: Option<u32>,
    /// Calls to Books in a day for each organisation; `None` for those of its plan.
    #[serde(default)]
    pub books_calls_per_day_max: Option<u64>,
    /// Calls to Books at once for each organisation.
    #[serde(default = "books_concurrency")]
    pub books_concurrency_max: Option<u32>,
}

pub(crate) fn bulk_read_rows() -> usize {
    200_000
}

fn books_calls_per_minute() -> Option<u32> {
    Some(100)
}

fn books_concurrency() -> Option<u32> {
    Some(10)
}

impl Limits {
    /// The documented limits of an edition with this many users.
    #[must_use]
    pub fn of(edition: Edition, users: u32) -> Self {
        let users = u64::from(users);
        let (credits_max, concurrency_max) = match edition {
            Edition::Free => (Some(5_000), 5),
            Edition::Standard => (Some((50_000 + 250 * users).min(100_000)), 10),
            Edition::Professional => (Some((50_000 + 500 * users).min(3_000_000)), 15),
            Edition::Enterprise => (Some((50_000 + 1_000 * users).min(5_000_000)), 20),
            Edition::Ultimate => (Some(50_000 + 2_000 * users), 25),
        };
        Self {
            credits_max,
            credit_window_seconds: 24 * 60 * 60,
            concurrency_max: Some(concurrency_max),
            sub_concurrency_max: Some(10),
            bulk_downloads_per_minute_max: Some(10),
            bulk_read_rows_max: bulk_read_rows(),
            access_token_seconds: 3_600,
            code_seconds: 180,
            device_code_seconds: 300,
            device_poll_seconds: 30,
            access_tokens_max: Some(15),
            access_tokens_per_window_max: Some(10),
            codes_per_window_max: Some(10),
            token_window_seconds: 600,
            refresh_tokens_max: Some(20),
            books_calls_per_minute_max: books_calls_per_minute(),
            books_calls_per_day_max: None,
            books_concurrency_max: books_concurrency(),
        }
    }

    /// No limit on credits, concurrency and tokens; lives stay as documented. For benchmarks.
    #[must_use]
    pub fn off() -> Self {
        Self {
            credits_max: None,
            concurrency_max: None,
            sub_concurrency_max: None,
            bulk_downloads_per_minute_max: None,
            access_tokens_max: None,
            access_tokens_per_window_max: None,
            codes_per_window_max: None,
            refresh_tokens_max: None,
            books_calls_per_minute_max: None,
            books_calls_per_day_max: Some(u64::MAX),
            books_concurrency_max: None,
            ..Self::of(Edition::Ultimate, 1)
        }
    }
}

/// The limits with what has been used of them.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(crate) limits: Limits,
    pub(crate) credits: CreditWindow,
    pub(crate) gate: Gate,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            credits: CreditWindow::default(),
            gate: Gate::default(),
        }
    }

    /// Reserves room for a call, or says that there is none.
    pub(crate) fn admit(
        &mut self,
        now: i64,
        client: &str,
        credits: u64,
        places: u32,
        is_heavy: bool,
    ) -> Option<Permit> {
        let window = i64::from(self.limits.credit_window_seconds);
        let used = self.credits.used(now, window);
        if self
            .limits
            .credits_max
            .is_some_and(|maximum| used + credits > maximum)
        {
            return None;
        }
        let permit = self.gate.enter(
            client,
            places,
            is_heavy,
            self.limits.concurrency_max,
            self.limits.sub_concurrency_max,
        )?;
        self.credits.spend(now, credits);
        Some(permit)
    }

    /// Credits left, once half of them are used: only then Zoho sends `X-API-CREDITS-REMAINING`.
    pub(crate) fn remaining_once_half_used(&mut self, now: i64) -> Option<u64> {
        let maximum = self.limits.credits_max?;
        let used = self
            .credits
            .used(now, i64::from(self.limits.credit_window_seconds));
        (used * 2 >= maximum).then(|| maximum.saturating_sub(used))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_have_the_documented_credits() {
        assert_eq!(Limits::of(Edition::Free, 3).credits_max, Some(5_000));
        assert_eq!(
            Limits::of(Edition::Standard, 1_000).credits_max,
            Some(100_000)
        );
        assert_eq!(Limits::of(Edition::Enterprise, 2).credits_max, Some(52_000));
        assert_eq!(Limits::of(Edition::Ultimate, 2).concurrency_max, Some(25));
    }

    #[test]
    fn credits_run_out_come_back_and_are_announced_from_the_half_on() {
        let mut meter = Meter::new(Limits {
            credits_max: Some(10),
            ..Limits::off()
        });
        assert!(meter.admit(0, "c", 4, 1, false).is_some());
        assert_eq!(meter.remaining_once_half_used(0), None);
        assert!(meter.admit(60, "c", 1, 1, false).is_some());
        assert_eq!(meter.remaining_once_half_used(60), Some(5));
        assert!(meter.admit(120, "c", 6, 1, false).is_none());
        assert!(meter.admit(86_400 + 60, "c", 6, 1, false).is_some());
    }
}
