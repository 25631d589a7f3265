//! Which scopes exist. Zoho refuses a request for one that does not (`invalid_scope`).
//!
//! The areas of CRM are those of `crm/developer/docs/api/v8/scopes.html` and of the published OpenAPI files. Of other products
//! only the form is known here, so that clients that ask for both are served.

/// Areas of `ZohoCRM` and what may stand between the area and the operation.
const CRM_AREAS: [(&str, Parts); 24] = [
    ("modules", Parts::Maybe(MODULES)),
    ("settings", Parts::Maybe(SETTINGS)),
    ("users", Parts::None),
    ("org", Parts::None),
    ("coql", Parts::None),
    ("bulk", Parts::Maybe(&["backup", "read", "write"])),
    ("files", Parts::None),
    ("notifications", Parts::None),
    ("composite_requests", Parts::None),
    ("features", Parts::None),
    ("apis", Parts::None),
    ("change_owner", Parts::None),
    ("mass_change_owner", Parts::None),
    ("mass_update", Parts::Maybe(MODULES)),
    ("mass_delete", Parts::Maybe(MODULES)),
    ("mass_convert", Parts::Maybe(MODULES)),
    ("share", Parts::Maybe(MODULES)),
    ("send_mail", Parts::Maybe(SENDERS)),
    ("templates", Parts::Maybe(&["email", "inventory"])),
    ("zia", Parts::Maybe(&["enrichment"])),
    ("functions", Parts::Maybe(&["execute"])),
    ("signals", Parts::None),
    ("visitors", Parts::None),
    ("dashboard", Parts::None),
];

/// What may stand between an area and the operation.
#[derive(Debug, Clone, Copy)]
enum Parts {
    None,
    Maybe(&'static [&'static str]),
}

/// Modules as scopes name them: without underscores, and all own modules as `custom`.
const MODULES: &[&str] = &[
    "leads",
    "accounts",
    "contacts",
    "deals",
    "potentials",
    "campaigns",
    "tasks",
    "cases",
    "events",
    "calls",
    "solutions",
    "products",
    "vendors",
    "pricebooks",
    "quotes",
    "salesorders",
    "purchaseorders",
    "invoices",
    "custom",
    "notes",
    "attachments",
    "activities",
    "appointments",
    "services",
    "emails",
    "lockinginformation",
    "dealhistory",
    "locking",
];

/// What mails are sent from: any module, or all.
const SENDERS: &[&str] = &[
    "all",
    "leads",
    "accounts",
    "contacts",
    "deals",
    "campaigns",
    "tasks",
    "cases",
    "events",
    "calls",
    "solutions",
    "products",
    "vendors",
    "pricebooks",
    "quotes",
    "salesorders",
    "purchaseorders",
    "invoices",
    "custom",
];

const SETTINGS: &[&str] = &[
    "modules",
    "fields",
    "layouts",
    "relatedlists",
    "customviews",
    "customlinks",
    "tabgroups",
    "custombuttons",
    "tags",
    "pipeline",
    "currencies",
    "territories",
    "roles",
    "profiles",
    "assignmentrules",
    "globalpicklist",
    "businesshours",
    "fiscalyear",
    "usergroups",
    "variables",
    "variablegroups",
    "wizards",
    "recyclebin",
    "recordlockingconfigurations",
    "duplicatecheckpreference",
    "workflowrules",
    "automationactions",
    "datasharing",
    "clientportal",
    "mapdependency",
    "auditlogs",
    "cadences",
    "unsubscribe",
    "mailmerge",
    "emails",
    "intelligence",
    "storageanalytics",
    "usersunavailability",
    "scoringrules",
    "blueprint",
    "macros",
    "webhooks",
    "shifthours",
    "holidays",
    "templates",
    "contactroles",
    "fieldattachments",
    "linkingmodules",
    "appointmentpreference",
    "features",
];

const OPERATIONS: [&str; 7] = [
    "ALL", "READ", "CREATE", "UPDATE", "DELETE", "WRITE", "CUSTOM",
];

