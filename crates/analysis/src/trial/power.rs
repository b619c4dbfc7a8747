//! Power of small randomised trials, drawn from patients that have been simulated once.

use serde::Serialize;

/// How trials are drawn and judged.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialPlan {
    /// Parts of the patients that go to the reference and to the arm: `[1, 1]` halves them, `[1, 2]` gives the arm two
    /// thirds. The share of the arm is rounded to the nearest patient.
    pub allocation: [u32; 2],
    /// Trials drawn for each size.
    pub trials: u32,
    /// Two-sided level of the test.
    pub alpha: f64,
}

/// How often trials of one size find the difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
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

/// The number of patients for a wanted power.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SampleSize {
    /// The power that was asked for.
    pub wanted: f64,
    /// Patients, both arms together.
    pub n: u64,
    /// 95 % interval of the number, from the Monte-Carlo error of the power found at `n`.
    pub n_ci95: [u64; 2],
    /// The power found at `n`.
    pub at_n: Power,
}

/// Power at given sizes and sizes for given power, of one endpoint in one arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerTable {
    /// Endpoint.
    pub endpoint: String,
    /// The reference arm.
    pub reference: String,
    /// The arm compared with it.
    pub arm: String,
    /// `welch_t`, `fisher_exact` or `log_rank`.
    pub test: &'static str,
    /// Two-sided level of the test.
    pub alpha: f64,
    /// Parts of the patients in the reference and in the arm.
    pub allocation: [u32; 2],
    /// Patients of the reference and of the arm that trials are drawn from.
    pub drawn_from: [u64; 2],
    /// Power at the sizes asked for.
    pub power: Vec<PowerEntry>,
    /// Sizes for the power asked for.
    pub sample_sizes: Vec<SampleSizeEntry>,
}

/// Power at one size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerEntry {
    /// Patients per trial, both arms together.
    pub size: u64,
    /// The power, or why there is none (more patients than were simulated, say).
    #[serde(flatten)]
    pub result: crate::Estimate<Power>,
}

/// Size for one wanted power.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampleSizeEntry {
    /// The power asked for.
    pub power: f64,
    /// The number of patients, or why there is none.
    #[serde(flatten)]
    pub result: crate::Estimate<SampleSize>,
}
