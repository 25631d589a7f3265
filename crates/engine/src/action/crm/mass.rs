//! Many records at once, and what Zoho does to them later.

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use zoho::crm::{MassDeleted, MassJob, MassUpdated};

use super::related::MODULE;
use super::rows;
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, Inputs, Outcome, read, schema,
};

const IDS: Input = Input::optional("record_ids", Kind::RecordIds, "The records, up to 500");
const VIEW: Input = Input::optional(
    "custom_view_id",
    Kind::RecordId,
    "Or all records of this custom view, up to 50,000; Zoho does it later",
);
const JOB: Input = Input::required("job_id", Kind::RecordId, "The job's id");

const UPDATE_PAGE: &str = "crm/developer/docs/api/v8/mass-update-records.html";
const DELETE_PAGE: &str = "crm/developer/docs/api/v8/mass-delete.html";
const OWNER_PAGE: &str = "crm/developer/docs/api/v8/";

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.mass_update",
        summary: "Set the same fields in up to 500 records at once, or in all of a custom view",
        inputs: &[
            MODULE,
            Input::required(
                "values",
                Kind::FieldValues,
                "The fields with their new values",
            ),
            IDS,
            VIEW,
            Input::optional(
                "overwrite",
                Kind::Boolean,
                "Whether records that have a value already get the new one too; left out: they do not",
            ),
        ],
        effect: Effect::Changes,
        output: many_schema,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "1 for each 50 records",
        page: UPDATE_PAGE,
        after_loss: AfterLoss::RepeatsUnless("custom_view_id"),
        run: mass_update,
    },
    Action {
        name: "crm.get_mass_update",
        summary: "Say how a scheduled mass update stands",
        inputs: &[MODULE, JOB],
        effect: Effect::Reads,
        output: job_schema,
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1",
        page: UPDATE_PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (crm, job) = (context.crm(), inputs.text("job_id"));
                let found = read(|| crm.mass_update_job(inputs.text("module"), job)).await?;
                answer(found, "mass update", job)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.mass_delete",
        summary: "Delete up to 500 records at once, or all of a custom view; they stay in the recycle bin for 60 days",
        inputs: &[MODULE, IDS, VIEW],
        effect: Effect::Destroys,
        output: many_schema,
        scopes: &["ZohoCRM.modules.{module}.DELETE"],
        credits: "1 for each 100 records",
        page: DELETE_PAGE,
        after_loss: AfterLoss::Asks,
        run: mass_delete,
    },
    Action {
        name: "crm.get_mass_delete",
        summary: "Say how a scheduled mass delete stands",
        inputs: &[MODULE, JOB],
        effect: Effect::Reads,
        output: job_schema,
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1",
        page: DELETE_PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (crm, job) = (context.crm(), inputs.text("job_id"));
                let found = read(|| crm.mass_delete_job(inputs.text("module"), job)).await?;
                answer(found, "mass delete", job)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.mass_change_owner",
        summary: "Give all records of a custom view, up to 50,000, to another user; Zoho does it later",
        inputs: &[
            MODULE,
            Input::required("custom_view_id", Kind::RecordId, "The custom view"),
            Input::required("owner_id", Kind::RecordId, "The user's id"),
        ],
        effect: Effect::Changes,
        output: many_schema,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "1",
        page: OWNER_PAGE,
        after_loss: AfterLoss::Asks,
        run: |context, inputs| {
            async move {
                let (view, owner) = (
                    inputs.record_id("custom_view_id")?,
                    inputs.record_id("owner_id")?,
                );
                let module = inputs.text("module");
                scheduled(
                    &context
                        .crm()
                        .mass_change_owner(module, &view, &owner)
                        .await?,
                )
            }
            .boxed()
        },
    },
    Action {
        name: "crm.get_mass_change_owner",
        summary: "Say how a scheduled change of owner stands",
        inputs: &[MODULE, JOB],
        effect: Effect::Reads,
        output: job_schema,
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1",
        page: OWNER_PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (crm, job) = (context.crm(), inputs.text("job_id"));
                let module = inputs.text("module");
                let found = read(|| crm.mass_change_owner_job(module, job)).await?;
                answer(found, "change of owner", job)
            }
            .boxed()
        },
    },
];

/// Rows for records that were named, a job's id for those of a custom view.
fn many_schema() -> Value {
    json!({"anyOf": [schema::written(), {
        "type": "object", "required": ["status", "job_id"],
        "properties": {"status": {"type": "string", "enum": ["scheduled"]}, "job_id": {"type": "string"}},
    }]})
}

fn job_schema() -> Value {
    let count = json!({"type": ["integer", "null"]});
    schema::one(
        "job",
        json!({
            "type": "object", "required": ["status"],
            "properties": {
                "status": {"type": "string"}, "total_count": count, "done_count": count, "left_count": count,
                "failed_count": count,
            },
        }),
    )
}

fn answer(job: Option<MassJob>, what: &str, id: &str) -> Result<Answer, ActionError> {
    let job = job.ok_or_else(|| ActionError::no_record(what, id))?;
    Answer::json(&json!({ "job": job }))
}

fn scheduled(job_id: &str) -> Result<Answer, ActionError> {
    Answer::json(&json!({"status": "scheduled", "job_id": job_id}))
}

fn mass_update<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        one_choice(inputs)?;
        let module = inputs.text("module");
        let mut update = context.crm().mass_update(module);
        for (field, value) in inputs.values("values").into_iter().flatten() {
            update = update.field(field, value.clone());
        }
        if inputs.has("record_ids") {
            update = update.ids(inputs.record_ids("record_ids")?);
        }
        if let Ok(view) = inputs.record_id("custom_view_id") {
            update = update.custom_view(&view);
        }
        if inputs.has("overwrite") {
            update = update.overwrite(inputs.is("overwrite"));
        }
        match update.send().await? {
            MassUpdated::Done(written) => rows::all(&written, module, &[]),
            MassUpdated::Scheduled { job_id } => scheduled(&job_id),
        }
    }
    .boxed()
}

fn mass_delete<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        one_choice(inputs)?;
        let module = inputs.text("module");
        let mut delete = context.crm().mass_delete(module);
        if inputs.has("record_ids") {
            delete = delete.ids(inputs.record_ids("record_ids")?);
        }
        if let Ok(view) = inputs.record_id("custom_view_id") {
            delete = delete.custom_view(&view);
        }
        match delete.send().await? {
            MassDeleted::Done(written) => rows::all(&written, module, &[]),
            MassDeleted::Scheduled { job_id } => scheduled(&job_id),
        }
    }
    .boxed()
}

/// Whoever names records and a view has one of them in mind, and nobody can tell which.
fn one_choice(inputs: &Inputs) -> Result<(), ActionError> {
    match (inputs.has("record_ids"), inputs.has("custom_view_id")) {
        (true, false) | (false, true) => Ok(()),
        (both, _) => Err(ActionError::input(
            "record_ids",
            None,
            match both {
                true => "both records and a custom view were named",
                false => "no records were named",
            },
            "Give either record_ids or custom_view_id.",
        )),
    }
}
