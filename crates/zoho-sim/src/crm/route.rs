//! One endpoint as a row of a table: path, method, scope, price, weight, and the function that answers.
//!
//! Each area keeps its rows in a `ROUTES` constant; [`super::routes`] joins them. A path is written below the version:
//! `{module}` is any module of the organisation, other names in braces are parameters.

use axum::http::Method;

use super::Context;
use crate::accounts::{Operation, Scopes};
use crate::catalog::Refusal;
use crate::http::{Answer, Call};

/// An endpoint.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    pub(crate) scope: Scope,
    pub(crate) price: Price,
    /// The most credits of a price that depends on the call.
    credits_max: u64,
    pub(crate) weight: Weight,
    /// Places that the call takes among the calls in flight.
    pub(crate) places: u32,
    /// The body is a form with files.
    pub(crate) takes_form: bool,
    pub(crate) answer: fn(&Context<'_>) -> Result<Answer, Refusal>,
}

/// HTTP methods that Zoho knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// What the scopes of a token must hold.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    /// `ZohoCRM.settings.{part}`, for the operation that the method means.
    Settings(&'static str),
    /// `ZohoCRM.modules.{module of the path}`, for the operation that the method means.
    Module,
    /// The same for another operation than the method means.
    ModuleFor(Operation),
    /// `{area}` itself, such as `ZohoCRM.users`.
    Area(&'static str),
    /// What no pattern covers; the second argument is the module's part of a scope.
    Check(fn(&Scopes, Option<&str>) -> bool),
}

/// Credits of a call (<https://www.zoho.com/crm/developer/docs/api/v8/api-limits.html>).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Price {
    Fixed(u64),
    /// One for each started ten rows of the body's `data`.
    Rows,
    By(fn(&Call) -> u64),
}

/// Whether a call counts among the heavy ones of sub-concurrency.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Weight {
    Light,
    Heavy,
    /// Heavy from eleven rows on.
    Rows,
    By(fn(&Call) -> bool),
}

type Handler = fn(&Context<'_>) -> Result<Answer, Refusal>;

impl Route {
    const fn new(verb: Verb, path: &'static str, scope: Scope, answer: Handler) -> Self {
        Self {
            verb,
            path,
            scope,
            price: Price::Fixed(1),
            credits_max: 1,
            weight: Weight::Light,
            places: 1,
            takes_form: false,
            answer,
        }
    }

    pub(crate) const fn get(path: &'static str, scope: Scope, answer: Handler) -> Self {
        Self::new(Verb::Get, path, scope, answer)
    }

    pub(crate) const fn post(path: &'static str, scope: Scope, answer: Handler) -> Self {
        Self::new(Verb::Post, path, scope, answer)
    }

    pub(crate) const fn put(path: &'static str, scope: Scope, answer: Handler) -> Self {
        Self::new(Verb::Put, path, scope, answer)
    }

    pub(crate) const fn patch(path: &'static str, scope: Scope, answer: Handler) -> Self {
        Self::new(Verb::Patch, path, scope, answer)
    }

    pub(crate) const fn delete(path: &'static str, scope: Scope, answer: Handler) -> Self {
        Self::new(Verb::Delete, path, scope, answer)
    }

    pub(crate) const fn price(mut self, price: Price) -> Self {
        self.price = price;
        self
    }

    /// The most that a [`Price::By`] comes to.
    pub(crate) const fn up_to(mut self, credits: u64) -> Self {
        self.credits_max = credits;
        self
    }

    pub(crate) const fn weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    pub(crate) const fn places(mut self, places: u32) -> Self {
        self.places = places;
        self
    }

    pub(crate) const fn takes_form(mut self) -> Self {
        self.takes_form = true;
        self
    }

    pub(crate) fn is_allowed_by(&self, scopes: &Scopes, module: Option<&str>) -> bool {
        let operation = self.verb.operation();
        match self.scope {
            Scope::Settings(part) => scopes.allow("ZohoCRM.settings", Some(part), operation),
            Scope::Module => scopes.allow("ZohoCRM.modules", module, operation),
            Scope::ModuleFor(operation) => scopes.allow("ZohoCRM.modules", module, operation),
            Scope::Area(area) => scopes.allow(area, None, operation),
            Scope::Check(check) => check(scopes, module),
        }
    }

    /// The least and the most credits of a call.
    pub(crate) fn credits(&self) -> (u64, u64) {
        match self.price {
            Price::Fixed(credits) => (credits, credits),
            Price::Rows => (1, 10),
            Price::By(_) => (1, self.credits_max),
        }
    }

    /// Credits and weight of a call; the rows of the body are counted only where they matter.
    ///
    /// unknown: whether Zoho charges failed calls; here every admitted call is charged, whatever its rows come to.
    pub(crate) fn cost(&self, call: &Call) -> (u64, bool) {
        let needs_rows = matches!(self.price, Price::Rows) || matches!(self.weight, Weight::Rows);
        let rows = if needs_rows {
            count_rows(&call.body)
        } else {
            1
        };
        let credits = match self.price {
            Price::Fixed(credits) => credits,
            Price::Rows => u64::try_from(rows.clamp(1, 100).div_ceil(10)).unwrap_or(1),
            Price::By(price) => price(call),
        };
        let is_heavy = match self.weight {
            Weight::Light => false,
            Weight::Heavy => true,
            Weight::Rows => rows > 10,
            Weight::By(is_heavy) => is_heavy(call),
        };
        (credits, is_heavy)
    }
}

impl Verb {
    pub(crate) fn of(method: &Method) -> Option<Self> {
        match *method {
            Method::GET => Some(Self::Get),
            Method::POST => Some(Self::Post),
            Method::PUT => Some(Self::Put),
            Method::PATCH => Some(Self::Patch),
            Method::DELETE => Some(Self::Delete),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    pub(crate) fn operation(self) -> Operation {
        match self {
            Self::Get => Operation::Read,
            Self::Post => Operation::Create,
            Self::Put | Self::Patch => Operation::Update,
            Self::Delete => Operation::Delete,
        }
    }
}

/// Counts the elements of `data` without building them.
fn count_rows(body: &[u8]) -> usize {
    #[derive(serde::Deserialize)]
    struct Rows {
        data: Vec<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Rows>(body).map_or(1, |rows| rows.data.len())
}
