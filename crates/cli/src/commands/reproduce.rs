//! `cartrial reproduce`: the paper's chapter, and what its 200 patients could not see.

use crate::args::ReproduceArguments;
use crate::failure::Failure;
use crate::output::show;
use crate::progress;
use crate::reproduction::cohort::{self, SOURCES};
use crate::reproduction::directory::{Directory, FORMAT};
use crate::reproduction::statistics::{PAPER_PATIENTS, findings};
use crate::table;
use cartrial_dataset::ContentHash;
use cartrial_report::reproduction::PowerTable;
use cartrial_runner::Level;
use std::time::Instant;

/// Reproduces the paper.
pub fn reproduce(arguments: &ReproduceArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let level = Level::from_environment()?;
    let directory = Directory::claim(&arguments.out)?;
    let patients = u64::from(arguments.trials) * PAPER_PATIENTS as u64;
    let bar = progress::patients(patients * SOURCES.len() as u64, arguments.quiet);
    let mut all = Vec::new();
    let mut content_hash = ContentHash::EMPTY;
    for source in &SOURCES {
        let solved = cohort::solve(source.study(patients)?, level, |done| bar.inc(done))?;
        content_hash = content_hash.plus(solved.tally.hash);
        all.push(findings(source, &solved));
    }
    bar.finish_and_clear();

    let replicates: Vec<_> = all.iter().flat_map(|f| &f.replicates).collect();
    let power = PowerTable {
        alpha: 0.05,
        analytic_method: "Fisher z",
        interval_method: "Wilson",
        effects: all.iter().flat_map(|f| f.effects.clone()).collect(),
        trials: all.iter().flat_map(|f| f.power.clone()).collect(),
    };
    let drivers: Vec<_> = all.iter().flat_map(|f| &f.drivers).collect();
    directory.write_json("replicates.json", &replicates)?;
    directory.write_json("power.json", &power)?;
    directory.write_json("drivers.json", &drivers)?;
    let cohorts: Vec<_> = all.iter().map(|f| &f.cohort).collect();
    directory.finish(&serde_json::json!({
        "format": FORMAT,
        "format_version": 1,
        "program": { "name": "cartrial", "version": env!("CARGO_PKG_VERSION") },
        "trials": arguments.trials,
        "patients_per_trial": PAPER_PATIENTS,
        "cohorts": cohorts,
        "content_hash": content_hash,
    }))?;
    if !arguments.quiet {
        show(&format!(
            "{}\n\n{} patients in {:.1} s. Page: {}\n",
            table::replicates(&replicates),
            progress::thousands(cohorts.iter().map(|c| c.patients).sum()),
            started.elapsed().as_secs_f64(),
            directory.path().join("report.html").display(),
        ))?;
    }
    let failed: u64 = cohorts.iter().map(|c| c.patients_failed).sum();
    if failed > 0 {
        let count = progress::thousands(failed);
        return Err(Failure::TooManyFailed(format!(
            "{count} patients failed. The page says in which cohorts."
        )));
    }
    Ok(())
}
