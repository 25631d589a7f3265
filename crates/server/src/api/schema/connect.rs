//! Connecting a Zoho account.

use utoipa::ToSchema;

/// How to begin at Zoho's consent page.
#[derive(ToSchema)]
pub(crate) struct NewAuthorization {
    /// Where Zoho sends the person back to, if not to the address by which this call came.
    #[schema(example = "https://gateway.example.com/oauth/callback")]
    redirect_uri: Option<String>,
}

/// An authorization that was begun.
#[derive(ToSchema)]
pub(crate) struct Authorization {
    /// Zoho's consent page; send the person there.
    url: String,
    /// What Zoho's redirect brings back; it serves once.
    state: String,
    /// It must be registered for the client in Zoho's API console, letter by letter.
    redirect_uri: String,
    scopes: Vec<String>,
    /// Until when the person may come back.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// What is in hand to connect with: one of both.
#[derive(ToSchema)]
pub(crate) struct NewGrant {
    /// A code that a self client generated in Zoho's API console; it lives for some minutes and serves once.
    #[schema(write_only)]
    code: Option<String>,
    /// A refresh token that was made elsewhere for the same client.
    #[schema(write_only)]
    refresh_token: Option<String>,
}

/// A connection that was connected.
#[derive(ToSchema)]
pub(crate) struct Connected {
    name: String,
    /// The data center that its person lives in.
    data_center: String,
    /// The API host that Zoho named.
    api_domain: String,
    kind: GrantKind,
    /// The scopes that Zoho granted.
    scopes: Vec<String>,
}

/// The ways to connect.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GrantKind {
    Consent,
    SelfClient,
    Pasted,
}

/// A connection that was removed.
#[derive(ToSchema)]
pub(crate) struct Removed {
    name: String,
    /// Whether its refresh token is revoked at Zoho.
    is_revoked: bool,
    /// Why not, if that was wanted.
    revocation_error: Option<String>,
}

/// Something that happened to a connection.
#[derive(ToSchema)]
pub(crate) struct ConnectionEvent {
    #[schema(format = DateTime)]
    at: String,
    /// `granted`, `needs_consent`, `ready`, `revoked`, `not_revoked` or `removed`.
    kind: String,
    detail: String,
}
