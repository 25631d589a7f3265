//! Answers that are handed on as they come.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::{Client, Tries, out_of_place};
use crate::Error;
use crate::answer::Reply;
use crate::books;
use crate::call::Call;
use crate::policy::Pace;
use crate::transport::{Answer, Incoming};

/// A file may take longer than a call, but not for ever.
pub(super) const FILE_TIMEOUT: Duration = Duration::from_secs(3600);

/// In call timeouts.
const UPLOAD_SILENCE_FACTOR: u32 = 5;

/// Which answers are handed on; all others are read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    Whole,
    /// Successes.
    Success,
    /// Successes that are no message: Books marks JSON as an attachment too, so that only its type tells.
    File,
}

impl Want {
    pub(super) fn flows(self, incoming: &Incoming) -> bool {
        let is_success = (200..300).contains(&incoming.status);
        match self {
            Want::Whole => false,
            Want::Success => is_success,
            Want::File => is_success && !is_json(&incoming.headers),
        }
    }
}

/// An answer: its head, and the body or the way to it.
pub(crate) enum Opened {
    Whole(Answer),
    Flowing(Box<Incoming>),
}

impl Opened {
    pub(super) fn head(&self) -> (u16, &HeaderMap) {
        match self {
            Opened::Whole(answer) => (answer.status, &answer.headers),
            Opened::Flowing(incoming) => (incoming.status, &incoming.headers),
        }
    }

    /// The body, as far as it was read.
    pub(super) fn body(&self) -> &[u8] {
        match self {
            Opened::Whole(answer) => &answer.body,
            Opened::Flowing(_) => &[],
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        match self {
            Opened::Whole(answer) => answer.elapsed,
            Opened::Flowing(incoming) => incoming.elapsed(),
        }
    }

    pub(super) fn may_be_stale_token(&self) -> bool {
        match self {
            Opened::Whole(answer) => books::may_be_stale_token(answer),
            Opened::Flowing(_) => false,
        }
    }
}

impl Client {
    /// How long a server may be silent while it is sent a file, or before the head of its answer comes.
    pub(super) fn silence_max(&self, call: &Call) -> Duration {
        let call_timeout = self.shared.transport.call_timeout();
        let factor = match call.flow {
            // The last pieces lie in buffers when the file seems to be sent, and Zoho looks through it then.
            Some(_) => UPLOAD_SILENCE_FACTOR,
            None => 1,
        };
        call.timeout
            .unwrap_or_else(|| call_timeout.saturating_mul(factor))
    }

    /// Sends a call and hands the body of the answer on as it comes; `read` makes errors of the answers that are none.
    /// A place under the concurrency limit is kept until the head of the answer is there.
    ///
    /// unknown: whether Zoho counts a download as in flight until its last byte.
    pub(crate) async fn open(
        &self,
        call: &Call,
        pace: Option<&Pace>,
        want: Want,
        read: impl Fn(Reply<'_>) -> Result<Answer, Error>,
    ) -> Result<Opened, Error> {
        let mut tries = Tries::start();
        loop {
            let (host, sent) = self.attempt(call, pace, want, &mut tries).await;
            let result = match sent {
                Ok(Opened::Whole(answer)) => read(Reply {
                    call,
                    host: &host,
                    answer,
                })
                .map(Opened::Whole),
                other => other,
            };
            match result {
                Ok(opened) => return Ok(opened),
                Err(error) => self.again(call, pace, error, &mut tries).await?,
            }
        }
    }

    /// The same for files, of which every other answer is a refusal.
    pub(crate) async fn open_file(
        &self,
        call: &Call,
        pace: Option<&Pace>,
        want: Want,
        refused: impl Fn(Reply<'_>) -> Error,
    ) -> Result<Incoming, Error> {
        match self
            .open(call, pace, want, |reply| Err(refused(reply)))
            .await?
        {
            Opened::Flowing(incoming) => Ok(*incoming),
            Opened::Whole(_) => Err(out_of_place(call)),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.contains("json"))
}
