//! Files that hang on records. They are streamed both ways.

use futures_util::{FutureExt as _, StreamExt as _};
use zoho::crm::{Download, RecordId, Upload};

use super::processes::{accepted, accepted_schema};
use super::related::{self, MODULE, RECORD_ID};
use super::rows;
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, FileInput, Inputs, Outcome, schema,
};

const ATTACHMENT: Input = Input::required("attachment_id", Kind::RecordId, "The attachment's id");

/// The members of an attachment that a list shows.
const FIELDS: [&str; 9] = [
    "File_Name",
    "Size",
    "Parent_Id",
    "Owner",
    "Created_Time",
    "Modified_Time",
    "$file_id",
    "$type",
    "$link_url",
];

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.list_attachments",
        summary: "List a record's attachments",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::or(
                "page",
                Kind::Integer(1, 10_000),
                "1",
                "The page to begin with",
            ),
            Input::or(
                "per_page",
                Kind::Integer(1, 200),
                "200",
                "Attachments of a page",
            ),
            Input::or(
                "fetch_all",
                Kind::Boolean,
                "false",
                "Read all pages; each attachment is then a line of its own (NDJSON)",
            ),
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &[
            "ZohoCRM.modules.{module}.READ",
            "ZohoCRM.modules.attachments.READ",
        ],
        credits: "1 for each page of 200",
        page: "crm/developer/docs/api/v8/get-attachments.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            related::list(
                context,
                inputs,
                "Attachments",
                FIELDS.map(str::to_owned).to_vec(),
            )
        },
    },
    Action {
        name: "crm.add_attachment",
        summary: "Attach a file to a record",
        inputs: &[
            Input::or("module", Kind::Module, "\"Leads\"", "The module's API name"),
            RECORD_ID,
            Input::required("file", Kind::File, "The file, at most 100 MB"),
            Input::optional(
                "file_name",
                Kind::Text,
                "Its name with extension; left out: as it was sent",
            ),
        ],
        effect: Effect::Changes,
        output: schema::row,
        scopes: &[
            "ZohoCRM.modules.{module}.READ",
            "ZohoCRM.modules.attachments.CREATE",
        ],
        credits: "1",
        page: "crm/developer/docs/api/v8/upload-attachment.html",
        after_loss: AfterLoss::Asks,
        run: attach,
    },
    Action {
        name: "crm.add_attachment_link",
        summary: "Attach a link to a record",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::required(
                "link_url",
                Kind::Text,
                "Where it leads, at most 3,000 characters",
            ),
            Input::optional("title", Kind::Text, "Its title, at most 255 characters"),
        ],
        effect: Effect::Changes,
        output: schema::row,
        scopes: &[
            "ZohoCRM.modules.{module}.READ",
            "ZohoCRM.modules.attachments.CREATE",
        ],
        credits: "1",
        page: "crm/developer/docs/api/v8/upload-attachment.html",
        after_loss: AfterLoss::Asks,
        run: attach_link,
    },
    Action {
        name: "crm.download_attachment",
        summary: "Download a record's attachment",
        inputs: &[MODULE, RECORD_ID, ATTACHMENT],
        effect: Effect::Reads,
        output: schema::file,
        scopes: &[
            "ZohoCRM.modules.{module}.READ",
            "ZohoCRM.modules.attachments.READ",
        ],
        credits: "1",
        page: "crm/developer/docs/api/v8/download-attachments.html",
        after_loss: AfterLoss::Repeats,
        run: download,
    },
    Action {
        name: "crm.delete_attachment",
        summary: "Delete a record's attachment",
        inputs: &[MODULE, RECORD_ID, ATTACHMENT],
        effect: Effect::Destroys,
        output: schema::row,
        scopes: &[
            "ZohoCRM.modules.{module}.READ",
            "ZohoCRM.modules.attachments.DELETE",
        ],
        credits: "1",
        page: "crm/developer/docs/api/v8/delete-attachments.html",
        after_loss: AfterLoss::Asks,
        run: delete,
    },
    Action {
        name: "crm.get_photo",
        summary: "Download a record's photo",
        inputs: &[MODULE, RECORD_ID],
        effect: Effect::Reads,
        output: schema::file,
        scopes: &["ZohoCRM.modules.{module}.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/download-image.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
                let photo = context.crm().photo(module, &id).await?;
                photo
                    .map(answer)
                    .ok_or_else(|| ActionError::no_record("photo of a record", id.as_str()))
            }
            .boxed()
        },
    },
    Action {
        name: "crm.set_photo",
        summary: "Set a record's photo, and replace the one before",
        inputs: &[
            MODULE,
            RECORD_ID,
            Input::required(
                "file",
                Kind::File,
                "The photo: png, jpeg, gif or bmp, at most 10 MB",
            ),
        ],
        effect: Effect::Changes,
        output: accepted_schema,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/upload-image.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
                let photo = upload(inputs.file("file")?, None);
                accepted(&context.crm().set_photo(module, &id, photo).await?)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.delete_photo",
        summary: "Delete a record's photo",
        inputs: &[MODULE, RECORD_ID],
        effect: Effect::Destroys,
        output: accepted_schema,
        scopes: &["ZohoCRM.modules.{module}.UPDATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/delete-image.html",
        after_loss: AfterLoss::Asks,
        run: |context, inputs| {
            async move {
                let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
                accepted(&context.crm().delete_photo(module, &id).await?)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.upload_file",
        summary: "Hand a file to the file store; its id goes into a file field of a record",
        inputs: &[
            Input::required("file", Kind::File, "The file, at most 20 MB"),
            Input::optional(
                "file_name",
                Kind::Text,
                "Its name with extension; left out: as it was sent",
            ),
        ],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.Files.CREATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/upload-files-to-zfs.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let file = upload(inputs.file("file")?, inputs.maybe("file_name"));
                related::items(&context.crm().upload_files([file]).await?)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.download_file",
        summary: "Download a file of the file store",
        inputs: &[Input::required("file_id", Kind::Text, "The file's id")],
        effect: Effect::Reads,
        output: schema::file,
        scopes: &["ZohoCRM.Files.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-files.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let id = inputs.text("file_id");
                let file = context.crm().file(id).await?;
                file.map(answer)
                    .ok_or_else(|| ActionError::no_record("file", id))
            }
            .boxed()
        },
    },
];

fn attach<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
        let file = upload(inputs.file("file")?, inputs.maybe("file_name"));
        let written = context.crm().attach(module, &id, file).await?;
        rows::only(&written, module, &serde_json::Value::Null)
    }
    .boxed()
}

