//! `--set` and `--unset`: changes to a dead letter's record before it is replayed.

use clap::Args;
use serde_json::{Map, Value, json};

/// Changes to the record.
#[derive(Args)]
pub(crate) struct MendArgs {
    /// Set a field of the record before it is sent: Last_Name=Doe. What reads as JSON is JSON (12, true, null, "12",
    /// ["a"]), everything else is text
    #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment)]
    set: Vec<(String, Value)>,

    /// Leave a field out of the record
    #[arg(long, value_name = "FIELD")]
    unset: Vec<String>,
}

impl MendArgs {
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.unset.is_empty()
    }

    /// As the REST API takes it.
    pub(crate) fn body(&self) -> Value {
        let set: Map<String, Value> = self.set.iter().cloned().collect();
        json!({ "set": set, "unset": self.unset })
    }
}

/// Reads `NAME=VALUE`.
pub(crate) fn assignment(text: &str) -> Result<(String, Value), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
            Ok((name.trim().to_owned(), value))
        }
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_as_json_is_json() {
        let value = |text: &str| assignment(text).unwrap().1;
        assert_eq!(value("Employees=12"), json!(12));
        assert_eq!(value("Opt_Out=true"), json!(true));
        assert_eq!(value("Fax=null"), json!(null));
        assert_eq!(value("Zip=\"01234\""), json!("01234"));
        assert_eq!(value("Phone=+49 30"), json!("+49 30"));
        assert_eq!(value("Zip=01234"), json!("01234"));
        assert_eq!(value("Website=https://a.b/?c=d"), json!("https://a.b/?c=d"));
        assert_eq!(value("Fax="), json!(""));
        assert!(assignment("=x").is_err() && assignment("x").is_err());
    }
}
