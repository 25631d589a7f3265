#![doc = include_str!("../README.md")]
//!
//! # Where to start
//!
//! | I want to | Call |
//! |---|---|
//! | write records | [`Crm::insert`](crm::Crm::insert), [`update`](crm::Crm::update), [`upsert`](crm::Crm::upsert), [`delete`](crm::Crm::delete), [`mass_update`](crm::Crm::mass_update), [`merge`](crm::Crm::merge) |
//! | read records | [`Crm::get`](crm::Crm::get), [`list`](crm::Crm::list), [`search`](crm::Crm::search), [`coql`](crm::Crm::coql), [`count`](crm::Crm::count), [`deleted`](crm::Crm::deleted), [`timeline`](crm::Crm::timeline) |
//! | work with a record | [`Crm::convert_lead`](crm::Crm::convert_lead), [`notes`](crm::Crm::notes), [`tags`](crm::Crm::tags), [`add_tags`](crm::Crm::add_tags), [`change_owner`](crm::Crm::change_owner), [`blueprint`](crm::Crm::blueprint), [`send_mail`](crm::Crm::send_mail) |
//! | follow its links | [`Crm::related`](crm::Crm::related), [`link`](crm::Crm::link), [`unlink`](crm::Crm::unlink), [`related_lists`](crm::Crm::related_lists) |
//! | name records by own keys | [`ExternalField`](crm::ExternalField), [`Crm::get_by_external`](crm::Crm::get_by_external), [`delete_by_external`](crm::Crm::delete_by_external), [`Write::external`](crm::Write::external) |
//! | move files, in pieces | [`Upload`], [`Download`], [`Crm::attach`](crm::Crm::attach), [`attachment`](crm::Crm::attachment), [`set_photo`](crm::Crm::set_photo), [`upload_files`](crm::Crm::upload_files) |
//! | move very many records | [`Crm::bulk_read`](crm::Crm::bulk_read), [`bulk_write`](crm::Crm::bulk_write) |
//! | be told of changes | [`Crm::enable_notifications`](crm::Crm::enable_notifications), [`notifications`](crm::Crm::notifications) |
//! | know the organisation | [`Crm::modules`](crm::Crm::modules), [`fields`](crm::Crm::fields), [`layouts`](crm::Crm::layouts), [`org`](crm::Crm::org), [`users`](crm::Crm::users), [`current_user`](crm::Crm::current_user) |
//! | make several calls in one | [`Crm::composite`](crm::Crm::composite) |
//! | call anything else | [`Crm::request`](crm::Crm::request), [`Books::request`](books::Books::request) |
//! | work with invoices, contacts, payments … | [`books`] |
//! | have a person grant access | [`oauth`] |
#![warn(missing_docs)]

mod answer;
pub mod books;
mod call;
mod client;
pub mod crm;
mod data_center;
mod error;
mod files;
pub mod oauth;
mod paginate;
pub mod policy;
mod raw;
mod transport;

pub use client::{Client, ClientBuilder};
pub use data_center::DataCenter;
pub use error::{Error, ErrorKind};
pub use files::{Download, Upload};
pub use oauth::TokenInfo;
pub use raw::{RawAnswer, RawRequest, RawRetry, RawStream};

pub use bytes::Bytes;
pub use reqwest::Method;
pub use reqwest::header::HeaderMap;
pub use secrecy::SecretString;
pub use url::Url;
