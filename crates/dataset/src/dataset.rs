//! Results read back.

use crate::Result;
use crate::bounded::{MOST_ACCUMULATED, read_bounded};
use crate::column::Column;
use crate::directory::{ACCUMULATORS, MANIFEST, TRAJECTORIES, is_table};
use crate::error::{DatasetError, Remedy};
use crate::file_hash::FileBytes;
use crate::hash::ContentHash;
use crate::json::write_summary;
use crate::manifest::{Manifest, NotStored};
use crate::part;
use crate::patient_rows::{PATIENT_ID, no_column};
use crate::row_counts::RowCounts;
use crate::row_selection::{RowSelection, SelectedChunks};
use crate::table_reader::{Chunks, TableReader};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The results of a complete run, on disk.
#[derive(Clone, Debug)]
pub struct Dataset {
    pub(crate) reader: TableReader,
    columns: Vec<Column>,
    pub(crate) counts: RowCounts,
    manifest: Manifest,
}

impl Dataset {
    /// Opens the results in `directory`: reads the manifest, checks every file byte for byte, and reads its footer. What is
    /// damaged is not even parsed. Hashing a file is quick, since nothing is decoded.
    ///
    /// What has been changed, be it by accident or on purpose, is named: see [`FileHash`](crate::FileHash).
    ///
    /// # Errors
    /// [`DatasetError::NotResults`] if there are none or no complete ones, [`DatasetError::Damaged`] if a file is
    /// missing, cut off, of another version, has other rows than the manifest says, or is not in the manifest.
    pub fn open(directory: &Path) -> Result<Self> {
        let manifest = Manifest::read(directory)?;
        manifest.check_files(directory)?;
        Self::of_checked_files(directory, manifest)
    }

    /// The results of that manifest, whose files' bytes have been checked.
    pub(crate) fn of_checked_files(directory: &Path, manifest: Manifest) -> Result<Self> {
        crate::directory::check_tables(directory, &manifest.files)?;
        let (identity, mut stored) = (manifest.identity(), None::<Vec<Column>>);
        let mut counts = RowCounts::empty(manifest.arms.len());
        for file in &manifest.files {
            let path = directory.join(&file.path);
            let footer = part::Footer::read(path.clone())?;
            footer.check(&path, file, &identity)?;
            match &stored {
                None => stored = Some(footer.columns),
                Some(others) if footer.columns == *others => {}
                Some(_) => {
                    let reason = "has columns that are not those of these results";
                    return Err(DatasetError::damaged(&path, reason));
                }
            }
            counts.merge(&footer.counts);
        }
        let stored = stored.unwrap_or_default();
        let (columns, counts) = match manifest.not_stored.clone() {
            Some(NotStored { columns, counts }) => (columns, counts),
            None => (stored.clone(), counts),
        };
        manifest.check_counts(directory, &counts, &columns)?;
        Ok(Self::of(directory, manifest, columns, stored, counts))
    }

    /// The results of that manifest, which need not have been published; `stored` are the columns of its files.
    pub(crate) fn of(
        directory: &Path,
        manifest: Manifest,
        columns: Vec<Column>,
        stored: Vec<Column>,
        counts: RowCounts,
    ) -> Self {
        let reader = TableReader::new(directory, &manifest.identity(), stored);
        Self { reader, columns, counts, manifest }
    }

    /// As [`Dataset::open`], for the results of a whole study.
    ///
    /// # Errors
    /// As [`Dataset::open`]; [`DatasetError::NotResults`] if they are those of a shard.
    pub fn open_whole(directory: &Path) -> Result<Self> {
        Self::open(directory)?.whole()
    }

    /// As [`Dataset::open_whole`], for whoever writes `summary.json` anew, whatever has become of it.
    ///
    /// # Errors
    /// As [`Dataset::open_whole`].
    pub fn open_to_analyse(directory: &Path) -> Result<Self> {
        let manifest = Manifest::read(directory)?;
        manifest.check_all_but_summary(directory)?;
        Self::of_checked_files(directory, manifest)?.whole()
    }

    /// Writes `summary.json` anew, and its hash into the manifest if it has become another. Numbers that are not finite
    /// become null.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if it cannot be written, [`DatasetError::Encoding`] if it has no form in JSON.
    pub fn replace_summary(&mut self, summary: &impl Serialize) -> Result<()> {
        let written = write_summary(self.directory(), summary)?;
        if self.manifest.summary.replace(written) != Some(written) {
            self.manifest.write(self.directory())?;
        }
        Ok(())
    }

    /// As [`Dataset::open_whole`], for whoever reads a little of much: files are known by their footers, and their bytes are
    /// not hashed.
    ///
    /// # Errors
    /// As [`Dataset::open_whole`], but for bytes that have changed within a file.
    pub fn open_unhashed(directory: &Path) -> Result<Self> {
        let manifest = Manifest::read(directory)?;
        Self::of_checked_files(directory, manifest)?.whole()
    }

