//! Which endpoint a path and method mean, what scope it needs, and what it costs.

use axum::http::Method;
use serde_json::{Value, json};

use crate::accounts::{Operation, Scopes};
use crate::catalog::{self, Refusal};
use crate::http::Call;
use crate::world::World;

/// An endpoint with what admission needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) target: Target,
    /// API name of the module, for scopes.
    module: Option<String>,
}

/// What a call asks for. Tables are positions in the world, ids are as written in the path.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Modules,
    Module(String),
    Fields,
    Field(String),
    Layouts,
    Layout(String),
    RelatedLists,
    Pipelines,
    Users,
    User(String),
    UserCount,
    Organisation,
    List(usize),
    Get(usize, String),
    Insert(usize),
    UpdateMany(usize),
    UpdateOne(usize, String),
    Upsert(usize),
    DeleteMany(usize),
    DeleteOne(usize, String),
    Deleted(usize),
    Search(usize),
    Count(usize),
}

/// Finds the endpoint of a path below the version.
pub(crate) fn find(world: &World, path: &[&str], method: &Method) -> Result<Endpoint, Refusal> {
    let fixed = match path {
        ["settings", "modules"] => Some(Target::Modules),
        ["settings", "modules", name] => Some(Target::Module((*name).to_owned())),
        ["settings", "fields"] => Some(Target::Fields),
        ["settings", "fields", id] => Some(Target::Field((*id).to_owned())),
        ["settings", "layouts"] => Some(Target::Layouts),
        ["settings", "layouts", id] => Some(Target::Layout((*id).to_owned())),
        ["settings", "related_lists"] => Some(Target::RelatedLists),
        ["settings", "pipeline"] => Some(Target::Pipelines),
        ["users"] => Some(Target::Users),
        ["users", "actions", "count"] => Some(Target::UserCount),
        ["users", id] => Some(Target::User((*id).to_owned())),
        ["org"] => Some(Target::Organisation),
        ["settings" | "users" | "org", ..] => return Err(catalog::invalid_url_pattern()),
        _ => None,
    };
    if let Some(target) = fixed {
        if method != Method::GET {
            return Err(catalog::invalid_request_method());
        }
        return Ok(Endpoint {
            target,
            module: None,
        });
    }
    let [module, rest @ ..] = path else {
        return Err(catalog::invalid_url_pattern());
    };
    let table = world
        .table_position(module)
        .ok_or_else(|| catalog::invalid_module(json!({"resource_path_index": 0})))?;
    let target = record_target(table, rest, method)?;
    Ok(Endpoint {
        target,
        module: Some(world.tables[table].module.api_name.clone()),
    })
}

fn record_target(table: usize, rest: &[&str], method: &Method) -> Result<Target, Refusal> {
    let wrong_method = Err(catalog::invalid_request_method());
    match (rest, method) {
        ([], &Method::GET) => Ok(Target::List(table)),
        ([], &Method::POST) => Ok(Target::Insert(table)),
        ([], &Method::PUT) => Ok(Target::UpdateMany(table)),
        ([], &Method::DELETE) => Ok(Target::DeleteMany(table)),
        (["upsert"], &Method::POST) => Ok(Target::Upsert(table)),
        (["deleted"], &Method::GET) => Ok(Target::Deleted(table)),
        (["search"], &Method::GET) => Ok(Target::Search(table)),
        (["actions", "count"], &Method::GET) => Ok(Target::Count(table)),
        ([] | ["upsert" | "deleted" | "search"] | ["actions", "count"], _) => wrong_method,
        ([id], &Method::GET) => Ok(Target::Get(table, (*id).to_owned())),
        ([id], &Method::PUT) => Ok(Target::UpdateOne(table, (*id).to_owned())),
        ([id], &Method::DELETE) => Ok(Target::DeleteOne(table, (*id).to_owned())),
        ([_], _) => wrong_method,
        _ => Err(catalog::invalid_url_pattern()),
    }
}

impl Endpoint {
    pub(crate) fn is_allowed_by(&self, scopes: &Scopes) -> bool {
        let settings = |part| scopes.allow("ZohoCRM.settings", Some(part), Operation::Read);
        let records =
            |operation| scopes.allow("ZohoCRM.modules", self.module.as_deref(), operation);
        match &self.target {
            Target::Modules | Target::Module(_) => settings("modules"),
            Target::Fields | Target::Field(_) => settings("fields"),
            Target::Layouts | Target::Layout(_) => settings("layouts"),
            Target::RelatedLists => settings("related_lists"),
            Target::Pipelines => settings("pipeline"),
            Target::Users | Target::User(_) | Target::UserCount => {
                scopes.allow("ZohoCRM.users", None, Operation::Read)
            }
            Target::Organisation => scopes.allow("ZohoCRM.org", None, Operation::Read),
            Target::List(_) | Target::Get(..) | Target::Deleted(_) => records(Operation::Read),
            Target::Insert(_) => records(Operation::Create),
            Target::UpdateMany(_) | Target::UpdateOne(..) => records(Operation::Update),
            // unknown: whether either of CREATE and UPDATE is enough for an upsert; it is here.
            Target::Upsert(_) => records(Operation::Create) || records(Operation::Update),
            Target::DeleteMany(_) | Target::DeleteOne(..) => records(Operation::Delete),
            Target::Search(_) | Target::Count(_) => {
                records(Operation::Read)
                    && scopes.allow("ZohoSearch.securesearch", None, Operation::Read)
            }
        }
    }

    /// Rows in the body of a write, as far as they can be counted without reading it twice: the credits depend on them.
    pub(crate) fn rows_in(&self, call: &Call) -> usize {
        match self.target {
            Target::Insert(_) | Target::UpdateMany(_) | Target::Upsert(_) => count_rows(&call.body),
            _ => 1,
        }
    }

    /// Credits: one for each started ten rows of a write, one for everything else.
    ///
    /// unknown: whether Zoho charges failed calls; here every admitted call is charged, whatever its rows come to.
    pub(crate) fn credits(&self, rows: usize) -> u64 {
        u64::try_from(rows.clamp(1, 100).div_ceil(10)).unwrap_or(1)
    }

    /// Whether the call counts among the heavy ones of sub-concurrency.
    pub(crate) fn is_heavy(&self, call: &Call, rows: usize) -> bool {
        match self.target {
            Target::List(_) => {
                call.query.get("sort_by").is_some() || call.query.get("cvid").is_some()
            }
            Target::Search(_) => true,
            _ => rows > 10,
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

/// An object of a reference: name and id.
pub(crate) fn reference(name: &str, id: u64) -> Value {
    json!({"name": name, "id": id.to_string()})
}
