//! Binomial and hypergeometric probabilities and their tails in log space, for numbers up to millions.
//!
//! By C. Loader (2000), "Fast and accurate computation of binomial probabilities": the deviance and the error of
//! Stirling's formula, never a difference of log-gammas, which at a million patients has no more than nine digits.

use std::f64::consts::PI;

/// ln n! − (n + ½) ln n + n − ½ ln 2π, for n from 1 to 15 (0 for 0).
const STIRLING: [f64; 16] = [
    0.0,
    0.081_061_466_795_327_26,
    0.041_340_695_955_409_29,
    0.027_677_925_684_998_34,
    0.020_790_672_103_765_093,
    0.016_644_691_189_821_193,
    0.013_876_128_823_070_748,
    0.011_896_709_945_891_77,
    0.010_411_265_261_972_096,
    0.009_255_462_182_712_733,
    0.008_330_563_433_362_87,
    0.007_573_675_487_951_841,
    0.006_942_840_107_209_53,
    0.006_408_994_188_004_207,
    0.005_951_370_112_758_848,
    0.005_554_733_551_962_801,
];

/// ln of the binomial probability of `x` in `n` at probability `p`, with `q` = 1 − p given by itself so that neither
/// loses digits.
pub(crate) fn ln_binomial(x: u64, n: u64, p: f64, q: f64) -> f64 {
    let (k, size) = (x as f64, n as f64);
    if x == 0 {
        return if n == 0 { 0.0 } else { size * if p < 0.5 { libm::log1p(-p) } else { libm::log(q) } };
    }
    if x == n {
        return size * if q < 0.5 { libm::log1p(-q) } else { libm::log(p) };
    }
    let rest = (n - x) as f64;
    stirling_error(n)
        - stirling_error(x)
        - stirling_error(n - x)
        - deviance(k, size * p)
        - deviance(rest, size * q)
        + 0.5 * libm::log(size / (2.0 * PI * k * rest))
}

/// ln of the probability that of `drawn` from `white` + `black` exactly `x` are white.
pub(crate) fn ln_hypergeometric(x: u64, white: u64, black: u64, drawn: u64) -> f64 {
    let all = (white + black) as f64;
    let (p, q) = (drawn as f64 / all, (white + black - drawn) as f64 / all);
    ln_binomial(x, white, p, q) + ln_binomial(drawn - x, black, p, q)
        - ln_binomial(drawn, white + black, p, q)
}

/// Σ of a falling series relative to its first term: 1 + r₁ + r₁r₂ + …, until a term no longer counts or the ratio is 0.
pub(crate) fn falling_sum(mut ratio: impl FnMut(u64) -> f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for step in 0.. {
        term *= ratio(step);
        sum += term;
        if term < 1e-18 * sum {
            break;
        }
    }
    sum
}

/// Error of Stirling's formula for ln n!.
fn stirling_error(n: u64) -> f64 {
    if let Some(&known) = STIRLING.get(n as usize) {
        return known;
    }
    const SERIES: [f64; 5] = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0];
    let n = n as f64;
    SERIES.iter().rev().fold(0.0, |sum, c| sum / (n * n) + c) / n
}

/// x ln(x/m) + m − x without cancellation where x is near m.
fn deviance(x: f64, m: f64) -> f64 {
    let difference = x - m;
    if difference.abs() >= 0.1 * (x + m) {
        return x * libm::log(x / m) - difference;
    }
    let v = difference / (x + m);
    let mut sum = difference * v;
    let mut power = 2.0 * x * v;
    for j in 1..1000 {
        power *= v * v;
        let next = sum + power / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}
