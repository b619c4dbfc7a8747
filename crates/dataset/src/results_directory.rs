//! A results directory that one run writes to: begun, part by part, and published.

use crate::Result;
use crate::column::Column;
use crate::dataset::Dataset;
use crate::directory::{ACCUMULATORS, Found, MANIFEST, PARTS, paths, remove};
use crate::error::DatasetError;
use crate::file_hash::FileBytes;
use crate::identity::{RunIdentity, listed};
use crate::journal::{Journal, JournalEntries};
use crate::json::{write_dictionary, write_summary};
use crate::lock::DirectoryLock;
use crate::manifest::Manifest;
use crate::part::Footer;
use crate::part_file::PartFile;
use crate::row_counts::RowCounts;
use crate::staged::{sync_directory, write_file};
use crate::trajectory_table::TrajectoryWriter;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// What becomes of results that are in the directory already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// They are an error, and nothing is touched.
    #[default]
    Refuse,
    /// They are removed, if this program wrote them.
    Replace,
    /// Those of the same run stay: what is whole is kept, and only what is missing or damaged is done again.
    Resume,
}

/// A results directory that nobody else writes to. Until it is published, it has no manifest.
#[derive(Debug)]
pub(crate) struct ResultsDirectory {
    path: PathBuf,
    identity: RunIdentity,
    /// Nothing where the results were complete before: then there is nothing to write.
    journal: Option<Journal>,
    _lock: DirectoryLock,
}

/// What is there already of a run, and stays.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Whole files, checked against their hashes.
    pub files: Vec<(PartFile, Footer)>,
    /// What is wrong with the others.
    pub damage: Vec<DatasetError>,
}

/// The part of the run that a directory should hold.
pub(crate) struct Wanted<'a> {
    pub identity: RunIdentity,
    /// The cohort table's file, which results must never replace.
    pub cohort_table: Option<&'a Path>,
    /// Whether the patient table is a directory of parts.
    pub in_parts: bool,
    /// Whether a file of the journal is one that this run would write.
    pub is_expected: &'a dyn Fn(&PartFile) -> bool,
    /// Whether an unfinished run can go on with what is whole.
    pub can_resume: bool,
}

impl ResultsDirectory {
    /// Makes `directory` ready for a run. Files with names that results never have are left alone, always.
    pub fn claim(directory: &Path, wanted: Wanted, existing: Existing) -> Result<(Self, Kept)> {
        if directory.is_dir() {
            DirectoryLock::check_free(directory)?;
            let found = Found::in_directory(directory)?;
            if existing == Existing::Refuse && !found.is_empty() {
                return Err(found.refusal(directory));
            }
        }
        fs::create_dir_all(directory).map_err(|e| DatasetError::io(directory, "created", e))?;
        let lock = DirectoryLock::take(directory)?;
        let found = Found::in_directory(directory)?;
        let (kept, complete) = match existing {
            _ if found.is_empty() => (Kept::default(), false),
            Existing::Refuse => return Err(found.refusal(directory)),
            Existing::Replace => {
                found.check_ours(wanted.cohort_table)?;
                (Kept::default(), false)
            }
            Existing::Resume => kept(directory, &found, &wanted)?,
        };
        let journal = if complete { None } else { Some(begin(directory, &wanted, &found, &kept)?) };
        if lock.is_exclusive() {
            found.remove_temporaries();
        }
        Ok((Self { path: directory.to_owned(), identity: wanted.identity, journal, _lock: lock }, kept))
    }

    /// Records that a file of the patient table is finished.
    pub fn commit(&mut self, file: &PartFile) -> Result<()> {
        self.journal.as_mut().map_or(Ok(()), |journal| journal.record(file))
    }

    /// The table is complete, in these files, about whose rows that is counted.
    pub fn complete(
        self,
        columns: Vec<Column>,
        stored: Vec<Column>,
        files: Vec<PartFile>,
        counts: RowCounts,
    ) -> Result<CompleteTable> {
        let dictionary = write_dictionary(&self.path, &columns, &self.identity.study)?;
        let manifest = Manifest {
            dictionary: Some(dictionary),
            ..Manifest::new(&self.identity, files, &counts, &columns)
        };
        let dataset = Dataset::of(&self.path, manifest, columns, stored, counts);
        Ok(CompleteTable { dataset, results: self })
    }

    /// Whether all of the run was there already, with its manifest.
    pub fn was_complete(&self) -> bool {
        self.journal.is_none()
    }

    /// The table of a run that was complete.
    pub fn reopen(self) -> Result<CompleteTable> {
        Ok(CompleteTable {
            dataset: Dataset::of_checked_files(&self.path, Manifest::read(&self.path)?)?,
            results: self,
        })
    }
}

/// A patient table with all its rows, of results that are not yet published: what is made from it can still be added.
#[derive(Debug)]
pub struct CompleteTable {
    dataset: Dataset,
    results: ResultsDirectory,
}

