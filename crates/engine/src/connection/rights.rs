//! What the profile of the user who connected may do with the modules of the routes: `NO_PERMISSION` before it comes.
//!
//! Zoho lists a profile's permissions by the names that its refusals use (`Crm_Implied_Create_Leads`), for who has the
//! scope `ZohoCRM.settings.profiles.READ` (`crm/developer/docs/api/v8/get-profiles.html`). Nothing is said without it.

use serde_json::Value;
use zoho::Method;

use super::Connection;
use super::scopes::is_covered;
use crate::model::config::RouteConfig;
use crate::model::delivery::Operation;
use crate::model::status::{Finding, Level};

const SCOPE: &str = "ZohoCRM.settings.profiles.READ";

/// One finding for each right that is switched off, or one that all are there.
pub(super) async fn examine(
    connection: &Connection,
    granted: &[String],
    routes: &[&RouteConfig],
) -> Vec<Finding> {
    if routes.is_empty() || !is_covered(SCOPE, granted) {
        return Vec::new();
    }
    let Some((name, permissions)) = profile(connection).await else {
        return Vec::new();
    };
    let mut findings: Vec<Finding> = Vec::new();
    for route in routes {
        for right in rights_of(route) {
            let wanted = format!("Crm_Implied_{right}_{}", route.module);
            let is_off = permissions
                .iter()
                .any(|known| known["name"] == wanted && known["enabled"] == false);
            if is_off && !findings.iter().any(|told| told.message.contains(&wanted)) {
                findings.push(lacking(&name, right, &route.module, &wanted));
            }
        }
    }
    if findings.is_empty() {
        findings.push(Finding {
            check: "permissions".to_owned(),
            level: Level::Ok,
            message: format!("the profile {name} may write to the modules of all routes"),
            remedy: None,
        });
    }
    findings
}

fn rights_of(route: &RouteConfig) -> &'static [&'static str] {
    match route.operation {
        Operation::Insert => &["Create"],
        Operation::Upsert => &["Create", "Edit"],
    }
}

fn lacking(profile: &str, right: &str, module: &str, permission: &str) -> Finding {
    let does = right.to_lowercase();
    Finding {
        check: "permissions".to_owned(),
        level: Level::Failed,
        message: format!(
            "the profile {profile} may not {does} {module}, so Zoho refuses each record (NO_PERMISSION, {permission})"
        ),
        remedy: Some(format!(
            "In Zoho, let the profile {profile} {does} {module} (Setup, Security Control, Profiles), or connect as a user whose profile may."
        )),
    }
}

/// Name and permissions of the profile of the user as whom calls are made.
async fn profile(connection: &Connection) -> Option<(String, Vec<Value>)> {
    let users = read(connection, "/crm/v8/users", &[("type", "CurrentUser")]).await?;
    let id = users.pointer("/users/0/profile/id")?.as_str()?.to_owned();
    let path = format!("/crm/v8/settings/profiles/{id}");
    let profiles = read(connection, &path, &[]).await?;
    let profile = profiles.pointer("/profiles/0")?;
    let name = ["display_label", "name"]
        .iter()
        .find_map(|key| profile[*key].as_str())?;
    let permissions = profile["permissions_details"].as_array()?;
    Some((name.to_owned(), permissions.clone()))
}

async fn read(connection: &Connection, path: &str, query: &[(&str, &str)]) -> Option<Value> {
    let crm = connection.client.crm();
    let answer = crm.raw(Method::GET, path, query, None).await.ok()?;
    (answer.status == 200)
        .then(|| serde_json::from_slice(&answer.body).ok())
        .flatten()
}
