//! Progress on standard error: nothing of it where that is no terminal.

use cartrial_report::terminal;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;

/// A bar that counts patients, with patients/s and time left.
pub fn patients(quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let rate = |state: &ProgressState, out: &mut dyn Write| {
        // Nothing can be done about a terminal that does not take the text.
        let _ = write!(out, "{} patients/s", terminal::thousands(state.per_sec() as u64));
    };
    let template = "{bar:36} {human_pos}/{human_len} patients  {rate}  {eta} left";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.with_key("rate", rate).progress_chars("━━─"));
    bar
}
