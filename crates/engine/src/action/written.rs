//! How a call of an action is written down: as `curl` and as a command of `leadway`, both for a POSIX shell.
//!
//! What the console shows and what the command line takes are spelled here, so that one cannot drift from the other.

use serde_json::{Map, Value};

use super::{Action, Effect, Input, Kind};

/// Where the command line looks for a gateway unless told.
pub const DEFAULT_URL: &str = "http://127.0.0.1:8080";
/// The variable that holds the admin token, in every call that is written down.
const TOKEN_VARIABLE: &str = "LEADWAY_ADMIN_TOKEN";
/// Options that all commands share; an input of the same name is asked for as `--input-NAME`.
const SHARED_OPTIONS: [&str; 9] = [
    "url",
    "token",
    "json",
    "format",
    "yes",
    "output",
    "connection",
    "set",
    "idempotency_key",
];
/// A call that fits a line is written on one.
const LINE_CHARS_MAX: usize = 72;
/// A body beyond this is written on several lines.
const BODY_CHARS_MAX: usize = 64;
/// Values beyond this many are one object instead of an assignment each.
const ASSIGNMENTS_MAX: usize = 12;

/// A call of an action, to be written down. It holds no secret of the gateway's.
#[derive(Debug)]
pub struct Call<'a> {
    /// What is done.
    pub action: &'a Action,
    /// The gateway's address, without a slash at its end.
    pub url: &'a str,
    /// The connection's name.
    pub connection: &'a str,
    /// The inputs, as the API takes them.
    pub inputs: &'a Map<String, Value>,
    /// Files by the name of their input, with the paths at which they lie.
    pub files: &'a [(String, String)],
    /// The caller's own name for the request.
    pub idempotency_key: Option<&'a str>,
}

impl Action {
    /// Its command, below `leadway crm` or `leadway books`: `create-record`.
    #[must_use]
    pub fn command_name(&self) -> String {
        self.verb().replace('_', "-")
    }

    /// Whether a person should say that it is meant, since it cannot be taken back.
    #[must_use]
    pub fn asks(&self, inputs: &Map<String, Value>) -> bool {
        match self.effect {
            Effect::Destroys => true,
            Effect::Depends | Effect::Changes => {
                let calls = inputs.get("requests").and_then(Value::as_array);
                let calls = calls.into_iter().flatten().filter_map(Value::as_object);
                is_final(inputs) || calls.into_iter().any(is_final)
            }
            Effect::Reads => false,
        }
    }

    /// Whether there are inputs with which [`Action::asks`].
    #[must_use]
    pub fn may_ask(&self) -> bool {
        match self.effect {
            Effect::Destroys => true,
            Effect::Depends | Effect::Changes => {
                self.input("method").is_some() || self.input("requests").is_some()
            }
            Effect::Reads => false,
        }
    }

    /// Whether these inputs are answered with a file.
    #[must_use]
    pub fn gives_file(&self, inputs: &Map<String, Value>) -> bool {
        let is_binary = |word: &str| word.eq_ignore_ascii_case("binary");
        let wanted = inputs.get("response_type").and_then(Value::as_str);
        self.output_schema().is_null() || wanted.is_some_and(is_binary)
    }
}

/// Whether a call by hand, alone or one of several, cannot be taken back.
fn is_final(call: &Map<String, Value>) -> bool {
    let text = |name: &str| call.get(name).and_then(Value::as_str);
    let is = |word: &str| text("method").is_some_and(|method| method.eq_ignore_ascii_case(word));
    is("delete") || (!is("get") && text("path").is_some_and(cannot_be_taken_back))
}

/// Whether a path of a raw request is one that the catalog's own action would ask about.
fn cannot_be_taken_back(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut last = path.trim_end_matches('/').rsplit('/');
    let (verb, actions) = (last.next(), last.next());
    let is = |word: Option<&str>, wanted: &str| {
        word.is_some_and(|word| word.eq_ignore_ascii_case(wanted))
    };
    is(actions, "actions")
        && ["convert", "mass_convert", "mass_delete", "merge", "empty"]
            .iter()
            .any(|wanted| is(verb, wanted))
}

impl Input {
    /// Its option on the command line, without the two hyphens: `record-id`.
    #[must_use]
    pub fn flag(&self) -> String {
        let prefix = if SHARED_OPTIONS.contains(&self.name) {
            "input-"
        } else {
            ""
        };
        format!("{prefix}{}", self.name.replace('_', "-"))
    }
}

