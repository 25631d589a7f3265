//! Every door of the gateway on one page, grouped by who knocks.

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use leadway_engine::Engine;
use leadway_engine::model::event::EventKind;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::document::Document;
use crate::api::v1::{
    actions, authorizations, config, connect_sessions, connections, dead_letters, deliveries,
    events, import, overview, replays,
};
use crate::api::{auth, document};
use crate::app::App;
use crate::ingest::{batch, cors, form, pixel, single, snippet, webhook};
use crate::options::ServerOptions;
use crate::own_url::CALLBACK_PATH;
use crate::problem::Problem;
use crate::{assets, callback, console, demo, hosted, metrics, probe};

/// All doors of a gateway.
pub fn router(engine: Engine, options: ServerOptions) -> Router {
    let is_demo = options.demo.is_some();
    let app = App::new(engine, options);
    let api = api()
        .route_layer(from_fn_with_state(app.clone(), auth::require_token))
        .route_layer(from_fn_with_state(app.clone(), metrics::count_api));
    let mut router = ingestion()
        .merge(Router::from(api))
        .merge(Router::from(probes()))
        .merge(console(&app))
        .merge(hosted::routes())
        .route(CALLBACK_PATH, get(callback::finish_authorization))
        .route("/openapi.json", get(document::get_openapi));
    if is_demo {
        router = router.merge(demo::routes());
    }
    router
        .fallback(no_such_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
        .layer(CatchPanicLayer::custom(after_panic))
}

/// The description of the REST API and of ingestion, as `GET /openapi.json` serves it.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.merge(api().into_openapi());
    document.merge(probes().into_openapi());
    document
}

/// For websites, applications and other systems.
fn ingestion() -> Router<App> {
    let mut router = Router::new()
        .route(
            "/v1/batch",
            post(batch::take_batch).options(cors::preflight),
        )
        .route("/v1/b", post(batch::take_batch).options(cors::preflight))
        .route(
            "/v1/events",
            post(batch::take_events).options(cors::preflight),
        )
        .route(
            "/v1/pixel/{type}",
            get(pixel::take_pixel).options(cors::preflight),
        )
        .route(
            "/v1/forms/{form}",
            post(form::take_form).options(cors::preflight),
        )
        .route("/v1/forms/{form}/thanks", get(form::show_thanks))
        .route(
            "/v1/webhooks/{source}",
            post(webhook::take_webhook).options(cors::preflight),
        )
        .route("/leadway.js", get(snippet::get_snippet));
    for kind in EventKind::ALL {
        let word = kind.as_str();
        // The third is the address that Jitsu's clients send to.
        for path in [
            format!("/v1/{word}"),
            format!("/v1/{}", &word[..1]),
            format!("/api/s/s2s/{word}"),
        ] {
            let take = move |state, request: Request| single::take_event(state, kind, request);
            router = router.route(&path, post(take).options(cors::preflight));
        }
    }
    router
}

/// For programs.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(events::list_events))
        .routes(routes!(events::show_event))
        .routes(routes!(events::replay_event))
        .routes(routes!(import::import_events))
        .routes(routes!(import::check_events))
        .routes(routes!(deliveries::list_deliveries))
        .routes(routes!(deliveries::show_delivery))
        .routes(routes!(deliveries::replay_delivery))
        .routes(routes!(dead_letters::list_dead_letters))
        .routes(routes!(dead_letters::replay_dead_letters))
        .routes(routes!(replays::create_replays))
        .routes(routes!(overview::show_overview))
        .routes(routes!(config::show_config, config::replace_config))
        .routes(routes!(config::plan_config))
        .routes(routes!(config::list_sources))
        .routes(routes!(config::list_routes))
        .routes(routes!(config::list_mappings))
        .routes(routes!(
            connections::list_connections,
            connections::add_connection
        ))
        .routes(routes!(
            connections::show_connection,
            connections::change_connection,
            connections::remove_connection
        ))
        .routes(routes!(connections::list_connection_events))
        .routes(routes!(authorizations::begin_authorization))
        .routes(routes!(authorizations::give_grant))
        .routes(routes!(connections::examine_connection))
        .routes(routes!(
            connect_sessions::list_connect_sessions,
            connect_sessions::make_connect_session
        ))
        .routes(routes!(
            connect_sessions::show_connect_session,
            connect_sessions::end_connect_session
        ))
        .routes(routes!(actions::list_actions))
        .routes(routes!(actions::show_action))
        .routes(routes!(actions::act))
}

/// For machines that watch the gateway.
fn probes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(probe::get_healthz))
        .routes(routes!(probe::get_readyz))
        .routes(routes!(metrics::get_metrics))
}

/// For people.
fn console(app: &App) -> Router<App> {
    console::routes()
        .route_layer(from_fn_with_state(app.clone(), metrics::count_console))
        .merge(assets::routes())
        .layer(CompressionLayer::new())
}

async fn no_such_path(OriginalUri(uri): OriginalUri) -> Problem {
    Problem::no_such("page or path", uri.path())
        .with_remedy("GET /openapi.json lists the paths of the API")
}

async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Problem {
    let message = format!("{method} is not possible for this path; the header Allow says what is");
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        message,
    )
    .with_value(uri.path())
}

fn after_panic(panic: Box<dyn std::any::Any + Send>) -> Response {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or(panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = said.unwrap_or("(no text)"), "a handler panicked");
    Problem::internal().into_response()
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_problem_document_without_its_text() {
        async fn broken() -> StatusCode {
            std::panic::panic_any("what nobody outside should read")
        }
        let router: Router = Router::new()
            .route("/", get(broken))
            .layer(CatchPanicLayer::custom(after_panic));
        let request = Request::get("/").body(axum::body::Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 10_000)
            .await
            .unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], "internal");
        assert!(!problem.to_string().contains("nobody outside"));
    }
}
