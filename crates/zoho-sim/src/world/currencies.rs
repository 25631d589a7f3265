//! The two fields that modules with amounts have once the organisation works with several currencies.

use super::{Cell, World};
use crate::rows;
use crate::schema::{DataType, Field, GeneratedType, Module, PickListValue};

impl World {
    /// Gives each module with amounts the fields `Currency` and `Exchange_Rate`, and brings the options of the first one up to
    /// date: to be called whenever currencies were switched on, added or changed. Records that were there before are in the
    /// base currency.
    pub(crate) fn refresh_currency_fields(&mut self) {
        let Some(base) = self.settings.currencies.first() else {
            return;
        };
        let code = Cell::Text(base.iso_code.as_str().into());
        let rate = rows::exchange_rate(base).map(Cell::Double);
        let with_amounts: Vec<usize> = self
            .modules()
            .filter(|(_, table)| has_amounts(&table.module))
            .map(|(position, _)| position)
            .collect();
        for table in with_amounts {
            if self.tables[table].module.position("Currency").is_none() {
                self.add_currency_fields(table, &code, rate.as_ref());
            }
            self.list_currencies(table);
        }
    }

    fn add_currency_fields(&mut self, table: usize, code: &Cell, rate: Option<&Cell>) {
        let mut currency = Field::new("Currency", DataType::PickList, 120);
        currency.is_restricted = true;
        let mut exchange_rate =
            Field::new("Exchange_Rate", DataType::Double, 16).labelled("Exchange Rate");
        exchange_rate.decimal_place = Some(9);
        let values = [(currency, Some(code)), (exchange_rate, rate)];
        for (mut field, value) in values {
            let name = field.api_name.clone();
            field.give_ids(&mut self.ids, &[]);
            let mut module = (*self.tables[table].module).clone();
            module.add_field(field, || 0);
            let position = module.position(&name).unwrap_or_default();
            let table = &mut self.tables[table];
            table.set_module(module);
            let ids: Vec<u64> = table.rows.keys().copied().collect();
            for id in ids {
                table.reset_quietly(id, position, value.cloned());
            }
        }
    }

    /// The active currencies as options; those that are known keep their ids.
    fn list_currencies(&mut self, table: usize) {
        let active = self.settings.currencies.iter();
        let codes: Vec<String> = active
            .filter(|currency| currency.is_active)
            .map(|currency| currency.iso_code.clone())
            .collect();
        let module = &self.tables[table].module;
        let Some(position) = module.position("Currency") else {
            return;
        };
        let known = module.field_at(position).pick_list.clone();
        let values: Vec<PickListValue> = codes
            .iter()
            .map(|code| {
                let mut values = known.iter();
                let found = values.find(|value| value.reference_value == *code);
                found.cloned().unwrap_or_else(|| PickListValue {
                    id: self.ids.next(),
                    ..PickListValue::plain(code)
                })
            })
            .collect();
        self.edit_field(table, position, |field| field.pick_list = values);
    }
}

/// Tabs with amounts of money; the rows of sub-forms follow their record.
fn has_amounts(module: &Module) -> bool {
    matches!(
        module.generated_type,
        GeneratedType::Default | GeneratedType::Custom
    ) && module.parent_module.is_none()
        && module.abilities.creatable
        && module.fields_of(DataType::Currency).next().is_some()
}
