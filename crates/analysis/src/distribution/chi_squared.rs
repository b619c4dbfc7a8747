//! The upper tail of the χ² distribution in log space, however far out.

use super::normal::{ln_add, ln_erfc};
use std::f64::consts::{LN_2, PI};

/// Natural logarithm of the upper tail P(X ≥ `x`) of χ² with `df` = k degrees of freedom: ln Q(k/2, x/2).
///
/// By the recurrence Q(a+1, y) = Q(a, y) + yᵃ e⁻ʸ/Γ(a+1) (NIST DLMF 8.8.6) from Q(½, y) = erfc √y or Q(1, y) = e⁻ʸ, all of
/// whose terms are positive. 0 for x ≤ 0; NaN for no degrees of freedom.
///
/// ```
/// // Two degrees of freedom are the exponential distribution.
/// assert_eq!(cartrial_analysis::distribution::chi_squared::ln_upper_tail(4000.0, 2), -2000.0);
/// ```
pub fn ln_upper_tail(x: f64, df: u32) -> f64 {
    if df == 0 || x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    let y = 0.5 * x;
    // The sum, and its terms, relative to e⁻ʸ: terms yᵃ/Γ(a+1).
    let (mut a, first, mut ln_term) = if df % 2 == 1 {
        (0.5, ln_erfc(y.sqrt()), 0.5 * libm::log(y) - 0.5 * libm::log(PI) + LN_2)
    } else {
        (1.0, -y, libm::log(y))
    };
    let mut ln_sum = first;
    while a < 0.5 * f64::from(df) {
        ln_sum = ln_add(ln_sum, ln_term - y);
        a += 1.0;
        ln_term += libm::log(y / a);
    }
    ln_sum.min(0.0)
}
