//! Books in the simulator: creating and listing invoices, and whether that depends on how many there are.

use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::host::Host;
use super::wire::{self, Load, Wire};

const PAGE_RECORDS: usize = 200;
const CONTACTS: usize = 100;
const ORGANISATION: &str = "10234695";

/// Calls per second of one core, by what was asked.
struct Figures {
    creates: f64,
    pages: f64,
    of_contact: f64,
    reads: f64,
}

pub(crate) fn run(records_max: usize, seconds: u64) -> anyhow::Result<()> {
    let lasts = Duration::from_secs(seconds);
    let before = super::resident_bytes()?;
    let simulator = Host::simulator()?;
    let mut calls = Calls {
        token: wire::token(simulator.address)?,
        contacts: Vec::new(),
    };
    let mut wire = Wire::connect(simulator.address)?;
    for number in 0..CONTACTS {
        let body = format!("{{\"contact_name\":\"Orchard {number}\"}}");
        let answer = calls.created(&mut wire, "/contacts", &body)?;
        let id = answer["contact"]["contact_id"].as_str().context("no id")?;
        calls.contacts.push(id.to_owned());
    }
    println!(
        "simulator, one core, Books: invoices of two lines created, list pages of {PAGE_RECORDS}, pages of one contact of {CONTACTS}, single reads"
    );
    println!("    invoices  creates/s    pages/s  of contact    reads/s   bytes an invoice");
    let mut count = 0;
    let mut last = None;
    let mut steps: Vec<usize> = [1_000, 10_000, 100_000]
        .into_iter()
        .filter(|step| *step < records_max)
        .collect();
    steps.push(records_max);
    for step in steps {
        while count < step {
            calls.created(&mut wire, "/invoices", &calls.invoice(count))?;
            count += 1;
        }
        let weight = super::resident_bytes()?.saturating_sub(before) / count as u64;
        let create = calls.create();
        let figures = Figures {
            pages: simulator.measure(lasts, &calls.page(""))?,
            of_contact: simulator.measure(lasts, &calls.page(&calls.contacts[0]))?,
            reads: simulator.measure(lasts, &calls.read(&mut wire)?)?,
            creates: simulator.measure(lasts, &create)?,
        };
        println!(
            "  {count:>10}   {:>8.0}   {:>8.1}  {:>10.1}   {:>8.0}   {weight:>16}",
            figures.creates, figures.pages, figures.of_contact, figures.reads
        );
        count += create.sent();
        last = Some(figures);
    }
    let figures = last.context("no step")?;
    let page = wire.send(&calls.page("").request(0))?.to_vec();
    let created = wire.send(&calls.create().request(0))?.to_vec();
    let page_bytes = page.len();
    let ceiling = Host::ceiling(page, created)?;
    let pages = ceiling.measure(lasts, &calls.page(""))?;
    let creates = ceiling.measure(lasts, &calls.create())?;
    println!(
        "     ceiling   {creates:>8.0}   {pages:>8.0}   (finished pages of {page_bytes} bytes; bodies read as JSON only)"
    );
    println!(
        "       ratio   {:>6.1} %   {:>6.1} %",
        100.0 * figures.creates / creates,
        100.0 * figures.pages / pages
    );
    Ok(())
}

struct Calls {
    token: String,
    contacts: Vec<String>,
}

impl Calls {
    fn created(
        &self,
        wire: &mut Wire,
        path: &str,
        body: &str,
    ) -> anyhow::Result<serde_json::Value> {
        let answer = wire.send(&self.request("POST", path, "", body))?;
        let answer: serde_json::Value = serde_json::from_slice(answer)?;
        ensure!(answer["code"] == 0, "{path} was refused: {answer}");
        Ok(answer)
    }

    fn invoice(&self, number: usize) -> String {
        let contact = &self.contacts[number % self.contacts.len()];
        format!(
            "{{\"customer_id\":\"{contact}\",\"line_items\":[{{\"name\":\"Desk lamp\",\"rate\":49.90,\"quantity\":{}}},\
             {{\"name\":\"Delivery\",\"rate\":7.5,\"quantity\":1,\"discount\":\"10%\"}}]}}",
            number % 9 + 1
        )
    }

    fn create(&self) -> Load<'_> {
        Load::new(move |number| self.request("POST", "/invoices", "", &self.invoice(number)))
    }

    /// The first page, of all invoices or of one contact's.
    fn page(&self, contact: &str) -> Load<'_> {
        let filter = if contact.is_empty() {
            String::new()
        } else {
            format!("&customer_id={contact}")
        };
        Load::new(move |_| {
            self.request(
                "GET",
                "/invoices",
                &format!("&per_page={PAGE_RECORDS}{filter}"),
                "",
            )
        })
    }

    fn read(&self, wire: &mut Wire) -> anyhow::Result<Load<'_>> {
        let page: serde_json::Value =
            serde_json::from_slice(wire.send(&self.page("").request(0))?)?;
        let id = page["invoices"][7]["invoice_id"].as_str();
        let path = format!("/invoices/{}", id.context("no invoice")?);
        Ok(Load::new(move |_| self.request("GET", &path, "", "")))
    }

    fn request(&self, method: &str, path: &str, query: &str, body: &str) -> Vec<u8> {
        format!(
            "{method} /books/v3{path}?organization_id={ORGANISATION}{query} HTTP/1.1\r\nhost: localhost\r\n\
             authorization: Zoho-oauthtoken {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        )
        .into_bytes()
    }
}
