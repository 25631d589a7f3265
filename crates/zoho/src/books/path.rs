//! Paths of the table with their placeholders filled.

use super::registry::{Method, Operation};
use crate::{Error, ErrorKind};

/// Fills the placeholders of a path: those that are named in `parts` by name, the rest by `ids` in order.
pub(crate) fn fill(
    operation: &'static str,
    path: &str,
    ids: &[&str],
    parts: &[(String, String)],
) -> Result<String, Error> {
    let mut filled = String::from("/books/v3");
    let mut ids = ids.iter();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        filled.push('/');
        let Some(placeholder) = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        else {
            filled.push_str(part);
            continue;
        };
        let named = parts.iter().find(|(name, _)| name == placeholder);
        let value = named
            .map(|(_, value)| value.as_str())
            .or_else(|| ids.next().copied());
        let Some(value) = value else {
            let message = format!("{path} needs the {placeholder}, which was not given");
            return Err(Error::new(ErrorKind::Input, operation, message));
        };
        if !is_plain(value) {
            let shown: String = value.chars().take(80).collect();
            let message = format!(
                "{shown:?} is no {placeholder}: use letters, digits, _ and - only, as Zoho gave it"
            );
            return Err(Error::new(ErrorKind::Input, operation, message));
        }
        filled.push_str(value);
    }
    Ok(filled)
}

fn is_plain(value: &str) -> bool {
    (1..=100).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// How many placeholders a path has.
pub(crate) fn places(operation: &Operation) -> usize {
    operation.path.matches('{').count()
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> reqwest::Method {
        match method {
            Method::GET => reqwest::Method::GET,
            Method::POST => reqwest::Method::POST,
            Method::PUT => reqwest::Method::PUT,
            Method::DELETE => reqwest::Method::DELETE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_by_name_and_by_order() {
        let path = "/invoices/{invoice_id}/documents/{document_id}";
        let parts = [("document_id".to_owned(), "7".to_owned())];
        assert_eq!(
            fill("x", path, &["5"], &parts).unwrap(),
            "/books/v3/invoices/5/documents/7"
        );
        let error = fill("x", path, &["5"], &[]).unwrap_err();
        assert!(error.message().contains("needs the document_id"), "{error}");
    }

    #[test]
    fn nothing_but_names_gets_into_a_path() {
        for id in ["", "..", "a/b", "a?b", "a b", "%2e", "\u{2025}", "a\r\nb"] {
            let error = fill("x", "/items/{item_id}", &[id], &[]).unwrap_err();
            assert!(error.message().contains("is no item_id"), "{error}");
        }
    }
}
