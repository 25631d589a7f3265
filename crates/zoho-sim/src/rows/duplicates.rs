//! Which record a row means, and which values are taken.
//!
//! System duplicate-check fields (Leads Email, Accounts Account_Name, ...) are keys of upsert only; a plain insert does not
//! refuse a second record with the same value unless the field is marked unique.

use serde_json::{Value, json};

use super::{Checked, Row};
use crate::catalog::{self, Place, Refusal};
use crate::schema::Module;
use crate::world::{Cell, Table, World};

/// Fields by which an upsert looks for the record, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys(Vec<u16>);

impl Keys {
    /// Without a list: the system field, then all unique ones. With a list: the named fields, then all other unique ones.
    /// Gives the place in the list of a name that is none of these.
    pub(crate) fn of(module: &Module, named: Option<&[&str]>) -> Result<Self, usize> {
        let unique: Vec<u16> = module.unique_positions().collect();
        let system = module.duplicate_check_position();
        let mut positions: Vec<u16> = match named {
            None => system.into_iter().collect(),
            Some(names) => {
                let mut positions = Vec::with_capacity(names.len());
                for (at, name) in names.iter().enumerate() {
                    let position = module.position(name);
                    let position = position.filter(|at| Some(*at) == system || unique.contains(at));
                    let position = position.ok_or(at)?;
                    if !positions.contains(&position) {
                        positions.push(position);
                    }
                }
                positions
            }
        };
        for position in unique {
            if !positions.contains(&position) {
                positions.push(position);
            }
        }
        Ok(Self(positions))
    }

    /// The names that a list of keys may have.
    pub(crate) fn possible(module: &Module) -> Vec<&str> {
        let system = module.duplicate_check_position();
        let unique = module.unique_positions();
        let others = unique.filter(|position| Some(*position) != system);
        let all = system.into_iter().chain(others);
        all.map(|position| module.field_at(position).api_name.as_str())
            .collect()
    }

    /// Reads ahead what writing these rows will need, so that a call waits for the memory once and not for each of its rows.
    pub(crate) fn read_ahead<'r>(&self, table: &Table, rows: impl Iterator<Item = &'r Row<'r>>) {
        let Some(position) = self.0.first() else {
            return;
        };
        let name = table.module.field_at(*position).api_name.as_str();
        let cells = rows.filter_map(|row| match row.get(name)? {
            Value::String(text) => Some(Cell::Text(text.as_str().into())),
            _ => None,
        });
        let cells: Vec<Cell> = cells.collect();
        let holders = cells.iter().map(|cell| table.holders(*position, cell));
        let ids: Vec<u64> = holders.filter_map(|ids| ids.first().copied()).collect();
        table.rows.read_ahead(&ids);
    }

    /// The record that the row means, and the field that told.
    ///
    /// unknown: which of several matching records Zoho takes; here the most recently changed one.
    pub(super) fn matching(&self, table: &Table, checked: &Checked) -> Option<(u64, u16)> {
        self.0.iter().find_map(|position| {
            let cell = checked.given(*position).flatten()?;
            let holders = table.holders(*position, cell).iter();
            let latest = holders
                .max_by_key(|id| (table.rows.get(id).map(|record| record.modified_at), **id))?;
            Some((*latest, *position))
        })
    }
}

/// Refuses values of unique fields that another record holds, or one of the module to which the duplicate-check preference
/// maps them.
pub(super) fn refuse_taken(
    world: &World,
    table: usize,
    own_id: Option<u64>,
    checked: &Checked,
    number: usize,
) -> Result<(), Refusal> {
    let table = &world.tables[table];
    let mut clashes = Vec::new();
    for position in table.module.unique_positions() {
        let Some(cell) = checked.given(position).flatten() else {
            continue;
        };
        let others: Vec<u64> = table
            .holders(position, cell)
            .iter()
            .copied()
            .filter(|id| Some(*id) != own_id)
            .collect();
        if let Some(first) = others.first() {
            let field = &table.module.field_at(position).api_name;
            let place = Place { row: number, field };
            clashes.push(clash(world, table, *first, others.len() > 1, place));
        }
    }
    for (field, other, holders) in mapped(world, table, own_id, checked) {
        if let Some(first) = holders.first() {
            let place = Place { row: number, field };
            clashes.push(clash(world, other, *first, holders.len() > 1, place));
        }
    }
    match clashes.len() {
        0 => Ok(()),
        1 => Err(clashes.remove(0)),
        _ => Err(catalog::multiple_errors(&clashes)),
    }
}

/// The fields that the preference maps to another module, with those of its records that hold the new value.
///
/// unknown: whether a value that stays as it is is compared too; here it is not.
fn mapped<'w>(
    world: &'w World,
    table: &'w Table,
    own_id: Option<u64>,
    checked: &Checked,
) -> Vec<(&'w str, &'w Table, &'w [u64])> {
    let preference = world.actions.duplicate_checks.get(&table.module.api_name);
    let configurations =
        preference.and_then(|preference| preference["type_configurations"].as_array());
    let mut found = Vec::new();
    for configuration in configurations.into_iter().flatten() {
        let other = configuration["mapped_module"]["api_name"].as_str();
        let Some(other) = other.and_then(|name| world.table_named(name)) else {
            continue;
        };
        let pairs = configuration["field_mappings"].as_array();
        for pair in pairs.into_iter().flatten() {
            let own = pair["current_field"]["api_name"].as_str();
            let own = own.and_then(|name| Some((name, table.module.position(name)?)));
            let theirs = pair["mapped_field"]["api_name"].as_str();
            let theirs = theirs.and_then(|name| other.module.position(name));
            let (Some((name, own)), Some(theirs)) = (own, theirs) else {
                continue;
            };
            let before = own_id.and_then(|id| table.rows.get(&id)?.cell(own));
            if let Some(cell) = checked
                .given(own)
                .flatten()
                .filter(|cell| Some(*cell) != before)
            {
                found.push((name, other, other.holders(theirs, cell)));
            }
        }
    }
    found
}

