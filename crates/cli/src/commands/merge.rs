//! `cartrial merge`: the results of shards become those of their study.

use crate::args::MergeArguments;
use crate::failure::Failure;
use crate::output::show_results;
use cartrial::Existing;
use cartrial_dataset::Pieces;
use std::path::PathBuf;
use std::time::Instant;

/// Merges the results of shards.
pub fn merge(arguments: &MergeArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let directory = directory(arguments)?;
    let existing = if arguments.force { Existing::Replace } else { Existing::Refuse };
    let results = cartrial::merge(&arguments.pieces, &directory, existing)?;
    let study = results.dataset.manifest().study.clone();
    show_results(&results, &study, started, arguments.quiet)
}

/// Where the results go: beside the shards, if they are all in one directory.
fn directory(arguments: &MergeArguments) -> Result<PathBuf, Failure> {
    match (&arguments.out, arguments.pieces.as_slice()) {
        (Some(out), _) => Ok(out.clone()),
        (None, [one]) if !Pieces::is_one(one) => Ok(one.clone()),
        _ => {
            let text = "the merged results need a directory of their own. Give one with --out.";
            Err(Failure::Input(text.into()))
        }
    }
}
