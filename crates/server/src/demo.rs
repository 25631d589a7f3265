//! `/demo`: a lead form as a company would have it on its website, to try the gateway with.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use crate::answer;
use crate::app::App;
use crate::problem::Problem;

#[derive(askama::Template)]
#[template(path = "demo.html")]
struct DemoPage<'a> {
    form: &'a str,
    write_key: &'a str,
    simulator_url: &'a str,
}

/// The demo page, for a gateway that was started as one.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/demo", get(show_demo))
}

async fn show_demo(State(app): State<App>) -> Result<Response, Problem> {
    let demo = app
        .options
        .demo
        .as_ref()
        .ok_or_else(|| Problem::no_such("page", "/demo"))?;
    answer::page(&DemoPage {
        form: &demo.form,
        write_key: &demo.write_key,
        simulator_url: &demo.simulator_url,
    })
}
