//! The Runge–Kutta pair of order 5(4) by Dormand and Prince, with Shampine's interpolant of order 4.

use crate::dense::Quartic;
use crate::ensemble::Ensemble;
use crate::explicit::{combine, weighted};
use crate::method::{Advance, OneStepMethod, Step, Stepper};
use cartrial_lanes::Real;

/// The pair of order 5(4) by Dormand and Prince: six evaluations per step, since its last stage is the first of the next
/// step (FSAL).
///
/// ```text
///  0   |
/// 1/5  | 1/5
/// 3/10 | 3/40        9/40
/// 4/5  | 44/45       −56/15       32/9
/// 8/9  | 19372/6561  −25360/2187  64448/6561  −212/729
///  1   | 9017/3168   −355/33      46732/5247  49/176    −5103/18656
///  1   | 35/384       0           500/1113    125/192   −2187/6784   11/84
/// -----+------------------------------------------------------------------------
///      | 35/384       0           500/1113    125/192   −2187/6784   11/84  0
///  err | −71/57600    0           71/16695    −71/1920  17253/339200 −22/525 1/40
/// ```
///
/// J. R. Dormand & P. J. Prince, "A family of embedded Runge–Kutta formulae", *J. Comput. Appl. Math.* 6 (1980) 19–26.
/// Interpolant: L. F. Shampine, "Some practical Runge–Kutta formulas", *Math. Comp.* 46 (1986) 135–150.
#[derive(Clone, Copy, Debug)]
pub struct Dopri5;

const C: [f64; 4] = [0.2, 0.3, 0.8, 8.0 / 9.0];
const A2: [f64; 1] = [0.2];
const A3: [f64; 2] = [3.0 / 40.0, 9.0 / 40.0];
const A4: [f64; 3] = [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0];
const A5: [f64; 4] = [19_372.0 / 6_561.0, -25_360.0 / 2_187.0, 64_448.0 / 6_561.0, -212.0 / 729.0];
const A6: [f64; 5] =
    [9_017.0 / 3_168.0, -355.0 / 33.0, 46_732.0 / 5_247.0, 49.0 / 176.0, -5_103.0 / 18_656.0];
/// Weights of stages 1, 3, 4, 5, 6.
const B: [f64; 5] = [35.0 / 384.0, 500.0 / 1_113.0, 125.0 / 192.0, -2_187.0 / 6_784.0, 11.0 / 84.0];
/// Weights of stages 1, 3, 4, 5, 6, 7.
const ERROR: [f64; 6] =
    [-71.0 / 57_600.0, 71.0 / 16_695.0, -71.0 / 1_920.0, 17_253.0 / 339_200.0, -22.0 / 525.0, 1.0 / 40.0];
/// Weights of stages 1, 3, 4, 5, 6, 7 in the interpolant: θ·(D[j][0] + D[j][1] θ + D[j][2] θ² + D[j][3] θ³).
const D: [[f64; 4]; 6] = [
    [
        1.0,
        -8_048_581_381.0 / 2_820_520_608.0,
        8_663_915_743.0 / 2_820_520_608.0,
        -12_715_105_075.0 / 11_282_082_432.0,
    ],
    [
        0.0,
        131_558_114_200.0 / 32_700_410_799.0,
        -68_118_460_800.0 / 10_900_136_933.0,
        87_487_479_700.0 / 32_700_410_799.0,
    ],
    [
        0.0,
        -1_754_552_775.0 / 470_086_768.0,
        14_199_869_525.0 / 1_410_260_304.0,
        -10_690_763_975.0 / 1_880_347_072.0,
    ],
    [
        0.0,
        127_303_824_393.0 / 49_829_197_408.0,
        -318_862_633_887.0 / 49_829_197_408.0,
        701_980_252_875.0 / 199_316_789_632.0,
    ],
    [0.0, -282_668_133.0 / 205_662_961.0, 2_019_193_451.0 / 616_988_883.0, -1_453_857_185.0 / 822_651_844.0],
    [0.0, 40_617_522.0 / 29_380_423.0, -110_615_467.0 / 29_380_423.0, 69_997_945.0 / 29_380_423.0],
];

impl OneStepMethod for Dopri5 {
    const ORDER: u32 = 5;
    const ADAPTIVE: bool = true;
    const REAL_STABILITY: f64 = 3.306;
    type Stages<R: Real, const N: usize> = [[R; N]; 4];

    fn dense<R: Real, const N: usize>(step: &Step<R, N, Self>, lane: usize, i: usize) -> Quartic {
        let [k3, k4, k5, k6] = &step.end.stages;
        let k = [&step.f0, k3, k4, k5, k6, &step.end.f].map(|k| k[i].lane(lane));
        Quartic::from_stages(step.y0[i].lane(lane), step.h.lane(lane), &D, &k)
    }
}

impl<R: Real, E: Ensemble<R, N>, const N: usize> Stepper<R, E, N> for Dopri5 {
    #[inline(always)]
    fn step(problem: &E, t: R, y: &[R; N], f: &[R; N], h: R) -> Advance<R, N, Self> {
        let k1 = f;
        let k2 = &problem.rhs(t + R::splat(C[0]) * h, &combine(y, h, &A2, [k1]));
        let k3 = &problem.rhs(t + R::splat(C[1]) * h, &combine(y, h, &A3, [k1, k2]));
        let k4 = &problem.rhs(t + R::splat(C[2]) * h, &combine(y, h, &A4, [k1, k2, k3]));
        let k5 = &problem.rhs(t + R::splat(C[3]) * h, &combine(y, h, &A5, [k1, k2, k3, k4]));
        let k6 = &problem.rhs(t + h, &combine(y, h, &A6, [k1, k2, k3, k4, k5]));
        let y1 = combine(y, h, &B, [k1, k3, k4, k5, k6]);
        let k7 = &problem.rhs(t + h, &y1);
        let mut error = [h; N];
        for i in 0..N {
            error[i] = weighted(&ERROR, [k1, k3, k4, k5, k6, k7], i);
        }
        Advance { y: y1, f: *k7, error, error_factor: h, stages: [*k3, *k4, *k5, *k6] }
    }
}
