//! How one quantity is distributed over the patients.

use cartrial_normal::TruncatedNormal;
use serde::{Deserialize, Serialize};

/// The distribution of one quantity over the patients, in that quantity's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Distribution {
    /// The same value for every patient.
    Fixed(f64),
    /// Uniform on [low, high], 0 ≤ low ≤ high.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Normal, before the correction of values that no patient can have.
    Normal {
        /// Mean, above 0; before truncation.
        mean: f64,
        /// Standard deviation, not negative; before truncation.
        sd: f64,
        /// Where it is truncated.
        #[serde(flatten)]
        truncation: Truncation,
    },
    /// Log-normal: ln X is normal with variance ln(1 + cv²) and mean ln(mean) − ½ ln(1 + cv²).
    LogNormal {
        /// Arithmetic mean of X, above 0; before truncation.
        mean: f64,
        /// Coefficient of variation of X (standard deviation over mean), above 0; before truncation.
        cv: f64,
        /// Where it is truncated.
        #[serde(flatten)]
        truncation: Truncation,
    },
    /// Log-uniform: ln X is uniform on [ln low, ln high], 0 < low ≤ high.
    LogUniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Triangular on [low, high], 0 ≤ low ≤ mode ≤ high.
    Triangular {
        /// Lower end.
        low: f64,
        /// Value of the highest density.
        mode: f64,
        /// Upper end.
        high: f64,
    },
}

/// Bounds between which all values lie. What a distribution has between them is scaled up, so that nothing is drawn
/// beyond and nothing piles up at the bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Truncation {
    /// Lower bound, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper bound, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

impl Truncation {
    /// No bounds.
    pub const NONE: Self = Self { low: None, high: None };

    /// Whether there is a bound.
    pub const fn is_given(self) -> bool {
        self.low.is_some() || self.high.is_some()
    }

    pub(crate) fn low_or_infinite(self) -> f64 {
        self.low.unwrap_or(f64::NEG_INFINITY)
    }

    pub(crate) fn high_or_infinite(self) -> f64 {
        self.high.unwrap_or(f64::INFINITY)
    }

    fn contains(self, x: f64) -> bool {
        self.low_or_infinite() <= x && x <= self.high_or_infinite()
    }
}

/// A normal distribution, or that of the logarithm of a log-normal one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bell {
    /// Mean, before truncation.
    pub mu: f64,
    /// Standard deviation, before truncation.
    pub sigma: f64,
    /// (x − μ)/σ, truncated.
    pub standard: TruncatedNormal,
}

impl Distribution {
    /// Whether patients differ in it: not so for a fixed value or a distribution without width.
    pub fn varies(&self) -> bool {
        match *self {
            Self::Fixed(_) => false,
            Self::Uniform { low, high }
            | Self::LogUniform { low, high }
            | Self::Triangular { low, high, .. } => low < high,
            Self::Normal { sd, .. } => sd > 0.0,
            Self::LogNormal { cv, .. } => cv > 0.0,
        }
    }

    /// Where it is truncated.
    pub fn truncation(&self) -> Truncation {
        match *self {
            Self::Normal { truncation, .. } | Self::LogNormal { truncation, .. } => truncation,
            Self::Fixed(_) | Self::Uniform { .. } | Self::LogUniform { .. } | Self::Triangular { .. } => {
                Truncation::NONE
            }
        }
    }

    /// The probability with which a value lies within the bounds before truncation.
    pub(crate) fn mass(&self) -> f64 {
        match self.bell() {
            Some(bell) if bell.sigma > 0.0 => bell.standard.mass(),
            Some(bell) => {
                let is_log = matches!(self, Self::LogNormal { .. });
                let value = if is_log { libm::exp(bell.mu) } else { bell.mu };
                f64::from(u8::from(self.truncation().contains(value)))
            }
            None => 1.0,
        }
    }

    /// The normal distribution that it is, or whose exponential it is.
    pub(crate) fn bell(&self) -> Option<Bell> {
        let bell = |mu, sigma, low, high| {
            let standard = TruncatedNormal::new((low - mu) / sigma, (high - mu) / sigma);
            Bell { mu, sigma, standard }
        };
        match *self {
            Self::Normal { mean, sd, truncation } => {
                Some(bell(mean, sd, truncation.low_or_infinite(), truncation.high_or_infinite()))
            }
            Self::LogNormal { mean, cv, truncation } => {
                let variance = libm::log1p(cv * cv);
                let mu = libm::log(mean) - 0.5 * variance;
                let low = truncation.low.map_or(f64::NEG_INFINITY, libm::log);
                let high = truncation.high.map_or(f64::INFINITY, libm::log);
                Some(bell(mu, libm::sqrt(variance), low, high))
            }
            Self::Fixed(_) | Self::Uniform { .. } | Self::LogUniform { .. } | Self::Triangular { .. } => None,
        }
    }

    /// A value that few patients exceed: the highest, or three standard deviations above the middle.
    pub(crate) fn nearly_highest(&self) -> f64 {
        let highest = match *self {
            Self::Fixed(value) => value,
            Self::Uniform { high, .. } | Self::LogUniform { high, .. } | Self::Triangular { high, .. } => {
                high
            }
            Self::Normal { mean, sd, .. } => mean + 3.0 * sd,
            Self::LogNormal { .. } => {
                self.bell().map_or(f64::NAN, |bell| libm::exp(bell.mu + 3.0 * bell.sigma))
            }
        };
        let Truncation { low, high } = self.truncation();
        highest.max(low.unwrap_or(highest)).min(high.unwrap_or(f64::INFINITY))
    }
}
