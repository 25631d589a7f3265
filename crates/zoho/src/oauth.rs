//! Authorising a connection: the authorization page, the code exchange, revocation, and the live access token.
//!
//! A person grants a connection once:
//!
//! 1. send the browser to the URL that [`AuthorizationUrl`] builds;
//! 2. read the redirect with [`AuthorizationAnswer::from_query`];
//! 3. trade its code for a refresh token with [`exchange_code`], at the accounts server that the redirect names.
//!
//! From then on a [`Client`](crate::Client) keeps an access token alive by itself; a [`TokenKeeper`] carries it over a
//! restart.

mod authorization_answer;
mod authorization_url;
mod exchange;
mod grant;
mod keeper;
mod pkce;
mod revoke;
mod token;
mod token_answer;
mod token_cache;

pub use authorization_answer::AuthorizationAnswer;
pub use authorization_url::AuthorizationUrl;
pub use exchange::{CodeExchange, Granted, exchange_code};
pub use keeper::{KeptToken, TokenKeeper};
pub use pkce::Pkce;
pub use revoke::revoke;
pub use token::TokenInfo;

pub(crate) use grant::RefreshTokenGrant;
pub(crate) use token::Token;
pub(crate) use token_cache::TokenCache;
