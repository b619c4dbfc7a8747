//! A statistic in a file: its value, or the reason why it does not exist.

use crate::error::StatError;
use serde::{Deserialize, Serialize};

/// A statistic, or the reason why the data do not determine it.
///
/// Serialises as the statistic itself, or as `{"not_estimated": "…"}` with the message of the reason.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Estimate<T> {
    /// The statistic.
    Value(T),
    /// There is no value.
    None {
        /// The reason.
        not_estimated: StatError,
    },
}

impl<T> Estimate<T> {
    /// The statistic, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::None { .. } => None,
        }
    }
}

impl<T> From<StatError> for Estimate<T> {
    fn from(not_estimated: StatError) -> Self {
        Self::None { not_estimated }
    }
}

impl<T> From<Result<T, StatError>> for Estimate<T> {
    fn from(result: Result<T, StatError>) -> Self {
        match result {
            Ok(value) => Self::Value(value),
            Err(not_estimated) => Self::None { not_estimated },
        }
    }
}
