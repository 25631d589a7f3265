//! Who may call `/__sim/`: nobody by a host name that is not the simulator's, and no web page of another origin that writes.
//!
//! The first is for names that somebody else leads to this machine (DNS rebinding): to a browser, a page of such a name has the
//! simulator's own origin. An address cannot be led anywhere, so any is taken.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Problem;
use super::problem::cut;
use crate::atlas::split_port;
use crate::data_center::DataCenter;
use crate::environment::{Environment, SiteName};
use crate::http::is_foreign;
use crate::state::Shared;

pub(crate) async fn check_origin(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    match refusal(&shared, &request) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn refusal(shared: &Shared, request: &Request) -> Option<Problem> {
    let headers = request.headers();
    let named = headers.get(header::HOST).map(|host| {
        // What is no text is no name of ours.
        host.to_str().unwrap_or("?")
    });
    // Of HTTP/2 the name stands beside the path. A call without any comes from no browser.
    let named = request
        .uri()
        .authority()
        .map_or(named, |authority| Some(authority.as_str()));
    if let Some(authority) = named
        && !is_own_host(shared, authority)
    {
        let (host, _) = split_port(authority);
        return Some(Problem::foreign(format!(
            "the simulator does not know itself as `{host}`: call it by its address or as localhost, or start it with --allow-host {host}",
            host = cut(host),
        )));
    }
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD);
    (writes && is_foreign(headers)).then(|| {
        Problem::foreign(
            "this comes from a web page of another origin; call from a program, or from the simulator's own page",
        )
    })
}

/// Whether it is the host of an environment of a data center of the real Zoho.
fn is_name_of_zoho(host: &str) -> bool {
    DataCenter::all().any(|data_center| {
        let sites = Environment::ALL.map(|environment| SiteName::new(data_center, environment));
        sites.iter().any(|site| site.hosts().contains(&host))
    })
}

/// Addresses, localhost, the names of the configuration, and Zoho's own, which only the machine's table of hosts leads here.
fn is_own_host(shared: &Shared, authority: &str) -> bool {
    let (host, _) = split_port(authority);
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    if is_address || host == "localhost" || host.ends_with(".localhost") {
        return true;
    }
    let places = shared.atlas.get().into_iter().flat_map(|atlas| &atlas.0);
    let of_places = places.filter_map(|place| place.host.as_ref());
    let mut configured = shared.config.hosts.iter().chain(of_places);
    configured.any(|name| name.eq_ignore_ascii_case(&host)) || is_name_of_zoho(&host)
}
