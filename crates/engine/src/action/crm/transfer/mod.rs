//! Whole modules out of Zoho and whole files into it: bulk jobs from their beginning to their end, as CSV or NDJSON. Files
//! lie on disk and rows are streamed, so that no size needs memory.

mod columns;
mod export;
mod import;
mod journal;
mod part;
mod progress;
mod results;
mod source;
mod stream;

use serde_json::json;
use zoho::Bytes;

use super::related::MODULE;
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{Action, ActionError, AfterLoss, ErrorClass, FileInput, schema};

const PROGRESS: Input = Input::or(
    "progress",
    Kind::Boolean,
    "false",
    "Also tell how far it is, in lines of their own: {\"progress\": …}; CSV then comes in lines {\"csv\": …}",
);

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.export_records",
        summary: "Read any number of a module's records into a CSV or NDJSON file, by bulk reads",
        inputs: &[
            MODULE,
            Input::or(
                "file_format",
                Kind::Choice(&["csv", "ndjson"]),
                "\"csv\"",
                "One file of CSV as Zoho writes it, or a line of JSON for each record (NDJSON)",
            ),
            Input::optional("fields", Kind::Fields, "The fields; left out: all"),
            Input::optional(
                "criteria",
                Kind::Json,
                "Conditions in the form of Zoho's bulk read, with group and group_operator",
            ),
            Input::optional(
                "custom_view_id",
                Kind::RecordId,
                "Only records of this custom view",
            ),
            PROGRESS,
        ],
        effect: Effect::Reads,
        output: schema::file,
        scopes: &[
            "ZohoCRM.bulk.READ",
            "ZohoCRM.modules.{module}.READ",
            "ZohoCRM.settings.fields.READ",
        ],
        credits: "50 for each 200,000 records, 1 for each look at the job and 1 for each file",
        page: "crm/developer/docs/api/v8/bulk-read/overview.html",
        after_loss: AfterLoss::Repeats,
        run: export::export,
    },
    Action {
        name: "crm.import_records",
        summary: "Write a CSV or NDJSON file of any size into a module, by bulk writes; each row's outcome is a line",
        inputs: &[
            Input::required(
                "operation",
                Kind::Choice(&["insert", "update", "upsert"]),
                "What is done with each row",
            ),
            MODULE,
            Input::required(
                "file",
                Kind::File,
                "The rows: CSV with headings, or a JSON object on each line (NDJSON)",
            ),
            Input::optional(
                "file_format",
                Kind::Choice(&["csv", "ndjson"]),
                "What the file is; left out: NDJSON if it begins with {",
            ),
            Input::optional(
                "find_by",
                Kind::Field,
                "The unique field (or id) by which records are found: needed for update and upsert; with insert, those that are there are left alone",
            ),
            Input::optional(
                "columns",
                Kind::Values,
                "The field of a column where its heading is neither API name nor label: {\"Surname\": \"Last_Name\"}; null leaves a column out",
            ),
            Input::optional(
                "constants",
                Kind::Values,
                "Values that all rows get, by field",
            ),
            Input::optional(
                "lookups",
                Kind::Values,
                "The field by which a lookup's records are named, where it is not id: {\"Account_Name\": \"Account_Name\"}",
            ),
            Input::optional(
                "formats",
                Kind::Values,
                "How a column writes its dates, where it is not yyyy-MM-dd: {\"Date_of_Birth\": \"dd/MM/yyyy\"}",
            ),
            Input::or(
                "ignore_empty",
                Kind::Boolean,
                "true",
                "Whether empty cells, and keys that a line of NDJSON lacks, leave fields as they are; otherwise they empty them",
            ),
            PROGRESS,
        ],
        effect: Effect::Changes,
        output: || {
            json!({
                "type": "object",
                "description": "one line (NDJSON) for each row of the file, in its order; the last line is the summary",
            })
        },
        scopes: &[
            "ZohoCRM.bulk.CREATE",
            "ZohoCRM.bulk.READ",
            "ZohoCRM.modules.{module}.ALL",
            "ZohoFiles.files.ALL",
            "ZohoCRM.settings.fields.READ",
            "ZohoCRM.org.READ",
        ],
        credits: "500 for each 25,000 rows or 25 MB, 1 for each upload, look at the job and result",
        page: "crm/developer/docs/api/v8/bulk-write/overview.html",
        after_loss: AfterLoss::LooksUp(import::resume),
        run: import::import,
    },
];

/// A file of Zoho's, on disk.
async fn spooled(
    folder: &std::path::Path,
    download: zoho::crm::Download,
) -> Result<FileInput, ActionError> {
    let pieces = Box::pin(download.into_stream());
    let file = FileInput::spool::<zoho::Error>(folder, "result.zip", None, pieces).await;
    file.map_err(|mut error| {
        if error.class == ErrorClass::Input {
            error.class = ErrorClass::Unavailable;
            error.code = "zoho_unavailable".to_owned();
            error.field = None;
            error.message = format!("Zoho's file broke off: {}", error.message);
        }
        error
    })
}

/// Zoho's file is not what it should be.
fn strange(what: impl std::fmt::Display) -> ActionError {
    ActionError::new(
        ErrorClass::Unavailable,
        "unknown_answer",
        format!("Zoho's file cannot be read: {what}"),
        "Download it by its job id, and look into it.",
    )
}

/// The one CSV of a zip, row by row. For threads that may block.
fn csv_in<T>(
    zip: &FileInput,
    read: impl FnOnce(csv::Reader<zip::read::ZipFile<'_, std::fs::File>>) -> Result<T, ActionError>,
) -> Result<T, ActionError> {
    let mut archive = zip::ZipArchive::new(zip.open()?).map_err(strange)?;
    let mut found = None;
    for name in archive.file_names() {
        let name = name.map_err(strange)?;
        if is_csv(&name) {
            found = Some(name.into_owned());
            break;
        }
    }
    let name = found.ok_or_else(|| strange("there is no CSV in it"))?;
    let entry = archive.by_name(&name).map_err(strange)?;
    read(
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(entry),
    )
}

fn is_csv(name: &str) -> bool {
    std::path::Path::new(name)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// What a transfer gives: bytes of a file, or a line.
enum Piece {
    Bytes(Bytes),
    Line(Box<serde_json::value::RawValue>),
}
