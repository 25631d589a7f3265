//! What one core of the simulator does each second, and whether that depends on how many records the module has.
//!
//! The ceiling is a server on the same HTTP stack that holds nothing: it sends the bytes of a finished page, and reads
//! the body of an upsert as JSON and does nothing with it. All figures are calls per second of the server's own
//! processor time, since whoever sends shares the cores.

mod host;
mod wire;

use std::time::Duration;

use anyhow::{Context as _, ensure};

use host::Host;
use wire::{Load, Wire};

const PAGE_RECORDS: usize = 200;
const ROWS: usize = 100;
const FIELDS: &str = "Last_Name,First_Name,Company,Email,Phone,Lead_Source,Lead_Status,Owner,Created_Time,Modified_Time";

/// Calls per second of one core, by what was asked.
#[derive(Debug, Clone, Copy)]
struct Figures {
    pages: f64,
    upserts: f64,
    reads: f64,
}

pub(crate) fn run(records_max: usize, seconds: u64) -> anyhow::Result<()> {
    let lasts = Duration::from_secs(seconds);
    let before = resident_bytes()?;
    let simulator = Host::simulator()?;
    let token = wire::token(simulator.address)?;
    let calls = Calls { token };
    println!(
        "simulator, one core: list pages of {PAGE_RECORDS} records with 10 fields, upserts of {ROWS} rows by e-mail, COQL by e-mail"
    );
    println!("     records   pages/s   upserts/s    COQL/s   bytes a record   inserts/s");
    let mut count = 0;
    let mut steps: Vec<usize> = [1_000, 10_000, 100_000]
        .into_iter()
        .filter(|step| *step < records_max)
        .collect();
    steps.push(records_max);
    let mut last = None;
    for step in steps {
        let inserted = calls.fill(&simulator, count, step)?;
        count = step;
        let weight = resident_bytes()?.saturating_sub(before) / count as u64;
        let figures = Figures {
            pages: simulator.measure(lasts, &calls.page())?,
            upserts: simulator.measure(lasts, &calls.upsert(count))?,
            reads: simulator.measure(lasts, &calls.read(count))?,
        };
        println!(
            "  {count:>10}  {:>8.0}   {:>9.0}  {:>8.0}   {weight:>14}   {inserted:>9.0}",
            figures.pages, figures.upserts, figures.reads
        );
        last = Some(figures);
    }
    let figures = last.context("no step")?;
    let mut wire = Wire::connect(simulator.address)?;
    let page = wire.send(&calls.page().request(0))?.to_vec();
    let upsert = wire.send(&calls.upsert(count).request(0))?.to_vec();
    let page_bytes = page.len();
    let ceiling = Host::ceiling(page, upsert)?;
    let pages = ceiling.measure(lasts, &calls.page())?;
    let upserts = ceiling.measure(lasts, &calls.upsert(count))?;
    println!(
        "  ceiling     {pages:>8.0}   {upserts:>9.0}   (finished pages of {page_bytes} bytes; bodies read as JSON only)"
    );
    println!(
        "  ratio       {:>7.0} %   {:>7.0} %",
        100.0 * figures.pages / pages,
        100.0 * figures.upserts / upserts
    );
    Ok(())
}

/// The calls that are measured.
struct Calls {
    token: String,
}

impl Calls {
    /// Adds leads until there are `wanted`; gives inserts (of 100 rows) per second of one core.
    fn fill(&self, host: &Host, have: usize, wanted: usize) -> anyhow::Result<f64> {
        let mut wire = Wire::connect(host.address)?;
        let started = host.cpu_seconds()?;
        let mut number = have;
        while number < wanted {
            let rows = ROWS.min(wanted - number);
            let body = rows_of(number..number + rows, 0);
            let request = self.request("POST", "/crm/v8/Leads", &body);
            let answer = wire.send(&request)?;
            ensure!(
                answer.starts_with(b"{\"data\":[{\"code\":\"SUCCESS\""),
                "a lead was refused: {}",
                String::from_utf8_lossy(&answer[..answer.len().min(400)])
            );
            number += rows;
        }
        let calls = (wanted - have) as f64 / ROWS as f64;
        Ok(calls / (host.cpu_seconds()? - started))
    }

    fn page(&self) -> Load<'_> {
        let path = format!("/crm/v8/Leads?fields={FIELDS}&per_page={PAGE_RECORDS}");
        Load::new(move |_| self.request("GET", &path, ""))
    }

    /// Changes the phone of known leads, each time of others.
    fn upsert(&self, count: usize) -> Load<'_> {
        Load::new(move |number| {
            let row = |row: usize| scattered(number * ROWS + row, count);
            let body = rows_of((0..ROWS).map(row), number);
            self.request("POST", "/crm/v8/Leads/upsert", &body)
        })
    }

    fn read(&self, count: usize) -> Load<'_> {
        Load::new(move |number| {
            let number = scattered(number, count);
            let query = format!(
                "select Last_Name, Company, Phone from Leads where Email = 'lead{number}@example.com'"
            );
            let body = format!("{{\"select_query\":\"{query}\"}}");
            self.request("POST", "/crm/v8/coql", &body)
        })
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Zoho-oauthtoken {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        )
        .into_bytes()
    }
}

/// Numbers all over the records, as real keys come.
fn scattered(number: usize, count: usize) -> usize {
    number.wrapping_mul(7_919).wrapping_add(13) % count
}

fn rows_of(numbers: impl IntoIterator<Item = usize>, round: usize) -> String {
    let rows: Vec<String> = numbers
        .into_iter()
        .map(|number| {
            format!(
                "{{\"Last_Name\":\"Ray {number}\",\"First_Name\":\"Ada\",\"Company\":\"Orchard Ltd\",\
                 \"Email\":\"lead{number}@example.com\",\"Phone\":\"+44 7700 {:06}\",\
                 \"Lead_Source\":\"Web Download\",\"Lead_Status\":\"Contacted\"}}",
                (number + round) % 1_000_000
            )
        })
        .collect();
    format!("{{\"data\":[{}]}}", rows.join(","))
}

/// Memory of this process; the senders need little of it.
fn resident_bytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.context("no VmRSS")?.trim().trim_end_matches("kB");
    Ok(kib.trim().parse::<u64>()? * 1024)
}
