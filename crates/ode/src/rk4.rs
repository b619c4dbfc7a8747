//! The classical Runge–Kutta method of order 4, with a fixed step size.

use crate::dense::Quartic;
use crate::ensemble::Ensemble;
use crate::explicit::combine;
use crate::method::{Advance, OneStepMethod, Step, Stepper};
use cartrial_lanes::Real;

/// The classical method of order 4: four evaluations per step; fixed step size, cubic Hermite interpolant.
///
/// ```text
///  0  |
/// 1/2 | 1/2
/// 1/2 |  0   1/2
///  1  |  0    0    1
/// ----+--------------------
///     | 1/6  1/3  1/3  1/6
/// ```
///
/// W. Kutta, "Beitrag zur näherungsweisen Integration totaler Differentialgleichungen", *Z. Math. Phys.* 46 (1901).
#[derive(Clone, Copy, Debug)]
pub struct Rk4;

impl OneStepMethod for Rk4 {
    const ORDER: u32 = 4;
    const ADAPTIVE: bool = false;
    const REAL_STABILITY: f64 = 2.785;
    type Stages<R: Real, const N: usize> = ();

    fn dense<R: Real, const N: usize>(step: &Step<R, N, Self>, lane: usize, i: usize) -> Quartic {
        step.hermite(lane, i)
    }
}

impl<R: Real, E: Ensemble<R, N>, const N: usize> Stepper<R, E, N> for Rk4 {
    #[inline(always)]
    fn step(problem: &E, t: R, y: &[R; N], f: &[R; N], h: R) -> Advance<R, N, Self> {
        let half = R::splat(0.5) * h;
        let k1 = f;
        let k2 = problem.rhs(t + half, &combine(y, half, &[1.0], [k1]));
        let k3 = problem.rhs(t + half, &combine(y, half, &[1.0], [&k2]));
        let k4 = problem.rhs(t + h, &combine(y, h, &[1.0], [&k3]));
        let (two, sixth) = (R::splat(2.0), R::splat(1.0 / 6.0) * h);
        let mut y1 = *y;
        for i in 0..N {
            let middle = k2[i] + k3[i];
            y1[i] = sixth.mul_add(two.mul_add(middle, k1[i] + k4[i]), y[i]);
        }
        Advance { y: y1, f: problem.rhs(t + h, &y1), error: [R::splat(0.0); N], error_factor: h, stages: () }
    }
}
