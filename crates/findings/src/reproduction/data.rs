//! What a reproduction of the paper found, as plain data: written as JSON, drawn, and told in words.

use cartrial_analysis::{DriverTable, Regression, ResponseScale, Spread};
use serde::Serialize;

/// log₁₀ of the paper's p for the regression of peak inflammation on the total dose, 0.1412.
const PAPER_LOG10_P_DOSE: f64 = -0.850_165_303_284_215_1;
/// log₁₀ of the paper's p for the regression of peak inflammation on the tumour burden, 5.3e-38.
const PAPER_LOG10_P_BURDEN: f64 = -37.275_724_130_399_21;

/// Distribution of parameters and initial lymphocytes in the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PaperDistribution {
    /// Uniform.
    Uniform,
    /// Normal.
    Normal,
}

/// What the paper's text allows of n, the number of divisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Divisions {
    /// Held at 6.
    Held,
    /// Varied as every other parameter.
    Varied,
}

impl PaperDistribution {
    /// Its name in the results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Normal => "normal",
        }
    }
}

impl Divisions {
    /// Its name in the results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Varied => "varied",
        }
    }
}

/// What the paper regresses the peak on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PaperPredictor {
    /// The total CAR T cell dose.
    #[serde(rename = "dose_total")]
    TotalDose,
    /// The tumour burden at the start.
    #[serde(rename = "tumour_burden")]
    TumourBurden,
}

impl PaperPredictor {
    /// Both, in the order of the results.
    pub const ALL: [Self; 2] = [Self::TotalDose, Self::TumourBurden];

    /// Its column in the results.
    pub fn name(self) -> &'static str {
        match self {
            Self::TotalDose => "dose_total",
            Self::TumourBurden => "tumour_burden",
        }
    }

    /// log₁₀ of the paper's p for the regression of peak inflammation on it.
    pub fn paper_log10_p(self) -> f64 {
        match self {
            Self::TotalDose => PAPER_LOG10_P_DOSE,
            Self::TumourBurden => PAPER_LOG10_P_BURDEN,
        }
    }
}

/// One of the populations that the paper's text allows, and the scale on which the peak is regressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Distribution of parameters and initial lymphocytes.
    pub distribution: PaperDistribution,
    /// The number of divisions.
    pub n: Divisions,
    /// The peak itself (`linear`) or its natural logarithm (`log`).
    pub scale: ResponseScale,
}

impl Setting {
    /// In words: `uniform, n held, ln(peak)`.
    pub fn words(&self) -> String {
        let response = if self.scale == ResponseScale::Log { "ln(peak)" } else { "peak" };
        format!("{}, n {}, {response}", self.distribution.name(), self.n.name())
    }

    /// Whether this is the setting in which effects are told first: uniform, n held, ln(peak).
    pub fn is_main(&self) -> bool {
        (self.distribution, self.n, self.scale)
            == (PaperDistribution::Uniform, Divisions::Held, ResponseScale::Log)
    }
}

/// The tests of one correlation in replicate trials, beside the paper's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReplicateEntry {
    /// Population and scale.
    #[serde(flatten)]
    pub setting: Setting,
    /// What the peak is regressed on.
    pub predictor: PaperPredictor,
    /// Trials that have a test.
    pub trials: usize,
    /// Trials without one: too few patients were solved.
    pub undetermined: usize,
    /// Patients in each.
    pub patients_per_trial: usize,
    /// Quantiles of log₁₀ p over the trials.
    pub log10_p: Spread,
    /// Mean correlation over the trials.
    pub mean_r: f64,
    /// log₁₀ of the paper's p.
    pub paper_log10_p: f64,
    /// Share of the trials with a p at or below the paper's, in percent.
    pub paper_percentile: f64,
}

impl ReplicateEntry {
    /// Whether the paper's p lies within the middle 90 % of the trials.
    pub fn paper_is_ordinary(&self) -> bool {
        (self.log10_p.q05..=self.log10_p.q95).contains(&self.paper_log10_p)
    }

    /// Whether not one trial comes out on the other side of the paper's p.
    pub fn paper_is_out_of_reach(&self) -> bool {
        self.paper_percentile <= 0.0 || self.paper_percentile >= 100.0
    }
}

/// An effect with its uncertainty, over many patients.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EffectEntry {
    /// Population and scale.
    #[serde(flatten)]
    pub setting: Setting,
    /// What the peak is regressed on.
    pub predictor: PaperPredictor,
    /// 95 % confidence interval of r, by Fisher's z.
    pub r_ci95: [f64; 2],
    /// The regression over these patients.
    #[serde(flatten)]
    pub fit: Regression,
}

/// How often trials of one size find the effect of the dose.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PowerEntry {
    /// Population and scale.
    #[serde(flatten)]
    pub setting: Setting,
    /// The total dose.
    pub predictor: PaperPredictor,
    /// Patients in each trial.
    pub patients_per_trial: usize,
    /// Trials: consecutive, disjoint parts of the cohort.
    pub trials: usize,
    /// Trials with p < 0.05.
    pub significant: usize,
    /// Their share.
    pub power: f64,
    /// 95 % confidence interval of that share (Wilson).
    pub power_ci95: [f64; 2],
    /// What Fisher's z expects for the correlation in the whole cohort.
    pub analytic_power: f64,
}

/// `power.json`: how large the effects are, and how often trials of each size find that of the dose.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PowerTable {
    /// Level of the tests, two-sided.
    pub alpha: f64,
    /// How `analytic_power` is computed.
    pub analytic_method: &'static str,
    /// How `power_ci95` is computed.
    pub interval_method: &'static str,
    /// Effects over a million patients, or as many as there are.
    pub effects: Vec<EffectEntry>,
    /// Trials by size.
    pub trials: Vec<PowerEntry>,
}

/// What drives the peak in one population on one scale.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DriverEntry {
    /// Population and scale.
    #[serde(flatten)]
    pub setting: Setting,
    /// The drivers, the strongest first.
    #[serde(flatten)]
    pub table: DriverTable,
}

/// A simulated cohort.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CohortEntry {
    /// Name of its study file.
    pub study: String,
    /// Patients.
    pub patients: u64,
    /// Patients with a corrected draw.
    pub patients_corrected: u64,
    /// Patients that could not be solved.
    pub patients_failed: u64,
    /// Identifies every row.
    pub content_hash: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_p_values_are_those_that_it_prints() {
        assert!((PAPER_LOG10_P_DOSE - 0.1412f64.log10()).abs() < 1e-12);
        assert!((PAPER_LOG10_P_BURDEN - 5.3e-38f64.log10()).abs() < 1e-12);
    }
}
