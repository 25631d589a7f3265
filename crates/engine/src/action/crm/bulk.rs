//! Bulk reads and bulk writes: jobs over a module's hundred thousands of records, with files of CSV.

use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use zoho::crm::{
    BulkCallback, BulkCriteria, BulkFieldMapping, BulkOperation, BulkReadJob, BulkResource,
    BulkWriteJob,
};

use super::files::{answer, upload};
use super::related::MODULE;
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, Inputs, Outcome, read, schema,
};

const JOB: Input = Input::required("job_id", Kind::RecordId, "The job's id");
const WAIT: Input = Input::or(
    "wait_seconds",
    Kind::Integer(0, 3_600),
    "0",
    "Wait so long for its end; 0: answer at once",
);
const CALLBACK: Input = Input::optional(
    "callback_url",
    Kind::Text,
    "An address that Zoho posts to at its end",
);
const READ_PAGE: &str = "crm/developer/docs/api/v8/bulk-read/overview.html";
const WRITE_PAGE: &str = "crm/developer/docs/api/v8/bulk-write/overview.html";

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.create_bulk_read",
        summary: "Have Zoho write up to 200,000 records of a module into a file",
        inputs: &[
            MODULE,
            Input::optional("fields", Kind::Fields, "The fields; left out: all"),
            Input::optional(
                "criteria",
                Kind::Json,
                "Conditions in Zoho's form, with group and group_operator",
            ),
            Input::optional(
                "custom_view_id",
                Kind::RecordId,
                "Only records of this custom view",
            ),
            Input::optional(
                "page",
                Kind::Integer(1, 10_000),
                "Which 200,000; left out: the first",
            ),
            CALLBACK,
        ],
        effect: Effect::Changes,
        output: || schema::one("job_id", json!({"type": "string"})),
        scopes: &["ZohoCRM.bulk.READ", "ZohoCRM.modules.{module}.READ"],
        credits: "50",
        page: READ_PAGE,
        after_loss: AfterLoss::Asks,
        run: create_read,
    },
    Action {
        name: "crm.get_bulk_read",
        summary: "Say how a bulk read stands, or wait for its end",
        inputs: &[JOB, WAIT],
        effect: Effect::Reads,
        output: || schema::one("job", json!({"type": "object"})),
        scopes: &["ZohoCRM.bulk.READ"],
        credits: "1",
        page: READ_PAGE,
        after_loss: AfterLoss::Repeats,
        run: get_read,
    },
    Action {
        name: "crm.download_bulk_read",
        summary: "Download the file of a bulk read: a zip with one CSV",
        inputs: &[JOB],
        effect: Effect::Reads,
        output: schema::file,
        scopes: &["ZohoCRM.bulk.READ"],
        credits: "1",
        page: READ_PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let id = inputs.record_id("job_id")?;
                let file = context.crm().bulk_read_result(&id).await?;
                file.map(answer)
                    .ok_or_else(|| ActionError::no_record("result of a bulk read", id.as_str()))
            }
            .boxed()
        },
    },
    Action {
        name: "crm.upload_bulk_file",
        summary: "Upload a zip with CSV files for a bulk write",
        inputs: &[Input::required(
            "file",
            Kind::File,
            "The zip, at most 25 MB",
        )],
        effect: Effect::Changes,
        output: || schema::one("file_id", json!({"type": "string"})),
        scopes: &["ZohoCRM.bulk.CREATE", "ZohoFiles.files.ALL"],
        credits: "1",
        page: WRITE_PAGE,
        after_loss: AfterLoss::Repeats,
        run: upload_file,
    },
    Action {
        name: "crm.create_bulk_write",
        summary: "Have Zoho insert, update or upsert the rows of an uploaded file",
        inputs: &[
            Input::required(
                "operation",
                Kind::Choice(&["insert", "update", "upsert"]),
                "What is done with each row",
            ),
            MODULE,
            Input::required("file_id", Kind::RecordId, "The uploaded file's id"),
            Input::optional(
                "file_name",
                Kind::Text,
                "The CSV in the zip, where there are several",
            ),
            Input::optional(
                "find_by",
                Kind::Field,
                "The field by which records are found, for update and upsert",
            ),
            Input::required(
                "columns",
                Kind::Values,
                "The file's columns, from 0, by field: {\"Last_Name\": 0, \"Email\": 1}",
            ),
            Input::optional(
                "constants",
                Kind::Values,
                "Values that all rows get, by field",
            ),
            Input::optional(
                "ignore_empty",
                Kind::Boolean,
                "Whether empty cells leave fields as they are",
            ),
            CALLBACK,
        ],
        effect: Effect::Changes,
        output: || schema::one("job_id", json!({"type": "string"})),
        scopes: &["ZohoCRM.bulk.CREATE", "ZohoCRM.modules.{module}.ALL"],
        credits: "500",
        page: WRITE_PAGE,
        after_loss: AfterLoss::Asks,
        run: create_write,
    },
    Action {
        name: "crm.get_bulk_write",
        summary: "Say how a bulk write stands, or wait for its end",
        inputs: &[JOB, WAIT],
        effect: Effect::Reads,
        output: || schema::one("job", json!({"type": "object"})),
        scopes: &["ZohoCRM.bulk.READ"],
        credits: "1",
        page: WRITE_PAGE,
        after_loss: AfterLoss::Repeats,
        run: get_write,
    },
    Action {
        name: "crm.download_bulk_write",
        summary: "Download the result of a bulk write: a zip with a CSV that says what became of each row",
        inputs: &[JOB],
        effect: Effect::Reads,
        output: schema::file,
        scopes: &["ZohoCRM.bulk.READ"],
        credits: "2",
        page: WRITE_PAGE,
        after_loss: AfterLoss::Repeats,
        run: download_write,
    },
];

