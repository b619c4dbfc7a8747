//! Wilcoxon's tests of paired and of independent samples, as `wilcox.test` of R.

use super::terms::PValueMethod;
use super::test_result::TestResult;
use super::wilcoxon_exact::{rank_sum_ln_p, signed_rank_ln_p};
use crate::distribution::normal::ln_two_sided_p;
use crate::error::StatError;
use crate::rank::mid_ranks;

/// Below this many patients (in each arm), without ties, p is exact: the rule of R.
const EXACT_BELOW: usize = 50;

/// Wilcoxon's signed rank test of paired differences: V is the sum of the ranks of |d| over the positive d.
///
/// NaN is left out, and so are differences of 0. Below 50 differences without ties and zeros p is exact; else V is taken
/// as normal with mean n(n+1)/4 and variance n(n+1)(2n+1)/24 − Σ(t³−t)/48 over groups of t ties, corrected by ½ for
/// continuity. F. Wilcoxon (1945), *Biometrics Bull.* 1, 80. Time n log n, memory n.
///
/// # Errors
/// [`StatError::TooFewRows`] without a difference; [`StatError::NoDifference`] if all are 0; [`StatError::NotFinite`].
pub fn wilcoxon_signed_rank(differences: &[f64]) -> Result<TestResult, StatError> {
    let present: Vec<f64> = differences.iter().copied().filter(|d| !d.is_nan()).collect();
    if present.is_empty() {
        return Err(StatError::TooFewRows { n: 0, needed: 1 });
    }
    if present.iter().any(|d| d.is_infinite()) {
        return Err(StatError::NotFinite);
    }
    let nonzero: Vec<f64> = present.iter().copied().filter(|&d| d != 0.0).collect();
    if nonzero.is_empty() {
        return Err(StatError::NoDifference);
    }
    let ranks = mid_ranks(&nonzero.iter().map(|d| d.abs()).collect::<Vec<_>>());
    let positive = nonzero.iter().zip(&ranks).filter(|(d, _)| **d > 0.0);
    // From 0: an empty sum would be −0.
    let v = positive.fold(0.0, |sum, (_, rank)| sum + rank);
    let ties = ties(&ranks);
    let n = nonzero.len();
    if n < EXACT_BELOW && ties == 0.0 && n == present.len() {
        let ln_p = signed_rank_ln_p(v as usize, n);
        return Ok(TestResult::of_ln_p(Some(v), ln_p, PValueMethod::ExactSignedRank));
    }
    let n = n as f64;
    let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0;
    normal(v, n * (n + 1.0) / 4.0, variance, PValueMethod::NormalSignedRank)
}

/// Wilcoxon's rank sum test, or that of Mann and Whitney: W is the number of pairs in which the value of the arm is
/// the greater (ties count ½): the sum of the arm's ranks less n₁(n₁+1)/2.
///
/// NaN is left out. Where both arms have fewer than 50 values and none is tied p is exact; else W is taken as normal
/// with mean n₁n₀/2 and variance n₁n₀/12 · (n+1 − Σ(t³−t)/(n(n−1))), n = n₁ + n₀, corrected by ½ for continuity. H. B. Mann &
/// D. R. Whitney (1947), *Ann. Math. Stat.* 18, 50. Time n log n, memory n.
///
/// # Errors
/// [`StatError::TooFewRows`] if an arm has no value; [`StatError::NoSpread`] if all values are equal;
/// [`StatError::NotFinite`].
pub fn wilcoxon_rank_sum(reference: &[f64], arm: &[f64]) -> Result<TestResult, StatError> {
    let mut values: Vec<f64> = arm.iter().copied().filter(|v| !v.is_nan()).collect();
    let n1 = values.len();
    values.extend(reference.iter().filter(|v| !v.is_nan()));
    let n0 = values.len() - n1;
    if n1 == 0 || n0 == 0 {
        return Err(StatError::TooFewRows { n: 0, needed: 1 });
    }
    if values.iter().any(|v| v.is_infinite()) {
        return Err(StatError::NotFinite);
    }
    let ranks = mid_ranks(&values);
    let ties = ties(&ranks);
    let (a, b) = (n1 as f64, n0 as f64);
    let w = ranks[..n1].iter().sum::<f64>() - a * (a + 1.0) / 2.0;
    if n1 < EXACT_BELOW && n0 < EXACT_BELOW && ties == 0.0 {
        let ln_p = rank_sum_ln_p(w as usize, n1, n0);
        return Ok(TestResult::of_ln_p(Some(w), ln_p, PValueMethod::ExactRankSum));
    }
    let n = a + b;
    let variance = a * b / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
    normal(w, a * b / 2.0, variance, PValueMethod::NormalRankSum)
}

/// A statistic with a normal distribution of this mean and variance, corrected by ½ towards the mean.
fn normal(statistic: f64, mean: f64, variance: f64, method: PValueMethod) -> Result<TestResult, StatError> {
    if variance <= 0.0 {
        return Err(StatError::NoSpread);
    }
    let off = statistic - mean;
    let corrected = if off == 0.0 { 0.0 } else { off - 0.5 * off.signum() };
    Ok(TestResult::of_ln_p(Some(statistic), ln_two_sided_p(corrected / variance.sqrt()), method))
}

/// Σ(t³−t) over the groups of t equal ranks.
fn ties(ranks: &[f64]) -> f64 {
    let mut sorted = ranks.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let sizes = sorted.chunk_by(|a, b| a == b).map(|same| same.len() as f64);
    sizes.map(|t| t * t * t - t).sum()
}
