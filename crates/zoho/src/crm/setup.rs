//! Lists of how the organisation is set up, as Zoho sent them.

use super::{Crm, Record, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

/// Something that an administrator sets up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// Currencies with their rates (`v8.0/currencies.json`). Scope: `ZohoCRM.settings.currencies.READ`.
    Currencies,
    /// Variables of the organisation (`v8.0/variables.json`). Scope: `ZohoCRM.settings.variables.READ`.
    Variables,
    /// Territories (`v8.0/territories.json`). Scope: `ZohoCRM.settings.territories.READ`.
    Territories,
    /// Rules that give records an owner (`v8.0/assignment_rules.json`). Scope: `ZohoCRM.settings.assignment_rules.READ`.
    AssignmentRules,
    /// Groups of users (`v8.0/user_groups.json`). Scope: `ZohoCRM.settings.user_groups.READ`.
    UserGroups,
}

impl Crm {
    /// One of the lists of the organisation's setup, the first 200 (Zoho's OpenAPI file and scope stand at [`Setup`]).
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn setup(&self, what: Setup) -> Result<Vec<Record>, Error> {
        let (operation, parts, root): (_, &[&str], _) = match what {
            Setup::Currencies => ("list currencies", &["org", "currencies"], "currencies"),
            Setup::Variables => ("list variables", &["settings", "variables"], "variables"),
            Setup::Territories => (
                "list territories",
                &["settings", "territories"],
                "territories",
            ),
            Setup::AssignmentRules => (
                "list assignment rules",
                &["settings", "automation", "assignment_rules"],
                "assignment_rules",
            ),
            Setup::UserGroups => (
                "list user groups",
                &["settings", "user_groups"],
                "user_groups",
            ),
        };
        let call = Call::read(path(operation, parts)?, price::light(operation));
        self.listed(&call, root).await
    }
}
