//! Actions: everything that can be done in a connection's Zoho, by name, with inputs that are checked first.
//!
//! One [`catalog`] drives all doors: the REST API, the command line, the console's *try it* page and the documents are
//! made from it, so that they cannot drift apart. An action is one file's constant: its name, its [`Input`]s, what it
//! does to Zoho ([`Effect`]) and the function that makes the SDK's typed calls.

pub(crate) mod allowed;
mod answer;
mod books;
mod catalog;
mod context;
mod crm;
mod error;
mod files;
mod inputs;
mod kind;
mod meter;
mod offer;
mod read;
mod request;
mod schema;
mod written;

pub use answer::{Answer, Download, Rows};
pub use catalog::{catalog, families, find};
pub use error::{ActionError, ErrorClass, Failure};
pub use files::{FileInput, Files};
pub use kind::{Effect, Input, Kind, Need, Product};
pub use offer::{Offer, OfferedField, Offers};
pub use written::{Call, DEFAULT_URL};

pub use context::Given;

pub(crate) use context::Context;
pub(crate) use files::inline as inline_files;
pub(crate) use inputs::Inputs;
pub(crate) use meter::{SPENT, metered};
pub(crate) use read::read;

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::connection::scopes::feature_for;
use crate::model::config::Feature;

/// What an action comes to.
pub(crate) type Outcome<'a> = BoxFuture<'a, Result<Answer, ActionError>>;

/// One thing that can be done in Zoho.
#[derive(Debug)]
pub struct Action {
    /// `crm.create_record`: the product, a dot, and a verb with its noun.
    pub name: &'static str,
    /// What it does, in a sentence without a full stop.
    pub summary: &'static str,
    /// What it takes, in the order in which a form should ask for it.
    pub inputs: &'static [Input],
    /// What it does to Zoho.
    pub effect: Effect,
    /// The shape of its answer as JSON Schema; `None` for a file.
    pub(crate) output: fn() -> Value,
    /// Zoho's scopes that it needs; `{module}` stands for the module's own word.
    pub scopes: &'static [&'static str],
    /// What it costs, by Zoho's table.
    pub credits: &'static str,
    /// Zoho's page about the calls that it makes, below `https://www.zoho.com/`.
    pub page: &'static str,
    /// What is done when its answer was lost.
    pub(crate) after_loss: AfterLoss,
    pub(crate) run: for<'a> fn(&'a Context, &'a Inputs) -> Outcome<'a>,
}

/// What is done when the answer of an action was lost, before anything is sent again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AfterLoss {
    /// It may be sent again as it is: it sets the same once more, or reads.
    Repeats,
    /// The same, unless this input is given: then only a person can tell.
    RepeatsUnless(&'static str),
    /// Zoho is asked whether it was done; if not, it is sent again, which sets the same at most once more.
    LooksUpAndRepeats(LookUp),
    /// Zoho is asked what it has left there since an instant; nothing: it may be sent again.
    LooksUp(LookUp),
    /// Only a person can tell.
    Asks,
}

/// Asks Zoho what a call has left there since an instant.
pub(crate) type LookUp = for<'a> fn(&'a Context, &'a Inputs, jiff::Timestamp) -> Sought<'a>;

/// What a look-up finds: the answer that was lost, or nothing.
pub(crate) type Sought<'a> = BoxFuture<'a, Result<Option<Answer>, ActionError>>;

impl Action {
    /// The product that it belongs to.
    #[must_use]
    pub fn product(&self) -> Product {
        match self.name.starts_with("books.") {
            true => Product::Books,
            false => Product::Crm,
        }
    }

    /// The name without the product: `create_record`.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        self.name
            .split_once('.')
            .map_or(self.name, |(_, verb)| verb)
    }

    /// An input without which it needs a scope more, and that scope.
    #[must_use]
    pub fn scope_without(&self) -> Option<(&'static str, &'static str)> {
        match self.name {
            // The names of the fields then come from the metadata.
            "crm.list_records" => Some(("fields", "ZohoCRM.settings.fields.READ")),
            // What it needs lies in its inputs.
            "books.request" => None,
            // The user's default organisation is asked for.
            _ if self.input("organization_id").is_some() => {
                Some(("organization_id", "ZohoBooks.settings.READ"))
            }
            _ => None,
        }
    }

    /// The feature that a connection switches on for it; `None` if it needs none, or what it needs lies in its inputs.
    #[must_use]
    pub fn feature(&self) -> Option<Feature> {
        let without = self.scope_without().map(|(_, scope)| scope);
        let scopes: Vec<&str> = self.scopes.iter().copied().chain(without).collect();
        feature_for(&scopes)
    }

    /// The JSON Schema of its inputs.
    #[must_use]
    pub fn input_schema(&self) -> Value {
        schema::of_inputs(self)
    }

    /// The JSON Schema of its answer.
    #[must_use]
    pub fn output_schema(&self) -> Value {
        (self.output)()
    }

    /// The input with this name.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&'static Input> {
        self.inputs.iter().find(|input| input.name == name)
    }
}