impl CompleteTable {
    /// The table, with the manifest that it will have.
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// Adds what was accumulated from the rows, where they will not be read again.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if it cannot be written.
    pub fn add_accumulators(&mut self, bytes: &[u8]) -> Result<()> {
        if self.results.journal.is_some() {
            write_file(self.results.path.join(ACCUMULATORS), bytes)?;
            self.dataset.manifest_mut().accumulators = Some(FileBytes::of(bytes));
        }
        Ok(())
    }

    /// Writes `summary.json`, the statistics of the rows. Numbers that are not finite become null.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if it cannot be written, [`DatasetError::Encoding`] if it has no form in JSON.
    pub fn add_summary(&mut self, summary: &impl Serialize) -> Result<()> {
        if self.results.journal.is_none() {
            return self.dataset.replace_summary(summary);
        }
        self.dataset.manifest_mut().summary = Some(write_summary(&self.results.path, summary)?);
        Ok(())
    }

    /// A writer of the courses of some patients; nothing if the study asks for none, or if they are there already.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if it cannot be created.
    pub fn trajectory_writer(&self) -> Result<Option<TrajectoryWriter>> {
        let study = &self.results.identity.study;
        let is_wanted = study.trajectories.patients > 0 && self.results.journal.is_some();
        is_wanted.then(|| TrajectoryWriter::create(&self.results.path, study)).transpose()
    }

    /// Adds the courses that were written.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if they cannot be written to the end.
    pub fn add_trajectories(&mut self, writer: TrajectoryWriter) -> Result<()> {
        self.dataset.manifest_mut().trajectories = Some(writer.close()?);
        Ok(())
    }

    /// Writes the manifest, which says that everything is there. `timing` is put into it as it is. Results that were
    /// complete before keep the manifest that they have, but for a summary that has become another.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if it cannot be written.
    pub fn publish(self, timing: Option<Value>) -> Result<Dataset> {
        let Self { mut dataset, results } = self;
        match results.journal {
            Some(journal) => {
                dataset.manifest_mut().timing = timing;
                dataset.manifest().write(&results.path)?;
                journal.remove()?;
                Ok(dataset)
            }
            None => Ok(dataset),
        }
    }
}

/// The files of the same run that are whole; and whether that is all of a complete run.
fn kept(directory: &Path, found: &Found, wanted: &Wanted) -> Result<(Kept, bool)> {
    let mut kept = Kept::default();
    let (identity, files, is_finished) = match (&found.manifest, JournalEntries::read(directory)?) {
        (Some(_), _) => {
            let manifest = Manifest::read(directory)?;
            kept.damage.extend(manifest.check_other_files(directory).err());
            (manifest.identity(), manifest.files, true)
        }
        (None, Some(JournalEntries { identity, files })) => (identity, files, false),
        (None, None) => return Err(DatasetError::NoJournal { directory: directory.into() }),
    };
    let differences = wanted.identity.differences(&identity);
    if !differences.is_empty() {
        return Err(DatasetError::OtherRun {
            directory: directory.into(),
            differences: listed(&differences),
        });
    }
    found.check_tables_ours(wanted.cohort_table, &paths(directory, &files))?;
    let check = |file: PartFile| -> Result<(PartFile, Footer)> {
        file.check(directory)?;
        let path = directory.join(&file.path);
        let footer = Footer::read(path.clone())?;
        footer.check(&path, &file, &identity)?;
        Ok((file, footer))
    };
    let all = files.len();
    let expected: Vec<_> = files.into_iter().filter(|file| (wanted.is_expected)(file)).collect();
    let checked: Vec<_> = expected.into_par_iter().map(check).collect();
    for result in checked {
        match result {
            Ok(file) => kept.files.push(file),
            Err(error @ DatasetError::Damaged { .. }) => kept.damage.push(error),
            Err(error) => return Err(error),
        }
    }
    kept.files.sort_by_key(|(file, _)| file.first_patient);
    kept.files.dedup_by_key(|(file, _)| file.first_patient);
    let complete = is_finished && kept.files.len() == all && kept.damage.is_empty();
    if !complete && !wanted.can_resume {
        kept.files.clear();
    }
    Ok((kept, complete))
}

/// Leaves in the directory a journal of what is kept, and nothing else of earlier results. At every instant on the way
/// it holds complete results, or a journal that says no more than what is there.
fn begin(directory: &Path, wanted: &Wanted, found: &Found, kept: &Kept) -> Result<Journal> {
    let files: Vec<_> = kept.files.iter().map(|(file, _)| file.clone()).collect();
    let journal = Journal::begin(directory, &wanted.identity, &files)?;
    remove(&directory.join(MANIFEST))?;
    found.remove_all_but(&paths(directory, &files))?;
    let parts = directory.join(PARTS);
    if wanted.in_parts {
        fs::create_dir_all(&parts).map_err(|e| DatasetError::io(&parts, "created", e))?;
        // A part lasts only if the directory that it is in does.
        sync_directory(directory)?;
    } else {
        // It stays if anything else is in it.
        let _ = fs::remove_dir(parts);
    }
    Ok(journal)
}
