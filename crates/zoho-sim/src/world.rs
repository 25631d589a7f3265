//! All state of the simulated organisation, in memory: users, modules, records.
//!
//! The world knows no HTTP and no limits. Rows are checked and written by [`crate::rows`]; endpoints live in
//! [`crate::crm`]. One lock holds the whole world, so a call sees and leaves it whole.
//!
//! What others use:
//!
//! - Records: [`World::find`] and [`World::table_of`] by id, [`World::table_position`] by module name, [`Table::rows`],
//!   [`Table::by_id`], [`Table::by_modified`], [`Table::holders`] (by the value of an indexed field), [`Table::deleted`]. They
//!   are written by [`crate::rows`] only: `insert`, `update`, `upsert`, `remove`, `restore`, `erase`, `copy`.
//! - Modules and fields at run time (`define.rs`): [`World::modules`], [`World::define_module`], [`World::edit_module`],
//!   [`World::remove_module`], [`World::define_field`], [`World::edit_field`], [`World::remove_field`],
//!   [`World::define_layout`], [`World::define_pick_list_value`], [`World::replace_pick_list_value`], [`World::mark_unique`];
//!   [`World::refresh_currency_fields`] after any change of currencies. The position of a table never changes; the position of
//!   a field does when one before it is taken out.
//! - Changes: [`ChangeLog::since`] a number, [`ChangeLog::last_sequence`]; with old and new values of the changed fields.
//! - Ids of anything: [`Ids::next`].

mod assignment;
pub(crate) mod blob;
mod blocks;
mod build;
pub(crate) mod bulk;
mod changes;
pub(crate) mod channels;
mod currencies;
mod define;
mod directory;
pub(crate) mod files;
pub(crate) mod hash;
pub(crate) mod ids;
mod index;
pub(crate) mod jobs;
mod layouts;
pub(crate) mod mails;
mod order;
mod organisation;
pub(crate) mod outbox;
mod pipelines;
mod record;
mod rollback;
mod rows;
mod search_delay;
pub(crate) mod settings;
mod table;
mod tag;
mod text;
mod time;
mod user;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use assignment::{AssignmentEntry, AssignmentRule};
pub(crate) use build::BadSeed;
pub(crate) use changes::{Action, Change, ChangeLog, FieldChange, Source};
use directory::Directory;
pub(crate) use ids::{Ids, parse_id};
use jobs::Jobs;
pub(crate) use organisation::{Organisation, Pipeline};
pub(crate) use record::{Cell, Record};
pub(crate) use rows::Rows;
pub(crate) use search_delay::SearchDelay;
use settings::Settings;
pub(crate) use table::{Deleted, LISTED_SECONDS, RECYCLE_SECONDS, SortKey, Table};
pub(crate) use tag::{
    BadTagName, TAGS_OF_MODULE_MAX, TAGS_OF_RECORD_MAX, Tag, TagName, TooManyTags,
};
pub(crate) use text::Text;
pub(crate) use time::{parse_date, parse_time, write_time};
pub(crate) use user::User;

use crate::actions::Actions;
use crate::schema::Module;

/// The organisation and everything in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct World {
    pub(crate) ids: Ids,
    pub(crate) organisation: Organisation,
    pub(crate) users: Vec<User>,
    pub(crate) pipelines: Vec<Pipeline>,
    pub(crate) tables: Vec<Table>,
    /// Modules that hold no records for the API.
    pub(crate) pages: Vec<Module>,
    pub(crate) assignment_rules: Vec<AssignmentRule>,
    pub(crate) changes: ChangeLog,
    pub(crate) jobs: Jobs,
    pub(crate) channels: channels::Channels,
    pub(crate) outbox: outbox::Outbox,
    /// Files for bulk writes.
    pub(crate) uploads: bulk::Uploads,
    pub(crate) files: files::Files,
    pub(crate) mails: mails::Mails,
    pub(crate) settings: Settings,
    pub(crate) actions: Actions,
    #[serde(default)]
    pub(crate) search: SearchDelay,
    #[serde(default)]
    pub(crate) books: crate::books::Books,
    directory: Directory,
    by_name: BTreeMap<String, usize>,
}

impl World {
    /// Position of a module's table. Clients write module names in paths in lower case too, and Zoho takes them.
    pub(crate) fn table_position(&self, module: &str) -> Option<usize> {
        self.by_name
            .get(module)
            .or_else(|| self.by_name.get(&module.to_ascii_lowercase()))
            .copied()
    }

    pub(crate) fn table_named(&self, module: &str) -> Option<&Table> {
        self.table_position(module)
            .map(|position| &self.tables[position])
    }

    /// The record of an id, whatever its module, with the position of its table.
    pub(crate) fn find(&self, id: u64) -> Option<(usize, &Record)> {
        let table = self.table_of(id)?;
        let record = self.tables.get(table)?.rows.get(&id)?;
        Some((table, record))
    }

    /// Position of the table that has, or had, a record of this id.
    pub(crate) fn table_of(&self, id: u64) -> Option<usize> {
        self.directory.table_of(self.ids.count_of(id)?)
    }

    /// Notes in which table a new record is.
    pub(crate) fn enter(&mut self, id: u64, table: usize) {
        if let Some(count) = self.ids.count_of(id) {
            self.directory.add(count, table);
        }
    }

    /// The world as it is now, to be saved. Takes little time and memory, however many records there are.
    pub(crate) fn image(&self) -> Self {
        Self {
            tables: self.tables.iter().map(Table::image).collect(),
            ids: self.ids.clone(),
            organisation: self.organisation.clone(),
            users: self.users.clone(),
            pipelines: self.pipelines.clone(),
            pages: self.pages.clone(),
            assignment_rules: self.assignment_rules.clone(),
            changes: self.changes.clone(),
            jobs: self.jobs.clone(),
            channels: self.channels.clone(),
            outbox: self.outbox.clone(),
            uploads: self.uploads.clone(),
            files: self.files.clone(),
            mails: self.mails.clone(),
            settings: self.settings.clone(),
            actions: self.actions.clone(),
            search: self.search,
            books: self.books.clone(),
            directory: self.directory.clone(),
            by_name: self.by_name.clone(),
        }
    }

    pub(crate) fn user(&self, id: u64) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// The user whose consent and tokens count when nothing else is said: the first one.
    pub(crate) fn first_user_id(&self) -> u64 {
        self.users.first().map_or(0, |user| user.id)
    }
}
