//! `leadway send`: events as a website would send them, one from the command line or many from a file.

mod file;

use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use clap::Args;
use leadway_engine::model::event::EventKind;
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::mend::assignment;
use crate::remote::{Remote, gateway_url};
use crate::render;
use crate::usage::wrong_usage;

/// Send events, as a website would
///
/// One event:
///   leadway send track --event "Lead Generated" --property email=ada@example.com
/// Many, with one event as JSON in each line; - reads them from standard input:
///   leadway send --file events.ndjson
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct SendArgs {
    /// identify, track, page, screen, group or alias; or - for events from standard input
    #[arg(
        value_name = "KIND",
        required_unless_present = "file",
        conflicts_with = "file"
    )]
    what: Option<What>,

    /// File with one event as JSON in each line
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Write key of the source
    #[arg(long, env = "LEADWAY_WRITE_KEY", value_name = "KEY")]
    write_key: String,

    #[command(flatten)]
    event: EventArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Address of the gateway
    #[arg(
        long,
        env = "LEADWAY_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:8080",
        value_parser = gateway_url
    )]
    url: Url,
}

/// What one event says.
#[derive(Args)]
struct EventArgs {
    /// Name of a track event
    #[arg(long, value_name = "NAME")]
    event: Option<String>,

    /// Name of a page or screen
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Who it is about, by your own id
    #[arg(long, value_name = "ID")]
    user_id: Option<String>,

    /// Who it is about, by the id of a browser
    #[arg(long, value_name = "ID")]
    anonymous_id: Option<String>,

    /// The group, for a group event
    #[arg(long, value_name = "ID")]
    group_id: Option<String>,

    /// The former id, for an alias event
    #[arg(long, value_name = "ID")]
    previous_id: Option<String>,

    /// A trait: email=ada@example.com. What reads as JSON is JSON, everything else is text
    #[arg(long = "trait", value_name = "NAME=VALUE", value_parser = assignment)]
    traits: Vec<(String, Value)>,

    /// A property: price=12
    #[arg(long = "property", value_name = "NAME=VALUE", value_parser = assignment)]
    properties: Vec<(String, Value)>,

    /// Id by which a repeat is recognised; without it a new one is made
    #[arg(long, value_name = "ID")]
    message_id: Option<String>,
}

/// What to send.
#[derive(Clone, Copy)]
enum What {
    One(EventKind),
    StandardInput,
}

impl FromStr for What {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "-" {
            return Ok(Self::StandardInput);
        }
        EventKind::from_word(text).map(Self::One).ok_or_else(|| {
            format!(
                "use {}, or - for standard input",
                EventKind::ALL.map(EventKind::as_str).join(", ")
            )
        })
    }
}

/// The gateway's answer to one event.
#[derive(Deserialize)]
struct Stored {
    id: String,
    message_id: String,
}

pub(crate) async fn run(args: SendArgs) -> anyhow::Result<ExitCode> {
    let remote = Remote::with_token(args.url, None)?;
    match (args.what, args.file) {
        (Some(What::One(kind)), _) => {
            let body = args.event.body(kind)?;
            let stored: Stored = remote
                .ingest(kind.as_str(), &args.write_key, body.to_string())
                .await?;
            if args.json {
                render::print_json(&json!({ "id": stored.id, "message_id": stored.message_id }))?;
            } else {
                render::print(&format!("{}\n", render::clean(&stored.id)))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        (_, Some(path)) => {
            args.event.refuse_with_file()?;
            file::send_file(&remote, &args.write_key, &path, args.json).await
        }
        (Some(What::StandardInput) | None, None) => {
            args.event.refuse_with_file()?;
            file::send_lines(
                &remote,
                &args.write_key,
                "standard input",
                std::io::stdin().lock(),
                args.json,
            )
            .await
        }
    }
}

impl EventArgs {
    /// The event as JSON.
    fn body(self, kind: EventKind) -> anyhow::Result<Value> {
        if kind == EventKind::Track && self.event.is_none() {
            return Err(wrong_usage(
                "a track event has a name: --event \"Lead Generated\"",
            ));
        }
        if kind != EventKind::Track && self.event.is_some() {
            return Err(wrong_usage(
                "--event names a track event; a page or screen has --name",
            ));
        }
        let mut body = Map::new();
        body.insert("type".to_owned(), kind.as_str().into());
        let message_id = self
            .message_id
            .unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        let texts = [
            ("messageId", Some(message_id)),
            ("event", self.event),
            ("name", self.name),
            ("userId", self.user_id),
            ("anonymousId", self.anonymous_id),
            ("groupId", self.group_id),
            ("previousId", self.previous_id),
        ];
        body.extend(
            texts
                .into_iter()
                .filter_map(|(key, text)| Some((key.to_owned(), text?.into()))),
        );
        for (key, pairs) in [("traits", self.traits), ("properties", self.properties)] {
            if !pairs.is_empty() {
                body.insert(key.to_owned(), Value::Object(pairs.into_iter().collect()));
            }
        }
        Ok(Value::Object(body))
    }

    /// Options of one event make no sense for many.
    fn refuse_with_file(&self) -> anyhow::Result<()> {
        let texts = [
            &self.event,
            &self.name,
            &self.user_id,
            &self.anonymous_id,
            &self.group_id,
            &self.previous_id,
            &self.message_id,
        ];
        if texts.iter().any(|text| text.is_some())
            || !self.traits.is_empty()
            || !self.properties.is_empty()
        {
            return Err(wrong_usage(
                "events from a file say everything themselves; leave the other options out",
            ));
        }
        Ok(())
    }
}
