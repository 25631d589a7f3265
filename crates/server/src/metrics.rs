//! What the edge counts, and the text that Prometheus reads.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leadway_engine::model::status::Overview;

use crate::app::App;
use crate::problem::Problem;

/// Counters since the process started.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    ingest: Answers,
    api: Answers,
    console: Answers,
    accepted_events: AtomicU64,
    refused_events: AtomicU64,
}

/// Answers by class of status: 2xx, 3xx, 4xx, 5xx.
#[derive(Debug, Default)]
struct Answers([AtomicU64; 4]);

impl Answers {
    fn count(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(2).min(3);
        self.0[class].fetch_add(1, Ordering::Relaxed);
    }
}

impl Metrics {
    pub(crate) fn count_ingest(&self, status: StatusCode) {
        self.ingest.count(status);
    }

    pub(crate) fn count_events(&self, accepted: usize, refused: usize) {
        let add = |counter: &AtomicU64, more| {
            counter.fetch_add(u64::try_from(more).unwrap_or(0), Ordering::Relaxed)
        };
        add(&self.accepted_events, accepted);
        add(&self.refused_events, refused);
    }
}

/// Counts the answers of the REST API.
pub(crate) async fn count_api(State(app): State<App>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    app.metrics.api.count(response.status());
    response
}

/// Counts the answers of the console.
pub(crate) async fn count_console(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    app.metrics.console.count(response.status());
    response
}

/// Counters and the gateway's state, in Prometheus' text format.
#[utoipa::path(
    get, path = "/metrics", tag = "probes", operation_id = "get_metrics",
    responses((status = 200, description = "Prometheus text format, version 0.0.4", content_type = "text/plain"))
)]
pub(crate) async fn get_metrics(State(app): State<App>) -> Result<Response, Problem> {
    let overview = app.engine.overview().await?;
    let text = render(&app.metrics, &overview);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

fn render(metrics: &Metrics, overview: &Overview) -> String {
    let mut text = String::new();
    head(
        &mut text,
        "leadway_http_answers_total",
        "counter",
        "Answers by door and class of status.",
    );
    for (door, answers) in [
        ("ingest", &metrics.ingest),
        ("api", &metrics.api),
        ("console", &metrics.console),
    ] {
        for (class, count) in ["2xx", "3xx", "4xx", "5xx"].iter().zip(&answers.0) {
            let count = count.load(Ordering::Relaxed);
            line(
                &mut text,
                &format!("leadway_http_answers_total{{door=\"{door}\",status=\"{class}\"}}"),
                count,
            );
        }
    }
    head(
        &mut text,
        "leadway_ingested_events_total",
        "counter",
        "Events that arrived, by what became of them.",
    );
    for (word, counter) in [
        ("accepted", &metrics.accepted_events),
        ("refused", &metrics.refused_events),
    ] {
        let count = counter.load(Ordering::Relaxed);
        line(
            &mut text,
            &format!("leadway_ingested_events_total{{status=\"{word}\"}}"),
            count,
        );
    }
    gauges(&mut text, overview);
    text
}

fn gauges(text: &mut String, overview: &Overview) {
    for (name, help, value) in [
        (
            "leadway_events_24h",
            "Events accepted in the last 24 hours.",
            overview.events_24h,
        ),
        (
            "leadway_unplanned_events",
            "Events accepted but not planned yet.",
            overview.unplanned_events,
        ),
        (
            "leadway_pending_deliveries",
            "Deliveries waiting or on their way.",
            overview.pending_deliveries,
        ),
        (
            "leadway_retrying_deliveries",
            "Deliveries waiting for another try.",
            overview.retrying_deliveries,
        ),
        (
            "leadway_delivered_24h",
            "Deliveries that succeeded in the last 24 hours.",
            overview.delivered_24h,
        ),
        (
            "leadway_dead_letters",
            "Dead letters that nobody has replayed.",
            overview.dead_letters,
        ),
        (
            "leadway_credits_24h",
            "Zoho credits spent in the last 24 hours.",
            overview.credits_24h,
        ),
    ] {
        head(text, name, "gauge", help);
        line(text, name, value);
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, series: &str, value: u64) {
    let _ = writeln!(text, "{series} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.count_ingest(StatusCode::OK);
        metrics.count_ingest(StatusCode::SERVICE_UNAVAILABLE);
        metrics.count_events(3, 1);
        let overview = Overview {
            events_24h: 4,
            unplanned_events: 1,
            pending_deliveries: 2,
            retrying_deliveries: 0,
            delivered_24h: 1,
            dead_letters: 1,
            credits_24h: 1,
            oldest_unsettled_at: None,
            connections: Vec::new(),
        };
        insta::assert_snapshot!(render(&metrics, &overview));
    }
}
