//! `cartrial sensitivity`: what drives the outcomes of a study.

use crate::args::SensitivityArguments;
use crate::failure::Failure;
use crate::output::{show, typed_command};
use cartrial::progress;
use cartrial_cohort::{FactorError, Overrides, Population, Study, factors};
use cartrial_findings::sensitivity::{CoursePlan, SensitivityPlan, sensitivity};
use cartrial_model::HOURS_PER_DAY;
use cartrial_report::sensitivity::{Directory, SensitivityError};
use cartrial_report::terminal;
use cartrial_runner::{Level, RunOptions};
use std::path::PathBuf;
use std::time::Instant;

/// Times at which indices of states are taken, at most: each has its own sums.
const MOST_TIMES: f64 = 1000.0;

/// Solves the designs, and writes page and data.
pub fn run(arguments: &SensitivityArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let overrides = Overrides { patients: None, seed: arguments.seed, days: arguments.days };
    let mut study = Study::read_with(&arguments.study, &overrides)?;
    if let (Population::Drawn(population), Some(sampling)) = (&mut study.population, arguments.sampling) {
        population.sampling = sampling;
    }
    let command = typed_command();
    let level = Level::from_environment()?;
    let plan = plan(&study, arguments)?;
    let inside = || PathBuf::from("results").join(format!("{}-sensitivity", study.name));
    let path = arguments.out.clone().unwrap_or_else(inside);
    let directory = Directory::claim(&path)?;
    let bar = progress::patients(arguments.quiet);
    bar.set_length(plan.patients() + plan.followed());
    let options = RunOptions { threads: arguments.threads.unwrap_or(0).into(), ..RunOptions::new(level) };
    let found = sensitivity(&study, &plan, &options, &|patients| bar.inc(patients));
    bar.finish_and_clear();
    let found = found?;
    let page = directory.write(&found, &command)?;
    if !arguments.quiet {
        show(&format!(
            "{}\n{} patients in {:.1} s. Page: {}\n",
            terminal::sensitivity(&found),
            terminal::thousands(plan.patients() + plan.followed()),
            started.elapsed().as_secs_f64(),
            page.display(),
        ))?;
    }
    let solves = found.patients as f64 * study.arms.len() as f64;
    if found.failed_solves as f64 > study.run.max_failed_fraction * solves {
        let failed = terminal::thousands(found.failed_solves);
        return Err(Failure::TooManyFailed(format!(
            "{failed} solves failed, more than [run] max_failed_fraction allows. The indices are those of the patients who can be solved."
        )));
    }
    Ok(())
}

fn plan(study: &Study, arguments: &SensitivityArguments) -> Result<SensitivityPlan, Failure> {
    let shown = arguments.study.display();
    let Some(population) = study.drawn_population() else {
        return Err(Failure::Input(format!(
            "{shown}: the patients come from a table, and a sensitivity analysis draws its own. Give [population] distributions \
             instead of table."
        )));
    };
    if population.targets.is_some() {
        return Err(Failure::Input(format!(
            "{shown}: population.targets: the patients are enrolled for what becomes of them, and a sensitivity analysis moves every \
             quantity over its distribution. Remove the table for this analysis."
        )));
    }
    let factors = factors(population, &arguments.groups)
        .map_err(|error| Failure::Input(format!("{shown}: {error}. {}", remedy(&error))))?;
    let times = |every_hours: f64| (study.days * HOURS_PER_DAY / every_hours).floor() + 1.0;
    if let Some(hours) = arguments.every_hours.filter(|&hours| times(hours) > MOST_TIMES) {
        return Err(Failure::Input(format!(
            "--every-hours {hours}: {} times in {} days are more than {MOST_TIMES}. Raise it.",
            times(hours),
            study.days
        )));
    }
    let courses =
        arguments.every_hours.map(|every_hours| CoursePlan { rows: arguments.course_rows, every_hours });
    Ok(SensitivityPlan {
        factors,
        rows: arguments.rows,
        trajectories: arguments.morris,
        bootstrap_samples: arguments.bootstrap,
        courses,
    })
}

fn remedy(error: &FactorError) -> String {
    match error {
        FactorError::NothingVaries => "Give one a distribution under [population].".to_owned(),
        FactorError::Fixed { .. } => "Leave it out: it drives nothing.".to_owned(),
        FactorError::Twice { .. } => "Leave it out of one.".to_owned(),
        FactorError::SameName { .. } => "Choose another name.".to_owned(),
        FactorError::Correlated { quantities } => {
            let symbols: Vec<&str> = quantities.iter().map(|quantity| quantity.symbol()).collect();
            format!(
                "Factors have to be independent: put them into one with --group NAME={}.",
                symbols.join(",")
            )
        }
        FactorError::NoName | FactorError::NoQuantity { .. } | FactorError::Unknown { .. } => String::new(),
    }
}

impl From<SensitivityError> for Failure {
    fn from(error: SensitivityError) -> Self {
        match error {
            SensitivityError::File(error) => error.into(),
            SensitivityError::Dataset(error) => error.into(),
        }
    }
}
