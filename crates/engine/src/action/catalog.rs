//! The catalog: every action once.

use super::{Action, books, crm, request};

/// Every action, product by product.
pub fn catalog() -> impl Iterator<Item = &'static Action> {
    families().flat_map(|(_, actions)| actions)
}

/// The actions that belong together, under what people call them. The last family is about both products.
pub fn families() -> impl Iterator<Item = (&'static str, &'static [Action])> {
    let requests = ("Requests by hand", request::ACTIONS);
    let families = crm::FAMILIES.iter().chain(books::FAMILIES);
    families.copied().chain(std::iter::once(requests))
}

/// The action with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Action> {
    catalog().find(|action| action.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::action::Need;

    #[test]
    fn names_are_unique_and_well_formed_and_defaults_are_json() {
        let mut names = HashSet::new();
        for action in catalog() {
            assert!(names.insert(action.name), "{} is there twice", action.name);
            let (product, verb) = action.name.split_once('.').unwrap();
            assert_eq!(product, action.product().as_str());
            assert_eq!(verb, action.verb());
            assert!(!action.summary.ends_with('.'), "{}", action.name);
            let mut inputs = HashSet::new();
            for input in action.inputs {
                assert!(
                    inputs.insert(input.name),
                    "{} has {} twice",
                    action.name,
                    input.name
                );
                assert!(
                    !input.summary.ends_with('.'),
                    "{}.{}",
                    action.name,
                    input.name
                );
                if let Need::Default(json) = input.need {
                    serde_json::from_str::<serde_json::Value>(json).unwrap();
                }
            }
        }
    }

    #[test]
    fn the_catalog_changes_only_on_purpose() {
        let lines: Vec<String> = catalog()
            .map(|action| {
                let inputs: Vec<&str> = action.inputs.iter().map(|input| input.name).collect();
                format!(
                    "{} ({:?}): {}",
                    action.name,
                    action.effect,
                    inputs.join(", ")
                )
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
