//! Global picklists: options that the picklists of several modules share.

use serde::{Deserialize, Serialize};

use super::{Settings, Stamp};
use crate::schema::PickListValue;

/// One global picklist. Fields that use it name it by its id and carry options of the same texts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GlobalPicklist {
    pub(crate) id: u64,
    pub(crate) api_name: String,
    pub(crate) display_label: String,
    pub(crate) description: Option<String>,
    pub(crate) is_sorted: bool,
    pub(crate) values: Vec<PickListValue>,
    pub(crate) stamp: Stamp,
}

impl Settings {
    pub(crate) fn global_picklist(&self, id: u64) -> Option<&GlobalPicklist> {
        self.global_picklists.iter().find(|list| list.id == id)
    }
}
