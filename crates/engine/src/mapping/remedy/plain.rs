//! Refusals whose code says it all.

use super::words::Refusal;

/// Codes, what they mean, and what to do.
const PLAIN: [(&str, &str, &str); 14] = [
    (
        "RECORD_LOCKED",
        "The record in Zoho is locked.",
        "Unlock the record in Zoho, and replay.",
    ),
    (
        "NOT_APPROVED",
        "The record in Zoho waits for approval and cannot be changed until then.",
        "Approve or reject it in Zoho, and replay.",
    ),
    (
        "NOT_REVIEWED",
        "The record in Zoho is under review and cannot be changed until then.",
        "Finish the review in Zoho, and replay.",
    ),
    (
        "RECORD_IN_BLUEPRINT",
        "The record in Zoho is in a blueprint, which decides what may change.",
        "Move the record on in its blueprint, or leave the field out here, and replay.",
    ),
    (
        "ALREADY_MODIFIED",
        "Somebody changed the record in Zoho in the meantime.",
        "Look whether the change should still be made, and replay.",
    ),
    (
        "DUPLICATE_LINKING_DATA",
        "The two records are linked already.",
        "Nothing needs to be done, unless the link is to be another.",
    ),
    (
        "ID_ALREADY_CONVERTED",
        "The lead was converted in Zoho, and converted leads cannot be changed.",
        "Change the contact or the deal that it became, in Zoho.",
    ),
    (
        "INACTIVE_USER",
        "The user behind the connection is inactive in Zoho.",
        "Activate that user, or connect with another one, and replay.",
    ),
    (
        "INVALID_REQUEST_METHOD",
        "Zoho's API does not offer this operation for the module.",
        "Choose another operation or module in the route, and replay.",
    ),
    (
        "INVALID_REQUEST",
        "Zoho could not make sense of the request.",
        "Compare the record with the fields in Zoho, correct it here and replay.",
    ),
    ("INTERNAL_ERROR", UNPROCESSED, ASK_SUPPORT),
    ("INTERNAL_SERVER_ERROR", UNPROCESSED, ASK_SUPPORT),
    ("SERVICE_UNAVAILABLE", UNPROCESSED, ASK_SUPPORT),
    ("CANNOT_PROCESS", UNPROCESSED, ASK_SUPPORT),
];

const UNPROCESSED: &str = "Zoho could not process the record.";

const ASK_SUPPORT: &str =
    "Replay it later; if it happens again, ask Zoho's support about this record.";

/// What is wrong and what to do, where the code alone tells.
pub(super) fn plain_words(refusal: &Refusal<'_>) -> Option<(String, String)> {
    match refusal.code {
        "INVALID_MODULE" | "MODULE_NOT_SUPPORTED" | "MODULE_NOT_AVAILABLE" | "NOT_SUPPORTED" => Some((
            format!("Zoho's API has no module {} for this.", refusal.module),
            "Correct the module's API name in the route (Leads, not leads or Lead), and replay.".to_owned(),
        )),
        "FEATURE_NOT_ENABLED"
        | "FEATURE_NOT_SUPPORTED"
        | "LICENSE_LIMIT_EXCEEDED"
        | "CURRENCIES_NOT_ENABLED"
        | "TERRITORY_NOT_ENABLED"
        | "TERRITORY_DISABLED" => Some((
            format!("The organisation's edition or setup does not allow this: {}.", refusal.quoted_message()),
            "Switch the feature on in Zoho's setup, or leave the field out of the mapping, and replay.".to_owned(),
        )),
        code => {
            let (_, message, remedy) = PLAIN.iter().find(|(plain, _, _)| *plain == code)?;
            Some(((*message).to_owned(), (*remedy).to_owned()))
        }
    }
}
