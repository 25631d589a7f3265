//! Contacts with their persons and addresses: both are stored within the contact and seen as records of their own too.
//!
//! One long file, since all three are views of the one stored document.

use super::datum::Datum;
use super::document::Document;
use super::index::{self, By};
use super::problem::Problem;
use super::registry::{Operation, type_named};
use super::rules::{Acted, Rules, Scene};
use super::settings;
use super::state::{Organisation, Row};

pub(super) struct Contacts;
pub(super) struct Persons;
pub(super) struct Addresses;

/// Members that come from the primary person; in a body they are dropped without a word.
const OF_PRIMARY: [&str; 8] = [
    "first_name",
    "last_name",
    "email",
    "phone",
    "mobile",
    "designation",
    "department",
    "contact_salutation",
];

const ADDRESS: [&str; 10] = [
    "attention",
    "address",
    "street2",
    "city",
    "state_code",
    "state",
    "zip",
    "country",
    "phone",
    "fax",
];

/// Record types whose records name a contact.
pub(super) const NAMING: [&str; 16] = [
    "estimate",
    "sales_order",
    "invoice",
    "credit_note",
    "customer_payment",
    "retainer_invoice",
    "recurring_invoice",
    "sales_receipt",
    "delivery_challan",
    "expense",
    "purchase_order",
    "bill",
    "recurring_bill",
    "vendor_credit",
    "vendor_payment",
    "project",
];

impl Rules for Contacts {
    fn prepare(&self, _scene: &mut Scene<'_>, body: &mut Document) -> Result<(), Problem> {
        for name in OF_PRIMARY {
            body.remove(name);
        }
        Ok(())
    }

    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        record.set_missing("contact_type", "customer");
        if record.get("contact_type").is_some_and(Datum::is_empty) {
            record.set("contact_type", "customer");
        }
        name_is_free(scene, record)?;
        for name in ["billing_address", "shipping_address"] {
            let address = address_of(scene.organisation, record.get(name), true);
            record.set(name, address);
        }
        // The fourth of the consecutive numbers is that of the entity's own address.
        scene.organisation.next_id();
        settings::fill_currency(scene.organisation, record)?;
        settle_persons(scene, record)?;
        Ok(())
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        name_is_free(scene, record)?;
        for name in ["billing_address", "shipping_address"] {
            if record.get(name) != before.get(name) {
                let mut address = before
                    .get(name)
                    .and_then(Datum::as_object)
                    .cloned()
                    .unwrap_or_default();
                if let Some(sent) = record.get(name).and_then(Datum::as_object) {
                    let id = address.text("address_id").to_owned();
                    address.merge(sent.clone());
                    address.set("address_id", id);
                }
                record.set(name, address);
            }
        }
        if record.get("currency_id") != before.get("currency_id") {
            settings::fill_currency(scene.organisation, record)?;
        }
        if record.get("contact_persons") != before.get("contact_persons") {
            settle_persons(scene, record)?;
        }
        Ok(())
    }

    fn on_delete(&self, scene: &mut Scene<'_>, _record: &Document) -> Result<(), Problem> {
        let id = scene.id.to_string();
        if is_named(scene.organisation, &id) {
            return Err(Problem::contact_in_use());
        }
        Ok(())
    }

    fn on_action(
        &self,
        scene: &mut Scene<'_>,
        operation: &Operation,
        body: &Document,
        record: &mut Document,
    ) -> Result<Option<Acted>, Problem> {
        let path = operation.path.trim_start_matches("/contacts/{contact_id}/");
        let changed = |message: Option<&str>| {
            Ok(Some(Acted {
                message: message.map(str::to_owned),
                members: Document::default(),
                is_changed: true,
            }))
        };
        match (operation.method.as_str(), path) {
            ("POST", "active" | "inactive") => {
                record.set("status", path);
                changed(Some(&format!("The contact has been marked as {path}.")))
            }
            ("POST", "track1099" | "untrack1099") => {
                record.set("track_1099", path == "track1099");
                changed(None)
            }
            ("POST", "paymentreminder/enable" | "paymentreminder/disable") => {
                record.set("payment_reminder_enabled", path.ends_with("enable"));
                changed(None)
            }
            ("POST", "portal/enable" | "portal/disable") => {
                let is_enabled = path.ends_with("enable");
                let ids: Vec<String> = body
                    .objects("contact_persons")
                    .map(|person| person.text("contact_person_id").to_owned())
                    .collect();
                for id in &ids {
                    let person = scene.organisation.row_of_text("contact_person", id);
                    if person.is_none_or(|person| person.parent != Some(scene.id)) {
                        return Err(Problem::missing("Contact Person"));
                    }
                }
                let id = scene.id;
                let persons: Vec<u64> = persons_of(scene.organisation, id)
                    .map(|row| row.id)
                    .collect();
                for person in persons {
                    if let Some(row) = scene.organisation.row_mut("contact_person", person)
                        && (!is_enabled || ids.contains(&person.to_string()))
                    {
                        row.document.set("is_added_in_portal", is_enabled);
                    }
                }
                record.set(
                    "portal_status",
                    if is_enabled { "enabled" } else { "disabled" },
                );
                changed(None)
            }
            ("POST", "owner") => {
                let owner = body.get("owner_id").or_else(|| body.get("user_id"));
                let owner = owner.map(Datum::words).unwrap_or_default();
                let user = scene.organisation.row_of_text("user", &owner);
                let name = user.map(|user| user.document.text("name").to_owned());
                let name = name.ok_or_else(|| Problem::invalid_value("owner_id"))?;
                record.set("owner_id", owner);
                record.set("owner_name", name);
                changed(None)
            }
            _ => Ok(None),
        }
    }

    fn derive(&self, organisation: &Organisation, row: &Row, record: &mut Document) {
        let name = record.text("contact_name").to_owned();
        record.set("customer_name", name.as_str());
        record.set("vendor_name", name);
        let primary = persons_of(organisation, row.id).find(|person| is_primary(&person.document));
        for member in OF_PRIMARY {
            let from = if member == "contact_salutation" {
                "salutation"
            } else {
                member
            };
            let words = primary
                .map(|person| person.document.text(from))
                .unwrap_or_default();
            record.set(member, words);
        }
        let id = primary
            .map(|person| person.id.to_string())
            .unwrap_or_default();
        record.set("primary_contact_id", id);
        record.set_missing("has_attachment", false);
    }

    fn detail(&self, organisation: &Organisation, row: &Row, record: &mut Document) {
        let persons = persons_of(organisation, row.id).map(|person| {
            let mut printed = person.document.clone();
            printed.set("contact_person_id", person.id.to_string());
            Datum::Object(printed)
        });
        record.set("contact_persons", persons.collect::<Vec<_>>());
        let addresses = organisation.children("contact_address", row.id);
        let addresses = addresses.map(|address| {
            let mut printed = address.document.clone();
            printed.set("address_id", address.id.to_string());
            Datum::Object(printed)
        });
        record.set("addresses", addresses.collect::<Vec<_>>());
        let has_transaction = is_named(organisation, &row.id.to_string());
        record.set("has_transaction", has_transaction);
    }
}

