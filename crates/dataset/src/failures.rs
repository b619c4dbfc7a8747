//! Solves that failed, as the manifest tells of them.

use crate::first_failures::FailedSolve;
use crate::row_counts::{RowCounts, total};
use crate::status::{STATUSES, by_name, status_name};
use cartrial_cohort::Study;
use cartrial_runner::Status;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Solves that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failures {
    /// Patients that failed in at least one arm.
    pub patients: u64,
    /// Largest fraction of patients that the study lets fail.
    pub max_failed_fraction: f64,
    /// Rows that failed.
    pub rows: u64,
    /// Failed rows by status, every status named.
    pub by_status: BTreeMap<String, u64>,
    /// Failed rows by arm, in the order of the arms.
    pub by_arm: Vec<ArmFailures>,
    /// The first failed rows in order of patient and arm, [`FirstFailures::MOST`](crate::FirstFailures::MOST) of them at
    /// most.
    pub first: Vec<FailedRow>,
}

/// A row that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailedRow {
    /// The patient's id.
    pub patient_id: u64,
    /// The arm's name.
    pub arm: String,
    /// Why the solve failed.
    #[serde(with = "by_name")]
    pub status: Status,
    /// The day that it had reached.
    pub failed_at_day: f64,
}

/// Solves that failed in one arm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmFailures {
    /// The arm's name.
    pub arm: String,
    /// Failed rows.
    pub rows: u64,
    /// Failed rows by status, every status named.
    pub by_status: BTreeMap<String, u64>,
}

impl Failures {
    pub(crate) fn new(study: &Study, counts: &RowCounts) -> Self {
        let by_status = |arms: &[[u64; STATUSES.len()]]| -> BTreeMap<String, u64> {
            let statuses = STATUSES.into_iter().enumerate();
            let failed = statuses.filter(|(_, status)| *status != Status::Completed);
            failed
                .map(|(i, status)| (status_name(status).to_owned(), total(arms.iter().map(|a| &a[i]))))
                .collect()
        };
        let arm = |(name, ended): (&str, &[u64; STATUSES.len()])| {
            let by_status = by_status(std::slice::from_ref(ended));
            ArmFailures { arm: name.into(), rows: total(by_status.values()), by_status }
        };
        let all = by_status(&counts.ended);
        Self {
            patients: counts.patients_failed,
            max_failed_fraction: study.run.max_failed_fraction,
            rows: total(all.values()),
            by_status: all,
            by_arm: study.arms.iter().map(|arm| arm.name.as_str()).zip(&counts.ended).map(arm).collect(),
            first: counts
                .first_failures
                .solves()
                .iter()
                .filter_map(|solve| FailedRow::of(study, solve))
                .collect(),
        }
    }
}

impl FailedRow {
    /// None if the study has no such arm.
    fn of(study: &Study, solve: &FailedSolve) -> Option<Self> {
        Some(Self {
            patient_id: solve.patient,
            arm: study.arms.get(solve.arm)?.name.clone(),
            status: solve.status,
            failed_at_day: solve.day,
        })
    }
}
