//! HTTP without Zoho: what came in, what goes out, and the wire between.

mod answer;
mod call;
mod foreign;
mod form;
mod json;
mod tls;
mod wire;

pub(crate) use answer::{Answer, Sending, WrittenRecord};
pub(crate) use call::{Call, Query, plain_path};
pub(crate) use foreign::is_foreign;
pub(crate) use form::{FormPart, form_of, parts_of};
pub(crate) use json::is_readable;
pub(crate) use tls::Tls;
pub(crate) use wire::{Door, WireHandle};
