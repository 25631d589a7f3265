//! Where an action acts: the connection, and what came beside the inputs.

use std::path::PathBuf;
use std::sync::Arc;

use zoho::books::Books;
use zoho::crm::Crm;

use super::{ActionError, Files, Inputs};
use crate::connection::{Connection, Hold};
use crate::store::Store;

/// What came for an action.
#[derive(Debug, Default)]
pub struct Given {
    /// The inputs, an object.
    pub inputs: serde_json::Value,
    /// Files beside them.
    pub files: Files,
    /// The caller's own name for this request; a repeat under it gets the first answer.
    pub idempotency_key: Option<String>,
}

/// The connection that an action acts on.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) connection: Arc<Connection>,
    pub(crate) _hold: Hold,
    /// Where it is known which records others have made.
    pub(crate) store: Store,
    /// Where files lie while they are used.
    pub(crate) spool_dir: PathBuf,
    /// The caller's own name for this request.
    pub(crate) idempotency_key: Option<String>,
}

impl Context {
    pub(crate) fn crm(&self) -> Crm {
        self.connection.client.crm()
    }

    /// The Books organisation that the inputs name, else the user's default one.
    pub(crate) async fn books(&self, inputs: &Inputs) -> Result<Books, ActionError> {
        let id = match inputs.maybe("organization_id") {
            Some(id) => id.to_owned(),
            None => self.default_organization().await?,
        };
        Ok(self
            .connection
            .client
            .books(id.parse::<zoho::books::OrganizationId>()?))
    }

    async fn default_organization(&self) -> Result<String, ActionError> {
        if let Some(id) = self.connection.books_organization() {
            return Ok(id);
        }
        let organizations = super::read(|| self.connection.client.books_organizations()).await?;
        let values: Vec<_> = organizations
            .iter()
            .map(zoho::books::Record::to_value)
            .collect();
        let is_default = |value: &&serde_json::Value| value["is_default_org"] == true;
        let chosen = match values.as_slice() {
            [only] => Some(only),
            _ => values.iter().find(is_default),
        };
        let id = chosen.and_then(|value| value["organization_id"].as_str());
        let Some(id) = id else {
            let names: Vec<String> = values
                .iter()
                .map(|value| {
                    format!(
                        "{} ({})",
                        value["organization_id"].as_str().unwrap_or_default(),
                        value["name"].as_str().unwrap_or_default()
                    )
                })
                .collect();
            return Err(ActionError::input(
                "organization_id",
                None,
                "the user who granted the connection has no default organisation in Zoho Books",
                match names.is_empty() {
                    true => "Let the user join an organisation in Zoho Books first.".to_owned(),
                    false => format!("Give organization_id, one of: {}.", names.join(", ")),
                },
            ));
        };
        self.connection.remember_books_organization(id);
        Ok(id.to_owned())
    }
}
