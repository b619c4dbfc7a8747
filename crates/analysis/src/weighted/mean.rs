//! Means of weighted patients.

use super::{linearised_se, present};
use crate::error::StatError;
use crate::trial::{
    Effect, IntervalMethod, MeanDifference, PValueMethod, paired_of_moments, welch_of_moments,
};

/// The mean of weighted values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedMean {
    /// Patients with a value and a weight.
    pub n: u64,
    /// x̄ = Σwx/Σw, in the unit of the values.
    pub mean: f64,
    /// Standard deviation √(n/(n−1) Σw(x−x̄)²/Σw); `None` of a single patient.
    pub sd: Option<f64>,
    /// Standard error √(n/(n−1) Σw²(x−x̄)²)/Σw; `None` of a single patient.
    pub se: Option<f64>,
}

impl WeightedMean {
    /// The mean of the values that are not NaN.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without one, [`StatError::NotFinite`].
    ///
    /// # Panics
    /// If there is not a weight for every value.
    pub fn of(values: &[f64], weights: &[f64]) -> Result<Self, StatError> {
        let (values, weights) = present(values, weights);
        let Some(&first) = values.first() else {
            return Err(StatError::TooFewRows { n: 0, needed: 1 });
        };
        let weighted = || values.iter().zip(&weights);
        let total: f64 = weights.iter().sum();
        // Relative to the first value, so that equal values have no variance at all.
        let mean = first + weighted().map(|(x, w)| w * (x - first)).sum::<f64>() / total;
        let n = values.len() as f64;
        let squares: f64 = weighted().map(|(x, w)| w * (x - mean) * (x - mean)).sum();
        if !squares.is_finite() {
            return Err(StatError::NotFinite);
        }
        let several = values.len() > 1;
        Ok(Self {
            n: values.len() as u64,
            mean,
            sd: several.then(|| (n / (n - 1.0) * squares / total).sqrt()),
            se: several.then(|| linearised_se(values.iter().map(|x| x - mean), &weights)),
        })
    }

    /// Count, mean, and the standard deviation that as many patients of equal weight would need for the same standard error.
    fn moments(&self) -> Result<(u64, f64, f64), StatError> {
        let se = self.se.ok_or(StatError::TooFewRows { n: self.n, needed: 2 })?;
        Ok((self.n, self.mean, se * (self.n as f64).sqrt()))
    }
}

/// The mean with the interval of Student's t and n − 1 degrees of freedom.
///
/// # Errors
/// [`StatError::TooFewRows`] below two values, [`StatError::NoSpread`] if they are all the same, [`StatError::NotFinite`].
///
/// # Panics
/// If there is not a weight for every value.
pub fn weighted_mean_effect(values: &[f64], weights: &[f64]) -> Result<Effect, StatError> {
    let (n, mean, sd) = WeightedMean::of(values, weights)?.moments()?;
    Ok(Effect { method: IntervalMethod::LinearisedT, ..Effect::mean(n, mean, sd)? })
}

/// Mean of paired differences d with t = d̄/se and n − 1 degrees of freedom: R's `svyttest(d ~ 0)`.
///
/// # Errors
/// As [`paired_t`](crate::trial::paired_t).
///
/// # Panics
/// If there is not a weight for every difference.
pub fn weighted_paired_t(differences: &[f64], weights: &[f64]) -> Result<MeanDifference, StatError> {
    Ok(linearised(paired_of_moments(WeightedMean::of(differences, weights)?.moments()?)?))
}

/// Difference of the means of independent arms, each given as (values, weights), with Welch's degrees of freedom
/// (v₁ + v₀)²/(v₁²/(n₁−1) + v₀²/(n₀−1)), where v are the squares of the standard errors.
///
/// # Errors
/// As [`welch_t`](crate::trial::welch_t).
///
/// # Panics
/// If there is not a weight for every value.
pub fn weighted_welch_t(
    reference: (&[f64], &[f64]),
    arm: (&[f64], &[f64]),
) -> Result<MeanDifference, StatError> {
    let moments = |(values, weights)| WeightedMean::of(values, weights)?.moments();
    Ok(linearised(welch_of_moments(moments(reference)?, moments(arm)?)?))
}

/// The same difference with its method named.
fn linearised(mut difference: MeanDifference) -> MeanDifference {
    difference.difference.method = IntervalMethod::LinearisedT;
    difference.test.method = PValueMethod::LinearisedT;
    difference
}
