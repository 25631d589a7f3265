//! Finding records: search, counts, what was deleted.

use futures_util::{FutureExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use zoho::crm::{Converted, DeletedKind, SortOrder};

use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, Inputs, Outcome, read, schema,
};

const MODULE: Input = Input::required("module", Kind::Module, "The module's API name");
const FETCH_ALL: Input = Input::or(
    "fetch_all",
    Kind::Boolean,
    "false",
    "Read all pages; each record is then a line of its own (NDJSON)",
);
const PAGE: Input = Input::or(
    "page",
    Kind::Integer(1, 10_000),
    "1",
    "The page to begin with",
);
const PER_PAGE: Input = Input::or(
    "per_page",
    Kind::Integer(1, 200),
    "200",
    "Records of a page",
);
const CRITERIA: &str =
    "Conditions in Zoho's form: ((Last_Name:equals:Ray)and(Company:starts_with:Or))";

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.coql",
        summary: "Ask a COQL query; it sees what was just written",
        inputs: &[
            Input::required(
                "query",
                Kind::LongText,
                "The query: select Last_Name from Leads where Email is not null",
            ),
            Input::or(
                "fetch_all",
                Kind::Boolean,
                "false",
                "Read all rows, beyond 2,000 and 100,000; each is then a line of its own (NDJSON)",
            ),
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &["ZohoCRM.coql.READ", "ZohoCRM.modules.{module}.READ"],
        credits: "1 up to 200 rows asked for, 2 up to 1,000, 3 beyond",
        page: "crm/developer/docs/api/v8/Get-Records-through-COQL-Query.html",
        after_loss: AfterLoss::Repeats,
        run: coql,
    },
    Action {
        name: "crm.search_records",
        summary: "Search a module by criteria, e-mail, phone or word; it reaches 2,000 records",
        inputs: &[
            MODULE,
            Input::optional("criteria", Kind::Text, CRITERIA),
            Input::optional("email", Kind::Text, "An address in any e-mail field"),
            Input::optional("phone", Kind::Text, "A number in any phone field"),
            Input::optional("word", Kind::Text, "A word in any text field"),
            Input::optional(
                "fields",
                Kind::Fields,
                "The fields to read, at most 50; left out: all",
            ),
            Input::optional("sort_by", Kind::Field, "The field to sort by; left out: id"),
            Input::optional(
                "sort_order",
                Kind::Choice(&["asc", "desc"]),
                "The direction; left out: desc",
            ),
            Input::optional(
                "converted",
                Kind::Choice(&["true", "false", "both"]),
                "For Leads: whether converted ones are found",
            ),
            PAGE,
            PER_PAGE,
            FETCH_ALL,
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &[
            "ZohoCRM.modules.{module}.READ",
            "ZohoSearch.securesearch.READ",
        ],
        credits: "1 for each page of 200",
        page: "crm/developer/docs/api/v8/search-records.html",
        after_loss: AfterLoss::Repeats,
        run: search,
    },
    Action {
        name: "crm.count_records",
        summary: "Count a module's records, all of them or those that meet criteria",
        inputs: &[MODULE, Input::optional("criteria", Kind::Text, CRITERIA)],
        effect: Effect::Reads,
        output: || schema::one("count", json!({"type": "integer"})),
        scopes: &[
            "ZohoCRM.modules.{module}.READ",
            "ZohoSearch.securesearch.READ",
        ],
        credits: "1",
        page: "crm/developer/docs/api/v8/record-count.html",
        after_loss: AfterLoss::Repeats,
        run: count,
    },
    Action {
        name: "crm.list_deleted_records",
        summary: "List what was deleted from a module",
        inputs: &[
            MODULE,
            Input::or(
                "kind",
                Kind::Choice(&["all", "recycle", "permanent"]),
                "\"all\"",
                "In the recycle bin, gone for good, or both",
            ),
            Input::optional(
                "modified_since",
                Kind::Instant,
                "Only what was deleted after this instant",
            ),
            PAGE,
            PER_PAGE,
            FETCH_ALL,
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1 for each page of 200",
        page: "crm/developer/docs/api/v8/get-deleted-records.html",
        after_loss: AfterLoss::Repeats,
        run: deleted,
    },
];

fn coql<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let query = context.crm().coql(inputs.text("query"));
        if inputs.is("fetch_all") {
            return Ok(Answer::rows(query.stream()));
        }
        let page = read(|| query.send()).await?;
        Answer::json(&super::page(page.records, &page.info))
    }
    .boxed()
}

