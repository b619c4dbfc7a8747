//! `cartrial reproduce`: the paper's chapter, and what its 200 patients are too few to show.

use crate::args::ReproduceArguments;
use crate::failure::Failure;
use crate::output::show;
use cartrial::progress;
use cartrial_findings::reproduction;
use cartrial_report::reproduction::Directory;
use cartrial_report::terminal;
use cartrial_runner::Level;
use std::time::Instant;

/// Reproduces the paper.
pub fn reproduce(arguments: &ReproduceArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let level = Level::from_environment()?;
    let directory = Directory::claim(&arguments.out)?;
    let bar = progress::patients(arguments.quiet);
    bar.set_length(reproduction::patients(arguments.trials));
    let found = reproduction::reproduce(arguments.trials, command(arguments), level, |done| bar.inc(done));
    bar.finish_and_clear();
    let found = found?;
    let page = directory.write(&found, env!("CARGO_PKG_VERSION"), arguments.trials)?;
    if !arguments.quiet {
        show(&format!(
            "{}\n\n{} patients in {:.1} s. Page: {}\n",
            terminal::replicates(&found.replicates),
            terminal::thousands(found.cohorts.iter().map(|c| c.patients).sum()),
            started.elapsed().as_secs_f64(),
            page.display(),
        ))?;
    }
    let failed: u64 = found.cohorts.iter().map(|c| c.patients_failed).sum();
    if failed > 0 {
        let count = terminal::thousands(failed);
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
