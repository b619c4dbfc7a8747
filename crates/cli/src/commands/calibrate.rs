//! `cartrial calibrate`: how a study's patients come to look like those of a real trial.

use crate::args::CalibrateArguments;
use crate::failure::Failure;
use crate::output::{show, typed_command};
use cartrial::progress;
use cartrial_cohort::Study;
use cartrial_findings::calibration::{calibrate, targets};
use cartrial_report::calibration::Directory;
use cartrial_report::terminal;
use cartrial_runner::{Level, RunOptions};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

/// Accepts the study's patients, and writes page and data.
pub fn run(arguments: &CalibrateArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let study = Study::read_with(&arguments.study, &arguments.overrides.resolve())?;
    let Some(targets) = targets(&study) else {
        return Err(Failure::Input(format!(
            "{}: no targets, so that every patient drawn is taken. Write some under [population.targets].",
            arguments.study.display()
        )));
    };
    let command = typed_command();
    let options = RunOptions {
        threads: arguments.threads.unwrap_or(0).into(),
        ..RunOptions::new(Level::from_environment()?)
    };
    let inside = || PathBuf::from("results").join(format!("{}-calibration", study.name));
    let directory = Directory::claim(&arguments.out.clone().unwrap_or_else(inside))?;
    let bar = progress::patients(arguments.quiet);
    bar.set_length(targets.candidates);
    let found = calibrate(&study, &options, &|candidates| {
        bar.inc(candidates);
        ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    let found = found?;
    let page = directory.write(&found, &command)?;
    if !arguments.quiet {
        show(&format!(
            "{}\n{} candidates in {:.1} s. Page: {}\n",
            terminal::calibration(&found),
            terminal::thousands(found.candidates),
            started.elapsed().as_secs_f64(),
            page.display(),
        ))?;
    }
    found.cohort().map(|_| ()).map_err(|error| Failure::TooManyFailed(error.to_string()))
}
