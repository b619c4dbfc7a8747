//! The Runge–Kutta pair of order 3(2) by Bogacki and Shampine.

use crate::dense::Quartic;
use crate::ensemble::Ensemble;
use crate::explicit::{combine, weighted};
use crate::method::{Advance, OneStepMethod, Step, Stepper};
use cartrial_lanes::Real;

/// The pair of order 3(2) by Bogacki and Shampine: three evaluations per step, since its last stage is the first of the
/// next step (FSAL); cubic Hermite interpolant.
///
/// ```text
///  0  |
/// 1/2 | 1/2
/// 3/4 |  0   3/4
///  1  | 2/9  1/3  4/9
/// ----+---------------------
///     | 2/9  1/3  4/9   0
/// err | 5/72 −1/12 −1/9 1/8     order 2 minus order 3
/// ```
///
/// P. Bogacki & L. F. Shampine, "A 3(2) pair of Runge–Kutta formulas", *Appl. Math. Lett.* 2 (1989) 321–325.
#[derive(Clone, Copy, Debug)]
pub struct Bs3;

const A2: [f64; 1] = [0.5];
const A3: [f64; 1] = [0.75];
const B: [f64; 3] = [2.0 / 9.0, 1.0 / 3.0, 4.0 / 9.0];
const ERROR: [f64; 4] = [5.0 / 72.0, -1.0 / 12.0, -1.0 / 9.0, 1.0 / 8.0];

impl OneStepMethod for Bs3 {
    const ORDER: u32 = 3;
    const ADAPTIVE: bool = true;
    const REAL_STABILITY: f64 = 2.512;
    type Stages<R: Real, const N: usize> = ();

    fn dense<R: Real, const N: usize>(step: &Step<R, N, Self>, lane: usize, i: usize) -> Quartic {
        step.hermite(lane, i)
    }
}

impl<R: Real, E: Ensemble<R, N>, const N: usize> Stepper<R, E, N> for Bs3 {
    #[inline(always)]
    fn step(problem: &E, t: R, y: &[R; N], f: &[R; N], h: R) -> Advance<R, N, Self> {
        let k1 = f;
        let k2 = &problem.rhs(t + R::splat(0.5) * h, &combine(y, h, &A2, [k1]));
        let k3 = &problem.rhs(t + R::splat(0.75) * h, &combine(y, h, &A3, [k2]));
        let y1 = combine(y, h, &B, [k1, k2, k3]);
        let k4 = &problem.rhs(t + h, &y1);
        let mut error = [h; N];
        for i in 0..N {
            error[i] = weighted(&ERROR, [k1, k2, k3, k4], i);
        }
        Advance { y: y1, f: *k4, error, error_factor: h, stages: () }
    }
}
