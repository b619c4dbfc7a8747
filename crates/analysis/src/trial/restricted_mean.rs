//! Restricted mean survival time: the mean time without the event, up to a horizon.

use super::comparison_plan::Resolution;
use super::effect::Effect;
use super::kaplan_meier::KaplanMeier;
use super::t_tests::{MeanDifference, paired_t};
use super::terms::IntervalMethod;
use crate::error::StatError;
use crate::summary::Summary;

impl KaplanMeier {
    /// Mean of min(T, τ): the area under the curve up to the horizon τ, with the standard error
    /// √(Σ Aᵢ² dᵢ/(nᵢ(nᵢ−dᵢ))) where Aᵢ is the area from tᵢ to τ. Unit: that of the times. J. P. Klein & M. L.
    /// Moeschberger, *Survival Analysis*, 2nd ed., sec. 4.5.
    ///
    /// # Errors
    /// [`StatError::HorizonNotReached`] if the curve ends before τ without having fallen to 0.
    pub fn restricted_mean(&self, horizon: f64) -> Result<Effect, StatError> {
        let end = self.survival_at(self.last_time);
        if !(horizon <= self.last_time || end == 0.0) {
            return Err(StatError::HorizonNotReached { last: self.last_time, horizon });
        }
        // From the horizon backwards: the area to the right of each time is then known when it is needed.
        let (mut right, mut area, mut variance) = (horizon, 0.0, 0.0);
        for step in self.steps.iter().rev().filter(|step| step.time < horizon) {
            area += step.survival * (right - step.time);
            right = step.time;
            let left = step.at_risk - step.events;
            if left > 0 {
                variance += area * area * (step.events as f64 / step.at_risk as f64 / left as f64);
            }
        }
        Ok(Effect::normal(area + right.max(0.0), variance.sqrt(), IntervalMethod::Greenwood))
    }
}

/// Difference of restricted means, arm − reference, for independent arms: variances add, normal interval.
///
/// For the same patients in both arms it ignores the pairing; where outcomes go together within patients the interval
/// is then too wide. See [`restricted_mean_paired`].
///
/// # Errors
/// [`StatError::HorizonNotReached`]; [`StatError::NoSpread`] if neither arm has an event before the horizon.
pub fn restricted_mean_difference(
    reference: &KaplanMeier,
    arm: &KaplanMeier,
    horizon: f64,
) -> Result<Effect, StatError> {
    difference_of_restricted_means(&reference.restricted_mean(horizon)?, &arm.restricted_mean(horizon)?)
}

/// arm − reference of independent restricted means, whose variances add.
pub(super) fn difference_of_restricted_means(reference: &Effect, arm: &Effect) -> Result<Effect, StatError> {
    let se = libm::hypot(reference.se.unwrap_or(0.0), arm.se.unwrap_or(0.0));
    if se == 0.0 {
        return Err(StatError::NoSpread);
    }
    let method = match arm.method {
        IntervalMethod::Greenwood => IntervalMethod::GreenwoodIndependentArms,
        other => other,
    };
    Ok(Effect::normal(arm.estimate - reference.estimate, se, method))
}

/// Mean difference of min(T, τ) within patients, arm − reference, with its t interval and test: exact pairing, possible
/// where no patient is censored before the horizon τ. Each arm is (time, event). Times that differ by no more than the
/// resolution count as equal; patients with a missing value in either arm are left out.
///
/// # Errors
/// [`StatError::CensoredBeforeHorizon`] if one is; [`StatError::TooFewRows`] below two pairs,
/// [`StatError::NoDifference`] if all differences are 0, [`StatError::NoSpread`] if they are equal otherwise,
/// [`StatError::NotBinary`].
///
/// # Panics
/// If the columns differ in length.
pub fn restricted_mean_paired(
    reference: (&[f64], &[f64]),
    arm: (&[f64], &[f64]),
    horizon: f64,
    resolution: Resolution,
) -> Result<MeanDifference, StatError> {
    let mut differences = Summary::new();
    differences.extend(&restricted_differences(reference, arm, horizon, resolution)?);
    paired_t(&differences)
}

/// The differences of min(T, τ) of [`restricted_mean_paired`], NaN where a value is missing.
pub(super) fn restricted_differences(
    reference: (&[f64], &[f64]),
    arm: (&[f64], &[f64]),
    horizon: f64,
    resolution: Resolution,
) -> Result<Vec<f64>, StatError> {
    let columns = [reference.0, reference.1, arm.0, arm.1];
    let n = columns[0].len();
    assert!(columns.iter().all(|column| column.len() == n), "columns of one table have one length");
    let mut differences = vec![f64::NAN; n];
    let (mut odd, mut censored) = (0, 0);
    for i in 0..n {
        let [t0, e0, t1, e1] = columns.map(|column| column[i]);
        if [t0, e0, t1, e1].iter().any(|value| value.is_nan()) {
            continue;
        }
        odd += [e0, e1].iter().filter(|event| **event != 0.0 && **event != 1.0).count() as u64;
        censored += u64::from((e0 == 0.0 && t0 < horizon) || (e1 == 0.0 && t1 < horizon));
        differences[i] = resolution.difference(t0.min(horizon), t1.min(horizon));
    }
    if odd > 0 {
        return Err(StatError::NotBinary { n: odd });
    }
    if censored > 0 {
        return Err(StatError::CensoredBeforeHorizon { n: censored, horizon });
    }
    Ok(differences)
}
