#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod answer;
mod call;
mod client;
pub mod crm;
mod data_center;
mod error;
pub mod oauth;
mod paginate;
pub mod policy;
mod transport;

pub use client::{Client, ClientBuilder};
pub use data_center::DataCenter;
pub use error::{Error, ErrorKind};
pub use oauth::TokenInfo;

pub use bytes::Bytes;
pub use reqwest::Method;
pub use reqwest::header::HeaderMap;
pub use secrecy::SecretString;
pub use url::Url;
