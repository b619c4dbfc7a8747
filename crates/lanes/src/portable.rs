//! Eight lanes as an array, for every processor: the compiler vectorises it as far as the instruction set goes.

use crate::real::{Mask, Real};
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Not, Sub};

/// Eight numbers in an array.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Portable([f64; 8]);

/// Eight truth values in an array.
#[derive(Clone, Copy, Debug)]
pub struct PortableMask([bool; 8]);

macro_rules! lanewise {
    ($($trait:ident $method:ident $op:tt)*) => {$(
        impl $trait for Portable {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.zip(other, |a, b| a $op b)
            }
        }
    )*};
}
lanewise! { Add add + Sub sub - Mul mul * Div div / }

impl Portable {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let mut out = self;
        for i in 0..8 {
            out.0[i] = f(self.0[i], other.0[i]);
        }
        out
    }

    #[inline(always)]
    fn compare(self, other: Self, f: impl Fn(f64, f64) -> bool) -> PortableMask {
        let mut out = [false; 8];
        for i in 0..8 {
            out[i] = f(self.0[i], other.0[i]);
        }
        PortableMask(out)
    }
}

macro_rules! mask_op {
    ($($trait:ident $method:ident $op:tt)*) => {$(
        impl $trait for PortableMask {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let mut out = self.0;
                for i in 0..8 {
                    out[i] = self.0[i] $op other.0[i];
                }
                Self(out)
            }
        }
    )*};
}
mask_op! { BitAnd bitand & BitOr bitor | }

impl Not for PortableMask {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(self.0.map(|b| !b))
    }
}

impl Mask for PortableMask {
    #[inline(always)]
    fn none() -> Self {
        Self([false; 8])
    }
    #[inline(always)]
    fn bits(self) -> u32 {
        (0..8).fold(0, |bits, i| bits | (u32::from(self.0[i]) << i))
    }
    #[inline(always)]
    fn from_bits(bits: u32) -> Self {
        Self(std::array::from_fn(|i| (bits >> i) & 1 != 0))
    }
}

impl Real for Portable {
    type Mask = PortableMask;
    const LANES: usize = 8;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self([x; 8])
    }
    #[inline(always)]
    fn lane(self, lane: usize) -> f64 {
        self.0[lane]
    }
    #[inline(always)]
    fn set_lane(&mut self, lane: usize, x: f64) {
        self.0[lane] = x;
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        let mut out = self;
        for i in 0..8 {
            out.0[i] = self.0[i].mul_add(factor.0[i], term.0[i]);
        }
        out
    }
    #[inline(always)]
    fn neg_mul_add(self, factor: Self, term: Self) -> Self {
        let mut out = self;
        for i in 0..8 {
            out.0[i] = self.0[i].neg_mul_add(factor.0[i], term.0[i]);
        }
        out
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, Real::max)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.zip(other, Real::min)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(self.0.map(f64::abs))
    }
    #[inline(always)]
    fn lt(self, other: Self) -> PortableMask {
        self.compare(other, |a, b| a < b)
    }
    #[inline(always)]
    fn le(self, other: Self) -> PortableMask {
        self.compare(other, |a, b| a <= b)
    }
    #[inline(always)]
    fn select(mask: PortableMask, yes: Self, no: Self) -> Self {
        let mut out = no;
        for i in 0..8 {
            out.0[i] = if mask.0[i] { yes.0[i] } else { no.0[i] };
        }
        out
    }
    #[inline(always)]
    fn reflect(self, constant: u64) -> Self {
        Self(self.0.map(|x| x.reflect(constant)))
    }
    #[inline(always)]
    fn log_linear(self, constant: u32, multiplier: u32) -> Self {
        Self(self.0.map(|x| x.log_linear(constant, multiplier)))
    }
    #[inline(always)]
    fn power_of_two_from_low_bits(self) -> Self {
        Self(self.0.map(Real::power_of_two_from_low_bits))
    }
}
