//! Actions to try: the catalog with a search, and for each action a form made from its inputs, which does it by the same
//! verb as the API and shows the very call as `curl` and as a command.

mod field;
mod form;
mod list;
mod outcome;
mod submitted;

use std::sync::atomic::Ordering;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use leadway_engine::action::{
    Action, ActionError, Answer, Call, Effect, ErrorClass, Files, Given, Offer, Offers, Product,
    find,
};

use self::field::{Control, Field};
use self::form::{Filled, Refused};
use self::outcome::{Failed, Shown};
use self::submitted::Submitted;
use super::refusal::Refusal;
use super::view::Frame;
use super::visitor::{Fields, Visitor};
use crate::api::v1::actions::{CREDITS, download};
use crate::app::App;
use crate::extract::Named;
use crate::own_url::own_url;
use crate::problem::Problem;
use crate::{answer, secret};

pub(crate) use list::{list_actions, title};

/// Inputs that are shown at once; of more, those that need not be there are folded away.
const SHOWN_MAX: usize = 6;
/// Names that a list offers.
const OFFERED_MAX: usize = 1_000;

#[derive(askama::Template)]
#[template(path = "action.html")]
struct ActionPage {
    frame: Frame,
    action: &'static Action,
    /// Connections with what people call them, and whether each is chosen.
    connections: Vec<(String, String, bool)>,
    fields: Vec<Field>,
    /// Those that are folded away, unless something stands in them.
    more: Vec<Field>,
    is_more_open: bool,
    has_files: bool,
    offers: Option<Offers>,
    call: CallContent,
    idempotency_key: String,
    /// The form's own name for its request, so that sending it twice does nothing twice.
    form_key: String,
    is_confirmed: bool,
    outcome: Option<Outcome>,
}

/// What has just happened.
struct Outcome {
    credits: u64,
    is_repeated: bool,
    result: Result<Shown, Failed>,
}

#[derive(askama::Template)]
#[template(path = "action_call.html")]
struct CallContent {
    curl: String,
    command: String,
}

#[derive(askama::Template)]
#[template(path = "action_offers.html")]
struct OffersContent<'a> {
    offers: &'a Offers,
}

/// Shows the form of an action. Zoho is not asked for names before somebody is there to choose.
pub(crate) async fn show_action(
    State(app): State<App>,
    Named(name): Named<String>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let asked = Asked::new(&app, &headers, &name)?;
    let fields = of_query(query);
    let offers = app.engine.offers_at_hand(
        fields.get("connection").unwrap_or_default(),
        asked.action,
        None,
    );
    let filled = form::read(asked.action, &fields, Files::new(), &offers);
    let key = new_key()?;
    asked.page(&visitor, &fields, filled, &offers, key, None)
}

/// The names that are offered for a connection and a module.
pub(crate) async fn offer_names(
    State(app): State<App>,
    Named(name): Named<String>,
    _: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let action = known(&name)?;
    let fields = of_query(query);
    let connection = fields.get("connection").unwrap_or_default();
    let subject = form::subject(action, &fields);
    let offers = app.engine.offers(connection, action, subject).await;
    Ok(answer::page(&OffersContent { offers: &offers })?)
}

/// Writes the call of what stands in a form.
pub(crate) async fn write_call(
    State(app): State<App>,
    Named(name): Named<String>,
    headers: HeaderMap,
    Submitted { fields, .. }: Submitted,
) -> Result<Response, Refusal> {
    let asked = Asked::new(&app, &headers, &name)?;
    let connection = fields.get("connection").unwrap_or_default();
    let subject = form::subject(asked.action, &fields);
    let offers = app.engine.offers_at_hand(connection, asked.action, subject);
    let filled = form::read(asked.action, &fields, Files::new(), &offers);
    Ok(answer::page(&asked.call(&filled))?)
}

