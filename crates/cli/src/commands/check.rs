//! `cartrial check`: what would run, without running it.

use crate::args::CheckArguments;
use crate::failure::Failure;
use crate::output::show;
use cartrial_cohort::{Allocation, Cohort, Population, Sampling, Solver, StepSize, Study, TargetMethod};
use cartrial_dataset::Layout;
use cartrial_model::Quantity;
use cartrial_report::terminal::thousands;
use cartrial_report::{correlation_kind_in_words, distribution_in_words, pairs_in_words};

/// Validates a study and shows what it comes to.
pub fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let study = Study::read(&arguments.study)?;
    let cohort = Cohort::outline(&study)?;
    let layout = Layout::new(&study, &cohort);
    show(&format!(
        "{file}: valid
  study     {name}, seed {seed}
  patients  {patients}, {population}
{details}  arms      {arms}{allocation}
  model     {reading} reading, {growth} growth, {days} days
  solver    {solver}
  results   {rows} rows of {columns} columns, about {bytes} on disk
",
        file = arguments.study.display(),
        name = study.name,
        seed = study.seed,
        patients = thousands(study.patients),
        population = population(&study),
        details = details(&study),
        arms = arms(&layout.arms().collect::<Vec<_>>()),
        allocation = allocation(&study),
        reading = study.model.reading.name(),
        growth = study.model.growth.name(),
        days = study.days,
        solver = solver(&study),
        rows = thousands(layout.rows()),
        columns = layout.columns().len(),
        bytes = indicatif::HumanBytes(layout.estimated_bytes()),
    ))
}

/// The arms in a line, or each in its own where that would be too long.
fn arms(names: &[&str]) -> String {
    const LINE: usize = 80;
    let line = names.join(", ");
    if line.chars().count() <= LINE { line } else { names.join("\n            ") }
}

fn allocation(study: &Study) -> String {
    let ratios: Vec<_> = study.arms.iter().map(|arm| arm.ratio.to_string()).collect();
    match study.allocation {
        _ if study.arms.len() == 1 => String::new(),
        Allocation::Twins => "; every patient in each".into(),
        Allocation::Randomised => format!("; randomised {}", ratios.join(":")),
    }
}

fn population(study: &Study) -> String {
    match &study.population {
        Population::Drawn(spec) => {
            let varied: Vec<_> = spec.varied().map(Quantity::symbol).collect();
            format!("{} sampling, varied: {}", spec.sampling.name(), varied.join(" "))
        }
        Population::Table(table) => format!("from {} ({} rows)", table.path, thousands(table.rows)),
    }
}

/// What else there is to know about how patients are drawn, a line each.
fn details(study: &Study) -> String {
    let Population::Drawn(spec) = &study.population else { return String::new() };
    let mut lines = Vec::new();
    for quantity in Quantity::ALL {
        let distribution = spec.distribution(quantity);
        if distribution.truncation().is_given() {
            lines.push(format!("{quantity}: {}", distribution_in_words(distribution)));
        }
    }
    if let Some(correlation) = &spec.correlation {
        lines.push(format!("correlated, by {}:", correlation_kind_in_words(correlation.kind())));
        lines.extend(pairs_in_words(correlation).into_iter().map(|pair| format!("  {pair}")));
    }
    if let Some(targets) = &spec.targets {
        let counted = |n: usize, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
        lines.push(format!(
            "{} {} candidates, by {} and {}: cartrial calibrate shows how",
            match targets.method {
                TargetMethod::Acceptance => "accepted from",
                TargetMethod::Weighting => "weighted, of",
            },
            thousands(targets.candidates),
            counted(targets.plausible.len(), "range"),
            counted(targets.shares.len(), "share")
        ));
    }
    let patients = spec.targets.as_ref().map_or(study.patients, |targets| targets.candidates);
    match spec.sampling {
        Sampling::LatinHypercube => lines.push(format!(
            "{} strata a quantity, those of the whole study: shards divide them, and another number of\n\
             {INDENT}patients (--patients) makes other patients of all",
            thousands(patients)
        )),
        Sampling::Sobol if !patients.is_power_of_two() => {
            let below = 1 << patients.ilog2();
            lines.push(format!(
                "balanced only for powers of two: {} or {} patients would be",
                thousands(below),
                thousands(2 * below)
            ));
        }
        Sampling::Sobol | Sampling::Random => {}
    }
    lines.iter().map(|line| format!("{INDENT}{line}\n")).collect()
}

/// Where the second column begins.
const INDENT: &str = "            ";

fn solver(study: &Study) -> String {
    let Solver { method, rtol } = study.solver;
    match method.step_size() {
        StepSize::Fixed { hours } => format!("{}, fixed steps of {hours} h", method.name()),
        StepSize::Adaptive => format!("{}, rtol {rtol:e}", method.name()),
    }
}
