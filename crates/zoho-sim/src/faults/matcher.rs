//! Which calls a fault meets.

use serde::{Deserialize, Serialize};

use crate::control::cut;
use crate::http::Call;
use crate::world::outbox::Letter;

/// All given conditions must hold; none given means every call to a path of Zoho.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultMatcher {
    /// HTTP method, such as `POST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Beginning of the path, such as `/oauth/` or `/crm/v8/Leads/upsert`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_prefix: Option<String>,
    /// Module in the path of a CRM call, in any case of letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
}

/// Methods that Zoho's paths have.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

impl FaultMatcher {
    pub(super) fn check(&self) -> Result<(), String> {
        let is_known = |method: &String| METHODS.iter().any(|one| one.eq_ignore_ascii_case(method));
        if let Some(method) = self.method.as_ref().filter(|method| !is_known(method)) {
            return Err(format!(
                "method is `{}`: use one of {}",
                cut(method),
                METHODS.join(", ")
            ));
        }
        let is_path = |prefix: &String| prefix.starts_with('/');
        match self.path_prefix.as_ref().filter(|prefix| !is_path(prefix)) {
            None => Ok(()),
            Some(prefix) => Err(format!(
                "path_prefix is `{}`: begin it with a slash, such as /crm/v8/Leads",
                cut(prefix)
            )),
        }
    }

    pub(crate) fn matches(&self, call: &Call) -> bool {
        let is_method = self
            .method
            .as_ref()
            .is_none_or(|method| method.eq_ignore_ascii_case(call.method.as_str()));
        let is_path = self
            .path_prefix
            .as_ref()
            .is_none_or(|prefix| call.has_prefix(prefix));
        is_method
            && is_path
            && self
                .module
                .as_ref()
                .is_none_or(|module| is_of_module(call, module))
    }

    /// Of a callback, the module that it tells of and the path that it is sent to count.
    pub(crate) fn matches_letter(&self, letter: &Letter) -> bool {
        let is_method = self
            .method
            .as_ref()
            .is_none_or(|method| method.eq_ignore_ascii_case("POST"));
        let is_path = self
            .path_prefix
            .as_ref()
            .is_none_or(|prefix| path_of(&letter.url).starts_with(prefix.as_str()));
        let is_module = self
            .module
            .as_ref()
            .is_none_or(|module| module.eq_ignore_ascii_case(&letter.module));
        is_method && is_path && is_module
    }
}

fn path_of(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| String::new(), |url| url.path().to_owned())
}

fn is_of_module(call: &Call, module: &str) -> bool {
    match call.segments().as_deref() {
        Some([first, _version, named, ..]) if first == "crm" => named.eq_ignore_ascii_case(module),
        _ => false,
    }
}