fn attach_link<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
        let (url, title) = (inputs.text("link_url"), inputs.maybe("title"));
        let written = context.crm().attach_link(module, &id, url, title).await?;
        rows::only(&written, module, &serde_json::Value::Null)
    }
    .boxed()
}

fn download<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
        let attachment = inputs.record_id("attachment_id")?;
        let found = context.crm().attachment(module, &id, &attachment).await?;
        found.map(answer).ok_or_else(|| gone(&attachment))
    }
    .boxed()
}

fn delete<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (module, id) = (inputs.text("module"), inputs.record_id("record_id")?);
        let attachment = inputs.record_id("attachment_id")?;
        let ids = std::slice::from_ref(&attachment);
        let written = context.crm().delete_attachments(module, &id, ids).await?;
        rows::deleted(&written, "attachment", &attachment)
    }
    .boxed()
}

fn gone(attachment: &RecordId) -> ActionError {
    let mut error = ActionError::no_record("attachment", attachment.as_str());
    error.field = Some("attachment_id".to_owned());
    error
}

/// A file on its way to Zoho, from its beginning.
pub(super) fn upload(file: &FileInput, name: Option<&str>) -> Upload {
    let upload = Upload::from_stream(name.unwrap_or(&file.name), file.length_bytes, file.pieces());
    match &file.content_type {
        Some(content_type) => upload.content_type(content_type),
        None => upload,
    }
}

/// A file on its way from Zoho.
pub(super) fn answer(file: Download) -> Answer {
    Answer::File(crate::action::Download {
        name: file.file_name.clone(),
        content_type: file.content_type.clone(),
        length_bytes: file.length_bytes,
        content: Box::pin(file.into_stream().map(|piece| Ok(piece?))),
    })
}
