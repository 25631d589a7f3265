//! `leadway request`: any call of Zoho's APIs by hand, by the actions `crm.request` and `books.request`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use super::arguments;
use super::coql::Common;
use crate::usage::wrong_usage;

/// Send any request to Zoho CRM or Zoho Books, over the connection and to nowhere else
#[derive(Args)]
#[command(after_help = "Examples:
  leadway request GET /Leads -q fields=Last_Name,Email -q per_page=5
  leadway request POST /Leads -d '{\"data\": [{\"Last_Name\": \"Moss\"}]}'
  leadway request PUT /Leads -d @leads.json -H 'X-EXTERNAL: Leads.Shop_Id'
  leadway request POST /files --file file=order.pdf
  leadway request GET /books/v3/contacts -q per_page=5
  leadway request DELETE /Leads/4711 --yes

Prints Zoho's body; with --json, its status and headers too. An answer of 400 and above ends with exit code 1.")]
pub(crate) struct RequestArgs {
    /// The method
    #[arg(value_enum, ignore_case = true)]
    method: Method,

    /// The path: /Leads or /v2/Leads below /crm, or a whole one such as /crm/bulk/v8/read or /books/v3/contacts
    path: String,

    /// The product; left out: books where the path begins with /books/, else crm
    #[arg(long, value_enum)]
    product: Option<ProductName>,

    /// A query parameter; repeated names are sent repeatedly
    #[arg(long, short = 'q', value_name = "NAME=VALUE", value_parser = pair)]
    query: Vec<(String, String)>,

    /// A header; who calls and where to is not theirs to say
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,

    /// The body: JSON, or any text; @FILE reads it from a file, @- from standard input
    #[arg(long, short = 'd', value_name = "TEXT|@FILE", group = "body")]
    data: Option<String>,

    /// A field of a url-encoded body
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, group = "body")]
    form: Vec<(String, String)>,

    /// A text of a multipart/form-data body
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, conflicts_with = "body")]
    form_data: Vec<(String, String)>,

    /// A file of a multipart/form-data body, by the name of its part; repeated names are sent repeatedly
    #[arg(long, value_name = "NAME=FILE", value_parser = pair, conflicts_with = "body")]
    file: Vec<(String, String)>,

    /// Another name for the file of a part; repeated for its further files
    #[arg(long, value_name = "NAME=NAME", value_parser = pair, requires = "file")]
    file_name: Vec<(String, String)>,

    /// What the body of the answer is taken for; binary writes it as it comes
    #[arg(long, value_enum, default_value = "json")]
    response_type: ResponseType,

    /// How long a call may take, in milliseconds; left out: a minute
    #[arg(long, value_name = "MILLISECONDS")]
    timeout_ms: Option<u32>,

    /// Tries after the first, at most 10
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    max_retries: u32,

    /// The wait before another try, in milliseconds
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    retry_delay_ms: u32,

    /// Try again after any answer of 300 and above, not only after network errors and 5xx
    #[arg(long)]
    retry_on_all_errors: bool,

    /// Wait 1, 2, 4 … seconds, at most 60, instead of --retry-delay-ms
    #[arg(long)]
    use_exponential_backoff: bool,

    /// The Books organisation; left out: the user's default one
    #[arg(long, value_name = "ID")]
    organization_id: Option<String>,

    /// A name of your own for this request: a repeat within 24 hours gets the first answer
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,

    /// Yes, do what cannot be taken back; DELETE asks for it
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProductName {
    Crm,
    Books,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

#[derive(Clone, Copy, ValueEnum)]
enum ResponseType {
    Json,
    Text,
    Binary,
}

impl RequestArgs {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let product = self
            .product
            .unwrap_or(match self.path.starts_with("/books/") {
                true => ProductName::Books,
                false => ProductName::Crm,
            });
        if product == ProductName::Crm && self.organization_id.is_some() {
            return Err(wrong_usage(
                "--organization-id is for Zoho Books; name it with --product books, or leave the option out",
            ));
        }
        let action = match product {
            ProductName::Crm => "crm.request",
            ProductName::Books => "books.request",
        };
        once("--header", self.header.iter().map(|(name, _)| name))?;
        once("--form", self.form.iter().map(|(name, _)| name))?;
        let inputs = self.inputs()?;
        let mut chosen = self.common.chosen(action, inputs)?;
        chosen.files = self
            .file
            .into_iter()
            .map(|(name, path)| (format!("file_data.{name}"), PathBuf::from(path)))
            .collect();
        chosen.is_confirmed = self.yes;
        chosen.idempotency_key = self.idempotency_key;
        chosen.shown.is_raw = true;
        super::run(chosen).await
    }

    fn inputs(&self) -> anyhow::Result<Map<String, Value>> {
        let mut inputs = Map::new();
        let mut set = |name: &str, value: Value| {
            let is_empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
            if !is_empty {
                inputs.insert(name.to_owned(), value);
            }
        };
        set("method", word(self.method));
        set("path", Value::from(self.path.as_str()));
        set("query", repeated(&self.query));
        set("headers", last(&self.header));
        if let Some(data) = &self.data {
            let text = arguments::text_or_file(data).map_err(wrong_usage)?;
            let value = serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text));
            // An explicit null is a body too.
            set(
                "data",
                if value.is_null() {
                    Value::from("null")
                } else {
                    value
                },
            );
        }
        set("form", last(&self.form));
        set("form_data", repeated(&self.form_data));
        set("file_data_file_names", repeated(&self.file_name));
        set("response_type", word(self.response_type));
        set("timeout_ms", self.timeout_ms.into());
        set("max_retries", self.max_retries.into());
        set("retry_delay_ms", self.retry_delay_ms.into());
        set("retry_on_all_errors", self.retry_on_all_errors.into());
        set(
            "use_exponential_backoff",
            self.use_exponential_backoff.into(),
        );
        set("organization_id", self.organization_id.clone().into());
        Ok(inputs)
    }
}

/// Refuses a name that is there twice, of which only one would be sent.
fn once<'a>(flag: &str, names: impl Iterator<Item = &'a String>) -> anyhow::Result<()> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(wrong_usage(format!(
                "{flag} {name}=… is there twice; give each name once"
            )));
        }
    }
    Ok(())
}

/// The word of a choice.
fn word(choice: impl ValueEnum) -> Value {
    let value = choice.to_possible_value();
    value.map_or(Value::Null, |value| Value::from(value.get_name()))
}

/// Values by name; a name that is there several times has a list.
fn repeated(pairs: &[(String, String)]) -> Value {
    let mut values = Map::new();
    for (name, value) in pairs {
        let value = Value::from(value.as_str());
        match values.get_mut(name) {
            None => {
                values.insert(name.clone(), value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(values)
}

/// Values by name.
fn last(pairs: &[(String, String)]) -> Value {
    let pairs = pairs.iter().cloned();
    pairs
        .map(|(name, value)| (name, Value::from(value)))
        .collect()
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write it as 'NAME: VALUE'".to_owned()),
    }
}
