//! Default picklists: the text in records, and the internal text where it differs.
//!
//! Lists of Leads are certain; those of other modules come from public copies of Zoho's forms, and an organisation may
//! have changed any of them.

/// Text in records and internal text; an empty internal text is the same as the text.
pub(crate) type Options = &'static [(&'static str, &'static str)];

pub(crate) const LEAD_SOURCE: Options = &[
    ("Advertisement", ""),
    ("Cold Call", ""),
    ("Employee Referral", ""),
    ("External Referral", ""),
    ("Online Store", "OnlineStore"),
    ("X (Twitter)", "Twitter"),
    ("Facebook", ""),
    ("Partner", ""),
    ("Public Relations", ""),
    ("Sales Email Alias", "Sales Mail Alias"),
    ("Seminar Partner", ""),
    ("Internal Seminar", "Seminar-Internal"),
    ("Trade Show", ""),
    ("Web Download", ""),
    ("Web Research", ""),
    ("Chat", ""),
];

pub(crate) const LEAD_STATUS: Options = &[
    ("Attempted to Contact", ""),
    ("Contact in Future", ""),
    ("Contacted", ""),
    ("Junk Lead", ""),
    ("Lost Lead", ""),
    ("Not Contacted", ""),
    ("Pre-Qualified", ""),
    ("Not Qualified", ""),
];

pub(crate) const INDUSTRY: Options = &[
    ("ASP (Application Service Provider)", ""),
    ("Data/Telecom OEM", ""),
    ("ERP (Enterprise Resource Planning)", ""),
    ("Government/Military", ""),
    ("Large Enterprise", ""),
    ("ManagementISV", ""),
    ("MSP (Management Service Provider)", ""),
    (
        "Network Equipment Enterprise",
        "Network Equipment (Enterprise)",
    ),
    ("Non-management ISV", ""),
    ("Optical Networking", ""),
    ("Service Provider", ""),
    ("Small/Medium Enterprise", ""),
    ("Storage Equipment", ""),
    ("Storage Service Provider", ""),
    ("Systems Integrator", ""),
    ("Wireless Industry", ""),
    ("ERP", ""),
    ("Management ISV", ""),
];

pub(crate) const RATING: Options = &[
    ("Acquired", ""),
    ("Active", ""),
    ("Market Failed", ""),
    ("Project Cancelled", ""),
    ("Shut Down", "ShutDown"),
];

pub(crate) const SALUTATION: Options = &[
    ("Mr.", ""),
    ("Mrs.", ""),
    ("Ms.", ""),
    ("Dr.", ""),
    ("Prof.", ""),
];

pub(crate) const UNSUBSCRIBED_MODE: Options = &[
    ("Consent form", ""),
    ("Manual", ""),
    ("Unsubscribe link", ""),
    ("Zoho campaigns", ""),
];

pub(crate) const ENRICH_STATUS: Options =
    &[("Available", ""), ("Enriched", ""), ("Data not found", "")];

pub(crate) const DATA_SOURCE: Options = &[
    ("Manual", ""),
    ("API", ""),
    ("Import", ""),
    ("Bulk Write", ""),
    ("Webform", ""),
    ("Workflow", ""),
];

pub(crate) const RECORD_STATUS: Options = &[("Trash", ""), ("Available", ""), ("Draft", "")];

pub(crate) const ACCOUNT_TYPE: Options = &[
    ("Analyst", ""),
    ("Competitor", ""),
    ("Customer", ""),
    ("Distributor", ""),
    ("Integrator", ""),
    ("Investor", ""),
    ("Other", ""),
    ("Partner", ""),
    ("Press", ""),
    ("Prospect", ""),
    ("Reseller", ""),
    ("Supplier", ""),
    ("Vendor", ""),
];

pub(crate) const OWNERSHIP: Options = &[
    ("Other", ""),
    ("Private", ""),
    ("Public", ""),
    ("Subsidiary", ""),
];

pub(crate) const DEAL_TYPE: Options = &[("Existing Business", ""), ("New Business", "")];

// unknown: the default values of Reason_For_Loss__s stand in no page that we have.
pub(crate) const REASON_FOR_LOSS: Options = &[];

pub(crate) const TASK_STATUS: Options = &[
    ("Not Started", ""),
    ("Deferred", ""),
    ("In Progress", ""),
    ("Completed", ""),
    ("Waiting for input", ""),
];

pub(crate) const TASK_PRIORITY: Options = &[
    ("High", ""),
    ("Highest", ""),
    ("Low", ""),
    ("Lowest", ""),
    ("Normal", ""),
];

pub(crate) const CALL_TYPE: Options = &[("Outbound", ""), ("Inbound", ""), ("Missed", "")];

