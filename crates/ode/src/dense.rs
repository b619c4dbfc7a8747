//! Dense output: the solution over a step as a quartic polynomial, its extrema and its zero crossings.

use std::ops::Add;

/// c0 + c1 θ + c2 θ² + c3 θ³ + c4 θ⁴ over one step, θ ∈ [0, 1].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quartic(pub [f64; 5]);

impl Quartic {
    /// The cubic Hermite interpolant: values and derivatives with respect to θ at θ = 0 and θ = 1.
    pub fn hermite(y0: f64, y1: f64, slope0: f64, slope1: f64) -> Self {
        let rise = y1 - y0;
        Self([y0, slope0, 3.0 * rise - 2.0 * slope0 - slope1, slope0 + slope1 - 2.0 * rise, 0.0])
    }

    /// The interpolant of a Runge–Kutta method with stages k: y0 + h Σⱼ bⱼ(θ) kⱼ with
    /// bⱼ(θ) = θ·(dⱼ₀ + dⱼ₁ θ + dⱼ₂ θ² + dⱼ₃ θ³).
    pub fn from_stages<const S: usize>(y0: f64, h: f64, d: &[[f64; 4]; S], k: &[f64; S]) -> Self {
        let mut coefficients = [y0, 0.0, 0.0, 0.0, 0.0];
        for power in 0..4 {
            coefficients[power + 1] = h * (0..S).map(|j| d[j][power] * k[j]).sum::<f64>();
        }
        Self(coefficients)
    }

    /// Value at θ.
    pub fn value(&self, theta: f64) -> f64 {
        let [c0, c1, c2, c3, c4] = self.0;
        c0 + theta * (c1 + theta * (c2 + theta * (c3 + theta * c4)))
    }

    /// Derivative with respect to θ.
    pub fn slope(&self, theta: f64) -> f64 {
        let [_, c1, c2, c3, c4] = self.0;
        c1 + theta * (2.0 * c2 + theta * (3.0 * c3 + theta * (4.0 * c4)))
    }

    /// The extremum in [0, 1], if the slope has different signs at the ends.
    pub fn turning_point(&self) -> Option<f64> {
        let [_, _, c2, c3, c4] = self.0;
        let curvature = |x: f64| 2.0 * c2 + x * (6.0 * c3 + x * (12.0 * c4));
        root(|x| self.slope(x), curvature, [0.0, 1.0])
    }

    /// Where between two θ the value crosses `level`, if it lies on different sides of it at these two.
    pub fn crossing(&self, level: f64, between: [f64; 2]) -> Option<f64> {
        root(|x| self.value(x) - level, |x| self.slope(x), between)
    }

    /// [0, 1] split at the turning point: the value is monotone on each piece if it has no other extremum.
    pub fn monotone_pieces(&self) -> [[f64; 2]; 2] {
        let turn = self.turning_point().unwrap_or(1.0);
        [[0.0, turn], [turn, 1.0]]
    }
}

impl Add for Quartic {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }
}

/// A root of `f` between two points, to the last bits; `None` without a change of sign.
///
/// Newton's method, safeguarded by bisection of a bracket that shrinks around the root.
fn root(f: impl Fn(f64) -> f64, derivative: impl Fn(f64) -> f64, between: [f64; 2]) -> Option<f64> {
    const ITERATIONS: usize = 60; // by then bisection alone would resolve 2⁻⁵³
    let [mut low, mut high] = between;
    let (start, end) = (f(low), f(high));
    if start == 0.0 {
        return Some(low);
    }
    if start.is_nan() || end.is_nan() || (start > 0.0) == (end > 0.0) {
        return None;
    }
    let mut x = low + start / (start - end) * (high - low);
    for _ in 0..ITERATIONS {
        let value = f(x);
        if value == 0.0 {
            return Some(x);
        }
        if (value > 0.0) == (start > 0.0) {
            low = x;
        } else {
            high = x;
        }
        let newton = x - value / derivative(x);
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if (next - x).abs() <= 4.0 * f64::EPSILON {
            return Some(next);
        }
        x = next;
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hermite_keeps_values_and_slopes() {
        let p = Quartic::hermite(1.0, 3.0, -2.0, 5.0);
        assert_eq!((p.value(0.0), p.value(1.0), p.slope(0.0), p.slope(1.0)), (1.0, 3.0, -2.0, 5.0));
    }

    #[test]
    fn turning_point_of_a_parabola() {
        // (θ − 0.3)²
        let p = Quartic([0.09, -0.6, 1.0, 0.0, 0.0]);
        assert!((p.turning_point().expect("it turns at 0.3") - 0.3).abs() < 1e-15);
    }

    #[test]
    fn crossing_of_a_flat_quartic_where_newton_leaves_the_bracket() {
        // θ⁴ crosses 1e-8 at 0.01, far from where its slope points
        let p = Quartic([0.0, 0.0, 0.0, 0.0, 1.0]);
        assert!((p.crossing(1e-8, [0.0, 1.0]).expect("it crosses") - 0.01).abs() < 1e-12);
    }

    #[test]
    fn a_parabola_over_a_level_crosses_it_once_on_each_side() {
        // 1 − 4 (θ − ½)² over 0.75: from ¼ to ¾
        let p = Quartic([0.0, 4.0, -4.0, 0.0, 0.0]);
        assert_eq!(p.monotone_pieces(), [[0.0, 0.5], [0.5, 1.0]]);
        for (piece, expected) in p.monotone_pieces().into_iter().zip([0.25, 0.75]) {
            assert!((p.crossing(0.75, piece).expect("it crosses") - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn no_root_without_a_change_of_sign() {
        assert_eq!(Quartic([1.0, 1.0, 0.0, 0.0, 0.0]).crossing(0.5, [0.0, 1.0]), None);
        assert_eq!(Quartic([0.0, f64::NAN, 0.0, 0.0, 0.0]).turning_point(), None);
    }
}
