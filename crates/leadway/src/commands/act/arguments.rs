//! The command line of each action, made from its inputs.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, FromArgMatches as _};
use leadway_engine::action::{Action, Effect, Input, Kind, Need, Product, catalog};
use serde_json::{Map, Value};

use super::Chosen;
use super::show::Shown;
use crate::commands::mend::assignment;
use crate::remote::RemoteArgs;

/// Adds a command for each action of a product.
pub(super) fn commands(command: Command, product: Product) -> Command {
    let (about, long) = match product {
        Product::Crm => (
            "Do anything in the connection's Zoho CRM",
            "Do anything in the connection's Zoho CRM\n\nEach action is a command: leadway crm list-records --module Leads --fields Last_Name,Email",
        ),
        Product::Books => (
            "Do anything in the connection's Zoho Books",
            "Do anything in the connection's Zoho Books\n\nEach action is a command: leadway books list-records --record-type invoice",
        ),
    };
    let actions = catalog().filter(move |action| action.product() == product);
    command
        .about(about)
        .long_about(long)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(actions.map(of_action))
}

fn of_action(action: &'static Action) -> Command {
    let mut command = Command::new(action.command_name());
    for input in action.inputs {
        command = command.arg(of_input(input));
        if input.name == "values" {
            command = command.arg(
                Arg::new("set")
                    .long("set")
                    .value_name("NAME=VALUE")
                    .action(ArgAction::Append)
                    .value_parser(assignment)
                    .help("One of the values, instead of --values or beside it; what reads as JSON is JSON"),
            );
        }
    }
    command = command.arg(
        Arg::new("connection")
            .long("connection")
            .short('c')
            .env("LEADWAY_CONNECTION")
            .value_name("NAME")
            .help("The connection; left out: the only one"),
    );
    if action.effect != Effect::Reads {
        command = command.arg(
            Arg::new("idempotency_key")
                .long("idempotency-key")
                .value_name("KEY")
                .help("A name of your own for this request: a repeat within 24 hours gets the first answer"),
        );
    }
    if action.effect != Effect::Reads {
        command = command.arg(
            Arg::new("yes")
                .long("yes")
                .action(ArgAction::SetTrue)
                .help("Yes, do what cannot be taken back")
                .hide(!action.may_ask()),
        );
    }
    // What is shared says what it is for, which is not what the command is for.
    RemoteArgs::augment_args(Shown::augment_args(command))
        .about(action.summary)
        .long_about(action.summary)
        .after_help(format!(
            "Credits: {}. Zoho's page: https://www.zoho.com/{}",
            action.credits, action.page
        ))
}

fn of_input(input: &'static Input) -> Arg {
    let mut arg = Arg::new(id(input)).long(input.flag()).help(help(input));
    if input.kind == Kind::Boolean {
        return arg
            .num_args(0..=1)
            .default_missing_value("true")
            .require_equals(true)
            .value_name("true|false");
    }
    arg = arg
        .value_name(value_name(input.kind))
        .required(input.need == Need::Required && input.kind != Kind::Files);
    if input.name == "values" && input.need == Need::Required {
        arg = arg.required(false).required_unless_present("set");
    }
    match input.kind {
        Kind::Choice(words) => arg
            .value_parser(clap::builder::PossibleValuesParser::new(words))
            .ignore_case(true),
        Kind::Files => arg.action(ArgAction::Append).value_parser(named_file),
        _ => arg,
    }
}

/// Inputs have a room of their own, so that none meets what all commands share.
fn id(input: &Input) -> String {
    format!("input.{}", input.name)
}

fn value_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::LongText | Kind::Choice(_) | Kind::Boolean => "TEXT",
        Kind::Module => "MODULE",
        Kind::Field => "FIELD",
        Kind::Fields => "FIELD,FIELD",
        Kind::Texts => "TEXT,TEXT",
        Kind::RecordId | Kind::OrganizationId => "ID",
        Kind::RecordIds => "ID,ID",
        Kind::RecordType => "TYPE",
        Kind::Instant => "INSTANT",
        Kind::Integer(..) => "NUMBER",
        Kind::Values | Kind::FieldValues | Kind::Records(_) | Kind::Json => "JSON|@FILE",
        Kind::File => "FILE",
        Kind::Files => "NAME=FILE",
    }
}

fn help(input: &Input) -> String {
    match input.need {
        Need::Default(json) => format!("{} [default: {}]", input.summary, json.trim_matches('"')),
        _ => input.summary.to_owned(),
    }
}

fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => {
            Ok((name.to_owned(), path.into()))
        }
        _ => Err("write it as NAME=FILE".to_owned()),
    }
}

