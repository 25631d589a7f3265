//! Converting a lead into contact, account and deal.

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use zoho::crm::{LeadConversion, RecordId};

use crate::action::kind::{Effect, Input, Kind};
use crate::action::{Action, AfterLoss, Answer, Context, Inputs, Outcome, Sought, read};

const LEAD: Input = Input::required("record_id", Kind::RecordId, "The lead's id");
const CONVERTED: &str = "Converted__s";

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.convert_lead",
        summary: "Convert a lead into a contact, an account and, where wanted, a deal",
        inputs: &[
            LEAD,
            Input::optional(
                "contact_id",
                Kind::RecordId,
                "Merge it into this contact instead of making one",
            ),
            Input::optional(
                "account_id",
                Kind::RecordId,
                "Merge it into this account instead of making one",
            ),
            Input::optional(
                "deal",
                Kind::Values,
                "Make a deal with these fields: Deal_Name, Closing_Date, Stage …",
            ),
            Input::optional(
                "assign_to",
                Kind::RecordId,
                "The user who shall own the new records; left out: the lead's owner",
            ),
            Input::optional(
                "overwrite",
                Kind::Boolean,
                "Whether the lead's values replace those of what it is merged into",
            ),
            Input::optional(
                "notify_lead_owner",
                Kind::Boolean,
                "Whether Zoho writes to the lead's owner",
            ),
            Input::optional(
                "notify_new_entity_owner",
                Kind::Boolean,
                "Whether Zoho writes to the owner of the new records",
            ),
            Input::optional(
                "move_attachments_to",
                Kind::Choice(&["Contacts", "Accounts", "Deals"]),
                "Whose record takes the lead's attachments",
            ),
        ],
        effect: Effect::Destroys,
        output: || {
            let link = json!({"type": ["object", "null"], "properties": {"id": {"type": "string"}, "name": {"type": ["string", "null"]}}});
            json!({
                "type": "object", "required": ["status"],
                "properties": {
                    "status": {"type": "string", "enum": ["converted", "scheduled"]}, "contact": link, "account": link,
                    "deal": link, "job_id": {"type": ["string", "null"]}, "message": {"type": "string"},
                },
            })
        },
        scopes: &[
            "ZohoCRM.modules.leads.CREATE",
            "ZohoCRM.modules.contacts.CREATE",
            "ZohoCRM.modules.accounts.CREATE",
            "ZohoCRM.modules.deals.CREATE",
        ],
        credits: "5",
        page: "crm/developer/docs/api/v8/convert-lead.html",
        after_loss: AfterLoss::LooksUp(is_converted),
        run: convert,
    },
    Action {
        name: "crm.get_conversion_options",
        summary: "Say which contacts, accounts and deals a lead could be merged into",
        inputs: &[LEAD],
        effect: Effect::Reads,
        output: || json!({"type": "object", "properties": {"contacts": {"type": "array"}, "accounts": {"type": "array"}, "deals": {"type": "array"}}}),
        scopes: &["ZohoCRM.modules.leads.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/conversion-options.html",
        after_loss: AfterLoss::Repeats,
        run: options,
    },
];

fn convert<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let mut convert = context.crm().convert_lead(&inputs.record_id("record_id")?);
        let id = |name: &str| inputs.has(name).then(|| inputs.record_id(name)).transpose();
        if let Some(contact) = id("contact_id")? {
            convert = convert.contact(&contact);
        }
        if let Some(account) = id("account_id")? {
            convert = convert.account(&account);
        }
        if let Some(user) = id("assign_to")? {
            convert = convert.assign_to(&user);
        }
        if let Some(deal) = inputs.values("deal") {
            convert = convert.deal(deal);
        }
        if inputs.has("overwrite") {
            convert = convert.overwrite(inputs.is("overwrite"));
        }
        if inputs.has("notify_lead_owner") {
            convert = convert.notify_lead_owner(inputs.is("notify_lead_owner"));
        }
        if inputs.has("notify_new_entity_owner") {
            convert = convert.notify_new_entity_owner(inputs.is("notify_new_entity_owner"));
        }
        if let Some(module) = inputs.maybe("move_attachments_to") {
            convert = convert.move_attachments_to(module);
        }
        match convert.send().await? {
            LeadConversion::Converted(made) => Answer::json(&json!({
                "status": "converted", "contact": made.contact, "account": made.account, "deal": made.deal,
            })),
            LeadConversion::Scheduled { job_id } => {
                Answer::json(&json!({"status": "scheduled", "job_id": job_id}))
            }
        }
    }
    .boxed()
}

/// Whether a lost conversion was done: the lead says so itself.
fn is_converted<'a>(context: &'a Context, inputs: &'a Inputs, _: jiff::Timestamp) -> Sought<'a> {
    async move {
        let (crm, id): (_, RecordId) = (context.crm(), inputs.record_id("record_id")?);
        let lead = read(|| crm.get_fields("Leads", &id, [CONVERTED])).await?;
        let is_converted = lead.is_some_and(|lead| lead.get(CONVERTED) == Some(&Value::Bool(true)));
        is_converted
            .then(|| {
                Answer::json(&json!({
                    "status": "converted",
                    "message": "Zoho's answer was lost; the lead says that it is converted, and nothing was sent again.",
                }))
            })
            .transpose()
    }
    .boxed()
}

fn options<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, id) = (context.crm(), inputs.record_id("record_id")?);
        // Zoho answers nothing for a lead that matches nothing.
        let Some(found) = read(|| crm.conversion_options(&id)).await? else {
            return Answer::json(&json!({"contacts": [], "accounts": [], "deals": []}));
        };
        Answer::json(&json!({
            "contacts": found.contacts, "accounts": found.accounts, "deals": found.deals,
            "preference_field_matched_value": found.preference_field_matched_value,
            "module_preference": found.module_preference,
            "modules_with_multiple_layouts": found.modules_with_multiple_layouts,
        }))
    }
    .boxed()
}
