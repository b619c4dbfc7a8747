//! The results of a study's shards, which become those of the study.

use crate::Result;
use crate::dataset::Dataset;
use crate::directory::{Found, MANIFEST, PATIENTS, part_name};
use crate::error::{DatasetError, Remedy};
use crate::identity::listed;
use crate::journal::JOURNAL;
use crate::manifest::Manifest;
use crate::part_file::PartFile;
use crate::results_directory::{CompleteTable, Existing, ResultsDirectory, Wanted};
use crate::row_counts::RowCounts;
use crate::staged::link_file;
use cartrial_cohort::Shard;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The results of all shards of one study, in order: every patient once.
#[derive(Debug)]
pub struct Pieces {
    pieces: Vec<Dataset>,
}

impl Pieces {
    /// The directory of a shard's results beside those of the others, in `directory`.
    pub fn directory_of(directory: &Path, shard: Shard) -> PathBuf {
        directory.join(format!("shard-{}-of-{}", shard.index(), shard.of()))
    }

    /// Whether `directory` is that of one shard's results.
    pub fn is_one(directory: &Path) -> bool {
        Manifest::read(directory).is_ok_and(|manifest| manifest.shard.is_some())
    }

    /// Whether `directory` holds results of shards, each in a directory of its own.
    pub fn are_in(directory: &Path) -> bool {
        !below(directory).is_empty()
    }

    /// Opens the results of shards and checks every file, byte for byte. A directory is that of one shard, or holds those
    /// of several as [`Pieces::directory_of`] names them. Their order does not matter.
    ///
    /// # Errors
    /// [`DatasetError::NoPieces`] if no directory is given, [`DatasetError::NotPieces`] if a shard is missing, there twice, or of another study, seed or version than the
    /// first; otherwise as [`Dataset::open_whole`].
    pub fn open(directories: &[PathBuf]) -> Result<Self> {
        if directories.is_empty() {
            return Err(DatasetError::NoPieces);
        }
        let found = directories.iter().flat_map(|directory| {
            let below = below(directory);
            if below.is_empty() { vec![directory.clone()] } else { below }
        });
        let mut pieces = found.map(|directory| open(&directory)).collect::<Result<Vec<_>>>()?;
        check_same_study(&pieces)?;
        pieces.sort_by_key(|piece| piece.manifest().shard.map(Shard::index));
        check_every_shard_once(&pieces)?;
        Ok(Self { pieces })
    }

    /// Number of patients of the study.
    pub fn patients(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.manifest().patients).sum()
    }

    /// What was accumulated from the rows of every piece, in order; nothing if not all have it, or another version of this
    /// program wrote it. The items are errors as of [`Dataset::accumulators`].
    pub fn accumulators(&self) -> Option<impl Iterator<Item = Result<Vec<u8>>>> {
        let has_them = |piece: &Dataset| {
            let manifest = piece.manifest();
            manifest.accumulators.is_some() && manifest.program.version == env!("CARGO_PKG_VERSION")
        };
        self.pieces
            .iter()
            .all(has_them)
            .then(|| self.pieces.iter().filter_map(|piece| piece.accumulators().transpose()))
    }

    /// Makes one patient table of all pieces in `directory`: their files get a second name there, or are copied where
    /// that is another file system. The pieces stay as they are.
    ///
    /// # Errors
    /// As [`ResultsWriter::create`](crate::ResultsWriter::create).
    pub fn merge_into(&self, directory: &Path, existing: Existing) -> Result<CompleteTable> {
        // There is a directory, so there is a piece.
        let first = &self.pieces[0];
        let same = |piece: &&Dataset| {
            directory.canonicalize().is_ok_and(|to| piece.directory().canonicalize().is_ok_and(|of| to == of))
        };
        if let Some(piece) = self.pieces.iter().find(same) {
            let reason = "is one of the pieces, and cannot hold all of them".to_owned();
            return Err(refused(piece, reason, Remedy::Elsewhere));
        }
        let files = self.pieces.iter().flat_map(|piece| {
            piece.manifest().files.iter().map(|file| (piece.directory().join(&file.path), file))
        });
        let files: Vec<_> = files.collect();
        let in_parts = files.len() > 1;
        let wanted = Wanted {
            identity: first.manifest().identity().of_whole_study(),
            cohort_table: None,
            in_parts,
            is_expected: &|_| false,
            can_resume: false,
        };
        let (mut results, _) = ResultsDirectory::claim(directory, wanted, existing)?;
        let (mut merged, mut counts) = (Vec::new(), RowCounts::empty(first.manifest().arms.len()));
        for (number, (from, file)) in files.into_iter().enumerate() {
            let path = if in_parts { part_name(number as u64) } else { PATIENTS.to_owned() };
            link_file(&from, directory.join(&path))?;
            let file = PartFile { path, ..file.clone() };
            results.commit(&file)?;
            merged.push(file);
        }
        self.pieces.iter().for_each(|piece| counts.merge(&piece.counts));
        let (columns, stored) = (first.columns().to_vec(), first.stored_columns().to_vec());
        let mut table = results.complete(columns, stored, merged, counts)?;
        if let Some(mut writer) = table.trajectory_writer()? {
            for piece in &self.pieces {
                let file = piece.manifest().trajectories;
                file.map_or(Ok(()), |file| writer.append_file(piece.directory(), &file))?;
            }
            table.add_trajectories(writer)?;
        }
        Ok(table)
    }
}

