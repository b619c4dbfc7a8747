//! Outcomes to files, and files to columns again.
//!
//! A block of outcomes becomes [`Rows`] of the patient table, with what is counted about them, in a [`Digest`]; the
//! [`ResultsWriter`] streams those into Parquet and closes with the [`Manifest`]; a [`Dataset`] reads them back, a
//! chunk at a time, with the same access to columns. All of it follows one table of [`Column`]s, held by the
//! [`Layout`] of a run.
//!
//! ```
//! # use cartrial_cohort::{Cohort, Study};
//! # use cartrial_dataset::{Dataset, Digest, Layout, ResultsWriter};
//! # use cartrial_runner::{Level, RunOptions};
//! # let directory = std::env::temp_dir().join(format!("cartrial-dataset-doc-{}", std::process::id()));
//! # let study = Study::parse("[study]\nname = \"example\"\npatients = 20\ndays = 1\n", "example.toml".as_ref())?;
//! let cohort = Cohort::new(&study)?;
//! let layout = Layout::new(&study, &cohort);
//! let mut writer = ResultsWriter::create(&directory, &layout, false)?;
//! # let options = RunOptions { threads: 1, block: RunOptions::BLOCK, level: Level::best() };
//! cartrial_runner::run(
//!     &study,
//!     &cohort,
//!     0..cohort.patients(),
//!     &options,
//!     |block| Digest::of(&layout, &block),
//!     |digest| writer.write(digest).map_err(Box::<dyn std::error::Error + Send + Sync>::from),
//! )?;
//! let manifest = writer.finish(None)?;
//!
//! let dataset = Dataset::open(&directory)?;
//! assert_eq!(dataset.verify()?, manifest.content_hash);
//! for rows in dataset.chunks(&["dose_total", "peak_inflammation"])? {
//!     assert_eq!(rows?.f64_column("peak_inflammation")?.len(), 20);
//! }
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
//! ```
//!
//! This crate knows how results are laid out on disk; it knows nothing of how patients are solved, and does no
//! statistics.

mod column;
mod dataset;
mod digest;
mod directory;
mod error;
mod hash;
mod json;
mod layout;
mod manifest;
mod part;
mod rows;
mod staged;
mod tally;
mod trajectory;
mod writer;

pub use column::{Column, ColumnType, Origin};
pub use dataset::{Chunks, Dataset};
pub use digest::Digest;
pub use error::DatasetError;
pub use hash::ContentHash;
pub use json::{write_dictionary, write_summary};
pub use layout::{Layout, PART_PATIENTS};
pub use manifest::{
    ArmFailures, CohortSource, Corrections, FORMAT_VERSION, Failures, Manifest, PartFile, Program,
};
pub use rows::Rows;
pub use tally::{STATUSES, Tally, status_name};
pub use trajectory::write_trajectories;
pub use writer::ResultsWriter;

/// The result of an operation on results.
pub type Result<T, E = DatasetError> = std::result::Result<T, E>;
