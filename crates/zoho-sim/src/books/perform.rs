//! Acts on an admitted call by its role.

use axum::http::{HeaderValue, Method, header};

use super::actions;
use super::admit::Admitted;
use super::answers::success;
use super::body::{self, Body};
use super::datum::Datum;
use super::document::Document;
use super::list;
use super::pdf;
use super::print;
use super::problem::Problem;
use super::registry::{self, Found, RecordType, Role};
use super::state::{Books, Organisation};
use super::write::{self, Hand};
use super::{reports, settings};
use crate::http::{Answer, Call, WrittenRecord};
use crate::rows::Action;
use crate::state::Shared;
use crate::world::parse_id;

/// Everything about one call.
pub(super) struct Scope<'a> {
    pub(super) found: &'a Found,
    pub(super) call: &'a Call,
    pub(super) body: &'a Body,
    pub(super) hand: Hand<'a>,
}

impl Scope<'_> {
    /// A parameter of the path by place; `None` when the path has fewer.
    pub(super) fn param(&self, place: usize) -> Option<&str> {
        self.found.params.get(place).map(|(_, text)| text.as_str())
    }
}

/// Acts and answers.
pub(crate) async fn perform(shared: &Shared, call: &Call, admitted: &Admitted) -> Answer {
    let answer = match body::read(call).await {
        Ok(body) => act(shared, call, admitted, &body),
        Err(problem) => Err(problem),
    };
    answer.unwrap_or_else(Problem::into_answer)
}

fn act(shared: &Shared, call: &Call, admitted: &Admitted, body: &Body) -> Result<Answer, Problem> {
    let epoch = shared.epoch();
    if *epoch != admitted.epoch {
        // The world was replaced since, and the token with it.
        return Err(Problem::not_authorized());
    }
    let now = shared.clock.now();
    let mut world = shared.world();
    let scope = Scope {
        found: &admitted.found,
        call,
        body,
        hand: Hand {
            who: &admitted.who,
            now,
            query: &call.query,
        },
    };
    let Some(id) = admitted
        .organisation
        .filter(|_| !is_about_organisations(&scope))
    else {
        return settings::organisations(&mut world.books, &scope);
    };
    let Books { organisations, .. } = &mut world.books;
    let organisation = organisations.get_mut(&id);
    let organisation = organisation.ok_or_else(|| Problem::foreign_organisation(""))?;
    organisation.settle(now);
    organisation.whole(|organisation| act_in(organisation, &scope))
}

fn is_about_organisations(scope: &Scope<'_>) -> bool {
    scope.found.operation.path.starts_with("/organizations")
}

pub(super) fn act_in(
    organisation: &mut Organisation,
    scope: &Scope<'_>,
) -> Result<Answer, Problem> {
    let operation = scope.found.operation;
    let kind = operation
        .kind
        .and_then(|kind| registry::REGISTRY.types.get(kind));
    let Some(kind) = kind else {
        return match reports::answer(organisation, scope)? {
            Some(answer) => Ok(answer),
            None => actions::act(organisation, None, scope),
        };
    };
    let text = operation.text.as_deref().unwrap_or("success");
    match operation.role {
        Role::List => {
            let parent = parent_of(organisation, kind, scope)?;
            let asked = list::Asked {
                query: &scope.call.query,
                parent,
            };
            let members = list::answer(organisation, kind, operation, &asked)?;
            Ok(success(200, "success", members))
        }
        Role::Create => {
            let parent = parent_of(organisation, kind, scope)?;
            let body = scope.body.document()?;
            let id = write::create(organisation, kind, parent, body, scope.hand)?;
            let answer = success(operation.status, text, item(organisation, kind, id));
            let answer = written(answer, kind, id, Action::Insert);
            Ok(with_location(answer, scope, id))
        }
        Role::Get => {
            let id = id_of(organisation, kind, scope)?;
            if pdf::is_wanted(scope.call) {
                return Ok(pdf::answer(kind, id));
            }
            Ok(success(200, "success", item(organisation, kind, id)))
        }
        Role::Update => {
            let id = id_of(organisation, kind, scope)?;
            let body = scope.body.document()?;
            write::update(organisation, kind, id, body, scope.hand)?;
            let answer = success(operation.status, text, item(organisation, kind, id));
            Ok(written(answer, kind, id, Action::Update))
        }
        Role::Delete => {
            let id = id_of(organisation, kind, scope)?;
            write::delete(organisation, kind, id, scope.hand)?;
            let answer = success(operation.status, text, Document::default());
            Ok(written(answer, kind, id, Action::Delete))
        }
        Role::Action => match reports::answer(organisation, scope)? {
            Some(answer) => Ok(answer),
            None => actions::act(organisation, Some(kind), scope),
        },
    }
}

