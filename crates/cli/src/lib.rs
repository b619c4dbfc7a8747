//! Virtual clinical trials of CAR T cell therapy, by the million.
//!
//! A [`Study`] is read from a TOML file or from its text; [`RunStudy::run`] simulates its patients and returns
//! [`Results`]: the patient table, every statistic, and a page to show to a colleague.
//!
//! ```
//! use cartrial::{Options, RunStudy, Study};
//!
//! # let directory = std::env::temp_dir().join(format!("cartrial-doc-{}", std::process::id()));
//! let study = Study::parse("[study]\nname = \"example\"\npatients = 50\ndays = 10\n", "example.toml".as_ref())?;
//! let results = study.run(&Options { directory: Some(directory.clone()), ..Options::default() })?;
//!
//! assert_eq!(results.dataset.manifest().rows, 50);
//! assert!(results.summary.outcomes.iter().any(|outcome| outcome.outcome == "peak_inflammation"));
//! assert!(results.page.ends_with("report.html"));
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`RunStudy::stream`] hands the outcomes over without writing anything:
//!
//! ```
//! use cartrial::{Endpoint, Error, Options, RunStudy, Study};
//!
//! let study = Study::parse("[study]\nname = \"example\"\npatients = 50\ndays = 10\n", "example.toml".as_ref())?;
//! let mut highest = 0.0_f64;
//! study.stream(&Options::default(), |block| {
//!     for row in &block.rows {
//!         highest = highest.max(row.outcome.values[Endpoint::PeakInflammation.index()]);
//!     }
//!     Ok::<(), Error>(())
//! })?;
//! assert!(highest > 0.0);
//! # Ok::<(), Error>(())
//! ```
//!
//! The examples of this package build patients and arms in code, and solve a model of their own. The crates below this
//! one do the work: `cartrial-cohort` draws patients, `cartrial-runner` solves them, `cartrial-dataset` keeps them,
//! `cartrial-findings` asks what they show and `cartrial-report` draws it. This one only puts them together; its binary
//! adds arguments, progress and exit codes.

#![forbid(unsafe_code)]

mod error;
pub mod progress;
mod some_rows;
mod study_run;
mod wording;

pub use error::Error;
pub use some_rows::{
    ExportFormat, ExportRequest, RequestError, export, out_of_range, partly_stored, subgroups,
};
pub use study_run::{Options, Results, RunStudy, enrol, merge};
pub use wording::{Wording, too_many_failed};

pub use cartrial_cohort::{
    Allocation, Arm, Cohort, CorrectedSet, Override, OverrideConnection, Overrides, Population, Problem,
    Shard, Store, Study, StudyError, VirtualPatient,
};
pub use cartrial_dataset::{Dataset, DatasetError, Existing, Manifest, PatientRows, RowSelection};
pub use cartrial_export::{
    AdamFormat, CsvLayout, ExportError, ExportOptions, Exported, OutOfRange, Selection, export_adam,
    export_csv, export_parquet,
};
pub use cartrial_findings::StudySummary;
pub use cartrial_findings::subgroups::{SubgroupColumn, SubgroupFindings};
pub use cartrial_model::{
    Composition, Endpoint, Infusion, Quantities, Quantity, Remaining, Rescue, SecondInfusion, Suppressant,
    Treatment, When,
};
pub use cartrial_query::{AnswerStream, QueryError, stream_answer};
pub use cartrial_report::FileError;
pub use cartrial_runner::{Block, Level, LevelError, Outcome, Row, Status, Trajectory, simulate, trajectory};
