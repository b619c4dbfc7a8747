//! Two lane types side by side as one: twice the lanes, and two independent chains of operations for the processor to
//! overlap.

use crate::real::{Mask, Real};
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Not, Sub};

/// Two numbers, or two groups of them.
#[derive(Clone, Copy, Debug)]
pub struct Pair<T>(T, T);

macro_rules! pairwise {
    ($bound:ident: $($trait:ident $method:ident)*) => {$(
        impl<T: $bound> $trait for Pair<T> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(self.0.$method(other.0), self.1.$method(other.1))
            }
        }
    )*};
}
pairwise! { Real: Add add Sub sub Mul mul Div div }
pairwise! { Mask: BitAnd bitand BitOr bitor }

impl<M: Mask> Not for Pair<M> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(!self.0, !self.1)
    }
}

impl<M: Mask> Mask for Pair<M> {
    const LANES: usize = 2 * M::LANES;
    #[inline(always)]
    fn none() -> Self {
        Self(M::none(), M::none())
    }
    #[inline(always)]
    fn bits(self) -> u32 {
        self.0.bits() | (self.1.bits() << M::LANES)
    }
    #[inline(always)]
    fn from_bits(bits: u32) -> Self {
        Self(M::from_bits(bits), M::from_bits(bits >> M::LANES))
    }
}

impl<R: Real> Real for Pair<R> {
    type Mask = Pair<R::Mask>;
    const LANES: usize = 2 * R::LANES;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self(R::splat(x), R::splat(x))
    }
    #[inline(always)]
    fn lane(self, lane: usize) -> f64 {
        if lane < R::LANES { self.0.lane(lane) } else { self.1.lane(lane - R::LANES) }
    }
    #[inline(always)]
    fn set_lane(&mut self, lane: usize, x: f64) {
        if lane < R::LANES { self.0.set_lane(lane, x) } else { self.1.set_lane(lane - R::LANES, x) }
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0), self.1.max(other.1))
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.min(other.1))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(self.0.abs(), self.1.abs())
    }
    #[inline(always)]
    fn lt(self, other: Self) -> Self::Mask {
        Pair(self.0.lt(other.0), self.1.lt(other.1))
    }
    #[inline(always)]
    fn le(self, other: Self) -> Self::Mask {
        Pair(self.0.le(other.0), self.1.le(other.1))
    }
    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Self(R::select(mask.0, yes.0, no.0), R::select(mask.1, yes.1, no.1))
    }
    #[inline(always)]
    fn reflect(self, constant: u64) -> Self {
        Self(self.0.reflect(constant), self.1.reflect(constant))
    }
    #[inline(always)]
    fn log_linear(self, constant: u32, multiplier: u32) -> Self {
        Self(self.0.log_linear(constant, multiplier), self.1.log_linear(constant, multiplier))
    }
}
