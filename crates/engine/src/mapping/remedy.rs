//! Puts what Zoho answers about one record into words that somebody in marketing can act on.
//!
//! The codes are those of Zoho's insert, update and upsert pages
//! (<https://www.zoho.com/crm/developer/docs/api/v8/upsert-records.html>) and of its status codes page.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::datum::value_of;
use super::record::{SHOWN_CHARACTERS_MAX, shorten};
use crate::model::problem::{Problem, Stage};

/// Explains Zoho's refusal of one record. `field` is the API name that Zoho blames, if the caller knows it already;
/// else it is taken from `details` (`api_name`, `json_path`), and the value from the record as it was sent.
#[must_use]
pub fn explain_refusal(
    code: &str,
    message: &str,
    field: Option<&str>,
    details: &Map<String, Value>,
    record: &RawValue,
    module: &str,
) -> Problem {
    if code == "MULTIPLE_OR_MULTI_ERRORS"
        && let Some(problem) = explain_first_of_many(details, record, module)
    {
        return problem;
    }
    let refusal = Refusal {
        code,
        message,
        details,
        module,
        field: field.or_else(|| text_at(details, "api_name")),
    };
    let (what, remedy) = refusal.words();
    Problem {
        stage: Stage::Zoho,
        code: code.to_owned(),
        field: refusal.field.map(str::to_owned),
        value: refused_value(refusal.field, details, record),
        message: what,
        remedy,
    }
}

/// Several unique fields clash: the first clash speaks, the others are counted.
fn explain_first_of_many(
    details: &Map<String, Value>,
    record: &RawValue,
    module: &str,
) -> Option<Problem> {
    let errors = details.get("errors")?.as_array()?;
    let first = errors.first()?.as_object()?;
    let none = Map::new();
    let first_details = first
        .get("details")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    // One level is all that Zoho documents; a list within the list would be explained as an unknown code.
    let code = text_at(first, "code").filter(|&code| code != "MULTIPLE_OR_MULTI_ERRORS")?;
    let mut problem = explain_refusal(
        code,
        text_at(first, "message").unwrap_or_default(),
        None,
        first_details,
        record,
        module,
    );
    let fields: Vec<&str> = errors
        .iter()
        .skip(1)
        .filter_map(|error| text_at(error.get("details")?.as_object()?, "api_name"))
        .collect();
    if errors.len() > 1 {
        let others = if fields.is_empty() {
            format!("{} more", errors.len() - 1)
        } else {
            fields.join(", ")
        };
        problem.message = format!("{} Zoho found more to refuse: {others}.", problem.message);
    }
    Some(problem)
}

/// One error of Zoho's about one record.
struct Refusal<'a> {
    code: &'a str,
    message: &'a str,
    details: &'a Map<String, Value>,
    module: &'a str,
    field: Option<&'a str>,
}

