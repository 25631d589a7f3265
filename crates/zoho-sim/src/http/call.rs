//! One request, read whole.

use std::borrow::Cow;

use axum::http::{HeaderMap, Method, header};
use bytes::Bytes;
use url::form_urlencoded;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// As it came, but for escapes that mean the same without: see [`plain_path`].
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Scheme and host by which the simulator was called: the `api_domain` of token answers.
    pub(crate) origin: String,
}

/// Decoded parameters of a query string or form, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(pub(crate) Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        // Some clients end their query strings in `&`, which gives no pair.
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first value of a parameter; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A list separated by commas, blanks around the parts removed.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let parts = self
            .get(name)?
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        Some(parts.collect())
    }
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn content_type(&self) -> &str {
        self.headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The path's parts, decoded, without empty ones; `None` when an escape is broken or the bytes are no text.
    pub(crate) fn segments(&self) -> Option<Vec<Cow<'_, str>>> {
        let parts = self.path.split('/').filter(|part| !part.is_empty());
        parts.map(decoded).collect()
    }

    /// Whether the path begins with `prefix`, written with escapes or without.
    pub(crate) fn has_prefix(&self, prefix: &str) -> bool {
        self.path.starts_with(prefix)
            || decoded(&self.path).is_some_and(|path| path.starts_with(prefix))
    }
}

/// A path without the escapes of letters, digits and `-._~`, which mean the same with and without (RFC 3986, 2.3): `/%63rm/` is
/// `/crm/`.
pub(crate) fn plain_path(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        plain.push_str(before);
        let byte = after.as_bytes().first_chunk().and_then(escaped);
        match byte.filter(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(byte)) {
            Some(byte) => {
                plain.push(char::from(byte));
                rest = &after[2..];
            }
            None => {
                plain.push('%');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Text without its escapes; `None` when one is broken or the bytes are no text.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        bytes.push(if *first == b'%' {
            let (digits, after) = rest.split_first_chunk()?;
            rest = after;
            escaped(digits)?
        } else {
            *first
        });
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// The byte of two hexadecimal digits.
fn escaped(digits: &[u8; 2]) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_strings_are_read_as_real_clients_write_them() {
        let query = Query::parse(b"fields=Last_Name,%20Email&word=a+b&page=&");
        assert_eq!(query.list("fields"), Some(vec!["Last_Name", "Email"]));
        assert_eq!(query.get("word"), Some("a b"));
        assert_eq!((query.get("page"), query.get("none")), (None, None));
    }

    fn at(path: &str) -> Call {
        Call {
            method: Method::GET,
            path: plain_path(path),
            query: Query::default(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            origin: String::new(),
        }
    }

    #[test]
    fn the_parts_of_a_path_are_decoded_one_by_one() {
        let call = at("/%63rm/v8//Contacts/a%40b.de%2Fx%20y/%C3%A9%zZ");
        assert_eq!(call.path, "/crm/v8//Contacts/a%40b.de%2Fx%20y/%C3%A9%zZ");
        assert_eq!(call.segments(), None, "%zZ is no escape");
        let call = at("/crm/v8/Contacts/a%40b.de%2Fx%20y/%c3%A9+/");
        let parts = call.segments().unwrap();
        assert_eq!(parts, ["crm", "v8", "Contacts", "a@b.de/x y", "é+"]);
        for broken in ["/%", "/a/%4", "/%é0", "/%ff", "/%C3", "/%+1"] {
            assert_eq!(at(broken).segments(), None, "{broken}");
        }
    }

    #[test]
    fn a_prefix_is_found_with_its_escapes_and_without() {
        let call = at("/crm/v8/Contacts/a%40b.de");
        for prefix in ["/crm/v8/Contacts/a@", "/crm/v8/Contacts/a%40b", ""] {
            assert!(call.has_prefix(prefix), "{prefix}");
        }
        assert!(!call.has_prefix("/crm/v8/Leads"));
    }
}
