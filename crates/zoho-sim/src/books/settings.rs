//! Organisations, users, taxes, currencies and modules of an organisation's own.

use super::answers::success;
use super::datum::Datum;
use super::document::Document;
use super::index::{self, By};
use super::perform::Scope;
use super::print;
use super::problem::Problem;
use super::registry::{Role, type_named};
use super::rules::{Rules, Scene, Who};
use super::seed;
use super::state::{Books, Organisation, Row};
use crate::http::Answer;
use crate::world::{World, parse_id};

pub(super) struct Taxes;
pub(super) struct TaxGroups;
pub(super) struct Currencies;
pub(super) struct Users;
pub(super) struct CustomModules;

/// Organisations that a simulator holds.
const ORGANISATIONS_MAX: usize = 100;

/// Whose hand it is when a person acts.
pub(super) fn first_user(world: &World) -> Who {
    world.users.first().map(seed::who_of).unwrap_or_default()
}

/// Currency members of a record that names a currency, or the base currency.
pub(super) fn fill_currency(
    organisation: &Organisation,
    record: &mut Document,
) -> Result<(), Problem> {
    let id = record.text("currency_id").to_owned();
    let code = record.text("currency_code").to_owned();
    let mut rows = organisation.rows("currency");
    let row = if !id.is_empty() {
        organisation.row_of_text("currency", &id)
    } else if !code.is_empty() {
        rows.find(|row| row.document.text("currency_code") == code)
    } else {
        rows.find(|row| row.document.get("is_base_currency") == Some(&Datum::Bool(true)))
    };
    let row = row.ok_or_else(|| Problem::invalid_value("currency_id"))?;
    record.set("currency_id", row.id.to_string());
    for name in ["currency_code", "currency_symbol", "price_precision"] {
        let datum = row.document.get(name).cloned().unwrap_or_default();
        record.set(name, datum);
    }
    Ok(())
}

/// Calls about organisations themselves.
pub(super) fn organisations(books: &mut Books, scope: &Scope<'_>) -> Result<Answer, Problem> {
    let operation = scope.found.operation;
    let text = operation.text.as_deref().unwrap_or("success");
    let mut members = Document::default();
    match operation.role {
        Role::List => {
            let rows = books.organisations.values();
            let rows = rows.map(|organisation| Datum::Object(printed(organisation, true)));
            members.set("organizations", rows.collect::<Vec<_>>());
        }
        Role::Get | Role::Update => {
            let id = scope.param(0).unwrap_or_default();
            let organisation = parse_id(id).and_then(|id| books.organisations.get_mut(&id));
            let organisation = organisation.ok_or_else(|| Problem::foreign_organisation(id))?;
            if operation.role == Role::Update {
                let kind = type_named("organization").ok_or_else(Problem::unknown_path)?;
                let body = super::check::members(kind, scope.body.document()?)?;
                if body.get("name").is_some_and(Datum::is_empty) {
                    return Err(Problem::refused_value("name"));
                }
                // The base currency cannot be another once there are transactions; here it never is.
                let code = organisation.document.get("currency_code").cloned();
                organisation.document.merge(body);
                organisation
                    .document
                    .set("currency_code", code.unwrap_or_default());
            }
            members.set("organization", printed(organisation, false));
        }
        Role::Create => members.set("organization", create(books, scope)?),
        _ => return super::actions::act(&mut Organisation::new(0, 0, 0, 0), None, scope),
    }
    Ok(success(operation.status, text, members))
}

