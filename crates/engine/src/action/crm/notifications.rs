//! Channels: what Zoho tells of changes, to which address and until when.

use futures_util::{FutureExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use zoho::crm::{Channel, ChannelDraft};

use super::related::items;
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, Inputs, Outcome, read, schema,
};

const CHANNEL: Input = Input::required(
    "channel_id",
    Kind::RecordId,
    "The channel's number, of your own choice",
);
const EVENTS: Input = Input::required(
    "events",
    Kind::Texts,
    "What is told: Leads.create, Leads.edit, Leads.delete, Leads.all",
);
const SOME_EVENTS: Input = Input::optional(
    "events",
    Kind::Texts,
    "What is told: Leads.create, Leads.edit, Leads.delete, Leads.all",
);
const NOTIFY_URL: Input =
    Input::required("notify_url", Kind::Text, "The address that Zoho posts to");
const SOME_NOTIFY_URL: Input =
    Input::optional("notify_url", Kind::Text, "The address that Zoho posts to");
const TOKEN: Input = Input::optional(
    "token",
    Kind::Text,
    "At most 50 characters that Zoho sends along, so that you know it is Zoho",
);
/// The longest life of a channel, and what clocks may differ by.
const EXPIRY_MAX: jiff::SignedDuration = jiff::SignedDuration::from_mins(7 * 24 * 60 + 5);

const EXPIRY: Input = Input::optional(
    "channel_expiry",
    Kind::Instant,
    "When it ends, at most a week from now; left out: in an hour",
);
const AFFECTED: Input = Input::or(
    "return_affected_field_values",
    Kind::Boolean,
    "false",
    "Whether the changed values are told",
);
const RELATED: Input = Input::or(
    "notify_on_related_action",
    Kind::Boolean,
    "true",
    "Whether changes by actions on related records are told",
);
const CONDITION: Input = Input::optional(
    "notification_condition",
    Kind::Json,
    "Only changes of these fields: modules with their fields, such as {\"Leads\": [\"Phone\"]}; or a list in Zoho's own form, for `and`",
);
const PAGE: &str = "crm/developer/docs/api/v8/notifications/overview.html";

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.enable_notification",
        summary: "Have Zoho tell of changes over a channel",
        inputs: &[
            CHANNEL, EVENTS, NOTIFY_URL, TOKEN, EXPIRY, AFFECTED, RELATED, CONDITION,
        ],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.notifications.CREATE"],
        credits: "1",
        page: PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| change(context, inputs, true),
    },
    Action {
        name: "crm.update_notification",
        summary: "Change a channel; what is left out stays",
        inputs: &[
            CHANNEL,
            SOME_EVENTS,
            SOME_NOTIFY_URL,
            TOKEN,
            EXPIRY,
            CONDITION,
        ],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.notifications.UPDATE"],
        credits: "1",
        page: PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| change(context, inputs, false),
    },
    Action {
        name: "crm.get_notification_details",
        summary: "List channels with what they tell",
        inputs: &[
            Input::optional("channel_id", Kind::RecordId, "Only this channel"),
            Input::optional("module", Kind::Module, "Only channels of this module"),
            Input::or(
                "page",
                Kind::Integer(1, 10_000),
                "1",
                "The page to begin with",
            ),
            Input::or(
                "per_page",
                Kind::Integer(1, 200),
                "200",
                "Channels of a page",
            ),
            Input::or(
                "fetch_all",
                Kind::Boolean,
                "false",
                "Read all pages; each channel is then a line of its own (NDJSON)",
            ),
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &["ZohoCRM.notifications.READ"],
        credits: "1",
        page: PAGE,
        after_loss: AfterLoss::Repeats,
        run: list,
    },
    Action {
        name: "crm.disable_notification",
        summary: "End channels",
        inputs: &[Input::required(
            "channel_ids",
            Kind::RecordIds,
            "The channels' numbers",
        )],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.notifications.DELETE"],
        credits: "1",
        page: PAGE,
        after_loss: AfterLoss::Repeats,
        run: disable,
    },
    Action {
        name: "crm.disable_specific_notification",
        summary: "End some of what a channel tells",
        inputs: &[CHANNEL, EVENTS, RELATED],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.notifications.UPDATE"],
        credits: "1",
        page: PAGE,
        after_loss: AfterLoss::Repeats,
        run: disable_some,
    },
];

