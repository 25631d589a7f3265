//! Benchmarks of Leadway: `cargo run --release -p leadway-bench -- NAME`.
//!
//! Each prints its figure as a ratio to a ceiling that is measured in the same run on the same machine, since the
//! figure alone says more about the machine than about the program.

mod delivery;
mod intake;
mod load;
mod mapping;
mod sim;
mod start;
mod world;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// The allocator of the simulator's own program, whose speed is measured here.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[derive(Parser)]
#[command(about = "Benchmarks of Leadway, each against a ceiling measured in the same run")]
struct Arguments {
    #[command(subcommand)]
    benchmark: Benchmark,
}

#[derive(Subcommand)]
enum Benchmark {
    /// Events per second over HTTP, durable; ceiling: the same server that reads events and stores none
    Intake {
        /// How long each measurement lasts, in seconds
        #[arg(long, default_value_t = 8)]
        seconds: u64,
        /// Connections that send at the same time
        #[arg(long, default_value_t = 64)]
        connections: usize,
    },
    /// From the bytes of an event to a checked record of 15 fields; ceiling: reading the same bytes as JSON only
    Mapping {
        /// Events to map
        #[arg(long, default_value_t = 300_000)]
        events: usize,
    },
    /// From accepted event to settled delivery; ceiling: Zoho's official Node SDK sending ready-made records
    Delivery {
        /// Leads to deliver
        #[arg(long, default_value_t = 20_000)]
        leads: usize,
    },
    /// Lists, upserts and reads of the simulator by the number of records; ceiling: a server that sends finished bytes
    Sim {
        /// Records at the end; 1,000, 10,000 and 100,000 come before
        #[arg(long, default_value_t = 1_000_000)]
        records: usize,
        /// How long each measurement lasts, in seconds
        #[arg(long, default_value_t = 4)]
        seconds: u64,
    },
    /// From start to the first accepted event, memory when idle, size of the binary
    Start,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().benchmark {
        Benchmark::Intake {
            seconds,
            connections,
        } => intake::run(seconds, connections),
        Benchmark::Mapping { events } => mapping::run(events),
        Benchmark::Delivery { leads } => delivery::run(leads),
        Benchmark::Sim { records, seconds } => sim::run(records, seconds),
        Benchmark::Start => start::run(),
    }
}
