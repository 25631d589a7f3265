//! What happens to records as a whole: blueprints, merges, their history; several calls as one; mails.

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use zoho::Method;
use zoho::crm::{Accepted, SubAnswer, SubRequest};

use super::related::{MODULE, RECORD_ID};
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, Inputs, Outcome, read, schema,
};

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.get_blueprint",
        summary: "Say where a record stands in its blueprint and which transitions it may make",
        inputs: &[MODULE, RECORD_ID],
        effect: Effect::Reads,
        output: || schema::one("blueprint", json!({"type": ["object", "null"]})),
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-blueprint.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (crm, id) = (context.crm(), inputs.record_id("record_id")?);
                let blueprint = read(|| crm.blueprint(inputs.text("module"), &id)).await?;
                Answer::json(&json!({ "blueprint": blueprint }))
            }
            .boxed()
        },
    },
    Action {
        name: "crm.make_transition",
        summary: "Take a record through a transition of its blueprint",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::required(
                "transition_id",
                Kind::RecordId,
                "The transition's id; get_blueprint tells it",
            ),
            Input::optional(
                "data",
                Kind::FieldValues,
                "The fields that the transition asks for",
            ),
        ],
        effect: Effect::Changes,
        output: accepted_schema,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/update-blueprint.html",
        after_loss: AfterLoss::Asks,
        run: |context, inputs| {
            async move {
                let id = inputs.record_id("record_id")?;
                let data = inputs.values("data").cloned().unwrap_or_default();
                let (module, transition) = (inputs.text("module"), inputs.text("transition_id"));
                accepted(
                    &context
                        .crm()
                        .transition(module, &id, transition, &data)
                        .await?,
                )
            }
            .boxed()
        },
    },
    Action {
        name: "crm.merge_records",
        summary: "Merge records into one, which stays while the others go",
        inputs: &[
            MODULE,
            Input::required("master_id", Kind::RecordId, "The record that stays"),
            Input::required("record_ids", Kind::RecordIds, "The records that go into it"),
            Input::optional(
                "keep_fields",
                Kind::Fields,
                "Fields whose values the record that stays keeps",
            ),
            Input::optional(
                "take_fields",
                Kind::Values,
                "Fields whose values come from the others, by id: {\"4711\": [\"Phone\"]}",
            ),
        ],
        effect: Effect::Destroys,
        output: accepted_schema,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "50",
        page: "crm/developer/docs/api/v8/merge-records.html",
        after_loss: AfterLoss::Asks,
        run: merge,
    },
    Action {
        name: "crm.get_timeline",
        summary: "List what happened to a record, with old and new values",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::optional(
                "page_token",
                Kind::Text,
                "next_page_token of the page before",
            ),
            Input::or(
                "per_page",
                Kind::Integer(1, 200),
                "200",
                "Entries of a page",
            ),
            Input::or(
                "fetch_all",
                Kind::Boolean,
                "false",
                "Read all pages; each entry is then a line of its own (NDJSON)",
            ),
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1 for each page of 200",
        page: "crm/developer/docs/api/v8/timeline-of-a-record.html",
        after_loss: AfterLoss::Repeats,
        run: timeline,
    },
    Action {
        name: "crm.composite",
        summary: "Send up to five calls as one",
        inputs: &[
            Input::required(
                "requests",
                Kind::Records(5),
                "The calls, each with id, method, path, and where needed query, headers and body",
            ),
            Input::optional(
                "rollback_on_fail",
                Kind::Boolean,
                "Whether everything is taken back if one call fails",
            ),
            Input::optional(
                "parallel_execution",
                Kind::Boolean,
                "Whether the calls run side by side",
            ),
        ],
        effect: Effect::Changes,
        output: || schema::list("answers"),
        scopes: &["ZohoCRM.composite_requests.CUSTOM"],
        credits: "as its calls cost",
        page: "crm/developer/docs/api/v8/composite-api.html",
        after_loss: AfterLoss::Asks,
        run: composite,
    },
    Action {
        name: "crm.send_mail",
        summary: "Send a mail to a record's person in the name of a user of Zoho",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::required(
                "from",
                Kind::Text,
                "The sender's address, one that Zoho knows",
            ),
            Input::optional("from_name", Kind::Text, "The sender's name"),
            Input::required("to", Kind::Texts, "Addresses of receivers"),
            Input::optional("cc", Kind::Texts, "Addresses of receivers of a copy"),
            Input::optional(
                "bcc",
                Kind::Texts,
                "Addresses of receivers of a copy whom the others do not see",
            ),
            Input::optional("subject", Kind::Text, "The subject"),
            Input::optional("content", Kind::LongText, "What it says"),
            Input::or(
                "mail_format",
                Kind::Choice(&["html", "text"]),
                "\"html\"",
                "What the content is",
            ),
            Input::optional(
                "template_id",
                Kind::RecordId,
                "A template of Zoho's instead of subject and content",
            ),
            Input::optional(
                "attachment_ids",
                Kind::Texts,
                "Ids of files in the file store",
            ),
            Input::optional(
                "scheduled_at",
                Kind::Instant,
                "When it goes out; left out: now",
            ),
            Input::optional(
                "org_email",
                Kind::Boolean,
                "Whether the sender is an address of the organisation",
            ),
        ],
        effect: Effect::Changes,
        output: || json!({"type": "object", "properties": {"message_id": {"type": ["string", "null"]}}}),
        scopes: &["ZohoCRM.send_mail.all.CREATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/send-mail.html",
        after_loss: AfterLoss::Asks,
        run: send_mail,
    },
];

