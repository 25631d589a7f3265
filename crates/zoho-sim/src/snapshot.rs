//! The whole simulator in one file, and back: worlds, accounts, faults, what is used of the limits, and the clock.
//!
//! The file is JSON, compressed with gzip. It begins with its format and version, so that a file of another program, or of a
//! later version, is refused with words. The journal and the list of callbacks tell what this process has done; they are not
//! part of it.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::accounts::Accounts;
use crate::clock::ClockState;
use crate::faults::Faults;
use crate::limits::{CreditWindow, Limits};
use crate::state::Shared;
use crate::world::World;

const FORMAT: &str = "zoho-sim snapshot";
/// Rises when an older file can no longer be read.
const VERSION: u32 = 1;
/// First bytes of a compressed file.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Longest file, uncompressed: some ten million records.
const BYTES_MAX: u64 = 16 * 1024 * 1024 * 1024;

/// A snapshot could not be taken or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The file is not a snapshot, or is damaged.
    #[error("this is no snapshot that can be read: {0}")]
    Unreadable(String),
    /// The file is of another version.
    #[error(
        "the snapshot is of version {found}, and this program reads version {VERSION}; take it again with this one"
    )]
    Version {
        /// The version of the file.
        found: u64,
    },
    /// The file is about other data centers than are played here.
    #[error(
        "the snapshot is of the data centers {found}, and these are played here: {played}; start those of the snapshot"
    )]
    DataCenters {
        /// Those of the file.
        found: String,
        /// Those of this simulator.
        played: String,
    },
}

/// One data center, as it is written.
#[derive(Serialize)]
struct Part<'a> {
    world: &'a World,
    accounts: &'a Accounts,
    faults: &'a Faults,
    limits: &'a Limits,
    credits: &'a CreditWindow,
}

/// One data center, as it is read.
#[derive(Deserialize)]
struct ReadPart {
    world: World,
    accounts: Accounts,
    faults: Faults,
    limits: Limits,
    credits: CreditWindow,
}

#[derive(Deserialize)]
struct ReadSnapshot {
    clock: ClockState,
    data_centers: BTreeMap<String, ReadPart>,
}

/// What every version of a snapshot begins with.
#[derive(Deserialize)]
struct Head {
    format: Option<String>,
    version: Option<u64>,
}

/// The data centers of a simulator by name; a router without a listener has the one.
fn played(shared: &Arc<Shared>) -> BTreeMap<String, Arc<Shared>> {
    let mut all: BTreeMap<String, Arc<Shared>> = shared
        .data_centers()
        .into_iter()
        .map(|(place, shared)| (place.name().to_owned(), shared))
        .collect();
    if all.is_empty() {
        let own = shared.config.data_center.name().to_owned();
        all.insert(own, Arc::clone(shared));
    }
    all
}

/// Takes a snapshot.
pub(crate) fn take(shared: &Arc<Shared>) -> Result<Vec<u8>, SnapshotError> {
    let unwritten = |error: io::Error| SnapshotError::Unreadable(error.to_string());
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    write(shared, &mut out).map_err(unwritten)?;
    out.finish().map_err(unwritten)
}

fn write(shared: &Arc<Shared>, out: &mut impl Write) -> io::Result<()> {
    write!(
        out,
        "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"program\":\"{}\",\"clock\":",
        env!("CARGO_PKG_VERSION")
    )?;
    serde_json::to_writer(&mut *out, &shared.clock.state())?;
    out.write_all(b",\"data_centers\":{")?;
    for (number, (name, shared)) in played(shared).into_iter().enumerate() {
        write!(out, "{}\"{name}\":", if number == 0 { "" } else { "," })?;
        // In the order of the fields of the state, which is the order of locking.
        let accounts = shared.accounts();
        let world = shared.world();
        let meter = shared.meter();
        let faults = shared.faults();
        let part = Part {
            world: &world,
            accounts: &accounts,
            faults: &faults,
            limits: &meter.limits,
            credits: &meter.credits,
        };
        serde_json::to_writer(&mut *out, &part)?;
    }
    out.write_all(b"}}")
}

/// Puts a snapshot in the place of everything. One that cannot be read changes nothing.
pub(crate) fn restore(shared: &Arc<Shared>, file: &[u8]) -> Result<(), SnapshotError> {
    check_head(file)?;
    let read: ReadSnapshot = parse(file)?;
    let played = played(shared);
    if !played.keys().eq(read.data_centers.keys()) {
        let names = |names: Vec<&String>| {
            let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
            names.join(", ")
        };
        return Err(SnapshotError::DataCenters {
            found: names(read.data_centers.keys().collect()),
            played: names(played.keys().collect()),
        });
    }
    shared.clock.restore(read.clock);
    for (part, shared) in read.data_centers.into_values().zip(played.values()) {
        let _replacing = shared.replace();
        let mut accounts = shared.accounts();
        let mut world = shared.world();
        let mut meter = shared.meter();
        let mut faults = shared.faults();
        *accounts = part.accounts;
        *world = part.world;
        *faults = part.faults;
        meter.limits = part.limits;
        meter.credits = part.credits;
    }
    Ok(())
}

fn check_head(file: &[u8]) -> Result<(), SnapshotError> {
    let head: Head = parse(file)?;
    if head.format.as_deref() != Some(FORMAT) {
        return Err(SnapshotError::Unreadable(format!(
            "it does not begin with `\"format\": \"{FORMAT}\"`"
        )));
    }
    match head.version {
        Some(version) if version == u64::from(VERSION) => Ok(()),
        found => Err(SnapshotError::Version {
            found: found.unwrap_or(0),
        }),
    }
}

/// Reads JSON, compressed or not.
fn parse<T: serde::de::DeserializeOwned>(file: &[u8]) -> Result<T, SnapshotError> {
    let read = if file.starts_with(&GZIP) {
        let plain = GzDecoder::new(file).take(BYTES_MAX);
        serde_json::from_reader(BufReader::with_capacity(64 * 1024, plain))
    } else {
        serde_json::from_slice(file)
    };
    read.map_err(|error| SnapshotError::Unreadable(error.to_string()))
}
