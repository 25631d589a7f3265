//! What the simulator does wrong on purpose. Each kind is one file; [`Kind`] is the list of them.
//!
//! A fault has a kind with its parameters, a matcher, a number of times (or always) and a probability drawn from the seeded
//! generator. Faults meet requests to Zoho's paths only, never the control API; those of callbacks meet what is sent to others.

mod callback_duplicate;
mod callback_late;
mod callback_lost;
mod callback_reorder;
mod drop_answer;
mod expire_token;
mod latency;
mod matcher;
mod refuse;
mod revoke_token;
mod server_error;
mod slow;
mod too_many_requests;
mod truncated;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::chance::Chance;
use crate::control::{cut, cut_to};
use crate::http::{Answer, Call, Sending};
use crate::world::outbox::Letter;
pub use matcher::FaultMatcher;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The call waits before it is acted on.
    Latency(latency::Latency),
    /// The connection is closed before the call is acted on.
    Refuse(refuse::Refuse),
    /// The call is acted on, then the connection is closed without an answer.
    DropAnswer(drop_answer::DropAnswer),
    /// 500, 502 or 503 with Zoho's JSON or an HTML page; the call is not acted on.
    ServerError(server_error::ServerError),
    /// 429; the call is not acted on.
    TooManyRequests(too_many_requests::TooManyRequests),
    /// The access token of the call ends before the call is acted on.
    ExpireToken(expire_token::ExpireToken),
    /// The refresh token behind the call ends, with all its access tokens, before the call is acted on.
    RevokeToken(revoke_token::RevokeToken),
    /// The call is acted on and the connection closed in the middle of the body.
    Truncated(truncated::Truncated),
    /// The call is acted on and the body comes slowly.
    Slow(slow::Slow),
    /// A callback is never sent.
    CallbackLost(callback_lost::CallbackLost),
    /// A callback comes more than once.
    CallbackDuplicate(callback_duplicate::CallbackDuplicate),
    /// A callback comes late.
    CallbackLate(callback_late::CallbackLate),
    /// A callback comes after the next one.
    CallbackReorder(callback_reorder::CallbackReorder),
}

/// What a fault does before a call is acted on.
#[derive(Debug)]
pub(crate) enum Before {
    Nothing,
    Wait { milliseconds: u64 },
    Close,
    Answer(Box<Answer>),
    ExpireToken,
    RevokeToken,
}

impl Kind {
    fn before(&self) -> Before {
        match self {
            Self::Latency(fault) => fault.before(),
            Self::Refuse(fault) => fault.before(),
            Self::ServerError(fault) => fault.before(),
            Self::TooManyRequests(fault) => fault.before(),
            Self::ExpireToken(fault) => fault.before(),
            Self::RevokeToken(fault) => fault.before(),
            _ => Before::Nothing,
        }
    }

    fn sending(&self) -> Option<Sending> {
        match self {
            Self::DropAnswer(fault) => Some(fault.sending()),
            Self::Truncated(fault) => Some(fault.sending()),
            Self::Slow(fault) => Some(fault.sending()),
            _ => None,
        }
    }

    /// Whether it is about callbacks, not about requests.
    fn is_of_callbacks(&self) -> bool {
        self.name().starts_with("callback_")
    }

    fn meet(&self, met: &mut MetLetter) {
        match self {
            Self::CallbackLost(fault) => fault.meet(met),
            Self::CallbackDuplicate(fault) => fault.meet(met),
            Self::CallbackLate(fault) => fault.meet(met),
            Self::CallbackReorder(fault) => fault.meet(met),
            _ => {}
        }
    }

    /// The name of the kind, as the control API writes it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::Refuse(_) => "refuse",
            Self::DropAnswer(_) => "drop_answer",
            Self::ServerError(_) => "server_error",
            Self::TooManyRequests(_) => "too_many_requests",
            Self::ExpireToken(_) => "expire_token",
            Self::RevokeToken(_) => "revoke_token",
            Self::Truncated(_) => "truncated",
            Self::Slow(_) => "slow",
            Self::CallbackLost(_) => "callback_lost",
            Self::CallbackDuplicate(_) => "callback_duplicate",
            Self::CallbackLate(_) => "callback_late",
            Self::CallbackReorder(_) => "callback_reorder",
        }
    }
}

