//! The whole simulator in one file, and back: worlds, accounts, faults, what is used of the limits, and the clock.
//!
//! The file is JSON, compressed with gzip. It begins with its format and version, so that a file of another program, or of a
//! later version, is refused with words. The journal and the list of callbacks tell what this process has done; they are not
//! part of it.

use std::collections::BTreeMap;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

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
/// Longest file, uncompressed: some five million records.
const BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// Bytes that are compressed at once.
const PIECE: usize = 64 * 1024;

/// A snapshot could not be taken or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The file is not a snapshot, or is damaged.
    #[error("this is no snapshot that can be read: {0}")]
    Unreadable(String),
    /// The file is longer, uncompressed, than is read.
    #[error("the snapshot is longer than {} GiB uncompressed; this is more than is read", BYTES_MAX >> 30)]
    TooLong,
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

/// One data center.
#[derive(Serialize, Deserialize)]
struct Part {
    world: World,
    accounts: Accounts,
    faults: Faults,
    limits: Limits,
    credits: CreditWindow,
}

impl Part {
    /// An image of all that is kept, for which calls wait a moment only.
    fn of(shared: &Shared) -> Self {
        // In the order of the fields of the state, which is the order of locking.
        let accounts = shared.accounts();
        let world = shared.world();
        let meter = shared.meter();
        let faults = shared.faults();
        Self {
            world: world.image(),
            accounts: accounts.clone(),
            faults: faults.clone(),
            limits: meter.limits.clone(),
            credits: meter.credits.clone(),
        }
    }

    /// Puts it in the place of what is kept, and gives that.
    fn put(mut self, shared: &Shared) -> Self {
        let _replacing = shared.replace();
        let mut accounts = shared.accounts();
        let mut world = shared.world();
        let mut meter = shared.meter();
        let mut faults = shared.faults();
        std::mem::swap(&mut *accounts, &mut self.accounts);
        std::mem::swap(&mut *world, &mut self.world);
        std::mem::swap(&mut *faults, &mut self.faults);
        std::mem::swap(&mut meter.limits, &mut self.limits);
        std::mem::swap(&mut meter.credits, &mut self.credits);
        self
    }
}

#[derive(Deserialize)]
struct ReadSnapshot {
    clock: ClockState,
    data_centers: BTreeMap<String, Part>,
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
        .sites()
        .into_iter()
        .map(|shared| (shared.site.to_string(), shared))
        .collect();
    if all.is_empty() {
        all.insert(shared.site.to_string(), Arc::clone(shared));
    }
    all
}

/// Takes a snapshot. Calls are served while it is written; what they change meanwhile is not in it, and is kept twice in memory
/// until it is done, so one is written after the other.
pub(crate) fn take(shared: &Arc<Shared>) -> Result<Vec<u8>, SnapshotError> {
    static WRITING: Mutex<()> = Mutex::new(());
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let played = played(shared);
    let parts = played.iter().map(|(name, shared)| (name, Part::of(shared)));
    let parts: Vec<(&String, Part)> = parts.collect();
    let unwritten = |error: io::Error| SnapshotError::Unreadable(error.to_string());
    // JSON is written in pieces of a few bytes, and each piece would go through the whole of the compressor.
    let gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let mut out = BufWriter::with_capacity(PIECE, gzip);
    write(&shared.clock.state(), parts, &mut out).map_err(unwritten)?;
    let gzip = out
        .into_inner()
        .map_err(|error| unwritten(error.into_error()))?;
    gzip.finish().map_err(unwritten)
}

fn write(clock: &ClockState, parts: Vec<(&String, Part)>, out: &mut impl Write) -> io::Result<()> {
    write!(
        out,
        "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"program\":\"{}\",\"clock\":",
        env!("CARGO_PKG_VERSION")
    )?;
    serde_json::to_writer(&mut *out, clock)?;
    out.write_all(b",\"data_centers\":{")?;
    for (number, (name, part)) in parts.into_iter().enumerate() {
        write!(out, "{}\"{name}\":", if number == 0 { "" } else { "," })?;
        serde_json::to_writer(&mut *out, &part)?;
    }
    out.write_all(b"}}")
}

/// Puts a snapshot in the place of everything. One that cannot be read changes nothing.
pub(crate) fn restore(shared: &Arc<Shared>, file: &[u8]) -> Result<(), SnapshotError> {
    check_head(file)?;
    let read: ReadSnapshot = parse(file, BYTES_MAX)?;
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
        // A large world takes its time to go, so it goes when calls are served again.
        drop(part.put(shared));
    }
    Ok(())
}

fn check_head(file: &[u8]) -> Result<(), SnapshotError> {
    let head: Head = parse(file, BYTES_MAX)?;
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
fn parse<T: serde::de::DeserializeOwned>(file: &[u8], bytes_max: u64) -> Result<T, SnapshotError> {
    let read = if file.starts_with(&GZIP) {
        let plain = Bounded::new(GzDecoder::new(file), bytes_max);
        serde_json::from_reader(BufReader::with_capacity(64 * 1024, plain))
    } else {
        serde_json::from_slice(file)
    };
    read.map_err(|error| match error.io_error_kind() {
        Some(io::ErrorKind::FileTooLarge) => SnapshotError::TooLong,
        _ => SnapshotError::Unreadable(error.to_string()),
    })
}

/// A reader that fails where it has given too much.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Bounded<R> {
    fn new(inner: R, bytes_max: u64) -> Self {
        Self {
            inner,
            left: bytes_max,
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self
            .left
            .checked_sub(u64::try_from(read).unwrap_or(u64::MAX));
        self.left = left.ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_longest() {
        let read = |bytes_max| io::read_to_string(Bounded::new(&b"12345"[..], bytes_max));
        assert_eq!(read(5).unwrap(), "12345");
        assert_eq!(read(4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_file_that_grows_too_long_is_refused_in_words() {
        let mut out = GzEncoder::new(Vec::new(), Compression::fast());
        write!(out, "{:>1000}", "{}").unwrap();
        let file = out.finish().unwrap();
        assert!(file.len() < 100);
        assert!(parse::<Head>(&file, 1_000).is_ok());
        let refusal = parse::<Head>(&file, 999).map(|_| ()).unwrap_err();
        assert!(matches!(refusal, SnapshotError::TooLong), "{refusal}");
        assert!(refusal.to_string().contains("2 GiB"));
    }
}
