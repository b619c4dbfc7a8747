//! How a solve can end, in the names of the column `status` and in words.

use cartrial_runner::Status;

/// Every way in which a solve can end, the good one first.
pub const STATUSES: [Status; 7] = [
    Status::Completed,
    Status::StepCollapsed,
    Status::NonFinite,
    Status::StepTooLong,
    Status::TooManySteps,
    Status::NegativeState,
    Status::Underflow,
];

/// A status as the column `status` has it.
pub const fn status_name(status: Status) -> &'static str {
    match status {
        Status::Completed => "ok",
        Status::StepCollapsed => "step_collapsed",
        Status::NonFinite => "non_finite",
        Status::StepTooLong => "step_too_long",
        Status::TooManySteps => "too_many_steps",
        Status::NegativeState => "negative_state",
        Status::Underflow => "underflow",
    }
}

/// The status of that name in the column `status`.
pub fn status_from_name(name: &str) -> Option<Status> {
    STATUSES.into_iter().find(|status| status_name(*status) == name)
}

/// A status in words, as a clause.
pub const fn status_in_words(status: Status) -> &'static str {
    match status {
        Status::Completed => "the solve was completed",
        Status::StepCollapsed => "the step size collapsed",
        Status::NonFinite => "a value became infinite or undefined",
        Status::StepTooLong => "the fixed step is too long for a stable solve",
        Status::TooManySteps => "the solve needed too many steps",
        Status::NegativeState => "a state that cannot be negative was at the end",
        Status::Underflow => "a tumour that grew back had been less than a number can hold",
    }
}

/// The place of a status in [`STATUSES`].
pub(crate) const fn position(status: Status) -> usize {
    match status {
        Status::Completed => 0,
        Status::StepCollapsed => 1,
        Status::NonFinite => 2,
        Status::StepTooLong => 3,
        Status::TooManySteps => 4,
        Status::NegativeState => 5,
        Status::Underflow => 6,
    }
}

/// A status as its name in a file.
pub(crate) mod by_name {
    use super::{status_from_name, status_name};
    use cartrial_runner::Status;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(status: &Status, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(status_name(*status))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Status, D::Error> {
        let name = String::deserialize(deserializer)?;
        status_from_name(&name).ok_or_else(|| D::Error::custom(format!("no status {name:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_found_by_its_name_and_place() {
        for (place, status) in STATUSES.into_iter().enumerate() {
            assert_eq!((position(status), status_from_name(status_name(status))), (place, Some(status)));
        }
        assert_eq!(status_from_name("fine"), None);
    }
}
