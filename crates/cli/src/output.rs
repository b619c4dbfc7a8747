//! Results on standard output, remarks on standard error.

use crate::failure::Failure;
use cartrial::{Results, Study, too_many_failed};
use cartrial_report::terminal;
use std::io::{ErrorKind, Write};
use std::time::Instant;

/// Writes text to standard output. A reader that has had enough (`| head`) is no failure.
pub fn show(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Other(format!(
            "standard output: cannot be written: {error}. Nothing else is missing."
        ))),
        _ => Ok(()),
    }
}

/// A command that can be typed as it stands.
pub fn command_line<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    // A word with a NUL cannot have been typed.
    shlex::try_join(words).unwrap_or_default()
}

/// The words that were typed after the program's name.
pub fn typed_words() -> Vec<String> {
    // What is no text is shown as well as it can be.
    std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect()
}

/// The command that was typed.
pub fn typed_command() -> String {
    let words = typed_words();
    command_line(["cartrial"].into_iter().chain(words.iter().map(String::as_str)))
}

/// Says something on standard error.
pub fn warn(text: &str) {
    // Nothing can be done about a terminal that does not take it.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Shows what a study came to; whether too many patients failed.
pub fn show_results(results: &Results, study: &Study, started: Instant, quiet: bool) -> Result<(), Failure> {
    for damage in &results.repaired {
        warn(&format!("{damage} It has been made again."));
    }
    let manifest = results.dataset.manifest();
    if !quiet {
        let solved = manifest.patients - results.kept;
        let rate = (solved > 0).then(|| solved as f64 / results.simulated.as_secs_f64());
        let rate =
            rate.map_or(String::new(), |rate| format!(" ({} patients/s)", terminal::thousands(rate as u64)));
        show(&format!(
            "{}\n{} in {:.2} s{rate}. Page: {}\nResults: {}\n",
            terminal::study(study, &results.summary, manifest),
            terminal::patients(manifest.patients),
            started.elapsed().as_secs_f64(),
            results.page.display(),
            results.dataset.directory().display(),
        ))?;
    }
    too_many_failed(manifest).map_or(Ok(()), |text| Err(Failure::TooManyFailed(text)))
}
