//! A run's results, streamed to disk.

use crate::Result;
use crate::block_rows::BlockRows;
use crate::error::DatasetError;
use crate::identity::RunIdentity;
use crate::layout::Layout;
use crate::part::{Footer, Part};
use crate::part_file::PartFile;
use crate::results_directory::{CompleteTable, Existing, Kept, ResultsDirectory, Wanted};
use crate::row_counts::RowCounts;
use crate::table_reader::{Chunks, TableReader};
use cartrial_cohort::Store;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Writes the results of a run, block by block, in memory that does not grow with the cohort.
///
/// Every file appears under its name once it is complete and on the disk, and then in the journal; the manifest comes
/// last. So a directory with a manifest holds a complete run, and one with a journal holds whole files only.
///
/// The rows come in order of the patients. What is there already of a run that is resumed has its place in that order:
/// [`ResultsWriter::tasks`] says what is to be solved and what to be kept.
pub struct ResultsWriter {
    directory: PathBuf,
    results: ResultsDirectory,
    layout: Layout,
    kept: Kept,
    next_patient: u64,
    part: Option<Part>,
    files: Vec<PartFile>,
    counts: RowCounts,
}

/// What is to be done about some of a run's patients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Their rows have to be solved and [written](ResultsWriter::write).
    Solve(Range<u64>),
    /// Their rows are there, and are to be [kept](ResultsWriter::keep).
    Keep(Range<u64>),
}

impl ResultsWriter {
    /// Makes `directory` ready for the results of `layout`. `existing` says what becomes of results that are there
    /// already; anything else is left alone, always.
    ///
    /// # Errors
    /// [`DatasetError::HoldsResults`] if there are results and they are to be refused, [`DatasetError::OtherRun`] or
    /// [`DatasetError::NoJournal`] if they cannot be resumed, [`DatasetError::Busy`] while another run writes there,
    /// [`DatasetError::Foreign`] if a file in the way was not written by this program, [`DatasetError::Io`] if the
    /// directory cannot be written to.
    pub fn create(directory: &Path, layout: &Layout, existing: Existing) -> Result<Self> {
        // Rows that are not all stored cannot be taken in again: such a run begins anew.
        let can_resume = layout.study.run.store == Store::All;
        let is_expected = |file: &PartFile| {
            let ids = file.first_patient..file.first_patient.saturating_add(file.patients);
            layout.stored_ids().contains(&ids.start)
                && ids == layout.ids_in_file_of(ids.start)
                && file.path == layout.file_of(ids.start)
        };
        let wanted = Wanted {
            identity: RunIdentity::of(layout),
            cohort_table: layout.table_file.as_deref(),
            in_parts: !layout.in_one_file() && !layout.stored_ids().is_empty(),
            is_expected: &is_expected,
            can_resume,
        };
        let (results, kept) = ResultsDirectory::claim(directory, wanted, existing)?;
        Ok(Self {
            directory: directory.to_owned(),
            results,
            layout: layout.clone(),
            kept,
            next_patient: layout.ids.start,
            part: None,
            files: Vec::new(),
            counts: RowCounts::empty(layout.study.arms.len()),
        })
    }

    /// Whether all of the run was there already: then there is nothing to do but to [reopen](Self::reopen) it.
    pub fn was_complete(&self) -> bool {
        self.results.was_complete()
    }

    /// The table of a run that was complete.
    ///
    /// # Errors
    /// As [`Dataset::open`](crate::Dataset::open).
    pub fn reopen(self) -> Result<CompleteTable> {
        self.results.reopen()
    }

    /// What is to be done, in this order.
    pub fn tasks(&self) -> Vec<Task> {
        let (mut tasks, mut next) = (Vec::new(), self.layout.ids.start);
        let kept =
            self.kept.files.iter().map(|(file, _)| file.first_patient..file.first_patient + file.patients);
        for ids in kept {
            if next < ids.start {
                tasks.push(Task::Solve(next..ids.start));
            }
            next = ids.end;
            tasks.push(Task::Keep(ids));
        }
        if next < self.layout.ids.end {
            tasks.push(Task::Solve(next..self.layout.ids.end));
        }
        tasks
    }

    /// Patients whose rows are there already, or were taken in without them.
    pub fn kept_patients(&self) -> u64 {
        if self.was_complete() {
            return self.layout.ids.end - self.layout.ids.start;
        }
        self.kept.files.iter().map(|(file, _)| file.patients).sum()
    }

    /// Files that were found damaged when the run was resumed, and are solved again.
    pub fn damage(&self) -> &[DatasetError] {
        &self.kept.damage
    }

    /// Keeps the rows of patients that are there already, and reads them.
    ///
    /// # Errors
    /// [`DatasetError::Order`] if they are not the next ones, or not there.
    pub fn keep(&mut self, ids: &Range<u64>) -> Result<Chunks> {
        self.expect(ids.start)?;
        let kept = self.kept.files.iter().find(|(file, _)| file.first_patient == ids.start);
        let Some((file, Footer { columns, counts, .. })) = kept else {
            return Err(DatasetError::Order { expected: self.next_patient, found: ids.start });
        };
        let reader = TableReader::new(&self.directory, &RunIdentity::of(&self.layout), columns.clone());
        let chunks = reader.chunks(&[], vec![file.clone()])?;
        self.counts.merge(counts);
        self.next_patient = ids.end;
        self.files.push(file.clone());
        Ok(chunks)
    }

    /// Writes the next block. A block whose first patient belongs to a file goes there as a whole, so that every file
    /// has its exact range of ids as long as the number of patients in a block divides that in a file.
    ///
    /// Columns are encoded on the threads of the `rayon` pool from which this is called.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if it cannot be written; [`DatasetError::Order`] if it is not the next block.
    pub fn write(&mut self, block: BlockRows) -> Result<()> {
        if block.rows.is_empty() {
            return Ok(());
        }
        self.expect(block.first_patient)?;
        if !self.layout.stored_ids().contains(&block.first_patient) {
            self.next_patient += block.counts.patients;
            self.counts.merge(&block.counts);
            return Ok(());
        }
        let mut part = match self.part.take() {
            Some(part) => part,
            None => {
                let name = self.layout.file_of(block.first_patient);
                Part::create(&self.directory, name, block.first_patient, &self.layout)?
            }
        };
        self.next_patient += block.counts.patients;
        self.counts.merge(&block.counts);
        part.write(block)?;
        if self.next_patient < self.layout.ids_in_file_of(part.first_patient()).end {
            self.part = Some(part);
            return Ok(());
        }
        let (file, _) = part.close()?;
        self.results.commit(&file)?;
        self.files.push(file);
        Ok(())
    }

    /// Whether every row so far is in a file that is finished: nothing is lost by stopping here.
    pub fn is_between_files(&self) -> bool {
        self.part.is_none()
    }

    /// The results directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What is counted about the rows so far.
    pub fn counts(&self) -> &RowCounts {
        &self.counts
    }

    /// All rows are there.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if the dictionary cannot be written; [`DatasetError::Order`] if patients are missing.
    pub fn finish(self) -> Result<CompleteTable> {
        self.expect(self.layout.ids.end)?;
        let stored = self.layout.stored_columns().cloned().collect();
        self.results.complete(self.layout.columns, stored, self.files, self.counts)
    }

    fn expect(&self, found: u64) -> Result<()> {
        let expected = self.next_patient;
        if found == expected { Ok(()) } else { Err(DatasetError::Order { expected, found }) }
    }
}
