//! Records of a module: make, read, change, remove.

use std::collections::HashSet;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use serde_json::{Map, Value, json, value::to_raw_value};
use zoho::crm::{Converted, ExternalField, SortOrder, Write};

use super::words::for_caller;
use super::{lost, rows};
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, ErrorClass, Inputs, Outcome, Sought, read,
    schema,
};
use crate::delivery::lookup::{Sought as Found, Trace, Wanted, newest_like, spoken_for};
use crate::mapping::{Writing, check};

const MODULE: Input = Input::required("module", Kind::Module, "The module's API name");
const RECORD_ID: Input = Input::required("record_id", Kind::RecordId, "The record's id");
const DYNAMIC: Input = Input::optional(
    "dynamic_fields",
    Kind::FieldValues,
    "Fields that differ from customer to customer; they are merged with `values`, which win",
);
const VALUES: Input = Input::optional(
    "values",
    Kind::FieldValues,
    "Fields by API name, with their values",
);
const RECORDS: Input = Input::required(
    "records",
    Kind::Records(100),
    "The records: fields by API name, with their values",
);
const TRIGGER: Input = Input::optional(
    "trigger",
    Kind::Texts,
    "Automation that runs: workflow, approval, blueprint, pathfinder, orchestration; empty: none; left out: all",
);
const DUPLICATE_CHECK: Input = Input::optional(
    "duplicate_check_fields",
    Kind::Fields,
    "Fields by which a record that is there is found, in order; left out: Zoho's own",
);
const LAR_ID: Input = Input::optional(
    "lar_id",
    Kind::RecordId,
    "The assignment rule that names the owner",
);
const UNMODIFIED: Input = Input::optional(
    "if_unmodified_since",
    Kind::Instant,
    "Refuse with ALREADY_MODIFIED what was changed after this instant",
);
const FIELDS: Input = Input::optional("fields", Kind::Fields, "The fields to read; left out: all");

const EXTERNAL_FIELD: Input = Input::required(
    "external_field",
    Kind::Field,
    "The external field's API name",
);