impl Call<'_> {
    /// The call of the REST API, by `curl`.
    #[must_use]
    pub fn curl(&self) -> String {
        let connection: String =
            url::form_urlencoded::byte_serialize(self.connection.as_bytes()).collect();
        let url = format!(
            "{}/api/v1/connections/{}/actions/{}",
            self.url,
            connection.replace('+', "%20"),
            self.action.name
        );
        let mut words = vec![
            format!("curl {}", quoted(&url)),
            format!("-H \"Authorization: Bearer ${TOKEN_VARIABLE}\""),
        ];
        if let Some(key) = self.key() {
            words.push(format!("-H {}", quoted(&format!("Idempotency-Key: {key}"))));
        }
        if self.files.is_empty() {
            words.push("-H 'Content-Type: application/json'".to_owned());
        }
        let body = body(self.inputs);
        if self.files.is_empty() {
            words.push(format!("-d {}", quoted(&body)));
        } else {
            words.push(format!(
                "--form-string {}",
                quoted(&format!("inputs={body}"))
            ));
        }
        for (name, path) in self.files {
            words.push(format!("-F {}", quoted(&format!("{name}=@{}", part(path)))));
        }
        if self.action.gives_file(self.inputs) {
            words.push("-o answer".to_owned());
        }
        lines(&words)
    }

    /// The same call by the command line.
    #[must_use]
    pub fn command(&self) -> String {
        let mut words = vec![format!(
            "leadway {} {}",
            self.action.product().as_str(),
            self.action.command_name()
        )];
        if self.url != DEFAULT_URL {
            words.push(option("url", self.url));
        }
        words.push(option("connection", self.connection));
        for input in self.action.inputs {
            if let Some(value) = self.inputs.get(input.name).filter(|value| !value.is_null()) {
                words.extend(options(input, value));
            }
            let own = self.files.iter().filter_map(|(name, path)| {
                let rest = name.strip_prefix(input.name)?;
                Some((rest, path))
            });
            for (rest, path) in own {
                match (input.kind, rest.strip_prefix('.')) {
                    (Kind::File, _) if rest.is_empty() => words.push(option(&input.flag(), path)),
                    (Kind::Files, Some(part)) => {
                        words.push(option(&input.flag(), &format!("{part}={path}")));
                    }
                    _ => {}
                }
            }
        }
        if let Some(key) = self.key() {
            words.push(option("idempotency-key", key));
        }
        if self.action.asks(self.inputs) {
            words.push("--yes".to_owned());
        }
        if self.action.gives_file(self.inputs) {
            words.push("--output answer".to_owned());
        }
        lines(&words)
    }

    /// What only reads may be repeated without a name.
    fn key(&self) -> Option<&str> {
        self.idempotency_key
            .filter(|_| self.action.effect != Effect::Reads)
    }
}

/// On one line if they fit, else a line each.
fn lines(words: &[String]) -> String {
    let line = words.join(" ");
    match line.chars().count() <= LINE_CHARS_MAX && !line.contains('\n') {
        true => line,
        false => words.join(" \\\n  "),
    }
}

fn body(inputs: &Map<String, Value>) -> String {
    let line = compact(inputs);
    match line.chars().count() > BODY_CHARS_MAX {
        true => serde_json::to_string_pretty(inputs).unwrap_or(line),
        false => line,
    }
}

fn compact(value: &impl serde::Serialize) -> String {
    // Maps with text keys and values can always be written.
    serde_json::to_string(value).unwrap_or_default()
}

/// The options of one input.
fn options(input: &Input, value: &Value) -> Vec<String> {
    let flag = input.flag();
    match input.kind {
        Kind::FieldValues if input.name == "values" => {
            assignments(value).unwrap_or_else(|| vec![option(&flag, &compact(value))])
        }
        Kind::Values | Kind::FieldValues | Kind::Records(_) | Kind::Json => {
            vec![option(&flag, &compact(value))]
        }
        Kind::Boolean if *value == Value::Bool(true) => vec![format!("--{flag}")],
        Kind::Boolean => vec![format!("--{flag}={}", quoted(&text(value)))],
        Kind::Fields | Kind::Texts | Kind::RecordIds => vec![option(&flag, &list(value))],
        Kind::File | Kind::Files => Vec::new(),
        _ => vec![option(&flag, &text(value))],
    }
}

