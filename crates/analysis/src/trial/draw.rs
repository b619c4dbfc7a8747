//! Trials drawn from patients that have been simulated once.

use super::kaplan_meier::complete;
use super::log_rank::log_rank_in_order;
use super::means::welch_of_moments;
use super::plan::Design;
use super::two_by_two::{Proportion, TwoByTwo};
use crate::error::StatError;

/// One arm's outcome, patient by patient. A patient of whom a value is missing (NaN) is not drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcomes<'a> {
    /// Numbers; trials test them by Welch's t.
    Continuous(&'a [f64]),
    /// 1 with the event, 0 without; trials test them by Fisher's exact test.
    Binary(&'a [f64]),
    /// Times, and whether (1 or 0) they are those of the event; trials test them by the log-rank test.
    TimeToEvent(&'a [f64], &'a [f64]),
}

/// What trials are drawn from.
///
/// In the paired design every patient has an outcome in both arms: a trial draws its patients from all of them, assigns
/// each to one arm and knows the outcome in that arm only. In the independent design a trial draws from the patients
/// of each arm. Within a trial nobody is drawn twice.
#[derive(Debug, Clone)]
pub struct TrialSource {
    paired: bool,
    reference: Known,
    arm: Known,
}

/// Complete outcomes of one arm.
#[derive(Debug, Clone)]
enum Known {
    Continuous(Vec<f64>),
    Binary(Vec<bool>),
    TimeToEvent(Vec<(f64, bool)>),
}

impl Outcomes<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Continuous(values) | Self::Binary(values) => values.len(),
            Self::TimeToEvent(times, events) => {
                assert_eq!(times.len(), events.len(), "columns of one table have one length");
                times.len()
            }
        }
    }

    fn present(&self, i: usize) -> bool {
        match self {
            Self::Continuous(values) | Self::Binary(values) => !values[i].is_nan(),
            Self::TimeToEvent(times, events) => !times[i].is_nan() && !events[i].is_nan(),
        }
    }

    fn known(&self, rows: &[usize]) -> Result<Known, StatError> {
        let pick = |column: &[f64]| -> Vec<f64> { rows.iter().map(|&i| column[i]).collect() };
        Ok(match self {
            Self::Continuous(values) => {
                let values = pick(values);
                if values.iter().any(|value| value.is_infinite()) {
                    return Err(StatError::NotFinite);
                }
                Known::Continuous(values)
            }
            Self::Binary(values) => {
                let values = pick(values);
                match values.iter().filter(|v| **v != 0.0 && **v != 1.0).count() as u64 {
                    0 => Known::Binary(values.iter().map(|&v| v == 1.0).collect()),
                    n => return Err(StatError::NotBinary { n }),
                }
            }
            Self::TimeToEvent(times, events) => Known::TimeToEvent(complete(&pick(times), &pick(events))?),
        })
    }
}

impl Known {
    fn len(&self) -> usize {
        match self {
            Self::Continuous(values) => values.len(),
            Self::Binary(values) => values.len(),
            Self::TimeToEvent(rows) => rows.len(),
        }
    }
}

impl TrialSource {
    /// The patients of reference and arm; in the paired design those with both outcomes.
    ///
    /// # Errors
    /// [`StatError::NotFinite`], [`StatError::NotBinary`], [`StatError::NegativeTime`], and [`StatError::TooFewRows`]
    /// without patients.
    ///
    /// # Panics
    /// If the outcomes are not of one kind, or, in the paired design, of one length.
    pub fn new(design: Design, reference: Outcomes, arm: Outcomes) -> Result<Self, StatError> {
        let same_kind = std::mem::discriminant(&reference) == std::mem::discriminant(&arm);
        assert!(same_kind, "both arms have the same kind of outcome");
        let paired = design == Design::Paired;
        assert!(!paired || reference.len() == arm.len(), "columns of one table have one length");
        let rows = |of: &Outcomes, and: &Outcomes| -> Vec<usize> {
            (0..of.len()).filter(|&i| of.present(i) && (!paired || and.present(i))).collect()
        };
        let (rows0, rows1) = (rows(&reference, &arm), rows(&arm, &reference));
        if rows0.is_empty() || rows1.is_empty() {
            return Err(StatError::TooFewRows { n: 0, needed: 1 });
        }
        Ok(Self { paired, reference: reference.known(&rows0)?, arm: arm.known(&rows1)? })
    }

