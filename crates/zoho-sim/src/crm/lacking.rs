//! Published areas of the API that are not built: they answer as Zoho answers for a feature that the edition lacks.

/// Where such areas begin, below the version.
const AREAS: &[&[&str]] = &[
    &["__zia_org_enrichment"],
    &["__zia_people_enrichment"],
    &["actions", "email_available"],
    &["Appointments_Rescheduled_History__s"],
    &["bulk", "backup"],
    &["email", "settings", "compose"],
    &["Entity_Scores__s"],
    &["Services__s"],
    &["settings", "appointment_preferences"],
    &["settings", "audit_log_export"],
    &["settings", "automation", "cadences"],
    &["settings", "automation", "scoring_rules"],
    &["settings", "business_hours", "shift_hours"],
    &["settings", "call_preferences"],
    &["settings", "data_sharing"],
    &["settings", "email_templates"],
    &["settings", "inventory_templates"],
    &["settings", "portals"],
    &["settings", "record_locking_configurations"],
    &["settings", "service_preferences"],
    &["settings", "unsubscribe_link"],
    &["settings", "unsubscribe_links"],
    &["settings", "wizards"],
];

/// Actions on records that are not built.
const ACTIONS: [&str; 12] = [
    "assign_territories",
    "associate_email",
    "download_mail_merge",
    "enrol_in_cadences",
    "portal_invite",
    "remove_territories",
    "send_mail_merge",
    "share_emails",
    "sign_mail_merge",
    "unblock_email",
    "unenrol_from_cadences",
    "unshare_emails",
];

/// Whether the path belongs to a published area that is not built. `is_module` tells whether its first part is a module.
pub(super) fn is_lacking(path: &[&str], is_module: bool) -> bool {
    let of_records = match path {
        [_, "actions", action] | [_, _, "actions", action] => ACTIONS.contains(action),
        [_, _, "__email_drafts", ..] | [_, _, "__emails_sharing_details"] => true,
        _ => false,
    };
    (is_module && of_records) || AREAS.iter().any(|area| path.starts_with(area))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_known_by_their_beginning() {
        for (path, is_module, expected) in [
            (["settings", "portals", "mine"].as_slice(), false, true),
            (&["settings", "modules"], false, false),
            (&["Leads", "1", "actions", "share_emails"], true, true),
            (&["Leads", "actions", "unblock_email"], true, true),
            (&["Leads", "1", "actions", "convert"], true, false),
            (&["Leads", "1", "__email_drafts", "2"], true, true),
            (&["Nothing", "1", "__email_drafts"], false, false),
        ] {
            assert_eq!(is_lacking(path, is_module), expected, "{path:?}");
        }
    }
}
