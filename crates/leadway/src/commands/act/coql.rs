//! `leadway coql`: a query in one line, by the action `crm.coql`.

use std::process::ExitCode;

use clap::Args;
use leadway_engine::action::find;
use serde_json::{Map, Value, json};

use super::show::Shown;
use super::{Chosen, arguments};
use crate::remote::RemoteArgs;
use crate::usage::wrong_usage;

/// Ask Zoho CRM with COQL
#[derive(Args)]
#[command(after_help = "Examples:
  leadway coql \"select Last_Name, Email from Leads where Email is not null limit 50\"
  leadway coql \"select id, Deal_Name, Stage from Deals where Amount > 1000\" --all --format csv -o deals.csv
  leadway coql @stale-leads.coql --all --format ndjson

The same as `leadway crm coql --query …`. Credits: 1 up to 200 rows asked for, 2 up to 1,000, 3 beyond.")]
pub(crate) struct CoqlArgs {
    /// The query; @FILE reads it from a file, @- from standard input
    #[arg(value_name = "QUERY")]
    query: String,

    /// Read all rows, however many, beyond Zoho's 2,000 and 100,000
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    common: Common,
}

/// What the short forms share.
#[derive(Args)]
pub(super) struct Common {
    /// The connection; left out: the only one
    #[arg(long, short = 'c', env = "LEADWAY_CONNECTION", value_name = "NAME")]
    connection: Option<String>,

    #[command(flatten)]
    shown: Shown,

    #[command(flatten)]
    remote: RemoteArgs,
}

impl Common {
    /// The action with these inputs.
    pub(super) fn chosen(self, action: &str, inputs: Map<String, Value>) -> anyhow::Result<Chosen> {
        let action =
            find(action).ok_or_else(|| anyhow::anyhow!("this program knows no action {action}"))?;
        Ok(Chosen {
            action,
            connection: self.connection,
            inputs,
            files: Vec::new(),
            is_confirmed: false,
            shown: self.shown,
            idempotency_key: None,
            remote: self.remote,
        })
    }
}

impl CoqlArgs {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let query = arguments::text_or_file(&self.query).map_err(wrong_usage)?;
        let inputs = json!({"query": query.trim(), "fetch_all": self.all});
        let inputs = inputs.as_object().cloned().unwrap_or_default();
        super::run(self.common.chosen("crm.coql", inputs)?).await
    }
}