fn number(text: &str, field: &str) -> Result<u64, ActionError> {
    text.parse().map_err(|_| {
        ActionError::input(
            field,
            Some(&json!(text)),
            format!("{text} is too large for a channel"),
            "Write a whole number of at most 19 digits.",
        )
    })
}

fn draft(context: &Context, inputs: &Inputs) -> Result<ChannelDraft, ActionError> {
    let mut draft = ChannelDraft::new(number(inputs.text("channel_id"), "channel_id")?);
    if inputs.has("events") {
        draft = draft.events(inputs.texts("events"));
    }
    if let Some(url) = inputs.maybe("notify_url") {
        draft = draft.notify_url(url);
    }
    if let Some(token) = inputs.maybe("token") {
        draft = draft.token(token);
    }
    if let Some(instant) = inputs.instant("channel_expiry") {
        // Zoho would take an hour without a word.
        if instant.duration_since(context.connection.now()) > EXPIRY_MAX {
            return Err(ActionError::input(
                "channel_expiry",
                inputs.get("channel_expiry"),
                "a channel lives for a week at most",
                "Name an instant at most 7 days from now, or leave channel_expiry out for an hour.",
            ));
        }
        draft = draft.expires_at(instant);
    }
    let given = match inputs.get("notification_condition") {
        // Forms give texts.
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or(Value::Null),
        given => given.cloned().unwrap_or_else(|| json!({})),
    };
    let of_modules = match given {
        Value::Object(of_modules) => of_modules,
        conditions @ Value::Array(_) => return Ok(draft.conditions(conditions)),
        _ => {
            return Err(ActionError::input(
                "notification_condition",
                inputs.get("notification_condition"),
                "the condition is neither an object nor a list",
                r#"Write {"Leads": ["Phone", "Email"]}."#,
            ));
        }
    };
    for (module, fields) in &of_modules {
        let fields: Vec<String> = match fields {
            Value::Array(fields) => fields
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Value::String(fields) => fields
                .split(',')
                .map(|field| field.trim().to_owned())
                .collect(),
            _ => Vec::new(),
        };
        if fields.is_empty() {
            return Err(ActionError::input(
                "notification_condition",
                Some(&json!(module)),
                format!("{module} names no fields"),
                r#"Write {"Leads": ["Phone", "Email"]}."#,
            ));
        }
        draft = draft.only_fields(module, fields);
    }
    Ok(draft)
}

fn change<'a>(context: &'a Context, inputs: &'a Inputs, is_new: bool) -> Outcome<'a> {
    async move {
        let draft = draft(context, inputs)?;
        let outcomes = match is_new {
            true => {
                let draft = draft
                    .return_affected_field_values(inputs.is("return_affected_field_values"))
                    .notify_on_related_action(inputs.is("notify_on_related_action"));
                context.crm().enable_notifications(&[draft]).await?
            }
            false => context.crm().update_notifications(&[draft]).await?,
        };
        items(&outcomes)
    }
    .boxed()
}

fn list<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let mut list = context.crm().notifications();
        if let Some(id) = inputs.maybe("channel_id") {
            list = list.channel(number(id, "channel_id")?);
        }
        if let Some(module) = inputs.maybe("module") {
            list = list.module(module);
        }
        if let Some(per_page) = inputs.number("per_page") {
            list = list.per_page(per_page);
        }
        if let Some(page) = inputs.number("page") {
            list = list.page(page);
        }
        if inputs.is("fetch_all") {
            return Ok(Answer::rows(list.stream().map_ok(without_token)));
        }
        let page = read(|| list.send()).await?;
        let channels = page.records.into_iter().map(without_token).collect();
        Answer::json(&super::page(channels, &page.info))
    }
    .boxed()
}

/// The token is what tells Zoho's callbacks from forged ones.
fn without_token(channel: Channel) -> Value {
    let mut shown = json!(channel);
    if let Some(shown) = shown.as_object_mut() {
        shown.remove("token");
    }
    shown
}

fn disable<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let ids = inputs.texts("channel_ids");
        let ids: Vec<u64> = ids
            .iter()
            .map(|id| number(id, "channel_ids"))
            .collect::<Result<_, _>>()?;
        items(&context.crm().disable_notifications(&ids).await?)
    }
    .boxed()
}

fn disable_some<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let draft =
            draft(context, inputs)?.notify_on_related_action(inputs.is("notify_on_related_action"));
        items(&context.crm().disable_events(&[draft]).await?)
    }
    .boxed()
}
