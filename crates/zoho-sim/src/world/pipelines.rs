//! Pipelines of deals change: the options of the pipeline field and the deals themselves follow.

use std::collections::HashMap;

use super::{Cell, Pipeline, World};
use crate::rows::{self, Author};
use crate::schema::{Field, PickListValue};

impl World {
    /// Adds a pipeline, as the first one when it is the default.
    pub(crate) fn add_pipeline(&mut self, pipeline: Pipeline, is_default: bool) {
        let option = PickListValue {
            id: self.ids.next(),
            ..PickListValue::plain(&pipeline.name)
        };
        let place = if is_default { 0 } else { self.pipelines.len() };
        self.pipelines.insert(place, pipeline);
        self.edit_pipeline_field(|field| field.pick_list.push(option));
    }

    /// Takes a pipeline out; a single one that is left need not be named by deals any more.
    pub(crate) fn remove_pipeline(&mut self, place: usize) {
        let removed = self.pipelines.remove(place);
        self.edit_pipeline_field(|field| {
            field
                .pick_list
                .retain(|value| value.reference_value != removed.name);
        });
    }

    pub(crate) fn rename_pipeline(&mut self, place: usize, name: &str, author: Author) {
        let old = std::mem::replace(&mut self.pipelines[place].name, name.to_owned());
        self.edit_pipeline_field(|field| {
            for value in &mut field.pick_list {
                if value.reference_value == old {
                    let id = value.id;
                    *value = PickListValue {
                        id,
                        ..PickListValue::plain(name)
                    };
                }
            }
        });
        if let Some(table) = self.table_position("Deals")
            && let Some(position) = self.tables[table].module.position("Pipeline")
        {
            self.replace_pick_list_value(table, position, &old, Some(name), author);
        }
    }

    /// With several pipelines each deal must name its own.
    fn edit_pipeline_field(&mut self, edit: impl FnOnce(&mut Field)) {
        let is_mandatory = self.pipelines.len() > 1;
        let Some(table) = self.table_position("Deals") else {
            return;
        };
        if let Some(position) = self.tables[table].module.position("Pipeline") {
            self.edit_field(table, position, |field| {
                edit(field);
                field.is_mandatory = is_mandatory;
            });
        }
    }

    pub(crate) fn has_deals_in(&self, pipeline: &str) -> bool {
        let Some(deals) = self.table_named("Deals") else {
            return false;
        };
        let position = deals.module.position("Pipeline");
        position.is_some_and(|position| {
            let mut records = deals.rows.values();
            records.any(|record| record.text(position) == Some(pipeline))
        })
    }

    /// Moves the deals of a pipeline to another; `ways` says which stage becomes which.
    pub(crate) fn move_deals(
        &mut self,
        from: usize,
        to: usize,
        ways: &HashMap<String, String>,
        author: Author,
    ) {
        let (old, new) = (
            self.pipelines[from].name.clone(),
            self.pipelines[to].name.clone(),
        );
        let Some(table) = self.table_position("Deals") else {
            return;
        };
        let deals = &self.tables[table];
        let (Some(pipeline_at), Some(stage_at)) = (
            deals.module.position("Pipeline"),
            deals.module.position("Stage"),
        ) else {
            return;
        };
        let moved: Vec<(u64, Option<String>)> = deals
            .rows
            .values()
            .filter(|record| record.text(pipeline_at) == Some(old.as_str()))
            .map(|record| {
                let stage = record.text(stage_at).and_then(|stage| ways.get(stage));
                (record.id, stage.cloned())
            })
            .collect();
        for (id, stage) in moved {
            let mut cells = vec![(pipeline_at, Some(Cell::Text(new.as_str().into())))];
            cells.extend(stage.map(|stage| (stage_at, Some(Cell::Text(stage.as_str().into())))));
            rows::set(self, table, id, cells, author);
        }
    }
}
