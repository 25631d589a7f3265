//! Runs the sub-requests and puts their answers together.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::request::{Composite, Request};
use super::{allowed, plan, reference};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, Version, perform_within};
use crate::http::{Answer, Call, Query};

/// Credits that a call costs besides the first when nothing had to be rolled back.
const ROLLBACK_CREDITS: u64 = 1;

/// What became of a sub-request: an answer of its own, or a refusal before it was sent.
type Outcome = Result<Answer, Refusal>;

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut composite = Composite::read(&context.call.body)?;
    let order = plan::order(&mut composite);
    if composite.rolls_back {
        return Ok(all_or_nothing(context, &composite));
    }
    let mut run = Run::new(context, &composite);
    for index in order {
        run.perform(index);
    }
    let triggered = run
        .outcomes
        .iter()
        .flatten()
        .filter(|one| one.is_ok())
        .count();
    let status = match triggered {
        0 => StatusCode::BAD_REQUEST,
        some if some < composite.requests.len() => StatusCode::MULTI_STATUS,
        _ => StatusCode::OK,
    };
    Ok(run.answer(status))
}

/// One after the other, and nothing of it when one fails. Nobody else reaches the world meanwhile.
fn all_or_nothing(context: &Context<'_>, composite: &Composite) -> Answer {
    let turn = context.shared.take_turn();
    let mark = context.shared.world().begin_rollback();
    let mut run = Run::new(context, composite);
    let failed = (0..composite.requests.len()).find(|index| {
        run.perform(*index);
        run.outcomes[*index].as_ref().is_some_and(has_failed)
    });
    let answer = match failed {
        None => {
            context.shared.world().forgo_rollback();
            let mut answer = run.answer(StatusCode::OK);
            answer.more_credits = ROLLBACK_CREDITS;
            answer
        }
        Some(failed) => {
            context.shared.world().roll_back(mark);
            for (index, outcome) in run.outcomes.iter_mut().enumerate() {
                if index < failed {
                    *outcome = Some(Err(catalog::composite::rolled_back(failed)));
                } else if index > failed {
                    *outcome = Some(Err(catalog::composite::stopped(failed)));
                }
            }
            let mut answer = run.answer(StatusCode::BAD_REQUEST);
            answer.written.clear();
            answer
        }
    };
    drop(turn);
    answer
}

fn has_failed(outcome: &Outcome) -> bool {
    outcome.as_ref().map_or(true, |answer| {
        !answer.status.is_success() && answer.status != StatusCode::NOT_MODIFIED
    })
}

struct Run<'a> {
    context: &'a Context<'a>,
    composite: &'a Composite,
    outcomes: Vec<Option<Outcome>>,
    /// Bodies of good answers, for references.
    bodies: Vec<Option<Value>>,
}

impl<'a> Run<'a> {
    fn new(context: &'a Context<'a>, composite: &'a Composite) -> Self {
        let count = composite.requests.len();
        Self {
            context,
            composite,
            outcomes: (0..count).map(|_| None).collect(),
            bodies: vec![None; count],
        }
    }

    fn perform(&mut self, index: usize) {
        let outcome = self.outcome(index);
        self.bodies[index] = match &outcome {
            Ok(answer) if answer.status.is_success() => serde_json::from_slice(&answer.body).ok(),
            _ => None,
        };
        self.outcomes[index] = Some(outcome);
    }

    fn outcome(&self, index: usize) -> Outcome {
        let request = self.composite.requests[index]
            .as_ref()
            .map_err(Clone::clone)?;
        let answers = |id: &str| {
            let mut requests = self.composite.requests.iter();
            let place = requests.position(|request| {
                request
                    .as_ref()
                    .is_ok_and(|request| request.id.as_deref() == Some(id))
            })?;
            self.bodies[place].as_ref()
        };
        let request = reference::resolved(request, index, &answers)?;
        self.send(request)
    }

    fn send(&self, mut request: Request) -> Outcome {
        let (path, query) = request.uri.split_once('?').unwrap_or((&request.uri, ""));
        let path = path.to_owned();
        for (name, value) in Query::parse(query.as_bytes()).0 {
            request.params.entry(name).or_insert(Value::String(value));
        }
        let call = |request: &Request| self.call(request, &path);
        let composite = self.context.version;
        if let Some(major) = newer(&path, composite) {
            return Err(catalog::composite::newer_version(major, composite.major()));
        }
        let mut refused = None;
        let answer = perform_within(self.context, &call(&request), |route| {
            if let Err(refusal) = allowed::check(route) {
                refused = Some(refusal.clone());
                return Err(refusal);
            }
            allowed::bound(route, &mut request)?;
            Ok(call(&request))
        });
        match refused {
            Some(refusal) => Err(refusal),
            None => Ok(answer),
        }
    }

    fn call(&self, request: &Request, path: &str) -> Call {
        let outer = self.context.call;
        let params = request.params.iter();
        let params = params.map(|(name, value)| (name.clone(), allowed::text(value)));
        let body = request.body.as_ref();
        Call {
            method: request.method.clone(),
            path: path.to_owned(),
            query: Query(params.collect()),
            headers: headers(request, &outer.headers),
            body: body.map_or_else(Bytes::new, |body| body.to_string().into()),
            origin: outer.origin.clone(),
        }
    }

    /// The answers of all, in the order in which the sub-requests were written.
    fn answer(self, status: StatusCode) -> Answer {
        let mut written = Vec::new();
        let items = self
            .outcomes
            .into_iter()
            .flatten()
            .map(|outcome| match outcome {
                Err(refusal) => refusal.to_json(),
                Ok(answer) => {
                    written.extend(answer.written.iter().cloned());
                    item(&answer)
                }
            });
        let items: Vec<Value> = items.collect();
        let mut answer = Answer::json(status, &json!({"__composite_requests": items}));
        answer.written = written;
        answer
    }
}

/// The version of a path when it is newer than that of the composite call.
fn newer(path: &str, composite: Version) -> Option<u8> {
    let version = path.split('/').find_map(|part| {
        let number = part.strip_prefix('v')?;
        number.split('.').next()?.parse::<u8>().ok()
    })?;
    (version > composite.major()).then_some(version)
}

/// Headers of the sub-request, with the token of the whole call.
fn headers(request: &Request, outer: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name = HeaderName::try_from(name.as_str());
        let value = HeaderValue::try_from(allowed::text(value));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    if let Some(token) = outer.get(header::AUTHORIZATION) {
        headers.insert(header::AUTHORIZATION, token.clone());
    }
    headers
}

fn item(answer: &Answer) -> Value {
    let headers: Map<String, Value> = answer
        .headers
        .iter()
        .map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), Value::from(text))
        })
        .collect();
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    json!({
        "code": "SUCCESS",
        "details": {"response": {"headers": headers, "status_code": answer.status.as_u16(), "body": body}},
        "message": "composite sub request executed successfully",
        "status": "success",
    })
}
