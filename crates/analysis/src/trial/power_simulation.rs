//! Power of small randomised trials, drawn from patients that have been simulated once.

use super::patient_pool::PatientPool;
use super::sample_size::SampleSize;
use super::terms::HypothesisTest;
use crate::error::StatError;
use crate::estimate::Estimate;
use crate::replicates::proportion_ci95;
use serde::{Deserialize, Serialize};

/// How trials are drawn and judged.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerSimulation {
    /// Parts of the patients that go to the reference and to the arm: `[1, 1]` halves them, `[1, 2]` gives the arm two
    /// thirds. The share of the arm is rounded to the nearest patient.
    pub allocation: [u32; 2],
    /// Trials drawn for each size.
    pub trials: u32,
    /// Two-sided level of the test.
    pub alpha: f64,
    /// Patients of the largest trial that is considered when a size is sought.
    pub largest: u64,
}

/// How often trials of one size find the difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Power {
    /// Patients per trial, both arms together.
    pub n: u64,
    /// Of these in the reference and in the arm.
    pub n_per_arm: [u64; 2],
    /// Trials drawn.
    pub trials: u32,
    /// Trials with p ≤ α.
    pub found: u32,
    /// Trials in which there was no test (no event, all values equal): they count as not found.
    pub undetermined: u32,
    /// Share of trials that found it.
    pub power: f64,
    /// Wilson's 95 % interval of that share: the Monte-Carlo error.
    pub ci95: [f64; 2],
}

/// Power at given sizes and sizes for given power, of one endpoint in one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PowerAnalysis {
    /// Endpoint.
    pub endpoint: String,
    /// The reference arm.
    pub reference: String,
    /// The arm compared with it.
    pub arm: String,
    /// The test by which each trial is judged.
    pub test: HypothesisTest,
    /// Two-sided level of the test.
    pub alpha: f64,
    /// Parts of the patients in the reference and in the arm.
    pub allocation: [u32; 2],
    /// Patients of the reference and of the arm that trials are drawn from.
    pub drawn_from: [u64; 2],
    /// Power at each size.
    pub power: Vec<PowerAtSize>,
    /// Size for each target power.
    pub sample_sizes: Vec<SizeForPower>,
}

/// Power at one size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PowerAtSize {
    /// Patients per trial, both arms together.
    pub size: u64,
    /// The power, or the reason why it does not exist, such as more patients than were simulated.
    #[serde(flatten)]
    pub result: Estimate<Power>,
}

/// Size for one wanted power.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SizeForPower {
    /// The target power.
    pub power: f64,
    /// The number of patients, or the reason why it does not exist.
    #[serde(flatten)]
    pub result: Estimate<SampleSize>,
}

impl PowerSimulation {
    /// Patients of a trial of `n` in the reference and in the arm.
    pub fn split(&self, n: u64) -> [u64; 2] {
        let [reference, arm] = self.allocation.map(f64::from);
        let n1 = (n as f64 * arm / (reference + arm)).round() as u64;
        [n - n1, n1]
    }

    pub(super) fn check(&self) -> Result<(), StatError> {
        let level = self.alpha > 0.0 && self.alpha < 1.0;
        let sound = level && self.trials > 0 && self.allocation.iter().all(|&part| part > 0);
        if sound { Ok(()) } else { Err(StatError::PlanOutOfRange) }
    }
}

/// How often randomised trials of `n` patients find the difference, drawn from patients simulated once.
/// `uniform` gives independent random numbers between 0 and 1, and is asked n times per trial.
///
/// The pool stands for the population. It should hold many times n patients; otherwise trials share too many of them.
///
/// # Errors
/// [`StatError::TooFewPatients`], [`StatError::PlanOutOfRange`].
pub fn simulated_power(
    source: &PatientPool,
    plan: &PowerSimulation,
    n: u64,
    uniform: &mut dyn FnMut() -> f64,
) -> Result<Power, StatError> {
    plan.check()?;
    let n_per_arm = plan.split(n);
    let mut sampler = source.sampler(n_per_arm)?;
    let level = libm::log10(plan.alpha);
    let (mut found, mut undetermined) = (0, 0);
    for _ in 0..plan.trials {
        match sampler.trial(uniform) {
            Ok(log10_p) => found += u32::from(log10_p <= level),
            Err(_) => undetermined += 1,
        }
    }
    let (hits, trials) = (u64::from(found), u64::from(plan.trials));
    Ok(Power {
        n,
        n_per_arm,
        trials: plan.trials,
        found,
        undetermined,
        power: hits as f64 / trials as f64,
        ci95: proportion_ci95(hits, trials),
    })
}
