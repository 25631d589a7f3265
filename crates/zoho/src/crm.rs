//! The CRM of an organisation, API version 8: records, metadata, the organisation itself.
//!
//! Start with [`Client::crm`](crate::Client::crm). Modules and fields are named by their `api_name`, never by label.
//!
//! Each call names the page of Zoho's documentation that it rests on, below `https://www.zoho.com/`, or the file of
//! Zoho's OpenAPI description (`github.com/zoho/crm-oas`).

use crate::client::Client;
use crate::{Error, ErrorKind};

mod attachments;
mod blueprint;
mod bulk;
mod bulk_read;
mod bulk_write;
mod cancel_meeting;
mod change_owner;
mod clone_record;
mod composite;
mod convert_lead;
mod coql;
mod count;
mod criteria;
mod custom_views;
mod delete;
mod deleted;
mod external;
mod fields;
mod file_store;
mod get;
mod items;
mod layouts;
mod lenient;
mod list;
mod listed;
mod lock;
mod mails;
mod mass_change_owner;
mod mass_delete;
mod mass_job;
mod mass_update;
mod merge;
mod modules;
mod notes;
mod notifications;
mod org;
mod page;
mod photo;
mod position;
mod raw;
mod record;
mod record_id;
mod recycle_bin;
mod related;
mod related_count;
mod related_lists;
mod repeatable;
mod roles;
mod row;
mod row_error;
mod search;
mod send_mail;
mod setup;
mod share;
mod tags;
mod timeline;
mod users;
mod write;
mod written;

pub use attachments::Attachment;
pub use blueprint::{Blueprint, Transition};
pub use bulk::BulkCallback;
pub use bulk_read::{BULK_READ_RECORDS_MAX, BulkCriteria, BulkRead, BulkReadJob, BulkReadResult};
pub use bulk_write::{
    BulkFieldMapping, BulkOperation, BulkResource, BulkWrite, BulkWriteFile, BulkWriteJob,
    BulkWriteResource, BulkWriteResult,
};
pub use change_owner::ChangeOwner;
pub use composite::{COMPOSITE_REQUESTS_MAX, Composite, SubAnswer, SubRequest};
pub use convert_lead::{ConversionOptions, ConvertLead, ConvertedLead, LeadConversion, RecordLink};
pub use coql::{COQL_ROWS_PER_CALL_MAX, Coql};
pub use criteria::Criteria;
pub use custom_views::CustomView;
pub use deleted::{Deleted, DeletedKind, DeletedRecord};
pub use external::ExternalField;
pub use fields::{Field, PickListValue};
pub use file_store::FILES_PER_UPLOAD_MAX;
pub use items::{Accepted, ItemOutcome};
pub use layouts::{Layout, LayoutField, LayoutSection};
pub use list::{Converted, List, SortOrder};
pub use mails::Mails;
pub use mass_delete::{MassDelete, MassDeleted};
pub use mass_job::MassJob;
pub use mass_update::{MassUpdate, MassUpdated};
pub use merge::Merge;
pub use modules::Module;
pub use notes::{Note, NoteDraft, NoteParent};
pub use notifications::{CHANNELS_PER_CALL_MAX, Channel, ChannelDraft, Notifications};
pub use org::Organization;
pub use page::{Page, PageInfo};
pub use record::Record;
pub use record_id::RecordId;
pub use recycle_bin::{BinnedRecord, RecycleBin};
pub use related::Related;
pub use related_lists::RelatedList;
pub use roles::{Permission, Profile, Role, RoleAbove};
pub use row::{Row, RowOutcome, RowSuccess, UpsertAction};
pub use row_error::{RowError, RowErrorKind};
pub use search::Search;
pub use send_mail::{SendMail, SentMail};
pub use setup::Setup;
pub use share::{SHARES_PER_RECORD_MAX, Share, SharePermission};
pub use tags::{TAGGED_RECORDS_PER_CALL_MAX, Tag};
pub use timeline::{ChangedValue, FieldChange, Timeline, TimelineEntry};
pub use users::{User, UserKind, Users};
pub use write::Write;
pub use written::Written;

pub use crate::files::{Download, Upload};
pub use crate::raw::RawAnswer;

/// Most records in one insert, update, upsert or delete.
pub const RECORDS_PER_CALL_MAX: usize = 100;

/// Most records on one page of a list or search.
pub const RECORDS_PER_PAGE_MAX: u32 = 200;

/// Most field names in one `fields` parameter.
pub const FIELDS_PER_CALL_MAX: usize = 50;

/// The CRM behind a [`Client`]; cheap to clone.
#[derive(Clone, Debug)]
pub struct Crm {
    client: Client,
}

impl Crm {
    pub(crate) fn new(client: Client) -> Crm {
        Crm { client }
    }
}

/// A path below the API version, with each part checked to be a plain name.
fn path(operation: &'static str, parts: &[&str]) -> Result<String, Error> {
    let mut path = String::from("/crm/v8");
    for part in parts {
        let is_name = !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name {
            let shown: String = part.chars().take(80).collect();
            let message = format!("{shown:?} is no api_name or id: use letters, digits and _ only");
            return Err(Error::new(ErrorKind::Input, operation, message));
        }
        path.push('/');
        path.push_str(part);
    }
    Ok(path)
}

/// Field names as Zoho's comma-separated parameter.
fn field_list(operation: &'static str, fields: &[String]) -> Result<String, Error> {
    if fields.len() > FIELDS_PER_CALL_MAX {
        let message = format!(
            "{} fields were asked for; Zoho takes at most {FIELDS_PER_CALL_MAX}",
            fields.len()
        );
        return Err(Error::new(ErrorKind::Input, operation, message));
    }
    Ok(fields.join(","))
}

/// An instant in the form that Zoho's conditional headers take: ISO 8601 with an offset, no fraction.
fn header_time(instant: jiff::Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}
