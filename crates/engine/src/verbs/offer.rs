//! Offering names for the inputs of an action, from what the connection's organisation has.

use std::time::Duration;

use crate::action::{Action, Kind, Offer, Offers, Product, metered};
use crate::connection::Connection;
use crate::engine::Engine;

/// Offers are a help; nobody waits longer for them.
const PATIENCE: Duration = Duration::from_secs(10);

impl Engine {
    /// Names to choose from for the inputs of an action on a connection. `subject` is the module or record type that the
    /// inputs name so far. Metadata is asked for at most every 15 minutes, a credit for the modules and one for each
    /// module's fields; what cannot be had is missing, and [`Offers::trouble`] says why.
    pub async fn offers(&self, connection: &str, action: &Action, subject: Option<&str>) -> Offers {
        if action.product() == Product::Books {
            return Offers::of_record_type(subject);
        }
        if !action.inputs.iter().any(|input| input.kind == Kind::Module) {
            return Offers::default();
        }
        let active = self.core.active();
        let Some(connection) = active.connections.get(connection) else {
            let reason = active.broken.get(connection);
            return Offers {
                trouble: Some(match reason {
                    Some(reason) => format!("the connection cannot be used: {reason}"),
                    None => format!("there is no connection {connection:?}"),
                }),
                ..Offers::default()
            };
        };
        let wants_fields = action
            .inputs
            .iter()
            .any(|input| input.offer(Product::Crm) == Some(Offer::Fields));
        let asked = metered(of_crm(connection, subject.filter(|_| wants_fields)));
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok((offers, _)) => offers,
            Err(_) => Offers {
                trouble: Some("Zoho has not answered in time".to_owned()),
                ..Offers::default()
            },
        }
    }

    /// The same from what was asked for before; nothing is sent.
    #[must_use]
    pub fn offers_at_hand(
        &self,
        connection: &str,
        action: &Action,
        subject: Option<&str>,
    ) -> Offers {
        if action.product() == Product::Books {
            return Offers::of_record_type(subject);
        }
        let active = self.core.active();
        let Some(connection) = active.connections.get(connection) else {
            return Offers::default();
        };
        let schema = subject.and_then(|module| connection.schema_at_hand(module));
        let fields = schema.iter().flat_map(|schema| schema.fields());
        Offers {
            modules: connection
                .modules_at_hand()
                .map(|modules| modules.to_vec())
                .unwrap_or_default(),
            fields: fields.map(Into::into).collect(),
            ..Offers::default()
        }
    }
}

async fn of_crm(connection: &Connection, module: Option<&str>) -> Offers {
    let mut offers = Offers::default();
    match connection.modules().await {
        Ok(modules) => offers.modules = modules.to_vec(),
        Err(error) => {
            offers.trouble = Some(format!("{}; {}", error.message(), error.troubleshooting()));
            return offers;
        }
    }
    let Some(module) = module else {
        return offers;
    };
    if !offers.modules.iter().any(|(name, _)| name == module) {
        offers.trouble = Some(format!("the organisation has no module {module}"));
        return offers;
    }
    match connection.schema(module).await {
        Ok(schema) => offers.fields = schema.fields().iter().map(Into::into).collect(),
        Err(error) => {
            offers.trouble = Some(format!("{}; {}", error.message(), error.troubleshooting()));
        }
    }
    offers
}
