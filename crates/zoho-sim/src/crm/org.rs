//! `GET /org`: the organisation.

pub(super) mod photo;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::route::{Route, Scope};
use super::{Context, print};
use crate::catalog::Refusal;
use crate::environment::SiteName;
use crate::http::Answer;
use crate::world::World;

const SCOPE: Scope = Scope::Area("ZohoCRM.org");

pub(super) const ROUTES: &[Route] = &[Route::get("org", SCOPE, get)];

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
pub(crate) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"org": [organisation(&world, context.shared.site)]}),
    ))
}

fn organisation(world: &World, site: SiteName) -> Value {
    let of = &world.organisation;
    let primary = world.users.first();
    json!({
        "country": "United States",
        "hierarchy_preferences": {"type": "Role_Hierarchy"},
        "photo_id": world.settings.photo.as_ref().map(|photo| photo.id.to_string()),
        "city": null,
        "description": null,
        "type": site.environment().name(),
        "mc_status": false,
        "gapps_enabled": false,
        "lite_users_enabled": false,
        "domain_name": format!("org{}", of.zgid),
        "translation_enabled": false,
        "street": null,
        "alias": null,
        "currency": "US Dollar - USD",
        "deletable_org_account": true,
        "id": of.id.to_string(),
        "state": null,
        "fax": null,
        "employee_count": "1",
        "zip": null,
        "created_time": print::time(world, of.created_at),
        "website": format!("https://{}", of.primary_email.rsplit('@').next().unwrap_or_default()),
        "currency_symbol": "$",
        "mobile": null,
        "currency_locale": "en_US",
        "primary_zuid": primary.map(|user| user.zuid.to_string()),
        "zia_portal_id": null,
        "time_zone": of.time_zone,
        "zgid": of.zgid,
        "country_code": "US",
        "license_details": {
            "paid_expiry": print::time(world, of.created_at + 365 * 24 * 60 * 60),
            "users_license_purchased": world.settings.licences,
            "trial_type": null,
            "trial_expiry": null,
            "paid": of.edition != crate::config::Edition::Free,
            "paid_type": of.edition.name(),
            "portal_users_license_purchased": 0,
        },
        "phone": "+1 555 0100",
        "company_name": of.company_name,
        "privacy_settings": false,
        "primary_email": of.primary_email,
        "hipaa_compliance_enabled": false,
        "iso_code": "USD",
    })
}
