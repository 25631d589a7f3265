//! Own modules, fields, layouts and picklist values, added to a living world: by a seed, or by the metadata API.

use super::{Cell, Table, World};
use crate::rows::{self, Author};
use crate::schema::{
    AutoNumber, DataType, Field, Formula, Layout, Linking, Lookup, Module, PickListValue,
    RelatedList, Rollup, Section,
};
use crate::seed::{FieldSeed, LayoutSeed, ModuleSeed, PickListSeed};

impl World {
    /// Adds a module with the fields that every own module has, and gives the position of its table.
    pub(crate) fn define_module(&mut self, own: &ModuleSeed) -> Result<usize, String> {
        let name = &own.api_name;
        let is_page = self.pages.iter().any(|page| page.api_name == *name);
        if self.table_position(name).is_some() || is_page {
            return Err(format!("the module `{name}` exists already"));
        }
        require_name(name)?;
        let plural = own.plural_label.as_deref().unwrap_or(name);
        let module = Module::own(name, &own.singular_label, plural);
        Ok(self.add_table(module, "CustomModule"))
    }

    /// Gives a module its ids and a table; its internal name is `prefix` with a number.
    fn add_table(&mut self, mut module: Module, prefix: &str) -> usize {
        let position = self.tables.len();
        let alike = |table: &&Table| table.module.module_name.starts_with(prefix);
        let number = self.tables.iter().filter(alike).count() + 1;
        module.module_name = format!("{prefix}{number}");
        let highest = self.tables.iter().map(|table| table.module.sequence_number);
        module.sequence_number = highest.max().unwrap_or(0) + 1;
        let mut module_ids = self.module_ids();
        module_ids.push((module.api_name.clone(), self.ids.next()));
        module.give_ids(&mut self.ids, &module_ids);
        self.by_name.insert(module.api_name.clone(), position);
        self.by_name
            .insert(module.api_name.to_ascii_lowercase(), position);
        self.tables.push(Table::new(module));
        position
    }

    fn module_ids(&self) -> Vec<(String, u64)> {
        let modules = self.tables.iter().map(|table| table.module.as_ref());
        modules
            .chain(&self.pages)
            .map(|module| (module.api_name.clone(), module.id))
            .collect()
    }

    /// Adds a field to a module, with the module of its rows where it has such, and gives its position.
    pub(crate) fn define_field(&mut self, table: usize, own: &FieldSeed) -> Result<u16, String> {
        require_name(&own.api_name)?;
        if self.tables[table].module.position(&own.api_name).is_some() {
            return Err(format!("`{}` exists already", own.api_name));
        }
        let mut field = own_field(own)?;
        let target = own.lookup_module.as_deref();
        if let Some(target) = target
            && self.table_position(target).is_none()
        {
            return Err(format!("`{}`: there is no module `{target}`", own.api_name));
        }
        match field.data_type {
            DataType::Lookup | DataType::MultiSelectLookup if target.is_none() => {
                return Err(format!(
                    "`{}` is a lookup and needs lookup_module",
                    own.api_name
                ));
            }
            DataType::Lookup => self.relate(table, &mut field, target.unwrap_or_default()),
            DataType::Subform => {
                let rows = self.define_subform(table, own)?;
                field.subform = Some(rows);
            }
            DataType::MultiSelectLookup | DataType::MultiUserLookup => {
                field.linking = Some(self.define_linking(table, own));
            }
            DataType::AutoNumber => field = field.read_only(),
            DataType::Formula | DataType::RollupSummary => {
                field = field.read_only();
                if field.formula.is_none() && field.rollup.is_none() {
                    return Err(format!("`{}` says not how it is computed", own.api_name));
                }
            }
            _ => {}
        }
        let module_ids = self.module_ids();
        field.give_ids(&mut self.ids, &module_ids);
        let mut module = (*self.tables[table].module).clone();
        module.add_field(field, || self.ids.next());
        let position = module.position(&own.api_name).unwrap_or_default();
        self.tables[table].set_module(module);
        self.number_existing(table, position);
        Ok(position)
    }

    /// Records that were there before a field that counts up are numbered in their order.
    ///
    /// unknown: whether a field made through the API numbers existing records; the pages of setup offer it.
    fn number_existing(&mut self, table: usize, position: u16) {
        let table = &mut self.tables[table];
        let Some(format) = table.module.field_at(position).auto_number.clone() else {
            return;
        };
        let ids: Vec<u64> = table.rows.keys().copied().collect();
        for id in ids {
            let number = table.count_up(position, format.start_number);
            table.set_quietly(id, position, Cell::Text(format.text(number).into()));
        }
    }

