//! Who may see and change a record: shares and locks.

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use zoho::crm::SharePermission;

use super::processes::{accepted, accepted_schema};
use super::related::{MODULE, RECORD_ID, items};
use super::rows;
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, Inputs, Outcome, read, schema,
};

const SHARE_PAGE: &str = "crm/developer/docs/api/v8/share-record.html";
const LOCK_PAGE: &str = "crm/developer/docs/api/v8/";

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.list_shares",
        summary: "List the users with whom a record is shared",
        inputs: &[MODULE, RECORD_ID],
        effect: Effect::Reads,
        output: || schema::list("shares"),
        scopes: &["ZohoCRM.share.{module}.READ"],
        credits: "1",
        page: SHARE_PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (crm, id) = (context.crm(), inputs.record_id("record_id")?);
                let shares = read(|| crm.shares(inputs.text("module"), &id)).await?;
                Answer::json(&json!({ "shares": shares }))
            }
            .boxed()
        },
    },
    Action {
        name: "crm.share_record",
        summary: "Share a record with up to 10 users",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::required("user_ids", Kind::RecordIds, "The ids of the users"),
            Input::or(
                "permission",
                Kind::Choice(&["read_only", "read_write", "full_access"]),
                "\"read_only\"",
                "What they may do with it",
            ),
            Input::or(
                "share_related_records",
                Kind::Boolean,
                "false",
                "Whether the records that hang on it are shared too",
            ),
        ],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.share.{module}.CREATE"],
        credits: "1",
        page: SHARE_PAGE,
        after_loss: AfterLoss::Repeats,
        run: share,
    },
    Action {
        name: "crm.end_shares",
        summary: "End all shares of a record",
        inputs: &[MODULE, RECORD_ID],
        effect: Effect::Changes,
        output: accepted_schema,
        scopes: &["ZohoCRM.share.{module}.DELETE"],
        credits: "1",
        page: SHARE_PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let id = inputs.record_id("record_id")?;
                accepted(&context.crm().end_shares(inputs.text("module"), &id).await?)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.get_lock",
        summary: "Say whether a record is locked, why and by whom",
        inputs: &[MODULE, RECORD_ID],
        effect: Effect::Reads,
        output: || schema::one("lock", json!({"type": ["object", "null"]})),
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1",
        page: LOCK_PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (crm, id) = (context.crm(), inputs.record_id("record_id")?);
                let lock = read(|| crm.record_lock(inputs.text("module"), &id)).await?;
                Answer::json(&json!({ "lock": lock }))
            }
            .boxed()
        },
    },
    Action {
        name: "crm.lock_record",
        summary: "Lock a record, so that nobody changes it",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::required("reason", Kind::Text, "Why it is locked"),
        ],
        effect: Effect::Changes,
        output: schema::row,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "1",
        page: LOCK_PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
                let reason = inputs.text("reason");
                let written = context.crm().lock_record(module, &id, reason).await?;
                rows::only(&written, module, &Value::Null)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.unlock_record",
        summary: "Open a locked record again",
        inputs: &[MODULE, RECORD_ID],
        effect: Effect::Changes,
        output: schema::row,
        scopes: &[
            "ZohoCRM.modules.{module}.READ",
            "ZohoCRM.modules.{module}.DELETE",
        ],
        credits: "2",
        page: LOCK_PAGE,
        after_loss: AfterLoss::Repeats,
        run: unlock,
    },
];

fn share<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
        let users = inputs.record_ids("user_ids")?;
        let permission = match inputs.text("permission") {
            "full_access" => SharePermission::FullAccess,
            "read_write" => SharePermission::ReadWrite,
            _ => SharePermission::ReadOnly,
        };
        let with_related = inputs.is("share_related_records");
        let crm = context.crm();
        items(
            &crm.share(module, &id, &users, permission, with_related)
                .await?,
        )
    }
    .boxed()
}

/// Zoho wants the lock's own id, which nobody has at hand.
fn unlock<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, module) = (context.crm(), inputs.text("module"));
        let id = inputs.record_id("record_id")?;
        let lock = read(|| crm.record_lock(module, &id)).await?;
        let Some(lock_id) = lock.and_then(|lock| lock.id()) else {
            return Err(ActionError::no_record("lock of the record", id.as_str()));
        };
        let written = crm.unlock_record(module, &id, &lock_id).await?;
        rows::only(&written, module, &Value::Null)
    }
    .boxed()
}
