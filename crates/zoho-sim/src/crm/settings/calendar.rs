//! `/settings/business_hours`, `/settings/holidays` and `/settings/fiscal_year`: the calendar of the organisation.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::permit;
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::world::settings::{FiscalYear, Holiday};
use crate::world::{World, parse_date};

const HOURS: Scope = Scope::Settings("business_hours");
const YEAR: Scope = Scope::Settings("fiscal_year");
// The published files ask for the permission over business hours here too.
const HOLIDAYS: Scope = Scope::Settings("business_hours");
const PERMISSION: &str = "Crm_Implied_Customize_Zoho_CRM";

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/business_hours", HOURS, hours),
    Route::post("settings/business_hours", HOURS, create_hours),
    Route::put("settings/business_hours", HOURS, update_hours),
    Route::get("settings/holidays", HOLIDAYS, holidays),
    Route::post("settings/holidays", HOLIDAYS, create_holidays),
    Route::put("settings/holidays", HOLIDAYS, update_holidays),
    Route::get("settings/holidays/{id}", HOLIDAYS, holiday),
    Route::put("settings/holidays/{id}", HOLIDAYS, update_holiday),
    Route::delete("settings/holidays/{id}", HOLIDAYS, delete_holiday),
    Route::get("settings/fiscal_year", YEAR, fiscal_year),
    Route::put("settings/fiscal_year", YEAR, update_fiscal_year),
];

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Holidays of one call, and of the organisation. unknown: Zoho's numbers.
const CALL_MAX: usize = 50;
const HOLIDAYS_MAX: usize = 1_000;
const NAME_MAX: usize = 80;

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn hours(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    Ok(match &world.settings.calendar.business_hours {
        None => Answer::empty(StatusCode::NO_CONTENT),
        Some((_, hours)) => Answer::json(StatusCode::OK, &json!({"business_hours": hours})),
    })
}

fn create_hours(context: &Context<'_>) -> Result<Answer, Refusal> {
    save_hours(context, StatusCode::CREATED)
}

fn update_hours(context: &Context<'_>) -> Result<Answer, Refusal> {
    save_hours(context, StatusCode::OK)
}

fn save_hours(context: &Context<'_>, status: StatusCode) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let body = read_body(context)?;
    let body = Item::whole(&body);
    let item = body
        .object("business_hours")?
        .ok_or_else(|| refusals::missing(&body.key("business_hours")))?;
    let mut world = context.shared.world();
    let outcome = read_hours(&item).map(|mut hours| {
        let known = world.settings.calendar.business_hours.as_ref();
        let id = known.map_or(0, |(id, _)| *id);
        let id = if id == 0 { world.ids.next() } else { id };
        hours.insert("id".to_owned(), json!(id.to_string()));
        world.settings.calendar.business_hours = Some((id, Value::Object(hours)));
        done(id, "Business Hours saved successfully")
    });
    Ok(single("business_hours", status, outcome))
}

fn read_body(context: &Context<'_>) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(&context.call.body).map_err(|_| catalog::malformed_body())
}

/// An answer whose root is one object.
fn single(root: &str, all_well: StatusCode, outcome: Outcome) -> Answer {
    match outcome {
        Ok(item) => Answer::json(all_well, &json!({root: item})),
        Err(refusal) => Answer::json(refusal.status, &json!({root: refusal.to_json()})),
    }
}

