//! The standard normal distribution: Φ and tail probabilities in log space, however far out.
//!
//! Libraries of distributions give the probability, which underflows where a million patients put it, and use
//! logarithms that differ between machines.

pub use cartrial_normal::cdf;
use std::f64::consts::{FRAC_1_SQRT_2, LOG10_E, PI};

/// The z beyond which the standard normal distribution has 5 % in both tails together.
pub(crate) const Z95: f64 = 1.959_963_984_540_054;

/// From here on erfc is near underflow and its asymptotic series has all digits.
const FAR: f64 = 20.0;

/// Natural logarithm of the two-sided p-value P(|Z| ≥ |z|) = erfc(|z|/√2) of a standard normal Z.
///
/// −∞ for infinite z.
pub fn ln_two_sided_p(z: f64) -> f64 {
    ln_erfc(z.abs() * FRAC_1_SQRT_2)
}

/// A p-value and its decadic logarithm, from its natural logarithm.
pub(crate) fn p_of_ln(ln_p: f64) -> (f64, f64) {
    let ln_p = ln_p.min(0.0);
    let log10_p = ln_p * LOG10_E;
    (libm::exp(ln_p), if log10_p == 0.0 { 0.0 } else { log10_p }) // no −0 in a file
}

/// ln(eᵃ + eᵇ).
pub(crate) fn ln_add(a: f64, b: f64) -> f64 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY { high } else { high + libm::log1p(libm::exp(low - high)) }
}

/// ln erfc(x) for x ≥ 0; far out by the asymptotic series e^(−x²)/(x√π) · Σ (−1)ᵏ (2k−1)!!/(2x²)ᵏ (NIST DLMF 7.12.1).
pub(super) fn ln_erfc(x: f64) -> f64 {
    if x < 0.5 {
        return libm::log1p(-libm::erf(x));
    }
    if x < FAR {
        return libm::log(libm::erfc(x));
    }
    if x == f64::INFINITY {
        return f64::NEG_INFINITY;
    }
    let ratio = -0.5 / x / x;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..10 {
        term *= f64::from(2 * k - 1) * ratio;
        sum += term;
    }
    -x * x - libm::log(x) - 0.5 * libm::log(PI) + libm::log(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cartrial_normal::quantile;

    #[test]
    fn prop_quantile_inverts_phi() {
        for k in 1..100 {
            let p = f64::from(k) / 100.0;
            assert!((cdf(quantile(p)) - p).abs() < 1e-15, "{p}");
        }
        assert_eq!([quantile(0.5), quantile(1.0), quantile(0.0)], [0.0, f64::INFINITY, f64::NEG_INFINITY]);
        assert!((quantile(0.975) - Z95).abs() < 1e-15 && quantile(1.1).is_nan());
    }

    #[test]
    fn prop_no_step_where_series_and_erfc_meet() {
        let z = FAR / FRAC_1_SQRT_2;
        assert!((ln_two_sided_p(z - 1e-12) / ln_two_sided_p(z + 1e-12) - 1.0).abs() < 1e-12);
    }
}
