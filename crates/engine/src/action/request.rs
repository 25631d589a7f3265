//! Raw requests: any call of Zoho's APIs, with the connection's token, but never to another host.

use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use zoho::books::OrganizationId;
use zoho::crm::Upload;
use zoho::{HeaderMap, Method, RawRequest};

use super::books::ORGANIZATION;
use super::kind::{Effect, Input, Kind};
use super::{
    Action, ActionError, AfterLoss, Answer, Context, Download, ErrorClass, FileInput, Inputs,
    Outcome,
};

/// The longest wait between two tries.
const WAIT_MAX: Duration = Duration::from_secs(60);

const METHOD: Input = Input::or(
    "method",
    Kind::Choice(&["GET", "POST", "PUT", "PATCH", "DELETE"]),
    "\"GET\"",
    "The HTTP method",
);
const QUERY: Input = Input::optional(
    "query",
    Kind::Values,
    "Query parameters by name; a list of values repeats one",
);
const HEADERS: Input = Input::optional(
    "headers",
    Kind::Values,
    "Headers by name; who calls and where to is not theirs to say",
);
const DATA: Input = Input::optional(
    "data",
    Kind::Json,
    "The body, sent as JSON; a text is sent as it is",
);
const FORM: Input = Input::optional("form", Kind::Values, "The body as a url-encoded form");
const FORM_DATA: Input = Input::optional(
    "form_data",
    Kind::Values,
    "Texts of a multipart/form-data body",
);
const FILE_DATA: Input = Input::optional(
    "file_data",
    Kind::Files,
    "Files of a multipart/form-data body, by the name of their part; a list sends several under one name",
);
const FILE_NAMES: Input = Input::optional(
    "file_data_file_names",
    Kind::Values,
    "Names for these files, by the name of their part; a list names several",
);
const RESPONSE_TYPE: Input = Input::or(
    "response_type",
    Kind::Choice(&["json", "text", "binary"]),
    "\"json\"",
    "What the body of the answer is taken for; binary hands it on as it comes",
);
const TIMEOUT: Input = Input::optional(
    "timeout_ms",
    Kind::Integer(1, 3_600_000),
    "How long a call may take, in milliseconds; left out: a minute",
);
const RETRY_DELAY: Input = Input::or(
    "retry_delay_ms",
    Kind::Integer(0, 60_000),
    "0",
    "The wait before another try, in milliseconds",
);
const RETRY_ALL: Input = Input::or(
    "retry_on_all_errors",
    Kind::Boolean,
    "false",
    "Try again after any answer of 300 and above, not only after network errors and 5xx",
);
const RETRIES: Input = Input::or(
    "max_retries",
    Kind::Integer(0, 10),
    "0",
    "Tries after the first; 0: none. A POST or PATCH whose answer is lost is repeated with retry_on_all_errors only, and nothing that changes something under an Idempotency-Key",
);
const BACKOFF: Input = Input::or(
    "use_exponential_backoff",
    Kind::Boolean,
    "false",
    "Wait 1, 2, 4 … seconds, at most 60, instead of retry_delay_ms",
);

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.request",
        summary: "Send any request to Zoho CRM",
        inputs: &[
            Input::required(
                "path",
                Kind::Text,
                "The path: /Leads or /v2/Leads below /crm, or a whole one such as /crm/bulk/v8/read",
            ),
            METHOD,
            QUERY,
            HEADERS,
            DATA,
            FORM,
            FORM_DATA,
            FILE_DATA,
            FILE_NAMES,
            RESPONSE_TYPE,
            TIMEOUT,
            RETRY_DELAY,
            RETRY_ALL,
            RETRIES,
            BACKOFF,
        ],
        effect: Effect::Depends,
        output: schema,
        scopes: &[],
        credits: "as the path's call costs",
        page: "crm/developer/docs/api/v8/",
        after_loss: AfterLoss::Asks,
        run: |context, inputs| {
            async move {
                let path = crm_path(inputs.text("path"));
                let crm = context.crm();
                send(context, inputs, |method| crm.request(method, &path)).await
            }
            .boxed()
        },
    },
    Action {
        name: "books.request",
        summary: "Send any request to Zoho Books",
        inputs: &[
            Input::required(
                "path",
                Kind::Text,
                "The path below /books/v3, such as /organizations",
            ),
            METHOD,
            QUERY,
            HEADERS,
            DATA,
            FORM,
            FORM_DATA,
            FILE_DATA,
            FILE_NAMES,
            RESPONSE_TYPE,
            TIMEOUT,
            RETRY_DELAY,
            RETRY_ALL,
            RETRIES,
            BACKOFF,
            ORGANIZATION,
        ],
        effect: Effect::Depends,
        output: schema,
        scopes: &[],
        credits: "0; 1 call of the organisation's day",
        page: "books/api/v3/introduction/",
        after_loss: AfterLoss::Asks,
        run: |context, inputs| books(context, inputs),
    },
];

