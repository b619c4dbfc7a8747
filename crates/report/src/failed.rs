//! Failed solves in words, as the terminal and the page tell them.

use std::collections::BTreeMap;

use cartrial_dataset::{status_from_name, status_in_words};

use crate::significant;

/// A cause of failure as a file names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause<'a>(&'a str);

impl Cause<'_> {
    /// `step_collapsed (the step size collapsed)`.
    pub fn text(self) -> String {
        match status_from_name(self.0) {
            Some(status) => format!("{} ({})", self.0, status_in_words(status)),
            None => self.0.to_owned(),
        }
    }
}

/// The causes that occurred with how many solves failed by each, the most frequent first.
pub(crate) fn causes(by_status: &BTreeMap<String, u64>) -> Vec<(u64, Cause<'_>)> {
    let occurred = by_status.iter().filter(|(_, rows)| **rows > 0);
    let mut causes: Vec<_> = occurred.map(|(name, rows)| (*rows, Cause(name))).collect();
    causes.sort_by_key(|(rows, _)| std::cmp::Reverse(*rows));
    causes
}

/// The day that a failed solve had reached.
pub(crate) fn day(day: f64) -> String {
    significant(day, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_that_occurred_are_told_by_their_number() {
        let by_status = [("non_finite", 2), ("step_collapsed", 11), ("too_many_steps", 0)];
        let by_status = by_status.map(|(name, rows)| (name.to_owned(), rows)).into();
        let told: Vec<_> = causes(&by_status).into_iter().map(|(rows, cause)| (rows, cause.text())).collect();
        let expected = [
            (11, "step_collapsed (the step size collapsed)"),
            (2, "non_finite (a value became infinite or undefined)"),
        ];
        assert_eq!(told, expected.map(|(rows, text)| (rows, text.to_owned())));
    }
}
