//! The standard normal distribution, whole and truncated: for the draws of patients and for the statistics of trials.

#![forbid(unsafe_code)]

mod truncated;

pub use truncated::TruncatedNormal;

/// Φ(z) of the standard normal distribution, with all digits in its lower tail; 1 − Φ(z) is Φ(−z).
///
/// By erfc of the `libm` crate (FreeBSD's), so that a machine's C library cannot change a draw.
///
/// ```
/// assert!((cartrial_normal::cdf(-8.0) / 6.220_960_574_271_785e-16 - 1.0).abs() < 1e-13);
/// ```
pub fn cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// The z with Φ(z) = `p` of the standard normal distribution, for `p` in (0, 1); −∞ at 0, +∞ at 1, NaN outside.
///
/// Algorithm AS 241, routine PPND16 (M. J. Wichura, *Applied Statistics* 37, 1988, 477–484): three ratios of
/// polynomials of degree seven, relative accuracy about 1e-16 before rounding. Logarithm and square root are those of
/// the `libm` crate, so that a machine's C library cannot change a draw.
///
/// ```
/// assert!((cartrial_normal::quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-15);
/// ```
pub fn quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if tail == 0.0 { q.signum() * f64::INFINITY } else { f64::NAN };
    }
    let r = libm::sqrt(-libm::log(tail));
    let z = if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) };
    if q < 0.0 { -z } else { z }
}

/// Numerator and denominator, lowest power first.
type Ratio = ([f64; 8], [f64; 8]);

#[inline]
fn ratio(r: f64, (numerator, denominator): &Ratio) -> f64 {
    horner(r, numerator) / horner(r, denominator)
}

#[inline]
fn horner(r: f64, c: &[f64; 8]) -> f64 {
    ((((((c[7] * r + c[6]) * r + c[5]) * r + c[4]) * r + c[3]) * r + c[2]) * r + c[1]) * r + c[0]
}

// The digits are the paper's, more of them than an f64 holds.
#[allow(clippy::excessive_precision)]
static CENTRE: Ratio = (
    [
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ],
    [
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ],
);

#[allow(clippy::excessive_precision)]
static MIDDLE: Ratio = (
    [
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ],
    [
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ],
);

#[allow(clippy::excessive_precision)]
static FAR: Ratio = (
    [
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ],
    [
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns p, z: z by mpmath 1.3 at 40 digits, rounded to the nearest f64; scipy 1.17.1 `norm.ppf` beside it.
    const FIXTURE: &str = include_str!("../tests/fixtures/normal_quantile.csv");

    #[test]
    fn ref_normal_quantile_is_that_of_mpmath_1_3_and_scipy_1_17() {
        let mut rows = 0;
        for line in FIXTURE.lines().filter(|l| !l.starts_with('#')).skip(1) {
            let v: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
            let got = quantile(v[0]);
            assert!(
                (got - v[1]).abs() <= 1e-15 * v[1].abs(),
                "mpmath: p = {:e}: {got:e} not {:e}",
                v[0],
                v[1]
            );
            assert!(
                (got - v[2]).abs() <= 3e-15 * v[2].abs(),
                "scipy: p = {:e}: {got:e} not {:e}",
                v[0],
                v[2]
            );
            rows += 1;
        }
        assert_eq!(rows, 400);
    }

    #[test]
    fn prop_normal_quantile_is_odd_and_increases() {
        let mut last = f64::NEG_INFINITY;
        for i in 1..4096 {
            let p = f64::from(i) / 4096.0;
            let z = quantile(p);
            assert!(z > last, "p = {p}");
            assert_eq!(z, -quantile(1.0 - p));
            last = z;
        }
        assert_eq!(quantile(0.5), 0.0);
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
        assert!(quantile(1.5).is_nan() && quantile(-0.5).is_nan());
    }
}