fn read_hours(item: &Item<'_>) -> Result<Map<String, Value>, Refusal> {
    const TYPES: [&str; 3] = ["24_by_7", "24_by_5", "custom"];
    item.required("week_starts_on")?;
    item.required("type")?;
    let first = item.word("week_starts_on", &DAYS)?;
    let kind = item.word("type", &TYPES)?;
    let all_alike = item.boolean("same_as_everyday")?;
    let mut days: Vec<&str> = Vec::new();
    if let Some(given) = item.get("business_days") {
        let key = item.key("business_days");
        let list = given
            .as_array()
            .ok_or_else(|| refusals::wrong_type(&key, "jsonarray"))?;
        for day in list {
            let known = DAYS.iter().find(|known| day.as_str() == Some(**known));
            days.push(known.ok_or_else(|| refusals::unsupported(&key, &DAYS))?);
        }
    }
    let is_custom = kind == Some("custom");
    if is_custom && days.is_empty() {
        let missing = refusals::dependent_missing;
        return Err(missing(&item.key("business_days"), &item.key("type")));
    }
    if is_custom && all_alike == Some(true) && item.get("daily_timing").is_none() {
        let missing = refusals::dependent_missing;
        return Err(missing(
            &item.key("daily_timing"),
            &item.key("same_as_everyday"),
        ));
    }
    let mut hours = Map::new();
    hours.insert("week_starts_on".to_owned(), json!(first));
    hours.insert("type".to_owned(), json!(kind));
    hours.insert("business_days".to_owned(), json!(days));
    hours.insert("same_as_everyday".to_owned(), json!(all_alike));
    let daily = timing(item, "daily_timing")?;
    hours.insert(
        "daily_timing".to_owned(),
        daily.unwrap_or_else(|| json!([])),
    );
    let mut custom = Vec::new();
    for entry in item.list("custom_timing")?.unwrap_or_default() {
        let day = entry.word("days", &DAYS)?;
        custom.push(json!({"days": day, "business_timing": timing(&entry, "business_timing")?}));
    }
    hours.insert("custom_timing".to_owned(), json!(custom));
    Ok(hours)
}

/// Two times of a day, `HH:mm`.
fn timing(item: &Item<'_>, name: &str) -> Result<Option<Value>, Refusal> {
    let Some(given) = item.get(name) else {
        return Ok(None);
    };
    let is_time = |text: &str| {
        text.split_once(':').is_some_and(|(hours, minutes)| {
            let number =
                |text: &str, below: u8| text.parse::<u8>().is_ok_and(|number| number < below);
            number(hours, 24) && number(minutes, 60)
        })
    };
    let times = given.as_array().map(Vec::as_slice).unwrap_or_default();
    let are_times = times.iter().all(|time| time.as_str().is_some_and(is_time));
    if times.len() == 2 && are_times {
        return Ok(Some(given.clone()));
    }
    Err(refusals::invalid(&item.key(name)))
}

fn holidays(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let query = &context.call.query;
    param::word(
        query,
        "type",
        &["business_holiday", "shift_holiday"],
        "business_holiday",
    )?;
    let year = query.get("year");
    if year.is_some_and(|year| year.parse::<u16>().is_err()) {
        return Err(catalog::invalid_param("year"));
    }
    let found = world.settings.calendar.holidays.iter();
    let shown: Vec<Value> = found
        .filter(|holiday| year.is_none_or(|year| holiday.date.split('-').next() == Some(year)))
        .map(describe)
        .collect();
    Ok(answer(shown))
}

fn answer(shown: Vec<Value>) -> Answer {
    if shown.is_empty() {
        return Answer::empty(StatusCode::NO_CONTENT);
    }
    let info = json!({"per_page": param::PER_PAGE_MAX, "count": shown.len(), "page": 1, "more_records": false});
    Answer::json(StatusCode::OK, &json!({"holidays": shown, "info": info}))
}

fn holiday(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let world = context.shared.world();
    let holidays = world.settings.calendar.holidays.iter();
    let found = holidays.filter(|holiday| holiday.id == id);
    Ok(answer(found.map(describe).collect()))
}

fn describe(holiday: &Holiday) -> Value {
    let year = holiday.date.split('-').next();
    json!({
        "year": year.and_then(|year| year.parse::<u16>().ok()),
        "name": holiday.name,
        "date": holiday.date,
        "type": "business_holiday",
        "id": holiday.id.to_string(),
        "shift_hour": null,
    })
}

