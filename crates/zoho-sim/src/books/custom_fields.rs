//! Custom fields: how they are named in bodies and how they are read.

use serde::{Deserialize, Serialize};

use super::datum::Datum;
use super::document::Document;
use super::index::{self, By};
use super::problem::Problem;
use super::state::Organisation;

/// A custom field of a record type.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CustomField {
    pub(crate) id: u64,
    pub(crate) kind: String,
    pub(crate) api_name: String,
    pub(crate) label: String,
    pub(crate) data_type: String,
    pub(crate) is_unique: bool,
}

/// Fields of one record type and their place among each other.
fn of<'o>(
    organisation: &'o Organisation,
    kind: &'o str,
) -> impl Iterator<Item = (i64, &'o CustomField)> {
    let fields = organisation.custom_fields.iter();
    (1..).zip(fields.filter(move |field| field.kind == kind))
}

/// The field that an entry of `custom_fields` means: by api name, id, index or label.
fn meant<'o>(
    organisation: &'o Organisation,
    kind: &'o str,
    entry: &Document,
) -> Option<(i64, &'o CustomField)> {
    let words = |name: &str| entry.get(name).map(Datum::words).unwrap_or_default();
    let (api_name, id, index, label) = (
        words("api_name"),
        [words("customfield_id"), words("field_id")].concat(),
        words("index"),
        words("label"),
    );
    of(organisation, kind).find(|(place, field)| {
        if !api_name.is_empty() {
            field.api_name == api_name
        } else if !id.is_empty() {
            field.id.to_string() == id
        } else if !index.is_empty() {
            place.to_string() == index
        } else {
            field.label == label
        }
    })
}

/// Turns what a body says about custom fields into what is stored, on top of what was stored before.
pub(super) fn store(
    organisation: &Organisation,
    kind: &str,
    id: u64,
    sent: Option<Datum>,
    record: &mut Document,
) -> Result<(), Problem> {
    let mut values: Vec<(i64, &CustomField, Datum)> = Vec::new();
    for (place, field) in of(organisation, kind) {
        let known = record
            .objects("custom_fields")
            .find(|entry| entry.text("api_name") == field.api_name);
        let value = known.and_then(|entry| entry.get("value")).cloned();
        values.push((place, field, value.unwrap_or_else(|| Datum::text(""))));
    }
    for entry in sent.as_ref().and_then(Datum::as_list).unwrap_or_default() {
        let Some(entry) = entry.as_object() else {
            return Err(Problem::invalid_value("custom_fields"));
        };
        // unknown: what a custom field that does not exist gives; it is dropped like other unknown members.
        let Some((place, field)) = meant(organisation, kind, entry) else {
            continue;
        };
        let value = entry.get("value").cloned().unwrap_or_default();
        if field.is_unique && !value.is_empty() {
            let wanted = index::custom(&field.api_name, &value.words());
            let mut others = organisation.keyed(kind, By::Custom, &wanted);
            let taken = others.any(|row| row.id != id);
            if taken {
                return Err(Problem::already_exists(&field.label));
            }
        }
        if let Some(stored) = values.iter_mut().find(|(known, _, _)| *known == place) {
            stored.2 = value;
        }
    }
    let mut hash = Document::default();
    let mut list = Vec::new();
    for (place, field, value) in values {
        if value.is_empty() {
            continue;
        }
        hash.set(&field.api_name, value.words());
        hash.set(&format!("{}_unformatted", field.api_name), value.clone());
        let mut entry = Document::default();
        entry.set("customfield_id", field.id.to_string());
        entry.set("field_id", field.id.to_string());
        entry.set("index", place);
        entry.set("label", field.label.as_str());
        entry.set("api_name", field.api_name.as_str());
        entry.set("data_type", field.data_type.as_str());
        entry.set("value_formatted", value.words());
        entry.set("value", value);
        for (name, is) in [
            ("is_active", true),
            ("show_on_pdf", false),
            ("show_in_all_pdf", false),
            ("show_in_portal", false),
            ("show_in_store", false),
            ("edit_on_portal", false),
            ("edit_on_store", false),
            ("is_dependent_field", false),
        ] {
            entry.set(name, is);
        }
        entry.set("placeholder", format!("cf_{place}"));
        entry.set("search_entity", kind);
        list.push(Datum::Object(entry));
    }
    record.set("custom_fields", list);
    record.set("custom_field_hash", hash);
    Ok(())
}
