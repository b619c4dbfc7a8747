//! Ranks and Spearman's rank correlation.

use serde::{Deserialize, Serialize};

use crate::distribution::student_t::{log10_two_sided_p, two_sided_p};
use crate::error::StatError;
use crate::pair_moments::PairMoments;
use crate::regression::LEAST_UNEXPLAINED;

/// A correlation with its test against Student's t.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// Rows in which no value is missing.
    pub n: u64,
    /// The correlation, −1 to 1.
    pub r: f64,
    /// r √(ν/(1−r²)), with ν the degrees of freedom.
    pub t: f64,
    /// Two-sided p-value; 0 where it is smaller than an `f64` can be.
    pub p_value: f64,
    /// Decadic logarithm of the two-sided p-value, right however small it is.
    pub log10_p: f64,
}

impl Correlation {
    /// Pearson's correlation that given moments imply, tested by t = r √((n−2)/(1−r²)) with n − 2 degrees of freedom: the
    /// test of the slope in a [`Regression`](crate::Regression) of either on the other.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] below 3 rows, [`StatError::NotFinite`], [`StatError::ConstantPredictor`],
    /// [`StatError::ConstantResponse`], and [`StatError::PerfectFit`] if 1 − r² < 1e-12.
    pub fn from_moments(m: &PairMoments) -> Result<Self, StatError> {
        if m.n < 3 {
            return Err(StatError::TooFewRows { n: m.n, needed: 3 });
        }
        if !(m.sxx.is_finite() && m.syy.is_finite() && m.sxy.is_finite()) {
            return Err(StatError::NotFinite);
        }
        if m.sxx == 0.0 {
            return Err(StatError::ConstantPredictor);
        }
        if m.syy == 0.0 {
            return Err(StatError::ConstantResponse);
        }
        let r = (m.sxy / (m.sxx.sqrt() * m.syy.sqrt())).clamp(-1.0, 1.0);
        let unexplained = (-(m.sxy / m.sxx)).mul_add(m.sxy, m.syy) / m.syy;
        if unexplained < LEAST_UNEXPLAINED {
            return Err(StatError::PerfectFit { r });
        }
        let df = (m.n - 2) as f64;
        let t = r * (df / unexplained).sqrt();
        Ok(Self { n: m.n, r, t, p_value: two_sided_p(t, df), log10_p: log10_two_sided_p(t, df) })
    }
}

/// Ranks from 1 to the length; equal values share the mean of their ranks (mid-ranks).
///
/// The values are finite or infinite, not NaN (a NaN would rank by its sign bit, beyond the infinities).
///
/// ```
/// assert_eq!(cartrial_analysis::mid_ranks(&[10.0, 20.0, 10.0, 5.0]), [2.5, 4.0, 2.5, 1.0]);
/// ```
pub fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = values.iter().enumerate().map(|(i, &v)| (v, i)).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0usize;
    for ties in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = before as f64 + 0.5 * (ties.len() as f64 + 1.0);
        for &(_, i) in ties {
            ranks[i] = rank;
        }
        before += ties.len();
    }
    ranks
}

/// Spearman's rank correlation over the rows in which neither value is NaN: Pearson's correlation of the mid-ranks,
/// tested by t = r √((n−2)/(1−r²)) with n − 2 degrees of freedom (as `scipy.stats.spearmanr`; Kendall & Stuart,
/// *The Advanced Theory of Statistics*, sec. 31.19). Time n log n, memory n.
///
/// # Errors
/// [`StatError::TooFewRows`] below 3 rows, [`StatError::ConstantPredictor`], [`StatError::ConstantResponse`], and
/// [`StatError::PerfectFit`] with its r if the order is the same or the opposite.
///
/// # Panics
/// If the columns differ in length.
pub fn spearman(x: &[f64], y: &[f64]) -> Result<Correlation, StatError> {
    assert_eq!(x.len(), y.len(), "columns of one table have one length");
    let (x, y): (Vec<f64>, Vec<f64>) =
        x.iter().zip(y).filter(|(x, y)| !x.is_nan() && !y.is_nan()).map(|(&x, &y)| (x, y)).unzip();
    Correlation::from_moments(&PairMoments::from_columns(&mid_ranks(&x), &mid_ranks(&y))).map_err(|e| match e
    {
        StatError::PerfectFit { r } => StatError::PerfectFit { r: r.signum() },
        other => other,
    })
}
