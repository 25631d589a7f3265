//! The configuration; the keys are those of the configuration file.

use serde_json::Value;
use utoipa::ToSchema;

use super::delivery::Operation;

/// The whole configuration. Names are unique within their kind.
#[derive(ToSchema)]
pub(crate) struct Config {
    connections: Option<Vec<ConnectionConfig>>,
    sources: Option<Vec<SourceConfig>>,
    forms: Option<Vec<FormConfig>>,
    mappings: Option<Vec<MappingConfig>>,
    routes: Option<Vec<RouteConfig>>,
}

/// A link to one Zoho organisation.
#[derive(ToSchema)]
pub(crate) struct ConnectionConfig {
    name: String,
    /// What people call it.
    nickname: Option<String>,
    /// Whose it is: a customer's id in the product that uses this gateway.
    owner: Option<String>,
    /// `us`, `eu`, `in`, `au`, `jp`, `cn`, `ca`, `sa`, `uk` or `ae`.
    data_center: String,
    environment: Option<super::status::Environment>,
    /// Scopes to ask for when somebody connects it; empty: the least that its features need.
    scopes: Option<Vec<String>>,
    /// What it is used for beyond its routes; the scopes to ask for follow from it.
    features: Option<Vec<Feature>>,
    client_id: String,
    /// Never shown; leaving it out keeps the stored one.
    #[schema(write_only)]
    client_secret: Option<String>,
    /// Never shown; leaving it out keeps the stored one.
    #[schema(write_only)]
    refresh_token: Option<String>,
    /// Another accounts server than the data center's.
    accounts_url: Option<String>,
    /// Another API host than the one that Zoho names with the token.
    api_domain: Option<String>,
    /// Credits that it may spend in 24 hours, by deliveries and actions together; without it, what Zoho allows.
    #[schema(minimum = 1000)]
    credit_limit: Option<u64>,
    /// Credits that actions leave over for deliveries: of `credit_limit`, and of what Zoho says is left.
    credits_kept_for_deliveries: Option<u64>,
}

/// Something that a connection is used for beyond its routes.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Feature {
    Records,
    Search,
    Queries,
    Metadata,
    Bulk,
    Files,
    Notifications,
    Mail,
    Sharing,
    Books,
}

/// A website or application that sends events.
#[derive(ToSchema)]
pub(crate) struct SourceConfig {
    name: String,
    /// The key that its events carry; no secret, since browsers show it.
    write_key: String,
    /// Origins from which browsers may send; empty: any.
    allowed_origins: Option<Vec<String>>,
    missing_message_id: Option<MissingMessageId>,
}

/// What happens to an event without `messageId`.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MissingMessageId {
    Refuse,
    Generate,
}

/// An HTML form that posts to `/v1/forms/{name}`.
#[derive(ToSchema)]
pub(crate) struct FormConfig {
    name: String,
    /// The source that its events count to.
    source: String,
    /// The name of the track event that a submission becomes.
    #[schema(default = "Lead Generated")]
    event: Option<String>,
    /// Where the visitor goes afterwards.
    redirect_url: Option<String>,
    /// Name of a field that people don't see; a submission that fills it is dropped.
    honeypot: Option<String>,
}

/// A rule that makes a record of an event.
#[derive(ToSchema)]
pub(crate) struct MappingConfig {
    #[schema(example = "lead-capture")]
    name: String,
    fields: Vec<FieldMapping>,
}

/// How one field of the record gets its value.
#[derive(ToSchema)]
pub(crate) struct FieldMapping {
    /// The field's API name.
    #[schema(example = "Last_Name")]
    field: String,
    /// Paths in the event; the first that has a value wins.
    from: Option<Vec<String>>,
    /// A constant, instead of `from`.
    value: Option<Value>,
    /// Used when no path has a value.
    default: Option<Value>,
    /// What is done to the value, in order.
    transform: Option<Vec<Transform>>,
    /// Whether the event is refused when the field would stay empty.
    required: Option<bool>,
}

/// What can be done to a value.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Transform {
    Trim,
    Lowercase,
    Uppercase,
    FirstName,
    LastName,
    Number,
    Boolean,
    Date,
    Datetime,
    List,
    Text,
}

/// Which events go where.
#[derive(ToSchema)]
pub(crate) struct RouteConfig {
    name: String,
    /// Sources that it listens to; empty: all.
    sources: Option<Vec<String>>,
    /// Events that it wants.
    #[schema(example = json!(["identify", "track:Lead Generated"]))]
    events: Vec<String>,
    /// The mapping that makes the record.
    mapping: String,
    /// The connection that it goes to.
    connection: String,
    /// The module's API name.
    module: String,
    operation: Option<Operation>,
    /// Fields by which an upsert finds a record that is there; empty: Zoho's own.
    duplicate_check_fields: Option<Vec<String>>,
    /// Zoho automation that may run; absent: all, empty: none.
    trigger: Option<Vec<String>>,
    /// Id of an assignment rule that chooses the owner.
    lar_id: Option<String>,
    /// Consent that the event must not deny.
    consent: Option<Vec<String>>,
}
