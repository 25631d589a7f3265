//! What an import has done.

use std::collections::HashMap;

use leadway_engine::model::id::EventId;
use serde_json::{Value, json};

use super::refusals::Refusals;
use crate::render::clean;

/// What an import has done. After a dry run, what it would do.
pub(crate) struct Summary {
    pub(crate) file: String,
    pub(crate) route: String,
    pub(crate) is_dry_run: bool,
    pub(crate) is_complete: bool,
    /// Rows with any text.
    pub(crate) rows: u64,
    pub(crate) empty_rows: u64,
    /// Rows that are on the gateway's disk, or would be.
    pub(crate) stored: u64,
    /// Those of them that an earlier import had brought; nothing is done with them again.
    pub(crate) already_known: u64,
    /// The events of stored rows, and whether their batch had to be sent more than once.
    pub(crate) events: HashMap<EventId, bool>,
    pub(crate) refusals: Refusals,
}

impl Summary {
    pub(crate) fn has_refused(&self) -> bool {
        self.refusals.count() > 0
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "file": self.file,
            "route": self.route,
            "is_dry_run": self.is_dry_run,
            "is_complete": self.is_complete,
            "rows": self.rows,
            "empty_rows": self.empty_rows,
            "accepted": self.stored - self.already_known,
            "already_known": self.already_known,
            "refused": self.refusals.count(),
            "refusals": self.refusals.groups().iter().map(|group| group.to_json()).collect::<Vec<_>>(),
        })
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{} → route {}", clean(&self.file), clean(&self.route));
        if self.is_dry_run {
            text.push_str(" (checked only, nothing is imported)");
        } else if !self.is_complete {
            text.push_str(" (broke off)");
        }
        text.push('\n');
        let mut line = |label: &str, count: u64| {
            text.push_str(&format!("  {label:<14}{:>10}\n", grouped(count)))
        };
        line("rows", self.rows);
        if self.is_dry_run {
            line("good", self.stored);
        } else {
            line("accepted", self.stored - self.already_known);
            line("already known", self.already_known);
        }
        line("refused", self.refusals.count());
        if self.empty_rows > 0 {
            line("empty rows", self.empty_rows);
        }
        for group in self.refusals.groups() {
            let error = group.example;
            let field = error
                .field
                .as_deref()
                .map(|field| format!(" {field}"))
                .unwrap_or_default();
            text.push_str(&format!(
                "\n{} × {}{}\n  {}\n  {}\n  {}\n",
                grouped(group.lines.len() as u64),
                clean(&error.code),
                clean(&field),
                group.lines_text(),
                clean(&error.message),
                clean(&error.remedy)
            ));
        }
        text
    }
}

/// `12345` → `12,345`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::RowError;

    fn summary() -> Summary {
        let mut refusals = Refusals::open(None, &[]).unwrap();
        for line in [3, 4, 9] {
            let error = RowError {
                code: "MANDATORY_NOT_FOUND".to_owned(),
                field: Some("Last_Name".to_owned()),
                value: None,
                message: "Last_Name is missing.".to_owned(),
                remedy: "Give every lead a last name.".to_owned(),
            };
            refusals.add(line, Vec::new(), error).unwrap();
        }
        Summary {
            file: "leads.csv".to_owned(),
            route: "lead-capture".to_owned(),
            is_dry_run: false,
            is_complete: true,
            rows: 10_003,
            empty_rows: 1,
            stored: 10_000,
            already_known: 40,
            events: HashMap::new(),
            refusals,
        }
    }

    #[test]
    fn a_summary_says_what_became_of_each_row() {
        insta::assert_snapshot!(summary().to_text());
        insta::assert_json_snapshot!(summary().to_json());
    }

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!(
            (grouped(7), grouped(1_234), grouped(12_345_678)),
            ("7".into(), "1,234".into(), "12,345,678".into())
        );
    }
}