fn books<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let named = inputs
            .values("query")
            .and_then(|query| query.get("organization_id"));
        let books = match named.map(text).filter(|_| !inputs.has("organization_id")) {
            Some(id) => context
                .connection
                .client
                .books(id.parse::<OrganizationId>()?),
            None => context.books(inputs).await?,
        };
        let path = books_path(inputs.text("path"));
        send(context, inputs, |method| books.request(method, &path)).await
    }
    .boxed()
}

fn schema() -> Value {
    json!({
        "type": "object", "required": ["status", "headers", "body"],
        "properties": {
            "status": {"type": "integer", "description": "Zoho's HTTP status"},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "body": {"description": "Zoho's answer"},
        },
    })
}

/// `/Leads` means the version that everything else here speaks; `/v2/Leads` and `/crm/v2/Leads` name theirs.
fn crm_path(path: &str) -> String {
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    let is_version = first
        .strip_prefix('v')
        .is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()));
    match path.starts_with('/') && !is_version && !matches!(first, "crm" | "bulk") {
        true => format!("/v8{path}"),
        false => path.to_owned(),
    }
}

/// `/organizations` means the one version that there is.
fn books_path(path: &str) -> String {
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    match path.starts_with('/') && !matches!(first, "books" | "v3") {
        true => format!("/v3{path}"),
        false => path.to_owned(),
    }
}

/// Sends the request, as often as the inputs allow.
async fn send(
    context: &Context,
    inputs: &Inputs,
    make: impl Fn(Method) -> RawRequest,
) -> Result<Answer, ActionError> {
    let method: Method = inputs.text("method").parse().map_err(|_| {
        ActionError::input(
            "method",
            inputs.get("method"),
            "the method is none",
            "Write GET, POST, PUT, PATCH or DELETE.",
        )
    })?;
    let retries: u32 = inputs.number("max_retries").unwrap_or_default();
    // An answer that was lost, or a 5xx, says nothing of what was done: what may do harm twice is repeated only where that
    // is asked for, and under a key never.
    let may_harm_twice = matches!(method, Method::POST | Method::PATCH);
    let is_once = match context.idempotency_key.is_some() {
        true => method != Method::GET,
        false => may_harm_twice && !inputs.is("retry_on_all_errors"),
    };
    let may_repeat = |status: u16| is_to_be_repeated(inputs, status) && !(is_once && status >= 500);
    let may_repeat_after =
        |error: &zoho::Error| error.is_transient() && !(is_once && error.is_outcome_unknown());
    let mut tries = 0;
    loop {
        let request = fill(make(method.clone()), inputs)?;
        let is_last = tries == retries;
        let asked = match inputs.text("response_type") {
            "binary" => match request.open().await {
                Ok(answer) if is_last || !may_repeat(answer.status) => {
                    return binary(answer);
                }
                Ok(answer) => retry_after(&answer.headers),
                Err(error) if is_last || !may_repeat_after(&error) => return Err(error.into()),
                Err(error) => error.retry_after(),
            },
            kind => match request.send().await {
                Ok(answer) if is_last || !may_repeat(answer.status) => {
                    return whole(&answer, kind == "json");
                }
                Ok(answer) => retry_after(&answer.headers),
                Err(error) if is_last || !may_repeat_after(&error) => return Err(error.into()),
                Err(error) => error.retry_after(),
            },
        };
        let wait = match inputs.is("use_exponential_backoff") {
            true => Duration::from_secs(1 << tries.min(6)),
            false => Duration::from_millis(inputs.number("retry_delay_ms").unwrap_or_default()),
        };
        tokio::time::sleep(wait.max(asked.unwrap_or_default()).min(WAIT_MAX)).await;
        tries += 1;
    }
}

