//! What is owed after payments and credits, and what a document is called then.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{MoneyError, add, subtract, sum};

/// What was taken off a document's total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) payments: Decimal,
    pub(crate) credits: Decimal,
    /// Tax that the customer withheld and pays to the authority.
    pub(crate) withheld: Decimal,
    pub(crate) written_off: Decimal,
}

impl Applied {
    pub(crate) fn sum(&self) -> Result<Decimal, MoneyError> {
        sum([self.payments, self.credits, self.withheld, self.written_off])
    }
}

/// What people did with a document, as opposed to what its amounts make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Draft,
    /// Sent, issued, open: what is owed counts.
    Open,
    Void,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) balance: Decimal,
    pub(crate) status: &'static str,
}

/// Balance and status of an invoice or a bill, by what it is called while nothing of it is paid (`sent`, `open`).
///
/// Drafts and void documents keep their balance.
pub(crate) fn settle(
    standing: Standing,
    total: Decimal,
    applied: &Applied,
    due: Option<Date>,
    today: Date,
    unpaid: &'static str,
) -> Result<Settled, MoneyError> {
    let balance = subtract(total, applied.sum()?)?;
    Ok(Settled {
        balance,
        status: due_status(standing, total, balance, due, today, unpaid),
    })
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

    fn status(standing: Standing, paid: i64, due_day: i8) -> (Decimal, &'static str) {
        let applied = Applied {
            payments: Decimal::new(paid, 2),
            ..Applied::default()
        };
        let due = Some(date(2026, 5, due_day));
        let settled = settle(
            standing,
            Decimal::new(10_000, 2),
            &applied,
            due,
            date(2026, 5, 10),
            "sent",
        )
        .unwrap();
        (settled.balance, settled.status)
    }

    #[test]
    fn the_status_follows_from_balance_and_date() {
        assert_eq!(
            status(Standing::Open, 0, 10),
            (Decimal::new(10_000, 2), "sent")
        );
        assert_eq!(
            status(Standing::Open, 0, 9),
            (Decimal::new(10_000, 2), "overdue")
        );
        assert_eq!(
            status(Standing::Open, 1, 10),
            (Decimal::new(9_999, 2), "partially_paid")
        );
        assert_eq!(
            status(Standing::Open, 1, 9),
            (Decimal::new(9_999, 2), "overdue")
        );
        assert_eq!(
            status(Standing::Open, 10_000, 9),
            (Decimal::new(0, 2), "paid")
        );
    }

    #[test]
    fn drafts_and_void_documents_keep_their_balance() {
        assert_eq!(
            status(Standing::Draft, 0, 9),
            (Decimal::new(10_000, 2), "draft")
        );
        assert_eq!(
            status(Standing::Void, 0, 9),
            (Decimal::new(10_000, 2), "void")
        );
    }

    #[test]
    fn everything_applied_lowers_the_balance() {
        let [payments, credits, withheld, written_off] = [1, 2, 3, 4].map(Decimal::from);
        let applied = Applied {
            payments,
            credits,
            withheld,
            written_off,
        };
        let settled = settle(
            Standing::Open,
            Decimal::TEN,
            &applied,
            None,
            date(2026, 5, 10),
            "open",
        );
        assert_eq!(
            settled,
            Ok(Settled {
                balance: Decimal::ZERO,
                status: "paid"
            })
        );
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
