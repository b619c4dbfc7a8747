//! The effect of treatment with its confidence interval, as a difference, a ratio or a number needed to treat.

use super::terms::{EventChange, IntervalMethod};
use crate::distribution::normal::Z95;
use crate::distribution::student_t::critical_t;
use crate::error::StatError;
use serde::{Deserialize, Serialize};

/// A difference or ratio between two arms, with its 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The estimate: arm − reference, or arm / reference. The unit is that of the outcome; risks and ratios have none.
    /// A ratio is infinite, `null` in a file, if only the reference has no event.
    #[serde(with = "null_infinity")]
    pub estimate: f64,
    /// Standard error, where the interval rests on one, in the unit of the estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// 95 % confidence interval; its upper end is infinite, `null` in a file, where that of a ratio is.
    #[serde(with = "null_infinity::ends")]
    pub ci95: [f64; 2],
    /// How the interval is computed.
    pub method: IntervalMethod,
}

/// Patients needed to treat for one event fewer or more: 1/|risk difference|.
///
/// If the interval of the risk difference includes 0, the interval of this number runs from `fewer_from` events fewer
/// through infinity (no difference) to `more_from` events more: D. G. Altman (1998), *BMJ* 317, 1309.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NumberNeeded {
    /// 1/|risk difference|: patients treated in the arm rather than the reference for one event fewer, or more.
    pub estimate: f64,
    /// Whether the arm has fewer events than the reference, or more.
    pub events: EventChange,
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

impl Effect {
    /// Mean of so many values with standard deviation `sd` (n − 1), with the 95 % interval of Student's t.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] below two values, [`StatError::NoSpread`] if they are all the same.
    pub fn mean(n: u64, mean: f64, sd: f64) -> Result<Self, StatError> {
        match n {
            0 | 1 => Err(StatError::TooFewRows { n, needed: 2 }),
            _ if sd == 0.0 => Err(StatError::NoSpread),
            _ => Ok(Self::student(mean, sd / (n as f64).sqrt(), (n - 1) as f64, IntervalMethod::StudentT)),
        }
    }

    /// The standard error; where the interval does not rest on one, a normal interval's of that width.
    pub fn standard_error(&self) -> f64 {
        self.se.unwrap_or((self.ci95[1] - self.ci95[0]) / (2.0 * Z95))
    }

    /// An estimate with the interval ± 1.96 standard errors.
    pub(crate) fn normal(estimate: f64, se: f64, method: IntervalMethod) -> Self {
        Self { estimate, se: Some(se), ci95: [estimate - Z95 * se, estimate + Z95 * se], method }
    }

    /// An estimate with the interval of Student's t.
    pub(crate) fn student(estimate: f64, se: f64, df: f64, method: IntervalMethod) -> Self {
        let half_width = critical_t(0.05, df) * se;
        Self { estimate, se: Some(se), ci95: [estimate - half_width, estimate + half_width], method }
    }
}

impl NumberNeeded {
    /// From a risk difference (arm − reference) and its interval.
    ///
    /// # Errors
    /// [`StatError::EqualRisks`] if the risk difference is 0.
    pub fn from_risk_difference(difference: &Effect) -> Result<Self, StatError> {
        if difference.estimate == 0.0 {
            return Err(StatError::EqualRisks);
        }
        let [low, high] = difference.ci95;
        let excludes_0 = low > 0.0 || high < 0.0;
        let ends = [1.0 / low.abs(), 1.0 / high.abs()];
        let beyond = |end: f64, limit: f64| (!excludes_0 && limit != 0.0).then_some(end);
        Ok(Self {
            estimate: 1.0 / difference.estimate.abs(),
            events: if difference.estimate < 0.0 { EventChange::Fewer } else { EventChange::More },
            ci95: excludes_0.then(|| [ends[0].min(ends[1]), ends[0].max(ends[1])]),
            ci95_fewer_from: beyond(ends[0], low),
            ci95_more_from: beyond(ends[1], high),
        })
    }
}

/// Infinity as `null`, since JSON has no such number.
mod null_infinity {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        finite(*value).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(Option::deserialize(deserializer)?.unwrap_or(f64::INFINITY))
    }

    fn finite(value: f64) -> Option<f64> {
        (value != f64::INFINITY).then_some(value)
    }

    /// The same for both ends of an interval.
    pub mod ends {
        use super::finite;
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        pub fn serialize<S: Serializer>(ends: &[f64; 2], serializer: S) -> Result<S::Ok, S::Error> {
            ends.map(finite).serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[f64; 2], D::Error> {
            let ends = <[Option<f64>; 2]>::deserialize(deserializer)?;
            Ok(ends.map(|end| end.unwrap_or(f64::INFINITY)))
        }
    }
}
