//! Notes and attachments: records below other records, which people do not see as tabs.

use crate::schema::system::{Shared, any_record, big_integer, system_columns, text, text_area};
use crate::schema::{Abilities, Module};

pub(in crate::schema) fn notes() -> Module {
    let mut fields = system_columns("Note Owner", Shared::default());
    fields.extend([
        text("Note_Title", 120),
        text_area("Note_Content", 32_000).mandatory(),
        any_record("Parent_Id").mandatory(),
        any_record("Associated_Id__s").read_only(),
    ]);
    Module::new("Notes", "Note", fields)
        .named_by("Note_Title")
        .without_upsert()
        .hidden()
        .related(&[(
            "Attachments",
            "Attachments",
            Some("Attachments"),
            Some("Parent_Id"),
        )])
}

pub(in crate::schema) fn attachments() -> Module {
    let mut fields = system_columns("Attachment Owner", Shared::default());
    fields.extend([
        text("File_Name", 255),
        big_integer("Size"),
        any_record("Parent_Id"),
    ]);
    Module::new("Attachments", "Attachment", fields)
        .named_by("File_Name")
        .with_abilities(Abilities::ROWS)
        .hidden()
}
