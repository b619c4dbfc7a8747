//! From a uniform number to the value of a quantity.

use crate::distribution::{Bell, Distribution};
use cartrial_normal::{TruncatedNormal, cdf, quantile};

/// The quantile function of a distribution that varies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quantile {
    Uniform {
        low: f64,
        width: f64,
    },
    Normal {
        mean: f64,
        sd: f64,
    },
    /// Mean and standard deviation of the logarithm.
    LogNormal {
        mu: f64,
        sigma: f64,
    },
    /// Truncated normal, or log-normal if `is_log`.
    Truncated {
        mu: f64,
        sigma: f64,
        is_log: bool,
        standard: TruncatedNormal,
        low: f64,
        high: f64,
    },
    LogUniform {
        low: f64,
        high: f64,
        ln_low: f64,
        ln_width: f64,
    },
    Triangular {
        low: f64,
        mode: f64,
        high: f64,
    },
}

impl Quantile {
    /// The quantile function, or the value of a distribution that does not vary.
    pub(crate) fn of(distribution: Distribution) -> Result<Self, f64> {
        if let Some(Bell { mu, sigma, standard }) = distribution.bell()
            && distribution.varies()
        {
            let is_log = matches!(distribution, Distribution::LogNormal { .. });
            let truncation = distribution.truncation();
            return Ok(match (truncation.is_given(), is_log) {
                (false, false) => Self::Normal { mean: mu, sd: sigma },
                (false, true) => Self::LogNormal { mu, sigma },
                (true, _) => {
                    let (low, high) = (truncation.low_or_infinite(), truncation.high_or_infinite());
                    Self::Truncated { mu, sigma, is_log, standard, low, high }
                }
            });
        }
        match distribution {
            Distribution::Fixed(value) => Err(value),
            Distribution::Normal { mean, .. } | Distribution::LogNormal { mean, .. } => Err(mean),
            Distribution::Uniform { low, high }
            | Distribution::LogUniform { low, high }
            | Distribution::Triangular { low, high, .. }
                if low == high =>
            {
                Err(low)
            }
            Distribution::Uniform { low, high } => Ok(Self::Uniform { low, width: high - low }),
            Distribution::LogUniform { low, high } => {
                let ln_low = libm::log(low);
                Ok(Self::LogUniform { low, high, ln_low, ln_width: libm::log(high) - ln_low })
            }
            Distribution::Triangular { low, mode, high } => Ok(Self::Triangular { low, mode, high }),
        }
    }

    /// The value below which a fraction `u` of the distribution lies.
    #[inline]
    pub(crate) fn at(&self, u: f64) -> f64 {
        match *self {
            Self::Uniform { low, width } => low + width * u,
            Self::Normal { mean, sd } => mean + sd * quantile(u),
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * quantile(u)),
            Self::Truncated { standard, .. } => self.truncated(standard.quantile(u)),
            Self::LogUniform { low, high, ln_low, ln_width } => {
                libm::exp(ln_low + u * ln_width).max(low).min(high)
            }
            Self::Triangular { low, mode, high } => {
                let width = high - low;
                if u * width < mode - low {
                    low + libm::sqrt(u * width * (mode - low))
                } else {
                    high - libm::sqrt((1.0 - u) * width * (high - mode))
                }
            }
        }
    }

    /// As [`at`](Self::at) of u = Φ(`z`), without the detour by u where a normal distribution needs none.
    #[inline]
    pub(crate) fn at_score(&self, z: f64) -> f64 {
        match *self {
            Self::Normal { mean, sd } => mean + sd * z,
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * z),
            Self::Truncated { standard, .. } => self.truncated(standard.quantile_at_score(z)),
            Self::Uniform { .. } | Self::LogUniform { .. } | Self::Triangular { .. } => self.at(cdf(z)),
        }
    }

    /// The value of the truncated normal `z`, which rounding may have put beyond a bound.
    fn truncated(&self, z: f64) -> f64 {
        let Self::Truncated { mu, sigma, is_log, low, high, .. } = *self else { return f64::NAN };
        let x = mu + sigma * z;
        (if is_log { libm::exp(x) } else { x }).max(low).min(high)
    }
}
