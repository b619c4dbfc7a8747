//! Mergeable summary of one column.

use crate::block_sums::{BLOCK, pair_masked};
use crate::pair_moments::PairMoments;
use crate::segments::{Accumulator, MOST_ROWS};
use serde::{Deserialize, Serialize};

/// Mergeable count, mean, standard deviation, least and greatest value of one column.
///
/// NaN counts as missing. Feeding in other portions gives the same bits; the moments are those of
/// [`PairMoments`] (blocks of 256, merged as Chan, Golub & LeVeque 1983).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    rows: u64,
    moments: PairMoments,
    min: f64,
    max: f64,
    #[serde(skip)]
    pending: Vec<f64>,
}

impl Default for Summary {
    fn default() -> Self {
        Self::new()
    }
}

impl Summary {
    /// A summary of no rows.
    pub fn new() -> Self {
        Self {
            rows: 0,
            moments: PairMoments::default(),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            pending: Vec::with_capacity(BLOCK),
        }
    }

    /// Adds one value; NaN counts as missing.
    pub fn push(&mut self, value: f64) {
        self.rows += 1;
        self.min = self.min.min(value); // f64::min passes NaN over
        self.max = self.max.max(value);
        self.pending.push(value);
        if self.pending.len() == BLOCK {
            self.moments.merge(&pair_masked(&self.pending, &self.pending));
            self.pending.clear();
        }
    }

    /// Adds a column; NaN counts as missing.
    pub fn extend(&mut self, values: &[f64]) {
        values.iter().for_each(|&v| self.push(v));
    }

    /// Adds the rows of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.gather();
        self.moments.merge(&other.all());
        self.rows += other.rows;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Values present.
    pub fn n(&self) -> u64 {
        self.all().n
    }

    /// Values missing (NaN).
    pub fn missing(&self) -> u64 {
        self.rows - self.n()
    }

    /// Mean, in the unit of the column. `None` without values, or if one is infinite.
    pub fn mean(&self) -> Option<f64> {
        let m = self.all();
        (m.n > 0 && m.x.hi.is_finite()).then_some(m.x.hi)
    }

    /// Sample standard deviation √(Σ(x−x̄)²/(n−1)). `None` below two values, or if one is infinite.
    pub fn sd(&self) -> Option<f64> {
        let m = self.all();
        (m.n > 1 && m.sxx.is_finite()).then(|| (m.sxx / (m.n - 1) as f64).sqrt())
    }

    /// Least value. `None` without values.
    pub fn min(&self) -> Option<f64> {
        (self.n() > 0).then_some(self.min)
    }

    /// Greatest value. `None` without values.
    pub fn max(&self) -> Option<f64> {
        (self.n() > 0).then_some(self.max)
    }

    /// Gathers the values that do not fill a block.
    fn gather(&mut self) {
        self.moments = self.all();
        self.pending.clear();
    }

    fn all(&self) -> PairMoments {
        let mut all = self.moments;
        all.merge(&pair_masked(&self.pending, &self.pending));
        all
    }
}

impl Accumulator for Summary {
    fn fresh(&self) -> Self {
        Self::new()
    }

    fn is_empty(&self) -> bool {
        self.rows == 0
    }

    fn admits(&self, next: &Self) -> bool {
        let Self { rows, moments, min, max, pending: _ } = next;
        moments.is_possible() && (moments.n..=MOST_ROWS).contains(rows) && !min.is_nan() && !max.is_nan()
    }

    fn merge(&mut self, next: &Self) {
        self.merge(next);
    }

    fn close(&mut self) {
        self.gather();
        self.pending = Vec::new();
    }
}
