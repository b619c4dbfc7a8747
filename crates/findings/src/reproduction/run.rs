//! The whole reproduction: four cohorts solved, and everything that is computed of them.

use super::cohort::{self, PAPER_COHORTS};
use super::standard::standard_course;
use super::statistics::{PAPER_PATIENTS, cohort_findings};
use super::{Divisions, PowerTable, Reproduction, variance};
use crate::FindingsError;
use cartrial_cohort::{Solver, StepSize, Study};
use cartrial_dataset::ContentHash;
use cartrial_model::{Quantity, Reading};
use cartrial_runner::Level;

/// Patients of all cohorts and of the designs for Sobol' indices together, for that many trials in each.
pub fn patients(trials: u32) -> u64 {
    let of_trials = u64::from(trials) * PAPER_PATIENTS as u64 * PAPER_COHORTS.len() as u64;
    of_trials + variance::patients(trials, PAPER_COHORTS.iter())
}

/// Reproduces the paper, with so many replicates of its trial in each cohort.
///
/// `command` is what the page tells its reader to type. `progress` is told how many patients are done since it was last
/// told.
///
/// # Errors
/// [`FindingsError::StandardPatient`] if the standard patient cannot be solved, [`FindingsError::Run`] if no threads
/// start.
pub fn reproduce(
    trials: u32,
    command: String,
    level: Level,
    progress: impl Fn(u64) + Sync,
) -> Result<Reproduction, FindingsError> {
    let patients = u64::from(trials) * PAPER_PATIENTS as u64;
    let main = PAPER_COHORTS[0].study(patients)?;
    let course = |reading| standard_course(&main, reading, level);
    let readings = [course(Reading::Curated)?, course(Reading::Printed)?];
    let mut all = Vec::new();
    let mut drawn = Vec::new();
    let mut variances = Vec::new();
    let mut content_hash = ContentHash::EMPTY;
    for paper in &PAPER_COHORTS {
        let solved = cohort::solve(paper.study(patients)?, level, &progress)?;
        content_hash = content_hash.plus(solved.counts.hash);
        all.push(cohort_findings(paper, &solved));
        if paper.n == Divisions::Held {
            drawn.push(solved.trial(paper.distribution));
        }
        variances.extend(variance::variance(paper, trials, level, &progress)?);
    }
    Ok(Reproduction {
        seed: main.seed,
        days: main.days,
        solver: solver(&main),
        command,
        readings,
        trials: drawn,
        replicates: all.iter().flat_map(|f| f.replicates.clone()).collect(),
        power: PowerTable {
            alpha: 0.05,
            analytic_method: "Fisher z",
            interval_method: "Wilson",
            effects: all.iter().flat_map(|f| f.effects.clone()).collect(),
            trials: all.iter().flat_map(|f| f.power.clone()).collect(),
        },
        drivers: all.iter().flat_map(|f| f.drivers.clone()).collect(),
        variance: variances,
        cohorts: all.into_iter().map(|f| f.cohort).collect(),
        content_hash: content_hash.to_string(),
        labels: labels(),
    })
}

fn solver(study: &Study) -> String {
    let Solver { method, rtol } = study.solver;
    match method.step_size() {
        StepSize::Fixed { hours } => format!("{}, fixed steps of {hours} h", method.name()),
        StepSize::Adaptive => format!("{}, relative accuracy {rtol:e} of an outcome", method.name()),
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
