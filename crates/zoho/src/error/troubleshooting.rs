//! The advice of [`Error::troubleshooting`](super::Error::troubleshooting), one sentence or two per meaning.

use super::{Error, ErrorKind};

pub(super) fn advice(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Connect => {
            "Check the network, the proxy and the name service between here and Zoho's host."
        }
        ErrorKind::Timeout => {
            "Zoho did not answer in time. Try later; raise the call timeout for large batches."
        }
        ErrorKind::BrokenAnswer => {
            "The answer was cut off or changed on the way. Look for a proxy between here and Zoho."
        }
        ErrorKind::Token
            if error.operation() == "exchange code" && error.code() == Some("invalid_code") =>
        {
            "A code serves once and for a few minutes, with the client, data center and redirect URI that it was made for. Make another one."
        }
        ErrorKind::Token => token_advice(error.code()),
        ErrorKind::ThrottledToken => {
            "More than 10 access tokens were made from this refresh token in 10 minutes. Wait out the window, and let \
             all programs that share the refresh token share one client."
        }
        ErrorKind::Scope if error.code() == Some("57") => {
            "Authorise the connection again with the scope that the details name, or give the authorising user's role in \
             Zoho Books the right."
        }
        ErrorKind::Permission if error.code() == Some("6041") => {
            "The organisation is not one of the authorising user's. Take the id from the list of organisations."
        }
        ErrorKind::Permission if error.code() == Some("103001") => {
            "The organisation's trial of Zoho Books is over; it needs a plan."
        }
        ErrorKind::TooManyRequests if matches!(error.code(), Some("44" | "1070")) => {
            "Other programs call the same organisation. Lower this client's calls per minute, or its concurrency limit."
        }
        ErrorKind::OutOfCredits if error.code() == Some("45") => {
            "The organisation has used up its calls of the day. Wait for its return, or change to a larger plan."
        }
        ErrorKind::Scope => {
            "Authorise the connection again with the missing scope; searching and counting need \
             ZohoSearch.securesearch.READ as well."
        }
        ErrorKind::Permission => {
            "Give the authorising user's profile the permission, or check the organisation's edition."
        }
        ErrorKind::TooManyRequests => {
            "Too many calls at once, or no credits left. Lower the concurrency limit or wait."
        }
        ErrorKind::OutOfCredits => {
            "Too few of the credits that calls may spend in 24 hours are left. Wait until enough have come back, or raise the limit."
        }
        ErrorKind::Refused => refusal_advice(error.code()),
        ErrorKind::Server => {
            "Zoho, or a proxy before it, failed. Try later; Zoho's status page may know more."
        }
        ErrorKind::Decode => {
            "Zoho answered in a shape that this version does not know. Please report the operation."
        }
        ErrorKind::Input => "Correct the named value; nothing was sent.",
    }
}

fn token_advice(code: Option<&str>) -> &'static str {
    match code {
        Some("invalid_code") => {
            "The refresh token was revoked, evicted by a newer one, or belongs to another data center. Authorise again."
        }
        Some("invalid_client") => {
            "The client id is unknown in this data center. Check it, and switch on multi-DC in the API console."
        }
        Some("invalid_client_secret") => {
            "The client secret is wrong; each data center may have its own."
        }
        _ => {
            "Zoho refuses the token. Check that it belongs to this data center and environment, or authorise again."
        }
    }
}

fn refusal_advice(code: Option<&str>) -> &'static str {
    match code {
        Some("INVALID_MODULE") => "Use the module's api_name as `modules` lists it, not its label.",
        Some("REQUIRED_PARAM_MISSING" | "EXPECTED_PARAM_MISSING") => {
            "Add the parameter that the details name."
        }
        Some("LIMIT_EXCEEDED") => {
            "Send less: at most 100 records per write, 50 field names, 200 records per page."
        }
        Some("TOKEN_BOUND_DATA_MISMATCH" | "EXPIRED_VALUE") => {
            "Start the listing again; a page token lives for 24 hours and belongs to one set of parameters."
        }
        Some("DISCRETE_PAGINATION_LIMIT_EXCEEDED") => {
            "Continue beyond 2,000 records with page tokens."
        }
        Some("LIMIT_REACHED") => "A search reaches 2,000 records at most; narrow it.",
        Some("2" | "4") => "Correct the member or parameter that Zoho's message names.",
        Some("5") => "Check the path and the id; Zoho Books knows no such resource.",
        Some("8") => {
            "The organisation's edition or settings have no such member (tax members without tax, for instance); leave it out."
        }
        Some("15") => "Shorten the text that Zoho's message names.",
        Some("1001" | "3062") => "The name or number is taken. Look the record up, or use another.",
        Some("1002") => "There is no such record, or it belongs to another organisation.",
        Some("3000") => "Other records name this one. Mark it as inactive instead.",
        Some("4097") => {
            "Zoho numbers these records by itself. Leave the number out, or send ignore_auto_number_generation=true."
        }
        Some("110802") => "Give each line a tax, a tax exemption or the reverse charge.",
        Some("INVALID_URL_PATTERN") => "Check the path; it must exist in API version 8.",
        _ => "Zoho's code, message and details name the cause.",
    }
}
