//! SQL over the tables of results.
//!
//! [`ask`] answers a SELECT over the tables of a finished run, [`write_answer`] writes the answer to a file, [`stream_answer`]
//! hands it to other libraries, and [`select_rows`] finds the rows of the patient table that satisfy a condition. Polars plans
//! and runs all of them: it reads the columns and row groups that it needs, batch by batch, on all cores.
//!
//! This crate knows polars and where results are. It knows nothing of how patients are solved and does no statistics: a
//! condition becomes a [`RowSelection`](cartrial_dataset::RowSelection), and whoever has that reads the rows as any others.
//!
//! Without the feature `polars`, which takes long to compile, every function answers [`QueryError::NotBuilt`].

#![forbid(unsafe_code)]

mod answer;
#[cfg(feature = "polars")]
mod arrow_stream;
mod error;
#[cfg(feature = "polars")]
mod place;
#[cfg(feature = "polars")]
mod polars_engine;
#[cfg(feature = "polars")]
mod statement;
#[cfg(feature = "polars")]
mod tables;
#[cfg(not(feature = "polars"))]
mod without_polars;

pub use answer::{Answer, AnswerColumn, AnswerFormat, SelectedRows, Value};
#[cfg(feature = "polars")]
pub use arrow_stream::{AnswerStream, stream_answer};
pub use error::{Place, QueryError};
#[cfg(feature = "polars")]
pub use polars_engine::{ask, select_rows, write_answer};
#[cfg(not(feature = "polars"))]
pub use without_polars::{AnswerStream, ask, select_rows, stream_answer, write_answer};

/// The result of a query.
pub type Result<T, E = QueryError> = std::result::Result<T, E>;