fn create(books: &mut Books, scope: &Scope<'_>) -> Result<Document, Problem> {
    let kind = type_named("organization").ok_or_else(Problem::unknown_path)?;
    let body = super::check::members(kind, scope.body.document()?)?;
    super::check::mandatory(kind, &body)?;
    let code = body.text("currency_code").to_owned();
    let is_known = super::registry::REGISTRY
        .start
        .currencies
        .iter()
        .any(|currency| currency.text("currency_code") == code);
    if !is_known {
        return Err(Problem::invalid_value("currency_code"));
    }
    if books.organisations.len() >= ORGANISATIONS_MAX {
        return Err(Problem::wrong_state("There are too many organizations."));
    }
    let last = books
        .organisations
        .keys()
        .next_back()
        .copied()
        .unwrap_or(10_234_694);
    let prefix = books.organisations.values().map(|known| known.prefix).max();
    let offset = books
        .organisations
        .values()
        .next()
        .map_or(0, |known| known.utc_offset_minutes);
    // unknown: the zone is taken by name only; the offset is that of the first organisation.
    let mut made = Organisation::new(last + 1, prefix.unwrap_or(460_000) + 1, offset, 10_000);
    made.document = body;
    seed::fresh(&mut made, &[], scope.hand.now);
    let mut user = Document::default();
    user.set("name", scope.hand.who.name.as_str());
    user.set("email", scope.hand.who.email.as_str());
    user.set("status", "active");
    user.set("user_role", "admin");
    let id = made.next_id();
    made.put(
        "user",
        Row {
            id,
            parent: None,
            created_at: scope.hand.now,
            modified_at: scope.hand.now,
            document: user,
        },
    );
    let document = printed(&made, false);
    books.organisations.insert(made.id, made);
    Ok(document)
}

/// An organisation as lists show it, or whole.
fn printed(organisation: &Organisation, is_row: bool) -> Document {
    let mut known = organisation.document.clone();
    known.set("organization_id", organisation.id.to_string());
    known.set("is_default_org", organisation.is_default);
    known.set("is_org_active", true);
    known.set("status", "active");
    known.set_missing("plan_name", "PROFESSIONAL");
    known.set_missing("language_code", "en");
    known.set_missing("date_format", "dd MMM yyyy");
    known.set_missing("user_role", "admin");
    // The list counts months from 0, the single record names them.
    let month = known.text("fiscal_year_start_month").to_owned();
    let number = MONTHS.iter().position(|name| *name == month).unwrap_or(0);
    if is_row {
        known.set(
            "fiscal_year_start_month",
            i64::try_from(number).unwrap_or_default(),
        );
    } else {
        known.set(
            "fiscal_year_start_month",
            MONTHS.get(number).copied().unwrap_or("january"),
        );
    }
    let Some(kind) = type_named("organization") else {
        return known;
    };
    if is_row {
        return print::row(organisation, kind, &known);
    }
    let mut printed = print::blank(kind);
    printed.merge(known);
    printed
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Rules for Taxes {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        record.set_missing("tax_type", "tax");
        record.set_missing("is_editable", true);
        tax_is_whole(scene, record)
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        tax_is_whole(scene, record)
    }
}

fn tax_is_whole(scene: &Scene<'_>, record: &Document) -> Result<(), Problem> {
    let name = index::name(record.text("tax_name"));
    if name.is_empty() {
        return Err(Problem::refused_value("tax_name"));
    }
    let percentage = record.get("tax_percentage").and_then(Datum::as_decimal);
    let is_share = percentage.is_some_and(|share| {
        !share.is_sign_negative() && share <= rust_decimal::Decimal::ONE_HUNDRED
    });
    if !is_share {
        return Err(Problem::invalid_value("tax_percentage"));
    }
    let mut rows = scene.organisation.keyed("tax", By::Name, &name);
    if rows.any(|row| row.id != scene.id) {
        let name = record.text("tax_name");
        return Err(Problem::already_exists(&format!("Tax \"{name}\"")));
    }
    Ok(())
}

impl Rules for TaxGroups {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        settle_group(scene, record)
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        settle_group(scene, record)
    }

    fn on_delete(&self, scene: &mut Scene<'_>, _record: &Document) -> Result<(), Problem> {
        scene.organisation.take("tax", scene.id);
        Ok(())
    }
}