    /// Changes facts of a module: labels, status, layouts. Its fields keep their number and order.
    pub(crate) fn edit_module<T>(
        &mut self,
        table: usize,
        edit: impl FnOnce(&mut Module) -> T,
    ) -> T {
        let mut module = (*self.tables[table].module).clone();
        let result = edit(&mut module);
        let names = [
            module.api_name.clone(),
            module.api_name.to_ascii_lowercase(),
        ];
        self.by_name.retain(|_, position| *position != table);
        self.by_name.extend(names.map(|name| (name, table)));
        self.tables[table].set_module(module);
        result
    }

    /// Changes facts of a field: label, length, rules, options. `None` when there is no such field.
    pub(crate) fn edit_field<T>(
        &mut self,
        table: usize,
        position: u16,
        edit: impl FnOnce(&mut Field) -> T,
    ) -> Option<T> {
        if usize::from(position) >= self.tables[table].module.fields.len() {
            return None;
        }
        let edit = |module: &mut Module| edit(&mut module.fields[usize::from(position)]);
        Some(self.edit_module(table, edit))
    }

    /// Takes a field out with all its values, the rows of a sub-form and the pairs of a multi-select lookup included. The
    /// fields behind it move up by one place, so no position may be kept over this call. False when there is no such field.
    pub(crate) fn remove_field(&mut self, table: usize, position: u16) -> bool {
        let Some(field) = self.tables[table].remove_field(position) else {
            return false;
        };
        self.changes.forget_field(table, position);
        let own_name = self.tables[table].module.api_name.clone();
        let listed = field
            .linking
            .as_ref()
            .map_or(&own_name, |linking| &linking.module);
        let other = match (&field.lookup, &field.linking) {
            (Some(lookup), _) => Some(lookup.module.as_str()),
            (None, Some(linking)) => Some(linking.connected_module.as_str()),
            (None, None) => None,
        };
        if let Some(other) = other.and_then(|name| self.table_position(name)) {
            self.edit_module(other, |module| {
                module.related_lists.retain(|list| {
                    list.module.as_ref() != Some(listed)
                        || list.field.as_ref() != Some(&field.api_name)
                });
            });
        }
        if let Some(rows) = field
            .rows_module()
            .and_then(|name| self.table_position(name))
        {
            self.remove_module(rows);
        }
        true
    }

    /// Takes a module out with all its records: it is not found by name any more. Its table stays, empty, so that the
    /// positions of the others stay what they are.
    pub(crate) fn remove_module(&mut self, table: usize) {
        self.by_name.retain(|_, position| *position != table);
        self.changes.forget_table(table);
        let module = (*self.tables[table].module).clone();
        self.tables[table] = Table::new(module);
    }

    /// The tables of the modules that are there, in the order in which they came.
    pub(crate) fn modules(&self) -> impl Iterator<Item = (usize, &Table)> {
        let is_there = |(position, table): &(usize, &Table)| {
            self.by_name.get(&table.module.api_name) == Some(position)
        };
        self.tables.iter().enumerate().filter(is_there)
    }

    /// A lookup brings a related list on the other side.
    fn relate(&mut self, table: usize, field: &mut Field, target: &str) {
        let own_name = self.tables[table].module.api_name.clone();
        let list = (own_name.as_str(), field.api_name.as_str(), "custom_lookup");
        field.lookup = self.add_related_list(table, target, list);
    }

    /// Adds a list of the records of `list.0` whose lookup `list.1` names a record of `target`.
    fn add_related_list(
        &mut self,
        table: usize,
        target: &str,
        list: (&str, &str, &str),
    ) -> Option<Lookup> {
        let own_name = self.tables[table].module.api_name.clone();
        let label = self.tables[table].module.plural_label.clone();
        let other = self.table_position(target)?;
        let mut module = (*self.tables[other].module).clone();
        let name = first_free(&own_name, |name| {
            let mut lists = module.related_lists.iter();
            !lists.any(|list| list.api_name == name)
        });
        let mut list = RelatedList::new(&name, &label, Some(list.0), Some(list.1), list.2);
        list.id = self.ids.next();
        module.related_lists.push(list);
        let lookup = Lookup {
            module: module.api_name.clone(),
            module_id: module.id,
            related_list: name,
        };
        self.tables[other].set_module(module);
        Some(lookup)
    }

