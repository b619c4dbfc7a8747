//! Solving alone, timed: draws the patients of a study, solves them on all threads, writes nothing.
//!
//! ```sh
//! cargo run --release -p cartrial-runner --example solve -- cohorts/million.toml [patients] [threads] [runs]
//! ```
//!
//! Prints one JSON object: wall time of every run, and the median per patient in microseconds.

use cartrial_cohort::{Cohort, Overrides, Study};
use cartrial_runner::{Level, RunOptions, run};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| arguments.get(i).map(|a| a.parse::<u64>()).transpose();
    let path = arguments.first().ok_or("name a study file")?;
    let overrides = Overrides { patients: number(1)?, ..Overrides::default() };
    let study = Study::read_with(Path::new(path), &overrides)?;
    let cohort = Cohort::new(&study)?;
    let threads = usize::try_from(number(2)?.unwrap_or(0))?;
    let options = RunOptions { threads, ..RunOptions::new(Level::from_environment()?) };

    let mut seconds = Vec::new();
    let mut steps = 0;
    for _ in 0..number(3)?.unwrap_or(5) {
        let started = Instant::now();
        steps = 0;
        let count = |block: cartrial_runner::Block| {
            block.rows.iter().map(|row| u64::from(row.outcome.steps)).sum::<u64>()
        };
        run(&study, &cohort, 0..cohort.patients(), &options, count, |of_block| {
            steps += of_block;
            Ok::<_, Box<dyn Error + Send + Sync>>(())
        })?;
        seconds.push(started.elapsed().as_secs_f64());
    }
    let mut sorted = seconds.clone();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN);
    let patients = cohort.patients() as f64;
    println!(
        "{{\"patients\": {patients}, \"threads\": {threads}, \"simd\": \"{}\", \"seconds\": {seconds:?}, \
         \"us_per_patient\": {:.4}, \"steps_per_patient\": {:.2}}}",
        options.level,
        median / patients * 1e6,
        steps as f64 / patients,
    );
    Ok(())
}
