//! A request as a file describes it, with ids of things that exist.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::known::{Known, NOTHING};
use super::sample::Sampler;
use crate::oas::{Operation, resolved};
use crate::support::{Got, Wired, got};

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Nothing,
    Json(Value),
    File,
}

impl Request {
    /// With what is required, or with all that is described.
    pub(crate) async fn of(operation: &Operation, known: &mut Known, is_full: bool) -> Self {
        let module = module_of(operation);
        let path = path_of(operation, known, module).await;
        let sampler = Sampler::of(&path, module, known, is_full).await;
        let (mut query, mut headers) = (Vec::new(), Vec::new());
        let node = operation.node();
        for parameter in node["parameters"].as_array().into_iter().flatten() {
            let (file, parameter) = resolved(&operation.file, parameter);
            let name = parameter["name"].as_str().unwrap_or_default();
            let wanted = is_full || parameter["required"] == true;
            match parameter["in"].as_str() {
                Some("query") if wanted => {
                    let value = sampler.parameter(name, &file, &parameter["schema"]);
                    query.push((name.to_owned(), value));
                }
                Some("header") if name == "X-CRM-ORG" => {
                    headers.push((name.to_owned(), "60007654321".to_owned()));
                }
                Some("header") if name == "feature" => {
                    headers.push((name.to_owned(), "bulk-write".to_owned()));
                }
                _ => {}
            }
        }
        let (file, body) = resolved(&operation.file, &node["requestBody"]);
        let schema = &body["content"]["application/json"]["schema"];
        let body = if schema.is_object() {
            Body::Json(sampler.value("", "", &file, schema, 0))
        } else if body["content"].is_object() {
            Body::File
        } else {
            Body::Nothing
        };
        Self {
            path,
            query,
            headers,
            body,
        }
    }

    pub(crate) async fn send(&self, wired: &Wired, method: &Method) -> reqwest::Result<Got> {
        let mut request = wired
            .http
            .request(method.clone(), wired.url(&self.path))
            .query(&self.query)
            .header("Authorization", format!("Zoho-oauthtoken {}", wired.token));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request = match &self.body {
            Body::Nothing => request,
            Body::Json(value) => request.body(value.to_string()),
            Body::File => {
                let part = Part::bytes(PNG.to_vec()).file_name("photo.png");
                request.multipart(Form::new().part("file", part))
            }
        };
        Ok(got(request.send().await?).await)
    }

    pub(crate) fn json(&self) -> Option<&Value> {
        match &self.body {
            Body::Json(value) => Some(value),
            Body::Nothing | Body::File => None,
        }
    }

    /// Headers that the file asks for.
    pub(crate) fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Whether the body is a form with a file.
    pub(crate) fn is_form(&self) -> bool {
        matches!(self.body, Body::File)
    }

    pub(crate) fn json_mut(&mut self) -> Option<&mut Value> {
        match &mut self.body {
            Body::Json(value) => Some(value),
            Body::Nothing | Body::File => None,
        }
    }

    pub(super) fn shown(&self) -> String {
        let body = match &self.body {
            Body::Nothing => String::new(),
            Body::Json(value) => value.to_string(),
            Body::File => "a file".to_owned(),
        };
        let body: String = body.chars().take(600).collect();
        format!("{:?} {body}", self.query)
    }
}

/// The smallest picture: one transparent pixel.
pub(crate) const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0a, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, b'I', b'E', b'N',
    b'D', 0xae, 0x42, 0x60, 0x82,
];

fn module_of(operation: &Operation) -> &'static str {
    match operation.file.as_str() {
        "inventory_convert" | "inventory_mass_convert" => "Quotes",
        "blueprint" => "Deals",
        "cancel_meetings" => "Events",
        "contact_roles" => "Contacts",
        "notes" => "Notes",
        _ => "Leads",
    }
}

async fn path_of(operation: &Operation, known: &mut Known, module: &str) -> String {
    let mut path = String::new();
    for part in operation.template.split('/').skip(1) {
        let name = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'));
        let value = match name {
            None => part.to_owned(),
            Some("module" | "module_api_name" | "module_name" | "moduleName") => module.to_owned(),
            Some("related_list_api_name") => "Notes".to_owned(),
            Some("external_field_value" | "external_value") => "A-1".to_owned(),
            Some("feature_api_name") => "data_enrichment".to_owned(),
            Some("portal" | "portal_name") => "Customers".to_owned(),
            Some("api_name") => {
                let found = known.text_at(&path, "api_name").await;
                found.unwrap_or_else(|| "Leads".to_owned())
            }
            Some(_) if path == format!("/crm/v8/{module}") => known.record(module),
            Some("lead_id") => known.record("Leads"),
            Some("event") => known.record("Events"),
            Some("job_id") => NOTHING.to_owned(),
            Some(_) => known.id_at(&path).await,
        };
        path.push('/');
        path.push_str(&value);
    }
    path
}
