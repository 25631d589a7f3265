//! What a product's backend wants of a session: read, checked, and settled which connection it is about.

use super::Document;
use crate::config::check::is_name;
use crate::connection::one_time::digest_of;
use crate::connection::{address, data_center};
use crate::engine::Engine;
use crate::model::config::ConnectionConfig;
use crate::model::connect_session::NewConnectSession;
use crate::verbs::connect::ConnectError;

/// How long a customer may take to begin: unless told, at least, at most.
const LIFETIME_SECONDS: u32 = 1_800;
const LIFETIME_SECONDS_MIN: u32 = 60;
const LIFETIME_SECONDS_MAX: u32 = 86_400;
const ORIGINS_MAX: usize = 20;
const URL_BYTES_MAX: usize = 2_000;
const OWNER_CHARS_MAX: usize = 200;
const WORDS_CHARS_MAX: usize = 100;
/// What a new connection is called: this much of the owner.
const NAME_CHARS_MAX: usize = 60;

impl Engine {
    /// Reads what is wanted, and settles which connection it is about.
    pub(super) fn document(&self, wanted: NewConnectSession) -> Result<Document, ConnectError> {
        words("owner", Some(&wanted.owner), OWNER_CHARS_MAX)?;
        words("product", wanted.product.as_deref(), WORDS_CHARS_MAX)?;
        words("nickname", wanted.nickname.as_deref(), WORDS_CHARS_MAX)?;
        if let Some(name) = wanted.connection.as_deref().filter(|name| !is_name(name)) {
            return Err(wrong(
                "connection",
                name,
                "the connection's name cannot be one",
                "use 1 to 100 letters, digits, dots, hyphens and underscores, or leave it out",
            ));
        }
        if let Some(word) = &wanted.data_center {
            let config = ConnectionConfig {
                data_center: word.clone(),
                ..ConnectionConfig::default()
            };
            data_center(&config).map_err(|error| {
                wrong(
                    "data_center",
                    word,
                    error.to_string(),
                    "leave it out to let the customer choose",
                )
            })?;
        }
        if let Some(url) = &wanted.accounts_url {
            address("accounts_url", url).map_err(|error| {
                wrong(
                    "accounts_url",
                    url,
                    error.to_string(),
                    "leave it out for Zoho's own",
                )
            })?;
        }
        let allowed_origins = origins(&wanted.allowed_origins)?;
        let return_url = wanted.return_url.as_deref().map(return_url).transpose()?;
        let known = self.known(&wanted)?;
        if let (Some(known), Some(environment)) = (&known, wanted.environment)
            && known.environment != environment
        {
            return Err(wrong(
                "environment",
                environment.as_str(),
                format!(
                    "the connection {:?} is for a {} organisation",
                    known.name,
                    known.environment.as_str()
                ),
                "leave the environment out, or name another connection",
            ));
        }
        let client_of = match known {
            Some(_) => None,
            None => self.client_of(&wanted)?,
        };
        let connection = match (&known, wanted.connection) {
            (Some(known), _) => known.name.clone(),
            (None, Some(name)) => name,
            (None, None) => self.free_name(&wanted.owner),
        };
        Ok(Document {
            environment: match &known {
                Some(known) => known.environment,
                None => wanted.environment.unwrap_or_default(),
            },
            is_reconnect: known.is_some(),
            client_id: wanted.client_id.filter(|_| known.is_none()),
            accounts_url: wanted.accounts_url.filter(|_| known.is_none()),
            owner: wanted.owner,
            connection,
            product: wanted.product,
            nickname: wanted.nickname,
            features: wanted.features,
            scopes: wanted.scopes,
            data_center: wanted.data_center,
            client_of,
            allowed_origins,
            return_url,
        })
    }

    /// The owner's connection that is to be connected again, if there is one.
    fn known(&self, wanted: &NewConnectSession) -> Result<Option<ConnectionConfig>, ConnectError> {
        let all = self.config().connections;
        if let Some(name) = &wanted.connection {
            let Some(known) = all.into_iter().find(|config| config.name == *name) else {
                return Ok(None);
            };
            if known.owner.as_deref() != Some(&wanted.owner) {
                return Err(ConnectError::WrongOwner {
                    connection: known.name,
                    owner: known.owner,
                });
            }
            return Ok(Some(known));
        }
        let is_meant = |config: &ConnectionConfig| {
            config.owner.as_deref() == Some(&wanted.owner)
                && wanted
                    .environment
                    .is_none_or(|environment| environment == config.environment)
        };
        let mut theirs: Vec<ConnectionConfig> = all.into_iter().filter(is_meant).collect();
        if theirs.len() > 1 {
            return Err(ConnectError::Ambiguous {
                owner: wanted.owner.clone(),
                connections: theirs.into_iter().map(|config| config.name).collect(),
            });
        }
        Ok(theirs.pop())
    }