fn search<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        const CONDITIONS: [&str; 4] = ["criteria", "email", "phone", "word"];
        let given: Vec<&str> = CONDITIONS
            .into_iter()
            .filter(|name| inputs.has(name))
            .collect();
        let mut search = context.crm().search(inputs.text("module"));
        search = match given.as_slice() {
            ["criteria"] => search.criteria(criteria(inputs)?),
            ["email"] => search.email(inputs.text("email")),
            ["phone"] => search.phone(inputs.text("phone")),
            ["word"] => search.word(inputs.text("word")),
            _ => {
                return Err(ActionError::input(
                    "criteria",
                    None,
                    format!("{} conditions were given", given.len()),
                    "Give exactly one of criteria, email, phone and word; Zoho looks at one only.",
                ));
            }
        };
        if inputs.has("fields") {
            search = search.fields(inputs.texts("fields"));
        }
        if let Some(field) = inputs.maybe("sort_by") {
            search = search.sort_by(field);
        }
        search = match inputs.maybe("sort_order") {
            Some("asc") => search.sort_order(SortOrder::Ascending),
            Some(_) => search.sort_order(SortOrder::Descending),
            None => search,
        };
        search = match inputs.maybe("converted") {
            Some("true") => search.converted(Converted::Yes),
            Some("both") => search.converted(Converted::Both),
            Some(_) => search.converted(Converted::No),
            None => search,
        };
        if let Some(per_page) = inputs.number("per_page") {
            search = search.per_page(per_page);
        }
        if let Some(page) = inputs.number("page") {
            search = search.page(page);
        }
        if inputs.is("fetch_all") {
            return Ok(Answer::rows(search.stream()));
        }
        let page = read(|| search.send()).await?;
        Answer::json(&super::page(page.records, &page.info))
    }
    .boxed()
}

fn criteria(inputs: &Inputs) -> Result<zoho::crm::Criteria, ActionError> {
    Ok(zoho::crm::Criteria::written(inputs.text("criteria")))
}

fn count<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, module) = (context.crm(), inputs.text("module"));
        let count = match inputs.has("criteria") {
            true => {
                let criteria = criteria(inputs)?;
                read(|| crm.count_matching(module, &criteria)).await?
            }
            false => read(|| crm.count(module)).await?,
        };
        Answer::json(&json!({ "count": count }))
    }
    .boxed()
}

fn deleted<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let mut deleted = context.crm().deleted(inputs.text("module"));
        deleted = deleted.kind(match inputs.text("kind") {
            "recycle" => DeletedKind::Recycle,
            "permanent" => DeletedKind::Permanent,
            _ => DeletedKind::All,
        });
        if let Some(instant) = inputs.instant("modified_since") {
            deleted = deleted.modified_since(instant);
        }
        if let Some(per_page) = inputs.number("per_page") {
            deleted = deleted.per_page(per_page);
        }
        if let Some(page) = inputs.number("page") {
            deleted = deleted.page(page);
        }
        if inputs.is("fetch_all") {
            return Ok(Answer::rows(
                deleted.stream().map_ok(|record| gone(&record)),
            ));
        }
        let page = read(|| deleted.send()).await?;
        let records: Vec<Value> = page.records.iter().map(gone).collect();
        Answer::json(&super::page(records, &page.info))
    }
    .boxed()
}

fn gone(record: &zoho::crm::DeletedRecord) -> Value {
    json!({
        "id": record.id, "display_name": record.display_name, "kind": record.kind, "deleted_at": record.deleted_at,
    })
}
