//! From headings to traits: "First Name" → `first_name`.

use std::collections::HashMap;

use crate::usage::wrong_usage;

/// Headings of the columns that `--refused` adds; a mended file may be imported with them.
pub(super) const LINE_COLUMN: &str = "leadway_line";
pub(super) const REASON_COLUMN: &str = "leadway_reason";

/// What `--map` says.
pub(crate) struct Columns {
    renamings: Vec<(String, String)>,
}

/// Where the cells of each column go: the path of a trait, or nowhere.
#[derive(Debug, PartialEq)]
pub(super) struct Paths(pub(super) Vec<Option<Vec<String>>>);

impl Columns {
    /// Headings and the traits that they become; an empty trait leaves the column out.
    pub(crate) fn renamed(renamings: Vec<(String, String)>) -> Self {
        Self { renamings }
    }

    /// The path of each column.
    pub(super) fn paths(&self, headings: &[String]) -> anyhow::Result<Paths> {
        for (heading, _) in &self.renamings {
            if !headings.iter().any(|present| present == heading) {
                return Err(wrong_usage(format!(
                    "--map names the column {heading:?}, which the file has not; its columns are {}",
                    headings
                        .iter()
                        .map(|heading| format!("{heading:?}"))
                        .collect::<Vec<_>>()
                        .join(", ")
                )));
            }
        }
        let mut taken: HashMap<String, &String> = HashMap::new();
        let mut paths = Vec::with_capacity(headings.len());
        for heading in headings {
            let Some(path) = self.path(heading) else {
                paths.push(None);
                continue;
            };
            if let Some(other) = taken.insert(path.join("."), heading) {
                return Err(wrong_usage(format!(
                    "the columns {other:?} and {heading:?} would both be the trait {:?}; name one of them otherwise \
                     with --map, or leave it out with --map {heading:?}=",
                    path.join(".")
                )));
            }
            paths.push(Some(path));
        }
        if paths.iter().all(Option::is_none) {
            return Err(wrong_usage(
                "no column of the file is imported; is its first line a heading line?",
            ));
        }
        Ok(Paths(paths))
    }

    fn path(&self, heading: &str) -> Option<Vec<String>> {
        let renamed = self
            .renamings
            .iter()
            .find(|(name, _)| name == heading)
            .map(|(_, path)| path.clone());
        let path = match renamed {
            Some(path) => path,
            None if [LINE_COLUMN, REASON_COLUMN].contains(&heading) => return None,
            None => trait_name(heading),
        };
        let parts: Vec<String> = path
            .split('.')
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect();
        Some(parts).filter(|parts| !parts.is_empty())
    }
}

/// A heading as a trait: letters and digits of any script in lower case, everything between them one underscore.
pub(super) fn trait_name(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let words: Vec<&str> = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    match words.as_slice() {
        // People write the commonest heading in many ways.
        ["e", "mail", rest @ ..] => ["email"]
            .iter()
            .chain(rest)
            .copied()
            .collect::<Vec<_>>()
            .join("_"),
        words => words.join("_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn headings_become_traits() {
        let cases = [
            ("First Name", "first_name"),
            ("  E-Mail ", "email"),
            ("E-Mail Address", "email_address"),
            ("Straße / Nr.", "straße_nr"),
            ("phone", "phone"),
            ("ZIP-code (billing)", "zip_code_billing"),
            ("***", ""),
        ];
        for (heading, expected) in cases {
            assert_eq!(trait_name(heading), expected);
        }
    }

    #[test]
    fn columns_can_be_renamed_nested_and_left_out() {
        let columns = Columns::renamed(vec![
            ("Stadt".to_owned(), "address.city".to_owned()),
            ("Intern".to_owned(), String::new()),
        ]);
        let paths = columns
            .paths(&headings(&["Email", "Stadt", "Intern", "leadway_reason"]))
            .unwrap();
        assert_eq!(
            paths,
            Paths(vec![
                Some(vec!["email".to_owned()]),
                Some(vec!["address".to_owned(), "city".to_owned()]),
                None,
                None
            ])
        );
    }

    #[test]
    fn two_columns_for_one_trait_and_unknown_columns_are_refused() {
        let none = Columns::renamed(Vec::new());
        let error = none
            .paths(&headings(&["E-Mail", "email"]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("\"E-Mail\" and \"email\""), "{error}");
        let columns = Columns::renamed(vec![("Mail".to_owned(), "email".to_owned())]);
        let error = columns
            .paths(&headings(&["E-Mail"]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("its columns are \"E-Mail\""), "{error}");
    }
}