/// Finds the taxes of a group, which come joined by commas or as a list, and lists the group among the taxes.
fn settle_group(scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
    let invalid = || Problem::invalid_value("taxes");
    let ids: Vec<String> = match record.get("taxes") {
        Some(Datum::Text(ids)) => ids.split(',').map(|id| id.trim().to_owned()).collect(),
        Some(Datum::List(parts)) => parts
            .iter()
            .map(|part| match part {
                Datum::Object(tax) => tax.text("tax_id").to_owned(),
                other => other.words(),
            })
            .collect(),
        _ => return Err(invalid()),
    };
    let mut taxes = Vec::new();
    let mut percentage = rust_decimal::Decimal::ZERO;
    for id in &ids {
        let row = scene
            .organisation
            .row_of_text("tax", id)
            .ok_or_else(invalid)?;
        let mut tax = Document::default();
        tax.set("tax_id", id.as_str());
        for name in ["tax_name", "tax_percentage", "tax_type"] {
            let datum = row.document.get(name).cloned().unwrap_or_default();
            tax.set(name, datum);
        }
        let share = tax.get("tax_percentage").and_then(Datum::as_decimal);
        percentage = percentage
            .checked_add(share.unwrap_or_default())
            .ok_or_else(invalid)?;
        taxes.push(Datum::Object(tax));
    }
    record.set("taxes", taxes);
    record.set("tax_group_percentage", percentage);
    let mut tax = Document::default();
    tax.set("tax_name", record.text("tax_group_name"));
    tax.set("tax_percentage", percentage);
    tax.set("tax_type", "tax_group");
    tax.set("is_editable", true);
    let row = Row {
        id: scene.id,
        parent: None,
        created_at: scene.now,
        modified_at: scene.now,
        document: tax,
    };
    scene.organisation.put("tax", row);
    Ok(())
}

impl Rules for Currencies {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        let code = record.text("currency_code").to_owned();
        let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_code {
            return Err(Problem::invalid_value("currency_code"));
        }
        let name = index::name(&code);
        let mut rows = scene.organisation.keyed("currency", By::Name, &name);
        if rows.next().is_some() {
            return Err(Problem::already_exists(&format!("Currency \"{code}\"")));
        }
        record.set("is_base_currency", false);
        record.set_missing("price_precision", 2);
        record.set_missing("currency_name", code.as_str());
        record.set_missing("currency_name_formatted", code.as_str());
        record.set_missing("exchange_rate", 0);
        record.set_missing("effective_date", "");
        Ok(())
    }

    fn on_delete(&self, _scene: &mut Scene<'_>, record: &Document) -> Result<(), Problem> {
        if record.get("is_base_currency") == Some(&Datum::Bool(true)) {
            // unknown: code and text.
            return Err(Problem::wrong_state("The base currency cannot be deleted."));
        }
        Ok(())
    }
}

impl Rules for Users {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        email_is_free(scene, record)?;
        record.set("status", "invited");
        record.set_missing("user_role", "staff");
        record.set_missing("photo_url", "");
        Ok(())
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        email_is_free(scene, record)
    }

    fn derive(&self, _organisation: &Organisation, row: &Row, record: &mut Document) {
        let _ = row;
        record.set_missing("is_current_user", false);
        let mut email = Document::default();
        email.set("email", record.text("email"));
        email.set("is_selected", true);
        record.set("email_ids", vec![Datum::Object(email)]);
    }
}

fn email_is_free(scene: &Scene<'_>, record: &Document) -> Result<(), Problem> {
    let email = record.text("email");
    if !email.contains('@') {
        return Err(Problem::invalid_value("email"));
    }
    let name = index::name(email);
    let mut rows = scene.organisation.keyed("user", By::Name, &name);
    let is_taken = rows.any(|row| row.id != scene.id);
    if is_taken {
        return Err(Problem::already_exists(&format!("User \"{email}\"")));
    }
    Ok(())
}

impl Rules for CustomModules {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        let letters = record
            .text("module_name")
            .chars()
            .filter(|letter| letter.is_ascii_alphanumeric() || *letter == ' ');
        let name: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        let name = name.trim().replace(' ', "_");
        if name.is_empty() {
            return Err(Problem::invalid_value("module_name"));
        }
        let api_name = format!("cm_{name}");
        let mut rows = scene
            .organisation
            .keyed("custom_module", By::Name, &api_name);
        if rows.next().is_some() {
            return Err(Problem::already_exists("Module"));
        }
        record.set("module_api_name", api_name.as_str());
        record.set("api_name", api_name);
        record.set("singular_name", record.text("module_name").to_owned());
        record.set("is_active", true);
        Ok(())
    }
}
