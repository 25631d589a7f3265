//! What the OpenAPI document says of each body. The engine's own types are what is read and written; these describe
//! them, so that the engine need not know OpenAPI. A test holds both together.

#![expect(
    dead_code,
    reason = "these types describe bodies in the OpenAPI document and are never made"
)]

mod config;
mod connect;
mod delivery;
mod event;
mod ingestion;
mod status;

pub(crate) use config::{Config, ConnectionConfig, MappingConfig, RouteConfig, SourceConfig};
pub(crate) use connect::{
    Authorization, ConnectSession, ConnectSessionPage, Connected, ConnectionEvent,
    MadeConnectSession, NewAuthorization, NewConnectSession, NewGrant, Removed,
};
pub(crate) use delivery::{
    DeadLetterChoice, DeliveryLife, DeliveryPage, DeliveryState, Mend, ReplayCount, Replayed,
    Replays, ReplaysWanted,
};
pub(crate) use event::{EventLife, EventPage, EventStatus};
pub(crate) use ingestion::{Batch, BatchAnswer, Event, Import, Problem, Stored};
pub(crate) use status::{Action, ConfigPlan, ConnectionStatus, Finding, Health, Overview};

#[cfg(test)]
mod tests;
