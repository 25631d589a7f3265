//! Who writes, when, by which way, and how the call wants its rows handled.

use super::Checked;
use crate::world::{AssignmentRule, Cell, Source, World};

/// The writer of a call's rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Author {
    pub(crate) user: u64,
    /// Seconds since 1970.
    pub(crate) now: i64,
    pub(crate) source: Source,
    /// Assignment rule that gives records without an owner theirs.
    pub(crate) lar_id: Option<u64>,
    /// What the call asks for beyond the usual, `apply_feature_execution`.
    pub(crate) applied: Features,
    /// What the call leaves out, `skip_feature_execution`.
    pub(crate) skipped: Features,
    /// Through bulk write, where records may have more sub-form rows.
    pub(crate) is_bulk: bool,
    /// In the words of versions 2 and 2.1.
    pub(crate) is_older: bool,
}

impl Author {
    /// A write through the API.
    pub(crate) fn new(user: u64, now: i64) -> Self {
        Self {
            user,
            now,
            source: Source::CrmApi,
            lar_id: None,
            applied: Features::NONE,
            skipped: Features::NONE,
            is_bulk: false,
            is_older: false,
        }
    }

    pub(crate) fn by(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    pub(crate) fn in_bulk(mut self) -> Self {
        self.source = Source::Bulk;
        self.is_bulk = true;
        self
    }

    pub(crate) fn in_words_of_older(mut self, is_older: bool) -> Self {
        self.is_older = is_older;
        self
    }

    /// The owner that the assignment rule of the call gives to a record.
    ///
    /// unknown: whether a rule beats an owner that the row names; here the row's own owner stays.
    pub(super) fn assigned_owner(
        &self,
        world: &World,
        table: usize,
        checked: &Checked,
    ) -> Option<u64> {
        const RULES: &str = "assignment_rules";
        if self.skipped.has(RULES) {
            return None;
        }
        let module = &world.tables[table].module;
        let mut rules = world.assignment_rules.iter();
        let is_for = |rule: &&AssignmentRule| rule.module == module.api_name;
        let rule = match self.lar_id {
            Some(id) => rules.find(|rule| rule.id == id && is_for(rule)),
            None if self.applied.has(RULES) => rules.find(is_for),
            None => None,
        }?;
        let fits = |field: &str, value: &str| {
            let given = module.position(field).and_then(|at| checked.given(at));
            matches!(given, Some(Some(Cell::Text(text))) if text.eq_ignore_ascii_case(value))
        };
        rule.entries
            .iter()
            .find(|entry| fits(&entry.field, &entry.value))
            .map(|entry| entry.owner)
            .or(rule.default_owner)
    }
}

/// A set of features that a call names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Features(u32);

/// The features of `apply_feature_execution` and `skip_feature_execution`.
const NAMES: [&str; 9] = [
    "layout_rules",
    "range_validation",
    "assignment_rules",
    "function_validation_rule",
    "criteria_validation_rule",
    "global_map_dependency",
    "territory_subordinates",
    "cadences",
    "connected_workflows",
];

impl Features {
    pub(crate) const NONE: Self = Self(0);

    /// The set with one more; `None` when there is no such feature.
    pub(crate) fn with(self, name: &str) -> Option<Self> {
        bit_of(name).map(|bit| Self(self.0 | bit))
    }

    pub(crate) fn has(self, name: &str) -> bool {
        bit_of(name).is_some_and(|bit| self.0 & bit != 0)
    }
}

fn bit_of(name: &str) -> Option<u32> {
    let place = NAMES.iter().position(|known| *known == name)?;
    u32::try_from(place)
        .ok()
        .and_then(|place| 1u32.checked_shl(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_sets_of_names() {
        let set = Features::NONE.with("layout_rules").unwrap();
        assert!(set.has("layout_rules") && !set.has("cadences"));
        assert!(Features::NONE.with("nonsense").is_none());
    }
}