impl Refusal<'_> {
    /// The field's name in a sentence.
    fn name(&self) -> &str {
        self.field.unwrap_or("one field")
    }

    /// What is wrong, and what to do.
    fn words(&self) -> (String, String) {
        match self.code {
            "MANDATORY_NOT_FOUND" | "EXPECTED_FIELD_MISSING" => self.missing(),
            "DEPENDENT_FIELD_MISSING"
            | "EXPECTED_DEPENDENT_FIELD_MISSING"
            | "DEPENDENT_MISMATCH"
            | "DEPENDENT_FIELD_UNCHANGED" => self.dependent(),
            "INVALID_DATA" | "PATTERN_NOT_MATCHED" | "UNABLE_TO_PARSE_DATA_TYPE" => self.invalid(),
            "DUPLICATE_DATA" => self.duplicate(),
            "MAPPING_MISMATCH" => self.mapping_mismatch(),
            "LIMIT_EXCEEDED" => self.limit_exceeded(),
            "DEPENDENT_SERVICE_ERROR" => self.service_error(),
            "NO_PERMISSION"
            | "AUTHORIZATION_FAILED"
            | "NOT_ALLOWED"
            | "FORBIDDEN"
            | "FEATURE_PERMISSION" => self.permission(),
            _ => self.plain().unwrap_or_else(|| self.unknown()),
        }
    }

    fn missing(&self) -> (String, String) {
        let module = self.module;
        let expected = expected_fields(self.details);
        if self.field.is_none() && !expected.is_empty() {
            let list = expected.join(", ");
            return (
                format!("{module} needs at least one of {list}, and the record has none of them."),
                format!(
                    "Fill in one of {list} here and replay; to prevent it, add one to the mapping."
                ),
            );
        }
        let name = self.name();
        let rule = self
            .details
            .get("layout_rule")
            .and_then(|rule| text_at(rule.as_object()?, "name"))
            .map_or(String::new(), |rule| {
                format!(" by the layout rule \"{rule}\"")
            });
        (
            format!("{name} is mandatory in {module}{rule}, and the record has none."),
            format!(
                "Fill in {name} here and replay; to prevent it, ask for it in the form, or give it a default in the mapping."
            ),
        )
    }

    fn dependent(&self) -> (String, String) {
        let name = self.name();
        let dependee = self
            .details
            .get("dependee")
            .and_then(|dependee| text_at(dependee.as_object()?, "api_name"));
        let message = match dependee {
            Some(dependee) => format!(
                "{name} does not go with {dependee}: {}.",
                self.quoted_message()
            ),
            None => format!(
                "{name} does not go with another field: {}.",
                self.quoted_message()
            ),
        };
        let other = dependee.map_or_else(String::new, |dependee| format!(" and {dependee}"));
        (
            message,
            format!("Correct {name}{other} here and replay; to prevent it, map both together."),
        )
    }

    fn invalid(&self) -> (String, String) {
        let (name, module) = (self.name(), self.module);
        if let Some(length_max) = self.details.get("maximum_length") {
            return (
                format!(
                    "{name} is too long: {module} takes at most {length_max} characters there."
                ),
                format!(
                    "Shorten {name} to {length_max} characters here and replay; to prevent it, limit what the form takes."
                ),
            );
        }
        if let Some(kind) = text_at(self.details, "expected_data_type") {
            return (
                format!(
                    "{name} has the wrong type: {module} takes {} there.",
                    kind_in_words(kind)
                ),
                format!(
                    "Correct {name} here and replay; to prevent it, give {name} a transform in the mapping{}.",
                    transform_for(kind)
                ),
            );
        }
        if let Some(values) = self
            .details
            .get("supported_values")
            .and_then(Value::as_array)
        {
            let list = values.iter().map(plain_text).collect::<Vec<_>>().join(", ");
            return (
                format!("{name} has a value that {module} does not take; it takes {list}."),
                format!("Choose one of these for {name} here and replay."),
            );
        }
        if let Some(range) = self.details.get("range").and_then(Value::as_object) {
            let bound = |key| range.get(key).map_or_else(|| "?".to_owned(), plain_text);
            let (from, to) = (bound("from"), bound("to"));
            return (
                format!("{name} is out of range: {module} takes {from} to {to} there."),
                format!("Correct {name} here and replay."),
            );
        }
        if let Some(places) = self.details.get("maximum_decimal_place") {
            return (
                format!("{name} has too many decimals: {module} takes {places} there."),
                format!("Round {name} here and replay."),
            );
        }
        self.invalid_value()
    }

    fn invalid_value(&self) -> (String, String) {
        let (name, module) = (self.name(), self.module);
        if name == "id" || self.message.contains("the id given seems to be invalid") {
            return (
                format!("{name} names a record that Zoho does not have, or that was deleted."),
                format!("Correct {name} here, or leave it out, and replay."),
            );
        }
        if self
            .message
            .contains("the field api name given seems to be invalid")
        {
            return (
                format!("{module} has no field {name}."),
                format!(
                    "Leave {name} out here and replay; to prevent it, correct its name in the mapping."
                ),
            );
        }
        if self.field.is_none() {
            return (
                format!(
                    "Zoho cannot take this record into {module} as it is: {}.",
                    self.quoted_message()
                ),
                "Compare its values with the fields in Zoho, correct them here and replay."
                    .to_owned(),
            );
        }
        (
            format!(
                "{name} has a value that Zoho does not take in {module}: {}.",
                self.quoted_message()
            ),
            format!(
                "Correct {name} here, or leave it out, and replay; to prevent it, let the form check it."
            ),
        )
    }

    fn duplicate(&self) -> (String, String) {
        let (name, module) = (self.name(), self.module);
        let record = self
            .details
            .get("duplicate_record")
            .and_then(Value::as_object);
        let id = record
            .and_then(|record| text_at(record, "id"))
            .or_else(|| text_at(self.details, "id"))
            .map_or(String::new(), |id| format!(" ({id})"));
        let module_there = record
            .and_then(|record| text_at(record.get("module")?.as_object()?, "api_name"))
            .unwrap_or(module);
        let owner = record
            .and_then(|record| text_at(record.get("Owner")?.as_object()?, "name"))
            .map_or(String::new(), |owner| format!(", owned by {owner}"));
        (
            format!(
                "Another record in {module_there}{id}{owner} has the same {name}, which must be unique."
            ),
            format!(
                "Change {name} here and replay, or correct that record in Zoho; to prevent it, let the route upsert with {name} as duplicate-check field."
            ),
        )
    }

    fn mapping_mismatch(&self) -> (String, String) {
        let name = self.name();
        let other = text_at(self.details, "mapped_field").unwrap_or("another field");
        (
            format!(
                "{name} does not belong to the record's {other}: {}.",
                self.quoted_message()
            ),
            format!(
                "Choose a {name} that {other} has in Zoho, here, and replay; to prevent it, map {other} as well."
            ),
        )
    }

    fn limit_exceeded(&self) -> (String, String) {
        let name = self.name();
        let limit = ["maximum_length", "limit", "max_limit"]
            .iter()
            .find_map(|key| self.details.get(*key))
            .map_or(String::new(), |limit| {
                format!(" (at most {})", plain_text(limit))
            });
        (
            format!(
                "{name} has more entries than Zoho takes{limit}: {}.",
                self.quoted_message()
            ),
            format!("Take entries away from {name} here and replay."),
        )
    }

    fn service_error(&self) -> (String, String) {
        let cause = text_at(self.details, "dependency_error").unwrap_or("without saying why");
        (
            format!(
                "Another Zoho service that {} depends on refused: {cause}.",
                self.module
            ),
            "Look after that service in Zoho (its permissions and limits), and replay.".to_owned(),
        )
    }

    fn permission(&self) -> (String, String) {
        let permissions = self
            .details
            .get("permissions")
            .and_then(Value::as_array)
            .map_or(String::new(), |list| {
                format!(
                    " ({})",
                    list.iter().map(plain_text).collect::<Vec<_>>().join(", ")
                )
            });
        (
            format!("The user behind the connection may not do this in {}{permissions}: {}.", self.module, self.quoted_message()),
            "Give that user's profile the right in Zoho's setup, or connect with another user, and replay.".to_owned(),
        )
    }

    /// Codes that need no details.
    fn plain(&self) -> Option<(String, String)> {
        let module = self.module;
        let (message, remedy) = match self.code {
            "RECORD_LOCKED" => (
                "The record in Zoho is locked.",
                "Unlock the record in Zoho, and replay.",
            ),
            "NOT_APPROVED" => (
                "The record in Zoho waits for approval and cannot be changed until then.",
                "Approve or reject it in Zoho, and replay.",
            ),
            "NOT_REVIEWED" => (
                "The record in Zoho is under review and cannot be changed until then.",
                "Finish the review in Zoho, and replay.",
            ),
            "RECORD_IN_BLUEPRINT" => (
                "The record in Zoho is in a blueprint, which decides what may change.",
                "Move the record on in its blueprint, or leave the field out here, and replay.",
            ),
            "ALREADY_MODIFIED" => (
                "Somebody changed the record in Zoho in the meantime.",
                "Look whether the change should still be made, and replay.",
            ),
            "DUPLICATE_LINKING_DATA" => (
                "The two records are linked already.",
                "Nothing needs to be done, unless the link is to be another.",
            ),
            "ID_ALREADY_CONVERTED" => (
                "The lead was converted in Zoho, and converted leads cannot be changed.",
                "Change the contact or the deal that it became, in Zoho.",
            ),
            "INACTIVE_USER" => (
                "The user behind the connection is inactive in Zoho.",
                "Activate that user, or connect with another one, and replay.",
            ),
            "INVALID_MODULE"
            | "MODULE_NOT_SUPPORTED"
            | "MODULE_NOT_AVAILABLE"
            | "NOT_SUPPORTED" => {
                return Some((
                    format!("Zoho's API has no module {module} for this."),
                    "Correct the module's API name in the route (Leads, not leads or Lead), and replay.".to_owned(),
                ));
            }
            "FEATURE_NOT_ENABLED"
            | "FEATURE_NOT_SUPPORTED"
            | "LICENSE_LIMIT_EXCEEDED"
            | "CURRENCIES_NOT_ENABLED"
            | "TERRITORY_NOT_ENABLED"
            | "TERRITORY_DISABLED" => {
                return Some((
                    format!("The organisation's edition or setup does not allow this: {}.", self.quoted_message()),
                    "Switch the feature on in Zoho's setup, or leave the field out of the mapping, and replay.".to_owned(),
                ));
            }
            "INTERNAL_ERROR"
            | "INTERNAL_SERVER_ERROR"
            | "SERVICE_UNAVAILABLE"
            | "CANNOT_PROCESS" => (
                "Zoho could not process the record.",
                "Replay it later; if it happens again, ask Zoho's support about this record.",
            ),
            _ => return None,
        };
        Some((message.to_owned(), remedy.to_owned()))
    }

    fn unknown(&self) -> (String, String) {
        let place = self
            .field
            .map_or_else(String::new, |name| format!(" because of {name}"));
        (
            format!("Zoho refused the record in {}{place}: {} ({}).", self.module, self.quoted_message(), self.code),
            "Look the code up in Zoho's API documentation, correct the record here or in Zoho, and replay.".to_owned(),
        )
    }

    /// Zoho's own words, cut to a sane length and without a final point.
    fn quoted_message(&self) -> String {
        let words: String = self
            .message
            .trim()
            .chars()
            .take(SHOWN_CHARACTERS_MAX)
            .collect();
        match words.trim_end_matches('.') {
            "" => "Zoho gives no reason".to_owned(),
            words => format!("\"{words}\""),
        }
    }
}

