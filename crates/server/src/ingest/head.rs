//! The members of a body that concern the request and not the event: `writeKey` and `sentAt`.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What a single event, or one event of a batch, says about its request. Anything that is not text is ignored: the
/// event's own members are checked elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Head<'a> {
    pub(crate) write_key: Option<Cow<'a, str>>,
    pub(crate) sent_at: Option<Cow<'a, str>>,
}

impl<'a> Head<'a> {
    /// Reads both members of an event; of anything else than an object, nothing.
    pub(crate) fn of(raw: &'a RawValue) -> Self {
        #[derive(Deserialize)]
        struct Members<'a> {
            #[serde(borrow, rename = "writeKey")]
            write_key: Option<&'a RawValue>,
            #[serde(borrow, rename = "sentAt")]
            sent_at: Option<&'a RawValue>,
        }
        if !raw.get().starts_with('{') {
            return Self::default();
        }
        serde_json::from_str::<Members<'a>>(raw.get()).map_or_else(
            |_| Self::default(),
            |members| Self {
                write_key: text(members.write_key),
                sent_at: text(members.sent_at),
            },
        )
    }
}

/// A member's text, unless it is absent, blank or of another type.
pub(crate) fn text(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    let text = serde_json::from_str::<Text<'_>>(raw?.get()).ok()?.0;
    Some(text).filter(|text| !text.trim().is_empty())
}

/// The instant that `sentAt` states. One that cannot be read corrects no clock.
pub(crate) fn instant(sent_at: Option<&str>) -> Option<Timestamp> {
    sent_at?.trim().parse().ok()
}
