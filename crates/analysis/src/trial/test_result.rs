//! The result of a hypothesis test: statistic and p-value.

use super::terms::PValueMethod;
use crate::distribution::chi_squared;
use crate::distribution::normal::p_of_ln;
use crate::distribution::student_t::ln_two_sided_p as ln_two_sided_t;
use serde::{Deserialize, Serialize};

/// The outcome of a test of no difference, two-sided.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// The test statistic; `None` for an exact test that has only a probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistic: Option<f64>,
    /// Degrees of freedom, for t and χ².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Two-sided p-value; 0 where it underflows.
    pub p_value: f64,
    /// Decadic logarithm of the p-value, right however small that is.
    pub log10_p: f64,
    /// How the p-value is computed.
    pub method: PValueMethod,
}

impl TestResult {
    /// A test whose statistic is Student's t.
    pub(crate) fn student(t: f64, df: f64) -> Self {
        let (p_value, log10_p) = p_of_ln(ln_two_sided_t(t, df));
        Self { statistic: Some(t), df: Some(df), p_value, log10_p, method: PValueMethod::StudentT }
    }

    /// A test whose statistic is χ².
    pub(crate) fn chi2(statistic: f64, df: u32) -> Self {
        let (p_value, log10_p) = p_of_ln(chi_squared::ln_upper_tail(statistic, df));
        let method = PValueMethod::ChiSquared;
        Self { statistic: Some(statistic), df: Some(f64::from(df)), p_value, log10_p, method }
    }

    /// A test without degrees of freedom, from the natural logarithm of its p.
    pub(crate) fn of_ln_p(statistic: Option<f64>, ln_p: f64, method: PValueMethod) -> Self {
        let (p_value, log10_p) = p_of_ln(ln_p);
        Self { statistic, df: None, p_value, log10_p, method }
    }
}
