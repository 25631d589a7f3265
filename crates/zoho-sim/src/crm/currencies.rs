//! `/org/currencies`: an organisation that works with several currencies.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::items::{self, Item, Outcome, done};
use super::route::{Route, Scope};
use super::settings::permit;
use super::{Context, print};
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::world::World;
use crate::world::settings::{Currency, Stamp};

const SCOPE: Scope = Scope::Settings("currencies");
const PERMISSION: &str = "Crm_Implied_Manage_Currencies";

pub(super) const ROUTES: &[Route] = &[
    Route::get("org/currencies", SCOPE, list),
    Route::post("org/currencies", SCOPE, create),
    Route::put("org/currencies", SCOPE, update),
    Route::get("org/currencies/{id}", SCOPE, get),
    Route::put("org/currencies/{id}", SCOPE, update_one),
    Route::post("org/currencies/actions/enable", SCOPE, enable),
    Route::put("org/currencies/actions/enable", SCOPE, update_base),
    Route::get(
        "org/currencies/actions/available_currencies",
        SCOPE,
        available,
    ),
];

/// Active currencies of an organisation.
const ACTIVE_MAX: usize = 10;
const CALL_MAX: usize = 10;
const TEXT_MAX: usize = 50;

/// Currencies that can be chosen: code, name, symbol.
///
/// unknown: Zoho's whole list; these are the most used ones.
const AVAILABLE: [(&str, &str, &str); 24] = [
    ("USD", "US Dollar", "$"),
    ("EUR", "Euro", "€"),
    ("GBP", "British Pound", "£"),
    ("JPY", "Japanese Yen", "¥"),
    ("INR", "Indian Rupee", "Rs."),
    ("AUD", "Australian Dollar", "AUD"),
    ("CAD", "Canadian Dollar", "CAD"),
    ("CHF", "Swiss Franc", "CHF"),
    ("CNY", "Chinese Yuan", "CNY"),
    ("SEK", "Swedish Krona", "kr"),
    ("NOK", "Norwegian Krone", "kr"),
    ("DKK", "Danish Krone", "kr"),
    ("PLN", "Polish Zloty", "zł"),
    ("CZK", "Czech Koruna", "Kč"),
    ("SGD", "Singapore Dollar", "SGD"),
    ("HKD", "Hong Kong Dollar", "HKD"),
    ("NZD", "New Zealand Dollar", "NZD"),
    ("BRL", "Brazilian Real", "R$"),
    ("MXN", "Mexican Peso", "MXN"),
    ("ZAR", "South African Rand", "R"),
    ("AED", "UAE Dirham", "AED"),
    ("SAR", "Saudi Riyal", "SAR"),
    ("TRY", "Turkish Lira", "TL"),
    ("DZD", "Algerian Dinar", "DA"),
];

/// Whether the organisation works with several currencies.
fn require_enabled(world: &World) -> Result<(), Refusal> {
    if world.settings.currencies.is_empty() {
        return Err(refusals::currencies_not_enabled());
    }
    Ok(())
}

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    require_enabled(&world)?;
    let currencies: Vec<Value> = world
        .settings
        .currencies
        .iter()
        .enumerate()
        .map(|(place, currency)| describe(&world, place, currency))
        .collect();
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"currencies": currencies}),
    ))
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    require_enabled(&world)?;
    let id = context.id("id", 2)?;
    let mut currencies = world.settings.currencies.iter().enumerate();
    match currencies.find(|(_, currency)| currency.id == id) {
        None => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Some((place, currency)) => Ok(Answer::json(
            StatusCode::OK,
            &json!({"currencies": [describe(&world, place, currency)]}),
        )),
    }
}

fn describe(world: &World, place: usize, currency: &Currency) -> Value {
    let author = |stamp: Option<(i64, u64)>| stamp.map(|(_, user)| print::user(world, user));
    let time = |stamp: Option<(i64, u64)>| stamp.map(|(at, _)| print::time(world, at));
    json!({
        "symbol": currency.symbol,
        "created_time": time(currency.stamp.created),
        "is_active": currency.is_active,
        "exchange_rate": currency.exchange_rate,
        "format": {
            "decimal_separator": currency.decimal_separator,
            "thousand_separator": currency.thousand_separator,
            "decimal_places": currency.decimal_places,
        },
        "created_by": author(currency.stamp.created),
        "prefix_symbol": currency.is_symbol_first,
        "is_base": place == 0,
        "modified_time": time(currency.stamp.modified),
        "name": currency.name,
        "modified_by": author(currency.stamp.modified),
        "id": currency.id.to_string(),
        "iso_code": currency.iso_code,
    })
}

