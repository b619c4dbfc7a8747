//! Distribution function, density and moments of the distributions, for what compares drawn patients with them.

use crate::distribution::{Bell, Distribution};

impl Distribution {
    /// The distribution function, P(X ≤ `x`).
    pub fn cdf(&self, x: f64) -> f64 {
        match *self {
            _ if !self.varies() => f64::from(u8::from(x >= self.mean())),
            Self::Fixed(value) => f64::from(u8::from(x >= value)),
            Self::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
            Self::Normal { .. } => self.bell().map_or(f64::NAN, |bell| bell.cdf(x)),
            Self::LogNormal { .. } if x <= 0.0 => 0.0,
            Self::LogNormal { .. } => self.bell().map_or(f64::NAN, |bell| bell.cdf(libm::log(x))),
            Self::LogUniform { low, .. } if x <= low => 0.0,
            Self::LogUniform { low, high } => (libm::log(x / low) / libm::log(high / low)).min(1.0),
            Self::Triangular { low, .. } if x <= low => 0.0,
            Self::Triangular { high, .. } if x >= high => 1.0,
            Self::Triangular { low, mode, high } if x < mode => {
                (x - low) * (x - low) / ((high - low) * (mode - low))
            }
            Self::Triangular { low, mode, high } => {
                1.0 - (high - x) * (high - x) / ((high - low) * (high - mode))
            }
        }
    }

    /// The density at `x`; 0 of what does not vary.
    pub fn density(&self, x: f64) -> f64 {
        match *self {
            _ if !self.varies() => 0.0,
            Self::Fixed(_) => 0.0,
            Self::Uniform { low, high } if low <= x && x <= high => 1.0 / (high - low),
            Self::LogUniform { low, high } if low <= x && x <= high => 1.0 / (x * libm::log(high / low)),
            Self::Triangular { low, mode, high } if low <= x && x <= high => {
                let side = if x < mode { (x - low) / (mode - low) } else { (high - x) / (high - mode) };
                2.0 / (high - low) * if x == mode { 1.0 } else { side }
            }
            Self::Uniform { .. } | Self::LogUniform { .. } | Self::Triangular { .. } => 0.0,
            Self::Normal { truncation, .. } | Self::LogNormal { truncation, .. }
                if x < truncation.low_or_infinite() || x > truncation.high_or_infinite() =>
            {
                0.0
            }
            Self::Normal { .. } => self.bell().map_or(f64::NAN, |bell| bell.density(x)),
            Self::LogNormal { .. } if x <= 0.0 => 0.0,
            Self::LogNormal { .. } => self.bell().map_or(f64::NAN, |bell| bell.density(libm::log(x)) / x),
        }
    }

    /// Mean of the distribution, before the correction of values that no patient can have.
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Fixed(value) => value,
            Self::Uniform { low, high } => 0.5 * (low + high),
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::LogUniform { low, high } if low < high => (high - low) / libm::log(high / low),
            Self::LogUniform { low, .. } => low,
            Self::Normal { mean, truncation, .. } | Self::LogNormal { mean, truncation, .. } => {
                if truncation.is_given() && self.varies() { self.expected(|x| x) } else { mean }
            }
        }
    }

    /// Standard deviation of the distribution, before the correction of values that no patient can have.
    pub fn sd(&self) -> f64 {
        let about_mean = || {
            let mean = self.mean();
            libm::sqrt(self.expected(|x| (x - mean) * (x - mean)))
        };
        match *self {
            _ if !self.varies() => 0.0,
            Self::Fixed(_) => 0.0,
            Self::Uniform { low, high } => (high - low) / libm::sqrt(12.0),
            Self::Triangular { low, mode, high } => {
                let (p, q) = (mode - low, high - mode);
                libm::sqrt((p * p + p * q + q * q) / 18.0)
            }
            Self::LogUniform { low, high } => {
                let mean = self.mean();
                libm::sqrt((0.5 * (low + high) * mean - mean * mean).max(0.0))
            }
            Self::Normal { sd, truncation, .. } => {
                if truncation.is_given() {
                    about_mean()
                } else {
                    sd
                }
            }
            Self::LogNormal { mean, cv, truncation } => {
                if truncation.is_given() {
                    about_mean()
                } else {
                    cv * mean
                }
            }
        }
    }

    /// The expectation of `f` of a truncated normal or log-normal value, by Simpson's rule over the standard normal: for
    /// a narrow truncation the closed form of a variance is a difference of nearly equal numbers.
    fn expected(&self, f: impl Fn(f64) -> f64) -> f64 {
        const HALF_PIECES: usize = 4000;
        let Some(bell) = self.bell() else { return f64::NAN };
        let is_log = matches!(self, Self::LogNormal { .. });
        // Beyond these, nothing is left even of the square of a log-normal value.
        let reach = 9.0 + if is_log { 2.0 * bell.sigma } else { 0.0 };
        let (low, high) = (bell.standard.low().max(-9.0), bell.standard.high().min(reach));
        let step = (high - low) / (2 * HALF_PIECES) as f64;
        let at = |i: usize| {
            let z = low + step * i as f64;
            let x = bell.mu + bell.sigma * z;
            f(if is_log { libm::exp(x) } else { x }) * phi(z)
        };
        let pieces = (0..HALF_PIECES).map(|i| at(2 * i) + 4.0 * at(2 * i + 1) + at(2 * i + 2));
        pieces.sum::<f64>() * step / (3.0 * bell.standard.mass())
    }
}

impl Bell {
    fn cdf(&self, x: f64) -> f64 {
        self.standard.cdf((x - self.mu) / self.sigma)
    }

    fn density(&self, x: f64) -> f64 {
        phi((x - self.mu) / self.sigma) / (self.sigma * self.standard.mass())
    }
}

/// The density of the standard normal distribution.
fn phi(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(std::f64::consts::TAU)
}
