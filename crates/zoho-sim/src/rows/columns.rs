//! Which fields of a record an answer shows.

use super::{older, print};
use crate::schema::{Module, Slot};
use crate::world::Table;

/// The columns of an answer.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    choice: Choice,
    /// Lists leave the rows of sub-forms and multi-select lookups out.
    is_list: bool,
    /// Rich texts are not cut.
    is_full: bool,
    /// Versions 2 and 2.1 have other names for line items.
    is_older: bool,
}

#[derive(Debug, Clone)]
enum Choice {
    /// Every field, and the `$` keys or not.
    Every { has_system_keys: bool },
    /// Exactly these fields and `$` keys, and `id`.
    These {
        positions: Vec<u16>,
        system: Vec<u8>,
    },
}

impl Columns {
    /// Every field and the `$` keys, as in the answer for one record and in search.
    pub(crate) fn all() -> Self {
        Self::of(Choice::Every {
            has_system_keys: true,
        })
    }

    /// Every field without the `$` keys, as the older versions list records.
    pub(crate) fn fields() -> Self {
        Self::of(Choice::Every {
            has_system_keys: false,
        })
    }

    /// The columns named in the `fields` parameter; unknown names are ignored.
    pub(crate) fn named(table: &Table, names: &[&str]) -> Self {
        let mut positions: Vec<u16> = Vec::with_capacity(names.len() + 1);
        let mut system = Vec::new();
        for name in names {
            if let Some(position) = table.module.position(name) {
                if !positions.contains(&position) {
                    positions.push(position);
                }
            } else if let Some(place) = print::system_key(name)
                && !system.contains(&place)
            {
                system.push(place);
            }
        }
        if let Some(id_at) = table.module.position("id")
            && !positions.contains(&id_at)
        {
            positions.push(id_at);
        }
        Self::of(Choice::These { positions, system })
    }

    fn of(choice: Choice) -> Self {
        Self {
            choice,
            is_list: false,
            is_full: false,
            is_older: false,
        }
    }

    /// As lists show records: without the rows of sub-forms and multi-select lookups.
    pub(crate) fn in_list(mut self) -> Self {
        self.is_list = true;
        self
    }

    /// With rich texts in full.
    pub(crate) fn in_full(mut self) -> Self {
        self.is_full = true;
        self
    }

    /// As versions 2 and 2.1 name line items, when `is_older`.
    pub(crate) fn in_words_of_older(mut self, is_older: bool) -> Self {
        self.is_older = is_older;
        self
    }

    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    pub(super) fn is_older(&self) -> bool {
        self.is_older
    }

    pub(super) fn has_system_keys(&self) -> bool {
        matches!(
            self.choice,
            Choice::Every {
                has_system_keys: true
            }
        )
    }

    pub(super) fn positions(&self, module: &Module) -> Vec<u16> {
        let is_shown =
            |position: &u16| !self.is_list || !module.field_at(*position).is_left_out_of_lists();
        match &self.choice {
            Choice::Every { .. } => (0u16..)
                .zip(&module.fields)
                .map(|(position, _)| position)
                .filter(is_shown)
                .collect(),
            Choice::These { positions, .. } => positions.iter().copied().filter(is_shown).collect(),
        }
    }

    /// The name of a field in the answer.
    pub(super) fn key_of<'m>(&self, module: &'m Module, position: u16) -> &'m str {
        let field = module.field_at(position);
        if self.is_older && field.slot == Slot::Stored && older::has_line_items(field) {
            return older::ITEMS_KEY;
        }
        &field.api_name
    }

    /// Places of the `$` keys that are shown, of `count` that there are.
    pub(super) fn system_keys(&self, count: usize) -> Vec<u8> {
        match &self.choice {
            Choice::Every {
                has_system_keys: true,
            } => (0..u8::try_from(count).unwrap_or(u8::MAX)).collect(),
            Choice::Every { .. } => Vec::new(),
            Choice::These { system, .. } => system.clone(),
        }
    }
}
