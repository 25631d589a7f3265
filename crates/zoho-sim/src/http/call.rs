//! One request, read whole.

use axum::http::{HeaderMap, Method, header};
use bytes::Bytes;
use url::form_urlencoded;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
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

    /// The path's parts without empty ones.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path
            .split('/')
            .filter(|part| !part.is_empty())
            .collect()
    }
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
}
