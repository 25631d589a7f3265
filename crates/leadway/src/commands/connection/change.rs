//! `leadway connection change`.

use clap::Args;
use leadway_engine::model::status::{ConnectionState, ConnectionStatus, Lack};
use serde_json::{Map, Value};

use super::{features, secret};
use crate::remote::{Remote, RemoteArgs};
use crate::render::{self, clean};
use crate::usage::wrong_usage;

/// What changes; everything else stays.
#[derive(Args)]
#[command(after_help = "\
An empty text takes a setting away, such as --nickname '' or --credit-limit ''.")]
pub(crate) struct ChangeArgs {
    /// Its name, which stays
    #[arg(value_name = "NAME")]
    name: String,

    /// What people call it
    #[arg(long, value_name = "TEXT")]
    nickname: Option<String>,

    /// Whose it is: a customer's id in your own product
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,

    /// What it is used for beyond routes, added to what is there; may be repeated
    #[arg(long = "feature", value_name = "FEATURE", value_parser = features())]
    features: Vec<String>,

    /// What it is no longer used for; may be repeated
    #[arg(long = "no-feature", value_name = "FEATURE", value_parser = features())]
    without_features: Vec<String>,

    /// A scope to ask for beside those that are asked for so far; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,

    /// A scope that is no longer asked for; may be repeated
    #[arg(long = "no-scope", value_name = "SCOPE")]
    without_scopes: Vec<String>,

    /// Zoho's data center: us, eu, in, au, jp, cn, ca, sa, uk or ae
    #[arg(long, value_name = "DATA_CENTER")]
    data_center: Option<String>,

    /// production, sandbox or developer
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Option<String>,

    /// Client id from Zoho's API console
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,

    /// Client secret from Zoho's API console; - reads it from standard input
    #[arg(long, value_name = "SECRET")]
    client_secret: Option<String>,

    /// Another accounts server than the data center's, such as the simulator's
    #[arg(long, value_name = "URL")]
    accounts_url: Option<String>,

    /// Another API host than the one that Zoho names
    #[arg(long, value_name = "URL")]
    api_domain: Option<String>,

    /// Credits that it may spend in 24 hours, at least 1000
    #[arg(long, value_name = "CREDITS")]
    credit_limit: Option<String>,

    /// Credits that actions leave over for deliveries
    #[arg(long, value_name = "CREDITS")]
    credits_kept_for_deliveries: Option<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

pub(super) async fn run(args: ChangeArgs) -> anyhow::Result<()> {
    let remote = Remote::new(args.remote)?;
    let config: Value = remote.get(&["config"], &[]).await?;
    let all = config["connections"].as_array().into_iter().flatten();
    let mut settings: Map<String, Value> = all
        .filter_map(Value::as_object)
        .find(|settings| settings["name"] == args.name.as_str())
        .cloned()
        .ok_or_else(|| {
            wrong_usage(format!(
                "there is no connection {:?}; leadway connection list shows all",
                args.name
            ))
        })?;
    let before = settings.clone();
    let texts = [
        ("nickname", args.nickname),
        ("owner", args.owner),
        ("data_center", args.data_center),
        ("environment", args.environment),
        ("client_id", args.client_id),
        ("accounts_url", args.accounts_url),
        ("api_domain", args.api_domain),
    ];
    for (key, text) in texts {
        set(&mut settings, key, text, |text| Ok(Value::from(text)))?;
    }
    let credits = [
        ("credit_limit", args.credit_limit),
        (
            "credits_kept_for_deliveries",
            args.credits_kept_for_deliveries,
        ),
    ];
    for (key, text) in credits {
        set(&mut settings, key, text, |text| {
            let number: u64 = text.parse().map_err(|_| {
                let flag = key.replace('_', "-");
                wrong_usage(format!("--{flag} {text}: write a whole number of credits"))
            })?;
            Ok(Value::from(number))
        })?;
    }
    change(
        &mut settings,
        "features",
        args.features,
        &args.without_features,
    );
    let is_chosen = settings.contains_key("scopes");
    let is_to_be = !args.scopes.is_empty() || !args.without_scopes.is_empty();
    if is_to_be && !is_chosen {
        // A list of its own replaces what routes and features need; it begins with that.
        let path = ["connections", &args.name];
        let status: ConnectionStatus = remote.get(&path, &[]).await?;
        settings.insert("scopes".to_owned(), Value::from(status.scopes_asked_for));
    }
    change(&mut settings, "scopes", args.scopes, &args.without_scopes);
    if let Some(given) = &args.client_secret {
        settings.insert("client_secret".to_owned(), Value::from(secret(given)?));
    }
    if settings == before {
        return Err(wrong_usage(
            "nothing changes; see leadway connection change --help",
        ));
    }
    let answer: Value = remote.put(&["connections", &args.name], &settings).await?;
    if args.json {
        return render::print_json(&answer);
    }
    let name = clean(&args.name);
    let status: ConnectionStatus = serde_json::from_value(answer)?;
    let lacks = status.lacks.iter().filter(|lack| !lack.is_optional);
    let lacks: Vec<&Lack> = lacks.collect();
    let why = match lacks.as_slice() {
        _ if status.state == ConnectionState::NeedsConsent => "needs a consent of its own now",
        [] => return Ok(render::print(&format!("{name} is changed.\n"))?),
        lacks if lacks.iter().any(|lack| lack.is_asked_for) => {
            "lacks scopes for what it is used for"
        }
        lacks => {
            let missing: Vec<&str> = lacks
                .iter()
                .flat_map(|lack| lack.scopes.iter().map(String::as_str))
                .collect();
            return Ok(render::print(&format!(
                "{name} is changed. Its list of scopes lacks what it is used for; add it with --scope: {}\n",
                missing.join(", ")
            ))?);
        }
    };
    Ok(render::print(&format!(
        "{name} is changed, and {why}. Connect it again: leadway connection connect {name}\n"
    ))?)
}

/// Sets a text, or takes the setting away if it is empty.
fn set(
    settings: &mut Map<String, Value>,
    key: &str,
    text: Option<String>,
    value: impl FnOnce(&str) -> anyhow::Result<Value>,
) -> anyhow::Result<()> {
    match text.as_deref().map(str::trim) {
        None => {}
        Some("") => {
            settings.remove(key);
        }
        Some(text) => {
            settings.insert(key.to_owned(), value(text)?);
        }
    }
    Ok(())
}

/// Adds words to a list, and takes others out of it.
fn change(settings: &mut Map<String, Value>, key: &str, more: Vec<String>, less: &[String]) {
    if more.is_empty() && less.is_empty() {
        return;
    }
    let known = settings.get(key).and_then(Value::as_array).cloned();
    let mut words: Vec<Value> = known.unwrap_or_default();
    for word in more.into_iter().map(Value::from) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.retain(|word| !less.iter().any(|less| word == less.as_str()));
    settings.insert(key.to_owned(), Value::from(words));
}
