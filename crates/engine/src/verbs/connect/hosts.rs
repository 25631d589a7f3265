//! Which servers a connection may talk to: its accounts server, and the API host that a token answer names.

use url::Url;
use zoho::DataCenter;

use super::ConnectError;
use crate::connection::{ConnectionError, address, data_center};
use crate::model::config::{ConnectionConfig, Environment};

/// Where the connection's person consents and its tokens are made.
pub(in crate::verbs) fn accounts_url(config: &ConnectionConfig) -> Result<Url, ConnectError> {
    let unusable = |error: ConnectionError| ConnectError::Unusable(error.to_string());
    match &config.accounts_url {
        Some(url) => address("accounts_url", url).map_err(unusable),
        None => Ok(data_center(config).map_err(unusable)?.accounts_url()),
    }
}

/// The settings of a connection whose person lives in another data center than was thought.
pub(super) fn moved(
    mut config: ConnectionConfig,
    own: &Url,
    accounts_url: &Url,
    data_center: Option<DataCenter>,
) -> ConnectionConfig {
    let is_elsewhere = own.origin() != accounts_url.origin();
    // Of an accounts server that was set by hand, only its own address tells anything.
    if let Some(data_center) = data_center
        && (is_elsewhere || config.accounts_url.is_none())
    {
        config.data_center = data_center.to_string();
    }
    if is_elsewhere {
        config.accounts_url = match DataCenter::from_accounts_url(accounts_url) {
            Some(_) => None,
            None => Some(accounts_url.to_string().trim_end_matches('/').to_owned()),
        };
        config.api_domain = None;
    }
    config
}

/// Records go to the API host that a token answer names, so it must be one of the connection's data center, or one that
/// was set by hand.
pub(super) fn check_api_domain(
    api_domain: &Url,
    config: &ConnectionConfig,
) -> Result<(), ConnectError> {
    if config.accounts_url.is_some() || config.api_domain.is_some() {
        // The SDK takes https only, or this very machine where the accounts server is on it too.
        return Ok(());
    }
    let data_center =
        data_center(config).map_err(|error| ConnectError::Unusable(error.to_string()))?;
    let host = api_domain.host_str().unwrap_or_default();
    let is_host = |url: Option<Url>| url.is_some_and(|url| url.host_str() == Some(host));
    let is_sandbox = is_host(data_center.sandbox_api_url());
    let is_developer = is_host(data_center.developer_api_url());
    // Where Zoho documents no hosts, those that its pattern gives.
    let ending = format!(".zohoapis.{data_center}");
    let is_known = is_host(data_center.api_url())
        || is_sandbox
        || is_developer
        || (data_center.sandbox_api_url().is_none() && host.ends_with(&ending));
    if api_domain.scheme() != "https" || !is_known {
        return Err(ConnectError::ForeignServer(format!(
            "the token answer names the API host {host:?}, which is none of Zoho's in data center {data_center}"
        )));
    }
    let chosen = match (is_sandbox, is_developer) {
        (true, _) => Environment::Sandbox,
        (_, true) => Environment::Developer,
        // Zoho may name the production host for the others too.
        _ => return Ok(()),
    };
    if chosen == config.environment {
        return Ok(());
    }
    Err(ConnectError::WrongEnvironment {
        connection: config.name.clone(),
        is: format!("a {} organisation", chosen.as_str()),
        wanted: config.environment.as_str(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(data_center: &str) -> ConnectionConfig {
        ConnectionConfig {
            name: "main".to_owned(),
            data_center: data_center.to_owned(),
            ..ConnectionConfig::default()
        }
    }

    #[test]
    fn an_api_host_is_one_of_the_data_center_and_the_environment() {
        let check = |url: &str, config: &ConnectionConfig| {
            check_api_domain(&Url::parse(url).unwrap(), config)
        };
        assert!(check("https://www.zohoapis.eu", &config("eu")).is_ok());
        assert!(check("https://www.zohoapis.ae", &config("ae")).is_ok());
        for (url, place) in [
            ("https://www.zohoapis.com", "eu"),
            ("http://www.zohoapis.eu", "eu"),
            ("https://www.zohoapis.eu.evil.example", "eu"),
            ("https://evil.zohoapis.eu", "eu"),
            ("https://sandbox.zohoapis.eu", "eu"),
            ("https://zohoapis.ae.example", "ae"),
        ] {
            assert!(check(url, &config(place)).is_err(), "{url}");
        }
        let sandbox = ConnectionConfig {
            environment: Environment::Sandbox,
            ..config("eu")
        };
        assert!(check("https://sandbox.zohoapis.eu", &sandbox).is_ok());
        assert!(check("https://developer.zohoapis.eu", &sandbox).is_err());
    }

    #[test]
    fn a_person_of_another_data_center_moves_the_connection_there() {
        let own = Url::parse("https://accounts.zoho.com").unwrap();
        let there = Url::parse("https://accounts.zoho.eu").unwrap();
        let moved = moved(config("us"), &own, &there, Some(DataCenter::Eu));
        assert_eq!(
            (moved.data_center.as_str(), moved.accounts_url),
            ("eu", None)
        );
    }
}
