//! `cartrial run`: a study from its first draw to its page, or one shard of it.

use crate::args::RunArguments;
use crate::failure::Failure;
use crate::output::{command_line, show, show_results, typed_words, warn};
use crate::signals::Signals;
use cartrial::{Error, Existing, Options, RunStudy, Shard, Study, progress};
use cartrial_report::terminal;
use std::time::Instant;

/// Runs a study.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let study = Study::read_with(&arguments.study, &arguments.overrides.resolve())?;
    let signals = Signals::catch()?;
    let bar = progress::patients(arguments.quiet);
    let options = Options {
        directory: arguments.out.clone(),
        existing: existing(arguments),
        threads: arguments.threads.unwrap_or(0),
        level: None,
        progress: Some(&|done, total| {
            bar.set_length(total);
            bar.set_position(done);
        }),
        stop: Some(&|| signals.ask_to_stop(|text| bar.suspend(|| warn(text)))),
    };
    match arguments.shard {
        Some(shard) => {
            let done = study.run_shard(shard, &options);
            bar.finish_and_clear();
            let dataset = done.map_err(|error| explained(error, &signals))?;
            if arguments.quiet { Ok(()) } else { show(&finished_shard(shard, &dataset, started)) }
        }
        None => {
            let done = study.run(&options);
            bar.finish_and_clear();
            show_results(&done.map_err(|error| explained(error, &signals))?, &study, started, arguments.quiet)
        }
    }
}

fn existing(arguments: &RunArguments) -> Existing {
    match (arguments.resume, arguments.force) {
        (true, _) => Existing::Resume,
        (_, true) => Existing::Replace,
        _ => Existing::Refuse,
    }
}

fn finished_shard(shard: Shard, dataset: &cartrial::Dataset, started: Instant) -> String {
    let manifest = dataset.manifest();
    format!(
        "Shard {shard}: {} ({} to {}) in {:.2} s. Results: {}\n",
        terminal::patients(manifest.patients),
        manifest.first_patient,
        manifest.first_patient + manifest.patients - 1,
        started.elapsed().as_secs_f64(),
        dataset.directory().display(),
    )
}

/// What a run that was interrupted needs to go on.
fn explained(error: Error, signals: &Signals) -> Failure {
    let mut typed = typed_words();
    let again = match error {
        Error::Interrupted { .. } => {
            typed.retain(|word| word != "--force" && word != "--resume");
            typed.push("--resume".to_owned());
            "Go on with"
        }
        Error::InterruptedEnrolment => "Start again with",
        _ => return error.into(),
    };
    let words = ["cartrial"].into_iter().chain(typed.iter().map(String::as_str));
    Failure::Interrupted {
        text: format!("{error}. {again}:\n{}", command_line(words)),
        code: signals.exit_code(),
    }
}
