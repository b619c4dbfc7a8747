//! Why there is no answer. Each text names the place, the reason and, but for a build without polars, a remedy.

use cartrial_dataset::DatasetError;
use std::fmt;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// Built without polars. The caller adds how to have it, as its user builds.
    #[error("this build cannot query: it has no polars")]
    NotBuilt,
    /// The results cannot be read, or a file cannot be written.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// What was asked cannot be answered.
    #[error("{place}: {reason}. {remedy}")]
    Asked {
        /// Where.
        place: Place,
        /// Why not.
        reason: String,
        /// What can be done about it.
        remedy: String,
    },
}

/// A place in what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it is a place of: `SQL`, `condition`.
    pub text: &'static str,
    /// Line and column, each from 1, where they are known.
    pub at: Option<(u64, u64)>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)?;
        self.at.map_or(Ok(()), |(line, column)| write!(f, ":{line}:{column}"))
    }
}
