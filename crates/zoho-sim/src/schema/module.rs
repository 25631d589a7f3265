//! One module: names, abilities, fields, layouts, related lists.

use serde::{Deserialize, Serialize};

use super::{DataType, Field, Fields, Layout, Section, Slot};
use crate::world::ids::Ids;

/// Where a module comes from, as `generated_type` in module metadata says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum GeneratedType {
    Default,
    Custom,
    /// Rows of a sub-form.
    Subform,
    /// Pairs of a multi-select lookup.
    Linking,
    /// History of one field.
    FieldTracker,
}

impl GeneratedType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Custom => "custom",
            Self::Subform => "subform",
            Self::Linking => "linking",
            Self::FieldTracker => "field_tracker",
        }
    }
}

/// What can be done with a module, as its metadata says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent fact of Zoho's module metadata"
)]
pub(crate) struct Abilities {
    pub(crate) api_supported: bool,
    pub(crate) creatable: bool,
    pub(crate) editable: bool,
    pub(crate) deletable: bool,
    pub(crate) viewable: bool,
    pub(crate) convertable: bool,
    pub(crate) quick_create: bool,
    pub(crate) show_as_tab: bool,
    pub(crate) recycle_bin_on_delete: bool,
    pub(crate) feeds_required: bool,
    pub(crate) upsertable: bool,
}

impl Abilities {
    /// Of a module that people see as a tab.
    pub(crate) const ALL: Self = Self {
        api_supported: true,
        creatable: true,
        editable: true,
        deletable: true,
        viewable: true,
        convertable: false,
        quick_create: true,
        show_as_tab: true,
        recycle_bin_on_delete: true,
        feeds_required: false,
        upsertable: true,
    };

    /// Of rows that are only written with their parent.
    pub(crate) const ROWS: Self = Self {
        creatable: false,
        editable: false,
        deletable: false,
        quick_create: false,
        show_as_tab: false,
        recycle_bin_on_delete: false,
        upsertable: false,
        ..Self::ALL
    };

    /// Of a page that holds no records.
    pub(crate) const PAGE: Self = Self {
        api_supported: false,
        creatable: false,
        editable: false,
        deletable: false,
        quick_create: false,
        recycle_bin_on_delete: false,
        upsertable: false,
        ..Self::ALL
    };
}

/// What a module is, without its records.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Module {
    pub(crate) id: u64,
    pub(crate) api_name: String,
    /// Internal name: `Meetings` for `Events`, `CustomModule3` for an own module.
    pub(crate) module_name: String,
    pub(crate) singular_label: String,
    pub(crate) plural_label: String,
    pub(crate) sequence_number: u32,
    pub(crate) generated_type: GeneratedType,
    /// 1 shown, 0 hidden.
    pub(crate) visibility: i32,
    /// `visible`, `user_hidden`, `system_hidden` or `scheduled_for_deletion`.
    pub(crate) status: String,
    /// Module to which the rows of a sub-form belong.
    pub(crate) parent_module: Option<String>,
    pub(crate) abilities: Abilities,
    /// Field that upsert compares when nothing else is said.
    pub(crate) duplicate_check_field: Option<String>,
    /// Field by which people know a record.
    pub(crate) name_field: Option<String>,
    pub(crate) fields: Fields,
    /// The first one is the standard layout.
    pub(crate) layouts: Vec<Layout>,
    pub(crate) related_lists: Vec<RelatedList>,
    #[serde(default)]
    pub(crate) setup: Setup,
}

/// What setup says about a module without any effect on records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub(crate) description: Option<String>,
    /// Profiles that see the module; none for all of them.
    pub(crate) profiles: Option<Vec<u64>>,
    pub(crate) is_team_based: bool,
    /// When and by whom it was changed.
    pub(crate) modified: Option<(i64, u64)>,
}

/// One related list of a module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RelatedList {
    pub(crate) id: u64,
    pub(crate) api_name: String,
    pub(crate) label: String,
    /// Module whose records the list shows, when it is one of ours.
    pub(crate) module: Option<String>,
    /// Lookup of that module that names the record; none where pairs are kept apart from the records.
    pub(crate) field: Option<String>,
    /// `default`, `multiselectlookup`, `custom_lookup` or `grouped`.
    pub(crate) kind: String,
}

/// A related list as the tables write it: API name, label, module, lookup of that module.
pub(crate) type List = (
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
);

impl Module {
    /// A module that people see, named alike everywhere.
    pub(crate) fn new(api_name: &str, singular_label: &str, fields: Vec<Field>) -> Self {
        let mut module = Self {
            id: 0,
            api_name: api_name.to_owned(),
            module_name: api_name.to_owned(),
            singular_label: singular_label.to_owned(),
            plural_label: api_name.replace('_', " "),
            sequence_number: 0,
            generated_type: GeneratedType::Default,
            visibility: 1,
            status: "visible".to_owned(),
            parent_module: None,
            abilities: Abilities::ALL,
            duplicate_check_field: None,
            name_field: None,
            fields: Fields::from(fields),
            layouts: Vec::new(),
            related_lists: Vec::new(),
            setup: Setup::default(),
        };
        module.layouts.push(Layout::standard(&module));
        module
    }

    /// Internal name where it differs.
    pub(crate) fn called(mut self, module_name: &str) -> Self {
        module_name.clone_into(&mut self.module_name);
        self
    }

    pub(crate) fn labelled(mut self, plural_label: &str) -> Self {
        plural_label.clone_into(&mut self.plural_label);
        self
    }

