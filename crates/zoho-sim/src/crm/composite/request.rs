//! Reads the body of a composite call, and each sub-request by itself: one that is wrong does not keep the others back.

use axum::http::Method;
use serde_json::{Map, Value};

use crate::catalog::{self, Refusal};

/// Sub-requests of one call.
const REQUESTS_MAX: usize = 5;
/// Characters of a path.
const URI_MAX: usize = 2_048;

const ID_FORM: &str = "[a-zA-Z0-9][a-zA-Z0-9_]*";
const URI_FORM: &str = "/crm(/.*)?/v[0-9]+([.][0-9]+)?/.*";

/// Headers that a sub-request may not have.
const RESTRICTED: [&str; 2] = ["authorization", "x-crm-org"];

/// A composite call.
#[derive(Debug)]
pub(super) struct Composite {
    pub(super) rolls_back: bool,
    pub(super) is_parallel: bool,
    pub(super) requests: Vec<Result<Request, Refusal>>,
}

/// One call inside.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) id: Option<String>,
    pub(super) method: Method,
    pub(super) uri: String,
    pub(super) params: Map<String, Value>,
    pub(super) headers: Map<String, Value>,
    pub(super) body: Option<Value>,
}

impl Composite {
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let body: Value = serde_json::from_slice(body).map_err(|_| catalog::malformed_body())?;
        let body = body.as_object().ok_or_else(catalog::malformed_body)?;
        let rolls_back = switch(body, "rollback_on_fail")?.unwrap_or(false);
        // Older samples name it so.
        let concurrent = switch(body, "concurrent_execution")?;
        let parallel = switch(body, "parallel_execution")?.or(concurrent);
        if rolls_back && parallel == Some(true) {
            return Err(catalog::composite::rollback_in_parallel());
        }
        let key = "__composite_requests";
        let json_path = format!("$.{key}");
        let list = match body.get(key) {
            None | Some(Value::Null) => return Err(catalog::composite::missing(key, &json_path)),
            Some(Value::Array(list)) => list,
            Some(_) => {
                return Err(catalog::composite::wrong_type(key, &json_path, "jsonarray"));
            }
        };
        if list.len() > REQUESTS_MAX {
            return Err(catalog::composite::too_many_requests(REQUESTS_MAX));
        }
        // unknown: what Zoho answers to an empty list.
        if list.is_empty() {
            return Err(catalog::composite::invalid(key, &json_path));
        }
        let requests = list.iter().enumerate();
        let requests = requests.map(|(index, request)| Request::read(request, index));
        let mut composite = Self {
            rolls_back,
            is_parallel: parallel.unwrap_or(!rolls_back),
            requests: requests.collect(),
        };
        composite.refuse_duplicates();
        Ok(composite)
    }

    fn refuse_duplicates(&mut self) {
        let ids: Vec<Option<String>> = self
            .requests
            .iter()
            .map(|request| request.as_ref().ok().and_then(|request| request.id.clone()))
            .collect();
        for (index, id) in ids.iter().enumerate() {
            let Some(id) = id else { continue };
            let same = |other: &Option<String>| other.as_ref() == Some(id);
            let indexes: Vec<usize> = (0..ids.len()).filter(|at| same(&ids[*at])).collect();
            if indexes.len() > 1 {
                let json_path = place(index, "sub_request_id");
                self.requests[index] = Err(catalog::composite::duplicate_id(&json_path, &indexes));
            }
        }
    }
}

/// Where a key of a sub-request stands.
pub(super) fn place(index: usize, key: &str) -> String {
    format!("$.__composite_requests[{index}].{key}")
}

fn switch(body: &Map<String, Value>, key: &str) -> Result<Option<bool>, Refusal> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(is_set)) => Ok(Some(*is_set)),
        Some(_) => Err(catalog::composite::wrong_type(
            key,
            &format!("$.{key}"),
            "boolean",
        )),
    }
}

impl Request {
    fn read(json: &Value, index: usize) -> Result<Self, Refusal> {
        let json_path = format!("$.__composite_requests[{index}]");
        let request = json.as_object().ok_or_else(|| {
            catalog::composite::wrong_type("__composite_requests", &json_path, "jsonobject")
        })?;
        let text = |key: &str| match request.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(catalog::composite::wrong_type(
                key,
                &place(index, key),
                "string",
            )),
        };
        let mandatory = |key: &str| {
            text(key)?.ok_or_else(|| catalog::composite::missing(key, &place(index, key)))
        };
        let object = |key: &str| match request.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object.clone())),
            Some(_) => Err(catalog::composite::wrong_type(
                key,
                &place(index, key),
                "jsonobject",
            )),
        };
        let id = text("sub_request_id")?;
        if id.as_deref().is_some_and(|id| !is_id(id)) {
            let key = "sub_request_id";
            return Err(catalog::composite::wrong_form(
                key,
                &place(index, key),
                ID_FORM,
            ));
        }
        let method = mandatory("method")?;
        let methods = [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ];
        let method = methods
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(&method))
            .ok_or_else(|| catalog::composite::invalid("method", &place(index, "method")))?;
        let uri = mandatory("uri")?;
        if !is_uri(&uri) {
            return Err(catalog::composite::wrong_form(
                "uri",
                &place(index, "uri"),
                URI_FORM,
            ));
        }
        let headers = object("headers")?.unwrap_or_default();
        let restricted: Vec<&str> = headers
            .keys()
            .map(String::as_str)
            .filter(|name| {
                RESTRICTED
                    .iter()
                    .any(|known| name.eq_ignore_ascii_case(known))
            })
            .collect();
        if !restricted.is_empty() {
            return Err(catalog::composite::restricted_headers(
                &place(index, "headers"),
                &restricted,
            ));
        }
        Ok(Self {
            id,
            method,
            uri,
            params: object("params")?.unwrap_or_default(),
            headers,
            body: object("body")?.map(Value::Object),
        })
    }
}

fn is_id(text: &str) -> bool {
    let is_start = text.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    let mut letters = text.chars();
    is_start
        && text.len() <= 100
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// Whether a path has the documented form.
fn is_uri(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("/crm") else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('/').collect();
    // Something may follow behind the version, and be it nothing but the slash.
    let last = parts.pop();
    let is_version = |part: &&str| {
        part.strip_prefix('v').is_some_and(|number| {
            let is_number =
                |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            match number.split_once('.') {
                None => is_number(number),
                Some((major, minor)) => is_number(major) && is_number(minor),
            }
        })
    };
    text.chars().count() <= URI_MAX
        && last.is_some()
        && parts.first() == Some(&"")
        && parts.iter().skip(1).any(is_version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_ids_have_the_documented_forms() {
        for uri in [
            "/crm/v8/Leads",
            "/crm/v2.1/Leads/1",
            "/crm/bulk/v8/read",
            "/crm/v8/",
        ] {
            assert!(is_uri(uri), "{uri}");
        }
        for uri in [
            "crm/v8/Leads",
            "/crm/v8",
            "/crmx/v8/Leads",
            "/crm/8/Leads",
            "/crm/vx/Leads",
            "",
            "/crm",
        ] {
            assert!(!is_uri(uri), "{uri}");
        }
        assert!(is_id("1") && is_id("a_1") && !is_id("_a") && !is_id("") && !is_id("a-b"));
    }
}
