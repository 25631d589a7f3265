//! The scope planner: the least scopes for the features that are switched on, and which feature will not work for want
//! of one.

use crate::model::config::{ConnectionConfig, Feature, RouteConfig};
use crate::model::delivery::Operation;
use crate::model::status::Lack;

/// A scope that something needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// `ZohoCRM.modules.leads.CREATE`
    pub scope: String,
    /// What needs it, in words: `route lead-capture`, `bulk`.
    pub feature: String,
    /// What does not work without it, in a sentence.
    pub effect: String,
    /// Whether things go on without it.
    pub is_optional: bool,
}

/// What is asked for whatever is switched on.
const ALWAYS: [&str; 2] = ["ZohoCRM.org.READ", "ZohoCRM.users.READ"];

/// What a connection needs for its routes and features, each scope once.
#[must_use]
pub fn needs(config: &ConnectionConfig, routes: &[&RouteConfig]) -> Vec<Need> {
    let mut needs = Needs::default();
    for route in routes {
        needs.route(route);
    }
    if !routes.is_empty() {
        needs.add(
            "ZohoCRM.settings.fields.READ",
            "check of records",
            "records are not checked before they are sent, so deliveries wait",
        );
    }
    for feature in &config.features {
        for scope in scopes_of(*feature) {
            needs.add(scope, feature.as_str(), effect_of(*feature));
        }
    }
    if needs.0.is_empty() {
        needs.add(
            "ZohoCRM.settings.fields.READ",
            "check of records",
            "records are not checked before they are sent, so deliveries wait",
        );
    }
    for scope in ALWAYS {
        needs.optional(
            scope,
            "doctor",
            "the doctor cannot tell organisation, edition, users and credits; everything else works",
        );
    }
    needs.0
}

/// The scopes to ask for: those that were chosen, else the least that are needed.
#[must_use]
pub fn to_ask_for(config: &ConnectionConfig, routes: &[&RouteConfig]) -> Vec<String> {
    if !config.scopes.is_empty() {
        return config.scopes.clone();
    }
    let all: Vec<String> = needs(config, routes)
        .into_iter()
        .map(|need| need.scope)
        .collect();
    // A wider scope that is asked for anyway makes a narrower one superfluous.
    let is_needed = |scope: &String| {
        !all.iter()
            .any(|other| other != scope && is_covered(scope, std::slice::from_ref(other)))
    };
    all.iter()
        .filter(|scope| is_needed(scope))
        .cloned()
        .collect()
}

/// What is missing, one entry for each feature. Nothing while Zoho has not said what is granted.
#[must_use]
pub fn lacks(needs: &[Need], granted: &[String], asked_for: &[String]) -> Vec<Lack> {
    let mut lacks: Vec<Lack> = Vec::new();
    if granted.is_empty() {
        return lacks;
    }
    for need in needs
        .iter()
        .filter(|need| !is_covered(&need.scope, granted))
    {
        let is_asked_for = is_covered(&need.scope, asked_for);
        match lacks.iter_mut().find(|lack| lack.feature == need.feature) {
            Some(lack) => {
                lack.scopes.push(need.scope.clone());
                lack.is_asked_for &= is_asked_for;
            }
            None => lacks.push(Lack {
                feature: need.feature.clone(),
                scopes: vec![need.scope.clone()],
                effect: need.effect.clone(),
                is_optional: need.is_optional,
                is_asked_for,
            }),
        }
    }
    lacks
}

#[derive(Default)]
struct Needs(Vec<Need>);

impl Needs {
    fn add(&mut self, scope: &str, feature: &str, effect: &str) {
        self.put(scope, feature, effect, false);
    }

    fn optional(&mut self, scope: &str, feature: &str, effect: &str) {
        self.put(scope, feature, effect, true);
    }

    fn put(&mut self, scope: &str, feature: &str, effect: &str, is_optional: bool) {
        if self.0.iter().any(|need| need.scope == scope) {
            return;
        }
        self.0.push(Need {
            scope: scope.to_owned(),
            feature: feature.to_owned(),
            effect: effect.to_owned(),
            is_optional,
        });
    }

    fn route(&mut self, route: &RouteConfig) {
        let module = scope_module(&route.module);
        let feature = format!("route {}", route.name);
        let writes: &[&str] = match route.operation {
            Operation::Upsert => &["CREATE", "UPDATE"],
            Operation::Insert => &["CREATE"],
        };
        for write in writes {
            let effect = format!("records cannot be written to {}", route.module);
            self.add(
                &format!("ZohoCRM.modules.{module}.{write}"),
                &feature,
                &effect,
            );
        }
        // For records without a key.
        let effect = format!(
            "records of {} whose answer was lost cannot be looked up",
            route.module
        );
        self.add(&format!("ZohoCRM.modules.{module}.READ"), &feature, &effect);
    }
}

