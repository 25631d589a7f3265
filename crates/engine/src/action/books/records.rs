//! Records of any type: make, read, change, remove, act.

use futures_util::{FutureExt as _, TryStreamExt as _};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use zoho::Method;
use zoho::books::{Record, RecordType, Records, Settled, Verb};

use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, ErrorClass, Inputs, Outcome, Sought, read,
    schema,
};
use crate::delivery::likeness::{Held, held};

/// By how much Zoho's clock may be behind ours.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

pub(in crate::action) const ORGANIZATION: Input = Input::optional(
    "organization_id",
    Kind::OrganizationId,
    "The Books organisation; left out: the user's default one",
);
pub(super) const RECORD_TYPE: Input = Input::required(
    "record_type",
    Kind::RecordType,
    "The record type, such as invoice or contact_person",
);
pub(super) const PARENT_TYPE: Input = Input::optional(
    "parent_record_type",
    Kind::RecordType,
    "The record type of the record that it belongs to",
);
pub(super) const PARENT_ID: Input = Input::optional(
    "parent_record_id",
    Kind::RecordId,
    "The id of the record that it belongs to",
);
pub(super) const RECORD_ID: Input = Input::required("record_id", Kind::RecordId, "The record's id");
const DYNAMIC: Input = Input::optional(
    "dynamic_fields",
    Kind::FieldValues,
    "Members that differ from customer to customer; they are merged with `values`, which win",
);
const VALUES: Input = Input::optional("values", Kind::FieldValues, "Members with their values");
const QUERY: Input = Input::optional(
    "query",
    Kind::Values,
    "Query parameters, such as ignore_auto_number_generation",
);
const PAGE_OF_BOOKS: &str = "books/api/v3/introduction/";

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "books.create_record",
        summary: "Make a record of any type",
        inputs: &[
            RECORD_TYPE,
            VALUES,
            DYNAMIC,
            PARENT_TYPE,
            PARENT_ID,
            QUERY,
            ORGANIZATION,
        ],
        effect: Effect::Changes,
        output: schema::one_record,
        scopes: &["ZohoBooks.{record_type}.CREATE"],
        credits: "0; 1 call of the organisation's day",
        page: PAGE_OF_BOOKS,
        after_loss: AfterLoss::LooksUp(made),
        run: create,
    },
    Action {
        name: "books.get_record",
        summary: "Read a record of any type",
        inputs: &[RECORD_TYPE, RECORD_ID, PARENT_TYPE, PARENT_ID, ORGANIZATION],
        effect: Effect::Reads,
        output: schema::one_record,
        scopes: &["ZohoBooks.{record_type}.READ"],
        credits: "0; 1 call of the organisation's day",
        page: PAGE_OF_BOOKS,
        after_loss: AfterLoss::Repeats,
        run: get,
    },
    Action {
        name: "books.list_records",
        summary: "List records of any type, page by page or all of them",
        inputs: &[
            RECORD_TYPE,
            Input::optional(
                "search_fields",
                Kind::Values,
                "Conditions by name; list_record_types tells what a type takes",
            ),
            Input::optional("sort_by", Kind::Text, "The column to sort by"),
            Input::optional(
                "sort_order",
                Kind::Choice(&["asc", "desc"]),
                "The direction; left out: asc",
            ),
            Input::or(
                "page",
                Kind::Integer(1, 1_000_000),
                "1",
                "The page to begin with",
            ),
            Input::or(
                "per_page",
                Kind::Integer(1, 200),
                "200",
                "Records of a page",
            ),
            Input::or(
                "fetch_all",
                Kind::Boolean,
                "false",
                "Read all pages; each record is then a line of its own (NDJSON)",
            ),
            PARENT_TYPE,
            PARENT_ID,
            ORGANIZATION,
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &["ZohoBooks.{record_type}.READ"],
        credits: "0; 1 call of the organisation's day for each page of 200",
        page: PAGE_OF_BOOKS,
        after_loss: AfterLoss::Repeats,
        run: list,
    },
    Action {
        name: "books.update_record",
        summary: "Change a record of any type; members that are left out stay",
        inputs: &[
            RECORD_TYPE,
            RECORD_ID,
            VALUES,
            DYNAMIC,
            PARENT_TYPE,
            PARENT_ID,
            QUERY,
            ORGANIZATION,
        ],
        effect: Effect::Changes,
        output: schema::one_record,
        scopes: &["ZohoBooks.{record_type}.UPDATE"],
        credits: "0; 1 call of the organisation's day",
        page: PAGE_OF_BOOKS,
        after_loss: AfterLoss::LooksUpAndRepeats(changed),
        run: update,
    },
    Action {
        name: "books.upsert_record",
        summary: "Change the record whose unique custom field has a value, or make it",
        inputs: &[
            RECORD_TYPE,
            Input::required(
                "unique_field",
                Kind::Text,
                "The API name of the unique custom field (cf_…)",
            ),
            Input::required("unique_value", Kind::Text, "The value that it has"),
            VALUES,
            DYNAMIC,
            ORGANIZATION,
        ],
        effect: Effect::Changes,
        output: schema::one_record,
        scopes: &["ZohoBooks.{record_type}.UPDATE"],
        credits: "0; 1 call of the organisation's day",
        page: PAGE_OF_BOOKS,
        after_loss: AfterLoss::Repeats,
        run: upsert,
    },
    Action {
        name: "books.remove_record",
        summary: "Remove a record of any type; Zoho refuses where other records name it",
        inputs: &[RECORD_TYPE, RECORD_ID, PARENT_TYPE, PARENT_ID, ORGANIZATION],
        effect: Effect::Destroys,
        output: || schema::one("removed", json!({"type": "boolean"})),
        scopes: &["ZohoBooks.{record_type}.DELETE"],
        credits: "0; 1 call of the organisation's day",
        page: PAGE_OF_BOOKS,
        after_loss: AfterLoss::LooksUp(removed),
        run: remove,
    },
    Action {
        name: "books.act_on_record",
        summary: "Do anything else that Zoho publishes for a record: mark as sent, void, e-mail, pay, apply credits",
        inputs: &[
            RECORD_TYPE,
            Input::required(
                "action",
                Kind::Text,
                "Its words in Zoho's paths, such as status/sent; list_record_types tells them",
            ),
            Input::optional(
                "record_id",
                Kind::RecordId,
                "The record; left out for actions on several",
            ),
            Input::optional(
                "method",
                Kind::Choice(&["GET", "POST", "PUT", "DELETE"]),
                "The method, where an action has several",
            ),
            Input::optional(
                "parts",
                Kind::Values,
                "Further parts of the path, such as document_id",
            ),
            QUERY,
            Input::optional("body", Kind::Json, "The body; most actions have none"),
            PARENT_TYPE,
            PARENT_ID,
            ORGANIZATION,
        ],
        effect: Effect::Changes,
        output: || json!({"type": "object", "properties": {"message": {"type": "string"}, "answer": schema::record()}}),
        scopes: &["ZohoBooks.{record_type}.UPDATE"],
        credits: "0; 1 call of the organisation's day",
        page: PAGE_OF_BOOKS,
        after_loss: AfterLoss::Asks,
        run: act,
    },
    Action {
        name: "books.list_record_types",
        summary: "List the record types with their parents, verbs, actions, filters and columns; no call is spent",
        inputs: &[Input::optional(
            "record_type",
            Kind::RecordType,
            "Only this one, with the members that it is known to have",
        )],
        effect: Effect::Reads,
        output: || schema::list("record_types"),
        scopes: &[],
        credits: "0",
        page: PAGE_OF_BOOKS,
        after_loss: AfterLoss::Repeats,
        run: list_record_types,
    },
    Action {
        name: "books.list_organizations",
        summary: "List the Books organisations of the user who granted the connection",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::list("organizations"),
        scopes: &["ZohoBooks.settings.READ"],
        credits: "0",
        page: "books/api/v3/organizations/",
        after_loss: AfterLoss::Repeats,
        run: list_organizations,
    },
];

