//! `cartrial check`: what would run, without running it.

use crate::args::CheckArguments;
use crate::failure::Failure;
use crate::progress::thousands;
use cartrial_cohort::{Cohort, Method, Population, Study};
use cartrial_dataset::Layout;
use cartrial_model::Quantity;

/// Validates a study and shows what it comes to.
pub fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let study = Study::read(&arguments.study)?;
    let cohort = Cohort::new(&study)?;
    let layout = Layout::new(&study, &cohort);
    println!("{}: valid", arguments.study.display());
    println!("  study     {}, seed {}", study.name, study.seed);
    println!("  patients  {}, {}", thousands(study.patients), population(&study));
    println!("  arms      {}", layout.arms().collect::<Vec<_>>().join(", "));
    println!(
        "  model     {} reading, {} growth, {} days",
        study.model.reading.name(),
        study.model.growth.name(),
        study.days
    );
    println!("  solver    {}", solver(&study));
    println!(
        "  results   {} rows of {} columns, about {} on disk",
        thousands(layout.rows()),
        layout.columns().len(),
        indicatif::HumanBytes(layout.estimated_bytes()),
    );
    Ok(())
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

fn solver(study: &Study) -> String {
    match study.solver.method {
        Method::Rk4 { step_hours } => format!("rk4, fixed steps of {step_hours} h"),
        Method::Tsit5 => format!("tsit5, rtol {:e}", study.solver.rtol),
    }
}