    /// Patients that the reference and the arm of a trial are drawn from.
    pub fn patients(&self) -> [u64; 2] {
        [self.reference.len() as u64, self.arm.len() as u64]
    }

    /// Whether a trial with so many patients in reference and arm can be drawn; else how many are short of how many.
    pub(crate) fn holds(&self, [n0, n1]: [u64; 2]) -> Result<(), StatError> {
        let [available0, available1] = self.patients();
        let short = if self.paired {
            (n0 + n1 > available0).then_some((n0 + n1, available0))
        } else {
            [(n0, available0), (n1, available1)].into_iter().find(|(asked, available)| asked > available)
        };
        short.map_or(Ok(()), |(asked, available)| Err(StatError::TooFewPatients { asked, available }))
    }

    /// A drawer of trials with so many patients in reference and arm.
    pub(crate) fn drawer(&self, n: [u64; 2]) -> Result<Drawer<'_>, StatError> {
        self.holds(n)?;
        let numbers = |len: usize| (0..len as u32).collect();
        let second = if self.paired { Vec::new() } else { numbers(self.arm.len()) };
        Ok(Drawer { source: self, n: n.map(|n| n as usize), first: numbers(self.reference.len()), second })
    }
}

/// Draws trials of one size. The order that one trial leaves is where the next begins: any order serves.
pub(crate) struct Drawer<'a> {
    source: &'a TrialSource,
    n: [usize; 2],
    first: Vec<u32>,
    second: Vec<u32>,
}

impl Drawer<'_> {
    /// log₁₀ p of one trial.
    pub fn trial(&mut self, uniform: &mut dyn FnMut() -> f64) -> Result<f64, StatError> {
        let [n0, n1] = self.n;
        let (reference, arm) = if self.source.paired {
            shuffle(&mut self.first, n0 + n1, uniform);
            self.first[..n0 + n1].split_at(n0)
        } else {
            shuffle(&mut self.first, n0, uniform);
            shuffle(&mut self.second, n1, uniform);
            (&self.first[..n0], &self.second[..n1])
        };
        let test = match (&self.source.reference, &self.source.arm) {
            (Known::Continuous(a), Known::Continuous(b)) => {
                welch_of_moments(moments(a, reference)?, moments(b, arm)?)?.test
            }
            (Known::Binary(a), Known::Binary(b)) => {
                let count = |of: &[bool], rows: &[u32]| Proportion {
                    events: rows.iter().filter(|&&i| of[i as usize]).count() as u64,
                    n: rows.len() as u64,
                };
                TwoByTwo { reference: count(a, reference), arm: count(b, arm) }.fisher()?
            }
            (Known::TimeToEvent(a), Known::TimeToEvent(b)) => {
                let pick = |of: &[(f64, bool)], rows: &[u32], group: usize| -> Vec<(f64, bool, usize)> {
                    rows.iter().map(|&i| of[i as usize]).map(|(time, event)| (time, event, group)).collect()
                };
                let mut rows = pick(a, reference, 0);
                rows.extend(pick(b, arm, 1));
                rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
                log_rank_in_order(&rows, 2)?
            }
            _ => unreachable!("both arms have the same kind of outcome"),
        };
        Ok(test.log10_p)
    }
}

/// Puts a random choice of `n` in random order to the front: R. A. Fisher & F. Yates, stopped early.
fn shuffle(order: &mut [u32], n: usize, uniform: &mut dyn FnMut() -> f64) {
    for i in 0..n {
        let left = order.len() - i;
        let step = ((uniform() * left as f64) as usize).min(left - 1);
        order.swap(i, i + step);
    }
}

/// Count, mean and standard deviation, in two passes.
fn moments(values: &[f64], rows: &[u32]) -> Result<(u64, f64, f64), StatError> {
    let n = rows.len() as u64;
    if n < 2 {
        return Err(StatError::TooFewRows { n, needed: 2 });
    }
    let chosen = || rows.iter().map(|&i| values[i as usize]);
    let mean = chosen().sum::<f64>() / n as f64;
    let squares: f64 = chosen().map(|value| (value - mean) * (value - mean)).sum();
    Ok((n, mean, (squares / (n - 1) as f64).sqrt()))
}
