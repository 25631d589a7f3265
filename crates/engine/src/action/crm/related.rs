//! What hangs on a record: related records, notes, tags, its owner.

use futures_util::FutureExt as _;
use serde_json::{Map, Value, json};
use zoho::crm::{ItemOutcome, NoteDraft, Record, Related, SortOrder};

use super::rows;
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, Inputs, Outcome, read, schema,
};

pub(super) const MODULE: Input = Input::required("module", Kind::Module, "The module's API name");
pub(super) const RECORD_ID: Input = Input::required("record_id", Kind::RecordId, "The record's id");
const LIST: Input = Input::required(
    "related_list",
    Kind::Field,
    "The related list's API name; list_related_lists tells it",
);
const SORT_BY: Input = Input::optional("sort_by", Kind::Field, "id, Created_Time or Modified_Time");
const SORT_ORDER: Input = Input::optional(
    "sort_order",
    Kind::Choice(&["asc", "desc"]),
    "The direction; left out: desc",
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
const PAGE_TOKEN: Input = Input::optional(
    "page_token",
    Kind::Text,
    "next_page_token of the page before",
);
const FETCH_ALL: Input = Input::or(
    "fetch_all",
    Kind::Boolean,
    "false",
    "Read all pages; each record is then a line of its own (NDJSON)",
);
const TAGS: Input = Input::required("tags", Kind::Texts, "Names of tags");
const IDS: Input = Input::required("record_ids", Kind::RecordIds, "The ids of the records");

/// The fields of a note that a list of notes shows.
const NOTE_FIELDS: [&str; 7] = [
    "Note_Title",
    "Note_Content",
    "Parent_Id",
    "Owner",
    "Created_Time",
    "Modified_Time",
    "Created_By",
];

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.list_related_lists",
        summary: "List the related lists of a module",
        inputs: &[MODULE],
        effect: Effect::Reads,
        output: || schema::list("related_lists"),
        scopes: &["ZohoCRM.settings.related_lists.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/related-list-meta.html",
        after_loss: AfterLoss::Repeats,
        run: list_related_lists,
    },
    Action {
        name: "crm.list_related_records",
        summary: "List the records of a record's related list",
        inputs: &[
            MODULE,
            RECORD_ID,
            LIST,
            Input::required("fields", Kind::Fields, "The fields to read, at most 50"),
            SORT_BY,
            SORT_ORDER,
            PAGE,
            PER_PAGE,
            PAGE_TOKEN,
            FETCH_ALL,
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1 for each page of 200",
        page: "crm/developer/docs/api/v8/get-related-records.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            list(
                context,
                inputs,
                inputs.text("related_list"),
                inputs.texts("fields"),
            )
        },
    },
    Action {
        name: "crm.count_related_records",
        summary: "Count the records of up to 20 related lists of a record",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::required(
                "related_lists",
                Kind::Fields,
                "The related lists' API names; list_related_lists tells them",
            ),
        ],
        effect: Effect::Reads,
        output: || schema::one("counts", json!({"type": "object"})),
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-related-records-count.html",
        after_loss: AfterLoss::Repeats,
        run: count,
    },
    Action {
        name: "crm.link_records",
        summary: "Link up to 100 records to a record, or change what their link says; each holds its `id`",
        inputs: &[
            MODULE,
            RECORD_ID,
            LIST,
            Input::required(
                "records",
                Kind::Records(100),
                "The records, each with its `id`",
            ),
        ],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/update-related-records.html",
        after_loss: AfterLoss::Repeats,
        run: link,
    },
    Action {
        name: "crm.unlink_records",
        summary: "Take up to 100 records off a related list; the records stay",
        inputs: &[
            MODULE,
            RECORD_ID,
            LIST,
            Input::required(
                "related_ids",
                Kind::RecordIds,
                "The ids of the linked records",
            ),
        ],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.modules.{module}.DELETE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/delink.html",
        after_loss: AfterLoss::Repeats,
        run: unlink,
    },
    Action {
        name: "crm.list_notes",
        summary: "List a record's notes",
        inputs: &[
            MODULE, RECORD_ID, SORT_BY, SORT_ORDER, PAGE, PER_PAGE, PAGE_TOKEN, FETCH_ALL,
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &[
            "ZohoCRM.modules.{module}.READ",
            "ZohoCRM.modules.notes.READ",
        ],
        credits: "1 for each page of 200",
        page: "crm/developer/docs/api/v8/get-notes.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            list(
                context,
                inputs,
                "Notes",
                NOTE_FIELDS.map(str::to_owned).to_vec(),
            )
        },
    },
    Action {
        name: "crm.create_note",
        summary: "Add a note to a record",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::required(
                "content",
                Kind::LongText,
                "The text, at most 32,000 characters",
            ),
            Input::optional("title", Kind::Text, "The title, at most 120 characters"),
        ],
        effect: Effect::Changes,
        output: schema::row,
        scopes: &["ZohoCRM.modules.notes.CREATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/create-notes.html",
        after_loss: AfterLoss::Asks,
        run: create_note,
    },
    Action {
        name: "crm.update_note",
        summary: "Change a note's title or text",
        inputs: &[
            Input::required("note_id", Kind::RecordId, "The note's id"),
            Input::optional("content", Kind::LongText, "The text; left out: as it is"),
            Input::optional("title", Kind::Text, "The title; left out: as it is"),
        ],
        effect: Effect::Changes,
        output: schema::row,
        scopes: &["ZohoCRM.modules.notes.UPDATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/update-notes.html",
        after_loss: AfterLoss::Repeats,
        run: update_note,
    },
    Action {
        name: "crm.delete_note",
        summary: "Delete a note",
        inputs: &[Input::required("note_id", Kind::RecordId, "The note's id")],
        effect: Effect::Destroys,
        output: schema::row,
        scopes: &["ZohoCRM.modules.notes.DELETE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/delete-notes.html",
        after_loss: AfterLoss::Asks,
        run: delete_note,
    },
    Action {
        name: "crm.list_tags",
        summary: "List a module's tags",
        inputs: &[MODULE],
        effect: Effect::Reads,
        output: || schema::list("tags"),
        scopes: &["ZohoCRM.settings.tags.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-tag-list.html",
        after_loss: AfterLoss::Repeats,
        run: list_tags,
    },
    Action {
        name: "crm.create_tags",
        summary: "Make tags for a module",
        inputs: &[MODULE, TAGS],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.settings.tags.CREATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/create-tag.html",
        after_loss: AfterLoss::Asks,
        run: create_tags,
    },
    Action {
        name: "crm.add_tags",
        summary: "Put tags on up to 500 records",
        inputs: &[
            MODULE,
            IDS,
            TAGS,
            Input::or(
                "overwrite",
                Kind::Boolean,
                "false",
                "Take off the tags that they had",
            ),
        ],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "1 for each 50 records",
        page: "crm/developer/docs/api/v8/add-tags.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| retag(context, inputs, true),
    },
    Action {
        name: "crm.remove_tags",
        summary: "Take tags off up to 500 records",
        inputs: &[MODULE, IDS, TAGS],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "1 for each 50 records",
        page: "crm/developer/docs/api/v8/remove-tags.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| retag(context, inputs, false),
    },
    Action {
        name: "crm.change_owner",
        summary: "Give up to 500 records to another user",
        inputs: &[
            MODULE,
            IDS,
            Input::required("owner_id", Kind::RecordId, "The user's id"),
            Input::or(
                "notify",
                Kind::Boolean,
                "false",
                "Whether Zoho writes to the new owner",
            ),
            Input::optional(
                "related_modules",
                Kind::Fields,
                "Modules whose records that hang on these go with them",
            ),
        ],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "1 for each 50 records",
        page: "crm/developer/docs/api/v8/change-owner.html",
        after_loss: AfterLoss::Repeats,
        run: change_owner,
    },
];

fn list_related_lists<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, module) = (context.crm(), inputs.text("module"));
        let lists = read(|| crm.related_lists(module)).await?;
        Answer::json(&json!({ "related_lists": lists }))
    }
    .boxed()
}