/// Scopes of signing in, which have no parts (`accounts/protocol/oauth/sign-in-using-zoho.html`).
const SIGN_IN: [&str; 4] = ["openid", "profile", "email", "phone"];

/// Whether a scope exists.
pub(super) fn is_known(scope: &str) -> bool {
    if SIGN_IN.contains(&scope) {
        return true;
    }
    let parts: Vec<&str> = scope.split('.').collect();
    let [service, rest @ ..] = parts.as_slice() else {
        return false;
    };
    if !(1..=3).contains(&rest.len()) || !parts.iter().all(|part| is_name(part)) {
        return false;
    }
    if service.eq_ignore_ascii_case("ZohoCRM") {
        return is_known_of_crm(rest);
    }
    if service.eq_ignore_ascii_case("ZohoSearch") {
        return matches!(rest, [area, operation] if area.eq_ignore_ascii_case("securesearch") && is_operation(operation));
    }
    if service.eq_ignore_ascii_case("ZohoFiles") {
        return matches!(rest, [area, operation] if area.eq_ignore_ascii_case("files") && is_operation(operation));
    }
    // unknown: the scopes of other products; their form is enough.
    true
}

fn is_known_of_crm(rest: &[&str]) -> bool {
    let area = rest.first().copied().unwrap_or_default();
    let Some((_, allowed)) = CRM_AREAS.iter().find(|(name, _)| is_same_part(name, area)) else {
        return false;
    };
    match (rest, allowed) {
        ([_, operation], _) => is_operation(operation),
        ([_, part, operation], Parts::Maybe(known)) => {
            known.iter().any(|name| is_same_part(name, part)) && is_operation(operation)
        }
        _ => false,
    }
}

fn is_operation(name: &str) -> bool {
    OPERATIONS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

fn is_name(part: &str) -> bool {
    !part.is_empty()
        && part
            .bytes()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

/// Whether two names of a part are the same but for case and underscores.
pub(super) fn is_same_part(left: &str, right: &str) -> bool {
    letters(left).eq(letters(right))
}

fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes()
        .filter(|letter| *letter != b'_')
        .map(|letter| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_scopes_are_known_in_any_case() {
        for scope in [
            "ZohoCRM.modules.ALL",
            "zohocrm.modules.leads.read",
            "ZohoCRM.modules.SalesOrders.WRITE",
            "ZohoCRM.modules.custom.ALL",
            "ZohoCRM.settings.ALL",
            "ZohoCRM.settings.related_lists.READ",
            "ZohoCRM.settings.intelligence.All",
            "ZohoCRM.bulk.ALL",
            "ZohoCRM.bulk.backup.ALL",
            "ZohoCRM.notifications.WRITE",
            "ZohoCRM.coql.READ",
            "ZohoCRM.Files.CREATE",
            "ZohoCRM.composite_requests.CUSTOM",
            "ZohoCRM.mass_convert.leads.CREATE",
            "ZohoCRM.send_mail.all.CREATE",
            "ZohoCRM.templates.email.READ",
            "ZohoCRM.zia.enrichment.ALL",
            "ZohoSearch.securesearch.READ",
            "ZohoFiles.files.ALL",
            "ZohoBooks.fullaccess.all",
            "AaaServer.profile.READ",
            "email",
        ] {
            assert!(is_known(scope), "{scope}");
        }
    }

    #[test]
    fn what_nobody_documents_is_not_known() {
        for scope in [
            "",
            "all",
            "ZohoCRM",
            "ZohoCRM..READ",
            "a.b.c.d.e",
            "ZohoCRM.<b>.READ",
            "ZohoCRM.modules",
            "ZohoCRM.modules.leads",
            "ZohoCRM.modules.leads.EAT",
            "ZohoCRM.module.ALL",
            "ZohoCRM.modules.unicorns.READ",
            "ZohoCRM.users.leads.READ",
            "ZohoCRM.settings.colours.ALL",
            "ZohoSearch.insecure.READ",
            "ZohoFiles.files",
            "ZohoCRM.modules.ALL.READ",
        ] {
            assert!(!is_known(scope), "{scope}");
        }
    }
}
