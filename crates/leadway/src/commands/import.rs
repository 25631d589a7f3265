//! `leadway import`: people from a CSV file, through the same door and the same rules as everything else.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;

use crate::import::{self, Columns, ImportPlan};
use crate::remote::{Remote, RemoteArgs};
use crate::render;

/// Import people from a CSV file
///
/// Each row becomes an identify event with the row's cells as traits: the column "First Name" is the trait
/// first_name. A row is recognised by its content, so that running an import again adds nothing twice. Rows that
/// cannot be taken are listed with line number and reason, and the exit code is 1.
#[derive(Args)]
pub(crate) struct ImportArgs {
    /// The file: CSV with a heading line, in UTF-8
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The route that the rows go through
    #[arg(long, value_name = "ROUTE")]
    route: String,

    /// Only check all rows; import nothing
    #[arg(long)]
    dry_run: bool,

    /// What separates cells; without it the heading line tells
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<u8>,

    /// Make a column another trait than its heading says: "E-Mail privat=email"; nothing behind = leaves it out
    #[arg(long = "map", value_name = "HEADING=TRAIT", value_parser = renaming)]
    renamings: Vec<(String, String)>,

    /// How long to wait for a gateway that is down or busy
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = patience)]
    patience: Duration,

    /// Write refused rows, with line and reason, to this file
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,

    /// Print the summary as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

pub(crate) async fn run(args: ImportArgs) -> anyhow::Result<ExitCode> {
    let plan = ImportPlan {
        file: args.file,
        route: args.route,
        is_dry_run: args.dry_run,
        delimiter: args.delimiter,
        columns: Columns::renamed(args.renamings),
        patience: args.patience,
        refused_file: args.refused,
    };
    let (summary, ending) = import::run(&Remote::new(args.remote)?, &plan).await?;
    if args.json {
        render::print_json(&summary.to_json())?;
    } else {
        render::print(&summary.to_text())?;
    }
    ending?;
    Ok(if summary.has_refused() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" | b"tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err("use one character, such as , or ; or tab".to_owned()),
    }
}

fn renaming(text: &str) -> Result<(String, String), String> {
    let (heading, path) = text.rsplit_once('=').ok_or("write it as HEADING=TRAIT")?;
    Ok((heading.trim().to_owned(), path.trim().to_owned()))
}

fn patience(text: &str) -> Result<Duration, String> {
    let wrong = || "write a time such as 30s, 10m or 1h".to_owned();
    let time: SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(time).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        assert_eq!(patience("10m"), Ok(Duration::from_secs(600)));
        assert!(patience("-3s").is_err() && patience("soon").is_err());
        assert_eq!((delimiter(";"), delimiter("tab")), (Ok(b';'), Ok(b'\t')));
        assert!(delimiter("\"").is_err() && delimiter(";;").is_err());
        assert_eq!(
            renaming("a=b=email"),
            Ok(("a=b".to_owned(), "email".to_owned()))
        );
    }
}
