//! Zoho Books: `/books/v3/...`.
//!
//! A call is admitted ([`admit`]: token, path, scope, organisation, limits) and then performed ([`perform`]) by its role in the
//! registry ([`registry`]): list, get, create, update and delete are the same for every record type, side actions are in
//! [`actions`], and what single record types do beyond that are their [`rules`].

mod accounts;
mod actions;
mod admit;
mod answers;
mod banking;
mod body;
mod bulk;
mod check;
mod comments;
mod contacts;
mod custom_fields;
mod datum;
mod document;
mod files;
mod filters;
mod index;
mod items;
mod ledger;
mod list;
mod money;
mod pdf;
mod people;
mod perform;
mod print;
mod problem;
mod projects;
mod registry;
mod reports;
mod rules;
pub(crate) mod seed;
mod settings;
mod shape;
mod state;
mod time;
mod trade;
mod undo;
mod write;

pub(crate) use admit::{admit, has_path};
pub(crate) use answers::{in_place_of_fault, with_headers};
pub(crate) use check::is_mandatory;
pub(crate) use datum::Datum;
pub(crate) use document::Document;
pub(crate) use people::{
    Asked, Sight, id_of, offers, person_acts, person_creates, person_deletes, person_lists,
    person_reads, person_reads_file, person_reads_mails, person_sees, person_surveys, person_today,
    person_updates, revision, title,
};
pub(crate) use perform::perform;
pub(crate) use problem::Problem;
pub(crate) use registry::{Member, RecordType, type_named, types};
pub(crate) use state::Books;
