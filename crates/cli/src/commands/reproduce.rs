//! `cartrial reproduce`: the paper's chapter, and what its 200 patients could not see.

use crate::args::ReproduceArguments;
use crate::failure::Failure;
use crate::output::show;
use crate::progress;
use crate::reproduction_directory::{Directory, FORMAT};
use crate::{figures, table};
use cartrial_cohort::{Method, Study};
use cartrial_dataset::ContentHash;
use cartrial_findings::reproduction::cohort::{self, SOURCES};
use cartrial_findings::reproduction::standard;
use cartrial_findings::reproduction::statistics::{PAPER_PATIENTS, findings};
use cartrial_findings::reproduction::{PowerTable, Reproduction};
use cartrial_model::{Quantity, Reading};
use cartrial_runner::Level;
use std::time::Instant;

/// Reproduces the paper.
pub fn reproduce(arguments: &ReproduceArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let level = Level::from_environment()?;
    let directory = Directory::claim(&arguments.out)?;
    let patients = u64::from(arguments.trials) * PAPER_PATIENTS as u64;
    let bar = progress::patients(patients * SOURCES.len() as u64, arguments.quiet);
    let main = SOURCES[0].study(patients)?;
    let read = |text| standard::reading(&main, text, level);
    let readings = [read(Reading::Curated)?, read(Reading::Printed)?];
    let mut all = Vec::new();
    let mut trials = Vec::new();
    let mut content_hash = ContentHash::EMPTY;
    for source in &SOURCES {
        let solved = cohort::solve(source.study(patients)?, level, |done| bar.inc(done))?;
        content_hash = content_hash.plus(solved.tally.hash);
        all.push(findings(source, &solved));
        if source.n == "held" {
            trials.push(solved.trial(source.distribution));
        }
    }
    bar.finish_and_clear();

    let found = Reproduction {
        seed: main.seed,
        days: main.days,
        solver: solver(&main),
        command: command(arguments),
        readings,
        trials,
        replicates: all.iter().flat_map(|f| f.replicates.clone()).collect(),
        power: PowerTable {
            alpha: 0.05,
            analytic_method: "Fisher z",
            interval_method: "Wilson",
            effects: all.iter().flat_map(|f| f.effects.clone()).collect(),
            trials: all.iter().flat_map(|f| f.power.clone()).collect(),
        },
        drivers: all.iter().flat_map(|f| f.drivers.clone()).collect(),
        cohorts: all.into_iter().map(|f| f.cohort).collect(),
        content_hash: content_hash.to_string(),
        labels: labels(),
    };
    directory.write_json("replicates.json", &found.replicates)?;
    directory.write_json("power.json", &found.power)?;
    directory.write_json("drivers.json", &found.drivers)?;
    let pictures = cartrial_report::reproduction::figures(&found);
    figures::write_all(&directory.path().join("figures"), &pictures)?;
    directory.write("report.html", cartrial_report::reproduction::page(&found, &pictures).as_bytes())?;
    directory.finish(&serde_json::json!({
        "format": FORMAT,
        "format_version": 1,
        "program": { "name": "cartrial", "version": env!("CARGO_PKG_VERSION") },
        "trials": arguments.trials,
        "patients_per_trial": PAPER_PATIENTS,
        "seed": found.seed,
        "cohorts": found.cohorts,
        "content_hash": content_hash,
    }))?;
    if !arguments.quiet {
        show(&format!(
            "{}\n\n{} patients in {:.1} s. Page: {}\n",
            table::replicates(&found.replicates),
            progress::thousands(found.cohorts.iter().map(|c| c.patients).sum()),
            started.elapsed().as_secs_f64(),
            directory.path().join("report.html").display(),
        ))?;
    }
    let failed: u64 = found.cohorts.iter().map(|c| c.patients_failed).sum();
    if failed > 0 {
        let count = progress::thousands(failed);
        return Err(Failure::TooManyFailed(format!(
            "{count} patients failed. The page says in which cohorts."
        )));
    }
    Ok(())
}

/// The command again, as it would be typed.
fn command(arguments: &ReproduceArguments) -> String {
    if arguments.trials == ReproduceArguments::TRIALS {
        "cartrial reproduce".to_owned()
    } else {
        format!("cartrial reproduce --trials {}", arguments.trials)
    }
}

fn solver(study: &Study) -> String {
    match study.solver.method {
        Method::Rk4 { step_hours } => format!("rk4, fixed steps of {step_hours} h"),
        adaptive => format!("{}, relative accuracy {:e} of an outcome", adaptive.name(), study.solver.rtol),
    }
}

/// Column names of predictors, with their labels.
fn labels() -> Vec<(String, String)> {
    let of = |q: Quantity| {
        let label = match q.symbol_in_equations() {
            Some(symbol) => format!("{}, {symbol}", q.label()),
            None => q.label().to_owned(),
        };
        (q.symbol().to_owned(), label)
    };
    let total = ("dose_total".to_owned(), "Total CAR T cell dose".to_owned());
    Quantity::ALL.into_iter().map(of).chain([total]).collect()
}
