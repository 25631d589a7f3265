//! `GET /openapi.json`: the frame of the document; each handler adds its own path.

use axum::Json;
use utoipa::Modify;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use crate::api::v1::actions;
use crate::ingest;
use crate::problem::Problem;

/// Everything of the document that no handler says. The ingestion doors are listed here, since their routes are
/// written by hand: several paths share one handler there.
#[derive(OpenApi)]
#[openapi(
    info(title = "Leadway", description = "A gateway between your websites and your Zoho CRM and Zoho Books."),
    paths(
        ingest::single::take_event,
        ingest::batch::take_batch,
        ingest::batch::take_events,
        ingest::pixel::take_pixel,
        ingest::form::take_form,
        ingest::webhook::take_webhook,
    ),
    tags(
        (name = "ingestion", description = "Events in. The write key comes as Basic user name, as Bearer, as X-Write-Key or as writeKey in the body."),
        (name = "events", description = "What was received, and its whole life"),
        (name = "deliveries", description = "One event for one destination each"),
        (name = "dead letters", description = "Deliveries that need a person"),
        (name = "actions", description = "Everything that can be done in a connection's Zoho CRM and Zoho Books"),
        (name = "connections", description = "Authorised links to Zoho organisations: connecting, state, history, examination"),
        (name = "configuration", description = "Connections, sources, forms, mappings and routes"),
        (name = "probes", description = "How the gateway is doing"),
    ),
    modifiers(&AdminToken),
)]
pub(crate) struct Document;

/// Describes the REST API and ingestion.
pub(crate) async fn get_openapi() -> Result<Json<serde_json::Value>, Problem> {
    let mut document = serde_json::to_value(crate::router::openapi()).map_err(|error| {
        tracing::error!(%error, "the OpenAPI document cannot be written");
        Problem::internal()
    })?;
    actions::describe(&mut document);
    Ok(Json(document))
}

struct AdminToken;

impl Modify for AdminToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("admin_token", scheme);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_changes_only_on_purpose() {
        insta::assert_json_snapshot!(crate::openapi());
    }
}
