//! Sums over one block of rows, in eight fixed lanes that compilers turn into vector instructions.
//!
//! The order of the additions is part of the definition, so the result does not depend on the vector width of the
//! machine.

use crate::pair_moments::{Mean, PairMoments};

/// Rows in a full block. Six columns of it (2 KiB each) lie together in a level-1 cache.
pub(crate) const BLOCK: usize = 256;

const LANES: usize = 8;

/// Adds the lanes up, pairwise.
fn fold(a: [f64; LANES]) -> f64 {
    ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]))
}

/// Σ (xᵢ − x₀) · wᵢ, with all wᵢ = 1.
fn sum_shifted(x: &[f64], x0: f64) -> f64 {
    let mut acc = [0.0; LANES];
    let (chunks, rest) = x.as_chunks::<LANES>();
    for c in chunks {
        for l in 0..LANES {
            acc[l] += c[l] - x0;
        }
    }
    for (l, v) in rest.iter().enumerate() {
        acc[l] += v - x0;
    }
    fold(acc)
}

/// Σ xᵢ yᵢ.
pub(crate) fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut acc = [0.0; LANES];
    let ((xs, x_rest), (ys, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (cx, cy) in xs.iter().zip(ys) {
        for l in 0..LANES {
            acc[l] += cx[l] * cy[l];
        }
    }
    for (l, (vx, vy)) in x_rest.iter().zip(y_rest).enumerate() {
        acc[l] += vx * vy;
    }
    fold(acc)
}

/// A column minus a number next to its mean: what is left of the mean, and the sum of squares about the mean.
#[derive(Clone, Copy)]
pub(crate) struct Centred {
    /// The number subtracted: the mean, rounded.
    pub hi: f64,
    /// Mean of the centred column (what rounding left of the mean).
    pub lo: f64,
    /// Σ (xᵢ − x̄)²; NaN if a value is missing or infinite.
    pub ss: f64,
}

impl Centred {
    /// The mean as an unevaluated sum.
    pub fn mean(&self) -> Mean {
        Mean::new(self.hi, self.lo)
    }
}

/// Two passes: mean, then centred values (into `out`, as long as `x`) and their squares, corrected for what the
/// rounded mean leaves over (Chan, Golub & LeVeque 1983, "corrected two-pass algorithm", eq. 1.7).
///
/// Values are taken relative to the first one, so a constant column gives exactly `ss = 0`. `x` is not empty.
pub(crate) fn centre(x: &[f64], out: &mut [f64]) -> Centred {
    let n = x.len() as f64;
    let hi = x[0] + sum_shifted(x, x[0]) / n;
    let (mut sum, mut squares) = ([0.0; LANES], [0.0; LANES]);
    let ((xs, x_rest), (os, o_rest)) = (x.as_chunks::<LANES>(), out.as_chunks_mut::<LANES>());
    for (cx, co) in xs.iter().zip(os) {
        for l in 0..LANES {
            let c = cx[l] - hi;
            co[l] = c;
            sum[l] += c;
            squares[l] += c * c;
        }
    }
    for (l, (v, o)) in x_rest.iter().zip(o_rest).enumerate() {
        let c = v - hi;
        *o = c;
        sum[l] += c;
        squares[l] += c * c;
    }
    let lo = fold(sum) / n;
    Centred { hi, lo, ss: not_negative(fold(squares) - n * lo * lo) }
}

/// Moments of a pair of columns of which neither misses a value, from what [`centre`] gave for each.
pub(crate) fn pair_complete(n: usize, x: Centred, cx: &[f64], y: Centred, cy: &[f64]) -> PairMoments {
    let sxy = dot(cx, cy) - n as f64 * x.lo * y.lo;
    PairMoments { n: n as u64, x: x.mean(), y: y.mean(), sxx: x.ss, sxy, syy: y.ss }
}

/// Moments of a pair of columns (at most [`BLOCK`] rows) over the rows in which neither value is NaN.
///
/// Missing rows stay in their lane as zeros; on complete columns every bit equals that of [`pair_complete`].
pub(crate) fn pair_masked(x: &[f64], y: &[f64]) -> PairMoments {
    let len = x.len();
    let Some(first) = (0..len).find(|&i| !x[i].is_nan() && !y[i].is_nan()) else {
        return PairMoments::default();
    };
    let (x0, y0) = (x[first], y[first]);
    let (mut w, mut dx, mut dy) = ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
    let (w, dx, dy) = (&mut w[..len], &mut dx[..len], &mut dy[..len]);
    for i in 0..len {
        let complete = !(x[i].is_nan() | y[i].is_nan());
        w[i] = if complete { 1.0 } else { 0.0 };
        dx[i] = if complete { x[i] } else { x0 };
        dy[i] = if complete { y[i] } else { y0 };
    }
    let n = sum_shifted(w, 0.0);
    let x_hi = x0 + sum_shifted(dx, x0) / n;
    let y_hi = y0 + sum_shifted(dy, y0) / n;
    for i in 0..len {
        dx[i] = (dx[i] - x_hi) * w[i];
        dy[i] = (dy[i] - y_hi) * w[i];
    }
    let x_lo = sum_shifted(dx, 0.0) / n;
    let y_lo = sum_shifted(dy, 0.0) / n;
    PairMoments {
        n: n as u64,
        x: Mean::new(x_hi, x_lo),
        y: Mean::new(y_hi, y_lo),
        sxx: not_negative(dot(dx, dx) - n * x_lo * x_lo),
        sxy: dot(dx, dy) - n * x_lo * y_lo,
        syy: not_negative(dot(dy, dy) - n * y_lo * y_lo),
    }
}

/// 0 for the tiny negative numbers that rounding can leave; NaN stays NaN.
fn not_negative(ss: f64) -> f64 {
    if ss < 0.0 { 0.0 } else { ss }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(seed: u64, len: usize) -> Vec<f64> {
        let mut s = seed;
        let mut next = || {
            s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (s >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..len).map(|_| 3.0 + next()).collect()
    }

    #[test]
    fn prop_masked_and_complete_paths_agree_to_the_bit() {
        for len in [1, 2, 7, 8, 9, 100, 255, BLOCK] {
            let (x, y) = (column(1, len), column(2, len));
            let (mut cx, mut cy) = (vec![0.0; len], vec![0.0; len]);
            let (sx, sy) = (centre(&x, &mut cx), centre(&y, &mut cy));
            assert_eq!(pair_complete(len, sx, &cx, sy, &cy), pair_masked(&x, &y), "length {len}");
        }
    }

    #[test]
    fn prop_constant_column_has_exactly_no_variance() {
        let x = vec![0.1; 201];
        let mut c = vec![1.0; 201];
        let s = centre(&x, &mut c);
        assert_eq!((s.hi, s.lo, s.ss), (0.1, 0.0, 0.0));
        assert!(c.iter().all(|&v| v == 0.0));
    }

    #[test]
    fn prop_a_missing_value_makes_the_sum_of_squares_nan() {
        let mut x = column(3, 50);
        x[17] = f64::NAN;
        assert!(centre(&x, &mut [0.0; 50]).ss.is_nan());
    }
}
