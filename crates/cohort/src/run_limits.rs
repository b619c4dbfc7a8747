//! `[run]`: when a run counts as failed, and in which pieces it is written.

use crate::declaration::{Kind, UP_TO_ONE};
use crate::section_macros::section;
use serde::{Deserialize, Serialize};

/// When a run counts as failed, and in which pieces it is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunLimits {
    /// Largest fraction of patients that may fail before the run counts as failed. Default: 0.
    pub max_failed_fraction: f64,
    /// Patients in a file of the results: a larger cohort is written in parts, each a fixed range of so many patient
    /// ids. Default: [`RunLimits::PART_PATIENTS`].
    pub part_patients: u64,
}

impl RunLimits {
    /// Patients in a file unless the study asks otherwise: about a second of one core.
    pub const PART_PATIENTS: u64 = 1 << 18;
}

impl Default for RunLimits {
    fn default() -> Self {
        Self { max_failed_fraction: 0.0, part_patients: Self::PART_PATIENTS }
    }
}

section! {
    /// `[run]` as it is typed.
    TypedRunLimits, RUN = "run", "When a run counts as failed, and in which pieces it is written." {
        max_failed_fraction: f64 = 0.0, Kind::Number(UP_TO_ONE),
            "Largest fraction of patients that may fail before the run counts as failed.";
        part_patients: u64 = RunLimits::PART_PATIENTS, Kind::Integer(256, 1 << 24),
            "Patients in a file of the results; a larger cohort is written in parts. A run that is interrupted loses at most \
             the part in hand: fewer patients suit slow studies.";
    }
}

impl TypedRunLimits {
    /// The values, with the default where nothing was typed; none if one was refused.
    pub(crate) fn with_defaults(&self) -> Option<RunLimits> {
        Some(RunLimits {
            max_failed_fraction: self.max_failed_fraction()?,
            part_patients: self.part_patients()?,
        })
    }
}
