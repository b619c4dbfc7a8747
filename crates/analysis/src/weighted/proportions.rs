//! Proportions of weighted patients, and their ratios.

use super::{
    WeightedMean, WeightedOutcomes, complete, effective_sample_size, linearised_se, mean, present,
    weighted_paired_t,
};
use crate::distribution::normal::Z95;
use crate::error::StatError;
use crate::replicates::wilson_interval;
use crate::trial::{Effect, IntervalMethod, newcombe_interval};

/// Share p of patients with an event (1; 0 without), with Wilson's interval for p(1−p)/se² patients: as many of equal weight as
/// would know as much of it. Where nobody or everybody has the event, these are the effective sample size.
///
/// # Errors
/// [`StatError::TooFewRows`] without patients, [`StatError::NotBinary`].
///
/// # Panics
/// If there is not a weight for every value.
pub fn weighted_risk((events, weights): WeightedOutcomes<'_>) -> Result<Effect, StatError> {
    check_binary(events)?;
    let mean = WeightedMean::of(events, weights)?;
    let spread = mean.mean * (1.0 - mean.mean);
    let n = match mean.se {
        Some(se) if spread > 0.0 => spread / (se * se),
        _ => effective_sample_size(&present(events, weights).1),
    };
    let ci95 = wilson_interval(mean.mean, n);
    Ok(Effect { estimate: mean.mean, se: mean.se, ci95, method: IntervalMethod::LinearisedWilson })
}

/// Difference of the shares of patients with an event in two arms of the same patients, from each patient's difference (1, 0 or −1),
/// with the interval of [`weighted_paired_t`]; where nobody differs, ±z²/(n+z²) with the effective sample size n, as Tango's score
/// interval has it of as many pairs.
///
/// # Errors
/// [`StatError::TooFewRows`] below two patients, [`StatError::NoSpread`] if all differ by the same.
///
/// # Panics
/// If there is not a weight for every difference.
pub fn weighted_paired_risk_difference(
    (differences, weights): WeightedOutcomes<'_>,
) -> Result<Effect, StatError> {
    match weighted_paired_t(differences, weights) {
        Err(StatError::NoDifference) => {
            let n = effective_sample_size(&present(differences, weights).1);
            let end = Z95 * Z95 / (n + Z95 * Z95);
            Ok(Effect { estimate: 0.0, se: None, ci95: [-end, end], method: IntervalMethod::TangoScore })
        }
        other => Ok(other?.difference),
    }
}

/// Difference of the risks of independent arms, arm − reference, with Newcombe's hybrid of the intervals of [`weighted_risk`].
///
/// # Errors
/// As [`weighted_risk`], of patients of either arm.
///
/// # Panics
/// If there is not a weight for every value.
pub fn weighted_risk_difference(
    reference: WeightedOutcomes<'_>,
    arm: WeightedOutcomes<'_>,
) -> Result<Effect, StatError> {
    let (reference, arm) = (weighted_risk(reference)?, weighted_risk(arm)?);
    let ci95 = newcombe_interval(arm.estimate - reference.estimate, &reference, &arm);
    let se = reference.se.zip(arm.se).map(|(reference, arm)| libm::hypot(reference, arm));
    Ok(Effect {
        estimate: arm.estimate - reference.estimate,
        se,
        ci95,
        method: IntervalMethod::LinearisedNewcombe,
    })
}

/// Ratio of the means of two columns of the same patients, the first to the second: of events it is the risk ratio, of patients with
/// an event in one arm alone the odds ratio within patients. Its interval is that of the logarithm, whose influences are
/// (x − x̄)/x̄ − (y − ȳ)/ȳ: R's `svyratio` on the scale of the logarithm.
///
/// # Errors
/// [`StatError::TooFewRows`] below two patients, [`StatError::NotBinary`], [`StatError::NoEvents`] if both means are 0,
/// [`StatError::EmptyCell`] if one is.
///
/// # Panics
/// If the columns differ in length.
pub fn weighted_paired_ratio(x: &[f64], y: &[f64], weights: &[f64]) -> Result<Effect, StatError> {
    check_binary(x)?;
    check_binary(y)?;
    let [events_x, events_y, weights] = complete(x, y, weights);
    let n = weights.len() as u64;
    if n < 2 {
        return Err(StatError::TooFewRows { n, needed: 2 });
    }
    let (x, y) = (mean(&events_x, &weights), mean(&events_y, &weights));
    let influences = events_x.iter().zip(&events_y).map(|(in_x, in_y)| in_x / x - in_y / y);
    of_logarithm([x, y], linearised_se(influences, &weights))
}

/// Ratio of the risks of independent arms, arm / reference, with the interval of its logarithm.
///
/// # Errors
/// As [`weighted_paired_ratio`], of patients of either arm.
///
/// # Panics
/// If there is not a weight for every value.
pub fn weighted_risk_ratio(
    reference: WeightedOutcomes<'_>,
    arm: WeightedOutcomes<'_>,
) -> Result<Effect, StatError> {
    let [(p0, se0), (p1, se1)] = [risk(reference)?, risk(arm)?];
    of_logarithm([p1, p0], libm::hypot(se1 / p1, se0 / p0))
}

/// Odds ratio of independent arms, arm / reference, with the interval of its logarithm: R's `svyglm` with a logit.
///
/// # Errors
/// As [`weighted_risk_ratio`], also if everybody of an arm has the event.
///
/// # Panics
/// If there is not a weight for every value.
pub fn weighted_odds_ratio(
    reference: WeightedOutcomes<'_>,
    arm: WeightedOutcomes<'_>,
) -> Result<Effect, StatError> {
    let [(p0, se0), (p1, se1)] = [risk(reference)?, risk(arm)?];
    if p0 == 1.0 || p1 == 1.0 {
        return Err(StatError::EmptyCell);
    }
    let odds = |p: f64| p / (1.0 - p);
    of_logarithm([odds(p1), odds(p0)], libm::hypot(se1 / (p1 * (1.0 - p1)), se0 / (p0 * (1.0 - p0))))
}

/// A share and its standard error.
fn risk((events, weights): WeightedOutcomes<'_>) -> Result<(f64, f64), StatError> {
    check_binary(events)?;
    let WeightedMean { n, mean, se, .. } = WeightedMean::of(events, weights)?;
    Ok((mean, se.ok_or(StatError::TooFewRows { n, needed: 2 })?))
}

/// x/y with the normal interval of its logarithm, which has the standard error `se`.
fn of_logarithm([x, y]: [f64; 2], se: f64) -> Result<Effect, StatError> {
    match (x > 0.0, y > 0.0) {
        (false, false) => return Err(StatError::NoEvents),
        (true, true) => {}
        _ => return Err(StatError::EmptyCell),
    }
    let factor = libm::exp(Z95 * se);
    let estimate = x / y;
    let ci95 = [estimate / factor, estimate * factor];
    Ok(Effect { estimate, se: None, ci95, method: IntervalMethod::LinearisedLog })
}

fn check_binary(events: &[f64]) -> Result<(), StatError> {
    match events.iter().filter(|value| !value.is_nan() && **value != 0.0 && **value != 1.0).count() {
        0 => Ok(()),
        n => Err(StatError::NotBinary { n: n as u64 }),
    }
}
