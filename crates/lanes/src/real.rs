//! The traits of a lane type and of its comparison mask, and their implementation for one lane.

use std::fmt::Debug;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Not, Sub};

/// The result of a comparison: one truth value per lane.
pub trait Mask: Copy + Debug + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self> {
    /// All lanes false.
    fn none() -> Self;
    /// The mask as bits: lane i is bit i.
    fn bits(self) -> u32;
    /// The mask with these bits: lane i is bit i.
    fn from_bits(bits: u32) -> Self;

    /// Whether any lane is true.
    #[inline(always)]
    fn any(self) -> bool {
        self.bits() != 0
    }
}

/// A real number, or several side by side. Every operation acts on each lane by itself, in IEEE 754 double precision.
pub trait Real:
    Copy + Debug + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// The result of a comparison.
    type Mask: Mask;
    /// The number of lanes.
    const LANES: usize;

    /// The same number in every lane.
    fn splat(x: f64) -> Self;
    /// The number in lane `lane` < [`Self::LANES`].
    fn lane(self, lane: usize) -> f64;
    /// Puts a number into lane `lane` < [`Self::LANES`].
    fn set_lane(&mut self, lane: usize, x: f64);

    /// self · factor + term, rounded once.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// term − self · factor, rounded once.
    fn neg_mul_add(self, factor: Self, term: Self) -> Self;
    /// `if self > other { self } else { other }`: the second where either is NaN.
    fn max(self, other: Self) -> Self;
    /// `if self < other { self } else { other }`: the second where either is NaN.
    fn min(self, other: Self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// self < other; false where either is NaN.
    fn lt(self, other: Self) -> Self::Mask;
    /// self ≤ other; false where either is NaN.
    fn le(self, other: Self) -> Self::Mask;
    /// `yes` where the mask is true, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// The number whose upper 32 bits are `constant − upper bits of self·multiplier/2³²` and whose lower 32 bits are 0.
    /// With multiplier 2³²/q it approximates c·x^(−1/q), since the bits of a positive double are nearly a linear
    /// function of its logarithm (the trick of the "fast inverse square root").
    fn log_linear(self, constant: u32, multiplier: u32) -> Self;

    /// The number whose bits are `constant − bits(self)`: it approximates c/x for positive x.
    fn reflect(self, constant: u64) -> Self;

    /// 2ᵏ for a number whose lowest bits hold the integer k, −1022 ≤ k ≤ 1023, in two's complement, as those of
    /// k + 1.5·2⁵² do.
    fn power_of_two_from_low_bits(self) -> Self;

    /// eˣ to 5e-16 relative, for −600 ≤ x ≤ 700; e⁻⁶⁰⁰ below, e⁷⁰⁰ above, NaN for NaN.
    ///
    /// x = k ln 2 + r with |r| ≤ ½ ln 2 (ln 2 in two parts, W. J. Cody & W. Waite, *Software Manual for the Elementary
    /// Functions*, 1980), then eʳ by its Taylor polynomial of degree 12 and Estrin's scheme.
    #[inline(always)]
    fn exp(self) -> Self {
        const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
        const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
        const ROUNDS_TO_INTEGER: f64 = 6_755_399_441_055_744.0; // 1.5·2⁵²
        let c = |x: f64| Self::splat(x);
        let x = c(700.0).min(c(-600.0).max(self));
        let shifted = x.mul_add(c(std::f64::consts::LOG2_E), c(ROUNDS_TO_INTEGER));
        let k = shifted - c(ROUNDS_TO_INTEGER);
        let r = k.mul_add(c(-LN_2_LOW), k.mul_add(c(-LN_2_HIGH), x));
        let r2 = r * r;
        let r4 = r2 * r2;
        let pair = |low: f64, high: f64| r.mul_add(c(high), c(low));
        let low = r2.mul_add(pair(1.0 / 2.0, 1.0 / 6.0), pair(1.0, 1.0));
        let middle = r2.mul_add(pair(1.0 / 720.0, 1.0 / 5_040.0), pair(1.0 / 24.0, 1.0 / 120.0));
        let high =
            r2.mul_add(pair(1.0 / 3_628_800.0, 1.0 / 39_916_800.0), pair(1.0 / 40_320.0, 1.0 / 362_880.0));
        let high = r4.mul_add(c(1.0 / 479_001_600.0), high);
        r4.mul_add(r4.mul_add(high, middle), low) * shifted.power_of_two_from_low_bits()
    }

    /// 1/x to 0.3 %, for positive normal x: accurate enough for the norm of an error, and cheaper than a division.
    #[inline(always)]
    fn recip_estimate(self) -> Self {
        // This constant minimises the worst relative error over an octave. One step of Newton's method follows.
        let guess = self.reflect(0x7FDE_6000 << 32);
        guess * (Self::splat(2.0) - self * guess)
    }

    /// x^(−1/6) to about 0.4 %, for positive normal x.
    #[inline(always)]
    fn inv_sixth_root_estimate(self) -> Self {
        let guess = self.log_linear(0x4A97_1400, 0x2AAA_AAAB);
        let g2 = guess * guess;
        guess * (Self::splat(7.0 / 6.0) - Self::splat(1.0 / 6.0) * self * (g2 * g2 * g2))
    }

    /// x^(−1/10) to about 0.5 %, for positive normal x.
    #[inline(always)]
    fn inv_tenth_root_estimate(self) -> Self {
        let guess = self.log_linear(0x4653_F0CC, 0x1999_999A);
        let g2 = guess * guess;
        let g4 = g2 * g2;
        guess * (Self::splat(1.1) - Self::splat(0.1) * self * (g4 * g4 * g2))
    }
}

impl Mask for bool {
    #[inline(always)]
    fn none() -> Self {
        false
    }
    #[inline(always)]
    fn bits(self) -> u32 {
        u32::from(self)
    }
    #[inline(always)]
    fn from_bits(bits: u32) -> Self {
        bits & 1 != 0
    }
}

impl Real for f64 {
    type Mask = bool;
    const LANES: usize = 1;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn lane(self, _lane: usize) -> f64 {
        self
    }
    #[inline(always)]
    fn set_lane(&mut self, _lane: usize, x: f64) {
        *self = x;
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        f64::mul_add(self, factor, term)
    }
    #[inline(always)]
    fn neg_mul_add(self, factor: Self, term: Self) -> Self {
        f64::mul_add(-self, factor, term)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if self < other { self } else { other }
    }
    #[inline(always)]
    fn abs(self) -> Self {
        f64::abs(self)
    }
    #[inline(always)]
    fn lt(self, other: Self) -> bool {
        self < other
    }
    #[inline(always)]
    fn le(self, other: Self) -> bool {
        self <= other
    }
    #[inline(always)]
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
    #[inline(always)]
    fn reflect(self, constant: u64) -> Self {
        f64::from_bits(constant.wrapping_sub(self.to_bits()))
    }
    #[inline(always)]
    fn log_linear(self, constant: u32, multiplier: u32) -> Self {
        let scaled = ((self.to_bits() >> 32) * u64::from(multiplier)) >> 32;
        f64::from_bits(u64::from(constant).wrapping_sub(scaled) << 32)
    }
    #[inline(always)]
    fn power_of_two_from_low_bits(self) -> Self {
        f64::from_bits(self.to_bits().wrapping_add(1023) << 52)
    }
}
