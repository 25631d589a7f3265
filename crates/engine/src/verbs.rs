//! The verbs beside intake: looking, replaying, configuring. Each is one engine method for one thing that people do.

pub(crate) mod act;
pub(crate) mod configure;
pub(crate) mod connect;
mod connections;
pub(crate) mod look;
mod offer;
pub(crate) mod preview;
pub(crate) mod replay;
pub(crate) mod sessions;
