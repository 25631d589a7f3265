//! Reads an action's inputs: each by its kind, with a refusal that names it, shows what came and says what to write.

use serde_json::{Map, Value};
use zoho::crm::RecordId;

use super::error::shown;
use super::{Action, ActionError, FileInput, Files, Input, Kind, Need};
use crate::mapping::nearest;

/// Inputs that fit their action, in the form that its kind has; defaults are filled in.
#[derive(Debug)]
pub(crate) struct Inputs {
    values: Map<String, Value>,
    files: Files,
}

impl Inputs {
    /// Checks what came for an action.
    pub(crate) fn check(action: &Action, given: Value, files: Files) -> Result<Self, ActionError> {
        let given = match given {
            Value::Object(given) => given,
            Value::Null => Map::new(),
            other => {
                return Err(ActionError::input(
                    "inputs",
                    Some(&other),
                    "the inputs are no JSON object",
                    r#"Send an object with the inputs by name, such as {"module": "Leads"}."#,
                ));
            }
        };
        for name in given.keys() {
            if action.input(name).is_none() {
                return Err(unknown(action, name, given.get(name)));
            }
        }
        for (at, (name, _)) in files.iter().enumerate() {
            let is_file = action
                .input(name)
                .is_some_and(|input| input.kind == Kind::File);
            if !is_file && !is_named_file(action, name) {
                return Err(no_place(action, name));
            }
            if is_file && files[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(ActionError::input(
                    name,
                    None,
                    format!("{name} is there twice, and {} takes one file", action.name),
                    format!("Send one file as {name}."),
                ));
            }
        }
        let has_file = |name: &str| files.iter().any(|(file, _)| file == name);
        let mut values = Map::new();
        for input in action.inputs {
            let came = given.get(input.name).filter(|value| !value.is_null());
            match (came, input.need) {
                (Some(value), _) => {
                    values.insert(input.name.to_owned(), fit(input, value)?);
                }
                (None, Need::Default(json)) => {
                    let default = serde_json::from_str(json).unwrap_or_default();
                    values.insert(input.name.to_owned(), default);
                }
                (None, Need::Required) if !has_file(input.name) => {
                    return Err(ActionError::input(
                        input.name,
                        None,
                        format!("{} is missing", input.name),
                        format!("Give {}: {}.", input.name, input.kind.hint()),
                    ));
                }
                (None, _) => {}
            }
        }
        Ok(Self { values, files })
    }

    /// All of them as JSON, for the digest that tells a repeat from another request.
    pub(crate) fn as_json(&self) -> &Map<String, Value> {
        &self.values
    }

    pub(crate) fn files(&self) -> &[(String, FileInput)] {
        &self.files
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name) || self.files.iter().any(|(file, _)| file == name)
    }

    /// A text that is required or has a default.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.maybe(name).unwrap_or_default()
    }

    pub(crate) fn maybe(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_str()
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let items = self.values.get(name).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.values.get(name).and_then(Value::as_bool) == Some(true)
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.values.get(name)?.as_i64()
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self, name: &str) -> Option<T> {
        T::try_from(self.integer(name)?).ok()
    }

    pub(crate) fn instant(&self, name: &str) -> Option<jiff::Timestamp> {
        self.maybe(name)?.parse().ok()
    }

    pub(crate) fn values(&self, name: &str) -> Option<&Map<String, Value>> {
        self.values.get(name)?.as_object()
    }

    pub(crate) fn records(&self, name: &str) -> &[Value] {
        let items = self.values.get(name).and_then(Value::as_array);
        items.map_or(&[], Vec::as_slice)
    }

    pub(crate) fn record_id(&self, name: &str) -> Result<RecordId, ActionError> {
        Ok(RecordId::new(self.text(name))?)
    }

    pub(crate) fn record_ids(&self, name: &str) -> Result<Vec<RecordId>, ActionError> {
        let ids = self.texts(name);
        Ok(ids.iter().map(RecordId::new).collect::<Result<_, _>>()?)
    }

    /// A file that is required.
    pub(crate) fn file(&self, name: &str) -> Result<&FileInput, ActionError> {
        let file = self.files.iter().find(|(file, _)| file == name);
        file.map(|(_, file)| file).ok_or_else(|| {
            ActionError::input(
                name,
                None,
                format!("{name} is missing"),
                format!("Send {name} as a part of a multipart/form-data body."),
            )
        })
    }
}

/// Whether the action takes files under names of the caller's own.
fn is_named_file(action: &Action, name: &str) -> bool {
    name.starts_with("file_data.") && action.input("file_data").is_some()
}