pub(crate) const CALL_PURPOSE: Options = &[
    ("Prospecting", ""),
    ("Administrative", ""),
    ("Negotiation", ""),
    ("Demo", ""),
    ("Project", ""),
    ("Desk", ""),
];

pub(crate) const CALL_STATUS: Options = &[
    ("Scheduled", ""),
    ("Completed", ""),
    ("Cancelled", ""),
    ("Overdue", ""),
];

pub(crate) const CAMPAIGN_TYPE: Options = &[
    ("Conference", ""),
    ("Webinar", ""),
    ("Trade Show", ""),
    ("Public Relations", ""),
    ("Partners", ""),
    ("Referral Program", ""),
    ("Advertisement", ""),
    ("Banner Ads", ""),
    ("Direct Mail", ""),
    ("Email", ""),
    ("Telemarketing", ""),
    ("Others", ""),
];

pub(crate) const CAMPAIGN_STATUS: Options = &[
    ("Planning", ""),
    ("Active", ""),
    ("Inactive", ""),
    ("Complete", ""),
];

pub(crate) const QUOTE_STAGE: Options = &[
    ("Draft", ""),
    ("Negotiation", ""),
    ("Delivered", ""),
    ("On Hold", ""),
    ("Confirmed", ""),
    ("Closed Won", ""),
    ("Closed Lost", ""),
];

pub(crate) const ORDER_STATUS: Options = &[
    ("Created", ""),
    ("Approved", ""),
    ("Delivered", ""),
    ("Cancelled", ""),
];

pub(crate) const CARRIER: Options = &[
    ("FedEX", ""),
    ("UPS", ""),
    ("USPS", ""),
    ("DHL", ""),
    ("BlueDart", ""),
];

pub(crate) const CASE_STATUS: Options = &[
    ("New", ""),
    ("On Hold", ""),
    ("Escalated", ""),
    ("Closed", ""),
];

pub(crate) const CASE_ORIGIN: Options = &[("Email", ""), ("Phone", ""), ("Web", "")];

pub(crate) const CASE_TYPE: Options = &[("Problem", ""), ("Feature Request", ""), ("Question", "")];

pub(crate) const CASE_REASON: Options = &[
    ("User did not attend any training", ""),
    ("Complex functionality", ""),
    ("Existing problem", ""),
    ("Instructions not clear", ""),
    ("New problem", ""),
];

pub(crate) const CASE_PRIORITY: Options = &[("High", ""), ("Medium", ""), ("Low", "")];

pub(crate) const SOLUTION_STATUS: Options = &[("Draft", ""), ("Reviewed", ""), ("Duplicate", "")];

pub(crate) const PRODUCT_CATEGORY: Options =
    &[("Hardware", ""), ("Software", ""), ("CRM Applications", "")];

pub(crate) const PRICING_MODEL: Options = &[("Flat", ""), ("Differential", "")];

pub(crate) const GL_ACCOUNT: Options = &[
    ("Sales-Software", ""),
    ("Sales-Hardware", ""),
    ("Rental-Income", ""),
    ("Interest-Income", ""),
    ("Sales-Software-Support", ""),
    ("Sales-Other", ""),
    ("Interest-Sales", ""),
    ("Service-Hardware-Labor", ""),
];

// unknown: the default values of these lists stand in no page that we have.
pub(crate) const CALL_RESULT: Options = &[];
pub(crate) const MANUFACTURER: Options = &[];
pub(crate) const USAGE_UNIT: Options = &[];
pub(crate) const CALL_REMINDER: Options = &[];
pub(crate) const CALL_SCHEDULED: Options = &[];

/// A stage of the standard pipeline of deals.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) actual_value: &'static str,
    pub(crate) forecast_type: &'static str,
    pub(crate) forecast_category: &'static str,
    /// unknown: Zoho prints no default probabilities; these are the values that organisations commonly show.
    pub(crate) probability: i64,
}

const fn stage(
    name: &'static str,
    forecast_type: &'static str,
    category: &'static str,
    probability: i64,
) -> Stage {
    Stage {
        name,
        actual_value: name,
        forecast_type,
        forecast_category: category,
        probability,
    }
}

pub(crate) const STAGES: [Stage; 9] = [
    stage("Qualification", "Open", "Pipeline", 10),
    stage("Needs Analysis", "Open", "Pipeline", 20),
    stage("Value Proposition", "Open", "Pipeline", 40),
    Stage {
        actual_value: "Id. Decision Makers",
        ..stage("Identify Decision Makers", "Open", "Pipeline", 60)
    },
    stage("Proposal/Price Quote", "Open", "Pipeline", 75),
    stage("Negotiation/Review", "Open", "Pipeline", 90),
    stage("Closed Won", "Closed Won", "Closed", 100),
    stage("Closed Lost", "Closed Lost", "Omitted", 0),
    stage("Closed Lost to Competition", "Closed Lost", "Omitted", 0),
];
