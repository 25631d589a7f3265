//! Where Zoho's OpenAPI files contradict its documentation pages, its samples or themselves. Everything that the checks leave
//! out stands here, with its reason.

/// Answers that the files describe wrongly: path template, status, code (empty for none), and the reason to leave it out.
pub(super) const SLIPS: &[(&str, u16, &str, &str)] = &[
    (
        "/crm/v8/{module}/{record_id}/Attachments/{id}",
        400,
        "DOWNLOAD_NOT_ALLOWED",
        "the lists of codes lack it",
    ),
    (
        "/crm/v8/{module}/{id}/actions/change_owner",
        200,
        "",
        "the file draws the good outcome under 202 only, the errors under 200",
    ),
    (
        "/crm/v8/{module}/actions/change_owner",
        200,
        "",
        "the file draws the good outcome under 202 only, the errors under 200",
    ),
    (
        "/crm/v8/settings/tags/{id}",
        200,
        "",
        "the file draws a list; the page and its sample have an object",
    ),
    (
        "/crm/bulk/v8/write",
        400,
        "FILE_NOT_FOUND",
        "the lists of codes lack it",
    ),
    (
        "/crm/v8/users/actions/count",
        200,
        "",
        "the file says text; the documentation page and samples show a number",
    ),
    (
        "/crm/v8/{module_api_name}/actions/count",
        200,
        "",
        "one file says text, the other nothing; the documentation page and samples show a number",
    ),
    (
        "/crm/v8/settings/global_picklists/{id}/actions/replace_picklist_values",
        200,
        "",
        "the file knows scheduled replacements only; the newer one answers 200 to those that are done at once",
    ),
    (
        "/crm/v8/settings/user_groups",
        200,
        "",
        "the file has the refusal of an old version in the place of the list",
    ),
    (
        "/crm/v8/settings/user_groups/{group}",
        200,
        "",
        "the file has the refusal of an old version in the place of the group",
    ),
    (
        "/crm/v8/users/{user}/actions/associated_groups",
        200,
        "",
        "one file has the refusal of an old version in the place of the list",
    ),
];

