//! The plan of a comparison: design, arms, endpoints.

use super::terms::OutcomeType;
use serde::{Deserialize, Serialize};

/// Whether the arms share their patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Design {
    /// Every patient has an outcome in every arm (virtual twins).
    Paired,
    /// Every arm has its own patients (a randomised trial).
    Independent,
}

/// An outcome that is compared between arms.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedEndpoint {
    /// The name under which results are given.
    pub name: String,
    /// The columns that hold its values.
    pub columns: EndpointColumns,
    /// How small a difference within a patient is no difference.
    pub resolution: Resolution,
}

/// The accuracy of an outcome: two values of one patient that differ by no more are the same.
///
/// Computed values that ought to be equal differ by their errors, and a rank test takes every difference for one,
/// however small. Values themselves are not rounded: of two that are nearly equal one may lie on either side of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Resolution {
    /// Values are what they are.
    Exact,
    /// An error in the unit of the outcome, as that of a time.
    Absolute(f64),
    /// An error as a share of the greater of the two values.
    Relative(f64),
}

impl Resolution {
    /// arm − reference of one patient, 0 within the resolution; NaN if either is missing, and infinite if either is
    /// infinite (∞ − ∞ is no missing value).
    pub fn difference(self, reference: f64, arm: f64) -> f64 {
        let difference = arm - reference;
        if difference.is_nan() && !reference.is_nan() && !arm.is_nan() {
            return f64::INFINITY;
        }
        let within = match self {
            Self::Exact => 0.0,
            Self::Absolute(error) => error,
            Self::Relative(error) => error * reference.abs().max(arm.abs()),
        };
        // An infinite difference is within nothing: `within` may be infinite as well.
        if difference.abs() <= within && difference.is_finite() { 0.0 } else { difference }
    }
}

/// The columns that hold an endpoint, by the type of its data.
#[derive(Debug, Clone, PartialEq)]
pub enum EndpointColumns {
    /// A number per patient.
    Continuous {
        /// The column of values.
        column: String,
    },
    /// Whether the patient had the event: 1 or 0.
    Binary {
        /// The column of zeros and ones.
        column: String,
    },
    /// When the patient had the event, or until when the patient was seen without it.
    TimeToEvent {
        /// The column of times, not negative.
        time: String,
        /// The column that is 1 where the time is that of the event, and 0 where the patient was censored then.
        event: String,
        /// The time τ up to which the mean survival time is taken, in the unit of the times. `None`: the greatest
        /// time that every arm reaches, the least over the arms of their greatest times.
        horizon: Option<f64>,
    },
}

impl EndpointColumns {
    /// The type of outcome data, without the columns.
    pub fn outcome_type(&self) -> OutcomeType {
        match self {
            Self::Continuous { .. } => OutcomeType::Continuous,
            Self::Binary { .. } => OutcomeType::Binary,
            Self::TimeToEvent { .. } => OutcomeType::TimeToEvent,
        }
    }

    /// The names of the columns, in the order above.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Continuous { column } | Self::Binary { column } => vec![column],
            Self::TimeToEvent { time, event, .. } => vec![time, event],
        }
    }
}

/// The plan of an [`ArmComparison`](super::ArmComparison).
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonPlan {
    /// Whether the arms share their patients.
    pub design: Design,
    /// Names of the arms; the first is the reference, with which every other is compared.
    pub arms: Vec<String>,
    /// The endpoints.
    pub endpoints: Vec<ComparedEndpoint>,
    /// The column of the patients' weights; none if all count alike.
    pub weight: Option<String>,
}

impl ComparisonPlan {
    /// Every column that an endpoint needs, each once, in order of first mention, then that of the weights.
    pub fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        for column in self.endpoints.iter().flat_map(|endpoint| endpoint.columns.names()) {
            if !columns.iter().any(|known| known == column) {
                columns.push(column.to_owned());
            }
        }
        columns.extend(self.weight.clone());
        columns
    }
}