    /// Field that names records and by which upsert finds them.
    pub(crate) fn keyed_by(mut self, field: &str) -> Self {
        self.duplicate_check_field = Some(field.to_owned());
        self.named_by(field)
    }

    /// Field that names records, of a module without upsert or with another key.
    pub(crate) fn named_by(mut self, field: &str) -> Self {
        self.name_field = Some(field.to_owned());
        self
    }

    pub(crate) fn with_abilities(mut self, abilities: Abilities) -> Self {
        self.abilities = abilities;
        self
    }

    pub(crate) fn convertable(mut self) -> Self {
        self.abilities.convertable = true;
        self
    }

    pub(crate) fn without_upsert(mut self) -> Self {
        self.abilities.upsertable = false;
        self
    }

    pub(crate) fn generated(mut self, generated_type: GeneratedType) -> Self {
        self.generated_type = generated_type;
        self
    }

    /// A module that people do not see as a tab.
    pub(crate) fn hidden(mut self) -> Self {
        self.visibility = 0;
        self.abilities.show_as_tab = false;
        "system_hidden".clone_into(&mut self.status);
        self
    }

    pub(crate) fn within(mut self, parent_module: &str) -> Self {
        self.parent_module = Some(parent_module.to_owned());
        self
    }

    pub(crate) fn related(mut self, lists: &[List]) -> Self {
        self.related_lists
            .extend(lists.iter().map(|&(api_name, label, module, field)| {
                RelatedList::new(api_name, label, module, field, "default")
            }));
        self
    }

    /// Adds a field to the module and to its standard layout; `section_id` is for the section that a sub-form gets.
    pub(crate) fn add_field(&mut self, field: Field, section_id: impl FnOnce() -> u64) {
        let is_shown = Layout::shows(&field);
        let is_mandatory = field.is_layout_mandatory;
        let section = field.subform.is_some().then(|| Section::of_subform(&field));
        let position = self.fields.push(field);
        let Some(layout) = self.layouts.first_mut().filter(|_| is_shown) else {
            return;
        };
        match section {
            None => layout.add(position),
            Some(mut section) => {
                section.id = section_id();
                section.fields.push(position);
                layout.sections.push(section);
            }
        }
        if is_mandatory {
            layout.mandatory.push(position);
        }
    }

    /// Takes a field out of the module and its layouts.
    pub(crate) fn remove_field(&mut self, position: u16) -> Option<Field> {
        let field = self.fields.remove(position)?;
        for layout in &mut self.layouts {
            layout.forget(position);
        }
        Some(field)
    }

    pub(crate) fn give_ids(&mut self, ids: &mut Ids, module_ids: &[(String, u64)]) {
        self.id = module_ids
            .iter()
            .find(|(name, _)| *name == self.api_name)
            .map_or(0, |(_, id)| *id);
        for layout in &mut self.layouts {
            layout.give_ids(ids);
        }
        for field in self.fields.iter_mut() {
            field.give_ids(ids, module_ids);
        }
        for list in &mut self.related_lists {
            list.id = ids.next();
        }
    }

    /// The standard layout's id.
    pub(crate) fn layout_id(&self) -> u64 {
        self.layouts.first().map_or(0, |layout| layout.id)
    }

    /// Position of a field by its API name, which is case-sensitive.
    pub(crate) fn position(&self, api_name: &str) -> Option<u16> {
        self.fields.position(api_name)
    }

    pub(crate) fn field(&self, api_name: &str) -> Option<&Field> {
        self.position(api_name)
            .map(|position| &self.fields[usize::from(position)])
    }

    pub(crate) fn field_at(&self, position: u16) -> &Field {
        &self.fields[usize::from(position)]
    }

    /// Positions of the fields that may not hold the same value twice.
    pub(crate) fn unique_positions(&self) -> impl Iterator<Item = u16> {
        self.fields.unique().iter().copied()
    }

    /// Positions of the fields without which no record can be.
    pub(crate) fn mandatory_positions(&self) -> &[u16] {
        self.fields.mandatory()
    }

    /// Positions of the fields that an index is kept for: the duplicate-check field, the unique ones, and every reference.
    pub(crate) fn indexed_positions(&self) -> Vec<u16> {
        let system = self.duplicate_check_position();
        (0u16..)
            .zip(&self.fields)
            .filter(|(position, field)| {
                field.slot == Slot::Stored
                    && (Some(*position) == system
                        || field.is_unique
                        || field.data_type.is_reference())
            })
            .map(|(position, _)| position)
            .collect()
    }

    /// Positions of the fields that a new record gets without being told: auto numbers and default values.
    pub(crate) fn completed_positions(&self) -> &[u16] {
        self.fields.completed()
    }

    pub(crate) fn duplicate_check_position(&self) -> Option<u16> {
        self.position(self.duplicate_check_field.as_deref()?)
    }

    /// The field by which the record is shown in a lookup.
    pub(crate) fn name_position(&self) -> Option<u16> {
        self.position(self.name_field.as_deref()?)
    }

    pub(crate) fn fields_of(&self, data_type: DataType) -> impl Iterator<Item = u16> {
        (0u16..)
            .zip(&self.fields)
            .filter(move |(_, field)| field.data_type == data_type)
            .map(|(position, _)| position)
    }
}

impl RelatedList {
    pub(crate) fn new(
        api_name: &str,
        label: &str,
        module: Option<&str>,
        field: Option<&str>,
        kind: &str,
    ) -> Self {
        Self {
            id: 0,
            api_name: api_name.to_owned(),
            label: label.to_owned(),
            module: module.map(str::to_owned),
            field: field.map(str::to_owned),
            kind: kind.to_owned(),
        }
    }
}
