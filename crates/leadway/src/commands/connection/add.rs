//! `leadway connection add`.

use clap::Args;
use serde_json::{Map, Value, json};

use super::{features, secret};
use crate::remote::{Remote, RemoteArgs};
use crate::render::{self, clean};

/// What a new connection is.
#[derive(Args)]
pub(crate) struct AddArgs {
    /// What routes call it
    #[arg(value_name = "NAME")]
    name: String,

    /// Zoho's data center: us, eu, in, au, jp, cn, ca, sa, uk or ae
    #[arg(long, value_name = "DATA_CENTER", default_value = "us")]
    data_center: String,

    /// production, sandbox or developer
    #[arg(long, value_name = "ENVIRONMENT", default_value = "production")]
    environment: String,

    /// Client id from Zoho's API console
    #[arg(long, env = "ZOHO_CLIENT_ID", value_name = "ID")]
    client_id: String,

    /// Client secret from Zoho's API console; better given in the variable, or - to read it from standard input
    #[arg(
        long,
        env = "ZOHO_CLIENT_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    client_secret: String,

    /// What people call it
    #[arg(long, value_name = "TEXT")]
    nickname: Option<String>,

    /// Whose it is: a customer's id in your own product
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,

    /// What it is used for beyond routes, such as bulk or books; may be repeated
    #[arg(long = "feature", value_name = "FEATURE", value_parser = features())]
    features: Vec<String>,

    /// A scope to ask for; may be repeated. Without any, the least that routes and features need
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,

    /// Another accounts server than the data center's, such as the simulator's
    #[arg(long, value_name = "URL")]
    accounts_url: Option<String>,

    /// Another API host than the one that Zoho names
    #[arg(long, value_name = "URL")]
    api_domain: Option<String>,

    /// Credits that it may spend in 24 hours, at least 1000. Without it, what Zoho allows
    #[arg(long, value_name = "CREDITS")]
    credit_limit: Option<u64>,

    /// Credits that actions leave over for deliveries
    #[arg(long, value_name = "CREDITS")]
    credits_kept_for_deliveries: Option<u64>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

pub(super) async fn run(args: AddArgs) -> anyhow::Result<()> {
    let remote = Remote::new(args.remote)?;
    let mut body = Map::new();
    let texts = [
        ("name", Some(args.name.clone())),
        ("data_center", Some(args.data_center)),
        ("environment", Some(args.environment)),
        ("client_id", Some(args.client_id)),
        ("client_secret", Some(secret(&args.client_secret)?)),
        ("nickname", args.nickname),
        ("owner", args.owner),
        ("accounts_url", args.accounts_url),
        ("api_domain", args.api_domain),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            body.insert(key.to_owned(), Value::from(text));
        }
    }
    let credits = [
        ("credit_limit", args.credit_limit),
        (
            "credits_kept_for_deliveries",
            args.credits_kept_for_deliveries,
        ),
    ];
    for (key, number) in credits {
        if let Some(number) = number {
            body.insert(key.to_owned(), Value::from(number));
        }
    }
    body.insert("features".to_owned(), json!(args.features));
    body.insert("scopes".to_owned(), json!(args.scopes));
    let answer: Value = remote.post(&["connections"], &body).await?;
    if args.json {
        return render::print_json(&answer);
    }
    let name = clean(&args.name);
    Ok(render::print(&format!(
        "{name} is added. Connect it: leadway connection connect {name}\n"
    ))?)
}
