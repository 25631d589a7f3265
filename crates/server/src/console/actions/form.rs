//! What somebody filled in, as inputs of the action.
//!
//! An input `module` is the field `input.module`. Names and values are rows `input.values.0.name` and
//! `input.values.0.value`, and an object `input.values.json`; files of several are `input.file_data.0.file` with the name
//! of their part in `input.file_data.0.name`.

use leadway_engine::action::{Action, Files, Input, Kind, OfferedField, Offers};
use serde_json::{Map, Value, json};

use crate::console::visitor::Fields;
use crate::problem::shorten;

/// A form, read.
#[derive(Debug, Default)]
pub(super) struct Filled {
    pub(super) connection: String,
    pub(super) inputs: Map<String, Value>,
    /// Files by the name of their input, as the engine takes them.
    pub(super) files: Files,
    /// The same files by the names that they have on the visitor's disk.
    pub(super) paths: Vec<(String, String)>,
    /// The visitor's own name for the request.
    pub(super) idempotency_key: Option<String>,
    pub(super) is_confirmed: bool,
    /// What cannot be read at all, by input.
    pub(super) refused: Vec<Refused>,
}

/// Why an input cannot be taken.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) field: String,
    pub(super) message: String,
    pub(super) value: Option<String>,
    pub(super) remedy: String,
}

impl Refused {
    fn new(input: &Input, value: &str, message: impl Into<String>, remedy: &str) -> Self {
        Self {
            field: input.name.to_owned(),
            message: message.into(),
            value: Some(shorten(value)).filter(|value| !value.is_empty()),
            remedy: remedy.to_owned(),
        }
    }
}

/// The module or record type that a form names.
pub(super) fn subject<'f>(action: &Action, fields: &'f Fields) -> Option<&'f str> {
    let names = |input: &&Input| {
        matches!(input.kind, Kind::Module)
            || (input.kind == Kind::RecordType && input.name == "record_type")
    };
    let input = action.inputs.iter().find(names)?;
    fields.get(&format!("input.{}", input.name))
}

/// Reads a form; what the fields take decides how their values are meant.
pub(super) fn read(action: &Action, fields: &Fields, mut files: Files, offers: &Offers) -> Filled {
    let mut filled = Filled {
        connection: fields.get("connection").unwrap_or_default().to_owned(),
        idempotency_key: fields.get("idempotency_key").map(str::to_owned),
        is_confirmed: fields.get("yes").is_some(),
        ..Filled::default()
    };
    for input in action.inputs {
        let field = format!("input.{}", input.name);
        match input.kind {
            Kind::File => {
                filled.take_file(
                    &mut files,
                    &field,
                    fields.get(&field),
                    input.name.to_owned(),
                );
            }
            Kind::Files => {
                for row in rows(fields, &format!("{field}."), &["name", "file"]) {
                    let place = format!("{field}.{row}");
                    let part = fields.get(&format!("{place}.name")).unwrap_or("file");
                    let (file, name) = (format!("{place}.file"), format!("{}.{part}", input.name));
                    filled.take_file(&mut files, &file, fields.get(&file), name);
                }
                // A file whose row has no name is the part `file`.
                let prefix = format!("{field}.");
                let rest: Vec<String> = files
                    .iter()
                    .filter(|(name, _)| name.starts_with(&prefix))
                    .map(|(name, _)| name.clone())
                    .collect();
                for file in rest {
                    filled.take_file(&mut files, &file, None, format!("{}.file", input.name));
                }
            }
            Kind::Values | Kind::FieldValues => match values(input, fields, offers) {
                Ok(Some(value)) => {
                    filled.inputs.insert(input.name.to_owned(), value);
                }
                Ok(None) => {}
                Err(refused) => filled.refused.push(refused),
            },
            kind => {
                let Some(text) = fields.get(&field) else {
                    continue;
                };
                match value(input, kind, &text.replace("\r\n", "\n")) {
                    Ok(value) => {
                        filled.inputs.insert(input.name.to_owned(), value);
                    }
                    Err(refused) => filled.refused.push(refused),
                }
            }
        }
    }
    filled
}

