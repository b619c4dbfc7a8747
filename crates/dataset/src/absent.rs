//! What to say of a directory that holds no complete results.

use crate::directory::{PARTS, PATIENTS};
use crate::error::{DatasetError, Remedy};
use crate::journal::JournalEntries;
use crate::lock::DirectoryLock;
use crate::pieces::Pieces;
use std::path::Path;

/// What to say of a directory without a manifest.
pub(crate) fn absent(directory: &Path) -> DatasetError {
    let nothing = |reason: &str, remedy| DatasetError::NotResults {
        directory: directory.into(),
        reason: reason.to_owned(),
        remedy,
    };
    if !directory.exists() {
        return nothing("there is no such directory", Remedy::CheckPath);
    }
    if !directory.is_dir() {
        return nothing("is a file, not a results directory", Remedy::NameResults);
    }
    if let Err(busy) = DirectoryLock::check_free(directory) {
        return busy;
    }
    match JournalEntries::read(directory) {
        Ok(Some(JournalEntries { identity, files })) => {
            let ids = identity.ids();
            let done = files.iter().fold(0, |done: u64, file| done.saturating_add(file.patients));
            let done = format!("{done} of {} patients are done", ids.end - ids.start);
            match identity.shard {
                None => nothing(&format!("holds an unfinished run: {done}"), Remedy::Resume),
                Some(shard) => nothing(
                    &format!("holds shard {shard}, which is unfinished: {done}"),
                    Remedy::RunShardAgain(shard),
                ),
            }
        }
        Ok(None) if directory.join(PARTS).is_dir() || directory.join(PATIENTS).exists() => {
            nothing("holds an unfinished run: there is no manifest.json", Remedy::RunAgain)
        }
        Ok(None) if Pieces::are_in(directory) => {
            nothing("holds results of shards, which are not merged", Remedy::MergeFirst)
        }
        Ok(None) => nothing("is no results directory: there is no manifest.json", Remedy::NameResults),
        Err(error) => error,
    }
}