fn enable(context: &Context<'_>) -> Result<Answer, Refusal> {
    base(context, |world, item| {
        if !world.settings.currencies.is_empty() {
            let message = "The base currency is already added";
            return Err(refusals::other("ALREADY_ENABLED", message, json!({})));
        }
        let id = add(world, item, context)?;
        Ok(done(
            id,
            "The multi-currency feature is enabled and given currency is created as the base currency.",
        ))
    })
}

fn update_base(context: &Context<'_>) -> Result<Answer, Refusal> {
    require_enabled(&context.shared.world())?;
    base(context, |world, item| change(world, 0, item, context))
}

/// Reads `base_currency`, which is an object, and answers one.
fn base(
    context: &Context<'_>,
    handle: impl FnOnce(&mut World, &Item<'_>) -> Outcome,
) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let body: Map<String, Value> =
        serde_json::from_slice(&context.call.body).map_err(|_| catalog::malformed_body())?;
    let body = Item::whole(&body);
    let item = body
        .object("base_currency")?
        .ok_or_else(|| refusals::missing(&body.key("base_currency")))?;
    let mut world = context.shared.world();
    let outcome = handle(&mut world, &item);
    let (status, item) = match outcome {
        Ok(item) => (StatusCode::OK, item),
        Err(refusal) => (refusal.status, refusal.to_json()),
    };
    Ok(Answer::json(status, &json!({"base_currency": item})))
}

fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    require_enabled(&world)?;
    items::each(
        &context.call.body,
        "currencies",
        CALL_MAX,
        StatusCode::OK,
        |item| {
            let active = world.settings.currencies.iter();
            if active.filter(|currency| currency.is_active).count() >= ACTIVE_MAX {
                return Err(refusals::limit_exceeded(&item.key("iso_code"), ACTIVE_MAX));
            }
            let id = add(&mut world, item, context)?;
            Ok(done(id, "The currency created successfully."))
        },
    )
}

fn add(world: &mut World, item: &Item<'_>, context: &Context<'_>) -> Result<u64, Refusal> {
    for key in ["name", "iso_code", "symbol", "exchange_rate"] {
        item.required(key)?;
    }
    let code = item.required_text("iso_code", TEXT_MAX)?;
    let is_code = code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    if !is_code {
        let refusal = refusals::invalid(&item.key("iso_code"));
        let message = "Currency isocode given seems to be invalid";
        return Err(refusals::with_message(refusal, message));
    }
    let mut known = world.settings.currencies.iter();
    if known.any(|currency| currency.iso_code == code) {
        return Err(refusals::duplicate(&item.key("iso_code")));
    }
    let mut currency = Currency {
        id: 0,
        iso_code: code.to_owned(),
        name: String::new(),
        symbol: String::new(),
        is_symbol_first: true,
        is_active: true,
        exchange_rate: "1.000000000".to_owned(),
        decimal_separator: "Period".to_owned(),
        thousand_separator: "Comma".to_owned(),
        decimal_places: "2".to_owned(),
        stamp: Stamp::new(context.now(), context.caller.user),
    };
    put(&mut currency, item)?;
    currency.id = world.ids.next();
    let id = currency.id;
    world.settings.currencies.push(currency);
    world.refresh_currency_fields();
    Ok(id)
}