const WRITE_PAGE: &str = "crm/developer/docs/api/v8/insert-records.html";
const GET_PAGE: &str = "crm/developer/docs/api/v8/get-records.html";
const CREDITS_OF_WRITE: &str = "1 for each 10 records";

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.create_record",
        summary: "Make a record",
        inputs: &[MODULE, VALUES, DYNAMIC, TRIGGER, LAR_ID],
        effect: Effect::Changes,
        output: schema::row,
        scopes: &["ZohoCRM.modules.{module}.CREATE"],
        credits: CREDITS_OF_WRITE,
        page: WRITE_PAGE,
        after_loss: AfterLoss::LooksUp(|context, inputs, since| {
            made_one(context, inputs, since, Trace::Created)
        }),
        run: |context, inputs| write_one(context, inputs, Kinds::Create),
    },
    Action {
        name: "crm.create_records",
        summary: "Make up to 100 records in one call",
        inputs: &[MODULE, RECORDS, TRIGGER, LAR_ID],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.modules.{module}.CREATE"],
        credits: CREDITS_OF_WRITE,
        page: WRITE_PAGE,
        after_loss: AfterLoss::LooksUp(|context, inputs, since| {
            made_many(context, inputs, since, Trace::Created)
        }),
        run: |context, inputs| write_many(context, inputs, Kinds::Create),
    },
    Action {
        name: "crm.get_record",
        summary: "Read a record",
        inputs: &[MODULE, RECORD_ID, FIELDS],
        effect: Effect::Reads,
        output: schema::one_record,
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1",
        page: GET_PAGE,
        after_loss: AfterLoss::Repeats,
        run: get,
    },
    Action {
        name: "crm.list_records",
        summary: "List a module's records, page by page or all of them",
        inputs: &[
            MODULE,
            Input::optional(
                "fields",
                Kind::Fields,
                "The fields to read, at most 50; left out: the module's first 50",
            ),
            Input::optional("ids", Kind::RecordIds, "Only these records, at most 100"),
            Input::optional(
                "sort_by",
                Kind::Field,
                "id, Created_Time or Modified_Time; left out: id",
            ),
            Input::optional(
                "sort_order",
                Kind::Choice(&["asc", "desc"]),
                "The direction; left out: desc",
            ),
            Input::or(
                "page",
                Kind::Integer(1, 10_000),
                "1",
                "The page to begin with; pages reach 2,000 records",
            ),
            Input::or(
                "per_page",
                Kind::Integer(1, 200),
                "200",
                "Records of a page",
            ),
            Input::optional(
                "page_token",
                Kind::Text,
                "next_page_token of the page before; tokens reach 100,000 records",
            ),
            Input::optional(
                "custom_view_id",
                Kind::RecordId,
                "Only records of this custom view; such a call costs 3 credits",
            ),
            Input::optional(
                "converted",
                Kind::Choice(&["true", "false", "both"]),
                "For Leads: whether converted ones are listed; left out: false",
            ),
            Input::optional(
                "modified_since",
                Kind::Instant,
                "Only records modified after this instant",
            ),
            Input::or(
                "fetch_all",
                Kind::Boolean,
                "false",
                "Read all pages; each record is then a line of its own (NDJSON)",
            ),
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1 for each page of 200",
        page: GET_PAGE,
        after_loss: AfterLoss::Repeats,
        run: list,
    },
    Action {
        name: "crm.update_record",
        summary: "Change a record",
        inputs: &[MODULE, RECORD_ID, VALUES, DYNAMIC, TRIGGER, UNMODIFIED],
        effect: Effect::Changes,
        output: schema::row,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: CREDITS_OF_WRITE,
        page: "crm/developer/docs/api/v8/update-records.html",
        after_loss: AfterLoss::LooksUpAndRepeats(lost::changed_one),
        run: |context, inputs| write_one(context, inputs, Kinds::Update),
    },
    Action {
        name: "crm.update_records",
        summary: "Change up to 100 records in one call; each holds its `id`",
        inputs: &[MODULE, RECORDS, TRIGGER, UNMODIFIED],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: CREDITS_OF_WRITE,
        page: "crm/developer/docs/api/v8/update-records.html",
        after_loss: AfterLoss::LooksUpAndRepeats(lost::changed_many),
        run: |context, inputs| write_many(context, inputs, Kinds::Update),
    },
    Action {
        name: "crm.upsert_record",
        summary: "Change the record that is there, or make it",
        inputs: &[MODULE, VALUES, DYNAMIC, DUPLICATE_CHECK, TRIGGER, LAR_ID],
        effect: Effect::Changes,
        output: schema::row,
        scopes: &[
            "ZohoCRM.modules.{module}.CREATE",
            "ZohoCRM.modules.{module}.UPDATE",
        ],
        credits: CREDITS_OF_WRITE,
        page: "crm/developer/docs/api/v8/upsert-records.html",
        after_loss: AfterLoss::LooksUp(|context, inputs, since| {
            made_one(context, inputs, since, Trace::Modified)
        }),
        run: |context, inputs| write_one(context, inputs, Kinds::Upsert),
    },
    Action {
        name: "crm.upsert_records",
        summary: "Change or make up to 100 records in one call",
        inputs: &[MODULE, RECORDS, DUPLICATE_CHECK, TRIGGER, LAR_ID],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &[
            "ZohoCRM.modules.{module}.CREATE",
            "ZohoCRM.modules.{module}.UPDATE",
        ],
        credits: CREDITS_OF_WRITE,
        page: "crm/developer/docs/api/v8/upsert-records.html",
        after_loss: AfterLoss::LooksUp(|context, inputs, since| {
            made_many(context, inputs, since, Trace::Modified)
        }),
        run: |context, inputs| write_many(context, inputs, Kinds::Upsert),
    },
    Action {
        name: "crm.clone_record",
        summary: "Copy a record; files, images and external fields are not copied",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::optional(
                "values",
                Kind::FieldValues,
                "Fields that get another value than the original's; unique ones need it",
            ),
        ],
        effect: Effect::Changes,
        output: schema::row,
        scopes: &["ZohoCRM.modules.{module}.CREATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/record-clone.html",
        after_loss: AfterLoss::Asks,
        run: clone,
    },
    Action {
        name: "crm.delete_record",
        summary: "Delete a record; it stays in the recycle bin for 60 days",
        inputs: &[MODULE, RECORD_ID],
        effect: Effect::Destroys,
        output: schema::row,
        scopes: &["ZohoCRM.modules.{module}.DELETE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/delete-records.html",
        after_loss: AfterLoss::LooksUp(is_deleted),
        run: delete_one,
    },
    Action {
        name: "crm.delete_records",
        summary: "Delete up to 100 records in one call",
        inputs: &[
            MODULE,
            Input::required("record_ids", Kind::RecordIds, "The ids of the records"),
        ],
        effect: Effect::Destroys,
        output: schema::written,
        scopes: &["ZohoCRM.modules.{module}.DELETE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/delete-records.html",
        after_loss: AfterLoss::LooksUp(lost::deleted_many),
        run: delete_many,
    },
    Action {
        name: "crm.get_record_by_external_key",
        summary: "Read the record that has a value in an external field",
        inputs: &[
            MODULE,
            EXTERNAL_FIELD,
            Input::required("external_key", Kind::Text, "The value that it has there"),
        ],
        effect: Effect::Reads,
        output: schema::one_record,
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/external-fields.html",
        after_loss: AfterLoss::Repeats,
        run: get_by_external,
    },
    Action {
        name: "crm.delete_records_by_external_key",
        summary: "Delete up to 100 records that have these values in an external field",
        inputs: &[
            MODULE,
            EXTERNAL_FIELD,
            Input::required(
                "external_keys",
                Kind::Texts,
                "The values that they have there",
            ),
        ],
        effect: Effect::Destroys,
        output: schema::written,
        scopes: &["ZohoCRM.modules.{module}.DELETE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/external-fields.html",
        after_loss: AfterLoss::Asks,
        run: delete_by_external,
    },
];

#[derive(Clone, Copy)]
enum Kinds {
    Create,
    Update,
    Upsert,
}

fn write_one<'a>(context: &'a Context, inputs: &'a Inputs, kind: Kinds) -> Outcome<'a> {
    async move {
        let module = inputs.text("module");
        let record = Value::Object(one_record(inputs)?);
        fit(context, module, std::slice::from_ref(&record), kind).await?;
        let written = prepare(context, inputs, kind)
            .record(&record)?
            .send()
            .await?;
        rows::only(&written, module, &record)
    }
    .boxed()
}

fn clone<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
        let values = inputs.values("values").cloned().unwrap_or_default();
        let written = context.crm().clone_record(module, &id, &values).await?;
        rows::only(&written, module, &Value::Object(values))
    }
    .boxed()
}

/// Values and dynamic fields as one record.
pub(super) fn one_record(inputs: &Inputs) -> Result<Map<String, Value>, ActionError> {
    let mut record = inputs.values("dynamic_fields").cloned().unwrap_or_default();
    record.extend(inputs.values("values").cloned().unwrap_or_default());
    if record.is_empty() {
        return Err(ActionError::input(
            "values",
            None,
            "there is no field to write",
            r#"Give values, such as {"Last_Name": "Ray"}, or dynamic_fields."#,
        ));
    }
    if let Some(id) = inputs.maybe("record_id") {
        record.insert("id".to_owned(), json!(id));
    }
    Ok(record)
}

fn write_many<'a>(context: &'a Context, inputs: &'a Inputs, kind: Kinds) -> Outcome<'a> {
    async move {
        let module = inputs.text("module");
        let records = inputs.records("records");
        fit(context, module, records, kind).await?;
        let mut write = prepare(context, inputs, kind);
        for record in records {
            write = write.record(record)?;
        }
        rows::all(&write.send().await?, module, records)
    }
    .boxed()
}

/// Whether a lost deletion was done: the record is not there any more.
fn is_deleted<'a>(context: &'a Context, inputs: &'a Inputs, _: Timestamp) -> Sought<'a> {
    async move {
        let (crm, module, id) = (
            context.crm(),
            inputs.text("module"),
            inputs.record_id("record_id")?,
        );
        match read(|| crm.get(module, &id)).await? {
            Some(_) => Ok(None),
            None => Answer::json(&looked_up(id.as_str())).map(Some),
        }
    }
    .boxed()
}

/// The record that a lost call has written, if it has.
fn made_one<'a>(
    context: &'a Context,
    inputs: &'a Inputs,
    since: Timestamp,
    trace: Trace,
) -> Sought<'a> {
    async move {
        let values = one_record(inputs)?;
        let found = found(context, inputs, &[Wanted { values, since }], trace).await?;
        match found.as_slice() {
            [Found::Found(id)] => Answer::json(&looked_up(id)).map(Some),
            _ => Ok(None),
        }
    }
    .boxed()
}