/// The feature that brings a scope along.
#[must_use]
pub fn feature_with(scope: &str) -> Option<Feature> {
    // Full access to Books covers each of its scopes.
    if scope.starts_with("ZohoBooks.") {
        return Some(Feature::Books);
    }
    let mut features = Feature::ALL.into_iter();
    features.find(|feature| brings(*feature, scope))
}

/// Whether a feature brings a scope along.
pub(crate) fn brings(feature: Feature, scope: &str) -> bool {
    let scopes = scopes_of(feature).iter();
    let scopes: Vec<String> = scopes.map(|scope| (*scope).to_owned()).collect();
    is_covered(scope, &scopes) || (feature == Feature::Books && scope.starts_with("ZohoBooks."))
}

/// The first feature whose scopes, with those that are always asked for, cover all of these; `None` if nothing has to be
/// switched on for them.
#[must_use]
pub(crate) fn feature_for(scopes: &[&str]) -> Option<Feature> {
    let cover = |own: &[&str]| {
        let asked = own.iter().chain(&ALWAYS);
        let asked: Vec<String> = asked.map(|scope| (*scope).to_owned()).collect();
        scopes.iter().all(|scope| is_covered(scope, &asked))
    };
    if cover(&[]) {
        return None;
    }
    // Full access to Books covers each of its scopes.
    if scopes.iter().all(|scope| scope.starts_with("ZohoBooks.")) {
        return Some(Feature::Books);
    }
    let mut features = Feature::ALL.into_iter();
    features.find(|feature| cover(scopes_of(*feature)))
}

/// The least scopes of a feature (`crm/developer/docs/api/v8/scopes.html`, and the scope of each call there).
fn scopes_of(feature: Feature) -> &'static [&'static str] {
    match feature {
        Feature::Records => &[
            "ZohoCRM.modules.ALL",
            // Listings without `fields` take those of the metadata.
            "ZohoCRM.settings.fields.READ",
            "ZohoCRM.settings.tags.READ",
            "ZohoCRM.settings.tags.CREATE",
            "ZohoCRM.settings.recycle_bin.ALL",
            "ZohoCRM.composite_requests.CUSTOM",
        ],
        Feature::Search => &["ZohoCRM.modules.READ", "ZohoSearch.securesearch.READ"],
        Feature::Queries => &[
            "ZohoCRM.coql.READ",
            "ZohoCRM.modules.READ",
            "ZohoCRM.settings.fields.READ",
        ],
        Feature::Metadata => &[
            "ZohoCRM.settings.modules.READ",
            "ZohoCRM.settings.fields.READ",
            "ZohoCRM.settings.layouts.READ",
            "ZohoCRM.settings.related_lists.READ",
            "ZohoCRM.settings.custom_views.READ",
            "ZohoCRM.settings.roles.READ",
            "ZohoCRM.settings.profiles.READ",
            "ZohoCRM.settings.currencies.READ",
            "ZohoCRM.settings.variables.READ",
            "ZohoCRM.settings.territories.READ",
            "ZohoCRM.settings.assignment_rules.READ",
            "ZohoCRM.settings.user_groups.READ",
        ],
        Feature::Bulk => &[
            "ZohoCRM.bulk.ALL",
            "ZohoCRM.modules.ALL",
            "ZohoFiles.files.ALL",
            // Columns are checked against the metadata.
            "ZohoCRM.settings.fields.READ",
        ],
        Feature::Files => &[
            "ZohoCRM.Files.READ",
            "ZohoCRM.Files.CREATE",
            // An attachment is reached by its record.
            "ZohoCRM.modules.READ",
            "ZohoCRM.modules.attachments.ALL",
        ],
        Feature::Notifications => &["ZohoCRM.notifications.ALL", "ZohoCRM.modules.READ"],
        Feature::Mail => &[
            "ZohoCRM.send_mail.all.CREATE",
            "ZohoCRM.modules.READ",
            "ZohoCRM.settings.emails.READ",
        ],
        Feature::Sharing => &["ZohoCRM.share.ALL"],
        Feature::Books => &["ZohoBooks.fullaccess.all"],
    }
}

fn effect_of(feature: Feature) -> &'static str {
    match feature {
        Feature::Records => "records cannot be created, read, changed and deleted by actions",
        Feature::Search => "records cannot be searched and counted",
        Feature::Queries => "COQL queries are refused",
        Feature::Metadata => "modules, fields and layouts cannot be listed",
        Feature::Bulk => "bulk reads and bulk writes are refused",
        Feature::Files => "files and attachments cannot be sent and fetched",
        Feature::Notifications => "Zoho does not tell of changes",
        Feature::Mail => "mails cannot be sent and read",
        Feature::Sharing => "records cannot be shared with other users",
        Feature::Books => "Zoho Books cannot be called",
    }
}

/// All custom modules share the scope `custom` (`crm/developer/docs/api/v8/scopes.html`).
pub(crate) fn scope_module(module: &str) -> String {
    const OWN: [&str; 20] = [
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
        "notes",
        "appointments",
        "services",
    ];
    let plain = module.to_ascii_lowercase();
    let plain = plain.strip_suffix("__s").unwrap_or(&plain).replace('_', "");
    if OWN.contains(&plain.as_str()) {
        plain
    } else {
        "custom".to_owned()
    }
}

