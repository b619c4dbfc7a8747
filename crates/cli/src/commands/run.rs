//! `cartrial run`: a study from its first draw to its page.

use crate::args::RunArguments;
use crate::failure::Failure;
use crate::output::show;
use crate::progress;
use cartrial::{Manifest, Options, RunStudy, Study};
use cartrial_report::terminal;
use std::time::Instant;

/// Runs a study.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let study = Study::read_with(&arguments.study, &arguments.overrides.resolve())?;
    let bar = progress::patients(arguments.quiet);
    let results = study.run(&Options {
        directory: arguments.out.clone(),
        replace: arguments.force,
        threads: arguments.threads.unwrap_or(0),
        level: None,
        progress: Some(&|done, total| {
            bar.set_length(total);
            bar.set_position(done);
        }),
    });
    bar.finish_and_clear();
    let results = results?;
    let manifest = results.dataset.manifest();
    if !arguments.quiet {
        let rate = manifest.patients as f64 / results.simulated.as_secs_f64();
        show(&format!(
            "{}\n{} in {:.2} s ({} patients/s). Page: {}\nResults: {}\n",
            terminal::study(&study, &results.summary, manifest),
            terminal::patients(manifest.patients),
            started.elapsed().as_secs_f64(),
            terminal::thousands(rate as u64),
            results.page.display(),
            results.dataset.directory().display(),
        ))?;
    }
    judge(manifest)
}

/// Exit code 3 where too many patients failed.
fn judge(manifest: &Manifest) -> Result<(), Failure> {
    if !manifest.too_many_failed() {
        return Ok(());
    }
    let failures = &manifest.failures;
    let by_status: Vec<_> = failures
        .by_status
        .iter()
        .filter(|&(_, &rows)| rows > 0)
        .map(|(status, rows)| format!("{rows} {status}"))
        .collect();
    Err(Failure::TooManyFailed(format!(
        "{} of {} patients failed ({}), more than [run] max_failed_fraction = {} allows. Their rows are in the results, \
         with the status and without outcomes.",
        terminal::thousands(failures.patients),
        terminal::thousands(manifest.patients),
        by_status.join(", "),
        failures.max_failed_fraction,
    )))
}
