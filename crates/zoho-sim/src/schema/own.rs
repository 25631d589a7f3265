//! Modules that an organisation makes itself, before they have fields of their own.

use super::system::{
    Shared, boolean, email, integer, lookup, record_image, row_columns, system_columns, text,
};
use super::{Abilities, DataType, Field, GeneratedType, Module};

impl Module {
    /// An own module with the fields with which each of them begins.
    pub(crate) fn own(api_name: &str, singular_label: &str, plural_label: &str) -> Self {
        let mut fields = system_columns(&format!("{singular_label} Owner"), Shared::ALL);
        fields.extend([
            text("Name", 120)
                .mandatory()
                .labelled(&format!("{singular_label} Name")),
            email("Email"),
            email("Secondary_Email"),
            boolean("Email_Opt_Out"),
            record_image(),
        ]);
        Self::new(api_name, singular_label, fields)
            .labelled(plural_label)
            .generated(GeneratedType::Custom)
            .keyed_by("Name")
            .related(&[
                ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
                (
                    "Attachments",
                    "Attachments",
                    Some("Attachments"),
                    Some("Parent_Id"),
                ),
            ])
    }

    /// Rows of an own sub-form.
    pub(crate) fn own_rows(api_name: &str, label: &str, parent: &str) -> Self {
        let mut fields = row_columns();
        fields.extend([
            lookup("Parent_Id", parent, api_name).read_only(),
            integer("Sequence_Number", 9).read_only(),
        ]);
        Self::new(api_name, label, fields)
            .with_abilities(Abilities::ROWS)
            .generated(GeneratedType::Subform)
            .within(parent)
            .hidden()
    }

    /// Pairs of a multi-select lookup: a lookup (name, module) to each side; the other side is a user when it has no module.
    pub(crate) fn own_links(
        api_name: &str,
        own: (&str, &str),
        other: (&str, Option<&str>),
    ) -> Self {
        let mut fields = row_columns();
        fields.push(lookup(own.0, own.1, api_name).read_only());
        fields.push(
            match other.1 {
                Some(module) => lookup(other.0, module, api_name),
                None => Field::new(other.0, DataType::UserLookup, 120),
            }
            .mandatory(),
        );
        Self::new(api_name, api_name, fields)
            .with_abilities(Abilities::ROWS)
            .generated(GeneratedType::Linking)
            .hidden()
    }
}
