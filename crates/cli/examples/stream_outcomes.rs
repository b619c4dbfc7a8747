//! Outcomes without files: the distribution of the peak of inflammation over 20,000 patients, in constant memory.
//!
//! ```sh
//! cargo run --release --example stream_outcomes
//! ```

use cartrial::{Endpoint, Error, Options, RunStudy, Status, Study};
use std::path::Path;

const STUDY: &str = "[study]\nname = \"stream\"\npatients = 20_000\ndays = 30\n";
/// Width of a bin in pg/mL.
const WIDTH: f64 = 50.0;

fn main() -> Result<(), Error> {
    let study = Study::parse(STUDY, Path::new("stream_outcomes.toml"))?;
    let mut bins = [0_u64; 10];
    let mut failed = 0_u64;
    study.stream(&Options::default(), |block| {
        for row in &block.rows {
            if row.outcome.status != Status::Completed {
                failed += 1;
                continue;
            }
            let peak = row.outcome.values[Endpoint::PeakInflammation.index()];
            bins[((peak / WIDTH) as usize).min(bins.len() - 1)] += 1;
        }
        Ok::<(), Error>(())
    })?;

    println!("peak inflammation (pg/mL)");
    for (i, patients) in bins.iter().enumerate() {
        let bar = "█".repeat((patients * 60 / study.patients) as usize);
        println!("from {:4} {patients:6} {bar}", i as f64 * WIDTH);
    }
    assert_eq!(bins.iter().sum::<u64>() + failed, study.patients);
    Ok(())
}
