//! `kill -9` of the gateway in the middle of imports, twenty times: nothing that was accepted is lost or doubled.

use std::process::Child;
use std::time::Duration;

use crate::program::{Ended, end_of, text};
use crate::world::World;

const KILLS: u32 = 20;
const ROWS_OF_A_FILE: usize = 1_500;
/// Moments are drawn from it, so that a failure can be run again.
const SEED: u64 = 0x1ead_0b0e;

/// A small generator of even numbers (xorshift); its quality does not matter here.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Starts the import of one more file.
fn start_import(world: &World, number: usize) -> Child {
    let mut rows = String::from("First Name,Last Name,Email,Company\n");
    for row in number * ROWS_OF_A_FILE..(number + 1) * ROWS_OF_A_FILE {
        rows.push_str(&format!("A{row},B{row},{},Example\n", email(row)));
    }
    let file = world.write(&format!("leads-{number}.csv"), rows);
    let arguments = [
        "import",
        text(&file),
        "--route",
        "lead-capture",
        "--patience",
        "2m",
        "--json",
    ];
    world.command(&arguments).spawn().unwrap()
}

fn email(row: usize) -> String {
    format!("p{row:06}@example.com")
}

fn all_were_accepted(import: &Ended) {
    assert_eq!(import.code, Some(0), "{}\n{}", import.out, import.err);
    let summary = import.json();
    assert_eq!(summary["accepted"], ROWS_OF_A_FILE, "{summary}");
    assert_eq!(
        summary["already_known"], 0,
        "a row of a repeated request is no row that was known before"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_accepted_row_is_in_zoho_once_after_twenty_kills() {
    let mut world = World::start().await;
    let mut chance = Chance(SEED);
    let mut files = 1;
    let mut import = start_import(&world, 0);
    for _ in 0..KILLS {
        if import.try_wait().unwrap().is_some() {
            let next = start_import(&world, files);
            files += 1;
            all_were_accepted(&end_of(std::mem::replace(&mut import, next)).await);
        }
        // The moment of the crash is what varies here; nothing waits for it.
        tokio::time::sleep(Duration::from_millis(20 + chance.below(400))).await;
        world.kill();
        // Zoho makes ten access tokens in ten minutes, and each start needs one, so the crashes are spread over more
        // of Zoho's time than of ours.
        world.simulator.advance(150);
        world.restart().await;
    }
    all_were_accepted(&end_of(import).await);
    world.until_settled().await;
    let expected: Vec<String> = (0..files * ROWS_OF_A_FILE).map(email).collect();
    let arrived = world.leads("Email");
    assert_eq!(arrived.len(), expected.len());
    assert_eq!(arrived, expected);
}