/// The same for several: all of them, or none.
fn made_many<'a>(
    context: &'a Context,
    inputs: &'a Inputs,
    since: Timestamp,
    trace: Trace,
) -> Sought<'a> {
    async move {
        let records = inputs.records("records").iter();
        let wanted: Vec<Wanted> = records
            .map(|record| Wanted { values: record.as_object().cloned().unwrap_or_default(), since })
            .collect();
        let found = found(context, inputs, &wanted, trace).await?;
        let ids: Vec<&str> = found
            .iter()
            .filter_map(|found| match found {
                Found::Found(id) => Some(id.as_str()),
                _ => None,
            })
            .collect();
        if ids.is_empty() {
            return Ok(None);
        }
        if ids.len() < wanted.len() {
            return Err(ActionError::new(
                ErrorClass::OutcomeUnknown,
                "outcome_unknown",
                format!(
                    "the answer was lost; {} of {} records are there: {}",
                    ids.len(),
                    wanted.len(),
                    ids.join(", ")
                ),
                "Zoho may have refused the others, or changed what they hold. Look them up, and send what is missing \
                 under another Idempotency-Key.",
            ));
        }
        let rows: Vec<Value> = ids.iter().map(|id| looked_up(id)).collect();
        Answer::json(&json!({ "written": rows.len(), "refused": 0, "rows": rows })).map(Some)
    }
    .boxed()
}

