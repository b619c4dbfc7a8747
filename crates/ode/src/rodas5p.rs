//! The Rosenbrock method Rodas5P of order 5(4) by Steinebach, with its interpolant of order 4.

use crate::dense::Quartic;
use crate::ensemble::LinearlyImplicit;
use crate::explicit::weighted;
use crate::method::{Advance, OneStepMethod, Step, Stepper};
use cartrial_lanes::Real;

/// Steinebach's Rosenbrock method of order 5(4): eight stages, each a solution of one linear system with the same
/// matrix, and no limit of stability.
///
/// With W = 1/(γh) − J, J = ∂f/∂y at the start of the step, and an autonomous y' = f(y):
///
/// ```text
/// W uᵢ = f(y + aᵢ₁ u₁ + … + aᵢ,ᵢ₋₁ uᵢ₋₁) + (cᵢ₁ u₁ + … + cᵢ,ᵢ₋₁ uᵢ₋₁)/h        i = 1, …, 8
/// y(t + h) = y + a₈₁ u₁ + … + a₈₇ u₇ + u₈,      of which u₈ estimates the error
/// a₇ⱼ = a₈ⱼ = a₆ⱼ for j ≤ 5,  a₇₆ = a₈₆ = a₈₇ = 1
/// ```
///
/// It is stiffly accurate and L-stable, and keeps its order on y' = λ(y − φ(t)) + φ' better than its kin, so that a fast
/// component that follows slow ones does not cost it accuracy.
///
/// G. Steinebach, "Construction of Rosenbrock–Wanner method Rodas5P and numerical benchmarks within the Julia
/// Differential Equations package", *BIT Numerical Mathematics* 63 (2023) 27. The form in u, without products with J:
/// E. Hairer & G. Wanner, *Solving Ordinary Differential Equations II*, section IV.7.
#[derive(Clone, Copy, Debug)]
pub struct Rodas5P;

const GAMMA: f64 = 0.211_937_563_194_290_14;
const A21: f64 = 3.0;
const A3: [f64; 2] = [2.849_394_379_747_939, 0.458_422_422_044_639_23];
const A4: [f64; 3] = [-6.954_028_509_809_101, 2.489_845_061_869_568, -10.358_996_098_473_584];
const A5: [f64; 4] =
    [2.802_998_627_562_896_4, 0.507_246_473_622_820_6, -0.398_831_254_177_052_4, -0.047_211_872_304_046_41];
const A6: [f64; 5] = [
    -7.502_846_399_306_121,
    2.561_846_144_803_919,
    -11.627_539_656_261_098,
    -0.182_687_676_599_422_56,
    0.030_198_172_008_377_946,
];
const C2: [f64; 1] = [-14.155_112_264_123_755];
const C3: [f64; 2] = [-17.972_960_358_859_52, -2.859_693_295_451_294];
const C4: [f64; 3] = [147.121_502_757_117_16, -1.412_214_027_182_13, 71.689_402_513_023_58];
const C5: [f64; 4] =
    [165.435_170_248_716_76, -0.459_282_345_649_112_6, 42.909_383_369_586_03, -5.961_986_721_573_306];
const C6: [f64; 5] = [
    24.854_864_614_690_072,
    -3.000_922_700_283_218_6,
    47.493_111_002_076_8,
    5.581_419_782_155_812_5,
    -0.661_069_182_524_947_1,
];
const C7: [f64; 6] = [
    30.912_732_140_285_99,
    -3.120_824_334_993_797_4,
    77.799_546_460_708_92,
    34.286_460_282_947_83,
    -19.097_331_116_725_623,
    -28.087_943_162_872_662,
];
const C8: [f64; 7] = [
    37.802_771_233_905_63,
    -3.257_196_902_907_227_6,
    112.269_188_494_963_27,
    66.934_723_124_404_7,
    -40.066_189_370_910_02,
    -54.667_802_628_779_68,
    -9.488_616_523_096_27,
];
/// Weights of the stages in the interpolant (1 − θ) y₀ + θ y₁ + θ (1 − θ) (k₁ + θ k₂ + θ² k₃).
const H: [[f64; 8]; 3] = [
    [
        25.948_786_856_663_858,
        -2.557_972_484_584_623_5,
        10.433_815_404_888_879,
        -2.367_925_102_268_520_4,
        0.524_948_541_321_073,
        1.124_108_831_045_040_4,
        0.427_287_619_443_187_4,
        -0.172_022_210_701_554_93,
    ],
    [
        -9.915_688_506_951_71,
        -0.968_994_459_411_515_4,
        3.043_803_724_297_845_3,
        -24.495_224_566_215_796,
        20.176_138_334_709_044,
        15.980_663_614_246_51,
        -6.789_040_303_419_874,
        -6.710_236_069_923_372,
    ],
    [
        11.419_903_575_922_262,
        2.887_964_514_613_699_4,
        72.921_379_959_960_29,
        80.125_118_346_226_43,
        -52.072_871_366_152_654,
        -59.789_936_252_667_29,
        -0.155_826_842_827_519_13,
        4.883_087_185_713_722,
    ],
];