/// Reads the command line of one action.
pub(super) fn chosen(matches: &ArgMatches, product: Product) -> Result<Chosen, clap::Error> {
    let wrong = |message: String| {
        clap::Error::raw(
            clap::error::ErrorKind::ValueValidation,
            format!("{message}\n"),
        )
    };
    let (name, matches) = matches
        .subcommand()
        .ok_or_else(|| clap::Error::new(clap::error::ErrorKind::MissingSubcommand))?;
    let action = catalog()
        .find(|action| action.product() == product && action.command_name() == name)
        .ok_or_else(|| clap::Error::new(clap::error::ErrorKind::InvalidSubcommand))?;
    let (mut inputs, mut files) = (Map::new(), Vec::new());
    for input in action.inputs {
        match input.kind {
            Kind::File => {
                let path = matches.get_one::<String>(&id(input));
                files.extend(path.map(|path| (input.name.to_owned(), PathBuf::from(path))));
            }
            Kind::Files => {
                let named = matches.get_many::<(String, PathBuf)>(&id(input));
                for (name, path) in named.into_iter().flatten() {
                    files.push((format!("{}.{name}", input.name), path.clone()));
                }
            }
            kind => {
                if let Some(text) = matches.get_one::<String>(&id(input)) {
                    let value = value(kind, text)
                        .map_err(|why| wrong(format!("--{}: {why}", input.flag())))?;
                    inputs.insert(input.name.to_owned(), value);
                }
            }
        }
    }
    if action.input("values").is_some() {
        let set = matches.get_many::<(String, Value)>("set");
        let set: Vec<&(String, Value)> = set.into_iter().flatten().collect();
        if !set.is_empty() {
            let values = inputs
                .entry("values")
                .or_insert_with(|| Value::Object(Map::new()));
            match values.as_object_mut() {
                Some(values) => values.extend(set.into_iter().cloned()),
                None => {
                    return Err(wrong(
                        "--values is no JSON object, so --set has no place".to_owned(),
                    ));
                }
            }
        }
    }
    let flag = |name: &str| matches.try_get_one::<bool>(name).ok().flatten().copied() == Some(true);
    let text = |name: &str| matches.try_get_one::<String>(name).ok().flatten().cloned();
    Ok(Chosen {
        action,
        connection: text("connection"),
        inputs,
        files,
        is_confirmed: flag("yes"),
        shown: Shown::from_arg_matches(matches)?,
        idempotency_key: text("idempotency_key"),
        remote: RemoteArgs::from_arg_matches(matches)?,
    })
}

/// A text as it is, of a file (`@leads.json`), or from standard input (`@-`).
pub(super) fn text_or_file(text: &str) -> Result<String, String> {
    match text.strip_prefix('@') {
        Some("-") => std::io::read_to_string(std::io::stdin())
            .map_err(|error| format!("standard input: {error}")),
        Some(path) => std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}")),
        None => Ok(text.to_owned()),
    }
}

