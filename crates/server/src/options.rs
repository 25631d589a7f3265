//! What the edge is told when it starts.

use secrecy::SecretString;

/// How the edge behaves.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// The token that opens the REST API and the console.
    pub admin_token: SecretString,
    /// Whether the last address in `X-Forwarded-For` is taken for the sender's, and `X-Forwarded-Proto` for the
    /// visitor's scheme. Only for a gateway behind a proxy of your own that sets both, since anybody can send them.
    pub trust_forwarded_for: bool,
    /// The address by which people and Zoho reach this gateway, such as `https://gateway.example.com`; without it, the one
    /// by which each request came.
    pub public_url: Option<String>,
    /// Shows the page at `/demo` and fills in the login form. Never for a gateway that others can reach.
    pub demo: Option<Demo>,
}

impl ServerOptions {
    /// Options for a gateway that is reached directly, without a demo page.
    #[must_use]
    pub fn new(admin_token: SecretString) -> Self {
        Self {
            admin_token,
            trust_forwarded_for: false,
            public_url: None,
            demo: None,
        }
    }
}

/// What the demo page links to.
#[derive(Debug, Clone)]
pub struct Demo {
    /// Name of the form that the page posts to: `/v1/forms/{form}`.
    pub form: String,
    /// Write key that the page's snippet sends with.
    pub write_key: String,
    /// Address of the simulator's page, where the records arrive.
    pub simulator_url: String,
}
