//! The real program, run as people run it: with a simulated Zoho, on free ports, in folders of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod actions;
mod browser;
mod command_line;
mod configuration;
mod connection;
mod crash;
mod examples;
mod flows;
#[cfg(unix)]
mod full_disk;
mod fuzz;
mod import;
mod install;
mod life;
mod lifecycle;
#[cfg(target_os = "linux")]
mod memory;
mod program;
mod segment;
mod world;
