//! Mails of records, and meetings.

use futures_util::FutureExt as _;
use serde_json::{Value, json};

use super::processes::{accepted, accepted_schema};
use super::related::{MODULE, RECORD_ID};
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{Action, ActionError, AfterLoss, Answer, read, schema};

const MAILS_PAGE: &str = "crm/developer/docs/api/v8/get-email-rel-list.html";

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.list_mails",
        summary: "List a record's mails, newest first",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::optional("index", Kind::Text, "next_index of the page before"),
        ],
        effect: Effect::Reads,
        output: mails_schema,
        scopes: &[
            "ZohoCRM.modules.emails.READ",
            "ZohoCRM.modules.{module}.READ",
        ],
        credits: "1",
        page: MAILS_PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (crm, id) = (context.crm(), inputs.record_id("record_id")?);
                let (module, index) = (inputs.text("module"), inputs.maybe("index"));
                let page = read(|| crm.mails(module, &id, index)).await?;
                Answer::json(&json!({"records": page.mails, "next_index": page.next_index}))
            }
            .boxed()
        },
    },
    Action {
        name: "crm.get_mail",
        summary: "Read a record's mail with its content",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::required(
                "message_id",
                Kind::Field,
                "The mail's id; list_mails tells it",
            ),
        ],
        effect: Effect::Reads,
        output: || schema::one("mail", schema::record()),
        scopes: &[
            "ZohoCRM.modules.emails.READ",
            "ZohoCRM.modules.{module}.READ",
        ],
        credits: "1",
        page: MAILS_PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (crm, id) = (context.crm(), inputs.record_id("record_id")?);
                let (module, message) = (inputs.text("module"), inputs.text("message_id"));
                let mail = read(|| crm.mail(module, &id, message)).await?;
                let mail = mail.ok_or_else(|| ActionError::no_record("mail", message))?;
                Answer::json(&json!({ "mail": mail }))
            }
            .boxed()
        },
    },
    Action {
        name: "crm.list_from_addresses",
        summary: "List the addresses that the user can send mails from",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::list("addresses"),
        scopes: &["ZohoCRM.settings.emails.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/",
        after_loss: AfterLoss::Repeats,
        run: |context, _| {
            async move {
                let crm = context.crm();
                let addresses = read(|| crm.from_addresses()).await?;
                Answer::json(&json!({ "addresses": addresses }))
            }
            .boxed()
        },
    },
    Action {
        name: "crm.cancel_meeting",
        summary: "Cancel a meeting, a record of Events",
        inputs: &[
            Input::required("record_id", Kind::RecordId, "The meeting's id"),
            Input::or(
                "send_mail",
                Kind::Boolean,
                "false",
                "Whether Zoho writes to the participants",
            ),
        ],
        effect: Effect::Destroys,
        output: accepted_schema,
        scopes: &["ZohoCRM.modules.events.UPDATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/",
        after_loss: AfterLoss::Asks,
        run: |context, inputs| {
            async move {
                let id = inputs.record_id("record_id")?;
                let sends_mail = inputs.is("send_mail");
                accepted(&context.crm().cancel_meeting(&id, sends_mail).await?)
            }
            .boxed()
        },
    },
];

fn mails_schema() -> Value {
    json!({
        "type": "object", "required": ["records", "next_index"],
        "properties": {
            "records": {"type": "array", "items": schema::record()}, "next_index": {"type": ["string", "null"]},
        },
    })
}
