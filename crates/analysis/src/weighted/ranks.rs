//! Ranks of weighted patients.
//!
//! A rank is the part of the population below. Tests take the ranks as given, which does not matter if there is no difference:
//! T. Lumley & A. J. Scott (2013), *Biometrika* 100, 831.

use super::{complete, present, weighted_paired_t, weighted_regression, weighted_welch_t};
use crate::error::StatError;
use crate::rank::Correlation;
use crate::trial::{PValueMethod, TestResult};

/// Σ of the weights below, and half of those at the same value, each as a share of all weights: (R − ½)/n of the mid-rank R if all
/// weights are equal.
///
/// The values are not NaN.
///
/// ```
/// let ranks = cartrial_analysis::weighted::weighted_mid_ranks(&[10.0, 5.0, 10.0], &[1.0, 6.0, 1.0]);
/// assert_eq!(ranks, [0.875, 0.375, 0.875]);
/// ```
pub fn weighted_mid_ranks(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0.0;
    for ties in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let here: f64 = ties.iter().map(|&i| weights[i]).sum();
        ties.iter().for_each(|&i| ranks[i] = (below + 0.5 * here) / total);
        below += here;
    }
    ranks
}

/// Spearman's rank correlation: Pearson's correlation of the weighted ranks, with the t of the slope of one on the other.
///
/// # Errors
/// As [`spearman`](crate::spearman).
///
/// # Panics
/// If the columns differ in length.
pub fn weighted_spearman(x: &[f64], y: &[f64], weights: &[f64]) -> Result<Correlation, StatError> {
    let [x, y, weights] = complete(x, y, weights);
    let ranks = [&x, &y].map(|values| weighted_mid_ranks(values, &weights));
    let fit = weighted_regression(&ranks[0], &ranks[1], &weights).map_err(|error| match error {
        StatError::PerfectFit { r } => StatError::PerfectFit { r: r.signum() },
        other => other,
    })?;
    let of = fit.regression;
    Ok(Correlation { n: of.n, r: of.r, t: of.t, p_value: of.p_value, log10_p: of.log10_p })
}

/// Wilcoxon's signed ranks: t of the mean of sign(d)·R, where R are the weighted ranks of |d| among the differences d that are not 0.
///
/// # Errors
/// [`StatError::TooFewRows`] below two differences, [`StatError::NoDifference`] if all are 0, [`StatError::NoSpread`],
/// [`StatError::NotFinite`].
///
/// # Panics
/// If there is not a weight for every difference.
pub fn weighted_signed_rank(differences: &[f64], weights: &[f64]) -> Result<TestResult, StatError> {
    let (differences, weights) = present(differences, weights);
    if differences.is_empty() {
        return Err(StatError::TooFewRows { n: 0, needed: 2 });
    }
    if differences.iter().any(|d| d.is_infinite()) {
        return Err(StatError::NotFinite);
    }
    let (nonzero, weights): (Vec<f64>, Vec<f64>) =
        differences.iter().zip(&weights).filter(|(d, _)| **d != 0.0).unzip();
    if nonzero.is_empty() {
        return Err(StatError::NoDifference);
    }
    let sizes: Vec<f64> = nonzero.iter().map(|d| d.abs()).collect();
    let ranks = weighted_mid_ranks(&sizes, &weights);
    let signed: Vec<f64> = nonzero.iter().zip(&ranks).map(|(d, rank)| d.signum() * rank).collect();
    Ok(of_ranks(weighted_paired_t(&signed, &weights)?.test))
}

/// Wilcoxon's rank sum: t of the difference of the arms' mean ranks among all patients, each arm given as (values, weights):
/// R's `svyranktest` with the arms as strata, but for Welch's degrees of freedom.
///
/// # Errors
/// [`StatError::TooFewRows`] if an arm has fewer than two values, [`StatError::NoSpread`] if all are equal,
/// [`StatError::NotFinite`].
///
/// # Panics
/// If there is not a weight for every value.
pub fn weighted_rank_sum(
    reference: (&[f64], &[f64]),
    arm: (&[f64], &[f64]),
) -> Result<TestResult, StatError> {
    let [(mut values, mut weights), (of_arm, weights_of_arm)] =
        [reference, arm].map(|(values, weights)| present(values, weights));
    let n0 = values.len();
    values.extend(of_arm);
    weights.extend(weights_of_arm);
    if values.iter().any(|value| value.is_infinite()) {
        return Err(StatError::NotFinite);
    }
    let ranks = weighted_mid_ranks(&values, &weights);
    let ((ranks0, ranks1), (weights0, weights1)) = (ranks.split_at(n0), weights.split_at(n0));
    Ok(of_ranks(weighted_welch_t((ranks0, weights0), (ranks1, weights1))?.test))
}

fn of_ranks(test: TestResult) -> TestResult {
    TestResult { method: PValueMethod::LinearisedRanks, ..test }
}