    /// Whose client a new connection uses, unless it brings one along.
    fn client_of(&self, wanted: &NewConnectSession) -> Result<Option<String>, ConnectError> {
        match (&wanted.client_id, &wanted.client_secret) {
            (Some(id), Some(secret))
                if !id.trim().is_empty() && !secret.expose().trim().is_empty() =>
            {
                return Ok(None);
            }
            (None, None) => {}
            _ => {
                return Err(wrong(
                    "client_id",
                    wanted.client_id.as_deref().unwrap_or_default(),
                    "a client needs both its id and its secret",
                    "send client_id and client_secret, or client_of with the name of a connection",
                ));
            }
        }
        let all = self.config().connections;
        if let Some(name) = &wanted.client_of {
            if all.iter().any(|config| config.name == *name) {
                return Ok(Some(name.clone()));
            }
            return Err(wrong(
                "client_of",
                name,
                format!("there is no connection {name:?}"),
                "name a connection whose client is to be used",
            ));
        }
        let Some(first) = all.first() else {
            return Err(wrong(
                "client_id",
                "",
                "this gateway knows no client yet",
                "send client_id and client_secret from Zoho's API console",
            ));
        };
        if all.iter().all(|config| config.client_id == first.client_id) {
            return Ok(Some(first.name.clone()));
        }
        Err(wrong(
            "client_of",
            "",
            "the connections of this gateway use several clients",
            "say with client_of whose is to be used, or send client_id and client_secret",
        ))
    }

    /// A name for a new connection of this owner.
    fn free_name(&self, owner: &str) -> String {
        let plain: String = owner
            .chars()
            .map(|letter| match letter {
                '-' | '_' | '.' => letter,
                _ if letter.is_ascii_alphanumeric() => letter,
                _ => '-',
            })
            .take(NAME_CHARS_MAX)
            .collect();
        let all = self.config().connections;
        let is_free = |name: &str| all.iter().all(|config| config.name != name);
        if plain == owner && is_free(&plain) {
            return plain;
        }
        // Owners who would share a name are told apart.
        let digest = digest_of(owner);
        let mark: String = digest[..4]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let marked = format!("{plain}-{mark}");
        let numbered = (2..).map(|number| format!("{marked}-{number}"));
        std::iter::once(marked.clone())
            .chain(numbered)
            .find(|name| is_free(name))
            .unwrap_or(marked)
    }
}

pub(super) fn lifetime(seconds: Option<u32>) -> Result<u32, ConnectError> {
    let seconds = seconds.unwrap_or(LIFETIME_SECONDS);
    if (LIFETIME_SECONDS_MIN..=LIFETIME_SECONDS_MAX).contains(&seconds) {
        return Ok(seconds);
    }
    Err(wrong(
        "expires_in_seconds",
        &seconds.to_string(),
        "a session cannot live so long or so short",
        "write 60 to 86400 seconds; unless told, it is 1800",
    ))
}

/// Words that people read on the page: not empty, not endless, on one line.
fn words(field: &'static str, text: Option<&str>, chars_max: usize) -> Result<(), ConnectError> {
    let Some(text) = text else { return Ok(()) };
    let is_fit = !text.trim().is_empty()
        && text.chars().count() <= chars_max
        && !text.contains(|letter: char| letter.is_control());
    if is_fit {
        return Ok(());
    }
    Err(wrong(
        field,
        text,
        format!("the {field} is missing, or is no line of 1 to {chars_max} characters"),
        match field {
            "owner" => "send your own id of the customer",
            _ => "send a short text, or leave it out",
        },
    ))
}

/// Origins as browsers write them.
fn origins(given: &[String]) -> Result<Vec<String>, ConnectError> {
    if given.len() > ORIGINS_MAX {
        return Err(wrong(
            "allowed_origins",
            &given.len().to_string(),
            format!("more than {ORIGINS_MAX} origins are too many"),
            "name those only whose pages connect",
        ));
    }
    let read = |text: &String| {
        let url = address("allowed_origins", text).ok();
        let is_bare = |url: &url::Url| {
            url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        };
        match url.filter(is_bare) {
            Some(url) => Ok(url.origin().ascii_serialization()),
            None => Err(wrong(
                "allowed_origins",
                text,
                "it is no origin",
                "write scheme and host, and the port if it is not the usual one: https://app.example.com",
            )),
        }
    };
    given.iter().map(read).collect()
}

/// A page of the product. Whoever makes the session decides which; a browser cannot.
fn return_url(text: &str) -> Result<String, ConnectError> {
    let url = address("return_url", text).ok();
    let is_plain = |url: &url::Url| {
        url.username().is_empty() && url.password().is_none() && text.len() <= URL_BYTES_MAX
    };
    match url.filter(is_plain) {
        Some(url) => Ok(url.into()),
        None => Err(wrong(
            "return_url",
            text,
            "the customer cannot be led back there",
            "write the address of a page of yours: https://app.example.com/settings/zoho",
        )),
    }
}

fn wrong(
    field: &'static str,
    value: &str,
    message: impl Into<String>,
    remedy: &'static str,
) -> ConnectError {
    ConnectError::WrongSession {
        field,
        value: value.to_owned(),
        message: message.into(),
        remedy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        let read = |text: &str| origins(&[text.to_owned()]).ok();
        let of = |text: &str| Some(vec![text.to_owned()]);
        assert_eq!(
            read("https://App.example.com/"),
            of("https://app.example.com")
        );
        assert_eq!(
            read("https://app.example.com:443"),
            of("https://app.example.com")
        );
        assert_eq!(read("http://localhost:3000"), of("http://localhost:3000"));
        for wrong in [
            "*",
            "",
            "null",
            "app.example.com",
            "https://app.example.com/page",
            "https://user@app.example.com",
            "https://*.example.com/?",
            "javascript:alert(1)",
            "file:///",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