/// The records of a related list, whichever it is.
pub(super) fn list<'a>(
    context: &'a Context,
    inputs: &'a Inputs,
    name: &'a str,
    fields: Vec<String>,
) -> Outcome<'a> {
    async move {
        let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
        let mut list: Related<Record> = context.crm().related(module, &id, name).fields(fields);
        if let Some(field) = inputs.maybe("sort_by") {
            list = list.sort_by(field);
        }
        list = match inputs.maybe("sort_order") {
            Some("asc") => list.sort_order(SortOrder::Ascending),
            Some(_) => list.sort_order(SortOrder::Descending),
            None => list,
        };
        if let Some(per_page) = inputs.number("per_page") {
            list = list.per_page(per_page);
        }
        list = match (inputs.maybe("page_token"), inputs.number("page")) {
            (Some(token), _) => list.page_token(token),
            (None, Some(page)) if page > 1 => list.page(page),
            _ => list,
        };
        if inputs.is("fetch_all") {
            return Ok(Answer::rows(list.stream()));
        }
        let page = read(|| list.send()).await?;
        Answer::json(&super::page(page.records, &page.info))
    }
    .boxed()
}

fn count<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, module) = (context.crm(), inputs.text("module"));
        let id = inputs.record_id("record_id")?;
        let lists = inputs.texts("related_lists");
        let lists: Vec<&str> = lists.iter().map(String::as_str).collect();
        let counts = read(|| crm.count_related(module, &id, &lists)).await?;
        let counts: Map<String, Value> = counts
            .into_iter()
            .map(|(list, count)| (list, json!(count)))
            .collect();
        Answer::json(&json!({ "counts": counts }))
    }
    .boxed()
}

