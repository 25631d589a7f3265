//! The end of a connection. It is always possible; what could not be revoked at Zoho is said.

use super::ConnectError;
use super::granted::{Earlier, revoked};
use crate::engine::Engine;
use crate::model::connect::Removed;

impl Engine {
    /// Removes a connection with its secrets, and revokes its refresh token at Zoho, unless other programs or
    /// connections use it too. When Zoho cannot be reached, or the token cannot be read any more, it is removed all the
    /// same, and the answer says so.
    ///
    /// # Errors
    /// [`ConnectError::InUse`] while routes deliver to it.
    pub async fn remove_connection(
        &self,
        connection: &str,
        revokes: bool,
    ) -> Result<Removed, ConnectError> {
        let one_at_a_time = self.core.config_changes.lock().await;
        let removed = self.connection_config(connection)?;
        let mut config = self.config();
        let routes = config
            .routes
            .iter()
            .filter(|route| route.connection == connection);
        let routes: Vec<String> = routes.map(|route| route.name.clone()).collect();
        if !routes.is_empty() {
            return Err(ConnectError::InUse {
                connection: connection.to_owned(),
                routes,
            });
        }
        let earlier = match revokes {
            true => self.earlier(connection).await?,
            false => Earlier::Nothing,
        };
        let was_made_here = self.core.store.made_refresh_token(connection).await?;
        config.connections.retain(|known| known.name != connection);
        self.apply_alone(config).await?;
        drop(one_at_a_time);
        let result = match &earlier {
            Earlier::Nothing => None,
            Earlier::Unreadable(error) => Some(Err(error.clone())),
            Earlier::Token(token) => match self.also_lives_by(token, connection).await {
                Some(other) => Some(Err(format!("connection {other:?} uses it too"))),
                None => Some(revoked(&removed, token).await),
            },
        };
        let (kind, made_token, detail) = match &result {
            None => (
                "removed",
                0,
                "removed; its refresh token was not revoked".to_owned(),
            ),
            Some(Ok(())) => (
                "revoked",
                -i64::from(was_made_here),
                "removed, and its refresh token is revoked at Zoho".to_owned(),
            ),
            Some(Err(error)) => (
                "not_revoked",
                0,
                format!("removed, but its refresh token is not revoked at Zoho: {error}"),
            ),
        };
        self.note(&removed, kind, made_token, &detail).await;
        Ok(Removed {
            name: connection.to_owned(),
            is_revoked: matches!(result, Some(Ok(()))),
            revocation_error: result.and_then(Result::err),
        })
    }
}
