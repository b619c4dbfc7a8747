//! `[run]`: when a run counts as failed, and what of it is stored in which pieces.

use crate::declaration::{Kind, UP_TO_ONE};
use crate::section_macros::{choice, section_of_defaults};
use crate::sections::MOST_PATIENTS;
use crate::store::Store;

section_of_defaults! {
    /// When a run counts as failed, and what of it is stored in which pieces.
    RunSettings, typed TypedRunSettings,
    RUN = "run", "When a run counts as failed, and what of it is stored in which pieces." {
        max_failed_fraction: f64 = 0.0, Kind::Number(UP_TO_ONE),
            "Largest fraction of patients that may fail before the run counts as failed.";
        part_patients: u64 = 262_144, Kind::Integer(256, 1 << 24),
            "Patients in a file of the results; a larger cohort is written in parts. A run that is interrupted loses at most \
             the part in hand: fewer patients suit slow studies.";
        store: Store = Store::All, choice!(Store),
            "What is stored of the patient table: everything (\"all\"), no quantities of patients (\"outcomes\"), the first \
             patients (\"sample\"), or no rows (\"none\"). Statistics always rest on all patients.";
        sample_patients: u64 = 100_000, Kind::Integer(1, MOST_PATIENTS),
            "Patients whose rows are stored with store = \"sample\", the first ones; rounded up to whole files.";
    }
}
