//! Tells what happened to a connection: in its history, in the log, and to everybody who watches.

use crate::core::Core;
use crate::store::connection::NewConnectionEvent;

use super::Connection;

/// Zoho no longer takes the refresh token or the client: deliveries wait until somebody connects anew.
pub(crate) async fn needs_consent(core: &Core, connection: &Connection, error: &zoho::Error) {
    tracing::warn!(
        connection = connection.config.name,
        %error,
        "the connection needs consent; its deliveries wait until somebody connects it again"
    );
    let detail = format!("deliveries wait: {error}. {}", error.troubleshooting());
    note(core, connection, "needs_consent", &detail).await;
}

/// A call got through after all, as when somebody mended it at Zoho.
pub(crate) async fn has_consent_again(core: &Core, connection: &Connection) {
    tracing::info!(
        connection = connection.config.name,
        "the connection works again"
    );
    note(core, connection, "ready", "Zoho takes its calls again").await;
}

async fn note(core: &Core, connection: &Connection, kind: &'static str, detail: &str) {
    let event = NewConnectionEvent {
        connection: &connection.config.name,
        kind,
        client_id: &connection.config.client_id,
        made_token: 0,
        detail,
    };
    if let Err(error) = core.store.note_connection(event, core.clock.now_us()).await {
        tracing::warn!(%error, "what happened to a connection could not be noted");
    }
    core.changed();
}