/// A file under a name that takes none.
fn no_place(action: &Action, name: &str) -> ActionError {
    let message = format!("{} takes no file as {name:?}", action.name);
    let file = action.inputs.iter().find(|input| input.kind.is_file());
    let remedy = match file.map(|input| (input.kind, input.name)) {
        Some((Kind::Files, name)) => {
            format!("Send files as {name}.PART, with the name of their part.")
        }
        Some((_, name)) => format!("Send the file as {name}."),
        None => "Send the inputs without files.".to_owned(),
    };
    ActionError::input(name, None, message, remedy)
}

fn unknown(action: &Action, name: &str, value: Option<&Value>) -> ActionError {
    let names = || action.inputs.iter().map(|input| (input.name, input.name));
    let remedy = match nearest(name, names()) {
        Some(near) => format!("Did you mean {near}?"),
        None => {
            let names: Vec<&str> = action.inputs.iter().map(|input| input.name).collect();
            format!("It takes {}.", names.join(", "))
        }
    };
    let message = format!("{} has no input {name:?}", action.name);
    ActionError::input(name, value, message, remedy)
}

/// Brings a value into the form of its kind. Numbers and truth values may come as text, as query strings and command
/// lines bring them.
fn fit(input: &Input, value: &Value) -> Result<Value, ActionError> {
    let wrong = |why: &str| {
        ActionError::input(
            input.name,
            Some(value),
            format!("{} is {}", input.name, why),
            format!("Write {}.", input.kind.hint()),
        )
    };
    match input.kind {
        Kind::Text | Kind::LongText => text(value).ok_or_else(|| wrong("no text")).map(Value::from),
        Kind::Module | Kind::Field => {
            let name = text(value).filter(|name| is_api_name(name));
            name.ok_or_else(|| wrong("no API name: letters, digits and _ only"))
                .map(Value::from)
        }
        Kind::RecordType => {
            let name = text(value).filter(|name| is_api_name(name));
            name.ok_or_else(|| wrong("no record type")).map(Value::from)
        }
        Kind::RecordId | Kind::OrganizationId => {
            let id = text(value).filter(|id| is_id(id));
            id.ok_or_else(|| wrong("no id")).map(Value::from)
        }
        Kind::RecordIds => {
            let ids = texts(value).filter(|ids| !ids.is_empty() && ids.iter().all(|id| is_id(id)));
            ids.ok_or_else(|| wrong("no list of ids")).map(Value::from)
        }
        Kind::Fields => {
            let names = texts(value).filter(|names| names.iter().all(|name| is_field_path(name)));
            names
                .ok_or_else(|| wrong("no list of field API names"))
                .map(Value::from)
        }
        Kind::Texts => texts(value)
            .ok_or_else(|| wrong("no list of texts"))
            .map(Value::from),
        Kind::Instant => {
            let instant = text(value).filter(|text| text.parse::<jiff::Timestamp>().is_ok());
            instant
                .ok_or_else(|| wrong("no instant with an offset"))
                .map(Value::from)
        }
        Kind::Integer(low, high) => {
            let number = value
                .as_i64()
                .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
            match number {
                Some(number) if (low..=high).contains(&number) => Ok(Value::from(number)),
                Some(_) => Err(ActionError::input(
                    input.name,
                    Some(value),
                    format!("{} is out of bounds", input.name),
                    format!("Write a whole number from {low} to {high}."),
                )),
                None => Err(wrong("no whole number")),
            }
        }
        Kind::Boolean => match value {
            Value::Bool(_) => Ok(value.clone()),
            Value::String(text) if text == "true" => Ok(Value::Bool(true)),
            Value::String(text) if text == "false" => Ok(Value::Bool(false)),
            _ => Err(wrong("neither true nor false")),
        },
        Kind::Choice(words) => {
            let word = text(value).and_then(|text| {
                let known = words.iter().find(|word| word.eq_ignore_ascii_case(&text));
                known.map(|word| Value::from(*word))
            });
            word.ok_or_else(|| {
                ActionError::input(
                    input.name,
                    Some(value),
                    format!("{} is no {}", shown(value), input.name),
                    format!("Write one of: {}.", words.join(", ")),
                )
            })
        }
        Kind::Values | Kind::FieldValues => object(value)
            .ok_or_else(|| wrong("no object with names and values"))
            .map(Value::Object),
        Kind::Records(count_max) => records(input, value, count_max),
        Kind::Json => Ok(value.clone()),
        Kind::File | Kind::Files => Err(wrong("no file that could be read")),
    }
}