pub(super) fn accepted_schema() -> Value {
    json!({
        "type": "object", "required": ["code", "message", "details"],
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "details": {"type": "object"}},
    })
}

/// What Zoho says to something that is no write of records.
pub(super) fn accepted(accepted: &Accepted) -> Result<Answer, ActionError> {
    Answer::json(&json!({
        "code": accepted.code, "message": accepted.message, "details": accepted.details,
    }))
}

fn merge<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let master = inputs.record_id("master_id")?;
        let others = inputs.record_ids("record_ids")?;
        let mut merge = context.crm().merge(inputs.text("module"), &master, others);
        if inputs.has("keep_fields") {
            merge = merge.keep(inputs.texts("keep_fields"));
        }
        for (id, fields) in inputs.values("take_fields").into_iter().flatten() {
            let fields = fields
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            merge = merge.take(&zoho::crm::RecordId::new(id)?, fields);
        }
        accepted(&merge.send().await?)
    }
    .boxed()
}

fn timeline<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let id = inputs.record_id("record_id")?;
        let mut timeline = context.crm().timeline(inputs.text("module"), &id);
        if let Some(per_page) = inputs.number("per_page") {
            timeline = timeline.per_page(per_page);
        }
        if let Some(token) = inputs.maybe("page_token") {
            timeline = timeline.page_token(token);
        }
        if inputs.is("fetch_all") {
            return Ok(Answer::rows(timeline.stream()));
        }
        let page = read(|| timeline.send()).await?;
        Answer::json(&super::page(page.records, &page.info))
    }
    .boxed()
}

fn composite<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let mut composite = context.crm().composite();
        for (at, request) in inputs.records("requests").iter().enumerate() {
            composite = composite.request(sub_request(at, request)?);
        }
        if inputs.has("rollback_on_fail") {
            composite = composite.rollback_on_fail(inputs.is("rollback_on_fail"));
        }
        if inputs.has("parallel_execution") {
            composite = composite.parallel_execution(inputs.is("parallel_execution"));
        }
        let answers: Vec<Value> = composite
            .send()
            .await?
            .into_iter()
            .map(|answer| match answer {
                SubAnswer::Answered {
                    status,
                    headers,
                    body,
                } => json!({"status": status, "headers": headers, "body": body}),
                SubAnswer::Skipped(error) => json!({
                    "status": null, "code": error.code, "message": error.message, "details": error.details,
                }),
            })
            .collect();
        Answer::json(&json!({ "answers": answers }))
    }
    .boxed()
}

fn sub_request(at: usize, request: &Value) -> Result<SubRequest, ActionError> {
    let text = |name: &str| request.get(name).and_then(Value::as_str);
    let field = |name: &str| format!("requests[{at}].{name}");
    let (Some(id), Some(path)) = (text("id"), text("path")) else {
        let missing = if text("id").is_none() { "id" } else { "path" };
        return Err(ActionError::input(
            field(missing),
            request.get(missing),
            format!("the call has no {missing}"),
            r#"Write {"id": "1", "method": "GET", "path": "/crm/v8/Leads", "query": {"fields": "Last_Name"}}."#,
        ));
    };
    let method = text("method").unwrap_or("GET");
    let method: Method = method.to_ascii_uppercase().parse().map_err(|_| {
        ActionError::input(
            field("method"),
            request.get("method"),
            "the method is none",
            "Write GET, POST, PUT, PATCH or DELETE.",
        )
    })?;
    let mut sub = SubRequest::new(id, method, path);
    for (name, value) in request
        .get("query")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        sub = sub.query(name, plain(value));
    }
    for (name, value) in request
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        sub = sub.header(name, plain(value));
    }
    Ok(match request.get("body") {
        Some(body) => sub.body(body.clone()),
        None => sub,
    })
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn send_mail<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let id = inputs.record_id("record_id")?;
        let from = inputs.text("from");
        let mut mail = context
            .crm()
            .send_mail(inputs.text("module"), &id)
            .from(from, inputs.maybe("from_name").unwrap_or(from));
        for address in inputs.texts("to") {
            mail = mail.to(&address, &address);
        }
        for address in inputs.texts("cc") {
            mail = mail.cc(&address, &address);
        }
        for address in inputs.texts("bcc") {
            mail = mail.bcc(&address, &address);
        }
        if let Some(subject) = inputs.maybe("subject") {
            mail = mail.subject(subject);
        }
        mail = match (inputs.maybe("content"), inputs.text("mail_format")) {
            (Some(content), "text") => mail.text(content),
            (Some(content), _) => mail.html(content),
            (None, _) => mail,
        };
        if let Ok(template) = inputs.record_id("template_id") {
            mail = mail.template(&template);
        }
        for file in inputs.texts("attachment_ids") {
            mail = mail.attachment(&file);
        }
        if let Some(instant) = inputs.instant("scheduled_at") {
            mail = mail.scheduled_at(instant);
        }
        if inputs.has("org_email") {
            mail = mail.org_email(inputs.is("org_email"));
        }
        let sent = mail.send().await?;
        Answer::json(&json!({"message_id": sent.message_id, "blocked": sent.blocked}))
    }
    .boxed()
}