/// A record under its name, digits as Zoho wrote them.
#[derive(Serialize)]
struct OneRecord<'a> {
    record: &'a RawValue,
}

/// The records that the inputs are about.
pub(super) async fn records(context: &Context, inputs: &Inputs) -> Result<Records, ActionError> {
    let name = inputs.text("record_type");
    // What the registry knows better is refused before the organisation is asked for.
    let record_type = RecordType::find(name)
        .map_err(|error| ActionError::from(error).about("record_type", name))?;
    let records = context.books(inputs).await?.records(name);
    let records = match (
        inputs.maybe("parent_record_type"),
        inputs.maybe("parent_record_id"),
    ) {
        (Some(parent), Some(id)) => records.under(parent, id),
        (None, Some(id)) => match record_type.parent() {
            Some(parent) => records.under(parent.name(), id),
            None => records.under("record", id),
        },
        (Some(parent), None) => {
            return Err(ActionError::input(
                "parent_record_id",
                None,
                format!("the {parent} is not named"),
                "Give parent_record_id beside parent_record_type.",
            ));
        }
        (None, None) => records,
    };
    records.record_type()?;
    Ok(records)
}

fn members(inputs: &Inputs) -> Map<String, Value> {
    let mut members = inputs.values("dynamic_fields").cloned().unwrap_or_default();
    members.extend(inputs.values("values").cloned().unwrap_or_default());
    members
}

