//! How many patients a wanted power needs, by trials drawn from patients that have been simulated once.

use super::patient_pool::PatientPool;
use super::power_simulation::{Power, PowerSimulation, simulated_power};
use crate::distribution::normal::Z95;
use crate::error::StatError;
use cartrial_normal::quantile;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Sizes at which trials are drawn once the number is known to a factor of two.
const ROUNDS: usize = 6;

/// Sizes that differ by no more than this share are pooled.
const NEAR: f64 = 0.25;

/// The number of patients for a wanted power.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SampleSize {
    /// The target power.
    pub wanted: f64,
    /// Patients, both arms together.
    pub n: u64,
    /// 95 % interval of that number: its Monte-Carlo error.
    pub n_ci95: [u64; 2],
    /// The power of trials of `n` patients, drawn afresh.
    pub at_n: Power,
}

/// The number of patients at which trials have the `wanted` power.
///
/// Sizes are doubled until one has it. Then, six times, trials are drawn at the best guess, and the next guess is that of
/// the rule of the normal distribution that z₁₋α⸝₂ + z_power = s√n, with the slope s of all rounds near the guess together.
/// No size is chosen for having had luck, as the smallest that was seen to reach the power would be. The interval is
/// that of s. Where the power of a test does not rise smoothly (Fisher's with few patients) the number is one between.
///
/// # Errors
/// [`StatError::PowerNotReached`] if the patients, or those of the largest trial of the plan, do not suffice, [`StatError::PlanOutOfRange`],
/// [`StatError::TooFewPatients`] if they do not for the smallest trial (two patients in either arm).
pub fn sample_size(
    source: &PatientPool,
    plan: &PowerSimulation,
    wanted: f64,
    uniform: &mut dyn FnMut() -> f64,
) -> Result<SampleSize, StatError> {
    plan.check()?;
    if !(wanted > 0.0 && wanted < 1.0) {
        return Err(StatError::PlanOutOfRange);
    }
    let fewest = (4..).find(|&n| plan.split(n).iter().all(|&part| part >= 2)).unwrap_or(4);
    source.holds(plan.split(fewest))?;
    let most = largest(source, plan, fewest).min(plan.largest.max(fewest));
    let (mut low, mut high) = (fewest, fewest);
    loop {
        let power = simulated_power(source, plan, high, uniform)?.power;
        if power >= wanted {
            break;
        }
        if high == most {
            return Err(StatError::PowerNotReached { wanted, most, power });
        }
        (low, high) = (high, (2 * high).min(most));
    }
    let rule = Rule { critical: quantile(1.0 - 0.5 * plan.alpha), wanted: quantile(wanted) };
    let mut guess = low + (high - low) / 2;
    let mut rounds: Vec<(u64, Slope)> = Vec::new();
    let mut slope = Slope { value: 0.0, variance: f64::INFINITY };
    for _ in 0..ROUNDS {
        rounds.push((guess, rule.slope(&simulated_power(source, plan, guess, uniform)?)));
        let near = |n: u64| n.abs_diff(guess) as f64 <= NEAR * guess as f64;
        slope = Slope::pooled(rounds.iter().filter(|(n, _)| near(*n)).map(|(_, slope)| *slope));
        guess = rule.patients(slope.value).round().clamp(fewest as f64, most as f64) as u64;
    }
    let at_n = simulated_power(source, plan, guess, uniform)?;
    if rule.patients(slope.value) > most as f64 {
        return Err(StatError::PowerNotReached { wanted, most, power: at_n.power });
    }
    let [few, many] = [Z95, -Z95].map(|z| rule.patients(slope.value + z * slope.variance.sqrt()));
    let n_ci95 = [few.floor(), many.ceil()].map(|n| n.clamp(fewest as f64, most as f64) as u64);
    Ok(SampleSize { wanted, n: guess, n_ci95, at_n })
}

/// z₁₋α⸝₂ + z_power = s√n.
struct Rule {
    critical: f64,
    wanted: f64,
}

/// The slope s and its variance.
#[derive(Clone, Copy)]
struct Slope {
    value: f64,
    variance: f64,
}

impl Rule {
    /// The slope that a power found at one size implies; where all trials or none found it, as if half a trial did not.
    fn slope(&self, found: &Power) -> Slope {
        let (n, trials) = (found.n as f64, f64::from(found.trials));
        let power = found.power.clamp(0.5 / trials, 1.0 - 0.5 / trials);
        let z = quantile(power);
        let density = libm::exp(-0.5 * z * z) / (2.0 * PI).sqrt();
        let variance = power * (1.0 - power) / (trials * density * density * n);
        Slope { value: (self.critical + z) / n.sqrt(), variance }
    }

    /// The size at which this slope gives the wanted power; infinite without a slope.
    fn patients(&self, slope: f64) -> f64 {
        let root = (self.critical + self.wanted).max(0.0) / slope.max(0.0);
        if root.is_nan() { f64::INFINITY } else { root * root }
    }
}

impl Slope {
    /// The mean with the reciprocal variances as weights.
    fn pooled(all: impl Iterator<Item = Slope>) -> Slope {
        let (sum, weights) = all.fold((0.0, 0.0), |(sum, weights), slope| {
            (sum + slope.value / slope.variance, weights + 1.0 / slope.variance)
        });
        Slope { value: sum / weights, variance: 1.0 / weights }
    }
}

/// The largest trial that can be drawn.
fn largest(source: &PatientPool, plan: &PowerSimulation, fewest: u64) -> u64 {
    let (mut holds, mut fails) = (fewest, source.patients().iter().sum::<u64>() + 1);
    while fails - holds > 1 {
        let middle = holds + (fails - holds) / 2;
        if source.holds(plan.split(middle)).is_ok() { holds = middle } else { fails = middle }
    }
    holds
}
