//! Two-sided tail probability of Student's t in log space, right for any t and any degrees of freedom.
//!
//! With a = ν/2, x = ν/(ν+t²) and y = 1−x, the two-sided p-value is the regularised incomplete beta function
//! p = Iₓ(a, ½) and the central probability is 1−p = I_y(½, a) (NIST DLMF 8.17). At large ν the textbook
//! continued fraction (DLMF 8.17.22) loses about log₁₀ ν digits and ln B(a, ½) from three log-gammas loses more;
//! so the fraction and the ratio of gammas used here are forms without cancellation.

/// Below this |t| the central series is used, above it the continued fraction of the tail.
const CENTRAL_T: f64 = 2.0;

/// Two-sided p-value P(|T| ≥ |t|) of Student's t with `df` = ν degrees of freedom.
///
/// Underflows to 0 below about 1e-308; [`log10_two_sided_p`] does not. `df` may be any finite positive number. Gives
/// NaN for other `df` and for NaN input.
///
/// ```
/// // One degree of freedom is the Cauchy distribution: half of it lies within ±1.
/// assert!((cartrial_analysis::distribution::student_t::two_sided_p(1.0, 1.0) - 0.5).abs() < 1e-15);
/// ```
pub fn two_sided_p(t: f64, df: f64) -> f64 {
    match Side::of(t, df) {
        Side::Central(q) => 1.0 - q,
        Side::Tail(ln_p) => libm::exp(ln_p),
        Side::Undefined => f64::NAN,
    }
}

/// Natural logarithm of [`two_sided_p`], to at least 12 significant digits, however small p is.
///
/// −∞ for infinite t.
pub fn ln_two_sided_p(t: f64, df: f64) -> f64 {
    match Side::of(t, df) {
        Side::Central(q) => libm::log1p(-q),
        Side::Tail(ln_p) => ln_p,
        Side::Undefined => f64::NAN,
    }
}

/// Decadic logarithm of [`two_sided_p`], to at least 12 significant digits, however small p is.
///
/// ```
/// // A correlation of 0.753 in 200 patients, and one of 0.12 in a million: the latter p is no f64.
/// let log10_p = |r: f64, n: f64| {
///     let df = n - 2.0;
///     cartrial_analysis::distribution::student_t::log10_two_sided_p(r * (df / (1.0 - r * r)).sqrt(), df)
/// };
/// assert!((log10_p(0.753, 200.0) + 37.11397).abs() < 1e-5);
/// assert!((log10_p(0.12, 1e6) + 3151.82356).abs() < 1e-5);
/// ```
pub fn log10_two_sided_p(t: f64, df: f64) -> f64 {
    let log10_p = ln_two_sided_p(t, df) * std::f64::consts::LOG10_E;
    if log10_p == 0.0 { 0.0 } else { log10_p } // no −0 in a file
}

/// The t ≥ 0 with two-sided p-value `alpha`: 0.05 gives the factor of a 95 % confidence interval.
///
/// Newton's method on ln p as a function of ln t, which is concave in the middle and straight in the tail. NaN
/// unless 0 < `alpha` < 1 and `df` > 0.
pub fn critical_t(alpha: f64, df: f64) -> f64 {
    if !(alpha > 0.0 && alpha < 1.0 && df > 0.0) {
        return f64::NAN;
    }
    let target = libm::log(alpha);
    let mut ln_t: f64 = 0.0;
    for _ in 0..200 {
        let t = libm::exp(ln_t);
        let ln_p = ln_two_sided_p(t, df);
        // d ln p / d ln t = −2 t f(t) / p, with f the density.
        let ln_slope = ln_t + std::f64::consts::LN_2 + ln_density(t, df) - ln_p;
        let step = ((ln_p - target) * libm::exp(-ln_slope)).clamp(-20.0, 20.0);
        ln_t += step;
        if step.abs() < 1e-15 * (1.0 + ln_t.abs()) {
            break;
        }
    }
    libm::exp(ln_t)
}

/// What is computed directly: the central probability 1−p, or ln p.
enum Side {
    Central(f64),
    Tail(f64),
    Undefined,
}

impl Side {
    fn of(t: f64, df: f64) -> Self {
        let t = t.abs();
        if t.is_nan() || df.is_nan() || df <= 0.0 || df == f64::INFINITY {
            Side::Undefined
        } else if t < CENTRAL_T {
            Side::Central(central(t, df))
        } else if t == f64::INFINITY {
            Side::Tail(f64::NEG_INFINITY)
        } else {
            Side::Tail(ln_tail(t, df))
        }
    }
}