/// The record under its single key.
pub(super) fn item(organisation: &Organisation, kind: &RecordType, id: u64) -> Document {
    let mut members = Document::default();
    if let Some(row) = organisation.row(&kind.name, id) {
        let record = print::record(organisation, kind, row);
        // Where no single key is published, the id stands alone.
        let key = kind
            .item_key
            .as_deref()
            .unwrap_or(if kind.name.ends_with("_comment") {
                "comment"
            } else {
                "data"
            });
        members.set(key, record);
    }
    members
}

/// Notes for the journal which record was written.
pub(super) fn written(mut answer: Answer, kind: &RecordType, id: u64, action: Action) -> Answer {
    answer.written.push(WrittenRecord {
        module: format!("books/{}", kind.name).into(),
        id,
        action,
    });
    answer
}

fn with_location(answer: Answer, scope: &Scope<'_>, id: u64) -> Answer {
    if answer.status != axum::http::StatusCode::CREATED {
        return answer;
    }
    let path = scope.call.path.trim_end_matches('/');
    let path = path.strip_prefix("/books/v3").unwrap_or(path);
    match HeaderValue::from_str(&format!("/api/v3{path}/{id}")) {
        Ok(location) => answer.with_header(header::LOCATION, location),
        Err(_) => answer,
    }
}

/// The record that a path names.
pub(super) fn id_of(
    organisation: &Organisation,
    kind: &'static RecordType,
    scope: &Scope<'_>,
) -> Result<u64, Problem> {
    let missing = || Problem::missing(&kind.thing);
    let params = &scope.found.params;
    let Some((_, text)) = params.last() else {
        // Singletons have no id in their path.
        let only = organisation.rows(&kind.name).next_back();
        return only.map(|row| row.id).ok_or_else(missing);
    };
    if params.len() > 1 && kind.parent.is_some() {
        let parent = parent_of(organisation, kind, scope)?;
        let id = parse_id(text).ok_or_else(missing)?;
        let row = organisation.row(&kind.name, id);
        let row = row.filter(|row| row.parent == parent);
        return row.map(|row| row.id).ok_or_else(missing);
    }
    named(organisation, kind, text).ok_or_else(missing)
}

/// A record by id, or a module by its name.
pub(super) fn named(organisation: &Organisation, kind: &RecordType, text: &str) -> Option<u64> {
    if kind.name == "custom_module" {
        let mut rows = organisation.rows(&kind.name);
        let named = rows.find(|row| row.document.text("module_api_name") == text);
        return named.map(|row| row.id);
    }
    let id = parse_id(text)?;
    organisation.row(&kind.name, id).map(|row| row.id)
}

/// The record to which a nested one belongs: from the path, or from query or body where the path has none.
fn parent_of(
    organisation: &Organisation,
    kind: &'static RecordType,
    scope: &Scope<'_>,
) -> Result<Option<u64>, Problem> {
    let Some(parent) = kind.parent.as_deref().and_then(registry::type_named) else {
        return Ok(None);
    };
    let text = match scope.param(0) {
        Some(text) => text.to_owned(),
        None => {
            let name = print::id_member(parent).unwrap_or_default();
            let in_body = scope.body.document()?;
            let in_body = in_body.get(name).map(Datum::words);
            let given = scope.call.query.get(name).map(str::to_owned).or(in_body);
            match given.filter(|given| !given.is_empty()) {
                Some(given) => given,
                None if scope.call.method == Method::GET => return Ok(None),
                None => return Err(Problem::refused_value(name)),
            }
        }
    };
    let found = named(organisation, parent, &text);
    let found = found.or_else(|| {
        // Bank accounts are accounts of the chart too.
        let id = parse_id(&text)?;
        let other = match parent.name.as_str() {
            "bank_account" => "chart_of_account",
            "chart_of_account" => "bank_account",
            _ => return None,
        };
        organisation.row(other, id).map(|row| row.id)
    });
    match found {
        Some(id) => Ok(Some(id)),
        None if parent.name == "custom_module" => Err(Problem::unknown_path()),
        None => Err(Problem::missing(&parent.thing)),
    }
}
