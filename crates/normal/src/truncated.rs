//! The standard normal distribution between two bounds.

use crate::{cdf, quantile};

/// A standard normal Z, given that it lies between two bounds, either of which may be infinite.
///
/// Its quantile is Φ⁻¹(Φ(a) + u (Φ(b) − Φ(a))). Every probability is kept from below and from above, Φ(z) and Φ(−z), and
/// the smaller one is inverted: so no digit is lost in either tail, where Φ is 1 but for rounding.
///
/// ```
/// let beyond_eight = cartrial_normal::TruncatedNormal::new(8.0, f64::INFINITY);
/// assert!((beyond_eight.quantile(0.5) - 8.084_911_007_391_543).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruncatedNormal {
    low: f64,
    high: f64,
    below: f64,
    above: f64,
    inside: f64,
}

impl TruncatedNormal {
    /// Z between `low` and `high`, of which `low` is the smaller.
    pub fn new(low: f64, high: f64) -> Self {
        let inside = if low > 0.0 { cdf(-low) - cdf(-high) } else { cdf(high) - cdf(low) };
        Self { low, high, below: cdf(low), above: cdf(-high), inside }
    }

    /// The lower bound.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The upper bound.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// The probability P(low < Z < high), before truncation.
    pub fn mass(&self) -> f64 {
        self.inside
    }

    /// The z between the bounds below which a fraction `u` of the distribution lies.
    pub fn quantile(&self, u: f64) -> f64 {
        self.at(u, 1.0 - u)
    }

    /// As [`quantile`](Self::quantile) of u = Φ(`z`), with all digits of 1 − u = Φ(−z) as well.
    pub fn quantile_at_score(&self, z: f64) -> f64 {
        self.at(cdf(z), cdf(-z))
    }

    fn at(&self, u: f64, one_minus_u: f64) -> f64 {
        let below = self.below + u * self.inside;
        let z =
            if below <= 0.5 { quantile(below) } else { -quantile(self.above + one_minus_u * self.inside) };
        // Not `clamp`, which panics where the bounds are exchanged.
        z.max(self.low).min(self.high)
    }

    /// The distribution function, P(Z ≤ `z` given the bounds).
    pub fn cdf(&self, z: f64) -> f64 {
        if z <= self.low {
            0.0
        } else if z >= self.high {
            1.0
        } else {
            Self::new(self.low, z).inside / self.inside
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns low, high, u, z: z by mpmath 1.4.1 at 60 digits, rounded to the nearest f64; scipy 1.17.1 `truncnorm.ppf`
    /// beside it, which loses digits above 0 if the lower bound lies below.
    const FIXTURE: &str = include_str!("../tests/fixtures/truncated_normal.csv");

    #[test]
    fn ref_quantiles_are_those_of_mpmath_1_4_and_scipy_1_17() {
        let (mut rows, mut like_scipy) = (0, 0);
        for line in FIXTURE.lines().filter(|l| !l.starts_with('#')).skip(1) {
            let v: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
            let got = TruncatedNormal::new(v[0], v[1]).quantile(v[2]);
            assert!((got - v[3]).abs() <= 2e-14, "{line}: {got}");
            rows += 1;
            like_scipy += u32::from((got - v[4]).abs() <= 1e-12);
        }
        assert_eq!((rows, like_scipy), (210, 202));
    }

    #[test]
    fn prop_the_quantile_stays_between_the_bounds_and_inverts_the_distribution_function() {
        for (low, high) in
            [(-1.0, 2.0), (8.0, 9.0), (-9.0, -8.0), (3.0, f64::INFINITY), (f64::NEG_INFINITY, -6.0)]
        {
            let truncated = TruncatedNormal::new(low, high);
            let mut last = low;
            for u in [2.0_f64.powi(-53), 1e-6, 0.1, 0.5, 0.9, 1.0 - 1e-6, 1.0 - 2.0_f64.powi(-53)] {
                let z = truncated.quantile(u);
                assert!(last <= z && z <= high, "{low} to {high}, {u}: {z}");
                assert!((truncated.cdf(z) - u).abs() < 1e-12, "{low} to {high}, {u}: {}", truncated.cdf(z));
                last = z;
            }
            assert_eq!((truncated.cdf(low), truncated.cdf(high)), (0.0, 1.0));
        }
    }

    #[test]
    fn prop_a_score_is_the_quantile_of_its_probability() {
        let truncated = TruncatedNormal::new(-0.5, 4.0);
        for z in [-9.0, -1.0, 0.0, 1.0, 2.0] {
            assert!((truncated.quantile_at_score(z) - truncated.quantile(cdf(z))).abs() < 1e-13, "{z}");
        }
        // Φ(9) is 1 in an f64, Φ(−9) is not 0.
        let whole = TruncatedNormal::new(f64::NEG_INFINITY, f64::INFINITY);
        assert!((whole.quantile_at_score(9.0) - 9.0).abs() < 1e-13);
    }
}