fn is_to_be_repeated(inputs: &Inputs, status: u16) -> bool {
    status >= 500 || (status >= 300 && inputs.is("retry_on_all_errors"))
}

fn fill(mut request: RawRequest, inputs: &Inputs) -> Result<RawRequest, ActionError> {
    for (name, value) in inputs.values("query").into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::Array(values) => {
                for value in values {
                    request = request.query(name, text(value));
                }
            }
            value => request = request.query(name, text(value)),
        }
    }
    let mut content_type = None;
    let headers = inputs.values("headers").into_iter().flatten();
    for (name, value) in headers.filter(is_given) {
        // Of a text only its sender knows what it is.
        if name.eq_ignore_ascii_case("content-type") && inputs.has("data") {
            content_type = Some(text(value));
        } else {
            request = request.header(name, text(value));
        }
    }
    if let Some(milliseconds) = inputs.number("timeout_ms") {
        request = request.timeout(Duration::from_millis(milliseconds));
    }
    let files: Vec<(&str, &FileInput)> = inputs
        .files()
        .iter()
        .filter_map(|(name, file)| Some((name.strip_prefix("file_data.")?, file)))
        .collect();
    let form_data = inputs.values("form_data");
    let kinds = [
        inputs.has("data"),
        inputs.has("form"),
        form_data.is_some() || !files.is_empty(),
    ];
    if kinds.into_iter().filter(|is_there| *is_there).count() > 1 {
        return Err(ActionError::input(
            "data",
            None,
            "the request has several bodies",
            "Give one of data, form, and form_data with file_data.",
        ));
    }
    request = match inputs.get("data") {
        Some(Value::String(text)) => {
            let is_json = serde_json::from_str::<&RawValue>(text)
                .is_ok_and(|json| json.get().starts_with(['{', '[']));
            let usual = match is_json {
                true => "application/json",
                false => "text/plain; charset=utf-8",
            };
            request.bytes(
                content_type.as_deref().unwrap_or(usual),
                text.clone().into(),
            )
        }
        Some(data) => match content_type {
            Some(content_type) if !is_json(&content_type) => {
                return Err(ActionError::input(
                    "headers",
                    inputs.get("headers"),
                    format!("data is JSON, and no {content_type}"),
                    "Give data as a text, or leave Content-Type out.",
                ));
            }
            _ => request.json(data),
        },
        None => request,
    };
    if let Some(form) = inputs.values("form") {
        request = request.form(
            form.iter()
                .filter(is_given)
                .map(|(name, value)| (name, text(value))),
        );
    }
    for (name, value) in form_data.into_iter().flatten().filter(is_given) {
        match value {
            Value::Array(values) => {
                for value in values {
                    request = request.field(name, text(value));
                }
            }
            value => request = request.field(name, text(value)),
        }
    }
    let mut names = file_names(inputs)?;
    for (part, file) in files {
        let place = names.iter().position(|(of, _)| *of == part);
        let given = place.map(|place| names.remove(place).1);
        let name = given.as_deref().unwrap_or(&file.name);
        let mut upload = Upload::from_stream(name, file.length_bytes, file.pieces());
        if let Some(content_type) = &file.content_type {
            upload = upload.content_type(content_type);
        }
        request = request.file(part, upload);
    }
    match names.first() {
        None => Ok(request),
        Some((part, name)) => Err(ActionError::input(
            "file_data_file_names",
            inputs.get("file_data_file_names"),
            format!("there is no file for the name {name:?} of the part {part:?}"),
            "Name only files that come in file_data, by the name of their part.",
        )),
    }
}

