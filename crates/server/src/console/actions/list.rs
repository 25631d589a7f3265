//! The catalog, by product and family, with a search.

use axum::response::Response;
use leadway_engine::action::{Action, Effect, Product, families};
use serde::Deserialize;

use crate::answer;
use crate::console::refusal::Refusal;
use crate::console::view::Frame;
use crate::console::visitor::Visitor;
use crate::extract::Parameters;
use crate::problem::Problem;

/// The list's query.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    connection: String,
}

#[derive(askama::Template)]
#[template(path = "actions.html")]
struct ActionsPage {
    frame: Frame,
    search: Search,
    content: String,
}

/// A product with those of its actions that were found, by family.
struct Found {
    name: &'static str,
    families: Vec<(&'static str, Vec<&'static Action>)>,
}

impl Found {
    fn count(&self) -> usize {
        self.families.iter().map(|(_, actions)| actions.len()).sum()
    }
}

#[derive(askama::Template)]
#[template(path = "actions_content.html")]
struct ActionsContent<'a> {
    products: Vec<Found>,
    search: &'a Search,
    is_empty: bool,
}

/// What a form is called by people: `create_record` → `Create record`.
pub(crate) fn title(action: &Action) -> String {
    let words = action.verb().replace('_', " ");
    if words == "coql" {
        return "COQL query".to_owned();
    }
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

/// Lists the catalog, product by product.
pub(crate) async fn list_actions(
    visitor: Visitor,
    Parameters(search): Parameters<Search>,
) -> Result<Response, Refusal> {
    let sought: Vec<String> = search
        .q
        .to_lowercase()
        .split(|letter: char| letter.is_whitespace() || letter == '_' || letter == '.')
        .map(str::to_owned)
        .collect();
    let is_found = |action: &&Action| {
        let text = format!("{} {}", action.name, action.summary).to_lowercase();
        sought.iter().all(|word| text.contains(word.as_str()))
    };
    let of = |product: Product| -> Vec<(&'static str, Vec<&'static Action>)> {
        let is_there = |action: &&Action| action.product() == product && is_found(action);
        families()
            .map(|(name, actions)| (name, actions.iter().filter(is_there).collect()))
            .filter(|(_, actions): &(_, Vec<_>)| !actions.is_empty())
            .collect()
    };
    let products =
        [(Product::Crm, "Zoho CRM"), (Product::Books, "Zoho Books")].map(|(product, name)| Found {
            name,
            families: of(product),
        });
    let content = ActionsContent {
        is_empty: products.iter().all(|found| found.families.is_empty()),
        products: products.into(),
        search: &search,
    };
    let content = askama::Template::render(&content).map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Problem::internal()
    })?;
    if visitor.wants_fragment {
        return Ok(answer::html(content));
    }
    Ok(answer::page(&ActionsPage {
        frame: visitor.frame("actions"),
        search,
        content,
    })?)
}