fn open(directory: &Path) -> Result<Dataset> {
    if directory.is_dir() && Found::in_directory(directory)?.is_empty() {
        let reason = "holds no results of shards".to_owned();
        let (directory, remedy) = (directory.into(), Remedy::NameShards);
        return Err(DatasetError::NotPieces { directory, reason, remedy });
    }
    Dataset::open(directory)
}

/// The directories of shards in a directory, in the order of their names.
fn below(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let is_piece = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("shard-") && (path.join(MANIFEST).exists() || path.join(JOURNAL).exists())
    };
    let mut found: Vec<_> = entries.map(|entry| entry.path()).filter(is_piece).collect();
    found.sort();
    found
}

fn check_same_study(pieces: &[Dataset]) -> Result<()> {
    let Some((first, others)) = pieces.split_first() else { return Ok(()) };
    let whole = first.manifest().identity().of_whole_study();
    for piece in pieces {
        if piece.manifest().shard.is_none() {
            return Err(refused(piece, "holds a whole study, not a shard of one".into(), Remedy::LeaveOut));
        }
    }
    for piece in others {
        let differences = whole.differences(&piece.manifest().identity().of_whole_study());
        if !differences.is_empty() {
            let reason = format!(
                "is not of the same study as {}: {}",
                first.directory().display(),
                listed(&differences)
            );
            return Err(refused(piece, reason, Remedy::LeaveOut));
        }
        let shards = |piece: &Dataset| piece.manifest().shard.map_or(0, Shard::of);
        if shards(piece) != shards(first) {
            let reason = format!(
                "is one of {} shards, and {} one of {}",
                shards(piece),
                first.directory().display(),
                shards(first)
            );
            return Err(refused(piece, reason, Remedy::LeaveOut));
        }
    }
    Ok(())
}

fn check_every_shard_once(pieces: &[Dataset]) -> Result<()> {
    let shard_of = |piece: &Dataset| piece.manifest().shard;
    for pair in pieces.windows(2) {
        if let (Some(a), Some(b)) = (shard_of(&pair[0]), shard_of(&pair[1]))
            && a == b
        {
            let reason = format!("is shard {a}, and so is {}", pair[0].directory().display());
            return Err(refused(&pair[1], reason, Remedy::LeaveOneOut));
        }
    }
    let Some((first, shard)) = pieces.first().and_then(|piece| Some((piece, shard_of(piece)?))) else {
        return Ok(());
    };
    let there: HashSet<_> = pieces.iter().filter_map(shard_of).collect();
    let study = &first.manifest().study;
    let number = shard.of() - there.len() as u64;
    if number == 0 {
        return Ok(());
    }
    const SHOWN: u64 = 3;
    let mut named: Vec<_> = Shard::all(shard.of())
        .filter(|shard| !there.contains(shard))
        .take(SHOWN as usize)
        .map(|shard| {
            let ids = shard.ids(study.patients);
            format!("shard {shard} (patients {} to {})", ids.start, ids.end.saturating_sub(1))
        })
        .collect();
    if number > SHOWN {
        named.push(format!("{} more", number - SHOWN));
    }
    let verb = if number == 1 { "is" } else { "are" };
    let reason = format!("{} of {} {verb} missing", named.join(", "), study.name);
    let directory = first.directory().parent().unwrap_or(first.directory());
    Err(DatasetError::NotPieces { directory: directory.into(), reason, remedy: Remedy::RunMissing })
}

fn refused(piece: &Dataset, reason: String, remedy: Remedy) -> DatasetError {
    DatasetError::NotPieces { directory: piece.directory().into(), reason, remedy }
}
