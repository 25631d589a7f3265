//! Makes a contact, an account and a deal of a lead.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Accepted, Crm, Record, RecordId, items, lenient, path};
use crate::call::Call;
use crate::client::Client;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

const OPERATION: &str = "convert lead";

impl Crm {
    /// Converts a lead (`crm/developer/docs/api/v8/convert-lead.html`): into a contact, an account if it has a company,
    /// and a deal if one is given. It costs 5 credits, is heavy, and cannot be undone.
    ///
    /// Scopes: `ZohoCRM.modules.leads.ALL` and those of contacts, accounts and deals.
    pub fn convert_lead(&self, lead: &RecordId) -> ConvertLead {
        ConvertLead {
            client: self.client.clone(),
            lead: lead.clone(),
            options: Map::new(),
            refusal: None,
        }
    }

    /// The records that a lead could be merged into when it is converted
    /// (OpenAPI file `v8.0/conversion_option.json`); `None` if there is none.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn conversion_options(
        &self,
        lead: &RecordId,
    ) -> Result<Option<ConversionOptions>, Error> {
        const OPERATION: &str = "get conversion options";
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "__conversion_options")]
            options: ConversionOptions,
        }
        let path = path(OPERATION, &["Leads", lead.as_str(), "__conversion_options"])?;
        let call = Call::read(path, price::light(OPERATION));
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.map(|wire| wire.options))
    }
}

/// What a lead can be merged into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConversionOptions {
    /// Contacts that match the lead.
    #[serde(rename = "Contacts", default, deserialize_with = "lenient::or_default")]
    pub contacts: Vec<Record>,
    /// Accounts that match the lead.
    #[serde(rename = "Accounts", default, deserialize_with = "lenient::or_default")]
    pub accounts: Vec<Record>,
    /// Deals that match the lead.
    #[serde(rename = "Deals", default, deserialize_with = "lenient::or_default")]
    pub deals: Vec<Record>,
    /// By which fields and values they match, as Zoho sent it.
    #[serde(default)]
    pub preference_field_matched_value: Value,
    /// The module that Zoho prefers, as Zoho sent it.
    #[serde(default)]
    pub module_preference: Value,
    /// Modules whose layout can be chosen, as Zoho sent it.
    #[serde(default)]
    pub modules_with_multiple_layouts: Value,
}

/// A conversion in the making.
#[must_use = "nothing is sent before `send`"]
pub struct ConvertLead {
    client: Client,
    lead: RecordId,
    options: Map<String, Value>,
    refusal: Option<Error>,
}

/// What came of a conversion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadConversion {
    /// It is done.
    Converted(ConvertedLead),
    /// Zoho does it later.
    Scheduled {
        /// The job's id, if Zoho named one.
        job_id: Option<String>,
    },
}

/// What became of a lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ConvertedLead {
    /// The contact.
    pub contact: Option<RecordLink>,
    /// The account; `None` for a lead without a company.
    pub account: Option<RecordLink>,
    /// The deal; `None` if none was asked for.
    pub deal: Option<RecordLink>,
}

/// A record by its id, and its name where Zoho tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordLink {
    /// Its id.
    pub id: RecordId,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

impl ConvertLead {
    /// Merges the lead into this contact instead of making one.
    pub fn contact(self, contact: &RecordId) -> ConvertLead {
        self.option("Contacts", json!({"id": contact}))
    }

    /// Merges the lead into this account instead of making one.
    pub fn account(self, account: &RecordId) -> ConvertLead {
        self.option("Accounts", json!({"id": account}))
    }

    /// Makes a deal with these fields: `Deal_Name`, `Closing_Date` and `Stage`, and `Pipeline` where there are several.
    pub fn deal(mut self, deal: &impl Serialize) -> ConvertLead {
        match serde_json::to_value(deal) {
            Ok(deal) => self.option("Deals", deal),
            Err(source) => {
                let message = "the deal cannot be put into JSON";
                let error = Error::new(ErrorKind::Input, OPERATION, message).caused_by(source);
                self.refusal.get_or_insert(error);
                self
            }
        }
    }

    /// The user who shall own the new records; without it the lead's owner.
    pub fn assign_to(self, user: &RecordId) -> ConvertLead {
        self.option("assign_to", json!({"id": user}))
    }

    /// Whether the lead's values replace those of the contact and account that it is merged into.
    pub fn overwrite(self, overwrite: bool) -> ConvertLead {
        self.option("overwrite", json!(overwrite))
    }

    /// Whether Zoho writes to the lead's owner.
    pub fn notify_lead_owner(self, notify: bool) -> ConvertLead {
        self.option("notify_lead_owner", json!(notify))
    }

    /// Whether Zoho writes to the owner of the new records.
    pub fn notify_new_entity_owner(self, notify: bool) -> ConvertLead {
        self.option("notify_new_entity_owner", json!(notify))
    }

    /// The module, `Contacts`, `Accounts` or `Deals`, whose record takes the lead's attachments.
    pub fn move_attachments_to(self, module: &str) -> ConvertLead {
        self.option("move_attachments_to", json!({"api_name": module}))
    }

    /// Tags of the lead that go to the record of this module; may be called for several modules.
    pub fn carry_over_tags(
        mut self,
        module: &str,
        tags: impl IntoIterator<Item = impl Into<String>>,
    ) -> ConvertLead {
        let tags: Vec<String> = tags.into_iter().map(Into::into).collect();
        let all = self.options.entry("carry_over_tags").or_insert(json!({}));
        all[module] = json!(tags);
        self
    }

    /// Sends the conversion. It is not repeated after a lost answer, since Zoho refuses to convert a lead again, so that
    /// a second answer would hide what the first one did; `Converted__s` of the lead tells.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] with `ID_ALREADY_CONVERTED`, `DUPLICATE_DATA`, `MAPPING_MISMATCH` and others; otherwise
    /// see [`ErrorKind`].
    pub async fn send(self) -> Result<LeadConversion, Error> {
        if let Some(error) = self.refusal {
            return Err(error);
        }
        let body = json!({"data": [self.options]}).to_string();
        let parts = ["Leads", self.lead.as_str(), "actions", "convert"];
        let call = Call::write(
            Method::POST,
            path(OPERATION, &parts)?,
            price::convert(OPERATION),
            Some(body.into()),
            Idempotency::NotIdempotent,
        );
        let accepted = self
            .client
            .call(&call, |reply| items::single(&reply, "data"))
            .await?;
        Ok(conversion(&accepted))
    }

    fn option(mut self, name: &str, value: Value) -> ConvertLead {
        self.options.insert(name.to_owned(), value);
        self
    }
}

fn conversion(accepted: &Accepted) -> LeadConversion {
    if accepted.code == "SCHEDULED" {
        return LeadConversion::Scheduled {
            job_id: accepted.detail("job_id"),
        };
    }
    let link = |module: &str| RecordLink::deserialize(accepted.details.get(module)?).ok();
    LeadConversion::Converted(ConvertedLead {
        contact: link("Contacts"),
        account: link("Accounts"),
        deal: link("Deals"),
    })
}

/// Shows no deal: it may hold what is nobody's business.
impl std::fmt::Debug for ConvertLead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConvertLead")
            .field("lead", &self.lead)
            .finish_non_exhaustive()
    }
}