impl OneStepMethod for Rodas5P {
    const ORDER: u32 = 5;
    const ADAPTIVE: bool = true;
    const REAL_STABILITY: f64 = f64::INFINITY;
    type Stages<R: Real, const N: usize> = [[R; N]; 8];

    fn dense<R: Real, const N: usize>(step: &Step<R, N, Self>, lane: usize, i: usize) -> Quartic {
        let (y0, y1) = (step.y0[i].lane(lane), step.end.y[i].lane(lane));
        let u: [f64; 8] = std::array::from_fn(|j| step.end.stages[j][i].lane(lane));
        let [k1, k2, k3] = H.map(|weights| (0..8).map(|j| weights[j] * u[j]).sum::<f64>());
        Quartic([y0, y1 - y0 + k1, k2 - k1, k3 - k2, -k3])
    }
}

impl<R: Real, E: LinearlyImplicit<R, N>, const N: usize> Stepper<R, E, N> for Rodas5P {
    #[inline(always)]
    fn step(problem: &E, t: R, y: &[R; N], f: &[R; N], h: R) -> Advance<R, N, Self> {
        let inverse_h = R::splat(1.0) / h;
        let factors = problem.factorise(y, f, h, inverse_h * R::splat(1.0 / GAMMA));
        let u1 = &problem.solve(&factors, f);
        let u2 = &stage(problem, &factors, inverse_h, &moved(y, &[A21], [u1]), &C2, [u1]);
        let u3 = &stage(problem, &factors, inverse_h, &moved(y, &A3, [u1, u2]), &C3, [u1, u2]);
        let u4 = &stage(problem, &factors, inverse_h, &moved(y, &A4, [u1, u2, u3]), &C4, [u1, u2, u3]);
        let y5 = moved(y, &A5, [u1, u2, u3, u4]);
        let u5 = &stage(problem, &factors, inverse_h, &y5, &C5, [u1, u2, u3, u4]);
        let y6 = moved(y, &A6, [u1, u2, u3, u4, u5]);
        let u6 = &stage(problem, &factors, inverse_h, &y6, &C6, [u1, u2, u3, u4, u5]);
        let y7 = sum(&y6, u6);
        let u7 = &stage(problem, &factors, inverse_h, &y7, &C7, [u1, u2, u3, u4, u5, u6]);
        let y8 = sum(&y7, u7);
        let u8 = &stage(problem, &factors, inverse_h, &y8, &C8, [u1, u2, u3, u4, u5, u6, u7]);
        let mut y1 = sum(&y8, u8);

        let stages = [*u1, *u2, *u3, *u4, *u5, *u6, *u7, *u8];
        for (integral, &i) in (E::CONTROLLED..N).zip(E::INTEGRATED) {
            y1[integral] = h.mul_add(mean(&stages, y, &y1, i), y[integral]);
        }
        Advance { f: problem.rhs(t + h, &y1), y: y1, error: *u8, error_factor: R::splat(1.0), stages }
    }
}

/// The mean over the step of the interpolant of state `i`.
#[inline(always)]
fn mean<R: Real, const N: usize>(stages: &[[R; N]; 8], y0: &[R; N], y1: &[R; N], i: usize) -> R {
    let mut mean = (y0[i] + y1[i]) * R::splat(0.5);
    for j in 0..8 {
        mean = R::splat(H[0][j] / 6.0 + H[1][j] / 12.0 + H[2][j] / 20.0).mul_add(stages[j][i], mean);
    }
    mean
}

/// y + w₁ u₁ + w₂ u₂ + …
#[inline(always)]
fn moved<R: Real, const N: usize, const S: usize>(y: &[R; N], weights: &[f64; S], u: [&[R; N]; S]) -> [R; N] {
    let mut out = *y;
    for j in 0..S {
        for i in 0..N {
            out[i] = R::splat(weights[j]).mul_add(u[j][i], out[i]);
        }
    }
    out
}

/// The next u: the solution for f(`at`) + (w₁ u₁ + w₂ u₂ + …)/h.
#[inline(always)]
fn stage<R: Real, E: LinearlyImplicit<R, N>, const N: usize, const S: usize>(
    problem: &E,
    factors: &E::Factors,
    inverse_h: R,
    at: &[R; N],
    weights: &[f64; S],
    u: [&[R; N]; S],
) -> [R; N] {
    // The problem is autonomous: no time is the same as any.
    let mut b = problem.rhs(R::splat(0.0), at);
    for i in 0..E::CONTROLLED {
        b[i] = inverse_h.mul_add(weighted(weights, u, i), b[i]);
    }
    problem.solve(factors, &b)
}

#[inline(always)]
fn sum<R: Real, const N: usize>(y: &[R; N], u: &[R; N]) -> [R; N] {
    let mut out = *y;
    for i in 0..N {
        out[i] = y[i] + u[i];
    }
    out
}
