//! The nouns of the gateway: what is stored, listed and shown. No behaviour beyond parsing and printing.

pub mod attempt;
pub mod config;
pub mod connect;
pub mod connect_session;
pub mod delivery;
pub mod event;
pub mod id;
pub mod life;
pub mod page;
pub mod problem;
pub mod status;