/// Whether a record names the contact.
fn is_named(organisation: &Organisation, id: &str) -> bool {
    NAMING
        .iter()
        .any(|kind| organisation.keyed(kind, By::Party, id).next().is_some())
}

/// Persons of a contact, in the order of their ids.
fn persons_of(organisation: &Organisation, contact: u64) -> impl Iterator<Item = &Row> {
    organisation.children("contact_person", contact)
}

fn is_primary(person: &Document) -> bool {
    person
        .get("is_primary_contact")
        .and_then(Datum::as_bool)
        .unwrap_or_default()
}

/// unknown: whether names that differ in case only are the same; here they are.
fn name_is_free(scene: &Scene<'_>, record: &Document) -> Result<(), Problem> {
    let name = record.text("contact_name").trim();
    if name.is_empty() {
        return Err(Problem::refused_value("contact_name"));
    }
    if name.chars().count() > 200 {
        return Err(Problem::too_long("contact_name", 200));
    }
    let kind = record.text("contact_type");
    let mut rows = scene
        .organisation
        .keyed("contact", By::Name, &index::name(name));
    let is_taken = rows.any(|row| row.id != scene.id && row.document.text("contact_type") == kind);
    if is_taken {
        return Err(Problem::contact_name_taken(name));
    }
    Ok(())
}

/// An address with all its members and an id of its own.
fn address_of(organisation: &mut Organisation, sent: Option<&Datum>, has_id: bool) -> Document {
    let mut address = Document::default();
    if has_id {
        let id = organisation.next_id();
        address.set("address_id", id.to_string());
    }
    for name in ADDRESS {
        address.set(name, "");
    }
    if let Some(sent) = sent.and_then(Datum::as_object) {
        let id = address.get("address_id").cloned();
        address.merge(sent.clone());
        if let Some(id) = id {
            address.set("address_id", id);
        }
    }
    address
}