impl Filled {
    /// Takes a file from what was uploaded; in a form that is only looked at, its name alone.
    fn take_file(&mut self, files: &mut Files, field: &str, named: Option<&str>, name: String) {
        if let Some(at) = files.iter().position(|(of, _)| of == field) {
            let (_, file) = files.remove(at);
            self.paths.push((name.clone(), file.name.clone()));
            self.files.push((name, file));
        } else if let Some(path) = named {
            self.paths.push((name, path.to_owned()));
        }
    }
}

/// The numbers of an input's rows that have one of these fields, in order.
pub(super) fn rows(fields: &Fields, prefix: &str, members: &[&str]) -> Vec<u32> {
    let mut numbers: Vec<u32> = fields
        .0
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .filter_map(|(name, _)| {
            let (number, member) = name.strip_prefix(prefix)?.split_once('.')?;
            number.parse().ok().filter(|_| members.contains(&member))
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn values(input: &Input, fields: &Fields, offers: &Offers) -> Result<Option<Value>, Refused> {
    let field = format!("input.{}", input.name);
    let rows = rows(fields, &format!("{field}."), &["name", "value"]);
    let text = fields.get(&format!("{field}.json"));
    let mut object = match text.map(serde_json::from_str::<Value>) {
        None => Map::new(),
        Some(Ok(Value::Object(object))) => object,
        // Pairs of key and value are taken too.
        Some(Ok(list @ Value::Array(_))) if rows.is_empty() => return Ok(Some(list)),
        Some(Ok(_)) => {
            let message = format!("{} as JSON is no object", input.name);
            let remedy = "Write an object with names and values, such as {\"Last_Name\": \"Ray\"}.";
            return Err(Refused::new(
                input,
                text.unwrap_or_default(),
                message,
                remedy,
            ));
        }
        Some(Err(error)) => return Err(no_json(input, text.unwrap_or_default(), &error)),
    };
    for row in rows {
        let member = |name: &str| fields.get(&format!("{field}.{row}.{name}"));
        let Some(name) = member("name") else {
            let message = "a value has no name".to_owned();
            let value = member("value").unwrap_or_default();
            return Err(Refused::new(
                input,
                value,
                message,
                "Fill in the name beside it.",
            ));
        };
        let value = match (member("value"), input.kind) {
            (Some(text), Kind::FieldValues) => typed(text, offers.field(name)),
            (Some(text), _) => plain(text),
            (None, Kind::FieldValues) => Value::Null,
            (None, _) => Value::from(""),
        };
        object.insert(name.to_owned(), value);
    }
    Ok((!object.is_empty() || text.is_some()).then_some(Value::Object(object)))
}

/// A value as the field takes it, so that nobody has to write JSON: `12345` is a text in a text field and a number in a
/// number field, digits name the record of a lookup, commas part what a list holds.
fn typed(text: &str, field: Option<&OfferedField>) -> Value {
    let Some(field) = field.filter(|field| !field.data_type.is_empty()) else {
        return plain(text);
    };
    let is_id = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (field.json_type.as_deref(), field.data_type.as_str()) {
        (Some("string"), _) => Value::from(text),
        (_, "lookup" | "ownerlookup" | "userlookup") if is_id(text) => json!({ "id": text }),
        (_, "multiselectpicklist") if !text.starts_with('[') => {
            let items = text.split(',').map(str::trim);
            items.filter(|item| !item.is_empty()).collect()
        }
        _ => plain(text),
    }
}

/// What reads as JSON is JSON, everything else is text.
fn plain(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

fn value(input: &Input, kind: Kind, text: &str) -> Result<Value, Refused> {
    Ok(match kind {
        Kind::Boolean => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            other => Value::from(other),
        },
        // What is no number is refused by the engine, which knows the bounds too.
        Kind::Integer(..) => text
            .parse::<i64>()
            .map_or_else(|_| text.into(), Value::from),
        Kind::Fields | Kind::Texts | Kind::RecordIds => list(text),
        Kind::Json => plain(text),
        Kind::Records(_) => {
            serde_json::from_str(text).map_err(|error| no_json(input, text, &error))?
        }
        _ => Value::from(text),
    })
}

/// A JSON list, or texts with commas or line ends between them.
fn list(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(list @ Value::Array(_)) => list,
        _ => {
            let items = text.split([',', '\n']).map(str::trim);
            items.filter(|item| !item.is_empty()).collect()
        }
    }
}

fn no_json(input: &Input, text: &str, error: &serde_json::Error) -> Refused {
    let message = format!("{} cannot be read as JSON: {error}", input.name);
    Refused::new(
        input,
        text,
        message,
        "Mend the JSON at the line and column that the message names.",
    )
}

#[cfg(test)]
mod tests {
    use leadway_engine::action::find;

    use super::*;

    fn filled(action: &str, fields: &[(&str, &str)], offers: &Offers) -> Filled {
        let pairs = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let fields = Fields(pairs.collect());
        read(find(action).unwrap(), &fields, Files::new(), offers)
    }

    fn field(name: &str, data_type: &str, json_type: &str) -> OfferedField {
        OfferedField {
            name: name.to_owned(),
            label: String::new(),
            data_type: data_type.to_owned(),
            json_type: Some(json_type.to_owned()),
            values: Vec::new(),
        }
    }

    #[test]
    fn values_are_meant_as_their_field_takes_them() {
        let offers = Offers {
            fields: vec![
                field("Zip_Code", "text", "string"),
                field("Employees", "integer", "integer"),
                field("Owner", "ownerlookup", "jsonobject"),
                field("Products", "multiselectpicklist", "jsonarray"),
            ],
            ..Offers::default()
        };
        let filled = filled(
            "crm.create_record",
            &[
                ("input.module", "Leads"),
                (
                    "input.values.json",
                    r#"{"Company": "Orchard", "Employees": 1}"#,
                ),
                ("input.values.0.name", "Zip_Code"),
                ("input.values.0.value", "12345"),
                ("input.values.1.name", ""),
                ("input.values.1.value", ""),
                ("input.values.10.name", "Employees"),
                ("input.values.10.value", "12"),
                ("input.values.4.name", "Owner"),
                ("input.values.4.value", "4711"),
                ("input.values.5.name", "Products"),
                ("input.values.5.value", "Desk, Chair"),
                ("input.values.6.name", "Fax"),
                ("input.values.6.value", " "),
                ("input.trigger", "[]"),
            ],
            &offers,
        );
        assert!(filled.refused.is_empty(), "{:?}", filled.refused);
        assert_eq!(
            Value::Object(filled.inputs),
            json!({
                "module": "Leads", "trigger": [],
                "values": {"Company": "Orchard", "Employees": 12, "Zip_Code": "12345", "Owner": {"id": "4711"},
                    "Products": ["Desk", "Chair"], "Fax": null},
            })
        );
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_input() {
        let offers = Offers::default();
        for (fields, message) in [
            (
                [("input.values.json", "{")],
                "values cannot be read as JSON: EOF",
            ),
            ([("input.values.json", "7")], "values as JSON is no object"),
            ([("input.values.3.value", "Ray")], "a value has no name"),
        ] {
            let filled = filled("crm.create_record", &fields, &offers);
            let [refused] = filled.refused.as_slice() else {
                panic!("{:?}", filled.refused)
            };
            assert_eq!(refused.field, "values");
            assert!(refused.message.starts_with(message), "{}", refused.message);
        }
        let filled = filled("crm.create_records", &[("input.records", "Ray")], &offers);
        assert_eq!(filled.refused[0].field, "records");
    }

    #[test]
    fn everything_else_is_read_by_its_kind() {
        let filled = filled(
            "crm.list_records",
            &[
                ("input.fields", "Last_Name, Email"),
                ("input.per_page", "5"),
                ("input.page", "first"),
                ("input.fetch_all", "false"),
                ("input.module", "  "),
                ("connection", "demo"),
            ],
            &Offers::default(),
        );
        assert_eq!(filled.connection, "demo");
        assert_eq!(
            Value::Object(filled.inputs),
            json!({"fields": ["Last_Name", "Email"], "per_page": 5, "page": "first", "fetch_all": false})
        );
    }
}