/// Query parameters as texts.
fn pairs(inputs: &Inputs, name: &str) -> Vec<(String, String)> {
    let values = inputs.values(name).into_iter().flatten();
    values
        .map(|(name, value)| match value {
            Value::String(text) => (name.clone(), text.clone()),
            other => (name.clone(), other.to_string()),
        })
        .collect()
}

fn create<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let records = records(context, inputs).await?;
        let mut create = records.create(&members(inputs));
        for (name, value) in pairs(inputs, "query") {
            create = create.query(&name, value);
        }
        one(&create.send().await?)
    }
    .boxed()
}

/// The record that a lost create has made, if it has: the one that has its reference, number or name. One that is older
/// than the create is another.
fn made<'a>(context: &'a Context, inputs: &'a Inputs, since: jiff::Timestamp) -> Sought<'a> {
    async move {
        let since = since.saturating_sub(SKEW).unwrap_or(since);
        let is_older = |record: &Record| {
            let created = record.time("created_time").ok().flatten();
            created.is_some_and(|created| created < since)
        };
        let records = records(context, inputs).await?;
        match records.create(&members(inputs)).settle().await {
            Ok(Settled::Absent) => Ok(None),
            Ok(Settled::Found(record)) if !is_older(&record) => one(&record).map(Some),
            Ok(Settled::Found(_)) => Err(unsettled(
                "the answer was lost, and an older record has the reference, number or name that was sent".to_owned(),
            )),
            Ok(Settled::Several(mut found)) => {
                let all = found.len();
                found.retain(|record| !is_older(record));
                match found.as_slice() {
                    [record] => one(record).map(Some),
                    _ => Err(unsettled(format!(
                        "the answer was lost, and {all} records have what was sent"
                    ))),
                }
            }
            Err(error) if error.kind() == zoho::ErrorKind::Input => Err(unsettled(format!(
                "the answer was lost: {}",
                error.message()
            ))),
            Err(error) => Err(error.into()),
        }
    }
    .boxed()
}

/// Whether a lost change was made. A record that somebody has written since without showing it is not written again.
fn changed<'a>(context: &'a Context, inputs: &'a Inputs, since: jiff::Timestamp) -> Sought<'a> {
    async move {
        let (records, id) = (records(context, inputs).await?, inputs.text("record_id"));
        let Some(record) = read(|| records.get(id)).await? else {
            return Ok(None);
        };
        let shown = record.to_value();
        let shown = shown.as_object().cloned().unwrap_or_default();
        let modified = record.time("last_modified_time").ok().flatten();
        let earliest = since.saturating_sub(SKEW).unwrap_or(since);
        match held(&shown, &members(inputs), None) {
            Held::All if modified.is_some_and(|modified| modified >= earliest) => {
                one(&record).map(Some)
            }
            // It sets the same once more.
            Held::All => Ok(None),
            Held::NotAll | Held::Unknown if modified.is_some_and(|modified| modified <= since) => {
                Ok(None)
            }
            Held::NotAll | Held::Unknown => Err(ActionError::new(
                ErrorClass::OutcomeUnknown,
                "outcome_unknown",
                match modified {
                    Some(_) => {
                        "the answer was lost, and the record was changed since, but does not show all that was sent"
                    }
                    None => {
                        "the answer was lost, and the record neither shows all that was sent nor when it was changed"
                    }
                },
                "Look at the record in Zoho Books; if it lacks the change, send it under another Idempotency-Key.",
            )),
        }
    }
    .boxed()
}

/// Whether a lost removal was made: the record is not there any more.
fn removed<'a>(context: &'a Context, inputs: &'a Inputs, _: jiff::Timestamp) -> Sought<'a> {
    async move {
        let (records, id) = (records(context, inputs).await?, inputs.text("record_id"));
        match read(|| records.get(id)).await? {
            Some(_) => Ok(None),
            None => Answer::json(&json!({ "removed": true })).map(Some),
        }
    }
    .boxed()
}

fn unsettled(message: String) -> ActionError {
    ActionError::new(
        ErrorClass::OutcomeUnknown,
        "outcome_unknown",
        message,
        "Look the record up in Zoho Books; if it is not there, send it under another Idempotency-Key.",
    )
}

fn get<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (records, id) = (records(context, inputs).await?, inputs.text("record_id"));
        let record = read(|| records.get(id)).await?;
        one(&record.ok_or_else(|| ActionError::no_record(inputs.text("record_type"), id))?)
    }
    .boxed()
}

