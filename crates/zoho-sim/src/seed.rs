//! What the world holds when it starts: organisation, users, clients, tokens, pipelines, own fields and records.
//!
//! A seed is a JSON document; [`Seed::demo`] and [`Seed::empty`] are built in (`seeds/*.json`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::accounts::ClientKind;
use crate::data_center::DataCenter;
use crate::environment::Environment;
use crate::schema::AutoNumber;

/// The start of a world, read from JSON. Unknown keys are refused, so that a slip in a seed file is seen at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    pub(crate) organisation: OrganisationSeed,
    pub(crate) users: Vec<UserSeed>,
    #[serde(default)]
    pub(crate) clients: Vec<ClientSeed>,
    #[serde(default)]
    pub(crate) refresh_tokens: Vec<RefreshTokenSeed>,
    /// More than one pipeline switches pipelines on: then each deal must name its own.
    #[serde(default)]
    pub(crate) pipelines: Vec<PipelineSeed>,
    /// Own modules.
    #[serde(default)]
    pub(crate) modules: Vec<ModuleSeed>,
    /// Own fields by module.
    #[serde(default)]
    pub(crate) fields: Map<String, Value>,
    /// Options added to picklists, by module and field.
    #[serde(default)]
    pub(crate) pick_list_values: Map<String, Value>,
    /// Layouts beside the standard one, by module.
    #[serde(default)]
    pub(crate) layouts: Map<String, Value>,
    /// Assignment rules, which give records without an owner theirs.
    #[serde(default)]
    pub(crate) assignment_rules: Vec<AssignmentRuleSeed>,
    /// Blueprints: processes over the values of a picklist.
    #[serde(default)]
    pub(crate) blueprints: Vec<BlueprintSeed>,
    /// Standard fields that the organisation has marked "do not allow duplicate values", by module.
    #[serde(default)]
    pub(crate) unique_fields: Map<String, Value>,
    /// Organisations of Books.
    #[serde(default)]
    pub(crate) books: crate::books::seed::BooksSeed,
    /// Records by module; they go through the same checks as an insert.
    #[serde(default)]
    pub(crate) records: Map<String, Value>,
}

/// The organisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganisationSeed {
    pub(crate) company_name: String,
    pub(crate) primary_email: String,
    pub(crate) zgid: String,
    /// Time zone of the users, with its fixed distance from UTC.
    pub(crate) time_zone: String,
    pub(crate) utc_offset_minutes: i32,
    /// First digits of every id of this organisation.
    pub(crate) id_prefix: u32,
}

/// A user of the organisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserSeed {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    #[serde(default = "yes")]
    pub(crate) is_active: bool,
    #[serde(default)]
    pub(crate) is_administrator: bool,
}

/// A client as registered in the API console.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientSeed {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) kind: ClientKind,
    /// Empty for a self client, which exchanges codes without a redirect URI.
    #[serde(default)]
    pub(crate) redirect_uris: Vec<String>,
    /// Other data centers for which the client is switched on, with its secret there; `null` for the same secret.
    #[serde(default)]
    pub(crate) elsewhere: BTreeMap<String, Option<String>>,
}

/// A refresh token that exists from the start, of the first user.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshTokenSeed {
    pub(crate) refresh_token: String,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
}

/// A pipeline of deals and the stages that it has, by name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PipelineSeed {
    pub(crate) name: String,
    pub(crate) stages: Vec<String>,
}

/// An own field of a module.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldSeed {
    pub(crate) api_name: String,
    #[serde(default)]
    pub(crate) label: Option<String>,
    pub(crate) data_type: String,
    #[serde(default)]
    pub(crate) length: Option<u32>,
    #[serde(default)]
    pub(crate) is_unique: bool,
    #[serde(default)]
    pub(crate) is_mandatory: bool,
    #[serde(default)]
    pub(crate) values: Vec<PickListSeed>,
    /// A picklist that takes no other values.
    #[serde(default)]
    pub(crate) is_restricted: bool,
    #[serde(default)]
    pub(crate) default_value: Option<String>,
    /// Module that a lookup points to.
    #[serde(default)]
    pub(crate) lookup_module: Option<String>,
    /// Fields of a sub-form's rows.
    #[serde(default)]
    pub(crate) fields: Vec<FieldSeed>,
    #[serde(default)]
    pub(crate) auto_number: Option<AutoNumber>,
    /// Arithmetic of a formula, such as `${Deals.Amount} * 2`.
    #[serde(default)]
    pub(crate) formula: Option<String>,
    #[serde(default)]
    pub(crate) rollup: Option<RollupSeed>,
    /// Type of a computed value; `double` when nothing is said.
    #[serde(default)]
    pub(crate) return_type: Option<String>,
}

/// A module of the organisation's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModuleSeed {
    pub(crate) api_name: String,
    pub(crate) singular_label: String,
    #[serde(default)]
    pub(crate) plural_label: Option<String>,
}

