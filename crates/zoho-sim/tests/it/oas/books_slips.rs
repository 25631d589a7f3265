//! Where Zoho's OpenAPI files of Books are wrong, by recorded answers, by working clients or by themselves.

/// Statuses: method, path, the real status, and where it is known from.
pub(super) const STATUSES: &[(&str, &str, u16, &str)] = &[("POST", "/expenses", 201, "recorded")];

/// Members: where (the start of the path template; empty for everywhere), which, and why they are not compared.
pub(super) const MEMBERS: &[(&str, &str, &str)] = &[
    (
        "/customerpayments",
        "customerpayments",
        "published as `customer_payments`; recorded otherwise",
    ),
    (
        "/vendorcredits",
        "vendor_credits",
        "published as `vendorcredits`; clients read this",
    ),
    (
        "/projects/{project_id}/tasks",
        "task",
        "published as `tasks`; recorded otherwise",
    ),
    (
        "/chartofaccounts/accounttransactions",
        "debit_amount",
        "published as the empty text that a credit has there; an account's own transactions have a number or that",
    ),
    ("/fixedassets", "fixed_asset", "published as `fissed-asset`"),
    (
        "/vendorpayments",
        "vendorpayment",
        "the created one is published without its key; recorded with it",
    ),
    (
        "/chartofaccounts/{account_id}",
        "chart_of_account",
        "published without its key; recorded with it",
    ),
    (
        "/bankaccounts/rules/{rule_id}",
        "rule",
        "published without its key; clients read it with it",
    ),
    (
        "/settings/currencies/{currency_id}/exchangerates",
        "exchange_rate",
        "published without its key, as accounts are that have one",
    ),
    (
        "/users",
        "user",
        "no answer but code and message is published for some calls",
    ),
    (
        "/settings/taxes",
        "tax",
        "published as a list; clients read an object",
    ),
    (
        "/salesorders",
        "salesorder",
        "published as a list; clients read an object",
    ),
    (
        "/contacts",
        "contact_person",
        "published as a list when created, as nothing when read; clients read an object",
    ),
    (
        "/contacts/contactpersons",
        "contact_persons",
        "published as nothing",
    ),
    (
        "/recurringinvoices",
        "status",
        "published nowhere, though lists filter by it",
    ),
    (
        "/recurringjournals",
        "recurring_journal_id",
        "published rows and records have no id at all",
    ),
    (
        "/customerpayments/{customer_payment_id}/refunds",
        "payment_refunds",
        "published as a list, also for one",
    ),
    (
        "/vendorpayments/{payment_id}/refunds",
        "vendorpayment_refund",
        "published as a list, also for one",
    ),
    (
        "/{module_name}",
        "module_record",
        "published as a list, also for one",
    ),
    (
        "",
        "comment",
        "published as a list for some record types, as nothing for others",
    ),
    (
        "/projects/{project_id}/users",
        "user",
        "published as `users` where one is added",
    ),
    (
        "/projects/{project_id}/comments",
        "comment",
        "published as `comments` where one is added",
    ),
    (
        "/creditnotes",
        "creditnotes",
        "the list is published as an object",
    ),
    (
        "/recurringexpenses/{recurring_expense_id}/comments",
        "comments",
        "the list is published as an object",
    ),
    ("/vendorcredits", "line_items", "published as an object"),
    ("/deliverychallans", "custom_fields", "published as a text"),
    ("/users", "custom_fields", "published as a text"),
    (
        "/purchaseorders",
        "taxes",
        "published as texts; objects on all other documents",
    ),
    (
        "/retainerinvoices",
        "total",
        "published as a text; a number on all other documents",
    ),
    (
        "/retainerinvoices",
        "balance",
        "published as a text; a number on all other documents",
    ),
    (
        "/recurringexpenses",
        "amount",
        "published as a text; a number on expenses",
    ),
    (
        "/creditnotes",
        "tax_amount",
        "published as a text; a number on all other documents",
    ),
    (
        "",
        "price_precision",
        "published as a text on some documents; recorded as a number",
    ),
    (
        "/invoices/{invoice_id}/payments",
        "payment_number",
        "published as a number; a text on payments",
    ),
];

/// Paths that answer and are published nowhere.
pub(super) const UNPUBLISHED: &[&str] = &[
    "/pricebooks/{id}",
    "/vendors",
    "/documents",
    "/documents/{id}",
    "/categories",
    "/brands",
    "/reports/{report}",
    "/chartofaccounts/transactions",
    "/recurringbills/{id}",
    "/recurringbills/{id}/status/{status}",
];

/// Members of a custom field, as recorded in records that have one.
pub(super) const CUSTOM_FIELD: &[&str] = &[
    "customfield_id",
    "field_id",
    "index",
    "label",
    "api_name",
    "data_type",
    "value",
    "value_formatted",
    "placeholder",
    "is_active",
    "show_on_pdf",
    "show_in_all_pdf",
    "show_in_portal",
    "show_in_store",
    "edit_on_portal",
    "edit_on_store",
    "is_dependent_field",
    "search_entity",
    "selected_option_id",
];
