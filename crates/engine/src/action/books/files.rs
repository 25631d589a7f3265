//! Files of Books records: attachments, receipts, PDFs. They are streamed.

use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::json;
use zoho::books::{Download, Upload};

use super::records::{ORGANIZATION, PARENT_ID, PARENT_TYPE, RECORD_ID, RECORD_TYPE, records};
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{Action, ActionError, AfterLoss, Answer, Context, Inputs, Outcome, schema};

const FILE: Input = Input::required("file", Kind::File, "The file: gif, png, jpeg, bmp or pdf");
const FILE_NAME: Input = Input::optional(
    "file_name",
    Kind::Text,
    "Its name with extension; left out: as it was sent",
);

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "books.attach_file",
        summary: "Attach a file to a record",
        inputs: &[
            RECORD_TYPE,
            RECORD_ID,
            FILE,
            FILE_NAME,
            PARENT_TYPE,
            PARENT_ID,
            ORGANIZATION,
        ],
        effect: Effect::Changes,
        output: || schema::one("message", json!({"type": "string"})),
        scopes: &["ZohoBooks.{record_type}.CREATE"],
        credits: "0; 1 call of the organisation's day",
        page: "books/api/v3/invoices/#add-attachment-to-an-invoice",
        after_loss: AfterLoss::Asks,
        run: |context, inputs| attach(context, inputs, false),
    },
    Action {
        name: "books.set_receipt",
        summary: "Replace the receipt of an expense",
        inputs: &[RECORD_TYPE, RECORD_ID, FILE, FILE_NAME, ORGANIZATION],
        effect: Effect::Changes,
        output: || schema::one("message", json!({"type": "string"})),
        scopes: &["ZohoBooks.expenses.CREATE"],
        credits: "0; 1 call of the organisation's day",
        page: "books/api/v3/expenses/#add-receipt-to-an-expense",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| attach(context, inputs, true),
    },
    Action {
        name: "books.download_file",
        summary: "Download a record's attachment, receipt, document or PDF",
        inputs: &[
            RECORD_TYPE,
            RECORD_ID,
            Input::or(
                "what",
                Kind::Choice(&["attachment", "receipt", "document", "pdf"]),
                "\"attachment\"",
                "Which file",
            ),
            Input::optional("document_id", Kind::RecordId, "For a document: its id"),
            PARENT_TYPE,
            PARENT_ID,
            ORGANIZATION,
        ],
        effect: Effect::Reads,
        output: schema::file,
        scopes: &["ZohoBooks.{record_type}.READ"],
        credits: "0; 1 call of the organisation's day",
        page: "books/api/v3/invoices/#get-an-invoice-attachment",
        after_loss: AfterLoss::Repeats,
        run: download,
    },
];

fn attach<'a>(context: &'a Context, inputs: &'a Inputs, is_receipt: bool) -> Outcome<'a> {
    async move {
        let (records, id) = (records(context, inputs).await?, inputs.text("record_id"));
        let file = inputs.file("file")?;
        let name = inputs.maybe("file_name").unwrap_or(&file.name);
        let mut upload = Upload::from_stream(name, file.length_bytes, file.pieces());
        if let Some(content_type) = &file.content_type {
            upload = upload.content_type(content_type);
        }
        let acted = match is_receipt {
            true => records.set_receipt(id, upload).await?,
            false => records.attach(id, upload).await?,
        };
        Answer::json(&json!({ "message": acted.message }))
    }
    .boxed()
}

fn download<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (records, id) = (records(context, inputs).await?, inputs.text("record_id"));
        let what = inputs.text("what");
        let found = match what {
            "receipt" => records.receipt(id).await?,
            "pdf" => records.pdf(id).await?,
            "document" => records.document(id, inputs.text("document_id")).await?,
            _ => records.attachment(id).await?,
        };
        found.map(answer).ok_or_else(|| {
            ActionError::no_record(&format!("{what} of a {}", inputs.text("record_type")), id)
        })
    }
    .boxed()
}

fn answer(file: Download) -> Answer {
    Answer::File(crate::action::Download {
        name: file.file_name.clone(),
        content_type: file.content_type.clone(),
        length_bytes: file.length_bytes,
        content: Box::pin(file.into_stream().map(|piece| Ok(piece?))),
    })
}
