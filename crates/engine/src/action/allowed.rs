//! Whether a connection may do an action, as far as Zoho has said what it granted. A scope that is missing is told before a
//! call is spent. Where it is not certain which scope Zoho wants, the call is made.

use zoho::books::{RecordType, Verb};

use super::{Action, ActionError, ErrorClass, Inputs};
use crate::connection::Connection;
use crate::connection::scopes::{brings, feature_with, is_covered, scope_module};
use crate::model::config::ConnectionConfig;

const BOOKS_ALL: &str = "zohobooks.fullaccess.all";

/// Refuses an action for which the connection certainly lacks a scope.
///
/// # Errors
/// [`ErrorClass::Forbidden`], `missing_scope`.
pub(crate) fn check(
    action: &Action,
    inputs: &Inputs,
    connection: &Connection,
) -> Result<(), ActionError> {
    let granted = connection.granted_scopes();
    // Zoho has not said.
    if granted.is_empty() {
        return Ok(());
    }
    match lacking(action, inputs, &granted) {
        None => Ok(()),
        Some(scope) => Err(refusal(action, &scope, &connection.config)),
    }
}

/// The first scope that is missing for an action with these inputs.
fn lacking(action: &Action, inputs: &Inputs, granted: &[String]) -> Option<String> {
    let without = action.scope_without();
    let without = without.filter(|(input, _)| !inputs.has(input));
    let mut scopes = action.scopes.iter().copied();
    scopes
        .find_map(|scope| missing(action.name, scope, inputs, granted))
        .or_else(|| missing(action.name, without?.1, inputs, granted))
}

fn refusal(action: &Action, scope: &str, config: &ConnectionConfig) -> ActionError {
    let connection = &config.name;
    let without = action.scope_without().filter(|(_, other)| *other == scope);
    let remedy = without.map(|(input, _)| format!("Give {input}. Or: "));
    let action_name = action.name;
    let brings = action.feature().filter(|feature| brings(*feature, scope));
    let feature = brings.or_else(|| feature_with(scope));
    // Where scopes were chosen one by one, a feature adds none.
    let way = match feature.filter(|_| config.scopes.is_empty()) {
        Some(feature) => format!(
            "Switch on the feature {feature} in the settings of {connection} (in the console, or by leadway connection change {connection} --feature {feature})",
            feature = feature.as_str()
        ),
        None => format!(
            "Add {scope} to the scopes in the settings of {connection} (in the console, or by leadway connection change {connection} --scope {scope})"
        ),
    };
    let mut error = ActionError::new(
        ErrorClass::Forbidden,
        "missing_scope",
        format!(
            "the connection {connection} was not granted the scope {scope}, which {action_name} needs{}",
            without
                .map(|(input, _)| format!(" without {input}"))
                .unwrap_or_default(),
        ),
        format!(
            "{}{way}, and connect it again: the console's Connect Zoho, or leadway connection connect {connection}.",
            remedy.unwrap_or_default(),
        ),
    );
    error.field = Some("scopes".to_owned());
    error.value = Some(scope.to_owned());
    error
}

/// What is missing of one of an action's scopes.
fn missing(action: &str, scope: &str, inputs: &Inputs, granted: &[String]) -> Option<String> {
    if scope.starts_with("ZohoBooks.") {
        return missing_in_books(action, scope, inputs, granted);
    }
    let fits = |choices: &[String]| choices.iter().any(|choice| is_covered(choice, granted));
    let choices = match inputs.maybe("module") {
        Some(module) if scope.contains("{module}") => {
            let plain = module.to_ascii_lowercase();
            let of = |word: &str| scope.replace("{module}", word);
            // Of modules that Zoho's list of scopes does not name, some have one of their own and the others share one.
            vec![of(&scope_module(module)), of(&plain)]
        }
        // The module stands in a query.
        None if scope.contains("{module}") => {
            let (place, operation) = scope.split_once(".{module}.").unwrap_or((scope, ""));
            let is_any = granted.iter().any(|own| {
                let own = own.to_ascii_lowercase();
                let operation = operation.to_ascii_lowercase();
                own.starts_with(&place.to_ascii_lowercase())
                    && (own.ends_with(&format!(".{operation}")) || own.ends_with(".all"))
            });
            return (!is_any).then(|| format!("{place}.{operation}"));
        }
        Some(module) if scope.contains("send_mail.all.") => {
            let own = scope.replace(".all.", &format!(".{}.", scope_module(module)));
            vec![scope.to_owned(), own]
        }
        _ => vec![scope.to_owned()],
    };
    (!fits(&choices)).then(|| choices[0].clone())
}