/// Does an action, or shows the form again with what can be offered for it.
pub(crate) async fn run_action(
    State(app): State<App>,
    Named(name): Named<String>,
    visitor: Visitor,
    headers: HeaderMap,
    Submitted { fields, files }: Submitted,
) -> Result<Response, Refusal> {
    let asked = Asked::new(&app, &headers, &name)?;
    let action = asked.action;
    let connection = fields.get("connection").unwrap_or_default();
    let offers = app
        .engine
        .offers(connection, action, form::subject(action, &fields))
        .await;
    let mut filled = form::read(action, &fields, files, &offers);
    let sent_key = fields.get("form_key").unwrap_or_default().to_owned();
    if fields.get("do") != Some("run") {
        return asked.page(&visitor, &fields, filled, &offers, sent_key, None);
    }
    if let Some(refused) = asked.objection(&filled) {
        let outcome = Outcome {
            credits: 0,
            is_repeated: false,
            result: Err(Failed {
                code: "invalid_input".to_owned(),
                refused,
                details: None,
            }),
        };
        return asked.page(&visitor, &fields, filled, &offers, sent_key, Some(outcome));
    }
    let given = Given {
        inputs: serde_json::Value::Object(filled.inputs.clone()),
        files: std::mem::take(&mut filled.files),
        idempotency_key: Some(match &filled.idempotency_key {
            Some(key) => key.clone(),
            None => key_of(&sent_key, &filled),
        }),
    };
    let acted = app.engine.act(connection, action.name, given).await;
    let mut next_key = new_key()?;
    let mut status = StatusCode::OK;
    let result = match acted.result {
        Ok(Answer::File(file)) => {
            let mut response = download(file);
            let credits = HeaderValue::from(acted.credits);
            response.headers_mut().insert(CREDITS, credits);
            return Ok(response);
        }
        Ok(Answer::Json(json)) => Ok(Shown::json(json.get())),
        Ok(Answer::Rows(rows)) if action.effect != Effect::Reads => {
            Ok(Shown::rows_to_the_end(rows).await)
        }
        Ok(Answer::Rows(rows)) => Ok(Shown::rows(rows).await),
        Err(error) => {
            if is_same_request(&error) {
                next_key = sent_key;
            }
            status = Problem::from(error.clone()).status();
            Err(error.into())
        }
    };
    let outcome = Outcome {
        credits: acted.credits + acted.row_credits.load(Ordering::Relaxed),
        is_repeated: acted.is_repeated,
        result,
    };
    let page = asked.page(&visitor, &fields, filled, &offers, next_key, Some(outcome));
    page.map(|mut page| {
        *page.status_mut() = status;
        page
    })
}

/// Whether sending the form again means the same request, which is then looked up first.
fn is_same_request(error: &ActionError) -> bool {
    error.class == ErrorClass::OutcomeUnknown || error.code == "request_running"
}

/// The name under which a form's request is sent: another one when the inputs are others.
fn key_of(form_key: &str, filled: &Filled) -> String {
    let inputs = serde_json::to_string(&filled.inputs).unwrap_or_default();
    let content = format!("{inputs}{:?}", filled.paths);
    let digest = secret::digest(content.as_bytes());
    let form_key: String = form_key.chars().take(64).collect();
    format!("console-{form_key}-{}", &digest[..16])
}

fn new_key() -> Result<String, Problem> {
    secret::random_token().map_err(|_| Problem::internal())
}

fn known(name: &str) -> Result<&'static Action, Problem> {
    find(name)
        .ok_or_else(|| Problem::no_such("action", name).with_remedy("the page Actions lists them"))
}

fn of_query(query: Option<String>) -> Fields {
    let query = query.unwrap_or_default();
    Fields(
        url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
    )
}

/// An action that somebody looks at.
struct Asked<'a> {
    app: &'a App,
    action: &'static Action,
    own_url: String,
}

impl<'a> Asked<'a> {
    fn new(app: &'a App, headers: &HeaderMap, name: &str) -> Result<Self, Problem> {
        Ok(Self {
            app,
            action: known(name)?,
            own_url: own_url(app, headers),
        })
    }

