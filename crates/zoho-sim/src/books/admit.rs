//! Lets a call in: token, path and method, scope, organisation, then the limits of a minute, a day and of calls at once.

use percent::decoded;

use super::problem::Problem;
use super::registry::{self, Found, Lost};
use super::rules::Who;
use crate::accounts::Caller;
use crate::crm;
use crate::http::Call;
use crate::limits::Permit;
use crate::state::Shared;
use crate::world::parse_id;

/// Where Books begins.
const ROOT: &str = "/books/v3";

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// A call that may be performed. It holds its place among the calls in flight until it is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) client_id: String,
    pub(super) who: Who,
    pub(super) found: Found,
    /// Calls about organisations themselves need none.
    pub(super) organisation: Option<u64>,
    /// The world in which the caller was let in.
    pub(super) epoch: u64,
    _permit: Option<Permit>,
}

/// Whether a path is one of Books.
pub(crate) fn has_path(path: &str) -> bool {
    path.strip_prefix(ROOT)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Admits a call.
pub(crate) fn admit(shared: &Shared, call: &Call) -> Result<Admitted, Problem> {
    let token = crm::token_of(call).ok_or_else(Problem::not_authenticated)?;
    let epoch = shared.epoch();
    let now = shared.clock.now();
    let caller = shared.accounts().caller(token, now);
    let (caller, _) = caller.ok_or_else(Problem::not_authorized)?;
    let path = call.path.get(ROOT.len()..).unwrap_or_default();
    let parts = path.split('/').filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(decoded).collect();
    let found = registry::find(&call.method, &parts).map_err(|lost| match lost {
        Lost::Path => Problem::unknown_path(),
        Lost::Method => Problem::wrong_method(),
    })?;
    if !is_allowed(&caller, &found.operation.scope) {
        return Err(Problem::not_authorized());
    }
    let is_about_organisations = found.operation.path.starts_with("/organizations");
    let organisation = organisation(shared, call, is_about_organisations)?;
    let permit = match organisation {
        Some(id) => Some(measure(shared, id, now)?),
        None => None,
    };
    Ok(Admitted {
        who: who(shared, &caller),
        client_id: caller.client_id,
        found,
        organisation,
        epoch: *epoch,
        _permit: permit,
    })
}

/// Whether a scope that the token has covers the one that is needed.
fn is_allowed(caller: &Caller, needed: &str) -> bool {
    let mut parts = needed.split('.').skip(1);
    let (family, operation) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    caller.scopes.names().iter().any(|scope| {
        let mut parts = scope.split('.');
        let service = parts.next().unwrap_or_default();
        let (own_family, own) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let is_family = own_family.eq_ignore_ascii_case(family)
            || own_family.eq_ignore_ascii_case("fullaccess");
        service.eq_ignore_ascii_case("ZohoBooks")
            && is_family
            && (own.eq_ignore_ascii_case(operation) || own.eq_ignore_ascii_case("all"))
    })
}

fn organisation(
    shared: &Shared,
    call: &Call,
    is_about_organisations: bool,
) -> Result<Option<u64>, Problem> {
    let world = shared.world();
    let books = &world.books;
    if is_about_organisations {
        // The calls count for the organisation that they name, where they name one.
        let named = call.query.get("organization_id").and_then(parse_id);
        return Ok(named.filter(|id| books.organisations.contains_key(id)));
    }
    let text = call.query.get("organization_id").unwrap_or_default();
    let id = parse_id(text).ok_or_else(|| Problem::invalid_value("organization_id"))?;
    if books.organisations.contains_key(&id) {
        Ok(Some(id))
    } else {
        Err(Problem::foreign_organisation(text))
    }
}

/// Counts the call, or says which limit it would break.
fn measure(shared: &Shared, id: u64, now: i64) -> Result<Permit, Problem> {
    let limits = shared.limits();
    {
        let mut world = shared.world();
        let organisation = world.books.organisations.get_mut(&id);
        let organisation = organisation.ok_or_else(|| Problem::foreign_organisation(""))?;
        let per_day = limits
            .books_calls_per_day_max
            .unwrap_or(organisation.calls_per_day);
        let usage = &mut organisation.usage;
        let day = now
            .saturating_add(i64::from(organisation.utc_offset_minutes) * 60)
            .div_euclid(DAY_SECONDS);
        if usage.day != day {
            usage.day = day;
            usage.calls = 0;
        }
        while usage.minute.front().is_some_and(|at| at + 60 <= now) {
            usage.minute.pop_front();
        }
        if usage.calls >= per_day {
            return Err(Problem::too_many_in_a_day(per_day));
        }
        if let Some(maximum) = limits.books_calls_per_minute_max {
            if usage.minute.len() >= usize::try_from(maximum).unwrap_or(usize::MAX) {
                return Err(Problem::too_many_in_a_minute());
            }
            usage.minute.push_back(now);
        }
        usage.calls += 1;
    }
    let permit = shared.meter().gate.enter(
        &format!("books {id}"),
        1,
        false,
        limits.books_concurrency_max,
        None,
    );
    permit.ok_or_else(Problem::too_many_at_once)
}

fn who(shared: &Shared, caller: &Caller) -> Who {
    let world = shared.world();
    let user = world.user(caller.user);
    user.map(|user| Who {
        id: user.id,
        name: format!("{} {}", user.first_name, user.last_name)
            .trim()
            .to_owned(),
        email: user.email.clone(),
    })
    .unwrap_or_default()
}

mod percent {
    /// A part of a path with its percent signs read; what is no text stays as it is.
    pub(super) fn decoded(part: &str) -> String {
        let mut bytes = Vec::with_capacity(part.len());
        let mut rest = part.as_bytes();
        while let Some((first, tail)) = rest.split_first() {
            let digits = tail
                .get(..2)
                .and_then(|digits| std::str::from_utf8(digits).ok());
            let byte = digits
                .filter(|_| *first == b'%')
                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
            match byte {
                Some(byte) => {
                    bytes.push(byte);
                    rest = tail.get(2..).unwrap_or_default();
                }
                None => {
                    bytes.push(*first);
                    rest = tail;
                }
            }
        }
        String::from_utf8(bytes).unwrap_or_else(|_| part.to_owned())
    }
}
