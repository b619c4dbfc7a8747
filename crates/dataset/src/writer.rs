//! A run's results, streamed to disk.

use crate::Result;
use crate::block_rows::BlockRows;
use crate::directory::{MANIFEST, claim};
use crate::error::DatasetError;
use crate::json::{write_dictionary, write_json};
use crate::layout::Layout;
use crate::manifest::{Manifest, PartFile};
use crate::part::Part;
use crate::row_counts::RowCounts;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Writes the results of a run, block by block, in memory that does not grow with the cohort.
///
/// Every file appears under its name once it is complete and on the disk, and the manifest last: a directory with a
/// manifest holds a complete run.
pub struct ResultsWriter {
    directory: PathBuf,
    layout: Layout,
    next_patient: u64,
    part: Option<Part>,
    files: Vec<PartFile>,
    counts: RowCounts,
}

impl ResultsWriter {
    /// Makes `directory` ready for the results of `layout`.
    ///
    /// Results that are there already are removed if `overwrite` says so; anything else is left alone, always.
    ///
    /// # Errors
    /// [`DatasetError::HoldsResults`] if there are results and `overwrite` is false, [`DatasetError::Foreign`] if a
    /// file in the way was not written by this program, [`DatasetError::Io`] if the directory cannot be written to.
    pub fn create(directory: &Path, layout: &Layout, overwrite: bool) -> Result<Self> {
        claim(directory, layout, overwrite)?;
        Ok(Self {
            directory: directory.to_owned(),
            layout: layout.clone(),
            next_patient: layout.ids.start,
            part: None,
            files: Vec::new(),
            counts: RowCounts::empty(layout.study.arms.len()),
        })
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
        let name = self.layout.file_of(block.first_patient);
        let mut part = match self.part.take() {
            Some(part) if part.name() == name => part,
            other => {
                self.close(other)?;
                Part::create(&self.directory, name, block.first_patient, &self.layout)?
            }
        };
        self.next_patient += block.counts.patients;
        self.counts.merge(&block.counts);
        part.write(block)?;
        self.part = Some(part);
        Ok(())
    }

    /// What is counted about the rows so far.
    pub fn counts(&self) -> &RowCounts {
        &self.counts
    }

    /// Completes the results with `dictionary.json` and `manifest.json`. Anything else that belongs to them should be
    /// written before, since the manifest says that they are complete. `timing` is put into it as it is.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if they cannot be written; [`DatasetError::Order`] if patients are missing.
    pub fn finish(mut self, timing: Option<Value>) -> Result<Manifest> {
        self.expect(self.layout.ids.end)?;
        let last = self.part.take();
        self.close(last)?;
        write_dictionary(&self.directory, &self.layout.columns)?;
        let manifest = Manifest::new(&self.layout, self.files, &self.counts, timing);
        write_json(self.directory.join(MANIFEST), &manifest)?;
        Ok(manifest)
    }

    fn close(&mut self, part: Option<Part>) -> Result<()> {
        if let Some(part) = part {
            self.files.push(part.close()?.0);
        }
        Ok(())
    }

    fn expect(&self, found: u64) -> Result<()> {
        let expected = self.next_patient;
        if found == expected { Ok(()) } else { Err(DatasetError::Order { expected, found }) }
    }
}
