//! The comparison of arms, in the form of `summary.json`.

use super::comparison_plan::Design;
use super::effect::{Effect, NumberNeeded};
use super::terms::{EffectMeasure, HypothesisTest, OutcomeType};
use super::test_result::TestResult;
use crate::error::StatError;
use crate::estimate::Estimate;
use serde::{Deserialize, Serialize};

/// Every endpoint in every arm against the reference; in a file, the list of its entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ComparisonSummary {
    /// One entry per endpoint and arm other than the reference: endpoints in the order of the plan, arms within.
    pub entries: Vec<ComparisonEntry>,
}

/// One endpoint in one arm, compared with the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonEntry {
    /// Endpoint.
    pub endpoint: String,
    /// The type of outcome data.
    pub kind: OutcomeType,
    /// Whether the arms share their patients.
    pub design: Design,
    /// The reference arm.
    pub reference: String,
    /// The arm compared with it.
    pub arm: String,
    /// Patients in the comparison: pairs without a missing value, or the patients with a value of both arms together.
    pub n: u64,
    /// Patients left out: pairs in which a value is missing, or patients of either arm whose value is missing.
    pub missing: u64,
    /// Descriptive statistics of the reference and of the arm.
    pub described: [ArmDescription; 2],
    /// Differences and ratios.
    pub effects: Vec<ReportedEffect>,
    /// Tests of no difference.
    pub tests: Vec<ReportedTest>,
}

/// Descriptive statistics of one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmDescription {
    /// Arm.
    pub arm: String,
    /// Patients with a value.
    pub n: u64,
    /// Patients without.
    pub missing: u64,
    /// Location and spread, or the reason why they do not exist.
    #[serde(flatten)]
    pub values: Estimate<Description>,
}

/// Location and spread of one arm's outcome, by the kind of endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Description {
    /// Of a continuous endpoint, over all patients.
    Continuous {
        /// Mean.
        mean: f64,
        /// Standard deviation with n − 1; `None` for one patient.
        sd: Option<f64>,
        /// Least value.
        min: f64,
        /// Greatest value.
        max: f64,
    },
    /// Of a binary endpoint, over all patients.
    Binary {
        /// Patients with the event.
        events: u64,
        /// Their share.
        risk: f64,
        /// Wilson's 95 % interval of the share.
        risk_ci95: [f64; 2],
    },
    /// Of a time to event, over the patients that are kept.
    TimeToEvent {
        /// Patients with the event.
        events: u64,
        /// Median time by Kaplan–Meier; `None` if fewer than half have the event.
        median: Option<f64>,
        /// 95 % interval of the median, by inversion of the log-log interval; `None` at an end that is not reached.
        median_ci95: [Option<f64>; 2],
        /// The time τ up to which the restricted mean is taken.
        horizon: f64,
        /// Kaplan–Meier estimate of being without the event at τ; `None` if the curve ends earlier.
        survival_at_horizon: Option<f64>,
        /// Restricted mean time without the event, up to τ; `None` if the curve ends earlier.
        restricted_mean: Option<f64>,
        /// Its standard error.
        restricted_mean_se: Option<f64>,
    },
}

/// One difference or ratio, named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportedEffect {
    /// Which difference or ratio.
    pub effect: EffectMeasure,
    /// Patients, or pairs, that it rests on.
    pub n: u64,
    /// The time τ up to which a restricted mean is taken; only of those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<f64>,
    /// The estimate and its interval, or the reason why they do not exist.
    #[serde(flatten)]
    pub result: Estimate<EffectValue>,
}

/// An effect with an ordinary interval, or a number needed to treat, whose interval may run through infinity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum EffectValue {
    /// A difference or ratio.
    Effect(Effect),
    /// A number needed to treat.
    NumberNeeded(NumberNeeded),
}

