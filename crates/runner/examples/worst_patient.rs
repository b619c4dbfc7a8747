//! The worst error of any patient of a study at its own tolerance, against the same method at rtol 1e-11.
//!
//! ```sh
//! cargo run --release -p cartrial-runner --example worst_patient -- cohorts/million.toml
//! ```

use cartrial_cohort::{Cohort, Solver, Study};
use cartrial_model::HOURS_PER_DAY;
use cartrial_runner::{Block, Endpoint, Level, Row, RunOptions, Status, run, simulate};
use std::error::Error;
use std::path::Path;

/// A patient's errors: relative in the peak, hours in its time if it is a turning point, relative in the nadir and in
/// the states at the end (absolute below 0.01 cells/µL or pg/mL).
const NAMES: [&str; 4] = ["peak", "time of peak (h)", "nadir", "state at the end"];

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let path = std::env::args().nth(1).ok_or("name a study file")?;
    let study = Study::read(Path::new(&path))?;
    let cohort = Cohort::new(&study)?;
    let options = RunOptions::new(Level::from_environment()?);
    let accurate = Study { solver: Solver { rtol: 1e-11, ..study.solver }, ..study.clone() };
    let errors = |block: Block| -> Vec<(u64, [f64; 4])> {
        let truth = simulate(&accurate, &accurate.arms[0], options.level, &block.patients);
        let first_arm = block.rows.iter().filter(|row| row.arm == 0);
        first_arm
            .map(|Row { patient, outcome: found, .. }| {
                let (patient, truth) = (&block.patients[*patient], &truth[*patient]);
                assert!(found.status == Status::Completed && truth.status == Status::Completed);
                let value =
                    |endpoint: Endpoint| (found.values[endpoint.index()], truth.values[endpoint.index()]);
                let error = |(a, b): (f64, f64), least: f64| (a - b).abs() / b.abs().max(least);
                let (day, true_day) = value(Endpoint::TimeOfPeak);
                let turns = true_day > 0.0 && true_day < study.days;
                let time_h = if turns { HOURS_PER_DAY * (day - true_day).abs() } else { 0.0 };
                let end = Endpoint::AT_END.map(|e| error(value(e), 0.01)).into_iter().fold(0.0, f64::max);
                let peak = error(value(Endpoint::PeakInflammation), 0.0);
                (patient.id, [peak, time_h, error(value(Endpoint::TumourNadir), 0.01), end])
            })
            .collect()
    };
    let mut all: [Vec<(f64, u64)>; 4] = Default::default();
    run(&study, &cohort, 0..cohort.patients(), &options, errors, |block| {
        for (id, errors) in block {
            for (list, error) in all.iter_mut().zip(errors) {
                list.push((error, id));
            }
        }
        Ok::<_, Box<dyn Error + Send + Sync>>(())
    })?;
    println!("| | median | 99.9 % | worst | patient |");
    println!("|---|---:|---:|---:|---:|");
    for (name, list) in NAMES.iter().zip(&mut all) {
        list.sort_by(|a, b| a.0.total_cmp(&b.0));
        let at = |share: f64| list[((list.len() - 1) as f64 * share) as usize];
        let (worst, id) = at(1.0);
        println!("| {name} | {:.1e} | {:.1e} | {worst:.1e} | {id} |", at(0.5).0, at(0.999).0);
    }
    Ok(())
}
