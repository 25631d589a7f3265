//! The gateway as a visitor and an operator see it: in a real browser, from key press to record.
//!
//! Each test has a browser of its own, started by [`driver::Browser::start`] and ended with the test.

mod connecting;
mod demo;
mod driver;
mod embedding;
mod form;
mod mending;
mod phone;
mod site;
mod snippet;
mod tabs;
mod trying;