/// Books names its scopes by families of record types, and its actions want now one operation, now another.
fn missing_in_books(
    action: &str,
    scope: &str,
    inputs: &Inputs,
    granted: &[String],
) -> Option<String> {
    if granted
        .iter()
        .any(|own| own.eq_ignore_ascii_case(BOOKS_ALL))
    {
        return None;
    }
    if !scope.contains("{record_type}") {
        return (!is_covered(scope, granted)).then(|| scope.to_owned());
    }
    // A record type that there is not is refused with its neighbours' names.
    let known = RecordType::find(inputs.text("record_type")).ok()?;
    let verb = match action {
        "books.create_record" => Some(Verb::Create),
        "books.get_record" => Some(Verb::Get),
        "books.list_records" => Some(Verb::List),
        "books.update_record" => Some(Verb::Update),
        "books.remove_record" => Some(Verb::Delete),
        _ => None,
    };
    if let Some(needed) = verb.and_then(|verb| known.scope(verb)) {
        return (!is_covered(needed, granted)).then(|| needed.to_owned());
    }
    let all = [Verb::Get, Verb::List, Verb::Create, Verb::Update];
    let any = all.into_iter().find_map(|verb| known.scope(verb))?;
    let (family, _) = any.rsplit_once('.')?;
    let has_family = granted.iter().any(|own| {
        own.rsplit_once('.')
            .is_some_and(|(own, _)| own.eq_ignore_ascii_case(family))
    });
    (!has_family).then(|| format!("{family}.ALL"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::action::{Files, catalog, find};

    fn lacks(action: &str, inputs: Value, granted: &[&str]) -> Option<String> {
        let action = find(action).unwrap();
        let inputs = Inputs::check(action, inputs, Files::default()).unwrap();
        let granted: Vec<String> = granted.iter().map(|scope| (*scope).to_owned()).collect();
        lacking(action, &inputs, &granted)
    }

    #[test]
    fn narrower_and_wider_scopes_of_a_module_suffice() {
        let record = json!({"module": "Leads", "values": {"Last_Name": "Ray"}});
        for granted in [
            "ZohoCRM.modules.ALL",
            "ZohoCRM.modules.CREATE",
            "ZohoCRM.modules.Leads.ALL",
            "ZohoCRM.modules.leads.WRITE",
        ] {
            let lacking = lacks("crm.create_record", record.clone(), &[granted]);
            assert_eq!(lacking, None, "{granted}");
        }
        for granted in [
            "ZohoCRM.modules.contacts.ALL",
            "ZohoCRM.modules.leads.READ",
            "ZohoCRM.settings.ALL",
        ] {
            let lacking = lacks("crm.create_record", record.clone(), &[granted]);
            assert_eq!(lacking.as_deref(), Some("ZohoCRM.modules.leads.CREATE"));
        }
        let own = json!({"module": "Test_Drives", "record_id": "1"});
        let get = |granted: &str| lacks("crm.get_record", own.clone(), &[granted]);
        assert_eq!(get("ZohoCRM.modules.custom.READ"), None);
        let missing = get("ZohoCRM.modules.leads.READ");
        assert_eq!(missing.as_deref(), Some("ZohoCRM.modules.custom.READ"));
        let appointments = json!({"module": "Appointments", "record_id": "1"});
        let granted = ["ZohoCRM.modules.appointments.READ"];
        assert_eq!(lacks("crm.get_record", appointments, &granted), None);
    }

    #[test]
    fn a_listing_without_fields_needs_the_metadata_and_one_with_fields_does_not() {
        let list = |inputs: Value, granted: &[&str]| lacks("crm.list_records", inputs, granted);
        let leads = ["ZohoCRM.modules.leads.READ"];
        let missing = list(json!({"module": "Leads"}), &leads);
        assert_eq!(missing.as_deref(), Some("ZohoCRM.settings.fields.READ"));
        let named = json!({"module": "Leads", "fields": "Last_Name"});
        assert_eq!(list(named, &leads), None);
        let both = ["ZohoCRM.modules.leads.READ", "ZohoCRM.settings.READ"];
        assert_eq!(list(json!({"module": "Leads"}), &both), None);
    }

    #[test]
    fn a_feature_brings_all_that_an_action_needs() {
        for action in catalog() {
            let is_raw = action.name.ends_with(".request");
            let feature = action.feature().map(crate::model::config::Feature::as_str);
            let is_free = matches!(
                action.name,
                "crm.get_org"
                    | "crm.get_current_user"
                    | "crm.list_users"
                    | "crm.get_user"
                    | "books.list_record_types"
            );
            assert_eq!(feature.is_none(), is_raw || is_free, "{}", action.name);
        }
    }

    #[test]
    fn a_module_in_a_query_may_be_any() {
        let query = json!({"query": "select Last_Name from Leads where id is not null"});
        let coql = |granted: &[&str]| lacks("crm.coql", query.clone(), granted);
        assert_eq!(
            coql(&["ZohoCRM.coql.READ", "ZohoCRM.modules.leads.READ"]),
            None
        );
        assert_eq!(coql(&["ZohoCRM.coql.READ", "ZohoCRM.modules.ALL"]), None);
        let missing = coql(&["ZohoCRM.coql.READ"]);
        assert_eq!(missing.as_deref(), Some("ZohoCRM.modules.READ"));
        let missing = coql(&["ZohoCRM.modules.ALL"]);
        assert_eq!(missing.as_deref(), Some("ZohoCRM.coql.READ"));
    }

    #[test]
    fn books_scopes_are_those_of_the_record_type() {
        let contact = json!({"record_type": "contact", "record_id": "1", "organization_id": "2"});
        let get = |granted: &str| lacks("books.get_record", contact.clone(), &[granted]);
        assert_eq!(get("ZohoBooks.fullaccess.all"), None);
        assert_eq!(get("ZohoBooks.contacts.READ"), None);
        assert_eq!(get("ZohoBooks.contacts.ALL"), None);
        let missing = get("ZohoCRM.modules.ALL");
        assert_eq!(missing.as_deref(), Some("ZohoBooks.contacts.READ"));
        let act = json!({"record_type": "invoice", "record_id": "1", "action": "status/sent", "organization_id": "2"});
        let act = |granted: &str| lacks("books.act_on_record", act.clone(), &[granted]);
        assert_eq!(act("ZohoBooks.invoices.CREATE"), None);
        let missing = act("ZohoBooks.contacts.ALL");
        assert_eq!(missing.as_deref(), Some("ZohoBooks.invoices.ALL"));
    }

    #[test]
    fn raw_requests_pass_and_everything_is_allowed_to_who_has_everything() {
        let all = [
            "ZohoCRM.modules.ALL",
            "ZohoCRM.settings.ALL",
            "ZohoCRM.users.ALL",
            "ZohoCRM.org.ALL",
            "ZohoCRM.bulk.ALL",
            "ZohoCRM.files.ALL",
            "ZohoCRM.notifications.ALL",
            "ZohoCRM.coql.READ",
            "ZohoCRM.composite_requests.CUSTOM",
            "ZohoCRM.send_mail.all.CREATE",
            "ZohoSearch.securesearch.READ",
            "ZohoFiles.files.ALL",
            "ZohoCRM.share.ALL",
            "ZohoBooks.fullaccess.all",
        ];
        let all: Vec<String> = all.map(str::to_owned).into();
        let empty = Inputs::check(find("crm.get_org").unwrap(), json!({}), Files::default());
        let empty = empty.unwrap();
        for action in catalog() {
            for scope in action.scopes {
                let lacking = missing(action.name, scope, &empty, &all);
                assert_eq!(lacking, None, "{}", action.name);
            }
        }
        assert!(find("crm.request").unwrap().scopes.is_empty());
    }
}
