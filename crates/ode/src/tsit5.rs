//! The Runge–Kutta pair of order 5(4) by Tsitouras, with its free interpolant of order 4.

use crate::dense::Quartic;
use crate::ensemble::Ensemble;
use crate::explicit::{combine, weighted};
use crate::method::{Advance, OneStepMethod, Step, Stepper};
use cartrial_lanes::Real;

/// The pair of order 5(4) by Tsitouras: six evaluations per step, since its last stage is the first of the next step
/// (FSAL).
///
/// ```text
///  c2 | a21
///  c3 | a31 a32
///  c4 | a41 a42 a43
///  c5 | a51 a52 a53 a54
///   1 | a61 a62 a63 a64 a65
///   1 | b1  b2  b3  b4  b5  b6
/// ----+-------------------------
///     | b1  b2  b3  b4  b5  b6      y(t + h), order 5
///     | e1  e2  e3  e4  e5  e6  e7  estimate of its error
/// ```
///
/// Ch. Tsitouras, "Runge–Kutta pairs of order 5(4) satisfying only the first column simplifying assumption",
/// *Computers & Mathematics with Applications* 62 (2011) 770–775. Interpolant: ibid., section 4.
#[derive(Clone, Copy, Debug)]
pub struct Tsit5;

const C: [f64; 4] = [0.161, 0.327, 0.9, 0.980_025_540_904_509_7];
const A2: [f64; 1] = [0.161];
const A3: [f64; 2] = [-0.008_480_655_492_356_989, 0.335_480_655_492_357];
const A4: [f64; 3] = [2.897_153_057_105_493_5, -6.359_448_489_975_075, 4.362_295_432_869_581_5];
const A5: [f64; 4] =
    [5.325_864_828_439_257, -11.748_883_564_062_828, 7.495_539_342_889_836_5, -0.092_495_066_361_755_25];
const A6: [f64; 5] = [
    5.861_455_442_946_42,
    -12.920_969_317_847_11,
    8.159_367_898_576_159,
    -0.071_584_973_281_401,
    -0.028_269_050_394_068_383,
];
const B: [f64; 6] = [
    0.096_460_766_818_065_23,
    0.01,
    0.479_889_650_414_499_6,
    1.379_008_574_103_742,
    -3.290_069_515_436_081,
    2.324_710_524_099_774,
];
const ERROR: [f64; 7] = [
    -0.001_780_011_052_225_777_2,
    -0.000_816_434_459_656_746_9,
    0.007_880_878_010_261_995,
    -0.144_711_007_173_262_9,
    0.582_357_165_452_555_2,
    -0.458_082_105_929_186_97,
    1.0 / 66.0,
];
/// Weight of stage j in the interpolant: θ·(D[j][0] + D[j][1] θ + D[j][2] θ² + D[j][3] θ³).
const D: [[f64; 4]; 7] = [
    [1.0, -2.763_706_197_274_826, 2.913_255_461_821_912_6, -1.053_088_497_729_021_6],
    [0.0, 0.131_7, -0.223_4, 0.101_7],
    [0.0, 3.930_296_236_894_751_6, -5.941_033_872_131_505, 2.490_627_285_651_253],
    [0.0, -12.411_077_166_933_676, 30.338_188_630_282_32, -16.548_102_889_244_902],
    [0.0, 37.509_313_416_511_04, -88.178_904_894_766_4, 47.379_521_962_819_28],
    [0.0, -27.896_526_289_197_286, 65.091_894_674_793_66, -34.870_657_861_496_61],
    [0.0, 1.5, -4.0, 2.5],
];

impl OneStepMethod for Tsit5 {
    const ORDER: u32 = 5;
    const ADAPTIVE: bool = true;
    const REAL_STABILITY: f64 = 3.5;
    type Stages<R: Real, const N: usize> = [[R; N]; 5];

    fn dense<R: Real, const N: usize>(step: &Step<R, N, Self>, lane: usize, i: usize) -> Quartic {
        let [k2, k3, k4, k5, k6] = &step.end.stages;
        let k = [&step.f0, k2, k3, k4, k5, k6, &step.end.f].map(|k| k[i].lane(lane));
        Quartic::from_stages(step.y0[i].lane(lane), step.h.lane(lane), &D, &k)
    }
}

impl<R: Real, E: Ensemble<R, N>, const N: usize> Stepper<R, E, N> for Tsit5 {
    #[inline(always)]
    fn step(problem: &E, t: R, y: &[R; N], f: &[R; N], h: R) -> Advance<R, N, Self> {
        let k1 = f;
        let k2 = &problem.rhs(t + R::splat(C[0]) * h, &combine(y, h, &A2, [k1]));
        let k3 = &problem.rhs(t + R::splat(C[1]) * h, &combine(y, h, &A3, [k1, k2]));
        let k4 = &problem.rhs(t + R::splat(C[2]) * h, &combine(y, h, &A4, [k1, k2, k3]));
        let k5 = &problem.rhs(t + R::splat(C[3]) * h, &combine(y, h, &A5, [k1, k2, k3, k4]));
        let k6 = &problem.rhs(t + h, &combine(y, h, &A6, [k1, k2, k3, k4, k5]));
        let y1 = combine(y, h, &B, [k1, k2, k3, k4, k5, k6]);
        let k7 = &problem.rhs(t + h, &y1);
        let mut error = [h; N];
        for i in 0..N {
            error[i] = weighted(&ERROR, [k1, k2, k3, k4, k5, k6, k7], i);
        }
        Advance { y: y1, f: *k7, error, error_factor: h, stages: [*k2, *k3, *k4, *k5, *k6] }
    }
}
