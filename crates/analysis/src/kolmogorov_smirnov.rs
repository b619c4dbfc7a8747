//! Kolmogorov and Smirnov's test: whether a sample follows a distribution.

/// How far the distribution function of a sample is from one that was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KolmogorovSmirnov {
    /// D: the largest distance of the two distribution functions.
    pub d: f64,
    /// Probability of a larger D by chance, from its asymptotic distribution.
    pub p_value: f64,
}

impl KolmogorovSmirnov {
    /// Compares `sample`, which is sorted for that, with the continuous distribution function `cdf`. No value is NaN. Of no
    /// values, D is 0.
    ///
    /// D = max over i of max(F(xᵢ) − (i−1)/n, i/n − F(xᵢ)); p = P(√n D > x) = 2 Σ (−1)^(k−1) exp(−2 k² x²) for a large n.
    ///
    /// Source: A. Kolmogorov, "Sulla determinazione empirica di una legge di distribuzione", 1933.
    pub fn of(sample: &mut [f64], cdf: impl Fn(f64) -> f64) -> Self {
        sample.sort_by(f64::total_cmp);
        let n = sample.len() as f64;
        let distance = |(i, &x): (usize, &f64)| {
            let f = cdf(x);
            (f - i as f64 / n).max((i + 1) as f64 / n - f)
        };
        let d = sample.iter().enumerate().map(distance).fold(0.0, f64::max);
        Self { d, p_value: tail(libm::sqrt(n) * d) }
    }
}

fn tail(x: f64) -> f64 {
    if x < 0.2 {
        // The series hardly converges, and its value is 1 to twelve digits.
        return 1.0;
    }
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * libm::exp(-2.0 * f64::from(k * k) * x * x)
    };
    (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::normal;

    fn agrees(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }

    #[test]
    fn ref_scipy_1_17_1_tail_of_the_kolmogorov_distribution() {
        // scipy.stats.kstwobign.sf
        for (x, p) in [
            (0.3, 0.9999906941986655),
            (0.5, 0.9639452436648751),
            (1.0, 0.26999967167735456),
            (2.0, 0.0006709252557796953),
        ] {
            agrees(tail(x), p);
        }
    }

    #[test]
    fn ref_scipy_1_17_1_kstest_with_its_asymptotic_p() {
        let found = KolmogorovSmirnov::of(&mut [0.33, 0.05, 0.12, 0.31, 0.98, 0.62, 0.71], |x| x);
        agrees(found.d, 0.24142857142857138);
        agrees(found.p_value, 0.8091953040837495);
        let found = KolmogorovSmirnov::of(&mut [-1.5, -0.3, 0.2, 0.9, 2.5], normal::cdf);
        agrees(found.d, 0.2159398746532405);
        agrees(found.p_value, 0.9738646754239465);
    }

    #[test]
    fn a_sample_without_values_is_no_distance_from_anything() {
        assert_eq!(KolmogorovSmirnov::of(&mut [], |x| x), KolmogorovSmirnov { d: 0.0, p_value: 1.0 });
    }
}
