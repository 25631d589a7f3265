//! A grant belongs to the organisation that the person chose on Zoho's page: production, a sandbox or a developer's. Zoho is
//! asked which it is before the grant is taken, since records of a test should not get into production.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use zoho::Method;

use super::ConnectError;
use super::granted::{Confirmed, revoked};
use crate::connection::Connection;
use crate::connection::ledger::Ledger;
use crate::connection::scopes::is_covered;
use crate::connection::tokens::{GrantPrint, Kept};
use crate::engine::Engine;
use crate::model::config::Environment;
use crate::model::connect::GrantKind;

/// How long somebody who connects waits for this.
const TIMEOUT: Duration = Duration::from_secs(10);

impl Engine {
    /// Refuses a grant of another environment than the connection is for, and ends it at Zoho where it was made here. What
    /// cannot be found out now is left to the doctor.
    pub(super) async fn check_environment(
        &self,
        confirmed: &Confirmed,
    ) -> Result<(), ConnectError> {
        let wanted = confirmed.plan.config.environment;
        let Ok(Some(found)) = tokio::time::timeout(TIMEOUT, self.environment_of(confirmed)).await
        else {
            return Ok(());
        };
        if found == Found::Is(wanted) {
            return Ok(());
        }
        if confirmed.kind != GrantKind::Pasted
            && let Err(error) = revoked(&confirmed.plan.config, &confirmed.refresh_token).await
        {
            tracing::warn!(
                connection = confirmed.plan.config.name,
                error,
                "a grant of the wrong environment could not be revoked"
            );
        }
        let is = match found {
            Found::Is(environment) => format!("a {} organisation", environment.as_str()),
            Found::Refused => "an organisation of another environment".to_owned(),
        };
        Err(ConnectError::WrongEnvironment {
            connection: confirmed.plan.config.name.clone(),
            is,
            wanted: wanted.as_str(),
        })
    }

    async fn environment_of(&self, confirmed: &Confirmed) -> Option<Found> {
        let Confirmed {
            token,
            plan,
            refresh_token,
            ..
        } = confirmed;
        if !token.scopes.is_empty() && !is_covered("ZohoCRM.org.READ", &token.scopes) {
            return None;
        }
        let clock = self.core.clock.clone();
        let grant = GrantPrint::of(&plan.config.client_id, &plan.client_secret, refresh_token);
        let kept = Kept::new(token, &grant, clock.now_us());
        let active = self.core.active();
        let ledger = match active.connections.get(&plan.config.name) {
            Some(earlier) => Arc::clone(&earlier.ledger),
            None => Arc::new(Ledger::new(clock.clone(), Vec::new())),
        };
        let connection = Connection::with_tokens(
            plan.config.clone(),
            plan.client_secret.clone(),
            refresh_token.clone(),
            clock,
            ledger,
            Some(kept),
            None,
        )
        .ok()?;
        let crm = connection.client.crm();
        let answer = match crm.raw(Method::GET, "/crm/v8/org", &[], None).await {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("INVALID_TOKEN") => return Some(Found::Refused),
            Err(_) => return None,
        };
        let body: Value = serde_json::from_slice(&answer.body).ok()?;
        if body.pointer("/code").and_then(Value::as_str) == Some("INVALID_TOKEN") {
            return Some(Found::Refused);
        }
        // Others, such as bigin, are no environment of a CRM.
        let kind = body.pointer("/org/0/type").and_then(Value::as_str)?;
        let mut known = Environment::ALL.into_iter();
        known.find(|known| known.as_str() == kind).map(Found::Is)
    }
}

/// What Zoho says of the organisation of a new grant.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Is(Environment),
    /// The host of the connection's environment does not know the new token.
    Refused,
}
