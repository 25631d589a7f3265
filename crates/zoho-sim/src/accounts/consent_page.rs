//! What a person sees: what is asked for, by whom, and as whom to answer. Also the page that says why nothing can be asked.

use std::fmt::Write as _;

use super::person::Person;
use super::{Client, ClientKind, Scopes};
use crate::html::{Page, escape};

/// A parameter that travels through the form unchanged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hidden<'a>(pub(crate) &'a str, pub(crate) &'a str);

/// The consent page; its form posts the decision to `action`.
pub(crate) fn page(
    client: &Client,
    scopes: &Scopes,
    people: &[Person],
    action: &str,
    hidden: &[Hidden<'_>],
) -> String {
    let mut body = String::new();
    // Writing into a text does not fail.
    let _ = write!(
        body,
        "<section class=\"card\"><h1>{} would like to access your data</h1><ul>",
        escape(&client.name)
    );
    for scope in scopes.names() {
        let _ = write!(body, "<li><code>{}</code></li>", escape(scope));
    }
    let _ = write!(
        body,
        "</ul><form method=\"post\" action=\"{action}\"><p>Signed in as</p>"
    );
    for (place, person) in people.iter().enumerate() {
        let _ = write!(
            body,
            "<label><input type=\"radio\" name=\"user\" value=\"{key}\"{checked}> {name} ({email}), organisation <b>{organisation}</b> \
             ({environment}), data center {data_center}</label>",
            key = person.key(),
            checked = if place == 0 { " checked" } else { "" },
            name = escape(&person.name),
            email = escape(&person.email),
            organisation = escape(&person.organisation),
            environment = person.site.environment().name(),
            data_center = person.site.data_center().name(),
        );
    }
    if client.kind == ClientKind::ClientBased {
        body.push_str(
            "<label><input type=\"checkbox\" name=\"for_session\" value=\"true\"> Let it renew its access while I am signed in</label>",
        );
    }
    for Hidden(name, value) in hidden {
        let _ = write!(
            body,
            "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
            escape(value)
        );
    }
    body.push_str(
        "<p><button name=\"decision\" value=\"accept\">Accept</button> \
         <button class=\"quiet\" name=\"decision\" value=\"deny\">Deny</button></p></form></section>",
    );
    Page::bare("Consent").body(&body)
}

/// unknown: the words of Zoho's own error page.
pub(crate) fn error(reason: &str) -> String {
    Page::bare("Error").body(&format!(
        "<section class=\"card\"><h1>ERROR</h1><p>{}</p></section>",
        escape(reason)
    ))
}
