//! What is owed after payments and credits, and what a document is called then.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{MoneyError, add, subtract};

/// What people did with a document, as opposed to what its amounts make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Draft,
    /// Sent, issued, open: what is owed counts.
    Open,
    Void,
}

/// Partly paid and past its date is overdue, not partly paid.
pub(crate) fn due_status(
    standing: Standing,
    total: Decimal,
    balance: Decimal,
    due: Option<Date>,
    today: Date,
    unpaid: &'static str,
) -> &'static str {
    match standing {
        Standing::Draft => "draft",
        Standing::Void => "void",
        Standing::Open if balance <= Decimal::ZERO => "paid",
        Standing::Open if due.is_some_and(|due| due < today) => "overdue",
        Standing::Open if balance < total => "partially_paid",
        Standing::Open => unpaid,
    }
}

/// Of a credit note or a vendor credit, by what of it was not yet used or refunded.
pub(crate) fn credit_status(standing: Standing, balance: Decimal) -> &'static str {
    match standing {
        Standing::Draft => "draft",
        Standing::Void => "void",
        Standing::Open if balance <= Decimal::ZERO => "closed",
        Standing::Open => "open",
    }
}

/// Why an amount cannot be applied as somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The amount of this want is negative.
    Negative(usize),
    /// More than this document owes.
    AboveBalance(usize),
    /// Together more than there is.
    AboveAvailable,
    TooLarge,
}

impl From<MoneyError> for Refusal {
    fn from(MoneyError::TooLarge: MoneyError) -> Self {
        Self::TooLarge
    }
}

/// Takes wanted amounts off what is available, each at most the balance that stands beside it; answers what is left.
pub(crate) fn allocate(
    available: Decimal,
    wants: &[(Decimal, Decimal)],
) -> Result<Decimal, Refusal> {
    let mut wanted = Decimal::ZERO;
    for (index, (amount, balance)) in wants.iter().enumerate() {
        if *amount < Decimal::ZERO {
            return Err(Refusal::Negative(index));
        }
        if amount > balance {
            return Err(Refusal::AboveBalance(index));
        }
        wanted = add(wanted, *amount)?;
    }
    let left = subtract(available, wanted)?;
    if left < Decimal::ZERO {
        Err(Refusal::AboveAvailable)
    } else {
        Ok(left)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn status(standing: Standing, paid: i64, due_day: i8) -> &'static str {
        let total = Decimal::new(10_000, 2);
        let balance = total - Decimal::new(paid, 2);
        let due = Some(date(2026, 5, due_day));
        due_status(standing, total, balance, due, date(2026, 5, 10), "sent")
    }

    #[test]
    fn the_status_follows_from_balance_and_date() {
        assert_eq!(status(Standing::Open, 0, 10), "sent");
        assert_eq!(status(Standing::Open, 0, 9), "overdue");
        assert_eq!(status(Standing::Open, 1, 10), "partially_paid");
        assert_eq!(status(Standing::Open, 1, 9), "overdue");
        assert_eq!(status(Standing::Open, 10_000, 9), "paid");
    }

    #[test]
    fn drafts_and_void_documents_are_called_so() {
        assert_eq!(status(Standing::Draft, 0, 9), "draft");
        assert_eq!(status(Standing::Void, 0, 9), "void");
    }

    #[test]
    fn a_credit_is_closed_when_it_is_used_up() {
        assert_eq!(credit_status(Standing::Open, Decimal::ONE), "open");
        assert_eq!(credit_status(Standing::Open, Decimal::ZERO), "closed");
        assert_eq!(credit_status(Standing::Draft, Decimal::ZERO), "draft");
    }

    #[test]
    fn nobody_gets_more_than_there_is_or_is_owed() {
        let [one, two, ten] = [Decimal::ONE, Decimal::TWO, Decimal::TEN];
        assert_eq!(
            allocate(ten, &[(one, two), (two, two)]),
            Ok(Decimal::from(7))
        );
        assert_eq!(
            allocate(ten, &[(one, two), (ten, two)]),
            Err(Refusal::AboveBalance(1))
        );
        assert_eq!(
            allocate(two, &[(one, two), (two, two)]),
            Err(Refusal::AboveAvailable)
        );
        assert_eq!(allocate(two, &[(-one, two)]), Err(Refusal::Negative(0)));
        assert_eq!(
            allocate(Decimal::MAX, &[(Decimal::MAX, Decimal::MAX), (one, one)]),
            Err(Refusal::TooLarge)
        );
    }
}