/// A fault to set. From JSON:
///
/// ```
/// let fault: zoho_sim::Fault = serde_json::from_str(
///     r#"{"kind": "server_error", "status": 503, "module": "Leads", "method": "POST", "times": 2}"#,
/// )?;
/// assert_eq!(fault.times, Some(2));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: Kind,
    /// Which calls it meets.
    #[serde(flatten)]
    pub matcher: FaultMatcher,
    /// How many matching calls pass before the first is met.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skip: u32,
    /// How many calls it meets; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// In how many of the matching calls it happens, from 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
}

/// Keys of a fault and of the parameters of its kinds; a flattened type cannot refuse others by itself.
const KEYS: [&str; 14] = [
    "kind",
    "method",
    "path_prefix",
    "module",
    "skip",
    "times",
    "probability",
    "milliseconds",
    "status",
    "is_html",
    "bytes",
    "piece_bytes",
    "pause_ms",
    "copies",
];

/// Characters of what the reader says of a fault: enough for the list of all kinds.
const ERROR_MAX: usize = 500;

/// Longest that a fault lets anybody wait, in milliseconds.
const WAIT_MS_MAX: u64 = 60 * 60 * 1000;

fn check_wait(name: &str, milliseconds: u64) -> Result<(), String> {
    if milliseconds <= WAIT_MS_MAX {
        return Ok(());
    }
    Err(format!(
        "{name} is {milliseconds}: use at most {WAIT_MS_MAX}, an hour"
    ))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn always() -> f64 {
    1.0
}

impl Fault {
    /// A fault that meets every call once it is added.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            matcher: FaultMatcher::default(),
            skip: 0,
            times: None,
            probability: 1.0,
        }
    }

    /// Reads a fault from JSON and checks its numbers.
    ///
    /// # Errors
    ///
    /// Names the key and what it may be.
    pub(crate) fn from_json(body: &[u8]) -> Result<Self, String> {
        let given: Value =
            serde_json::from_slice(body).map_err(|error| format!("not JSON: {error}"))?;
        let mut keys = given
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str());
        if let Some(name) = keys.find(|name| !KEYS.contains(name)) {
            return Err(format!(
                "`{}` is no key of a fault: use {}",
                cut(name),
                KEYS.join(", ")
            ));
        }
        let kind = given["kind"].as_str().unwrap_or_default();
        if let Cow::Owned(kind) = cut(kind) {
            return Err(format!("not a fault: there is no kind `{kind}`"));
        }
        let fault: Self = serde_json::from_value(given)
            .map_err(|error| format!("not a fault: {}", cut_to(&error.to_string(), ERROR_MAX)))?;
        if !(0.0..=1.0).contains(&fault.probability) {
            return Err(format!(
                "probability is {}: use a number from 0 to 1",
                fault.probability
            ));
        }
        if fault.times == Some(0) {
            return Err(
                "times is 0, and the fault would meet no call: use 1 or more, or leave it out for all calls"
                    .to_owned(),
            );
        }
        fault.matcher.check()?;
        match &fault.kind {
            Kind::ServerError(server_error) => server_error.check()?,
            Kind::Slow(slow) => slow.check()?,
            Kind::CallbackDuplicate(duplicate) => duplicate.check()?,
            Kind::Latency(latency::Latency { milliseconds })
            | Kind::CallbackLate(callback_late::CallbackLate { milliseconds }) => {
                check_wait("milliseconds", *milliseconds)?;
            }
            _ => {}
        }
        Ok(fault)
    }
}

/// A fault in force.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Active {
    pub(crate) id: u64,
    #[serde(flatten)]
    pub(crate) fault: Fault,
    /// Calls that it met so far.
    pub(crate) hits: u32,
    /// Matching calls that it let pass so far.
    #[serde(default)]
    pub(crate) passed: u32,
}

