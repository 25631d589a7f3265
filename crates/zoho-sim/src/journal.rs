//! What was served: one entry for each request, kept in bounded memory, secrets masked.

mod filter;

use std::collections::VecDeque;
use std::fmt::Write as _;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::config::JournalBounds;
use crate::http::WrittenRecord;
use crate::world::write_time;
pub(crate) use filter::{Filter, StatusFilter};

/// The most recent requests.
#[derive(Debug)]
pub(crate) struct Journal {
    bounds: JournalBounds,
    entries: VecDeque<Entry>,
    bytes: usize,
    next_sequence: u64,
}

/// One served request.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) sequence: u64,
    /// Simulated time, seconds since 1970.
    pub(crate) at: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) client_id: Option<String>,
    /// Status of the answer; `None` when the connection was closed without one.
    pub(crate) status: Option<u16>,
    pub(crate) credits: u64,
    pub(crate) duration_us: u64,
    pub(crate) request_body: Kept,
    pub(crate) response_body: Kept,
    pub(crate) written: Vec<WrittenRecord>,
    /// Kinds of the faults that met this request.
    pub(crate) faults: Vec<&'static str>,
}

/// A body as the journal keeps it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    pub(crate) text: Box<[u8]>,
    pub(crate) length_bytes: usize,
}

impl Kept {
    pub(crate) fn of(body: &Bytes, bytes_max: usize) -> Self {
        Self {
            text: body[..body.len().min(bytes_max)].into(),
            length_bytes: body.len(),
        }
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = String::from_utf8_lossy(&self.text).into_owned();
        if self.length_bytes > self.text.len() {
            let _ = write!(text, "… ({} bytes in all)", self.length_bytes);
        }
        text
    }
}

impl Journal {
    pub(crate) fn new(bounds: JournalBounds) -> Self {
        Self {
            bounds,
            entries: VecDeque::new(),
            bytes: 0,
            next_sequence: 1,
        }
    }

    pub(crate) fn add(&mut self, mut entry: Entry) {
        entry.sequence = self.next_sequence;
        self.next_sequence += 1;
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        while self.entries.len() > self.bounds.entries_max
            || self.bytes > self.bounds.total_bytes_max
        {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.bytes -= oldest.bytes();
        }
    }

    /// Entries after `sequence`, oldest first.
    pub(crate) fn after(&self, sequence: u64) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.sequence > sequence)
    }

    /// Forgets all entries and tells how many there were; the sequence goes on.
    pub(crate) fn clear(&mut self) -> usize {
        let forgotten = self.entries.len();
        self.entries.clear();
        self.bytes = 0;
        forgotten
    }

    pub(crate) fn served(&self) -> u64 {
        self.next_sequence - 1
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        let written = self.written.len() * size_of::<WrittenRecord>();
        self.request_body.text.len() + self.response_body.text.len() + self.path.len() + written
    }

    pub(crate) fn to_json(&self, offset_minutes: i32) -> Value {
        let mut at = Vec::new();
        write_time(&mut at, self.at, offset_minutes);
        let written: Vec<Value> = self
            .written
            .iter()
            .map(|record| json!({"module": &*record.module, "id": record.id.to_string(), "action": record.action.name()}))
            .collect();
        json!({
            "sequence": self.sequence,
            "time": String::from_utf8_lossy(&at),
            "method": self.method,
            "path": self.path,
            "client_id": self.client_id,
            "status": self.status,
            "credits": self.credits,
            "duration_us": self.duration_us,
            "request_body": self.request_body.to_text(),
            "response_body": self.response_body.to_text(),
            "records_written": written,
            "faults": self.faults,
        })
    }
}

/// Names of parameters and keys whose values no journal shows.
const SECRETS: [&str; 10] = [
    "client_secret",
    "refresh_token",
    "access_token",
    "code",
    "code_verifier",
    "token",
    "page_token",
    "device_code",
    "user_code",
    "enhance_token",
];

/// The path with its query string, secrets masked.
pub(crate) fn masked_path(path: &str, query: &crate::http::Query) -> String {
    if query.0.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", masked_pairs(query))
}

/// Parameters as text, secrets masked. Page tokens are no secret, but nobody can read them either.
pub(crate) fn masked_pairs(query: &crate::http::Query) -> String {
    let pairs = query.0.iter().map(|(name, value)| {
        let value = if SECRETS.contains(&name.as_str()) {
            "***"
        } else {
            value.as_str()
        };
        format!("{name}={value}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A JSON answer of the accounts host with its tokens masked.
pub(crate) fn masked_json(body: &Bytes) -> Bytes {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(mut object)) => {
            for (name, value) in &mut object {
                if SECRETS.contains(&name.as_str()) {
                    *value = json!("***");
                }
            }
            Value::Object(object).to_string().into()
        }
        _ => body.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Query;

    fn entry(body: &'static str) -> Entry {
        Entry {
            sequence: 0,
            at: 0,
            method: "GET".to_owned(),
            path: "/".to_owned(),
            client_id: None,
            status: Some(200),
            credits: 1,
            duration_us: 1,
            request_body: Kept::of(&Bytes::from_static(body.as_bytes()), 8),
            response_body: Kept::default(),
            written: Vec::new(),
            faults: Vec::new(),
        }
    }

    #[test]
    fn the_oldest_go_first_when_a_bound_is_reached() {
        let bounds = JournalBounds {
            entries_max: 3,
            body_bytes_max: 8,
            total_bytes_max: 18,
        };
        let mut journal = Journal::new(bounds);
        for _ in 0..5 {
            journal.add(entry("12345678"));
        }
        let kept: Vec<u64> = journal.after(0).map(|entry| entry.sequence).collect();
        assert_eq!(kept, [4, 5], "eighteen bytes hold two bodies and paths");
        assert_eq!(journal.served(), 5);
    }

    #[test]
    fn long_bodies_are_cut_and_say_so() {
        assert_eq!(
            entry("123456789").request_body.to_text(),
            "12345678… (9 bytes in all)"
        );
    }

    #[test]
    fn secrets_are_masked() {
        let query = Query::parse(b"grant_type=refresh_token&refresh_token=1000.x&client_secret=y");
        assert_eq!(
            masked_path("/oauth/v2/token", &query),
            "/oauth/v2/token?grant_type=refresh_token&refresh_token=***&client_secret=***"
        );
        let body = masked_json(&Bytes::from_static(
            br#"{"access_token":"1000.a","expires_in":3600}"#,
        ));
        assert_eq!(body, r#"{"access_token":"***","expires_in":3600}"#);
    }
}
