//! What somebody is asked for who connects, in words that need no knowledge of scopes.

use super::scopes::{needs, to_ask_for};
use crate::model::config::{ConnectionConfig, Feature, RouteConfig};
use crate::model::connect_session::Wish;

/// What is asked for, one entry for each purpose.
#[must_use]
pub(crate) fn wishes(config: &ConnectionConfig, routes: &[&RouteConfig]) -> Vec<Wish> {
    let needs = needs(config, routes);
    let mut wishes: Vec<Wish> = Vec::new();
    for scope in to_ask_for(config, routes) {
        let need = needs.iter().find(|need| need.scope == scope);
        let route = need.and_then(|need| {
            let name = need.feature.strip_prefix("route ")?;
            routes.iter().find(|route| route.name == name)
        });
        let feature = need.and_then(|need| {
            let mut all = Feature::ALL.into_iter();
            all.find(|feature| feature.as_str() == need.feature)
        });
        let (title, purpose) = match (route, feature, need) {
            (Some(route), ..) => (
                format!("Write to {}", route.module),
                "New entries arrive in your CRM, and known ones are kept up to date.".to_owned(),
            ),
            (_, Some(feature), _) => {
                let (title, purpose) = in_words(feature);
                (title.to_owned(), purpose.to_owned())
            }
            (.., Some(need)) if need.feature == "doctor" => (
                "See your organisation's name and users".to_owned(),
                "To show that the right account is connected, and to find faults.".to_owned(),
            ),
            (.., Some(_)) => (
                "See which fields your records have".to_owned(),
                "To check entries before they are written.".to_owned(),
            ),
            (.., None) => (
                "Further access".to_owned(),
                "Access that was chosen one by one; its exact names stand below.".to_owned(),
            ),
        };
        match wishes.iter_mut().find(|wish| wish.title == title) {
            Some(wish) => wish.scopes.push(scope),
            None => wishes.push(Wish {
                title,
                purpose,
                scopes: vec![scope],
            }),
        }
    }
    wishes
}

fn in_words(feature: Feature) -> (&'static str, &'static str) {
    match feature {
        Feature::Records => (
            "Work with your records",
            "To read, create, change and delete leads, contacts, deals and other records.",
        ),
        Feature::Search => ("Search your records", "To find records and count them."),
        Feature::Queries => ("Query your records", "To read records by conditions."),
        Feature::Metadata => (
            "See how your CRM is set up",
            "To know its modules, fields, layouts, views, roles and other settings.",
        ),
        Feature::Bulk => (
            "Move many records at once",
            "To export and import large numbers of records.",
        ),
        Feature::Files => (
            "Work with files",
            "To send and fetch files and attachments of records.",
        ),
        Feature::Notifications => (
            "Hear of changes",
            "To be told when records are created, changed or deleted.",
        ),
        Feature::Mail => (
            "Send and read mails",
            "To send mails from your CRM and read those of records.",
        ),
        Feature::Sharing => (
            "Share your records",
            "To let other users of your CRM see and change single records.",
        ),
        Feature::Books => (
            "Work with Zoho Books",
            "To read and write invoices, payments, contacts and everything else there.",
        ),
    }
}
