//! How many events per second the gateway takes in over HTTP, each on disk before it is answered.
//!
//! The ceiling is the same server, same router, same checks, that keeps nothing. Planning is part of the gateway, so
//! it runs meanwhile in the measured one.

use std::io::Write as _;
use std::time::Duration;

use crate::load::{Measured, send};
use crate::world::{gateway, runtime};

/// Events of a batch.
const BATCH_EVENTS: u64 = 100;
/// Connections that send batches: as many events are on their way as with many connections that send single ones.
const BATCH_CONNECTIONS: usize = 8;

pub(crate) fn run(seconds: u64, connections: usize) -> anyhow::Result<()> {
    let lasts = Duration::from_secs(seconds);
    let single = measure(false, "/v1/track", connections, lasts, single_event)?;
    let single_ceiling = measure(true, "/v1/track", connections, lasts, single_event)?;
    println!("intake, single events, {connections} connections, {seconds} s each");
    print(&single, &single_ceiling, 1.0);
    let batch = measure(
        false,
        "/v1/batch",
        BATCH_CONNECTIONS,
        lasts,
        batch_of_events,
    )?;
    let batch_ceiling = measure(true, "/v1/batch", BATCH_CONNECTIONS, lasts, batch_of_events)?;
    println!(
        "intake, batches of {BATCH_EVENTS}, {BATCH_CONNECTIONS} connections, {seconds} s each"
    );
    print(&batch, &batch_ceiling, BATCH_EVENTS as f64);
    Ok(())
}

fn measure(
    is_forgetful: bool,
    path: &'static str,
    connections: usize,
    lasts: Duration,
    body: fn(u64, &mut Vec<u8>),
) -> anyhow::Result<Measured> {
    runtime()?.block_on(async {
        // Nothing answers there: what is measured is intake, and these events are not for Zoho.
        let gateway = gateway("http://127.0.0.1:9", is_forgetful).await?;
        send(
            gateway.address,
            path,
            connections,
            Duration::from_millis(500),
            body,
        )
        .await?;
        let measured = send(gateway.address, path, connections, lasts, body).await?;
        gateway.stop().await;
        Ok(measured)
    })
}

fn print(stored: &Measured, ceiling: &Measured, events: f64) {
    for (name, measured) in [("stored (FULL)", stored), ("ceiling: not stored", ceiling)] {
        println!(
            "  {name:<20} {:>9.0} events/s   p50 {:>6.2} ms   p99 {:>6.2} ms",
            measured.requests_per_second * events,
            measured.p50.as_secs_f64() * 1e3,
            measured.p99.as_secs_f64() * 1e3,
        );
    }
    println!(
        "  ratio                {:>8.0} %",
        100.0 * stored.requests_per_second / ceiling.requests_per_second
    );
}

fn single_event(number: u64, body: &mut Vec<u8>) {
    // Numbers are spread, so that ids come in no order, as they do from real clients.
    let id = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // Writing to memory cannot fail.
    let _ = write!(
        body,
        "{{\"messageId\":\"{id:016x}{number:016x}\",\"type\":\"track\",\"event\":\"Button Clicked\",\"anonymousId\":\"a-{id:x}\",\
         \"timestamp\":null,\"properties\":{{\"label\":\"Request a demo\",\"position\":{number},\"plan\":\"professional\",\
         \"path\":\"/pricing\",\"currency\":\"EUR\",\"value\":129.5}},\"context\":{{\"page\":{{\"url\":\"https://www.example.com/pricing\",\
         \"path\":\"/pricing\",\"referrer\":\"https://www.google.com/\",\"title\":\"Pricing\",\"search\":\"?utm_source=google\"}},\
         \"campaign\":{{\"source\":\"google\",\"medium\":\"cpc\",\"name\":\"spring\"}},\"locale\":\"en-GB\",\"userAgent\":\"Mozilla/5.0 \
         (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36\"}}}}"
    );
}

fn batch_of_events(number: u64, body: &mut Vec<u8>) {
    body.extend_from_slice(b"{\"batch\":[");
    for event in 0..BATCH_EVENTS {
        if event > 0 {
            body.push(b',');
        }
        single_event(number * BATCH_EVENTS + event, body);
    }
    body.extend_from_slice(b"]}");
}
