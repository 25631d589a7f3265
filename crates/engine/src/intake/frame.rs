//! How accepted events lie in a row of the intake log: one frame after the other.
//!
//! A frame is a header (JSON, its length in four bytes before it) and the payload as it came (likewise).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::from_micros;
use crate::model::event::{Arrival, EventKind, EventStatus, EventSummary, IncomingEvent};
use crate::model::id::EventId;

/// An event as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub id: EventId,
    pub received_at: i64,
    pub occurred_at: i64,
    pub source: String,
    pub kind: EventKind,
    pub name: Option<String>,
    pub message_id: String,
    pub subject: Option<String>,
    pub arrival: Arrival,
    pub payload: String,
}

#[derive(Serialize, Deserialize)]
struct Header<'a> {
    id: EventId,
    at: i64,
    on: i64,
    #[serde(borrow)]
    source: std::borrow::Cow<'a, str>,
    kind: EventKind,
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    name: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow)]
    message: std::borrow::Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    subject: Option<std::borrow::Cow<'a, str>>,
    arrival: std::borrow::Cow<'a, Arrival>,
}

/// Appends the frame of an event.
pub fn write(frames: &mut Vec<u8>, id: EventId, received_at: Timestamp, event: &IncomingEvent) {
    use std::borrow::Cow;
    let header = Header {
        id,
        at: received_at.as_microsecond(),
        on: event.occurred_at.as_microsecond(),
        source: Cow::Borrowed(&event.source),
        kind: event.kind,
        name: event.name.as_deref().map(Cow::Borrowed),
        message: Cow::Borrowed(&event.message_id),
        subject: event.subject.as_deref().map(Cow::Borrowed),
        arrival: Cow::Borrowed(&event.arrival),
    };
    let length_at = frames.len();
    frames.extend_from_slice(&[0; 4]);
    // Writing to memory cannot fail, and every member has a JSON form.
    let _ = serde_json::to_writer(&mut *frames, &header);
    let length = u32::try_from(frames.len() - length_at - 4).unwrap_or(u32::MAX);
    frames[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    let payload = event.payload.get().as_bytes();
    frames.extend_from_slice(
        &u32::try_from(payload.len())
            .unwrap_or(u32::MAX)
            .to_le_bytes(),
    );
    frames.extend_from_slice(payload);
}

/// Reads all frames of a row.
///
/// # Errors
/// When the bytes are not what [`write`] makes; the text says where.
pub fn read_all(mut bytes: &[u8]) -> Result<Vec<Frame>, String> {
    let whole = bytes.len();
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let at = whole - bytes.len();
        let header =
            part(&mut bytes).ok_or_else(|| format!("the frame at byte {at} is cut off"))?;
        let payload =
            part(&mut bytes).ok_or_else(|| format!("the frame at byte {at} is cut off"))?;
        let header: Header<'_> = serde_json::from_slice(header)
            .map_err(|error| format!("the frame at byte {at} has no readable header: {error}"))?;
        let payload = std::str::from_utf8(payload)
            .map_err(|error| format!("the frame at byte {at} has no text: {error}"))?;
        frames.push(Frame {
            id: header.id,
            received_at: header.at,
            occurred_at: header.on,
            source: header.source.into_owned(),
            kind: header.kind,
            name: header.name.map(std::borrow::Cow::into_owned),
            message_id: header.message.into_owned(),
            subject: header.subject.map(std::borrow::Cow::into_owned),
            arrival: header.arrival.into_owned(),
            payload: payload.to_owned(),
        });
    }
    Ok(frames)
}

fn part<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *bytes = rest;
    Some(part)
}

impl Frame {
    /// The line that lists show, for an event that is not planned yet.
    #[must_use]
    pub fn summary(&self) -> EventSummary {
        EventSummary {
            id: self.id,
            received_at: from_micros(self.received_at),
            source: self.source.clone(),
            kind: self.kind,
            name: self.name.clone(),
            message_id: self.message_id.clone(),
            subject: self.subject.clone(),
            status: EventStatus::Accepted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    fn event(name: Option<String>, message_id: String, text: &str) -> IncomingEvent {
        IncomingEvent {
            source: "website".to_owned(),
            kind: EventKind::Track,
            name,
            message_id,
            subject: None,
            occurred_at: from_micros(5),
            payload: RawValue::from_string(serde_json::json!({ "text": text }).to_string())
                .unwrap(),
            arrival: Arrival {
                door: "http".to_owned(),
                ..Arrival::default()
            },
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(names in proptest::collection::vec((any::<Option<String>>(), ".*", ".*"), 0..8)) {
            let mut bytes = Vec::new();
            let clock = crate::clock::Clock::system();
            let events: Vec<_> = names.iter().map(|(name, id, text)| (clock.next_event_id(), event(name.clone(), id.clone(), text))).collect();
            for (id, event) in &events {
                write(&mut bytes, *id, from_micros(7), event);
            }
            let frames = read_all(&bytes).unwrap();
            prop_assert_eq!(frames.len(), events.len());
            for (frame, (id, event)) in frames.iter().zip(&events) {
                prop_assert_eq!(frame.id, *id);
                prop_assert_eq!(&frame.name, &event.name);
                prop_assert_eq!(&frame.message_id, &event.message_id);
                prop_assert_eq!(frame.payload.as_str(), event.payload.get());
            }
        }

        #[test]
        fn odd_bytes_are_an_error_not_a_panic(bytes: Vec<u8>) {
            let _ = read_all(&bytes);
        }
    }

    #[test]
    fn half_a_frame_is_named() {
        let mut bytes = Vec::new();
        write(
            &mut bytes,
            crate::clock::Clock::system().next_event_id(),
            from_micros(7),
            &event(None, "m".to_owned(), "x"),
        );
        bytes.pop();
        assert_eq!(
            read_all(&bytes).unwrap_err(),
            "the frame at byte 0 is cut off"
        );
    }
}
