//! Every SIMD level does the same arithmetic, bit for bit.

#![forbid(unsafe_code)]

use cartrial_lanes::{Kernel, Level, LevelError, Mask, Real, dispatch, dispatch_fast};

/// Every operation of [`Real`] on pairs of numbers, as bits.
struct EveryOperation<'a>(&'a [(f64, f64)]);

impl Kernel for EveryOperation<'_> {
    type Output = Vec<Vec<u64>>;

    #[inline(always)]
    fn run<R: Real>(self) -> Vec<Vec<u64>> {
        let mut out = Vec::new();
        for pairs in self.0.chunks(R::LANES) {
            let (mut a, mut b) = (R::splat(1.0), R::splat(1.0));
            for (lane, &(x, y)) in pairs.iter().enumerate() {
                a.set_lane(lane, x);
                b.set_lane(lane, y);
            }
            let one = R::splat(1.0);
            let either = a.lt(b) | b.lt(a);
            let results = [
                a + b,
                a - b,
                a * b,
                a / b,
                a.mul_add(b, a),
                b.mul_add(b, R::splat(-1.0)),
                a.neg_mul_add(b, a),
                a.max(b),
                a.min(b),
                a.abs(),
                R::select(a.lt(b), a, b),
                R::select(a.le(b), one, b),
                R::select(either & a.le(b), a, one),
                R::select(!either, a, one),
                R::select(R::Mask::from_bits(a.lt(b).bits()), a, one),
                R::select(R::Mask::none(), a, b),
                a.abs().recip_estimate(),
                a.abs().inv_sixth_root_estimate(),
                a.abs().inv_tenth_root_estimate(),
                a.log_linear(0x7FDE_6000, 0x3333_3334),
                a.exp(),
                (a * R::splat(0.1)).exp(),
            ];
            for lane in 0..pairs.len() {
                // A NaN's payload is no result; that it is one, is.
                let bits = |r: &R| if r.lane(lane).is_nan() { u64::MAX } else { r.lane(lane).to_bits() };
                out.push(results.iter().map(bits).collect());
            }
        }
        out
    }
}

fn pairs() -> Vec<(f64, f64)> {
    let special =
        [0.0, -0.0, 1.0, -1.5, 3.0, 1e-300, 1e300, 5e-324, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let mut pairs: Vec<_> = special.iter().flat_map(|&a| special.map(|b| (a, b))).collect();
    let mut state = 1_u64;
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 * 2.0_f64.powi(-40) - 4096.0
    };
    pairs.extend((0..4000).map(|_| (number(), number())));
    pairs
}

#[test]
fn prop_every_level_gives_the_bits_of_the_scalar() {
    let pairs = pairs();
    let scalar = dispatch(Level::Scalar, EveryOperation(&pairs));
    assert_eq!(scalar.len(), pairs.len());
    for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
        let lanes = dispatch(level, EveryOperation(&pairs));
        for ((pair, expected), found) in pairs.iter().zip(&scalar).zip(&lanes) {
            assert_eq!(found, expected, "{level} on {pair:?}");
        }
        if level.is_fast() {
            assert!(dispatch_fast(level, EveryOperation(&pairs)) == lanes, "{level}");
        }
    }
}

#[test]
#[should_panic(expected = "no fast SIMD level scalar")]
fn bad_a_level_that_is_not_fast_has_no_kernels_of_its_own() {
    dispatch_fast(Level::Scalar, EveryOperation(&[]));
}

#[test]
fn prop_estimates_keep_their_stated_accuracy() {
    let mut x = 1e-12_f64;
    while x < 1e12 {
        assert!((x * x.recip_estimate() - 1.0).abs() < 0.003, "1/{x}");
        assert!((x.powf(1.0 / 6.0) * x.inv_sixth_root_estimate() - 1.0).abs() < 0.004, "{x}^-1/6");
        assert!((x.powf(0.1) * x.inv_tenth_root_estimate() - 1.0).abs() < 0.005, "{x}^-0.1");
        x *= 1.0007;
    }
}

#[test]
fn prop_exp_agrees_with_libm_to_two_units_in_the_last_place() {
    let mut x = -600.0_f64;
    while x < 700.0 {
        let (found, expected) = (Real::exp(x), libm::exp(x));
        assert!((found / expected - 1.0).abs() < 5e-16, "e^{x}: {found:e}, not {expected:e}");
        x += 0.003_7;
    }
    assert_eq!((Real::exp(0.0_f64), Real::exp(-0.0_f64)), (1.0, 1.0));
}

#[test]
fn exp_is_held_within_normal_numbers_and_keeps_nan() {
    assert_eq!(Real::exp(-1e6_f64), Real::exp(-600.0_f64));
    assert_eq!(Real::exp(f64::NEG_INFINITY), Real::exp(-600.0_f64));
    assert_eq!(Real::exp(f64::INFINITY), Real::exp(700.0_f64));
    assert!(Real::exp(f64::NAN).is_nan());
}

#[test]
fn an_unknown_level_is_named_with_the_valid_ones() {
    let text = LevelError::Unknown("sse9".to_owned()).to_string();
    assert_eq!(
        text,
        "CARTRIAL_SIMD=\"sse9\" is no SIMD level. Valid: scalar, baseline, avx2, avx512; unset it to use the best"
    );
    let text = LevelError::Unsupported(Level::Avx512, Level::Avx2).to_string();
    assert_eq!(text, "CARTRIAL_SIMD=avx512: this processor has no such instructions; its best is avx2");
}