fn link<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
        let records = inputs.records("records");
        let written = context
            .crm()
            .link(module, &id, inputs.text("related_list"), records)
            .await?;
        rows::all(&written, module, records)
    }
    .boxed()
}

fn unlink<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
        let ids = inputs.record_ids("related_ids")?;
        let written = context
            .crm()
            .unlink(module, &id, inputs.text("related_list"), &ids)
            .await?;
        rows::all(&written, module, &[])
    }
    .boxed()
}

fn create_note<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let parent = inputs.record_id("record_id")?;
        let mut note = NoteDraft::new(inputs.text("module"), parent, inputs.text("content"));
        if let Some(title) = inputs.maybe("title") {
            note = note.title(title);
        }
        let written = context.crm().create_notes(&[note]).await?;
        rows::only(&written, "Notes", &nothing())
    }
    .boxed()
}

fn update_note<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let id = inputs.record_id("note_id")?;
        let written = context
            .crm()
            .update_note(&id, inputs.maybe("title"), inputs.maybe("content"))
            .await?;
        rows::only(&written, "Notes", &nothing())
    }
    .boxed()
}

fn delete_note<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let id = inputs.record_id("note_id")?;
        let written = context
            .crm()
            .delete_notes(std::slice::from_ref(&id))
            .await?;
        rows::deleted(&written, "note", &id)
    }
    .boxed()
}

fn list_tags<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, module) = (context.crm(), inputs.text("module"));
        Answer::json(&json!({ "tags": read(|| crm.tags(module)).await? }))
    }
    .boxed()
}

fn create_tags<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let names = inputs.texts("tags");
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let outcomes = context
            .crm()
            .create_tags(inputs.text("module"), &names)
            .await?;
        items(&outcomes)
    }
    .boxed()
}

fn retag<'a>(context: &'a Context, inputs: &'a Inputs, adds: bool) -> Outcome<'a> {
    async move {
        let (crm, module, ids) = (
            context.crm(),
            inputs.text("module"),
            inputs.record_ids("record_ids")?,
        );
        let names = inputs.texts("tags");
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let written = match adds {
            true => {
                crm.add_tags(module, &ids, &names, inputs.is("overwrite"))
                    .await?
            }
            false => crm.remove_tags(module, &ids, &names).await?,
        };
        rows::all(&written, module, &[])
    }
    .boxed()
}

fn change_owner<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, owner) = (inputs.text("module"), inputs.record_id("owner_id")?);
        let change = context
            .crm()
            .change_owner(module, inputs.record_ids("record_ids")?, &owner);
        let change = change
            .notify(inputs.is("notify"))
            .related_modules(inputs.texts("related_modules"));
        rows::all(&change.send().await?, module, &[])
    }
    .boxed()
}

/// Outcomes of what are no records, in the form of a write of records.
pub(super) fn items(outcomes: &[ItemOutcome]) -> Result<Answer, ActionError> {
    let rows: Vec<Value> = outcomes
        .iter()
        .map(|outcome| {
            let zoho: Value = serde_json::from_str(outcome.raw.get()).unwrap_or_default();
            match &outcome.result {
                Ok(accepted) => {
                    let mut row = json!({"status": "written", "message": accepted.message, "zoho": zoho});
                    if let Some(id) = accepted.details.get("id") {
                        row["id"] = id.clone();
                    }
                    row
                }
                Err(error) => json!({
                    "status": "refused", "code": error.code, "message": error.message,
                    "remedy": "Zoho's details name the cause; correct what they name.", "zoho": zoho,
                }),
            }
        })
        .collect();
    let refused = outcomes
        .iter()
        .filter(|outcome| outcome.result.is_err())
        .count();
    Answer::json(&json!({"written": rows.len() - refused, "refused": refused, "rows": rows}))
}

fn nothing() -> Value {
    Value::Object(Map::new())
}