async fn found(
    context: &Context,
    inputs: &Inputs,
    wanted: &[Wanted],
    trace: Trace,
) -> Result<Vec<Found>, ActionError> {
    let (crm, module) = (context.crm(), inputs.text("module"));
    let known = match trace {
        Trace::Created => {
            spoken_for(
                &context.store,
                &context.connection.config.name,
                module,
                None,
            )
            .await
        }
        // An upsert may well write a record that others wrote before.
        Trace::Modified => HashSet::new(),
    };
    let found = newest_like(&crm, module, wanted, trace, &known).await?;
    if found.contains(&Found::Unclear) {
        return Err(ActionError::new(
            ErrorClass::OutcomeUnknown,
            "outcome_unknown",
            "the answer was lost, and Zoho's records don't tell whether it had got through: one is there that is like what \
             was sent but not the same, or more were made since than Zoho lists",
            "Look the record up in Zoho; if it is not there, send it under another Idempotency-Key.",
        ));
    }
    Ok(found)
}

pub(super) fn looked_up(id: &str) -> Value {
    json!({
        "status": "written", "id": id,
        "message": "Zoho's answer was lost; the record was looked up, and nothing was sent again.",
    })
}

fn prepare(context: &Context, inputs: &Inputs, kind: Kinds) -> Write {
    let (crm, module) = (context.crm(), inputs.text("module"));
    let mut write = match kind {
        Kinds::Create => crm.insert(module),
        Kinds::Update => crm.update(module),
        Kinds::Upsert => crm.upsert(module),
    };
    if inputs.has("duplicate_check_fields") {
        write = write.duplicate_check_fields(inputs.texts("duplicate_check_fields"));
    }
    if inputs.has("trigger") {
        write = write.trigger(inputs.texts("trigger"));
    }
    if let Ok(rule) = inputs.record_id("lar_id") {
        write = write.lar_id(&rule);
    }
    if let Some(instant) = inputs.instant("if_unmodified_since") {
        write = write.if_unmodified_since(instant);
    }
    write
}

/// Zoho drops fields that it does not know without a word; here they are refused, before a call is spent. The metadata
/// is read again before it speaks against a record, and without it Zoho decides alone.
async fn fit(
    context: &Context,
    module: &str,
    records: &[Value],
    kind: Kinds,
) -> Result<(), ActionError> {
    let writing = match kind {
        Kinds::Create => Writing::Insert,
        Kinds::Upsert => Writing::Upsert,
        Kinds::Update => Writing::Update,
    };
    let Some(mut schema) = context.connection.schema_if_at_hand(module).await else {
        return Ok(());
    };
    for (at, record) in records.iter().enumerate() {
        let Ok(raw) = to_raw_value(record) else {
            continue;
        };
        if check(&raw, &schema, writing).is_ok() {
            continue;
        }
        schema = context.connection.fresh_schema(module).await?;
        let Err(problems) = check(&raw, &schema, writing) else {
            continue;
        };
        let Some(first) = problems.into_iter().next() else {
            continue;
        };
        let first = for_caller(first, module);
        let place = match records.len() {
            1 => String::new(),
            _ => format!("records[{at}]: "),
        };
        let mut error = ActionError::input(
            first.field.unwrap_or_default(),
            first.value.as_ref(),
            format!("{place}{}", first.message),
            first.remedy,
        );
        error.code = first.code;
        return Err(error);
    }
    Ok(())
}

