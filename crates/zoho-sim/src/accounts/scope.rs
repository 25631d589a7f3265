//! Scopes: `ServiceName.scopeName[.subName].OPERATION`.

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

/// The scopes of a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scopes(Vec<String>);

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
        Self(scopes.to_vec())
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.0
    }

    /// Separated by blanks, as token answers print them.
    pub(crate) fn joined(&self) -> String {
        self.0.join(" ")
    }

    /// Whether every scope has the form of one. unknown: Zoho also refuses names that it does not know.
    pub(crate) fn are_well_formed(&self) -> bool {
        !self.0.is_empty()
            && self.0.iter().all(|scope| {
                let parts: Vec<&str> = scope.split('.').collect();
                let is_part = |part: &&str| {
                    !part.is_empty()
                        && part
                            .chars()
                            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
                };
                (2..=4).contains(&parts.len()) && parts.iter().all(is_part)
            })
    }

    /// Whether the scopes allow `operation` on `area` (such as `ZohoCRM.modules`) and its part (such as `leads`).
    /// Letters' case does not count: the documentation itself writes `leads` and `Leads`.
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
                    part.is_some_and(|part| part.eq_ignore_ascii_case(named))
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
    fn odd_scopes_are_not_well_formed() {
        assert!(Scopes::parse("ZohoCRM.modules.leads.READ ZohoCRM.org.ALL").are_well_formed());
        for text in ["", "all", "ZohoCRM..READ", "a.b.c.d.e", "ZohoCRM.<b>.READ"] {
            assert!(!Scopes::parse(text).are_well_formed(), "{text}");
        }
    }
}
