//! Outcomes to files, and files to columns again.
//!
//! [`BlockRows`] are a block of outcomes as rows of the patient table, with what is counted about them. The
//! [`ResultsWriter`] streams them into Parquet and closes with the [`Manifest`]; a [`Dataset`] reads them back as
//! [`PatientRows`], a chunk at a time. [`Pieces`] are the results of the shards of one study, and become one dataset. All of it follows one table of [`Column`]s, held by the [`Layout`] of a run.
//!
//! ```
//! # use cartrial_cohort::{Cohort, Study};
//! # use cartrial_dataset::{BlockRows, Existing, Layout, ResultsWriter};
//! # use cartrial_runner::{Level, RunOptions};
//! # let directory = std::env::temp_dir().join(format!("cartrial-dataset-doc-{}", std::process::id()));
//! # let study = Study::parse("[study]\nname = \"example\"\npatients = 20\ndays = 1\n", "example.toml".as_ref())?;
//! let cohort = Cohort::new(&study)?;
//! let layout = Layout::new(&study, &cohort);
//! let mut writer = ResultsWriter::create(&directory, &layout, Existing::Refuse)?;
//! # let options = RunOptions { threads: 1, boundary: study.run.part_patients, ..RunOptions::new(Level::best()) };
//! cartrial_runner::run(
//!     &study,
//!     &cohort,
//!     0..cohort.patients(),
//!     &options,
//!     |block| BlockRows::of(&layout, &block),
//!     |rows| writer.write(rows).map_err(Box::<dyn std::error::Error + Send + Sync>::from),
//! )?;
//! let dataset = writer.finish()?.publish(None)?;
//!
//! assert_eq!(dataset.verify()?, dataset.manifest().content_hash);
//! for rows in dataset.chunks(&["dose_total", "peak_inflammation"])? {
//!     assert_eq!(rows?.f64_column("peak_inflammation")?.len(), 20);
//! }
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
//! ```
//!
//! This crate knows how results are laid out on disk; it knows nothing of how patients are solved, and does no
//! statistics.

#![forbid(unsafe_code)]

mod absent;
mod batches;
mod block_rows;
mod bounded;
mod column;
mod dataset;
mod dictionary;
mod directory;
mod error;
mod failures;
mod file_hash;
mod first_failures;
mod hash;
mod identity;
mod journal;
mod json;
mod layout;
mod lock;
mod manifest;
mod part;
mod part_file;
mod patient_rows;
mod pieces;
mod results_directory;
mod row_counts;
mod row_selection;
mod sealed;
mod staged;
mod statistics_table;
mod status;
mod table_reader;
mod trajectory;
mod trajectory_rows;
mod trajectory_table;
mod writer;

pub use block_rows::BlockRows;
pub use column::{Column, ColumnType, Origin};
pub use dataset::Dataset;
pub use error::{DatasetError, Remedy};
pub use failures::{ArmFailures, FailedRow, Failures};
pub use file_hash::{FileBytes, FileHash};
pub use first_failures::{FailedSolve, FirstFailures};
pub use hash::ContentHash;
pub use identity::{CohortSource, Difference, FORMAT_VERSION, Program, RunIdentity};
pub use layout::{Layout, entries as study_entries};
pub use manifest::{Corrections, Manifest};
pub use part_file::PartFile;
pub use patient_rows::{PatientRows, Texts};
pub use pieces::Pieces;
pub use results_directory::{CompleteTable, Existing};
pub use row_counts::RowCounts;
pub use row_selection::{RowSelection, SelectedChunks};
pub use staged::StagedFile;
pub use statistics_table::{StatisticsCells, StatisticsColumn, write_statistics};
pub use status::{STATUSES, status_from_name, status_in_words, status_name};
pub use table_reader::Chunks;
pub use trajectory::write_trajectories;
pub use trajectory_rows::TrajectoryRow;
pub use trajectory_table::{TrajectoryFile, TrajectoryWriter};
pub use writer::{ResultsWriter, Task};

/// The result of an operation on results.
pub type Result<T, E = DatasetError> = std::result::Result<T, E>;