/// `--set NAME=VALUE` for each, where that says the same: no more than a few, none of them deep.
fn assignments(value: &Value) -> Option<Vec<String>> {
    let values = value.as_object()?;
    let is_said = |(name, value): (&String, &Value)| {
        !name.is_empty() && name.trim() == name && !name.contains('=') && !value.is_object()
    };
    if values.is_empty() || values.len() > ASSIGNMENTS_MAX || !values.iter().all(is_said) {
        return None;
    }
    let assignment = |(name, value): (&String, &Value)| {
        let value = match value {
            // What would be read as JSON is written as a JSON text.
            Value::String(text) if serde_json::from_str::<Value>(text).is_err() => text.clone(),
            other => compact(other),
        };
        option("set", &format!("{name}={value}"))
    };
    Some(values.iter().map(assignment).collect())
}

/// With commas where that says the same, else as JSON.
fn list(value: &Value) -> String {
    let Value::Array(items) = value else {
        return text(value);
    };
    let texts: Vec<String> = items.iter().map(text).collect();
    let is_said = |text: &String| {
        !text.is_empty() && text.trim() == text && !text.contains(',') && !text.starts_with('[')
    };
    match !texts.is_empty() && texts.iter().all(is_said) {
        true => texts.join(","),
        false => compact(value),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => compact(other),
    }
}

/// `--flag value`; a value that looks like an option is bound by `=`.
fn option(flag: &str, value: &str) -> String {
    let bond = if value.starts_with('-') { "=" } else { " " };
    format!("--{flag}{bond}{}", quoted(value))
}

/// A path as `curl -F` takes it: what parts its words is quoted, by curl's own rules.
fn part(path: &str) -> String {
    match path.contains([';', ',', '"', '\\']) || path.trim() != path {
        true => format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\"")),
        false => path.to_owned(),
    }
}

/// A word of a shell's, whatever is in it.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@,+%=".contains(&byte);
    match !text.is_empty() && text.bytes().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::action::find;

    fn call(action: &str, inputs: Value, files: &[(&str, &str)]) -> (String, String) {
        let Value::Object(inputs) = inputs else {
            panic!("no object")
        };
        let files: Vec<_> = files
            .iter()
            .map(|(name, path)| ((*name).to_owned(), (*path).to_owned()))
            .collect();
        let call = Call {
            action: find(action).unwrap(),
            url: "http://127.0.0.1:8080",
            connection: "demo",
            inputs: &inputs,
            files: &files,
            idempotency_key: Some("order-17"),
        };
        (call.curl(), call.command())
    }

    #[test]
    fn calls_are_written_as_people_would() {
        let written: Vec<String> = [
            call("crm.get_org", json!({}), &[]),
            call(
                "crm.create_record",
                json!({"module": "Leads", "values": {"Last_Name": "O'Neil", "Zip_Code": "01234", "Street": "12", "Employees": 12}, "trigger": []}),
                &[],
            ),
            call(
                "crm.create_record",
                json!({"module": "Leads", "values": {"Owner": {"id": "4711"}, "Last_Name": "Ray"}}),
                &[],
            ),
            call(
                "crm.list_records",
                json!({"module": "Leads", "fields": ["Last_Name", "Email"], "per_page": 5, "fetch_all": true}),
                &[],
            ),
            call("crm.delete_record", json!({"module": "Leads", "record_id": "4711"}), &[]),
            call(
                "crm.request",
                json!({"path": "/Leads", "method": "POST", "response_type": "binary"}),
                &[("file_data.photo", "it's;mine.png")],
            ),
            call("crm.send_mail", json!({"to": ["Ray, Ida <ray@orchard.example>"], "subject": "-1"}), &[]),
        ]
        .map(|(curl, command)| format!("{curl}\n\n{command}"))
        .into();
        insta::assert_snapshot!(written.join("\n────\n"));
    }

    #[test]
    fn a_raw_request_asks_where_the_action_of_the_catalog_does() {
        let request = find("crm.request").unwrap();
        let asks = |method: &str, path: &str| {
            let inputs = json!({"method": method, "path": path});
            request.asks(inputs.as_object().unwrap())
        };
        assert!(asks("DELETE", "/Leads/1"));
        assert!(asks("POST", "/Leads/1/actions/convert"));
        assert!(asks("post", "/v8/Leads/actions/mass_delete/?x=1"));
        assert!(asks("POST", "/v8/Leads/1/actions/Merge"));
        assert!(!asks("GET", "/v8/Leads/1/actions/convert"));
        assert!(!asks("POST", "/Leads"));
        assert!(!asks("POST", "/convert"));
        let composite = find("crm.composite").unwrap();
        let asks = |method: &str| {
            let calls = json!({"requests": [{"id": "1", "path": "/crm/v8/Leads/1"}, {"id": "2", "method": method, "path": "/crm/v8/Leads/2"}]});
            composite.asks(calls.as_object().unwrap())
        };
        assert!(asks("delete") && !asks("PUT"));
    }
}