/// One test, named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportedTest {
    /// Which test.
    pub test: HypothesisTest,
    /// Whether this is the test of the endpoint that enters the family for Holm's adjustment.
    pub primary: bool,
    /// Patients, or pairs, that it rests on.
    pub n: u64,
    /// The time τ up to which times are taken that are tested by their restricted mean; only of those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<f64>,
    /// Statistic and p, or the reason why they do not exist.
    #[serde(flatten)]
    pub result: Estimate<TestResult>,
    /// p adjusted for the family of primary tests; only of primary tests with a p.
    #[serde(flatten)]
    pub adjusted: Option<Adjusted>,
}

/// A p-value adjusted by Holm's method for the family of all primary tests.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Adjusted {
    /// Adjusted p-value; 0 where it underflows.
    pub p_holm: f64,
    /// Its decadic logarithm.
    pub log10_p_holm: f64,
    /// Tests in the family: the main one of every endpoint and arm, with those that could not be done.
    pub family: usize,
    /// Those of them that have a p; the others count as p = 1.
    pub family_estimated: usize,
}

impl ComparisonSummary {
    /// The entry of this endpoint and arm.
    pub fn entry(&self, endpoint: &str, arm: &str) -> Option<&ComparisonEntry> {
        self.entries.iter().find(|entry| entry.endpoint == endpoint && entry.arm == arm)
    }
}

impl ComparisonEntry {
    /// This difference or ratio, if the data determine it.
    pub fn effect(&self, measure: EffectMeasure) -> Option<&Effect> {
        match self.effects.iter().find(|entry| entry.effect == measure)?.result.value()? {
            EffectValue::Effect(effect) => Some(effect),
            EffectValue::NumberNeeded(_) => None,
        }
    }

    /// The difference that the main test is about, if the data determine it. Of twins' times it is that within patients:
    /// the difference between independent curves, which they have as well, is another.
    pub fn main_difference(&self) -> Option<&Effect> {
        self.effect(self.main_measure())
    }

    /// Which difference that is.
    pub fn main_measure(&self) -> EffectMeasure {
        match (self.kind, self.design) {
            (OutcomeType::Continuous, _) => EffectMeasure::MeanDifference,
            (OutcomeType::Binary, _) => EffectMeasure::RiskDifference,
            (OutcomeType::TimeToEvent, Design::Paired) => EffectMeasure::RestrictedMeanDifferencePaired,
            (OutcomeType::TimeToEvent, Design::Independent) => EffectMeasure::RestrictedMeanDifference,
        }
    }

    /// [`Self::main_difference`] with the patients or pairs that it rests on, or the reason why it does not exist.
    pub fn main_estimate(&self) -> (u64, Estimate<Effect>) {
        match self.effects.iter().find(|entry| entry.effect == self.main_measure()) {
            None => (self.n, StatError::TooFewRows { n: self.n, needed: 1 }.into()),
            Some(entry) => match &entry.result {
                Estimate::Value(EffectValue::Effect(effect)) => (entry.n, Estimate::Value(*effect)),
                Estimate::Value(EffectValue::NumberNeeded(_)) => (entry.n, StatError::EqualRisks.into()),
                Estimate::None { not_estimated } => (entry.n, (*not_estimated).into()),
            },
        }
    }

    /// Whether the arms are the same in every patient, as far as the outcome's resolution goes.
    pub fn nobody_differs(&self) -> bool {
        self.primary_test().is_some_and(|test| test.result == StatError::NoDifference.into())
    }

    /// The number needed to treat of a binary endpoint, if the data determine it.
    pub fn number_needed(&self) -> Option<&NumberNeeded> {
        self.effects.iter().find_map(|entry| match entry.result.value()? {
            EffectValue::NumberNeeded(number) => Some(number),
            EffectValue::Effect(_) => None,
        })
    }

    /// The test of the endpoint that enters the family for Holm's adjustment.
    pub fn primary_test(&self) -> Option<&ReportedTest> {
        self.tests.iter().find(|test| test.primary)
    }
}