/// The names that are given, each with its part.
fn file_names(inputs: &Inputs) -> Result<Vec<(&str, String)>, ActionError> {
    let mut names = Vec::new();
    let given = inputs.values("file_data_file_names").into_iter().flatten();
    for (part, value) in given.filter(is_given) {
        let several = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        for name in several {
            match name {
                Value::String(_) | Value::Number(_) => names.push((part.as_str(), text(name))),
                _ => {
                    return Err(ActionError::input(
                        "file_data_file_names",
                        Some(value),
                        format!("the name of the file in the part {part:?} is no text"),
                        r#"Write a text, such as {"file": "order.pdf"}, or a list of them."#,
                    ));
                }
            }
        }
    }
    Ok(names)
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// `null` is nothing to send.
fn is_given((_, value): &(&String, &Value)) -> bool {
    !value.is_null()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get("retry-after")?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

fn whole(answer: &zoho::RawAnswer, is_json: bool) -> Result<Answer, ActionError> {
    #[derive(Serialize)]
    struct Shown<'a> {
        status: u16,
        headers: Map<String, Value>,
        body: Body<'a>,
    }
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Body<'a> {
        Json(&'a RawValue),
        Text(std::borrow::Cow<'a, str>),
        None,
    }
    let json = serde_json::from_slice::<&RawValue>(&answer.body)
        .ok()
        .filter(|_| is_json);
    let body = match json {
        Some(json) => Body::Json(json),
        None if answer.body.is_empty() => Body::None,
        None => Body::Text(String::from_utf8_lossy(&answer.body)),
    };
    Answer::json(&Shown {
        status: answer.status,
        headers: headers_of(&answer.headers),
        body,
    })
}

/// Headers by name. Cookies are between Zoho and the gateway.
fn headers_of(headers: &HeaderMap) -> Map<String, Value> {
    let names = headers.keys().filter(|name| *name != "set-cookie");
    names
        .map(|name| {
            let values: Vec<_> = headers
                .get_all(name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()))
                .collect();
            (name.to_string(), Value::from(values.join(", ")))
        })
        .collect()
}

/// A file, which has no place for a status: anything but a success is an error.
fn binary(answer: zoho::RawStream) -> Result<Answer, ActionError> {
    if !(200..300).contains(&answer.status) {
        let mut error = ActionError::new(
            match answer.status {
                404 => ErrorClass::NotFound,
                429 => ErrorClass::Throttled,
                500.. => ErrorClass::Unavailable,
                _ => ErrorClass::Refused,
            },
            "refused",
            format!("Zoho answers HTTP {} and no file", answer.status),
            "Ask for response_type json to see what Zoho says.",
        );
        error.zoho_status = Some(answer.status);
        return Err(error);
    }
    let text = |name: &str| Some(answer.headers.get(name)?.to_str().ok()?.to_owned());
    Ok(Answer::File(Download {
        name: None,
        content_type: text("content-type"),
        length_bytes: text("content-length").and_then(|text| text.parse().ok()),
        content: Box::pin(answer.into_stream().map(|piece| Ok(piece?))),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_without_a_version_get_ours() {
        for (given, sent) in [
            ("/Leads", "/v8/Leads"),
            ("/settings/modules", "/v8/settings/modules"),
            ("/v2/Leads", "/v2/Leads"),
            ("/v2.1/Leads", "/v2.1/Leads"),
            ("/crm/v8/Leads", "/crm/v8/Leads"),
            ("/bulk/v8/read", "/bulk/v8/read"),
            ("/volunteers", "/v8/volunteers"),
            ("https://evil.example/x", "https://evil.example/x"),
        ] {
            assert_eq!(crm_path(given), sent);
        }
    }
}
