//! Connecting a Zoho account.

use utoipa::ToSchema;

use super::config::Feature;
use super::status::Environment;

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
    /// Whose it is, if it is a customer's.
    owner: Option<String>,
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

/// A customer who shall connect a Zoho account on the hosted page.
#[derive(ToSchema)]
pub(crate) struct NewConnectSession {
    /// Your own id of the customer; the connection is theirs.
    #[schema(example = "customer-7", max_length = 200)]
    owner: String,
    /// The connection to make, or to connect again if it is this owner's; else the owner's one, or a new one named after
    /// the owner.
    connection: Option<String>,
    /// Your product, as the customer knows it.
    #[schema(example = "Orchard Mailer", max_length = 100)]
    product: Option<String>,
    /// What people call the connection.
    #[schema(max_length = 100)]
    nickname: Option<String>,
    /// What it is used for; the scopes follow from it.
    features: Option<Vec<Feature>>,
    /// Scopes to ask for instead of the least that the features need.
    scopes: Option<Vec<String>>,
    environment: Option<Environment>,
    /// `us`, `eu`, `in`, `au`, `jp`, `cn`, `ca`, `sa`, `uk` or `ae`; else the customer chooses, or Zoho tells.
    data_center: Option<String>,
    /// A connection whose client a new one uses; needed only if the gateway knows several clients.
    client_of: Option<String>,
    /// Another client for a new connection, from Zoho's API console.
    client_id: Option<String>,
    #[schema(write_only)]
    client_secret: Option<String>,
    /// Another accounts server than the data center's, such as the simulator's.
    accounts_url: Option<String>,
    /// Origins of your pages that open the connect page and hear what came of it.
    #[schema(example = json!(["https://app.example.com"]), max_items = 20)]
    allowed_origins: Option<Vec<String>>,
    /// A page of yours to which a customer is led back who came by `url`; `leadway_session` and `leadway_result`
    /// (`connected`, `declined` or `failed`) are added to its query.
    #[schema(example = "https://app.example.com/settings/zoho", max_length = 2_000)]
    return_url: Option<String>,
    /// How long the customer may take to begin; 1800 unless told.
    #[schema(minimum = 60, maximum = 86_400)]
    expires_in_seconds: Option<u32>,
}

/// A connect session that was just made.
#[derive(ToSchema)]
pub(crate) struct MadeConnectSession {
    /// For `Leadway.connect({session: …})` in the customer's browser. It is told only now.
    token: String,
    /// The connect page with the token in its fragment, to send the customer to directly.
    url: String,
    #[serde(flatten)]
    session: ConnectSession,
}

/// A page of connect sessions, newest first.
#[derive(ToSchema)]
pub(crate) struct ConnectSessionPage {
    items: Vec<ConnectSession>,
    /// Give this as `cursor` to read on; absent at the end.
    next_cursor: Option<String>,
}

/// How a customer's last try stands: `at_zoho` since less than 15 minutes, `declined` there, or `failed`.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it is a schema only")]
pub(crate) enum LastTry {
    AtZoho,
    Declined,
    Failed,
}

/// A connect session.
#[derive(ToSchema)]
pub(crate) struct ConnectSession {
    id: String,
    /// `open`, `connected`, `expired` or `ended`.
    state: String,
    owner: String,
    /// The connection that it makes, or connects again.
    connection: String,
    /// Whether that connection is there already.
    is_reconnect: bool,
    product: Option<String>,
    nickname: Option<String>,
    features: Option<Vec<Feature>>,
    environment: Environment,
    data_center: Option<String>,
    allowed_origins: Vec<String>,
    return_url: Option<String>,
    /// How the customer's last try stands, before there is a connection.
    last_try: Option<LastTry>,
    /// Why the customer's last try came to nothing.
    failure: Option<String>,
    #[schema(format = DateTime)]
    made_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
}
