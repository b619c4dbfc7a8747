//! `[run]`: when a run counts as failed.

use crate::declaration::UP_TO_ONE;
use crate::section_macros::number_section;

number_section! {
    /// When a run counts as failed.
    RunLimits, typed TypedRunLimits,
    RUN = "run", "When a run counts as failed." {
        max_failed_fraction: 0.0, UP_TO_ONE,
            "Largest fraction of patients that may fail before the run counts as failed.";
    }
}
