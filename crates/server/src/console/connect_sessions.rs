//! Connect sessions: a link for a customer who connects on the hosted page, what became of each, and its end.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use leadway_engine::Engine;
use leadway_engine::model::connect_session::{
    ConnectSession, ConnectSessionQuery, NewConnectSession, SessionState,
};
use leadway_engine::model::page::Page;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::connect::{environment, features};
use super::refusal::Refusal;
use super::view::Frame;
use super::visitor::{Fields, Posted, Visitor};
use crate::answer;
use crate::api::v1::connect_sessions::page_url;
use crate::app::App;
use crate::extract::{Named, Parameters};
use crate::problem::Problem;

/// Rows of one page.
const ROWS_MAX: usize = 50;

const ADDRESS: &str = "/connect-sessions";

/// The filters, as the form sends them; what is blank filters nothing.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Filters {
    #[serde(default)]
    state: String,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    cursor: String,
}

impl Filters {
    fn query(&self) -> ConnectSessionQuery {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        ConnectSessionQuery {
            owner: filled(&self.owner),
            state: SessionState::from_word(&self.state),
            cursor: filled(&self.cursor),
            items_max: ROWS_MAX,
        }
    }

    /// The address of the list with these filters, at a cursor.
    fn url(&self, cursor: &str) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in [
            ("state", self.state.as_str()),
            ("owner", &self.owner),
            ("cursor", cursor),
        ] {
            query.append_pair(name, value);
        }
        format!("{ADDRESS}?{}", query.finish())
    }
}

#[derive(askama::Template)]
#[template(path = "connect_sessions.html")]
struct SessionsPage {
    frame: Frame,
    filters: Filters,
    sessions: Vec<ConnectSession>,
    older_url: Option<String>,
    /// The one that was just made, with its link and its token, which are told only now.
    made: Option<Made>,
}

struct Made {
    owner: String,
    url: String,
    token: String,
}

/// Lists sessions, with a form for another.
pub(crate) async fn list_sessions(
    State(engine): State<Engine>,
    visitor: Visitor,
    Parameters(filters): Parameters<Filters>,
) -> Result<Response, Refusal> {
    show(&engine, &visitor, filters, None).await
}

/// Makes a session and shows its link.
pub(crate) async fn make_session(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Refusal> {
    let made = app.engine.make_connect_session(read(&fields)?).await;
    let made = made.map_err(Problem::from)?;
    let shown = Made {
        owner: made.session.owner,
        url: page_url(&app, &headers, &made.token),
        token: made.token,
    };
    show(&app.engine, &visitor, Filters::default(), Some(shown)).await
}

/// Ends a session.
pub(crate) async fn end_session(
    State(engine): State<Engine>,
    Named(id): Named<String>,
    _: Posted,
) -> Result<Response, Refusal> {
    engine
        .end_connect_session(&id)
        .await
        .map_err(Problem::from)?;
    Ok(answer::see_other(ADDRESS))
}

async fn show(
    engine: &Engine,
    visitor: &Visitor,
    filters: Filters,
    made: Option<Made>,
) -> Result<Response, Refusal> {
    let page: Page<ConnectSession> = engine.connect_sessions(&filters.query()).await?;
    Ok(answer::page(&SessionsPage {
        frame: visitor.frame("connections"),
        older_url: page.next_cursor.map(|cursor| filters.url(&cursor)),
        sessions: page.items,
        filters,
        made,
    })?)
}

fn read(fields: &Fields) -> Result<NewConnectSession, Problem> {
    let text = |name: &str| fields.get(name).map(str::to_owned);
    let origins = fields.get("allowed_origins").unwrap_or_default();
    Ok(NewConnectSession {
        owner: text("owner").unwrap_or_default(),
        connection: text("connection"),
        product: text("product"),
        features: features(fields)?,
        environment: environment(fields)?,
        client_of: text("client_of"),
        return_url: text("return_url"),
        allowed_origins: origins.split_whitespace().map(str::to_owned).collect(),
        ..NewConnectSession::default()
    })
}
