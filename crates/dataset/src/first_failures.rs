//! The first solves that failed, few enough to be told one by one.

use crate::status::by_name;
use cartrial_runner::{Block, Status};
use serde::{Deserialize, Serialize};

/// A solve that failed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailedSolve {
    /// The patient's id.
    pub patient: u64,
    /// Number of the arm in the study.
    pub arm: usize,
    /// Why it failed.
    #[serde(with = "by_name")]
    pub status: Status,
    /// The day that the solve had reached.
    pub day: f64,
}

/// The first failed solves in order of patient and arm, [`FirstFailures::MOST`] of them at most.
///
/// Those of two sets of rows merge to those of all the rows, in any order and however the rows were cut.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FirstFailures(Vec<FailedSolve>);

impl FirstFailures {
    /// How many are kept.
    pub const MOST: usize = 20;

    /// Those of a block.
    pub(crate) fn of(block: &Block) -> Self {
        let failed = block.rows.iter().filter_map(|row| {
            let day = row.outcome.failed_at_day?;
            let patient = block.patients[row.patient].id;
            Some(FailedSolve { patient, arm: row.arm, status: row.outcome.status, day })
        });
        let mut first = Self(failed.collect());
        first.keep_the_first();
        first
    }

    /// Adds those of other rows.
    pub(crate) fn merge(&mut self, other: &Self) {
        if !other.0.is_empty() {
            self.0.extend_from_slice(&other.0);
            self.keep_the_first();
        }
    }

    /// In order of patient and arm.
    pub fn solves(&self) -> &[FailedSolve] {
        &self.0
    }

    fn keep_the_first(&mut self) {
        self.0.sort_by_key(|solve| (solve.patient, solve.arm));
        self.0.truncate(Self::MOST);
    }
}
