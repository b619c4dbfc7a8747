//! Trials drawn without replacement from simulated patients, each judged by its test.

use super::independent_proportions::{ContingencyTable, Proportion};
use super::log_rank::log_rank_in_order;
use super::outcome_data::CompleteOutcomes;
use super::patient_pool::PatientPool;
use super::t_tests::welch_of_moments;
use crate::error::StatError;

/// Draws trials of one size. Each shuffle starts from the order that the last trial left.
pub(crate) struct TrialSampler<'a> {
    pub(super) source: &'a PatientPool,
    pub(super) n: [usize; 2],
    pub(super) first: Vec<u32>,
    pub(super) second: Vec<u32>,
}

impl TrialSampler<'_> {
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
            (CompleteOutcomes::Continuous(a), CompleteOutcomes::Continuous(b)) => {
                welch_of_moments(moments(a, reference)?, moments(b, arm)?)?.test
            }
            (CompleteOutcomes::Binary(a), CompleteOutcomes::Binary(b)) => {
                let count = |of: &[bool], rows: &[u32]| Proportion {
                    events: rows.iter().filter(|&&i| of[i as usize]).count() as u64,
                    n: rows.len() as u64,
                };
                ContingencyTable { reference: count(a, reference), arm: count(b, arm) }.fisher()?
            }
            (CompleteOutcomes::TimeToEvent(a), CompleteOutcomes::TimeToEvent(b)) => {
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