/// Whether another record holds a unique value of a deleted one.
pub(super) fn is_taken(table: &Table, deleted_id: u64) -> bool {
    let deleted = table.deleted.get(&deleted_id);
    let Some(record) = deleted.and_then(|deleted| deleted.record.as_deref()) else {
        return false;
    };
    let mut positions = table.module.unique_positions();
    positions.any(|position| {
        let cell = record.cell(position);
        cell.is_some_and(|cell| !table.holders(position, cell).is_empty())
    })
}

fn clash(world: &World, table: &Table, id: u64, has_more: bool, place: Place<'_>) -> Refusal {
    let owner = table
        .rows
        .get(&id)
        .and_then(|record| world.user(record.owner));
    let owner = owner.map_or(Value::Null, |user| {
        json!({"name": user.full_name(), "id": user.id.to_string(), "zuid": user.zuid.to_string()})
    });
    let module = json!({"api_name": table.module.api_name, "id": table.module.id.to_string()});
    catalog::duplicate_data(json!({
        "api_name": place.field,
        "duplicate_record": {"Owner": owner, "module": module, "id": id.to_string()},
        "json_path": format!("$.data[{}].{}", place.row, place.field),
        "id": id.to_string(),
        "more_records": has_more,
    }))
}

impl Table {
    /// The record that holds this text in an indexed field, for seeds and tests.
    #[cfg(test)]
    pub(crate) fn holder_of(&self, field: &str, text: &str) -> Option<u64> {
        self.holders(
            self.module.position(field)?,
            &crate::world::Cell::Text(text.into()),
        )
        .first()
        .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Edition;
    use crate::rows::{self, Action, Author, Row};
    use crate::seed::Seed;

    fn world() -> World {
        let mut seed = serde_json::from_str::<Value>(include_str!("../seeds/empty.json")).unwrap();
        seed["unique_fields"] = json!({"Leads": ["Phone", "Mobile"]});
        World::build(
            &Seed::from_json(&seed.to_string()).unwrap(),
            Edition::Enterprise,
            1_000,
        )
        .unwrap()
    }

    fn names(keys: &Keys, module: &Module) -> Vec<String> {
        keys.0
            .iter()
            .map(|position| module.field_at(*position).api_name.clone())
            .collect()
    }

    #[test]
    fn the_order_of_keys_follows_the_documented_table() {
        let world = world();
        let module = &world.table_named("Leads").unwrap().module;
        let order = |named: Option<&[&str]>| names(&Keys::of(module, named).unwrap(), module);
        assert_eq!(order(None), ["Email", "Phone", "Mobile"]);
        assert_eq!(order(Some(&["Phone"])), ["Phone", "Mobile"]);
        assert_eq!(order(Some(&["Mobile"])), ["Mobile", "Phone"]);
        assert_eq!(order(Some(&["Email"])), ["Email", "Phone", "Mobile"]);
        assert_eq!(Keys::of(module, Some(&["Email", "City"])), Err(1));
        assert_eq!(Keys::possible(module), ["Email", "Phone", "Mobile"]);
    }

    #[test]
    fn an_upsert_that_matches_one_record_and_clashes_with_another_is_refused() {
        let mut world = world();
        let leads = world.table_position("leads").unwrap();
        let author = Author::new(world.first_user_id(), 2_000);
        let row = |value: Value| value.as_object().unwrap().clone();
        let first = row(json!({"Last_Name": "A", "Email": "a@x.org", "Phone": "1"}));
        let second =
            row(json!({"Last_Name": "B", "Email": "b@x.org", "Phone": "2", "Mobile": "3"}));
        rows::insert(&mut world, leads, &first, 0, author).unwrap();
        rows::insert(&mut world, leads, &second, 0, author).unwrap();

        let keys = Keys::of(&world.tables[leads].module, None).unwrap();
        let clash = row(json!({"Last_Name": "A", "Email": "A@X.ORG", "Phone": "2"}));
        let refusal = rows::upsert(
            &mut world,
            leads,
            &Row::of(&clash),
            4,
            &keys,
            author,
            |_, _| Ok(()),
        )
        .unwrap_err();
        assert_eq!(refusal.code, "DUPLICATE_DATA");
        assert_eq!(refusal.details["json_path"], "$.data[4].Phone");

        let both = row(json!({"Last_Name": "C", "Phone": "2", "Mobile": "3"}));
        let refusal = rows::insert(&mut world, leads, &both, 0, author).unwrap_err();
        assert_eq!(refusal.code, "MULTIPLE_OR_MULTI_ERRORS");

        let update = row(json!({"Email": "A@X.ORG", "City": "Rome"}));
        let written = rows::upsert(
            &mut world,
            leads,
            &Row::of(&update),
            0,
            &keys,
            author,
            |_, _| Ok(()),
        )
        .unwrap();
        assert_eq!(written.action, Action::Update);
        assert_eq!(
            world.tables[leads].holder_of("Email", "a@x.org"),
            Some(written.id)
        );
    }
}