fn records(input: &Input, value: &Value, count_max: usize) -> Result<Value, ActionError> {
    let wrong = |message: String, remedy: String| {
        Err(ActionError::input(input.name, Some(value), message, remedy))
    };
    let Value::Array(items) = value else {
        return wrong(
            format!("{} is no list", input.name),
            format!("Write {}.", input.kind.hint()),
        );
    };
    if items.is_empty() || items.len() > count_max {
        return wrong(
            format!("{} holds {} objects", input.name, items.len()),
            format!("Send 1 to {count_max} at once."),
        );
    }
    let mut objects = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        match object(item) {
            Some(object) => objects.push(Value::Object(object)),
            None => {
                return wrong(
                    format!("{}[{at}] is no object with names and values", input.name),
                    format!("Write {}.", input.kind.hint()),
                );
            }
        }
    }
    Ok(Value::Array(objects))
}

/// A text, or a number as text: ids and e-mail addresses come as either.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        other => {
            let list = text(other)?;
            // A text may begin like a list and be none, such as "[A], B".
            if let Ok(items) = serde_json::from_str::<Vec<Value>>(&list) {
                return items.iter().map(text).collect();
            }
            let parts = list.split(',').map(str::trim);
            let named = parts.filter(|part| !part.is_empty());
            Some(named.map(str::to_owned).collect())
        }
    }
}

/// An object; or pairs of key and value, as other products send them.
fn object(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(object) => Some(object.clone()),
        Value::Array(pairs) => pairs
            .iter()
            .map(|pair| {
                let key = pair.get("key")?.as_str()?;
                Some((key.to_owned(), pair.get("value")?.clone()))
            })
            .collect(),
        Value::String(text) => match serde_json::from_str(text).ok()? {
            Value::String(_) => None,
            value => object(&value),
        },
        _ => None,
    }
}

fn is_api_name(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `Last_Name`, and `Owner.email` or `$approved` as Zoho has them too.
fn is_field_path(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.$".contains(&byte);
    (1..=200).contains(&text.len()) && text.bytes().all(plain)
}

fn is_id(text: &str) -> bool {
    (1..=30).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::action::find;

    fn check(action: &str, given: Value) -> Result<Inputs, ActionError> {
        Inputs::check(find(action).unwrap(), given, Files::new())
    }

    #[test]
    fn inputs_come_in_every_usual_form() {
        let inputs = check(
            "crm.list_records",
            json!({"module": "Leads", "fields": "Last_Name, Email", "per_page": "50", "fetch_all": "true"}),
        )
        .unwrap();
        assert_eq!(inputs.texts("fields"), ["Last_Name", "Email"]);
        assert_eq!(inputs.integer("per_page"), Some(50));
        assert!(inputs.is("fetch_all"));
        let pairs = json!([{"key": "Last_Name", "value": "Ray"}]);
        let inputs = check(
            "crm.create_record",
            json!({"module": "Leads", "values": pairs}),
        );
        assert_eq!(
            inputs.unwrap().values("values").unwrap()["Last_Name"],
            "Ray"
        );
    }

    #[test]
    fn refusals_name_input_value_and_remedy() {
        let refusals: Vec<Value> = [
            ("crm.get_record", json!({"module": "Leads"})),
            (
                "crm.get_record",
                json!({"modul": "Leads", "record_id": "1"}),
            ),
            (
                "crm.get_record",
                json!({"module": "../Leads", "record_id": "1"}),
            ),
            (
                "crm.get_record",
                json!({"module": "Leads", "record_id": "x1"}),
            ),
            ("crm.get_record", json!([1])),
            (
                "crm.list_records",
                json!({"module": "Leads", "per_page": 201}),
            ),
            (
                "crm.list_records",
                json!({"module": "Leads", "sort_order": "up"}),
            ),
            (
                "crm.list_records",
                json!({"module": "Leads", "fetch_all": "maybe"}),
            ),
            (
                "crm.create_records",
                json!({"module": "Leads", "records": []}),
            ),
            (
                "crm.create_records",
                json!({"module": "Leads", "records": [{}, 7]}),
            ),
            (
                "crm.create_record",
                json!({"module": "Leads", "values": "Ray"}),
            ),
        ]
        .into_iter()
        .map(|(action, given)| check(action, given).unwrap_err().to_json())
        .collect();
        insta::assert_json_snapshot!(refusals);
    }

    proptest! {
        #[test]
        fn any_json_is_taken_or_refused(text in "\\PC{0,40}", number in any::<i64>(), flag in any::<bool>()) {
            for action in crate::action::catalog() {
                for input in action.inputs {
                    for value in [json!(text), json!(number), json!(flag), json!([text, number]), json!({"a": text}), json!([[flag]])] {
                        let _ = check(action.name, json!({input.name: value}));
                    }
                }
            }
        }
    }
}