fn text_at<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    map.get(key)?.as_str()
}

fn expected_fields(details: &Map<String, Value>) -> Vec<&str> {
    let fields = details.get("expected_fields").and_then(Value::as_array);
    fields
        .into_iter()
        .flatten()
        .filter_map(|field| text_at(field.as_object()?, "api_name"))
        .collect()
}

fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn kind_in_words(kind: &str) -> String {
    let words = match kind {
        "string" | "text" => "text",
        "integer" => "a whole number",
        "bigint" => "a whole number as text",
        "double" => "a number",
        "boolean" => "true or false",
        "jsonobject" => "an object, like {\"id\": \"…\"}",
        "jsonarray" => "a list",
        "date" => "a date like 2026-01-31",
        "datetime" => "a date and time like 2026-01-31T09:00:00+00:00",
        "email" => "an e-mail address",
        "phone" => "a phone number",
        "website" => "a web address",
        other => return format!("the type {other}"),
    };
    words.to_owned()
}

fn transform_for(kind: &str) -> &'static str {
    match kind {
        "string" | "text" | "bigint" => " (text)",
        "integer" | "double" => " (number)",
        "boolean" => " (boolean)",
        "jsonarray" => " (list)",
        "date" => " (date)",
        "datetime" => " (datetime)",
        _ => "",
    }
}

