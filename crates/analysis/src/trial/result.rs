//! What a single statistic between two arms gives: an effect with its interval, or a test.

use serde::Serialize;

/// A difference or ratio between two arms, with its 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Effect {
    /// The estimate: arm − reference, or arm / reference. The unit is that of the outcome; risks and ratios have none.
    pub estimate: f64,
    /// Standard error, where the interval rests on one, in the unit of the estimate (of a ratio: of its natural
    /// logarithm).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// 95 % confidence interval.
    pub ci95: [f64; 2],
    /// How the interval was made.
    pub method: &'static str,
}

/// The outcome of a test of no difference, two-sided.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Test {
    /// The test statistic; none for an exact test that has only a probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistic: Option<f64>,
    /// Degrees of freedom, for t and χ².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Two-sided p-value; 0 where it underflows.
    pub p_value: f64,
    /// Decadic logarithm of the p-value, right however small that is.
    pub log10_p: f64,
    /// How p was found: `exact`, or the distribution of the statistic.
    pub method: &'static str,
}

/// Patients needed to treat for one event fewer or more: 1/|risk difference|.
///
/// If the interval of the risk difference includes 0, the interval of this number runs from `fewer_from` events fewer
/// through infinity (no difference) to `more_from` events more: D. G. Altman (1998), *BMJ* 317, 1309.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NumberNeeded {
    /// 1/|risk difference|: patients treated in the arm rather than the reference for one event fewer, or more.
    pub estimate: f64,
    /// Which: `fewer` events in the arm than in the reference, or `more`.
    pub events: &'static str,
    /// 95 % confidence interval, if that of the risk difference excludes 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci95: Option<[f64; 2]>,
    /// If it does not: the interval reaches from this many patients for one event fewer up to infinitely many, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci95_fewer_from: Option<f64>,
    /// … and from infinitely many down to this many for one event more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci95_more_from: Option<f64>,
}
