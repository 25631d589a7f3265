//! The simulator over HTTP, as any client sees it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod accounts_clients;
mod accounts_consent;
mod accounts_data_centers;
mod accounts_devices;
mod accounts_tls;
mod accounts_tokens;
mod actions;
mod apis;
mod bulk_read;
mod consent;
mod control;
mod convert;
mod coql;
mod faults;
mod limits;
mod metadata;
mod model;
mod notifications;
mod oas;
mod odd_requests;
mod official_sdk;
mod operations;
mod page;
mod program;
mod reads;
mod receiver;
mod related;
mod scopes;
mod search;
mod setup;
mod support;
mod tags;
mod versions;
mod writes;