/// The value that Zoho blames: by `json_path` where it leads somewhere, else by the field's name.
fn refused_value(
    field: Option<&str>,
    details: &Map<String, Value>,
    record: &RawValue,
) -> Option<Value> {
    let record = value_of(record);
    let by_path = text_at(details, "json_path").and_then(|path| value_at(&record, path));
    by_path
        .or_else(|| record.get(field?))
        .filter(|value| !value.is_null())
        .cloned()
        .map(shorten)
}

/// Follows `$.data[3].Quoted_Items[0].Product_Name` within the record.
fn value_at<'r>(record: &'r Value, json_path: &str) -> Option<&'r Value> {
    let (_, path) = json_path.strip_prefix("$.data[")?.split_once("].")?;
    path.split(['.', '['])
        .try_fold(record, |value, part| match part.strip_suffix(']') {
            Some(index) => value.get(index.parse::<usize>().ok()?),
            None => value.get(part),
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn explain(code: &str, message: &str, details: Value, record: &Value) -> Problem {
        let Value::Object(details) = details else {
            panic!("details are an object")
        };
        let record = RawValue::from_string(record.to_string()).unwrap();
        explain_refusal(code, message, None, &details, &record, "Leads")
    }

    #[test]
    fn puts_every_documented_refusal_into_words() {
        let at =
            |field: &str| json!({"api_name": field, "json_path": format!("$.data[0].{field}")});
        let with = |field: &str, key: &str, value: Value| {
            let mut details = at(field);
            details[key] = value;
            details
        };
        let duplicate = with(
            "Email",
            "duplicate_record",
            json!({"Owner": {"name": "Ada Ray", "id": "17"}, "module": {"api_name": "Leads", "id": "2"}, "id": "511000000042"}),
        );
        let invalid = "invalid data";
        let refusals = [
            (
                "MANDATORY_NOT_FOUND",
                "required field not found",
                at("Last_Name"),
            ),
            (
                "MANDATORY_NOT_FOUND",
                "required field not found",
                with(
                    "City",
                    "layout_rule",
                    json!({"name": "Web leads", "id": "1"}),
                ),
            ),
            (
                "EXPECTED_FIELD_MISSING",
                "one of the expected fields is missing",
                json!({"expected_fields": [{"api_name": "Email"}, {"api_name": "Phone"}]}),
            ),
            (
                "INVALID_DATA",
                invalid,
                with("No_of_Employees", "expected_data_type", json!("integer")),
            ),
            (
                "INVALID_DATA",
                invalid,
                with("Email", "maximum_length", json!(100)),
            ),
            (
                "INVALID_DATA",
                invalid,
                with("Stage", "supported_values", json!(["Open", "Won"])),
            ),
            (
                "INVALID_DATA",
                invalid,
                with("Probability", "range", json!({"from": 0, "to": 100})),
            ),
            (
                "INVALID_DATA",
                invalid,
                with("Amount", "maximum_decimal_place", json!(2)),
            ),
            ("INVALID_DATA", invalid, at("Email")),
            ("INVALID_DATA", "the id given seems to be invalid", at("id")),
            (
                "INVALID_DATA",
                "the field api name given seems to be invalid",
                at("Colour"),
            ),
            ("INVALID_DATA", invalid, json!({})),
            ("DUPLICATE_DATA", "duplicate data", duplicate),
            (
                "DUPLICATE_DATA",
                "duplicate data",
                json!({"api_name": "Email", "id": "511000000042"}),
            ),
            (
                "MULTIPLE_OR_MULTI_ERRORS",
                "Multiple errors in the request",
                json!({"errors": [
                    {"code": "DUPLICATE_DATA", "details": at("Email"), "message": "duplicate data", "status": "error"},
                    {"code": "DUPLICATE_DATA", "details": at("Phone"), "message": "duplicate data", "status": "error"},
                ]}),
            ),
            (
                "MULTIPLE_OR_MULTI_ERRORS",
                "Multiple errors in the request",
                json!({}),
            ),
            (
                "DEPENDENT_FIELD_MISSING",
                "required field not found",
                with("What_Id", "dependee", at("$se_module")),
            ),
            (
                "DEPENDENT_MISMATCH",
                "Call Duration can not be zero.",
                at("Call_Duration"),
            ),
            (
                "MAPPING_MISMATCH",
                "Pipeline doesn't contain the Stage",
                with("Stage", "mapped_field", json!("Pipeline")),
            ),
            (
                "DEPENDENT_SERVICE_ERROR",
                "error",
                json!({"dependency_error": "LIMIT_EXCEEDED"}),
            ),
            (
                "LIMIT_EXCEEDED",
                "limit exceeded",
                with("Tag", "maximum_length", json!(10)),
            ),
            (
                "DUPLICATE_LINKING_DATA",
                "duplicate association",
                json!({"linking_fields": [], "id": "1"}),
            ),
            (
                "RECORD_LOCKED",
                "Sorry, you cannot perform this operation as the record is locked.",
                with("id", "action", json!("record_locking")),
            ),
            (
                "NOT_APPROVED",
                "Cannot update record that is not approved yet",
                json!({}),
            ),
            ("NOT_REVIEWED", "record in review", json!({})),
            (
                "NO_PERMISSION",
                "Permission denied to create",
                json!({"permissions": ["Crm_Implied_Create_Leads"]}),
            ),
            ("AUTHORIZATION_FAILED", "not privileged", json!({})),
            (
                "INVALID_MODULE",
                "the module name given seems to be invalid",
                json!({"resource_path_index": 0}),
            ),
            (
                "ALREADY_MODIFIED",
                "record updated time has already passed if-unmodified-since time",
                json!({}),
            ),
            ("RECORD_IN_BLUEPRINT", "record in blueprint", json!({})),
            ("ID_ALREADY_CONVERTED", "id already converted", json!({})),
            ("INACTIVE_USER", "inactive user cannot access", json!({})),
            (
                "TERRITORY_NOT_ENABLED",
                "Territory feature is not enabled",
                json!({}),
            ),
            ("INTERNAL_ERROR", "Internal Server Error", json!({})),
            ("SOMETHING_NEW", "nobody knows", at("Email")),
            ("SOMETHING_NEW", "", json!({})),
        ];
        let record = json!({"Email": "ada@example.com", "No_of_Employees": "many", "Stage": "Lost", "Colour": "blue"});
        let texts = refusals.map(|(code, message, details)| {
            let problem = explain(code, message, details, &record);
            assert_eq!(
                (problem.stage, problem.code.is_empty()),
                (Stage::Zoho, false)
            );
            let value = problem
                .value
                .map_or(String::new(), |value| format!(" = {value}"));
            let field = problem.field.unwrap_or_default();
            format!(
                "{} {field}{value}\n    {}\n    {}",
                problem.code, problem.message, problem.remedy
            )
        });
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn finds_the_value_that_zoho_blames() {
        let record =
            json!({"Email": "x".repeat(500), "Quoted_Items": [{"Quantity": 1}, {"Quantity": -3}]});
        let nested =
            json!({"api_name": "Quantity", "json_path": "$.data[7].Quoted_Items[1].Quantity"});
        assert_eq!(
            explain("INVALID_DATA", "", nested, &record).value,
            Some(json!(-3))
        );
        let long = explain("INVALID_DATA", "", json!({"api_name": "Email"}), &record)
            .value
            .unwrap();
        assert_eq!(
            long.as_str().unwrap().chars().count(),
            SHOWN_CHARACTERS_MAX + 1
        );
        assert_eq!(
            explain("INVALID_DATA", "", json!({"api_name": "Phone"}), &record).value,
            None
        );
    }

    #[test]
    fn the_callers_field_counts_where_zoho_names_none() {
        let record = RawValue::from_string(r#"{"Email":"x"}"#.to_owned()).unwrap();
        let problem = explain_refusal(
            "INVALID_DATA",
            "invalid data",
            Some("Email"),
            &Map::new(),
            &record,
            "Leads",
        );
        assert_eq!(
            (problem.field.as_deref(), problem.value),
            (Some("Email"), Some(json!("x")))
        );
    }

    proptest! {
        #[test]
        fn never_panics(
            code in prop_oneof![
                "[A-Z_]{0,12}",
                proptest::sample::select(vec!["INVALID_DATA", "DUPLICATE_DATA", "MULTIPLE_OR_MULTI_ERRORS", "LIMIT_EXCEEDED"])
                    .prop_map(str::to_owned),
            ],
            message in any::<String>(),
            json_path in "(\\$\\.data\\[0\\]\\.)?[a\\[\\].0-9]{0,12}",
            errors in prop_oneof![Just(json!([])), Just(json!(null)), Just(json!([1])), Just(json!([{"code": "MULTIPLE_OR_MULTI_ERRORS"}]))],
        ) {
            let problem = explain(&code, &message, json!({"api_name": 3, "json_path": json_path, "errors": errors}), &json!({"a": [1]}));
            prop_assert!(!problem.message.is_empty() && !problem.remedy.is_empty());
        }
    }
}
