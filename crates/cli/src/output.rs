//! Results on standard output.

use crate::failure::Failure;
use std::io::{ErrorKind, Write};

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