/// Whether a scope is granted, by itself or by a wider one. Case and underscores do not count.
#[must_use]
pub fn is_covered(scope: &str, granted: &[String]) -> bool {
    let Some((place, operation)) = scope.rsplit_once('.') else {
        return false;
    };
    let mut places = vec![place];
    while let Some((wider, _)) = places[places.len() - 1]
        .rsplit_once('.')
        .filter(|(wider, _)| wider.contains('.'))
    {
        places.push(wider);
    }
    if place.starts_with("ZohoBooks.") {
        places.push("ZohoBooks.fullaccess");
    }
    let operations: &[&str] = match operation {
        "CREATE" | "UPDATE" => &[operation, "WRITE", "ALL"],
        _ => &[operation, "ALL"],
    };
    let plain = |text: &str| text.to_ascii_lowercase().replace('_', "");
    let granted: Vec<String> = granted.iter().map(|scope| plain(scope)).collect();
    places.iter().any(|place| {
        operations
            .iter()
            .any(|operation| granted.contains(&plain(&format!("{place}.{operation}"))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(scope: &str) -> Vec<String> {
        vec![scope.to_owned()]
    }

    #[test]
    fn wider_scopes_cover_narrower_ones() {
        for (needed, has) in [
            ("ZohoCRM.modules.leads.CREATE", "ZohoCRM.modules.ALL"),
            (
                "ZohoCRM.modules.leads.CREATE",
                "zohocrm.modules.Leads.write",
            ),
            ("ZohoCRM.settings.fields.READ", "ZohoCRM.settings.ALL"),
            (
                "ZohoCRM.settings.related_lists.READ",
                "ZohoCRM.settings.relatedlists.READ",
            ),
            ("ZohoBooks.fullaccess.all", "ZohoBooks.fullaccess.ALL"),
            ("ZohoBooks.settings.READ", "ZohoBooks.fullaccess.all"),
        ] {
            assert!(is_covered(needed, &granted(has)), "{needed} by {has}");
        }
        for (needed, has) in [
            (
                "ZohoCRM.modules.leads.UPDATE",
                "ZohoCRM.modules.leads.CREATE",
            ),
            ("ZohoCRM.modules.leads.READ", "ZohoCRM.settings.ALL"),
            ("ZohoCRM.modules.ALL", "ZohoCRM.modules.leads.ALL"),
        ] {
            assert!(!is_covered(needed, &granted(has)), "{needed} by {has}");
        }
    }

    #[test]
    fn custom_modules_share_a_scope() {
        assert_eq!(scope_module("Price_Books"), "pricebooks");
        assert_eq!(scope_module("Test_Drives"), "custom");
    }

    fn route(module: &str, operation: &str) -> RouteConfig {
        serde_json::from_value(serde_json::json!({
            "name": "r", "events": ["identify"], "mapping": "m", "connection": "c", "module": module,
            "operation": operation,
        }))
        .unwrap()
    }

    #[test]
    fn the_least_scopes_are_asked_for() {
        let route = route("Leads", "insert");
        let mut config = ConnectionConfig::default();
        assert_eq!(
            to_ask_for(&config, &[&route]),
            [
                "ZohoCRM.modules.leads.CREATE",
                "ZohoCRM.modules.leads.READ",
                "ZohoCRM.settings.fields.READ",
                "ZohoCRM.org.READ",
                "ZohoCRM.users.READ",
            ]
        );
        config.features = vec![Feature::Search, Feature::Records];
        let asked = to_ask_for(&config, &[&route]);
        assert!(asked.contains(&"ZohoCRM.modules.ALL".to_owned()));
        assert!(
            !asked.iter().any(|scope| scope.contains("leads")),
            "{asked:?}"
        );
        config.scopes = granted("ZohoCRM.modules.READ");
        assert_eq!(to_ask_for(&config, &[&route]), ["ZohoCRM.modules.READ"]);
    }

    #[test]
    fn what_is_missing_is_told_by_feature() {
        let config = ConnectionConfig {
            features: vec![Feature::Bulk],
            ..ConnectionConfig::default()
        };
        let needs = needs(&config, &[]);
        let asked_for = ["ZohoCRM.org.READ", "ZohoCRM.users.READ", "ZohoCRM.bulk.ALL"];
        let asked_for = asked_for.map(str::to_owned);
        let lacks = lacks(&needs, &granted("ZohoCRM.modules.ALL"), &asked_for);
        let told: Vec<(&str, usize, bool, bool)> = lacks
            .iter()
            .map(|lack| {
                let scopes = lack.scopes.len();
                (
                    lack.feature.as_str(),
                    scopes,
                    lack.is_optional,
                    lack.is_asked_for,
                )
            })
            .collect();
        assert_eq!(told, [("bulk", 3, false, false), ("doctor", 2, true, true)]);
        assert!(super::lacks(&needs, &[], &asked_for).is_empty());
    }
}