fn get<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, module, id) = (
            context.crm(),
            inputs.text("module"),
            inputs.record_id("record_id")?,
        );
        let fields = inputs.texts("fields");
        let record = read(|| async {
            match fields.is_empty() {
                true => crm.get(module, &id).await,
                false => crm.get_fields(module, &id, fields.clone()).await,
            }
        })
        .await?;
        let record = record.ok_or_else(|| ActionError::no_record(module, id.as_str()))?;
        Answer::json(&json!({ "record": record }))
    }
    .boxed()
}

fn list<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let module = inputs.text("module");
        let mut fields = inputs.texts("fields");
        let mut left_out = Vec::new();
        if fields.is_empty() {
            // Zoho demands names, at most 50 of them.
            let schema = context.connection.schema(module).await?;
            let all = schema.fields().iter();
            fields = all.map(|field| field.api_name.clone()).collect();
            left_out = fields.split_off(fields.len().min(zoho::crm::FIELDS_PER_CALL_MAX));
        }
        let mut list = context.crm().list(module).fields(fields);
        if inputs.has("ids") {
            list = list.ids(inputs.record_ids("ids")?);
        }
        if let Some(field) = inputs.maybe("sort_by") {
            list = list.sort_by(field);
        }
        match inputs.maybe("sort_order") {
            Some("asc") => list = list.sort_order(SortOrder::Ascending),
            Some(_) => list = list.sort_order(SortOrder::Descending),
            None => {}
        }
        if let Some(per_page) = inputs.number("per_page") {
            list = list.per_page(per_page);
        }
        if let Ok(view) = inputs.record_id("custom_view_id") {
            list = list.custom_view(view);
        }
        if let Some(instant) = inputs.instant("modified_since") {
            list = list.modified_since(instant);
        }
        list = match inputs.maybe("converted") {
            Some("true") => list.converted(Converted::Yes),
            Some("both") => list.converted(Converted::Both),
            Some(_) => list.converted(Converted::No),
            None => list,
        };
        match (inputs.maybe("page_token"), inputs.number("page")) {
            (Some(token), _) => list = list.page_token(token),
            (None, Some(page)) if page > 1 => list = list.page(page),
            _ => {}
        }
        if inputs.is("fetch_all") {
            return Ok(Answer::rows(list.stream()));
        }
        let page = read(|| list.send()).await?;
        let mut answer = super::page(page.records, &page.info);
        if !left_out.is_empty() {
            answer["info"]["fields_left_out"] = json!(left_out);
        }
        Answer::json(&answer)
    }
    .boxed()
}

fn delete_one<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
        let written = context
            .crm()
            .delete(module, std::slice::from_ref(&id))
            .await?;
        rows::deleted(&written, module, &id)
    }
    .boxed()
}

fn delete_many<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, ids) = (inputs.text("module"), inputs.record_ids("record_ids")?);
        let written = context.crm().delete(module, &ids).await?;
        rows::all(&written, module, &[])
    }
    .boxed()
}

fn get_by_external<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, field, key) = (
            context.crm(),
            external(inputs)?,
            inputs.text("external_key"),
        );
        let record = read(|| crm.get_by_external(&field, key)).await?;
        let record = record.ok_or_else(|| {
            let mut error = ActionError::no_record(&field.to_string(), key);
            error.field = Some("external_key".to_owned());
            error
        })?;
        Answer::json(&json!({ "record": record }))
    }
    .boxed()
}

fn delete_by_external<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (field, keys) = (external(inputs)?, inputs.texts("external_keys"));
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let written = context.crm().delete_by_external(&field, &keys).await?;
        rows::all(&written, inputs.text("module"), &[])
    }
    .boxed()
}

fn external(inputs: &Inputs) -> Result<ExternalField, ActionError> {
    Ok(ExternalField::new(
        inputs.text("module"),
        inputs.text("external_field"),
    )?)
}