    /// Refuses results of a shard.
    fn whole(self) -> Result<Self> {
        if let Some(shard) = self.manifest.shard {
            let reason = format!("holds shard {shard} of a study, not all of it");
            return Err(DatasetError::NotResults {
                directory: self.directory().into(),
                reason,
                remedy: Remedy::MergeFirst,
            });
        }
        Ok(self)
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(crate) fn manifest_mut(&mut self) -> &mut Manifest {
        &mut self.manifest
    }

    /// Every column, in order, whether it is stored or not.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of that name.
    ///
    /// # Errors
    /// [`DatasetError::Column`] if there is none.
    pub fn column(&self, name: &str) -> Result<&Column> {
        let names = || self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>();
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| no_column(name, &names()))
    }

    /// Whether a column is the same in every arm of a patient: known before treatment, or the patient's number.
    pub fn is_baseline(&self, name: &str) -> bool {
        name == PATIENT_ID || self.columns.iter().any(|column| column.name == name && column.is_baseline())
    }

    /// Refuses results of which not all rows and columns are stored.
    ///
    /// # Errors
    /// [`DatasetError::NotStored`].
    pub fn check_stored(&self) -> Result<()> {
        if self.manifest.not_stored.is_some() {
            return Err(DatasetError::NotStored { directory: self.directory().into() });
        }
        Ok(())
    }

    /// The columns that are stored, in order.
    pub fn stored_columns(&self) -> &[Column] {
        &self.reader.columns
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.reader.directory
    }

    /// All rows in order, a few thousand at a time, with the columns of those names alone; all columns if none is
    /// named. A chunk never divides the rows of a patient. Where patients are randomised, the column `arm` comes as well.
    ///
    /// # Errors
    /// [`DatasetError::Column`] if there is no such column. The items are errors where a file cannot be read.
    pub fn chunks(&self, names: &[&str]) -> Result<Chunks> {
        self.reader.chunks(names, self.manifest.files.clone())
    }

    /// As [`Dataset::chunks`], of the selected rows; all if there is no selection.
    ///
    /// # Errors
    /// As [`Dataset::chunks`].
    pub fn selected_chunks<'a>(
        &self,
        names: &[&str],
        selection: Option<&'a RowSelection>,
    ) -> Result<SelectedChunks<'a>> {
        Ok(SelectedChunks::new(self.chunks(names)?, selection))
    }

    /// Rows of the patient table that are stored.
    pub fn stored_rows(&self) -> u64 {
        self.manifest.files.iter().map(|file| file.rows).sum()
    }

    /// The Parquet files of the patient table, in order.
    pub fn table_files(&self) -> Vec<PathBuf> {
        self.manifest.files.iter().map(|file| self.directory().join(&file.path)).collect()
    }

    /// The Parquet file with courses of patients over time, if there is one.
    pub fn trajectory_file(&self) -> Option<PathBuf> {
        self.manifest.trajectories.map(|_| self.directory().join(TRAJECTORIES))
    }

    /// Whether a path is that of a table of these results, or one that a table could have: a file there would be taken for one.
    pub fn has_table_at(&self, path: &Path) -> bool {
        let Some(name) = path.file_name() else { return false };
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (Ok(parent), Ok(directory)) = (parent.canonicalize(), self.directory().canonicalize()) else {
            return false;
        };
        let inside = parent
            .strip_prefix(&directory)
            .ok()
            .and_then(|inside| inside.join(name).to_str().map(str::to_owned));
        inside.is_some_and(|name| is_table(&name) || name == TRAJECTORIES)
    }

    /// What was accumulated from the rows of a shard; nothing if it was not kept.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if it cannot be read, [`DatasetError::Damaged`] if it is not as it was written.
    pub fn accumulators(&self) -> Result<Option<Vec<u8>>> {
        let Some(expected) = self.manifest.accumulators else { return Ok(None) };
        let path = self.directory().join(ACCUMULATORS);
        let most = MOST_ACCUMULATED * self.manifest.arms.len() as u64;
        let bytes = read_bounded(&path, most).map_err(|e| DatasetError::io(&path, "read", e))?;
        if FileBytes::of(&bytes) == expected {
            return Ok(Some(bytes));
        }
        Err(DatasetError::damaged(&path, "is not what was written"))
    }

    /// Decodes everything and recomputes the content hash.
    ///
    /// # Errors
    /// [`DatasetError::Damaged`] naming the first file whose rows are not those that were written,
    /// [`DatasetError::NotStored`] if not all rows and columns are stored.
    pub fn verify(&self) -> Result<ContentHash> {
        self.check_stored()?;
        let columns = ContentHash::columns(self.columns());
        let mut total = ContentHash::EMPTY;
        for file in &self.manifest.files {
            let mut hash = ContentHash::EMPTY;
            for rows in self.reader.chunks(&[], vec![file.clone()])? {
                hash = hash.plus(ContentHash::of(columns, rows?.batch()));
            }
            if hash != file.content_hash {
                let reason = format!("has the content {hash}, and the manifest says {}", file.content_hash);
                return Err(DatasetError::damaged(&self.directory().join(&file.path), reason));
            }
            total = total.plus(hash);
        }
        if total == self.manifest.content_hash {
            Ok(total)
        } else {
            let reason = format!(
                "has the content hash {}, and its files add up to {total}",
                self.manifest.content_hash
            );
            Err(DatasetError::damaged(&self.directory().join(MANIFEST), reason))
        }
    }
}