/// Schemas that contradict the documentation pages and samples: file, place below `components/schemas`, the words to leave out
/// there, and the reason.
pub(super) const PATCHES: &[(&str, &str, &str, &str)] = &[
    (
        "timelines",
        "/Field_History/properties/_value/properties/old",
        "type",
        "null where a field was or became empty",
    ),
    (
        "timelines",
        "/Field_History/properties/_value/properties/new",
        "type",
        "null where a field was or became empty",
    ),
    (
        "blueprint",
        "/Process_Info/properties/field_id",
        "type",
        "ids are text in all samples",
    ),
    (
        "blueprint",
        "/Transition/properties/id",
        "type",
        "ids are text in all samples",
    ),
    (
        "blueprint",
        "/current_picklist/properties/colour_code",
        "type",
        "null where a value has no colour",
    ),
    (
        "attachments",
        "/Attachment/properties/$file_id",
        "type",
        "null for links",
    ),
    (
        "attachments",
        "/Attachment/properties/$link_url",
        "type",
        "null for files",
    ),
    (
        "send_mail",
        "/to/properties/email",
        "pattern",
        "the form of one sample",
    ),
    (
        "from_addresses",
        "/address/properties/email",
        "pattern",
        "the form of one sample",
    ),
    (
        "bulk_write",
        "/Resource/properties/file/properties/status",
        "enum",
        "the list lacks INPROGRESS",
    ),
    (
        "bulk_write",
        "/Resource/properties/field_mappings/items/properties/index",
        "type",
        "null where a default fills the field",
    ),
    (
        "bulk_write",
        "/Resource/properties/field_mappings/items/properties/format",
        "type",
        "null in the samples",
    ),
    (
        "bulk_write",
        "/Resource/properties/field_mappings/items/properties/find_by",
        "type",
        "null in the samples",
    ),
    (
        "bulk_write",
        "/Resource/properties/field_mappings/items/properties/module",
        "type",
        "null in the samples",
    ),
    (
        "bulk_write",
        "/Resource/properties/field_mappings/items/properties/parent_column_index",
        "type",
        "null in the samples",
    ),
    (
        "bulk_write",
        "/default_value/properties/value",
        "type",
        "texts and numbers in the samples",
    ),
    (
        "bulk_write",
        "/Resource/properties/status",
        "enum",
        "the list lacks INPROGRESS",
    ),
    (
        "bulk_write",
        "/Success_Response/properties/details/properties/file_id",
        "type",
        "text in the samples",
    ),
    (
        "record_locking",
        "/Record_Lock/properties/id",
        "type",
        "ids are text everywhere else",
    ),
    (
        "notifications",
        "/Notification/properties/notify_url",
        "pattern",
        "fits no real address",
    ),
    (
        "notifications",
        "/Notification/properties/notification_condition",
        "type",
        "null where there is none",
    ),
    (
        "notifications",
        "/Criteria/properties/group",
        "type",
        "null in the leaves of samples",
    ),
    (
        "bulk_read",
        "/Job_Detail/properties/state",
        "enum",
        "the list lacks QUEUED",
    ),
    (
        "bulk_read",
        "/Criteria/properties/value",
        "type",
        "texts, numbers and lists in all samples",
    ),
    (
        "bulk_read",
        "/Job_Detail/properties/file_type",
        "enum",
        "the list lacks ics",
    ),
    (
        "mass_delete_tags",
        "/success/properties/details/properties/job_id",
        "type",
        "text in all samples",
    ),
    (
        "modules",
        "/modules/properties/generated_type",
        "enum",
        "the list lacks sub-forms and field trackers",
    ),
    (
        "custom_views",
        "/Criteria/properties/value",
        "type",
        "a text, a number, a flag or a list in all samples",
    ),
    (
        "profiles",
        "/Profile/properties/created_time",
        "type",
        "null of the profiles that Zoho brings",
    ),
    (
        "profiles",
        "/Profile/properties/modified_time",
        "type",
        "null of the profiles that Zoho brings",
    ),
    (
        "profiles",
        "/Permission_Detail/properties/module",
        "type",
        "null of permissions over setup",
    ),
    (
        "variables",
        "/variable/properties/value",
        "type",
        "a text or a number in all samples",
    ),
    (
        "modules",
        "/success/properties/message",
        "enum",
        "one text for creation and for updates",
    ),
    (
        "modules",
        "/modules/properties/display_field",
        "type",
        "the API name in all samples",
    ),
    (
        "record",
        "/Success_Response/properties/duplicate_field",
        "type",
        "null when an upsert inserted",
    ),
    (
        "record",
        "/Deleted_Record/properties/display_name",
        "type",
        "null once a record is gone for good",
    ),
    (
        "record",
        "/API_Exception/properties/details/properties/maximum_length",
        "type",
        "a number in all samples",
    ),
    (
        "record",
        "/API_Exception/properties/details/properties/limit",
        "type",
        "a number in all samples",
    ),
    (
        "record",
        "/API_Exception/properties/message",
        "enum",
        "the list lacks documented texts",
    ),
    (
        "record",
        "/API_Exception/properties/code",
        "enum",
        "the list lacks documented codes",
    ),
    (
        "org",
        "/Org/properties/type",
        "enum",
        "capitalised in the file, lower case in answers",
    ),
    (
        "users",
        "/users/properties/number_separator",
        "enum",
        "the value of one sample",
    ),
    (
        "users",
        "/users/properties/date_format",
        "enum",
        "the value of one sample",
    ),
    (
        "users",
        "/users/properties/time_zone",
        "type",
        "text in all samples",
    ),
    (
        "layouts",
        "/sections/properties/tab_traversal",
        "type",
        "a number in all samples",
    ),
    (
        "notifications",
        "/Notification/properties/channel_id",
        "type",
        "text in all samples",
    ),
];

/// Keys that are null in all samples of a last or only page, whatever the file says.
pub(super) const NULLABLE: &[&str] = &[
    "next_page_token",
    "previous_page_token",
    "page_token_expiry",
];

/// Codes of documentation pages that no file lists.
pub(super) const CODES: &[&str] = &[
    // Of records in blueprints.
    "RECORD_IN_BLUEPRINT",
    // Of setup, in the newer published files: modules, fields, users, profiles, currencies.
    "MISSING_BRACES",
    "RESERVED_KEYWORD_NOT_ALLOWED",
    "FEATURE_NOT_ENABLED",
    "CANNOT_DELETE",
    "NOT_ALLOWED",
    "DEPENDENT_MISMATCH",
    "CONFLICTING_DATA_FOUND",
    "ALREADY_MODIFIED",
    "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
    "EXPIRED_VALUE",
    "FIELD_TYPE_UNAVAILABLE",
    "MULTIPLE_OR_MULTI_ERRORS",
    "PAGINATION_LIMIT_EXCEEDED",
    "SERVICE_UNAVAILABLE",
    "TOKEN_BOUND_DATA_MISMATCH",
];