fn create_read<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let mut job = context.crm().bulk_read(inputs.text("module"));
        if inputs.has("fields") {
            job = job.fields(inputs.texts("fields"));
        }
        if let Some(criteria) = inputs.get("criteria") {
            job = job.criteria(BulkCriteria::written(criteria.clone()));
        }
        if let Ok(view) = inputs.record_id("custom_view_id") {
            job = job.custom_view(&view);
        }
        if let Some(page) = inputs.number("page") {
            job = job.page(page);
        }
        if let Some(url) = inputs.maybe("callback_url") {
            job = job.callback(BulkCallback::new(url));
        }
        Answer::json(&json!({ "job_id": job.send().await? }))
    }
    .boxed()
}

fn get_read<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, id) = (context.crm(), inputs.record_id("job_id")?);
        let job: Option<BulkReadJob> = match patience(inputs) {
            Some(patience) => crm.wait_for_bulk_read(&id, patience).await?,
            None => read(|| crm.bulk_read_job(&id)).await?,
        };
        let job = job.ok_or_else(|| ActionError::no_record("bulk read", id.as_str()))?;
        Answer::json(&json!({ "job": job }))
    }
    .boxed()
}

fn patience(inputs: &Inputs) -> Option<Duration> {
    let seconds = inputs.number("wait_seconds")?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

fn upload_file<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, file) = (context.crm(), inputs.file("file")?);
        let zgid = zgid(&crm).await?;
        let id = crm.upload_bulk_file(&zgid, upload(file, None)).await?;
        Answer::json(&json!({ "file_id": id }))
    }
    .boxed()
}

/// The organisation's id, which the upload server asks for.
pub(super) async fn zgid(crm: &zoho::crm::Crm) -> Result<String, ActionError> {
    let org = read(|| crm.org()).await?;
    org.zgid.ok_or_else(|| {
        ActionError::new(
            crate::action::ErrorClass::Unavailable,
            "unknown_answer",
            "Zoho does not tell the organisation's zgid",
            "Send the file by crm.request with the header X-CRM-ORG.",
        )
    })
}

fn create_write<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let operation = match inputs.text("operation") {
            "insert" => BulkOperation::Insert,
            "update" => BulkOperation::Update,
            _ => BulkOperation::Upsert,
        };
        let mut resource = BulkResource::new(inputs.text("module"), &inputs.record_id("file_id")?);
        if let Some(name) = inputs.maybe("file_name") {
            resource = resource.file_name(name);
        }
        if let Some(field) = inputs.maybe("find_by") {
            resource = resource.find_by(field);
        }
        for (field, column) in inputs.values("columns").into_iter().flatten() {
            resource = resource.mapping(BulkFieldMapping::column(field, index(field, column)?));
        }
        for (field, value) in inputs.values("constants").into_iter().flatten() {
            resource = resource.mapping(BulkFieldMapping::constant(field, value.clone()));
        }
        let mut job = context.crm().bulk_write(operation).resource(resource);
        if inputs.has("ignore_empty") {
            job = job.ignore_empty(inputs.is("ignore_empty"));
        }
        if let Some(url) = inputs.maybe("callback_url") {
            job = job.callback(BulkCallback::new(url));
        }
        Answer::json(&json!({ "job_id": job.send().await? }))
    }
    .boxed()
}

fn index(field: &str, column: &Value) -> Result<u32, ActionError> {
    let index = column.as_u64().and_then(|index| u32::try_from(index).ok());
    index.ok_or_else(|| {
        ActionError::input(
            "columns",
            Some(column),
            format!("the column of {field} is no whole number"),
            "Count the file's columns from 0.",
        )
    })
}

fn get_write<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move { Answer::json(&json!({ "job": write_job(context, inputs).await? })) }.boxed()
}

async fn write_job(context: &Context, inputs: &Inputs) -> Result<BulkWriteJob, ActionError> {
    let (crm, id) = (context.crm(), inputs.record_id("job_id")?);
    let job = match patience(inputs) {
        Some(patience) => crm.wait_for_bulk_write(&id, patience).await?,
        None => read(|| crm.bulk_write_job(&id)).await?,
    };
    job.ok_or_else(|| ActionError::no_record("bulk write", id.as_str()))
}

fn download_write<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let job = write_job(context, inputs).await?;
        let file = context.crm().bulk_write_result(&job).await?;
        file.map(answer)
            .ok_or_else(|| ActionError::no_record("result of a bulk write", job.id.as_str()))
    }
    .boxed()
}