/// ln(1 + t²/ν), without overflow.
fn ln_one_plus_ratio(t: f64, df: f64) -> f64 {
    if t < 1e150 { libm::log1p(t * t / df) } else { 2.0 * libm::log(t) - libm::log(df) }
}

/// Logarithm of the density, f(t) = (1+t²/ν)^(−(ν+1)/2) / (√ν B(ν/2, ½)).
fn ln_density(t: f64, df: f64) -> f64 {
    -0.5 * (df + 1.0) * ln_one_plus_ratio(t, df) - 0.5 * libm::log(df) - ln_beta_half(0.5 * df)
}

/// 1−p = I_y(½, a) by the series of positive terms yˢ xᵃ / (s B) · Σ, s = ½, of DLMF 8.17.8.
fn central(t: f64, df: f64) -> f64 {
    let a = 0.5 * df;
    let y = t * t / (df + t * t);
    let (mut term, mut sum, mut k) = (1.0, 1.0, 0.0);
    while term > 1e-17 * sum {
        term *= y * (a + 0.5 + k) / (1.5 + k);
        sum += term;
        k += 1.0;
    }
    let ln_front = -a * libm::log1p(t * t / df) - ln_beta_half(a);
    let root_y = t / (df + t * t).sqrt();
    2.0 * root_y * libm::exp(ln_front) * sum
}

/// ln p = ln Iₓ(a, ½) = a ln x + ½ ln y − ln B(a, ½) + ln C, with the continued fraction C of DiDonato & Morris
/// (1992), ACM TOMS 18, 360, eq. 9 (BFRAC), of which λ = (a+b)y − b is formed without cancellation.
fn ln_tail(t: f64, df: f64) -> f64 {
    let (a, b) = (0.5 * df, 0.5);
    let ratio = df / t / t;
    let (x, y) = (ratio / (1.0 + ratio), 1.0 / (1.0 + ratio));
    let lambda_plus_1 = (a + b) * y + 0.5;
    let beta = |n: f64| {
        n + n * (b - n) * x / (a + 2.0 * n - 1.0)
            + (a + n) * (lambda_plus_1 + n * (1.0 + y)) / (a + 2.0 * n + 1.0)
    };
    // β₁ is beta(0), of which the middle term is 0 (and 0/0 at a = 1).
    let first = a * lambda_plus_1 / (a + 1.0);
    // Lentz–Thompson–Barnett on first + α₂/(β₂ + α₃/(β₃ + …)); C is its reciprocal.
    let (mut f, mut c, mut d) = (first, first, 0.0);
    for step in 1..20_000 {
        let n = f64::from(step);
        let denominator = a + 2.0 * n - 1.0;
        let alpha = (a + n - 1.0) / denominator * ((a + b + n - 1.0) / denominator) * n * (b - n) * x * x;
        let beta_n = beta(n);
        d = 1.0 / (beta_n + alpha * d);
        c = beta_n + alpha / c;
        let factor = c * d;
        f *= factor;
        if (factor - 1.0).abs() < 1e-16 {
            break;
        }
    }
    -a * ln_one_plus_ratio(t, df) + 0.5 * libm::log(y) - ln_beta_half(a) - libm::log(f)
}

/// ln B(a, ½) = ½ ln π − ln(Γ(a+½)/Γ(a)).
///
/// The ratio of gammas is shifted to a ≥ 20 by Γ(a+½)/Γ(a) = a/(a+½) · Γ(a+3/2)/Γ(a+1), and from there taken from its
/// asymptotic series (the difference of two Stirling series; DLMF 5.11.13), never as a difference of log-gammas.
fn ln_beta_half(a: f64) -> f64 {
    let (mut a, mut shift) = (a, 1.0);
    while a < 20.0 {
        shift *= a / (a + 0.5);
        a += 1.0;
    }
    const SERIES: [f64; 5] = [-1.0 / 8.0, 1.0 / 192.0, -1.0 / 640.0, 17.0 / 14336.0, -31.0 / 18432.0];
    let inverse_square = 1.0 / (a * a);
    let correction = SERIES.iter().rev().fold(0.0, |sum, c| sum * inverse_square + c) / a;
    let ln_ratio = 0.5 * libm::log(a) + correction + libm::log(shift);
    0.5 * libm::log(std::f64::consts::PI) - ln_ratio
}