    /// The module of a sub-form's rows, which is named as the field.
    fn define_subform(&mut self, table: usize, own: &FieldSeed) -> Result<String, String> {
        let parent = self.tables[table].module.api_name.clone();
        if self.table_position(&own.api_name).is_some() {
            return Err(format!("the module `{}` exists already", own.api_name));
        }
        let label = own.label.as_deref().unwrap_or(&own.api_name);
        let module = Module::own_rows(&own.api_name, label, &parent);
        let position = self.add_table(module, "LinkingModule");
        for field in &own.fields {
            if matches!(
                field.data_type.as_str(),
                "subform" | "multiselectlookup" | "multiuserlookup"
            ) {
                return Err(format!("`{}` cannot be in a sub-form", field.api_name));
            }
            self.define_field(position, field)?;
        }
        Ok(own.api_name.clone())
    }

    /// The linking module of a multi-select lookup: `Leads_X_Products` with a lookup to each side.
    fn define_linking(&mut self, table: usize, own: &FieldSeed) -> Linking {
        let parent = self.tables[table].module.api_name.clone();
        let other = own.lookup_module.as_deref().unwrap_or("Users");
        let name = first_free(&format!("{parent}_X_{other}"), |name| {
            self.table_position(name).is_none()
        });
        let own_field = format!("{parent}_Record");
        let module = Module::own_links(
            &name,
            (&own_field, &parent),
            (&own.api_name, own.lookup_module.as_deref()),
        );
        self.add_table(module, "LinkingModule");
        if let Some(target) = own.lookup_module.as_deref() {
            let list = (name.as_str(), own.api_name.as_str(), "multiselectlookup");
            self.add_related_list(table, target, list);
        }
        Linking {
            module: name,
            own_field,
            other_field: own.api_name.clone(),
            connected_module: other.to_owned(),
        }
    }

    /// Adds a layout that shows the named fields, and gives its id.
    pub(crate) fn define_layout(&mut self, table: usize, own: &LayoutSeed) -> Result<u64, String> {
        let mut module = (*self.tables[table].module).clone();
        let positions = |names: &[String]| -> Result<Vec<u16>, String> {
            let positions = names.iter().map(|name| {
                let position = module.position(name);
                position.ok_or_else(|| format!("layout `{}`: no field `{name}`", own.name))
            });
            positions.collect()
        };
        let mut fields = positions(&own.fields)?;
        let mandatory = positions(&own.mandatory)?;
        fields.extend(
            mandatory
                .iter()
                .filter(|at| !own_has(&fields, **at))
                .copied()
                .collect::<Vec<_>>(),
        );
        for (position, field) in (0u16..).zip(&module.fields) {
            // System columns and mandatory fields are in every layout.
            if (field.slot != crate::schema::Slot::Stored || field.is_mandatory)
                && Layout::shows(field)
                && !own_has(&fields, position)
            {
                fields.push(position);
            }
        }
        let mut mandatory = mandatory;
        for (position, field) in (0u16..).zip(&module.fields) {
            if field.is_mandatory && !own_has(&mandatory, position) {
                mandatory.push(position);
            }
        }
        let mut layout = Layout {
            id: 0,
            name: own.name.clone(),
            api_name: own.name.replace(' ', "_"),
            is_active: true,
            sections: vec![Section {
                id: 0,
                name: format!("{} Information", module.singular_label),
                api_name: format!("{}_Information", module.singular_label).replace(' ', "_"),
                is_subform: false,
                fields,
            }],
            mandatory,
            profiles: None,
            modified: None,
        };
        layout.give_ids(&mut self.ids);
        let id = layout.id;
        module.layouts.push(layout);
        self.tables[table].set_module(module);
        Ok(id)
    }

    /// Adds an option to a picklist and gives its id. Options are renamed, ordered and taken out by
    /// [`edit_field`](Self::edit_field): records keep the reference value that they carry.
    pub(crate) fn define_pick_list_value(
        &mut self,
        table: usize,
        field: &str,
        own: &PickListSeed,
    ) -> Result<u64, String> {
        let position = self.known_field(table, field)?;
        let data_type = self.tables[table].module.field_at(position).data_type;
        if !matches!(
            data_type,
            DataType::PickList | DataType::MultiSelectPickList
        ) {
            return Err(format!("`{field}` is no picklist"));
        }
        let mut value = pick_list_value(own);
        value.id = self.ids.next();
        let id = value.id;
        self.edit_field(table, position, |field| field.pick_list.push(value));
        Ok(id)
    }

