//! `GET /{module}/{id}/actions/download_fields_attachment?fields_attachment_id=`: a file of a file or image field.

use serde_json::json;

use super::{record, sent};
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::http::Answer;
use crate::schema::DataType;
use crate::world::Cell;

pub(super) fn download(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.call.query.get("fields_attachment_id");
    let id = id.ok_or_else(|| catalog::required_param_missing("fields_attachment_id"))?;
    let world = context.shared.world();
    let record_id = record(context, &world)?;
    let table = &world.tables[context.table];
    let cells = table.rows.get(&record_id).map(|record| record.cells());
    let part = cells.into_iter().flatten().find_map(|(position, cell)| {
        let data_type = table.module.field_at(*position).data_type;
        let is_file = matches!(data_type, DataType::FileUpload | DataType::ImageUpload);
        match cell {
            Cell::Json(parts) if is_file => {
                let mut parts = parts.as_array()?.iter();
                parts.find(|part| part["id"] == json!(id))
            }
            _ => None,
        }
    });
    let file = part.and_then(|part| world.files.stored(part["File_Id__s"].as_str()?));
    file.map(sent)
        .ok_or_else(catalog::files::unknown_field_attachment)
}