/// Puts what is given into a currency.
fn put(currency: &mut Currency, item: &Item<'_>) -> Result<(), Refusal> {
    if let Some(name) = item.text("name", TEXT_MAX)? {
        name.clone_into(&mut currency.name);
    }
    if let Some(symbol) = item.text("symbol", 10)? {
        symbol.clone_into(&mut currency.symbol);
    }
    if let Some(is_first) = item.boolean("prefix_symbol")? {
        currency.is_symbol_first = is_first;
    }
    if let Some(rate) = item.text("exchange_rate", 20)? {
        let is_rate = rate
            .parse::<f64>()
            .is_ok_and(|rate| rate.is_finite() && rate > 0.0);
        let decimals = rate
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len());
        if !is_rate || decimals > 9 || rate.contains(['e', 'E', '+']) {
            let refusal = refusals::invalid(&item.key("exchange_rate"));
            let message = "Exchange rate given seems to be invalid";
            return Err(refusals::with_message(refusal, message)
                .with_detail("maximum_decimal_place", json!(9)));
        }
        let whole = rate.split_once('.').map_or(rate, |(whole, _)| whole);
        let fraction = rate.split_once('.').map_or("", |(_, decimals)| decimals);
        currency.exchange_rate = format!("{whole}.{fraction:0<9}");
    }
    if let Some(format) = item.object("format")? {
        let decimal = format.word("decimal_separator", &["Period", "Comma"])?;
        let thousand = format.word("thousand_separator", &["Comma", "Period", "Space"])?;
        let places = format.word("decimal_places", &["0", "2", "3"])?;
        if let Some(decimal) = decimal {
            decimal.clone_into(&mut currency.decimal_separator);
        }
        if let Some(thousand) = thousand {
            thousand.clone_into(&mut currency.thousand_separator);
        }
        if let Some(places) = places {
            places.clone_into(&mut currency.decimal_places);
        }
        if currency.decimal_separator == currency.thousand_separator {
            let message = "Thousand separator and Decimal separator should not be equal";
            return Err(refusals::not_allowed(
                &format.key("decimal_places"),
                message,
            ));
        }
    }
    Ok(())
}

fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    require_enabled(&world)?;
    items::each(
        &context.call.body,
        "currencies",
        CALL_MAX,
        StatusCode::OK,
        |item| {
            let id = item.required_id("id")?;
            let mut known = world.settings.currencies.iter();
            let place = known.position(|currency| currency.id == id);
            let place = place.ok_or_else(|| refusals::invalid(&item.key("id")))?;
            change(&mut world, place, item, context)
        },
    )
}

fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    require_enabled(&world)?;
    let id = context.id("id", 2)?;
    let mut known = world.settings.currencies.iter();
    let place = known
        .position(|currency| currency.id == id)
        .ok_or_else(|| catalog::invalid_path_id(2))?;
    items::each(
        &context.call.body,
        "currencies",
        1,
        StatusCode::OK,
        |item| change(&mut world, place, item, context),
    )
}

/// The base currency stays active and keeps the rate of one.
fn change(world: &mut World, place: usize, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let mut currency = world.settings.currencies[place].clone();
    put(&mut currency, item)?;
    if let Some(is_active) = item.boolean("is_active")? {
        if place == 0 && !is_active {
            return Err(refusals::invalid(&item.key("is_active")));
        }
        let active = world.settings.currencies.iter();
        let count = active.filter(|currency| currency.is_active).count();
        if is_active && !currency.is_active && count >= ACTIVE_MAX {
            return Err(refusals::limit_exceeded(&item.key("is_active"), ACTIVE_MAX));
        }
        currency.is_active = is_active;
    }
    if place == 0 {
        "1.000000000".clone_into(&mut currency.exchange_rate);
    }
    currency.stamp.touch(context.now(), context.caller.user);
    let id = currency.id;
    world.settings.currencies[place] = currency;
    world.refresh_currency_fields();
    Ok(done(id, "The currency updated successfully."))
}

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn available(_: &Context<'_>) -> Result<Answer, Refusal> {
    let currencies: Vec<Value> = AVAILABLE
        .iter()
        .map(|(code, name, symbol)| {
            json!({
                "display_value": format!("{name} - {code}"),
                "decimal_separator": "Period",
                "symbol": symbol,
                "thousand_separator": "Comma",
                "display_name": format!("{name} - {code}"),
                "iso_code": code,
                "decimal_places": if *code == "JPY" { "0" } else { "2" },
            })
        })
        .collect();
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"available_currencies": currencies}),
    ))
}
