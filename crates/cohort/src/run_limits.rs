//! `[run]`: when a run counts as failed, and in which pieces it is written.

use crate::declaration::{Kind, UP_TO_ONE};
use crate::section_macros::{choice, section};
use crate::sections::MOST_PATIENTS;
use crate::store::Store;
use serde::{Deserialize, Serialize};

/// When a run counts as failed, and in which pieces it is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunLimits {
    /// Largest fraction of patients that may fail before the run counts as failed. Default: 0.
    pub max_failed_fraction: f64,
    /// Patients in a file of the results: a larger cohort is written in parts, each a fixed range of so many patient
    /// ids. Default: [`RunLimits::PART_PATIENTS`].
    pub part_patients: u64,
    /// What is stored of the patient table. Default: everything.
    pub store: Store,
    /// Patients whose rows are stored with [`Store::Sample`], the first ones; rounded up to whole files. Default:
    /// [`RunLimits::SAMPLE_PATIENTS`].
    pub sample_patients: u64,
}

impl RunLimits {
    /// Patients in a file unless the study asks otherwise: about a second of one core.
    pub const PART_PATIENTS: u64 = 1 << 18;
    /// Patients of a stored sample unless the study asks otherwise.
    pub const SAMPLE_PATIENTS: u64 = 100_000;
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            max_failed_fraction: 0.0,
            part_patients: Self::PART_PATIENTS,
            store: Store::default(),
            sample_patients: Self::SAMPLE_PATIENTS,
        }
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
        store: Store = Store::default(), choice!(Store),
            "What is stored of the patient table: everything (\"all\"), no quantities of patients (\"outcomes\"), the first \
             patients (\"sample\"), or no rows (\"none\"). Statistics always rest on all patients.";
        sample_patients: u64 = RunLimits::SAMPLE_PATIENTS, Kind::Integer(1, MOST_PATIENTS),
            "Patients whose rows are stored with store = \"sample\", the first ones; rounded up to whole files.";
    }
}

impl TypedRunLimits {
    /// The values, with the default where nothing was typed; none if one was refused.
    pub(crate) fn with_defaults(&self) -> Option<RunLimits> {
        Some(RunLimits {
            max_failed_fraction: self.max_failed_fraction()?,
            part_patients: self.part_patients()?,
            store: self.store()?,
            sample_patients: self.sample_patients()?,
        })
    }
}
