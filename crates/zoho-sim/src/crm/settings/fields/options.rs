//! The options of a picklist in a body: new ones, and changes of those that are there.

use crate::catalog::Refusal;
use crate::catalog::settings as refusals;
use crate::crm::items::Item;
use crate::schema::PickListValue;
use crate::seed::PickListSeed;
use crate::world::World;

/// Options of one picklist.
pub(super) const PICK_LIST_VALUES_MAX: usize = 1_000;
const TEXT_MAX: usize = 120;
const COLOUR_MAX: usize = 10;

/// The options of a new field, of which there has to be one.
pub(super) fn read_new(item: &Item<'_>) -> Result<Vec<PickListSeed>, Refusal> {
    let missing =
        || refusals::dependent_missing(&item.key("pick_list_values"), &item.key("data_type"));
    let list = item.list("pick_list_values")?.ok_or_else(missing)?;
    if list.is_empty() {
        return Err(missing());
    }
    if list.len() > PICK_LIST_VALUES_MAX {
        return Err(refusals::too_long(
            &item.key("pick_list_values"),
            PICK_LIST_VALUES_MAX,
        ));
    }
    let mut texts: Vec<String> = Vec::with_capacity(list.len());
    let mut seeds = Vec::with_capacity(list.len());
    for option in &list {
        let display_value = option.required_text("display_value", TEXT_MAX)?;
        let lower = display_value.to_lowercase();
        if texts.contains(&lower) {
            return Err(refusals::duplicate(&option.key("display_value")));
        }
        texts.push(lower);
        let actual_value = option.text("actual_value", TEXT_MAX)?;
        seeds.push(PickListSeed::Texts {
            display_value: display_value.to_owned(),
            reference_value: None,
            actual_value: actual_value.map(str::to_owned),
        });
    }
    Ok(seeds)
}

/// The colours of the options, in their order.
pub(super) fn colours(item: &Item<'_>) -> Result<Vec<Option<String>>, Refusal> {
    let list = item.list("pick_list_values")?.unwrap_or_default();
    list.iter()
        .map(|option| {
            let colour = option.text("colour_code", COLOUR_MAX)?;
            Ok(colour.map(str::to_owned))
        })
        .collect()
}

/// The options of the global picklist that a new field takes over; none when it names none.
pub(super) fn global_of(
    world: &World,
    item: &Item<'_>,
) -> Result<Option<Vec<PickListSeed>>, Refusal> {
    let Some(id) = item.reference("global_picklist")? else {
        return Ok(None);
    };
    let list = world
        .settings
        .global_picklist(id)
        .ok_or_else(|| refusals::invalid(&item.key("global_picklist")))?;
    let texts = |value: &PickListValue| PickListSeed::Texts {
        display_value: value.display_value.clone(),
        reference_value: Some(value.reference_value.clone()),
        actual_value: Some(value.actual_value.clone()),
    };
    let used = list.values.iter().filter(|value| value.is_used);
    Ok(Some(used.map(texts).collect()))
}

/// A change of an option in the order of the body.
#[derive(Debug)]
pub(crate) enum Change {
    Add(PickListValue),
    /// Position, then what is given of it.
    Edit(u64, Given),
    /// Taken out of the list; records keep the text.
    Remove(u64),
}

/// What is given of an option that is there.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) display_value: Option<String>,
    pub(crate) colour_code: Option<String>,
    pub(crate) is_used: Option<bool>,
    pub(crate) sequence_number: Option<usize>,
}