fn list<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let mut list = records(context, inputs).await?.list();
        for (name, value) in pairs(inputs, "search_fields") {
            list = list.filter(&name, value);
        }
        if let Some(column) = inputs.maybe("sort_by") {
            let order = match inputs.maybe("sort_order") {
                Some("desc") => zoho::books::SortOrder::Descending,
                _ => zoho::books::SortOrder::Ascending,
            };
            list = list.sort_by(column, order);
        }
        if let Some(page) = inputs.number("page") {
            list = list.page(page);
        }
        if let Some(per_page) = inputs.number("per_page") {
            list = list.per_page(per_page);
        }
        if inputs.is("fetch_all") {
            return Ok(Answer::rows(list.stream().map_ok(|record: Record| record.as_json().to_owned())));
        }
        #[derive(Serialize)]
        struct Page<'a> {
            records: Vec<&'a RawValue>,
            info: Value,
        }
        let page = read(|| list.send()).await?;
        Answer::json(&Page {
            records: page.records.iter().map(Record::as_json).collect(),
            info: json!({
                "page": page.context.page, "per_page": page.context.per_page, "count": page.records.len(),
                "more_records": page.context.has_more_page,
            }),
        })
    }
    .boxed()
}

fn update<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let records = records(context, inputs).await?;
        let mut update = records.update(inputs.text("record_id"), &members(inputs));
        for (name, value) in pairs(inputs, "query") {
            update = update.query(&name, value);
        }
        one(&update.send().await?)
    }
    .boxed()
}

fn upsert<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let records = records(context, inputs).await?;
        let (field, value) = (inputs.text("unique_field"), inputs.text("unique_value"));
        one(&records
            .upsert(field, value, &members(inputs))
            .send()
            .await?)
    }
    .boxed()
}

fn remove<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        records(context, inputs)
            .await?
            .delete(inputs.text("record_id"))
            .await?;
        Answer::json(&json!({ "removed": true }))
    }
    .boxed()
}

fn act<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let mut action = records(context, inputs)
            .await?
            .action(inputs.text("action"));
        if let Some(id) = inputs.maybe("record_id") {
            action = action.id(id);
        }
        if let Some(method) = inputs
            .maybe("method")
            .and_then(|word| word.parse::<Method>().ok())
        {
            action = action.method(method);
        }
        for (name, value) in pairs(inputs, "parts") {
            action = action.part(&name, value);
        }
        for (name, value) in pairs(inputs, "query") {
            action = action.query(&name, value);
        }
        if let Some(body) = inputs.get("body") {
            action = action.body(body);
        }
        #[derive(Serialize)]
        struct Acted<'a> {
            message: &'a str,
            answer: &'a RawValue,
        }
        let acted = action.send().await?;
        Answer::json(&Acted {
            message: &acted.message,
            answer: acted.answer.as_json(),
        })
    }
    .boxed()
}

fn list_record_types<'a>(_: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let known = match inputs.maybe("record_type") {
            Some(name) => {
                let record_type = RecordType::find(name)
                    .map_err(|error| ActionError::from(error).about("record_type", name))?;
                let mut described = describe(record_type);
                described["members"] = json!(record_type.fields().collect::<Vec<_>>());
                vec![described]
            }
            None => RecordType::all().map(describe).collect(),
        };
        Answer::json(&json!({ "record_types": known }))
    }
    .boxed()
}

fn describe(record_type: &RecordType) -> Value {
    const VERBS: [(Verb, &str); 5] = [
        (Verb::List, "list"),
        (Verb::Create, "create"),
        (Verb::Get, "get"),
        (Verb::Update, "update"),
        (Verb::Delete, "remove"),
    ];
    let verbs: Vec<&str> = VERBS
        .iter()
        .filter(|(verb, _)| record_type.has(*verb))
        .map(|(_, word)| *word)
        .collect();
    json!({
        "name": record_type.name(), "parent": record_type.parent().map(RecordType::name),
        "id_field": record_type.id_field(), "verbs": verbs,
        "actions": record_type.actions().collect::<Vec<_>>(),
        "search_fields": record_type.filters().collect::<Vec<_>>(),
        "sort_columns": record_type.sort_columns().collect::<Vec<_>>(),
    })
}

fn list_organizations<'a>(context: &'a Context, _: &'a Inputs) -> Outcome<'a> {
    async move {
        let organizations = read(|| context.connection.client.books_organizations()).await?;
        let organizations: Vec<Value> = organizations.iter().map(Record::to_value).collect();
        Answer::json(&json!({ "organizations": organizations }))
    }
    .boxed()
}

fn one(record: &Record) -> Result<Answer, ActionError> {
    Answer::json(&OneRecord {
        record: record.as_json(),
    })
}