impl Active {
    /// Whether a matching call is one of those that pass before the first is met; counts it.
    fn lets_pass(&mut self) -> bool {
        let is_early = self.passed < self.fault.skip;
        self.passed += u32::from(is_early);
        is_early
    }

    fn is_spent(&self) -> bool {
        self.fault.times.is_some_and(|times| self.hits >= times)
    }
}

/// The faults in force.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Faults {
    active: Vec<Active>,
    next_id: u64,
    chance: Chance,
}

/// What the faults do to one call.
#[derive(Debug)]
pub(crate) struct Met {
    pub(crate) wait_ms: u64,
    pub(crate) is_closed: bool,
    pub(crate) is_token_expired: bool,
    pub(crate) is_grant_revoked: bool,
    pub(crate) answer: Option<Box<Answer>>,
    pub(crate) sending: Sending,
    pub(crate) kinds: Vec<&'static str>,
}

/// What the faults do to one callback.
#[derive(Debug, Default)]
pub(crate) struct MetLetter {
    pub(crate) is_lost: bool,
    /// How many times more it is sent.
    pub(crate) copies: u32,
    pub(crate) wait_ms: u64,
    /// The next one of its sender comes first.
    pub(crate) is_overtaken: bool,
    pub(crate) kinds: Vec<&'static str>,
}

impl Faults {
    pub(crate) fn new(chance_seed: u64) -> Self {
        Self {
            active: Vec::new(),
            next_id: 1,
            chance: Chance::new(chance_seed ^ 0xFA17),
        }
    }

    pub(crate) fn add(&mut self, fault: Fault) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.active.push(Active {
            id,
            fault,
            hits: 0,
            passed: 0,
        });
        id
    }

    /// Removes one fault, or all; tells how many.
    pub(crate) fn remove(&mut self, id: Option<u64>) -> usize {
        let before = self.active.len();
        self.active
            .retain(|active| id.is_some_and(|id| id != active.id));
        before - self.active.len()
    }

    pub(crate) fn active(&self) -> &[Active] {
        &self.active
    }

    /// Draws what happens to this call, and counts it. Faults add up: a slow and late answer is possible.
    pub(crate) fn meet(&mut self, call: &Call) -> Met {
        let mut met = Met {
            wait_ms: 0,
            is_closed: false,
            is_token_expired: false,
            is_grant_revoked: false,
            answer: None,
            sending: Sending::Whole,
            kinds: Vec::new(),
        };
        for active in &mut self.active {
            if active.is_spent()
                || active.fault.kind.is_of_callbacks()
                || !active.fault.matcher.matches(call)
                || active.lets_pass()
                || !self.chance.happens(active.fault.probability)
            {
                continue;
            }
            active.hits += 1;
            met.kinds.push(active.fault.kind.name());
            match active.fault.kind.before() {
                Before::Nothing => {}
                Before::Wait { milliseconds } => {
                    met.wait_ms = met.wait_ms.saturating_add(milliseconds)
                }
                Before::Close => met.is_closed = true,
                Before::Answer(answer) => met.answer = Some(answer),
                Before::ExpireToken => met.is_token_expired = true,
                Before::RevokeToken => met.is_grant_revoked = true,
            }
            if let Some(sending) = active.fault.kind.sending() {
                met.sending = sending;
            }
        }
        met
    }

    /// Draws what happens to this callback, and counts it.
    pub(crate) fn meet_letter(&mut self, letter: &Letter) -> MetLetter {
        let mut met = MetLetter::default();
        for active in &mut self.active {
            if active.is_spent()
                || !active.fault.kind.is_of_callbacks()
                || !active.fault.matcher.matches_letter(letter)
                || active.lets_pass()
                || !self.chance.happens(active.fault.probability)
            {
                continue;
            }
            active.hits += 1;
            met.kinds.push(active.fault.kind.name());
            active.fault.kind.meet(&mut met);
        }
        met
    }
}
