//! Linear combinations of the stages of a Runge–Kutta method.

use cartrial_lanes::Real;

/// y + h·(w₁ k₁ + w₂ k₂ + …)
#[inline(always)]
pub(crate) fn combine<R: Real, const N: usize, const S: usize>(
    y: &[R; N],
    h: R,
    weights: &[f64; S],
    k: [&[R; N]; S],
) -> [R; N] {
    let mut out = *y;
    for i in 0..N {
        out[i] = h.mul_add(weighted(weights, k, i), y[i]);
    }
    out
}

/// w₁ k₁ + w₂ k₂ + … of state `i`.
#[inline(always)]
pub(crate) fn weighted<R: Real, const N: usize, const S: usize>(
    weights: &[f64; S],
    k: [&[R; N]; S],
    i: usize,
) -> R {
    let mut sum = R::splat(weights[0]) * k[0][i];
    for j in 1..S {
        sum = R::splat(weights[j]).mul_add(k[j][i], sum);
    }
    sum
}
