//! One endpoint of one arm, patient by patient, as trials are drawn from it.

use super::kaplan_meier::complete as complete_times;
use crate::error::StatError;

/// One endpoint of one arm, a value per patient. Patients with a missing value (NaN) are not drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OutcomeData<'a> {
    /// Numbers, tested by Welch's t.
    Continuous(&'a [f64]),
    /// 1 with the event, 0 without; tested by Fisher's exact test.
    Binary(&'a [f64]),
    /// Times, and 1 where the event happened then, 0 where follow-up ended; tested by the log-rank test.
    TimeToEvent(&'a [f64], &'a [f64]),
}

/// The outcomes of one arm, without missing values.
#[derive(Debug, Clone)]
pub(super) enum CompleteOutcomes {
    Continuous(Vec<f64>),
    Binary(Vec<bool>),
    TimeToEvent(Vec<(f64, bool)>),
}

impl OutcomeData<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Continuous(values) | Self::Binary(values) => values.len(),
            Self::TimeToEvent(times, events) => {
                assert_eq!(times.len(), events.len(), "columns of one table have one length");
                times.len()
            }
        }
    }

    pub(super) fn present(&self, i: usize) -> bool {
        match self {
            Self::Continuous(values) | Self::Binary(values) => !values[i].is_nan(),
            Self::TimeToEvent(times, events) => !times[i].is_nan() && !events[i].is_nan(),
        }
    }

    pub(super) fn complete(&self, rows: &[usize]) -> Result<CompleteOutcomes, StatError> {
        let pick = |column: &[f64]| -> Vec<f64> { rows.iter().map(|&i| column[i]).collect() };
        Ok(match self {
            Self::Continuous(values) => {
                let values = pick(values);
                if values.iter().any(|value| value.is_infinite()) {
                    return Err(StatError::NotFinite);
                }
                CompleteOutcomes::Continuous(values)
            }
            Self::Binary(values) => {
                let values = pick(values);
                match values.iter().filter(|v| **v != 0.0 && **v != 1.0).count() as u64 {
                    0 => CompleteOutcomes::Binary(values.iter().map(|&v| v == 1.0).collect()),
                    n => return Err(StatError::NotBinary { n }),
                }
            }
            Self::TimeToEvent(times, events) => {
                CompleteOutcomes::TimeToEvent(complete_times(&pick(times), &pick(events))?)
            }
        })
    }
}

impl CompleteOutcomes {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Continuous(values) => values.len(),
            Self::Binary(values) => values.len(),
            Self::TimeToEvent(rows) => rows.len(),
        }
    }
}
