//! Moments of one predictor and one response, and how two sets of them merge.

use crate::block_sums::{BLOCK, pair_masked};
use crate::segments::MOST_ROWS;
use serde::{Deserialize, Serialize};

/// A mean as an unevaluated sum `hi + lo` with |lo| ≤ ½ ulp(hi): about 32 digits.
///
/// Differences of two means near 10⁹ then keep all digits that the data have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mean {
    pub hi: f64,
    pub lo: f64,
}

impl Mean {
    /// `hi + lo`, normalised (Knuth's two-sum; valid for any order of magnitude).
    pub fn new(hi: f64, lo: f64) -> Self {
        let sum = hi + lo;
        let part = sum - hi;
        Self { hi: sum, lo: (hi - (sum - part)) + (lo - part) }
    }

    /// The mean plus `step`.
    pub fn moved(self, step: f64) -> Self {
        let sum = Self::new(self.hi, step);
        Self::new(sum.hi, sum.lo + self.lo)
    }

    /// `self − other`, to full relative precision.
    pub fn minus(self, other: Self) -> f64 {
        (self.hi - other.hi) + (self.lo - other.lo)
    }
}

/// Count, means and second co-moments of a pair (x, y):
/// n, x̄, ȳ, Sxx = Σ(x−x̄)², Sxy = Σ(x−x̄)(y−ȳ), Syy = Σ(y−ȳ)².
///
/// Units: x̄ that of x, Sxx its square, Sxy the product, and so on. The default value is that of no rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct PairMoments {
    pub(crate) n: u64,
    pub(crate) x: Mean,
    pub(crate) y: Mean,
    pub(crate) sxx: f64,
    pub(crate) sxy: f64,
    pub(crate) syy: f64,
}

impl PairMoments {
    /// Moments over the rows in which neither value is NaN.
    ///
    /// # Panics
    /// If the columns differ in length.
    pub fn from_columns(x: &[f64], y: &[f64]) -> Self {
        assert_eq!(x.len(), y.len(), "columns of one table have one length");
        let mut all = Self::default();
        for (bx, by) in x.chunks(BLOCK).zip(y.chunks(BLOCK)) {
            all.merge(&pair_masked(bx, by));
        }
        all
    }

    /// Adds the rows of `other`, by the pairwise update of Chan, Golub & LeVeque (1983), eq. 2.1, for
    /// co-moments: Sxy = Sxyᴬ + Sxyᴮ + (x̄ᴮ−x̄ᴬ)(ȳᴮ−ȳᴬ) nᴬnᴮ/n.
    pub fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            *self = *other;
            return;
        }
        let n = self.n + other.n;
        let share = other.n as f64 / n as f64;
        let weight = self.n as f64 * share;
        let (dx, dy) = (other.x.minus(self.x), other.y.minus(self.y));
        self.sxx += other.sxx + dx * dx * weight;
        self.sxy += other.sxy + dx * dy * weight;
        self.syy += other.syy + dy * dy * weight;
        self.x = self.x.moved(dx * share);
        self.y = self.y.moved(dy * share);
        self.n = n;
    }

    /// Whether rows can come to this. Sums of infinite values need not be numbers.
    pub(crate) fn is_possible(&self) -> bool {
        self.n <= MOST_ROWS && ![self.sxx, self.syy].iter().any(|sum| *sum < 0.0)
    }

    /// Rows in which neither value is missing.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Mean of x (0 for no rows).
    pub fn mean_x(&self) -> f64 {
        self.x.hi
    }

    /// Mean of y (0 for no rows).
    pub fn mean_y(&self) -> f64 {
        self.y.hi
    }

    /// Sxx = Σ(x−x̄)².
    pub fn sxx(&self) -> f64 {
        self.sxx
    }

    /// Sxy = Σ(x−x̄)(y−ȳ).
    pub fn sxy(&self) -> f64 {
        self.sxy
    }

    /// Syy = Σ(y−ȳ)².
    pub fn syy(&self) -> f64 {
        self.syy
    }
}