    /// Replaces a value of a picklist in all records that carry it, as when an option is taken out for another; says how many
    /// records carried it. unknown: whether Zoho tells of these changes; here each is one of its record.
    pub(crate) fn replace_pick_list_value(
        &mut self,
        table: usize,
        position: u16,
        old: &str,
        new: Option<&str>,
        author: Author,
    ) -> usize {
        let mut changed = Vec::new();
        for record in self.tables[table].rows.values() {
            match record.cell(position) {
                Some(Cell::Text(text)) if **text == *old => {
                    changed.push((record.id, new.map(|new| Cell::Text(new.into()))));
                }
                Some(Cell::List(values)) if values.iter().any(|value| **value == *old) => {
                    let mut kept = values.to_vec();
                    kept.retain(|value| **value != *old && Some(&**value) != new);
                    kept.extend(new.map(Box::from));
                    let cell = (!kept.is_empty()).then(|| Cell::List(kept.into_boxed_slice()));
                    changed.push((record.id, cell));
                }
                _ => {}
            }
        }
        let count = changed.len();
        for (id, cell) in changed {
            rows::set(self, table, id, vec![(position, cell)], author);
        }
        count
    }

    /// Marks a field as one that takes no value twice.
    pub(crate) fn mark_unique(&mut self, table: usize, field: &str) -> Result<(), String> {
        let position = self.known_field(table, field)?;
        self.edit_field(table, position, |field| field.is_unique = true);
        Ok(())
    }

    fn known_field(&self, table: usize, field: &str) -> Result<u16, String> {
        let position = self.tables[table].module.position(field);
        position.ok_or_else(|| format!("no field `{field}`"))
    }
}

/// The name itself, or with the first number with which it is not taken.
fn first_free(name: &str, is_free: impl Fn(&str) -> bool) -> String {
    let numbered = (2u32..).map(|number| format!("{name}{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| is_free(name))
        .unwrap_or_default()
}

fn own_has(positions: &[u16], position: u16) -> bool {
    positions.contains(&position)
}

fn require_name(name: &str) -> Result<(), String> {
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if is_name {
        return Ok(());
    }
    Err(format!(
        "`{name}` is no API name: use letters, digits and underscores, a letter first"
    ))
}

fn own_field(own: &FieldSeed) -> Result<Field, String> {
    let unknown = || format!("`{}` has an unknown data_type", own.api_name);
    let data_type = DataType::of_own_field(&own.data_type).ok_or_else(unknown)?;
    let length = own.length.unwrap_or(data_type.default_length());
    let mut field = Field::new(&own.api_name, data_type, length);
    if let Some(label) = &own.label {
        field = field.labelled(label);
    }
    field.is_custom = true;
    field.is_unique = own.is_unique;
    field.is_mandatory = own.is_mandatory;
    field.is_layout_mandatory = own.is_mandatory;
    field.is_restricted = own.is_restricted;
    field.default_value.clone_from(&own.default_value);
    field.pick_list = own.values.iter().map(pick_list_value).collect();
    if matches!(data_type, DataType::Double | DataType::Currency) {
        field.decimal_place = Some(2);
    }
    if data_type == DataType::AutoNumber {
        let plain = || AutoNumber {
            prefix: String::new(),
            suffix: String::new(),
            start_number: 1,
        };
        field.auto_number = Some(own.auto_number.clone().unwrap_or_else(plain));
    }
    let return_type = match &own.return_type {
        None => DataType::Double,
        Some(name) => DataType::of_own_field(name).ok_or_else(unknown)?,
    };
    field.formula = own.formula.as_ref().map(|expression| Formula {
        return_type,
        expression: expression.clone(),
    });
    field.rollup = own.rollup.as_ref().map(|rollup| Rollup {
        return_type,
        function: rollup.function.to_ascii_uppercase(),
        module: rollup.module.clone(),
        lookup_field: rollup.lookup_field.clone(),
        field: rollup.field.clone(),
    });
    Ok(field)
}

fn pick_list_value(own: &PickListSeed) -> PickListValue {
    match own {
        PickListSeed::Plain(text) => PickListValue::plain(text),
        PickListSeed::Texts {
            display_value,
            reference_value,
            actual_value,
        } => {
            let reference = reference_value.as_ref().unwrap_or(display_value);
            PickListValue {
                display_value: display_value.clone(),
                actual_value: actual_value.clone().unwrap_or_else(|| reference.clone()),
                ..PickListValue::plain(reference)
            }
        }
    }
}