fn create_holidays(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "holidays",
        CALL_MAX,
        StatusCode::CREATED,
        |item| {
            for key in ["name", "date", "type"] {
                item.required(key)?;
            }
            let mut holiday = Holiday {
                id: 0,
                name: String::new(),
                date: String::new(),
            };
            put(&mut holiday, item)?;
            if world.settings.calendar.holidays.len() >= HOLIDAYS_MAX {
                return Err(refusals::limit_exceeded(&item.key("name"), HOLIDAYS_MAX));
            }
            holiday.id = world.ids.next();
            let id = holiday.id;
            world.settings.calendar.holidays.push(holiday);
            Ok(done(id, "Holidays created successfully"))
        },
    )
}

/// Holidays of shifts need shifts, which do not exist here.
fn put(holiday: &mut Holiday, item: &Item<'_>) -> Result<(), Refusal> {
    item.word("type", &["business_holiday"])?;
    if item.has("name") {
        item.required_text("name", NAME_MAX)?
            .clone_into(&mut holiday.name);
    }
    if item.has("date") {
        let date = item.required_text("date", 10)?;
        if parse_date(date).is_none() {
            return Err(refusals::wrong_type(&item.key("date"), "date"));
        }
        date.clone_into(&mut holiday.date);
    }
    Ok(())
}

fn update_holidays(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "holidays",
        CALL_MAX,
        StatusCode::OK,
        |item| {
            let id = item.required_id("id")?;
            let known = find(&mut world, id);
            put_into(
                known.ok_or_else(|| refusals::invalid(&item.key("id")))?,
                item,
            )
        },
    )
}

fn update_holiday(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let id = context.id("id", 2)?;
    let mut world = context.shared.world();
    let known = find(&mut world, id).ok_or_else(|| catalog::invalid_path_id(2))?;
    items::each(&context.call.body, "holidays", 1, StatusCode::OK, |item| {
        put_into(known, item)
    })
}

fn find(world: &mut World, id: u64) -> Option<&mut Holiday> {
    let mut holidays = world.settings.calendar.holidays.iter_mut();
    holidays.find(|holiday| holiday.id == id)
}

fn put_into(known: &mut Holiday, item: &Item<'_>) -> Outcome {
    let mut holiday = known.clone();
    put(&mut holiday, item)?;
    *known = holiday;
    Ok(done(known.id, "Holidays updated successfully"))
}

fn delete_holiday(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let id = context.id("id", 2)?;
    let mut world = context.shared.world();
    if find(&mut world, id).is_none() {
        return Err(catalog::invalid_path_id(2));
    }
    let holidays = &mut world.settings.calendar.holidays;
    holidays.retain(|holiday| holiday.id != id);
    let outcome = Ok(done(id, "Holidays deleted successfully"));
    Ok(items::answer("holidays", StatusCode::OK, &[outcome]))
}

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn fiscal_year(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    if world.settings.calendar.fiscal_year.id == 0 {
        world.settings.calendar.fiscal_year.id = world.ids.next();
    }
    let FiscalYear {
        id,
        start_month,
        display_based_on,
    } = &world.settings.calendar.fiscal_year;
    let year = json!({"start_month": start_month, "display_based_on": display_based_on, "id": id.to_string()});
    Ok(Answer::json(StatusCode::OK, &json!({"fiscal_year": year})))
}

fn update_fiscal_year(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let body = read_body(context)?;
    let body = Item::whole(&body);
    let item = body
        .object("fiscal_year")?
        .ok_or_else(|| refusals::missing(&body.key("fiscal_year")))?;
    let mut world = context.shared.world();
    let year = &mut world.settings.calendar.fiscal_year;
    let mut read = || -> Outcome {
        let month = item.word("start_month", &MONTHS)?;
        let based_on = item.word("display_based_on", &["start_month", "end_month"])?;
        if let Some(month) = month {
            month.clone_into(&mut year.start_month);
        }
        if let Some(based_on) = based_on {
            based_on.clone_into(&mut year.display_based_on);
        }
        let message = "The fiscal year configuration has been updated successfully";
        Ok(print::success(&json!({}), message))
    };
    Ok(single("fiscal_year", StatusCode::OK, read()))
}
