//! `cartrial run`: cohort → outcomes → dataset and summary, in one pass.

use crate::args::RunArguments;
use crate::failure::Failure;
use crate::output::show;
use crate::{page, progress, table};
use cartrial_cohort::{Cohort, Study};
use cartrial_dataset::{Digest, Layout, Manifest, ResultsWriter, write_summary};
use cartrial_findings::StudySurvey;
use cartrial_findings::Trial;
use cartrial_runner::{Level, RunOptions};
use std::path::PathBuf;
use std::time::Instant;

/// Runs a study.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let level = Level::from_environment()?;
    let study = Study::read_with(&arguments.study, &arguments.overrides.resolve())?;
    let cohort = Cohort::new(&study)?;
    let directory = arguments.out.clone().unwrap_or_else(|| PathBuf::from("results").join(&study.name));
    let layout = Layout::new(&study, &cohort);
    let mut writer = ResultsWriter::create(&directory, &layout, arguments.force)?;
    let mut survey = StudySurvey::new(&Trial::of(&study), layout.columns());

    let threads = arguments.threads.map_or(0, usize::from);
    let options = RunOptions { threads, block: RunOptions::BLOCK, level };
    let bar = progress::patients(cohort.patients(), arguments.quiet);
    let simulating = Instant::now();
    let digest = |block| Digest::of(&layout, &block);
    cartrial_runner::run(&study, &cohort, 0..cohort.patients(), &options, digest, |digest| {
        survey.extend(&digest.rows)?;
        bar.inc(digest.rows.patients() as u64);
        writer.write(digest).map_err(Failure::from)
    })?;
    bar.finish_and_clear();
    let simulated = simulating.elapsed();

    let summary = survey.summary();
    write_summary(&directory, &summary)?;
    let timing = serde_json::json!({
        "simd": level.name(),
        "threads": if threads == 0 { rayon::current_num_threads() } else { threads },
        "simulated_and_written_s": simulated.as_secs_f64(),
        "total_s": started.elapsed().as_secs_f64(),
    });
    let manifest = writer.finish(Some(timing))?;
    let report = page::write(&directory, &manifest, layout.columns(), &survey, &summary)?;

    if !arguments.quiet {
        let rate = manifest.patients as f64 / simulated.as_secs_f64();
        let results = table::study(&study, &summary, &manifest);
        show(&format!(
            "{results}\n{} in {:.2} s ({} patients/s). Page: {}\nResults: {}\n",
            progress::patients_in_words(manifest.patients),
            started.elapsed().as_secs_f64(),
            progress::thousands(rate as u64),
            report.display(),
            directory.display(),
        ))?;
    }
    judge(&manifest)
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
        progress::thousands(failures.patients),
        progress::thousands(manifest.patients),
        by_status.join(", "),
        failures.max_failed_fraction,
    )))
}
