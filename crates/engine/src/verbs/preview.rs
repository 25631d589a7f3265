//! What would become of an event on a route, without storing or sending anything.

use crate::engine::Engine;
use crate::mapping::check;
use crate::model::event::IncomingEvent;
use crate::model::problem::{Problem, Stage};

impl Engine {
    /// Maps an event by a route and checks the record against the module's metadata. When Zoho cannot be asked for
    /// the metadata, only the mapping speaks.
    ///
    /// # Errors
    /// Everything that would make a dead letter of it.
    pub async fn preview(&self, route: &str, event: &IncomingEvent) -> Result<(), Vec<Problem>> {
        let active = self.core.active();
        let Some(route) = active
            .routes
            .iter()
            .find(|known| known.config.name == route)
        else {
            return Err(vec![no_route(route)]);
        };
        let planned = route.plan(&event.payload);
        if let Some(problem) = planned.problem {
            return Err(vec![problem]);
        }
        let Some(connection) = active.connections.get(&route.config.connection) else {
            return Ok(());
        };
        match connection.schema_if_at_hand(&route.config.module).await {
            Some(schema) => check(&planned.record, &schema, route.config.operation),
            None => Ok(()),
        }
    }
}

fn no_route(name: &str) -> Problem {
    Problem {
        stage: Stage::Mapping,
        code: "NO_ROUTE".to_owned(),
        field: None,
        value: Some(name.into()),
        message: format!("There is no route {name:?}."),
        remedy: "Use the name of a route in the configuration; `leadway export` shows them."
            .to_owned(),
    }
}
