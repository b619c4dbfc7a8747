//! Results as text for a terminal: tables of a few columns, aligned with spaces.

mod answer;
mod calibration;
mod cells;
mod comparison;
mod count;
mod failures;
mod replicates;
mod sensitivity;
mod study;
mod subgroups;

pub use answer::{AnswerCell, answer};
pub use calibration::calibration;
pub use comparison::comparison;
pub use count::{patients, thousands};
pub use replicates::replicates;
pub use sensitivity::sensitivity;
pub use study::{statistics, study};
pub use subgroups::subgroups;
