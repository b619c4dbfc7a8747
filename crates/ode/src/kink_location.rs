//! Kinks: where in a step the switching function changes sign.

use crate::ensemble::Ensemble;
use crate::method::{OneStepMethod, Step};
use cartrial_lanes::Real;

/// A kink nearer than this share of the step to one of its ends does not truncate it. The error that it causes there is
/// negligible, and a step that starts on the kink on which the last one ended is not truncated again.
const MARGIN: f64 = 1e-3;

/// The lanes of `crossing` whose step is to be truncated at a kink, and the step size that ends on it.
///
/// `value` is the switching function at both ends of the step. The kink is the root of its cubic Hermite interpolant, by
/// Newton's method from the root of the secant.
#[inline(always)]
pub(crate) fn locate_kinks<R: Real, M: OneStepMethod, E: Ensemble<R, N>, const N: usize>(
    ensemble: &E,
    step: &Step<R, N, M>,
    crossing: R::Mask,
    [value0, value1]: [R; 2],
) -> (R::Mask, R) {
    const ITERATIONS: usize = 3;
    let slope0 = switching_slope(ensemble, &step.y0, &step.f0, step.h, value0);
    let slope1 = switching_slope(ensemble, &step.end.y, &step.end.f, step.h, value1);
    let (zero, one, two, three) = (R::splat(0.0), R::splat(1.0), R::splat(2.0), R::splat(3.0));
    let rise = value1 - value0;
    let c2 = three * rise - two * slope0 - slope1;
    let c3 = slope0 + slope1 - two * rise;
    let mut theta = value0 / (value0 - value1);
    for _ in 0..ITERATIONS {
        let value = value0 + theta * (slope0 + theta * (c2 + theta * c3));
        let derivative = slope0 + theta * (two * c2 + theta * (three * c3));
        theta = (theta - value / derivative).min(one).max(zero);
    }
    let inside = R::splat(MARGIN).lt(theta) & theta.lt(R::splat(1.0 - MARGIN));
    (crossing & inside, theta * step.h)
}

/// Derivative with respect to θ of the switching function along the solution, by a forward difference from a point at
/// which it has the given value.
#[inline(always)]
fn switching_slope<R: Real, E: Ensemble<R, N>, const N: usize>(
    ensemble: &E,
    y: &[R; N],
    f: &[R; N],
    h: R,
    value: R,
) -> R {
    const DIFFERENCE: f64 = 1e-3;
    let dt = R::splat(DIFFERENCE) * h;
    let mut ahead = *y;
    for i in 0..N {
        ahead[i] = y[i] + dt * f[i];
    }
    (ensemble.switching_function(&ahead) - value) * R::splat(1.0 / DIFFERENCE)
}
