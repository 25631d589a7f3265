#![doc = include_str!("../README.md")]
//!
//! # Where to start
//!
//! | I want to | Call |
//! |---|---|
//! | write records | [`Crm::insert`](crm::Crm::insert), [`update`](crm::Crm::update), [`upsert`](crm::Crm::upsert), [`delete`](crm::Crm::delete) |
//! | read records | [`Crm::get`](crm::Crm::get), [`list`](crm::Crm::list), [`search`](crm::Crm::search), [`count`](crm::Crm::count), [`deleted`](crm::Crm::deleted) |
//! | know the organisation | [`Crm::modules`](crm::Crm::modules), [`fields`](crm::Crm::fields), [`layouts`](crm::Crm::layouts), [`org`](crm::Crm::org), [`current_user`](crm::Crm::current_user) |
//! | call anything else | [`Crm::raw`](crm::Crm::raw), [`Books::raw`](books::Books::raw) |
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
pub use raw::{RawAnswer, RawRequest, RawStream};

pub use bytes::Bytes;
pub use reqwest::Method;
pub use reqwest::header::HeaderMap;
pub use secrecy::SecretString;
pub use url::Url;