    /// What speaks against doing it, before the engine is asked.
    fn objection(&self, filled: &Filled) -> Option<Refused> {
        if let Some(refused) = filled.refused.first() {
            return Some(refused.clone());
        }
        let key = filled.idempotency_key.as_deref().unwrap_or_default();
        if !key.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Some(Refused {
                field: "idempotency_key".to_owned(),
                message: "the idempotency key holds other than visible ASCII".to_owned(),
                value: Some(key.to_owned()),
                remedy: "Take letters, digits and hyphens, or leave it out.".to_owned(),
            });
        }
        (self.action.asks(&filled.inputs) && !filled.is_confirmed).then(|| Refused {
            field: "yes".to_owned(),
            message: "this cannot be taken back, and was not confirmed".to_owned(),
            value: None,
            remedy: "Tick the box above the button if you mean it.".to_owned(),
        })
    }

    fn call(&self, filled: &Filled) -> CallContent {
        let call = Call {
            action: self.action,
            url: &self.own_url,
            connection: &filled.connection,
            inputs: &filled.inputs,
            files: &filled.paths,
            idempotency_key: filled.idempotency_key.as_deref(),
        };
        CallContent {
            curl: call.curl(),
            command: call.command(),
        }
    }

    fn page(
        &self,
        visitor: &Visitor,
        fields: &Fields,
        mut filled: Filled,
        offers: &Offers,
        form_key: String,
        outcome: Option<Outcome>,
    ) -> Result<Response, Refusal> {
        let connections = self.connections(&filled.connection);
        if let Some((name, ..)) = connections.iter().find(|(.., is_chosen)| *is_chosen) {
            filled.connection = name.clone();
        }
        let inputs = self.action.inputs;
        let mut all: Vec<Field> = inputs
            .iter()
            .map(|input| Field::new(self.action, input, fields, offers))
            .collect();
        let failed = outcome
            .as_ref()
            .and_then(|outcome| outcome.result.as_ref().err());
        if let Some(failed) = failed {
            blame(&mut all, &failed.refused);
        }
        let is_long = all.len() > SHOWN_MAX;
        let mut place = 0;
        let (shown, more): (Vec<Field>, Vec<Field>) = all.into_iter().partition(|field| {
            place += 1;
            !is_long || place <= SHOWN_MAX || field.is_required
        });
        let status = match failed {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        };
        let page = ActionPage {
            frame: visitor.frame("actions"),
            action: self.action,
            connections,
            is_more_open: more
                .iter()
                .any(|field| field.is_filled() || field.refused.is_some()),
            fields: shown,
            more,
            has_files: inputs.iter().any(|input| input.kind.is_file()),
            offers: (fields.get("do").is_some() || self.action.product() == Product::Books)
                .then(|| offers.clone()),
            call: self.call(&filled),
            idempotency_key: filled.idempotency_key.clone().unwrap_or_default(),
            form_key,
            is_confirmed: filled.is_confirmed && failed.is_some(),
            outcome,
        };
        Ok(answer::page_with_status(status, &page)?)
    }

    /// All connections, and the one that is chosen: the one that was asked for, else the first.
    fn connections(&self, wanted: &str) -> Vec<(String, String, bool)> {
        let connections = self.app.engine.config().connections;
        let is_known = connections.iter().any(|config| config.name == wanted);
        let mut is_first = true;
        connections
            .into_iter()
            .map(|config| {
                let label = match &config.nickname {
                    Some(nickname) => format!("{nickname} ({})", config.name),
                    None => config.name.clone(),
                };
                let is_chosen = match is_known {
                    true => config.name == wanted,
                    false => std::mem::take(&mut is_first),
                };
                (config.name, label, is_chosen)
            })
            .collect()
    }
}

/// What stands in the form beside the inputs.
const OTHER_FIELDS: [&str; 4] = ["connection", "yes", "idempotency_key", "Idempotency-Key"];

impl ActionPage {
    fn refused(&self) -> Option<&Refused> {
        let outcome = self.outcome.as_ref()?;
        Some(&outcome.result.as_ref().err()?.refused)
    }

    /// Why the form's field of this name, which is no input, was refused.
    fn refused_at(&self, name: &str) -> Option<&Refused> {
        self.refused().filter(|refused| refused.field == name)
    }

    fn has_key(&self) -> bool {
        self.action.effect != Effect::Reads
    }
}

/// Puts a refusal beside the field that it is about: the input of that name, or the values that hold or should hold it.
fn blame(fields: &mut [Field], refused: &Refused) {
    let named = refused.field.as_str();
    if named.is_empty() || OTHER_FIELDS.contains(&named) {
        return;
    }
    // `records[1]`, `$.data[0].Last_Name` and `file_data.photo` are about an input too.
    let first = named.split(['[', '.']).next().unwrap_or(named);
    let last = named.rsplit('.').next().unwrap_or(named);
    let at = fields
        .iter()
        .position(|field| field.name == named)
        .or_else(|| fields.iter().position(|field| field.name == first))
        .or_else(|| fields.iter().position(|field| field.holds(last)))
        .or_else(|| fields.iter().position(|field| field.name == "values"));
    if let Some(field) = at.and_then(|at| fields.get_mut(at)) {
        if let Control::Rows { rows, .. } = &mut field.control {
            for row in rows {
                row.is_refused = !row.name.is_empty() && row.name == last;
            }
        }
        field.refused = Some(refused.clone());
    }
}