/// An option of a picklist: one text, or three.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum PickListSeed {
    Plain(String),
    Texts {
        display_value: String,
        #[serde(default)]
        reference_value: Option<String>,
        #[serde(default)]
        actual_value: Option<String>,
    },
}

/// What a roll-up field gathers from the records whose lookup names its record.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RollupSeed {
    pub(crate) function: String,
    pub(crate) module: String,
    pub(crate) lookup_field: String,
    #[serde(default)]
    pub(crate) field: Option<String>,
}

/// A layout: the fields that it shows beside those that every layout has, and what it makes mandatory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayoutSeed {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) fields: Vec<String>,
    #[serde(default)]
    pub(crate) mandatory: Vec<String>,
}

/// A process over the values of a picklist.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlueprintSeed {
    pub(crate) name: String,
    pub(crate) module: String,
    pub(crate) field: String,
    pub(crate) transitions: Vec<TransitionSeed>,
}

/// A step of a process, with the fields that it asks for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransitionSeed {
    pub(crate) name: String,
    pub(crate) from: String,
    pub(crate) to: String,
    #[serde(default)]
    pub(crate) fields: Vec<crate::actions::Asked>,
}

/// An assignment rule; owners are named by e-mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignmentRuleSeed {
    pub(crate) name: String,
    pub(crate) module: String,
    #[serde(default)]
    pub(crate) entries: Vec<AssignmentEntrySeed>,
    #[serde(default)]
    pub(crate) default_owner: Option<String>,
}

/// Records whose field has this text go to this user.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignmentEntrySeed {
    pub(crate) field: String,
    pub(crate) value: String,
    pub(crate) owner: String,
}

fn yes() -> bool {
    true
}

impl Seed {
    /// The demo organisation: client `1000.LEADWAYDEMO`, refresh token `1000.leadway-demo-refresh` with all scopes, three
    /// users, some accounts, contacts and deals, and no lead yet.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "the file is part of the program and tested"
    )]
    pub fn demo() -> Self {
        Self::from_json(include_str!("seeds/demo.json")).expect("the demo seed is valid")
    }

    /// An organisation with one user and nothing else: clients and grants come from the control API.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "the file is part of the program and tested"
    )]
    pub fn empty() -> Self {
        Self::from_json(include_str!("seeds/empty.json")).expect("the empty seed is valid")
    }

    /// An organisation of one user in a further data center, with ids of its own.
    #[must_use]
    pub fn elsewhere(data_center: DataCenter) -> Self {
        let name = data_center.name();
        let mut seed = Self::empty();
        let of = &mut seed.organisation;
        let place = DataCenter::all()
            .take_while(|other| *other != data_center)
            .count();
        let distance = u32::try_from(place).unwrap_or(0);
        of.company_name = format!("Elsewhere {}", name.to_uppercase());
        of.primary_email = format!("eve.holm@{name}.example");
        of.zgid = (60_002_000_000 + u64::from(distance) * 1_000_003).to_string();
        of.id_prefix += 1 + distance;
        for user in &mut seed.users {
            "Eve".clone_into(&mut user.first_name);
            "Holm".clone_into(&mut user.last_name);
            user.email.clone_from(&of.primary_email);
        }
        seed
    }

    /// The organisation of an environment that stands beside production. unknown: what Zoho copies into a sandbox by itself;
    /// settings and users are copied here, and neither records nor organisations of Books.
    pub(crate) fn beside(&self, environment: Environment) -> Self {
        let mut seed = match environment {
            Environment::Production | Environment::Sandbox => self.clone(),
            Environment::Developer => Self {
                organisation: self.organisation.clone(),
                users: self.users.clone(),
                ..Self::empty()
            },
        };
        // Clients are those of the data center, and a token belongs to one organisation.
        seed.clients.clear();
        seed.refresh_tokens.clear();
        seed.records.clear();
        seed.books = crate::books::seed::BooksSeed::default();
        let number = environment as u32;
        let of = &mut seed.organisation;
        of.company_name = format!("{} ({})", of.company_name, environment.name());
        of.zgid = format!("{}{number}", of.zgid);
        of.id_prefix += 100 * number;
        seed
    }

    /// Reads a seed from JSON text.
    ///
    /// # Errors
    ///
    /// Says which key is unknown, missing or of the wrong type, with line and column.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_seeds_can_be_read() {
        assert_eq!(Seed::demo().clients[0].client_id, "1000.LEADWAYDEMO");
        assert!(Seed::empty().clients.is_empty());
    }

    #[test]
    fn a_slip_in_a_seed_is_named() {
        let error = Seed::from_json(r#"{"organization": {}}"#)
            .unwrap_err()
            .to_string();
        assert!(error.contains("organization"), "{error}");
    }
}
