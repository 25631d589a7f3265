//! The fields of a module: what they take, how long, and whether they can be written.

use serde::{Deserialize, Serialize};

use super::{Crm, lenient, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

const OPERATION: &str = "list fields";

/// One field of a module. It can be stored as JSON and read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WireField")]
#[non_exhaustive]
pub struct Field {
    /// Zoho's id of the field.
    pub id: Option<String>,
    /// The name for records, such as `Last_Name`.
    pub api_name: String,
    /// What people call the field.
    pub display_label: String,
    /// Zoho's type, such as `text`, `email`, `picklist`, `datetime`, `ownerlookup`.
    pub data_type: String,
    /// The JSON type of its value: `string`, `integer`, `double`, `boolean`, `jsonarray`, `jsonobject`.
    pub json_type: Option<String>,
    /// The longest value: characters for texts, digits for numbers.
    pub length: Option<u32>,
    /// Digits after the point.
    pub decimal_place: Option<u32>,
    /// True if no record can be made without it, whatever the layout.
    pub system_mandatory: bool,
    /// True if nobody can write it.
    pub read_only: bool,
    /// True if this user cannot write it.
    pub field_read_only: bool,
    /// True if the organisation made the field.
    pub custom_field: bool,
    /// True if two records cannot have the same value.
    pub unique: bool,
    /// True if the API takes it in a new record.
    pub is_creatable: bool,
    /// True if the API takes it in a change.
    pub is_updatable: bool,
    /// True if users see it.
    pub visible: bool,
    /// The values that people choose from; others are taken too unless the list is restricted.
    pub pick_list_values: Vec<PickListValue>,
    /// For lookups: the `api_name` of the module that it points to.
    pub lookup_module: Option<String>,
}

/// One value of a picklist. Records hold `reference_value`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PickListValue {
    /// Zoho's id of the value.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// What people see; may be translated or renamed.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub display_value: String,
    /// The untranslated value, which record JSON holds.
    #[serde(default, deserialize_with = "lenient::text")]
    pub reference_value: Option<String>,
    /// The internal value, which never changes.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub actual_value: String,
    /// Its place in the list.
    #[serde(default, deserialize_with = "lenient::number")]
    pub sequence_number: Option<u32>,
    /// `used` or `unused`.
    #[serde(rename = "type", default, deserialize_with = "lenient::text")]
    pub kind: Option<String>,
}

/// Zoho's form of a field; also reads what [`Field`] itself was stored as.
#[derive(Deserialize)]
struct WireField {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    api_name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    display_label: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    field_label: Option<String>,
    data_type: String,
    #[serde(default, deserialize_with = "lenient::text")]
    json_type: Option<String>,
    #[serde(default, deserialize_with = "lenient::number")]
    length: Option<u32>,
    #[serde(default, deserialize_with = "lenient::number")]
    decimal_place: Option<u32>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    system_mandatory: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    read_only: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    field_read_only: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    custom_field: bool,
    #[serde(default, deserialize_with = "lenient::presence")]
    unique: bool,
    operation_type: Option<WireOperations>,
    is_creatable: Option<bool>,
    is_updatable: Option<bool>,
    visible: Option<bool>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pick_list_values: Vec<PickListValue>,
    lookup: Option<WireLookup>,
    lookup_module: Option<String>,
}

#[derive(Deserialize)]
struct WireOperations {
    api_create: Option<bool>,
    api_update: Option<bool>,
}

/// `{}` where the field is no lookup.
#[derive(Deserialize)]
struct WireLookup {
    module: Option<WireModule>,
}

#[derive(Deserialize)]
struct WireModule {
    api_name: Option<String>,
}

impl From<WireField> for Field {
    fn from(wire: WireField) -> Field {
        let is_writable = !wire.read_only && !wire.field_read_only;
        let operations = wire.operation_type.as_ref();
        let is_creatable = operations
            .and_then(|operations| operations.api_create)
            .or(wire.is_creatable);
        let is_updatable = operations
            .and_then(|operations| operations.api_update)
            .or(wire.is_updatable);
        Field {
            id: wire.id,
            display_label: wire
                .display_label
                .or(wire.field_label)
                .unwrap_or_else(|| wire.api_name.clone()),
            api_name: wire.api_name,
            data_type: wire.data_type,
            json_type: wire.json_type,
            length: wire.length,
            decimal_place: wire.decimal_place,
            system_mandatory: wire.system_mandatory,
            read_only: wire.read_only,
            field_read_only: wire.field_read_only,
            custom_field: wire.custom_field,
            unique: wire.unique,
            is_creatable: is_creatable.unwrap_or(is_writable),
            is_updatable: is_updatable.unwrap_or(is_writable),
            visible: wire.visible.unwrap_or(true),
            pick_list_values: wire.pick_list_values,
            lookup_module: wire
                .lookup
                .and_then(|lookup| lookup.module?.api_name)
                .or(wire.lookup_module),
        }
    }
}

impl Crm {
    /// The fields in use of a module (`crm/developer/docs/api/v8/field-meta.html`). What a layout makes mandatory is
    /// told by [`Crm::layouts`]. Scope: `ZohoCRM.settings.fields.READ`.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) with `INVALID_MODULE` for an unknown module; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn fields(&self, module: &str) -> Result<Vec<Field>, Error> {
        #[derive(Deserialize)]
        struct Wire {
            fields: Vec<Field>,
        }
        let call = Call::read(
            path(OPERATION, &["settings", "fields"])?,
            price::light(OPERATION),
        )
        .query("module", module);
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.map(|wire| wire.fields).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn zoho_s_form_is_read_leniently() {
        let field: Field = serde_json::from_value(json!({
            "api_name": "Account_Name", "data_type": "lookup", "json_type": "jsonobject", "length": 120,
            "field_label": "Account Name", "display_label": "Firma", "decimal_place": null, "unique": {},
            "operation_type": {"web_update": true, "api_create": true, "web_create": true, "api_update": false},
            "lookup": {"api_name": "Contacts", "module": {"api_name": "Accounts", "id": "511"}, "query_details": {}},
            "pick_list_values": [], "system_mandatory": true, "something_new": [1]
        }))
        .unwrap();
        assert_eq!(field.display_label, "Firma");
        assert_eq!(field.lookup_module.as_deref(), Some("Accounts"));
        assert!(
            field.system_mandatory && field.is_creatable && !field.is_updatable && !field.unique
        );
    }

    #[test]
    fn a_sparse_field_is_read_and_a_unique_one_is_seen() {
        let field: Field = serde_json::from_value(json!({
            "api_name": "Key", "data_type": "text", "unique": {"case_sensitive": false}, "read_only": true, "lookup": {}
        }))
        .unwrap();
        assert!(
            field.unique
                && !field.is_creatable
                && field.display_label == "Key"
                && field.lookup_module.is_none()
        );
    }

    #[test]
    fn a_stored_field_is_read_back_the_same() {
        let field: Field = serde_json::from_value(json!({
            "id": "5", "api_name": "Stage", "data_type": "picklist", "unique": {"case_sensitive": true},
            "operation_type": {"api_create": false, "api_update": true}, "length": 120,
            "lookup": {"module": {"api_name": "Deals"}},
            "pick_list_values": [{"id": "6", "display_value": "A", "reference_value": "B", "actual_value": "C", "type": "used"}]
        }))
        .unwrap();
        let stored = serde_json::to_string(&field).unwrap();
        assert_eq!(serde_json::from_str::<Field>(&stored).unwrap(), field);
    }
}
