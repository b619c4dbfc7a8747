//! Means of two arms.

use super::effect::Effect;
use super::terms::IntervalMethod;
use super::test_result::TestResult;
use crate::error::StatError;
use crate::summary::Summary;

/// A difference of means and its test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanDifference {
    /// Pairs, or patients of both arms together.
    pub n: u64,
    /// Arm − reference, with the 95 % interval of Student's t.
    pub difference: Effect,
    /// The t-test of no difference.
    pub test: TestResult,
}

/// Mean of paired differences d, with t = d̄ √n / s and n − 1 degrees of freedom, from the summary of d.
///
/// # Errors
/// [`StatError::TooFewRows`] below two pairs, [`StatError::NotFinite`], [`StatError::NoDifference`] if all differences
/// are 0, [`StatError::NoSpread`] if they are equal otherwise.
pub fn paired_t(differences: &Summary) -> Result<MeanDifference, StatError> {
    paired_of_moments(moments(differences)?)
}

/// [`paired_t`] from count, mean and standard deviation of the differences.
pub(crate) fn paired_of_moments((n, mean, sd): (u64, f64, f64)) -> Result<MeanDifference, StatError> {
    if sd == 0.0 {
        return Err(if mean == 0.0 { StatError::NoDifference } else { StatError::NoSpread });
    }
    let (se, df) = (sd / (n as f64).sqrt(), (n - 1) as f64);
    Ok(MeanDifference {
        n,
        difference: Effect::student(mean, se, df, IntervalMethod::PairedT),
        test: TestResult::student(mean / se, df),
    })
}

/// Difference of the means of independent arms with unequal variances s²: with vᵢ = sᵢ²/nᵢ, t = (x̄₁ − x̄₀)/√(v₁ + v₀) and
/// (v₁ + v₀)²/(v₁²/(n₁−1) + v₀²/(n₀−1)) degrees of freedom. B. L. Welch (1947), *Biometrika* 34, 28.
///
/// # Errors
/// [`StatError::TooFewRows`] if an arm has fewer than two patients, [`StatError::NotFinite`], [`StatError::NoSpread`]
/// if neither arm varies.
pub fn welch_t(reference: &Summary, arm: &Summary) -> Result<MeanDifference, StatError> {
    welch_of_moments(moments(reference)?, moments(arm)?)
}

/// [`welch_t`] from count, mean and standard deviation of reference and arm.
pub(crate) fn welch_of_moments(
    (n0, mean0, sd0): (u64, f64, f64),
    (n1, mean1, sd1): (u64, f64, f64),
) -> Result<MeanDifference, StatError> {
    let (v0, v1) = (sd0 * sd0 / n0 as f64, sd1 * sd1 / n1 as f64);
    let variance = v0 + v1;
    if variance == 0.0 {
        return Err(StatError::NoSpread);
    }
    // Shares of the variance, since its square may underflow.
    let (share0, share1) = (v0 / variance, v1 / variance);
    let df = 1.0 / (share0 * share0 / (n0 - 1) as f64 + share1 * share1 / (n1 - 1) as f64);
    let (difference, se) = (mean1 - mean0, variance.sqrt());
    Ok(MeanDifference {
        n: n0 + n1,
        difference: Effect::student(difference, se, df, IntervalMethod::WelchT),
        test: TestResult::student(difference / se, df),
    })
}

fn moments(summary: &Summary) -> Result<(u64, f64, f64), StatError> {
    let n = summary.n();
    if n < 2 {
        return Err(StatError::TooFewRows { n, needed: 2 });
    }
    let (mean, sd) = summary.mean().zip(summary.sd()).ok_or(StatError::NotFinite)?;
    Ok((n, mean, sd))
}
