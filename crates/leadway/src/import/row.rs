//! One row as an identify event, with a `messageId` made from what it says.

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::{Map, Value, json};

use super::columns::Paths;

/// Hexadecimal digits of the hash that a `messageId` carries: 128 bits.
const HASH_DIGITS: usize = 32;

/// A row that can be sent.
#[derive(Debug)]
pub(super) struct Row {
    /// Line of the file on which it begins, from 1.
    pub(super) line: u64,
    /// The cells as they stand in the file, for `--refused`.
    pub(super) cells: Vec<String>,
    /// The event.
    pub(super) event: String,
    /// Rows of the same person must stay in order: this tells them apart.
    pub(super) key: Option<String>,
}

/// Makes rows of one file.
pub(super) struct RowMaker {
    pub(super) route: String,
    pub(super) file_name: String,
    pub(super) paths: Paths,
}

impl RowMaker {
    /// The event of a row; none when no cell has a text.
    pub(super) fn row(&self, line: u64, cells: Vec<String>) -> Option<Row> {
        let mut traits = Map::new();
        let mut said: Vec<(String, &str)> = Vec::new();
        for (path, cell) in self.paths.0.iter().zip(&cells) {
            let text = cell.trim();
            if let Some(path) = path
                && !text.is_empty()
            {
                insert(&mut traits, path, text);
                said.push((path.join("."), text));
            }
        }
        if said.is_empty() {
            return None;
        }
        let key = said
            .iter()
            .find(|(path, _)| path == "email")
            .map(|(_, email)| email.to_lowercase());
        let event = json!({
            "type": "identify",
            "messageId": message_id(&self.route, said),
            "traits": traits,
            "context": { "import": { "file": self.file_name, "line": line } },
        });
        Some(Row {
            line,
            event: event.to_string(),
            key,
            cells,
        })
    }
}

/// Puts a text at a path; where a shorter path already has a text, the longer one becomes a flat name.
fn insert(object: &mut Map<String, Value>, path: &[String], text: &str) {
    let [first, rest @ ..] = path else { return };
    if rest.is_empty() {
        object.insert(first.clone(), text.into());
        return;
    }
    match object
        .entry(first.clone())
        .or_insert_with(|| Value::Object(Map::new()))
    {
        Value::Object(inner) => insert(inner, rest, text),
        _ => {
            object.insert(path.join("."), text.into());
        }
    }
}

/// The same for the same route and content, whatever the order of the columns.
fn message_id(route: &str, mut said: Vec<(String, &str)>) -> String {
    said.sort_unstable();
    let mut hash = Context::new(&SHA256);
    let texts = said.iter().flat_map(|(path, text)| [path.as_str(), *text]);
    for text in std::iter::once(route).chain(texts) {
        // With its length before it, no text can pass for two.
        hash.update(&(text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    let digits: String = hash
        .finish()
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("import-{}", &digits[..HASH_DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maker(route: &str, columns: &[&str]) -> RowMaker {
        let paths = columns
            .iter()
            .map(|column| Some(column.split('.').map(str::to_owned).collect()))
            .collect();
        RowMaker {
            route: route.to_owned(),
            file_name: "leads.csv".to_owned(),
            paths: Paths(paths),
        }
    }

    fn cells(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn id(row: &Row) -> String {
        let event: Value = serde_json::from_str(&row.event).unwrap();
        event["messageId"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_row_is_an_identify_event() {
        let maker = maker("lead-capture", &["email", "address.city", "phone"]);
        let row = maker
            .row(7, cells(&[" Ada@Example.com", "London", " "]))
            .unwrap();
        insta::assert_snapshot!(row.event, @r#"{"type":"identify","messageId":"import-362e832986147a39f41e83b290430bb8","traits":{"email":"Ada@Example.com","address":{"city":"London"}},"context":{"import":{"file":"leads.csv","line":7}}}"#);
        assert_eq!(row.key.as_deref(), Some("ada@example.com"));
    }

    #[test]
    fn ids_follow_route_and_content_only() {
        let here = maker("a", &["email", "phone"])
            .row(2, cells(&["x@y.z", "1"]))
            .unwrap();
        let turned = maker("a", &["phone", "email"])
            .row(9, cells(&["1", "x@y.z"]))
            .unwrap();
        let elsewhere = maker("b", &["email", "phone"])
            .row(2, cells(&["x@y.z", "1"]))
            .unwrap();
        let shifted = maker("a", &["email", "phone"])
            .row(2, cells(&["x@y.z1", ""]))
            .unwrap();
        assert_eq!(id(&here), id(&turned));
        assert_ne!(id(&here), id(&elsewhere));
        assert_ne!(id(&here), id(&shifted));
    }

    #[test]
    fn a_row_without_any_text_is_no_event() {
        assert!(
            maker("a", &["email", "phone"])
                .row(2, cells(&["", "  "]))
                .is_none()
        );
    }

    #[test]
    fn a_path_below_a_text_stays_as_a_flat_name() {
        let row = maker("a", &["company", "company.size"])
            .row(2, cells(&["Acme", "12"]))
            .unwrap();
        assert!(
            row.event
                .contains(r#""traits":{"company":"Acme","company.size":"12"}"#),
            "{}",
            row.event
        );
    }
}