/// Makes the persons of a body the persons of the contact: those with a known id are kept, others are new, the rest goes.
fn settle_persons(scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
    let sent = match record.remove("contact_persons") {
        Some(Datum::List(sent)) => sent,
        _ => Vec::new(),
    };
    let contact = scene.id;
    let known: Vec<Row> = persons_of(scene.organisation, contact).cloned().collect();
    let mut kept = Vec::new();
    for (place, person) in sent.into_iter().enumerate() {
        let Datum::Object(mut person) = person else {
            return Err(Problem::invalid_value("contact_persons"));
        };
        let id = person
            .remove("contact_person_id")
            .map(|id| id.words())
            .unwrap_or_default();
        let old = known.iter().find(|row| row.id.to_string() == id);
        if !id.is_empty() && old.is_none() {
            return Err(Problem::missing("Contact Person"));
        }
        let mut document = old.map_or_else(blank_person, |row| row.document.clone());
        document.merge(person);
        let row_id = old.map_or_else(|| scene.organisation.next_id(), |row| row.id);
        if place > 0 && document.get("is_primary_contact").is_none() {
            document.set("is_primary_contact", false);
        }
        kept.push(Row {
            id: row_id,
            parent: Some(contact),
            created_at: old.map_or(scene.now, |row| row.created_at),
            modified_at: scene.now,
            document,
        });
    }
    let primary = kept
        .iter()
        .position(|row| is_primary(&row.document))
        .unwrap_or(0);
    for (place, row) in kept.iter_mut().enumerate() {
        row.document.set("is_primary_contact", place == primary);
        row.document.set("contact_id", contact.to_string());
    }
    for row in known {
        scene.organisation.take("contact_person", row.id);
    }
    for row in kept {
        scene.organisation.put("contact_person", row);
    }
    Ok(())
}

fn blank_person() -> Document {
    let mut person = Document::default();
    for name in [
        "salutation",
        "first_name",
        "last_name",
        "email",
        "phone",
        "mobile",
        "department",
        "designation",
        "skype",
        "fax",
    ] {
        person.set(name, "");
    }
    person.set("is_added_in_portal", false);
    person
}

/// Moves the time of the contact whose person or address has changed. unknown: whether it does; it is expected to.
fn touch(scene: &mut Scene<'_>) {
    let now = scene.now;
    if let Some(contact) = scene.parent
        && let Some(row) = scene.organisation.row_mut("contact", contact)
    {
        row.modified_at = now;
    }
}

impl Rules for Persons {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        let mut person = blank_person();
        person.merge(std::mem::take(record));
        *record = person;
        let contact = scene.parent.unwrap_or_default();
        let is_first = persons_of(scene.organisation, contact).next().is_none();
        record.set("contact_id", contact.to_string());
        if is_primary(record) {
            others_are_not_primary(scene);
        }
        let is_primary = is_first || is_primary(record);
        record.set("is_primary_contact", is_primary);
        touch(scene);
        Ok(())
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        record.set("contact_id", before.text("contact_id"));
        if is_primary(record) && !is_primary(before) {
            others_are_not_primary(scene);
        }
        touch(scene);
        Ok(())
    }

    fn on_delete(&self, scene: &mut Scene<'_>, _record: &Document) -> Result<(), Problem> {
        touch(scene);
        Ok(())
    }

    fn on_action(
        &self,
        scene: &mut Scene<'_>,
        operation: &Operation,
        _body: &Document,
        record: &mut Document,
    ) -> Result<Option<Acted>, Problem> {
        if !operation.path.ends_with("/primary") {
            return Ok(None);
        }
        others_are_not_primary(scene);
        record.set("is_primary_contact", true);
        touch(scene);
        Ok(Some(Acted {
            is_changed: true,
            ..Acted::default()
        }))
    }
}

fn others_are_not_primary(scene: &mut Scene<'_>) {
    let contact = scene.parent.unwrap_or_default();
    let persons: Vec<u64> = persons_of(scene.organisation, contact)
        .map(|row| row.id)
        .collect();
    for person in persons {
        if let Some(row) = scene.organisation.row_mut("contact_person", person) {
            row.document.set("is_primary_contact", false);
        }
    }
}

impl Rules for Addresses {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        let sent = Datum::Object(std::mem::take(record));
        *record = address_of(scene.organisation, Some(&sent), false);
        touch(scene);
        Ok(())
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        _record: &mut Document,
    ) -> Result<(), Problem> {
        touch(scene);
        Ok(())
    }

    fn on_delete(&self, scene: &mut Scene<'_>, _record: &Document) -> Result<(), Problem> {
        touch(scene);
        Ok(())
    }
}

/// The name and currency of a contact that a record names; for other record types.
pub(super) fn named<'o>(organisation: &'o Organisation, id: &str) -> Result<&'o Row, Problem> {
    let thing = type_named("contact").map_or("Contact", |kind| kind.thing.as_str());
    organisation
        .row_of_text("contact", id)
        .ok_or_else(|| Problem::missing(thing))
}
