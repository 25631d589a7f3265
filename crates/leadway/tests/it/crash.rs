//! `kill -9` of the gateway in the middle of imports: nothing that was accepted is lost or doubled.

use std::process::Child;
use std::time::Duration;

use crate::program::{Ended, end_of, text};
use crate::world::World;

/// What is imported, and how often the gateway is killed meanwhile.
struct Trial {
    kills: u32,
    rows_of_a_file: usize,
    /// By an e-mail address Zoho finds a lead again; without one, only the gateway can prevent a second insert.
    has_email: bool,
}

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

impl Trial {
    /// Starts the import of one more file.
    fn start_import(&self, world: &World, number: usize) -> Child {
        let mut rows = String::from("First Name,Last Name,Email,Company\n");
        for row in number * self.rows_of_a_file..(number + 1) * self.rows_of_a_file {
            let email = if self.has_email {
                format!("p{row}@example.com")
            } else {
                String::new()
            };
            rows.push_str(&format!("A,{},{email},Example\n", last_name(row)));
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

    /// Waits for an import. One that could not begin, since the gateway was down, has sent nothing and has no summary to
    /// print; it is run again, as a person would.
    async fn finish(&self, world: &World, import: Child, number: usize) {
        let mut ended = end_of(import).await;
        while ended.code == Some(1) && ended.out.is_empty() {
            ended = end_of(self.start_import(world, number)).await;
        }
        self.all_were_accepted(&ended);
    }

    fn all_were_accepted(&self, import: &Ended) {
        assert_eq!(import.code, Some(0), "{}\n{}", import.out, import.err);
        let summary = import.json();
        assert_eq!(summary["accepted"], self.rows_of_a_file, "{summary}");
        assert_eq!(
            summary["already_known"], 0,
            "a row of a repeated request is no row that was known before"
        );
    }

    async fn run(&self) {
        let mut world = World::start().await;
        let mut chance = Chance(SEED);
        let mut files = 1;
        let mut import = self.start_import(&world, 0);
        for _ in 0..self.kills {
            if import.try_wait().unwrap().is_some() {
                self.finish(&world, import, files - 1).await;
                import = self.start_import(&world, files);
                files += 1;
            }
            // The moment of the crash is what varies here; nothing waits for it.
            tokio::time::sleep(Duration::from_millis(20 + chance.below(400))).await;
            world.kill();
            // Zoho makes ten access tokens in ten minutes, and each start needs one, so the crashes are spread over
            // more of Zoho's time than of ours.
            world.simulator.advance(150);
            world.restart().await;
        }
        self.finish(&world, import, files - 1).await;
        world.until_settled().await;
        let expected: Vec<String> = (0..files * self.rows_of_a_file).map(last_name).collect();
        let arrived = world.leads("Last_Name");
        let lost: Vec<&String> = expected
            .iter()
            .filter(|name| arrived.binary_search(name).is_err())
            .collect();
        assert!(lost.is_empty(), "{} leads are lost: {lost:?}", lost.len());
        assert_eq!(arrived.len(), expected.len(), "leads were doubled");
    }
}

fn last_name(row: usize) -> String {
    format!("B{row:06}")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_accepted_row_is_in_zoho_once_after_twenty_kills() {
    Trial {
        kills: 20,
        rows_of_a_file: 1_500,
        has_email: true,
    }
    .run()
    .await;
}

/// Fewer rows, since each crash reads back all records that were made since.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_zoho_cannot_tell_apart_are_not_doubled_by_crashes() {
    Trial {
        kills: 5,
        rows_of_a_file: 300,
        has_email: false,
    }
    .run()
    .await;
}