/// A value as the API takes it. JSON may stand in a file (`@leads.json`) or come from standard input (`@-`).
fn value(kind: Kind, text: &str) -> Result<Value, String> {
    if matches!(kind, Kind::Fields | Kind::Texts | Kind::RecordIds) {
        // A JSON list holds what commas would part.
        return Ok(match serde_json::from_str(text) {
            Ok(list @ Value::Array(_)) => list,
            _ => Value::from(text),
        });
    }
    if !matches!(
        kind,
        Kind::Values | Kind::FieldValues | Kind::Records(_) | Kind::Json
    ) {
        return Ok(Value::from(text));
    }
    let text = text_or_file(text)?;
    match serde_json::from_str(&text) {
        Ok(value) => Ok(value),
        Err(_) if kind == Kind::Json => Ok(Value::from(text)),
        Err(error) => Err(format!("no JSON: {error}; write {}", kind.hint())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_commands_of_all_actions_are_sound() {
        for product in [Product::Crm, Product::Books] {
            commands(Command::new("leadway"), product).debug_assert();
        }
    }

    #[test]
    fn values_come_from_json_and_assignments() {
        let command = commands(Command::new("crm"), Product::Crm);
        let line = [
            "crm",
            "create-record",
            "--module",
            "Leads",
            "--values",
            r#"{"Company": "Orchard"}"#,
            "--set",
            "Last_Name=Ray",
            "--set",
            "Employees=12",
            "-c",
            "demo",
        ];
        let chosen = chosen(&command.get_matches_from(line), Product::Crm)
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(chosen.action.name, "crm.create_record");
        assert_eq!(
            Value::Object(chosen.inputs),
            serde_json::json!({"module": "Leads", "values": {"Company": "Orchard", "Last_Name": "Ray", "Employees": 12}})
        );
    }
    /// Values of every kind that a shell or a parser could take for something else.
    fn sample(kind: Kind, round: usize) -> Option<Value> {
        const TEXTS: [&str; 4] = [
            "plain",
            "it's \"$HOME\" \\ `x`; #1\n&",
            "-x --yes",
            "@file,[1] =",
        ];
        let text = TEXTS[round];
        Some(match kind {
            Kind::Text | Kind::LongText | Kind::Module | Kind::Field | Kind::RecordType => {
                json!(text)
            }
            Kind::RecordId | Kind::OrganizationId => json!("4711"),
            Kind::Instant => json!("2026-01-31T09:00:00+01:00"),
            Kind::Integer(low, _) => json!(low),
            Kind::Boolean => json!(round.is_multiple_of(2)),
            Kind::Choice(words) => json!(words[round % words.len()]),
            Kind::RecordIds => json!(["4711", "4712"]),
            Kind::Fields | Kind::Texts => match round {
                0 => json!(["one", "two"]),
                1 => json!([]),
                _ => json!([text, " padded", "a,b", "-"]),
            },
            Kind::Values | Kind::FieldValues => match round {
                0 => {
                    json!({"Last_Name": "Ray", "Zip_Code": "12", "Employees": 12, "Fax": null, "Opt_Out": true, "Tags": ["a"]})
                }
                1 => json!({"a=b": "x", "Owner": {"id": "1"}}),
                _ => json!({"Description": text, "Name": "\"quoted\"", "Empty": ""}),
            },
            Kind::Records(_) => json!([{"Last_Name": text}]),
            Kind::Json => match round {
                0 => json!({"data": [{"Last_Name": "Ray"}]}),
                1 => json!([1, null, "'"]),
                _ => json!(text),
            },
            Kind::File | Kind::Files => return None,
        })
    }

    /// Numbers and truth values may come as text, lists as text with commas.
    fn meant(kind: Kind, value: &Value) -> Value {
        match (kind, value) {
            (Kind::Fields | Kind::Texts | Kind::RecordIds, Value::String(text)) => {
                text.split(',').collect()
            }
            (Kind::Integer(..) | Kind::Boolean, value) => {
                Value::from(value.to_string().trim_matches('"'))
            }
            (_, value) => value.clone(),
        }
    }

    /// What a shell makes of a line.
    fn words(line: &str) -> Vec<String> {
        let script = format!("leadway() {{ printf '%s\\0' leadway \"$@\"; }}; {line}");
        let shell = std::process::Command::new("sh")
            .args(["-c", &script])
            .output()
            .unwrap();
        assert!(
            shell.status.success() && shell.stderr.is_empty(),
            "{line}: {shell:?}"
        );
        let out = String::from_utf8(shell.stdout).unwrap();
        out.trim_end_matches('\0')
            .split('\0')
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn the_command_that_is_shown_for_a_call_is_that_call() {
        for (action, round) in catalog().flat_map(|action| (0..4).map(move |round| (action, round)))
        {
            let with_value = action
                .inputs
                .iter()
                .filter_map(|input| Some((input.name.to_owned(), sample(input.kind, round)?)));
            let inputs: Map<String, Value> = with_value.collect();
            let files: Vec<(String, String)> = action
                .inputs
                .iter()
                .flat_map(|input| match input.kind {
                    Kind::File => vec![(input.name.to_owned(), "it's; \"mine\".txt".to_owned())],
                    Kind::Files => ["-a=b,c.png", "d.png"]
                        .map(|path| (format!("{}.photo", input.name), path.to_owned()))
                        .into(),
                    _ => Vec::new(),
                })
                .collect();
            let written = leadway_engine::action::Call {
                action,
                url: "https://gateway.example.com/it's",
                connection: "the demo's",
                inputs: &inputs,
                files: &files,
                idempotency_key: Some("order 'n' 17"),
            }
            .command();
            let command = commands(Command::new("leadway"), action.product());
            let words = words(&written);
            assert_eq!(words[1], action.product().as_str());
            let words = words[..1].iter().chain(&words[2..]);
            let matches = command
                .try_get_matches_from(words)
                .unwrap_or_else(|error| panic!("{written}\n{error}"));
            let chosen = chosen(&matches, action.product())
                .unwrap_or_else(|error| panic!("{written}\n{error}"));
            assert_eq!(chosen.action.name, action.name);
            assert_eq!(chosen.connection.as_deref(), Some("the demo's"));
            for input in action.inputs {
                let (wanted, got) = (inputs.get(input.name), chosen.inputs.get(input.name));
                let meant = |value: Option<&Value>| value.map(|value| meant(input.kind, value));
                assert_eq!(meant(got), meant(wanted), "{} of\n{written}", input.name);
            }
            let paths: Vec<(String, PathBuf)> = files
                .iter()
                .map(|(name, path)| (name.clone(), PathBuf::from(path)))
                .collect();
            assert_eq!(chosen.files, paths, "{written}");
            assert_eq!(chosen.is_confirmed, action.asks(&inputs), "{written}");
            let key = (action.effect != Effect::Reads).then_some("order 'n' 17");
            assert_eq!(chosen.idempotency_key.as_deref(), key);
            assert_eq!(chosen.shown.output.is_some(), action.gives_file(&inputs));
            assert_eq!(
                chosen.remote.url.as_str(),
                "https://gateway.example.com/it's"
            );
        }
    }
}