/// Reads the changes of the options of a field or of a global picklist.
pub(crate) fn read_changes(
    item: &Item<'_>,
    known: &[PickListValue],
) -> Result<Vec<Change>, Refusal> {
    let list = item.list("pick_list_values")?.unwrap_or_default();
    if list.len() > PICK_LIST_VALUES_MAX {
        return Err(refusals::too_long(
            &item.key("pick_list_values"),
            PICK_LIST_VALUES_MAX,
        ));
    }
    let mut changes = Vec::with_capacity(list.len());
    let mut added = 0;
    for option in &list {
        let given = Given {
            display_value: option.text("display_value", TEXT_MAX)?.map(str::to_owned),
            colour_code: option.text("colour_code", COLOUR_MAX)?.map(str::to_owned),
            is_used: option
                .word("type", &["used", "unused"])?
                .map(|word| word == "used"),
            sequence_number: option
                .number("sequence_number", 1, 10_000)?
                .and_then(|number| usize::try_from(number).ok()),
        };
        let taken = |text: &str, except: Option<u64>| {
            known.iter().any(|value| {
                Some(value.id) != except && value.display_value.eq_ignore_ascii_case(text)
            })
        };
        let Some(id) = option.id("id")? else {
            let text = option.required_text("display_value", TEXT_MAX)?;
            if taken(text, None) {
                return Err(refusals::duplicate(&option.key("display_value")));
            }
            let mut value = match option.text("actual_value", TEXT_MAX)? {
                Some(actual) => PickListValue::with_actual(text, actual),
                None => PickListValue::plain(text),
            };
            value.colour_code = given.colour_code;
            value.is_used = given.is_used.unwrap_or(true);
            added += 1;
            changes.push(Change::Add(value));
            continue;
        };
        if !known.iter().any(|value| value.id == id) {
            return Err(refusals::invalid(&option.key("id")));
        }
        let is_removed = option.has("_delete") && option.boolean("_delete")?.unwrap_or(true);
        if is_removed {
            changes.push(Change::Remove(id));
            continue;
        }
        if let Some(text) = &given.display_value
            && taken(text, Some(id))
        {
            return Err(refusals::duplicate(&option.key("display_value")));
        }
        changes.push(Change::Edit(id, given));
    }
    if known.len() + added > PICK_LIST_VALUES_MAX {
        let key = item.key("pick_list_values");
        return Err(refusals::limit_exceeded(&key, PICK_LIST_VALUES_MAX));
    }
    Ok(changes)
}

/// Changes a list of options; new ones get their ids from `new_id`.
pub(crate) fn apply(
    values: &mut Vec<PickListValue>,
    changes: Vec<Change>,
    mut new_id: impl FnMut() -> u64,
) {
    let mut moves: Vec<(u64, usize)> = Vec::new();
    for change in changes {
        match change {
            Change::Add(mut value) => {
                value.id = new_id();
                values.push(value);
            }
            Change::Remove(id) => values.retain(|value| value.id != id),
            Change::Edit(id, given) => {
                if let Some(value) = values.iter_mut().find(|value| value.id == id) {
                    if let Some(text) = given.display_value {
                        value.display_value = text;
                    }
                    if given.colour_code.is_some() {
                        value.colour_code = given.colour_code;
                    }
                    value.is_used = given.is_used.unwrap_or(value.is_used);
                }
                moves.extend(given.sequence_number.map(|number| (id, number)));
            }
        }
    }
    for (id, number) in moves {
        if let Some(place) = values.iter().position(|value| value.id == id) {
            let value = values.remove(place);
            let place = (number - 1).min(values.len());
            values.insert(place, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_added_renamed_moved_and_taken_out() {
        let mut values: Vec<PickListValue> = ["a", "b", "c"].map(PickListValue::plain).into();
        for (id, value) in (1..).zip(&mut values) {
            value.id = id;
        }
        let renamed = Given {
            display_value: Some("C".to_owned()),
            sequence_number: Some(1),
            ..Given::default()
        };
        let changes = vec![
            Change::Add(PickListValue::plain("d")),
            Change::Remove(1),
            Change::Edit(3, renamed),
        ];
        apply(&mut values, changes, || 9);
        let texts: Vec<(u64, &str, &str)> = values
            .iter()
            .map(|value| {
                (
                    value.id,
                    value.display_value.as_str(),
                    value.reference_value.as_str(),
                )
            })
            .collect();
        assert_eq!(texts, [(3, "C", "c"), (2, "b", "b"), (9, "d", "d")]);
    }
}
