//! One arm's statistics, in the form of `summary.json`.

use crate::estimate::Estimate;
use crate::rank::Correlation;
use crate::regression::Regression;
use serde::{Deserialize, Serialize};

/// The scale on which a response is regressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseScale {
    /// The response itself.
    Linear,
    /// Its natural logarithm.
    Log,
}

impl ResponseScale {
    /// Both scales.
    pub const ALL: [Self; 2] = [Self::Linear, Self::Log];

    /// Position among the responses whose moments are accumulated.
    pub(crate) fn column(self) -> usize {
        match self {
            Self::Linear => 0,
            Self::Log => 1,
        }
    }
}

/// One arm's statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmSummary {
    /// Descriptive statistics of every outcome.
    pub outcomes: Vec<OutcomeSummary>,
    /// Least squares of the response on each predictor, linear and log scale.
    pub regressions: Vec<RegressionEntry>,
    /// Spearman's rank correlation of the response with each predictor.
    pub spearman: Vec<CorrelationEntry>,
}

/// One outcome's location and spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeSummary {
    /// Arm.
    pub arm: String,
    /// Column.
    pub outcome: String,
    /// Patients with a value.
    pub n: u64,
    /// Patients without.
    pub missing: u64,
    /// Mean; `None` without a value.
    pub mean: Option<f64>,
    /// Standard deviation with n − 1; `None` below two values.
    pub sd: Option<f64>,
    /// Least value.
    pub min: Option<f64>,
    /// Greatest value.
    pub max: Option<f64>,
}

/// One regression, named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegressionEntry {
    /// Arm.
    pub arm: String,
    /// Response column.
    pub response: String,
    /// The scale of the response.
    pub scale: ResponseScale,
    /// Predictor column.
    pub predictor: String,
    /// The fit, or the reason why it does not exist.
    #[serde(flatten)]
    pub fit: Estimate<Regression>,
}

/// One rank correlation, named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrelationEntry {
    /// Arm.
    pub arm: String,
    /// Response column.
    pub response: String,
    /// Predictor column.
    pub predictor: String,
    /// The correlation with its number of rows, or the reason why it does not exist.
    #[serde(flatten)]
    pub correlation: Estimate<Correlation>,
}
