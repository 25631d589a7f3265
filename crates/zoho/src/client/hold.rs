//! Credits held for one call; settled exactly once, also when the caller drops the call in the middle.

use reqwest::header::HeaderMap;

use super::streams::Opened;
use crate::policy::{CallCost, CreditLedger, Reservation};
use crate::{Error, ErrorKind};

pub(super) struct Hold<'a> {
    ledger: &'a dyn CreditLedger,
    reservation: Option<Reservation>,
}

impl<'a> Hold<'a> {
    pub(super) fn reserve(
        ledger: &'a dyn CreditLedger,
        cost: &CallCost,
    ) -> Result<Hold<'a>, Error> {
        match ledger.reserve(cost) {
            Ok(reservation) => Ok(Hold {
                ledger,
                reservation: Some(reservation),
            }),
            Err(refusal) => {
                Err(
                    Error::new(ErrorKind::OutOfCredits, cost.operation, refusal.to_string())
                        .wait(refusal.retry_after)
                        .caused_by(refusal),
                )
            }
        }
    }

    /// Settles a call that was never sent.
    pub(super) fn settle_unsent<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        self.end(0);
        result
    }

    /// Settles a call by what came of it, and passes that on.
    pub(super) fn settle(self, sent: Result<Opened, Error>) -> Result<Opened, Error> {
        let (was_turned_away, left) = match &sent {
            Ok(opened) => {
                let (status, headers) = opened.head();
                (matches!(status, 401 | 429), credits_remaining(headers))
            }
            Err(error) => {
                let was_unsent = matches!(error.kind(), ErrorKind::Connect | ErrorKind::Input);
                (was_unsent, None)
            }
        };
        let credits = self
            .reservation
            .map_or(0, |reservation| reservation.credits);
        let ledger = self.ledger;
        self.end(if was_turned_away { 0 } else { credits });
        // Zoho's figure has this call in it, so it comes after the call is settled.
        if let Some(left) = left {
            ledger.note_remaining(left);
        }
        sent
    }

    fn end(mut self, credits_spent: u32) {
        if let Some(reservation) = self.reservation.take() {
            self.ledger.settle(reservation, credits_spent);
        }
    }
}

impl Drop for Hold<'_> {
    /// A call that was given up may have reached Zoho, so its credits count as spent.
    fn drop(&mut self) {
        if let Some(reservation) = self.reservation.take() {
            self.ledger.settle(reservation, reservation.credits);
        }
    }
}

fn credits_remaining(headers: &HeaderMap) -> Option<u64> {
    headers
        .get("x-api-credits-remaining")?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}
