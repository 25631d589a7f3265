//! Scopes: `ServiceName.scopeName[.subName].OPERATION`. Letters' case does not count, nor do underscores in the names of
//! modules: the documentation itself writes `leads` and `Leads`, `salesorders` and `SalesOrders`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

mod grammar;

/// What a call does, as scopes name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Read,
    Create,
    Update,
    Delete,
}

impl Operation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

/// The scopes of a token. They are copied with every call, which must cost nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scopes(Arc<[String]>);

impl Scopes {
    /// Reads a list separated by commas or blanks.
    pub(crate) fn parse(text: &str) -> Self {
        Self(
            text.split([',', ' '])
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    pub(crate) fn of(scopes: &[String]) -> Self {
        Self(scopes.into())
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.0
    }

    /// Separated by blanks, as token answers print them.
    pub(crate) fn joined(&self) -> String {
        self.0.join(" ")
    }

    /// Whether there is a scope at all, and Zoho knows each of them. Scopes of other products need only have the form of one.
    pub(crate) fn are_known(&self) -> bool {
        self.first_unknown().is_none() && !self.0.is_empty()
    }

    /// The first scope that does not exist.
    pub(crate) fn first_unknown(&self) -> Option<&str> {
        let mut scopes = self.0.iter().map(String::as_str);
        scopes.find(|scope| !grammar::is_known(scope))
    }

    /// Whether each scope of `others` stands here too.
    pub(crate) fn contain(&self, others: &Self) -> bool {
        let has = |wanted: &String| self.0.iter().any(|own| own.eq_ignore_ascii_case(wanted));
        others.0.iter().all(has)
    }

    /// These scopes and those of `others` that are not among them.
    pub(crate) fn joined_with(&self, others: &Self) -> Self {
        let mut all = self.0.to_vec();
        for scope in others.0.iter() {
            if !all.iter().any(|own| own.eq_ignore_ascii_case(scope)) {
                all.push(scope.clone());
            }
        }
        Self(all.into())
    }

    /// Those that do not stand in `others`.
    pub(crate) fn without(&self, others: &Self) -> Self {
        let is_new = |scope: &&String| !others.0.iter().any(|old| old.eq_ignore_ascii_case(scope));
        Self(self.0.iter().filter(is_new).cloned().collect())
    }

    /// Whether the scopes allow `operation` on `area` (such as `ZohoCRM.modules`) and its part (such as `leads`).
    pub(crate) fn allow(&self, area: &str, part: Option<&str>, operation: Operation) -> bool {
        self.0.iter().any(|scope| {
            let Some(rest) =
                strip_prefix_ignoring_case(scope, area).and_then(|rest| rest.strip_prefix('.'))
            else {
                return false;
            };
            match rest.split_once('.') {
                None => allows(rest, operation),
                Some((named, last)) => {
                    part.is_some_and(|part| grammar::is_same_part(part, named))
                        && allows(last, operation)
                }
            }
        })
    }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn allows(name: &str, operation: Operation) -> bool {
    let is_write = matches!(operation, Operation::Create | Operation::Update)
        && name.eq_ignore_ascii_case("WRITE");
    name.eq_ignore_ascii_case("ALL") || name.eq_ignore_ascii_case(operation.name()) || is_write
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_scopes_hold_the_narrower_ones_and_not_the_other_way_round() {
        let allow = |scopes: &str, part, operation| {
            Scopes::parse(scopes).allow("ZohoCRM.modules", part, operation)
        };
        assert!(allow(
            "ZohoCRM.modules.ALL",
            Some("Leads"),
            Operation::Delete
        ));
        assert!(allow(
            "zohocrm.modules.leads.read",
            Some("Leads"),
            Operation::Read
        ));
        assert!(allow(
            "ZohoCRM.modules.leads.WRITE",
            Some("Leads"),
            Operation::Update
        ));
        assert!(!allow(
            "ZohoCRM.modules.leads.WRITE",
            Some("Leads"),
            Operation::Read
        ));
        assert!(!allow(
            "ZohoCRM.modules.contacts.ALL",
            Some("Leads"),
            Operation::Read
        ));
        assert!(!allow(
            "ZohoCRM.settings.ALL,ZohoCRM.modulesX.ALL",
            Some("Leads"),
            Operation::Read
        ));
    }

    #[test]
    fn parts_are_compared_without_case_and_underscores() {
        let scopes = Scopes::parse("ZohoCRM.modules.SalesOrders.READ");
        assert!(scopes.allow("ZohoCRM.modules", Some("Sales_Orders"), Operation::Read));
        assert!(!scopes.allow("ZohoCRM.modules", Some("Sales_Order"), Operation::Read));
    }

    #[test]
    fn scopes_are_joined_without_repeats() {
        let (own, more) = (
            Scopes::parse("a.b.READ"),
            Scopes::parse("A.B.read,c.d.READ"),
        );
        assert_eq!(own.joined_with(&more).joined(), "a.b.READ c.d.READ");
        assert!(!own.contain(&more) && more.contain(&own));
    }
}
