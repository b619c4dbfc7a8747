//! Eight lanes in one 512-bit register (AVX-512) or two 256-bit registers (AVX2).
//!
//! # Safety
//! The intrinsics need the instruction set that they are named for. The types are not exported, and code over
//! [`Real`] is compiled for one of them by [`crate::dispatch`] alone, which has asked the processor for it: wherever one
//! of these operations runs, its instructions are there.
#![allow(unsafe_code)]

use crate::real::{Mask, Real};
use std::arch::x86_64::*;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Not, Sub};

/// Eight numbers in one 512-bit register.
#[derive(Clone, Copy, Debug)]
pub struct Avx512(__m512d);

/// Eight truth values in a mask register.
#[derive(Clone, Copy, Debug)]
pub struct Mask512(__mmask8);

/// Eight numbers in two 256-bit registers.
#[derive(Clone, Copy, Debug)]
pub struct Avx2([__m256d; 2]);

/// Eight truth values as all-ones or all-zeros doubles.
#[derive(Clone, Copy, Debug)]
pub struct Mask256([__m256d; 2]);

macro_rules! lanewise {
    ($($trait:ident $method:ident $avx512:ident $avx2:ident)*) => {$(
        impl $trait for Avx512 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                // SAFETY: dispatch has asked for AVX-512.
                Self(unsafe { $avx512(self.0, other.0) })
            }
        }
        impl $trait for Avx2 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                // SAFETY: dispatch has asked for AVX2.
                Self(unsafe { [$avx2(self.0[0], other.0[0]), $avx2(self.0[1], other.0[1])] })
            }
        }
    )*};
}
lanewise! {
    Add add _mm512_add_pd _mm256_add_pd
    Sub sub _mm512_sub_pd _mm256_sub_pd
    Mul mul _mm512_mul_pd _mm256_mul_pd
    Div div _mm512_div_pd _mm256_div_pd
}

impl BitAnd for Mask512 {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
impl BitOr for Mask512 {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
impl Not for Mask512 {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(!self.0)
    }
}
impl Mask for Mask512 {
    #[inline(always)]
    fn none() -> Self {
        Self(0)
    }
    #[inline(always)]
    fn bits(self) -> u32 {
        u32::from(self.0)
    }
    #[inline(always)]
    fn from_bits(bits: u32) -> Self {
        Self(bits as u8)
    }
}

impl Real for Avx512 {
    type Mask = Mask512;
    const LANES: usize = 8;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        // SAFETY: dispatch has asked for AVX-512.
        Self(unsafe { _mm512_set1_pd(x) })
    }
    #[inline(always)]
    fn lane(self, lane: usize) -> f64 {
        // SAFETY: eight numbers side by side, in either type.
        let lanes: [f64; 8] = unsafe { std::mem::transmute(self.0) };
        lanes[lane]
    }
    #[inline(always)]
    fn set_lane(&mut self, lane: usize, x: f64) {
        // SAFETY: eight numbers side by side, aligned for more than one, and borrowed from `self` alone.
        let lanes: &mut [f64; 8] = unsafe { &mut *(&raw mut self.0).cast() };
        lanes[lane] = x;
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: dispatch has asked for AVX-512.
        Self(unsafe { _mm512_fmadd_pd(self.0, factor.0, term.0) })
    }
    #[inline(always)]
    fn neg_mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: dispatch has asked for AVX-512.
        Self(unsafe { _mm512_fnmadd_pd(self.0, factor.0, term.0) })
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        // SAFETY: dispatch has asked for AVX-512.
        Self(unsafe { _mm512_max_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        // SAFETY: dispatch has asked for AVX-512.
        Self(unsafe { _mm512_min_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn abs(self) -> Self {
        // SAFETY: dispatch has asked for AVX-512.
        Self(unsafe { _mm512_abs_pd(self.0) })
    }
    #[inline(always)]
    fn lt(self, other: Self) -> Mask512 {
        // SAFETY: dispatch has asked for AVX-512.
        Mask512(unsafe { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(self.0, other.0) })
    }
    #[inline(always)]
    fn le(self, other: Self) -> Mask512 {
        // SAFETY: dispatch has asked for AVX-512.
        Mask512(unsafe { _mm512_cmp_pd_mask::<_CMP_LE_OQ>(self.0, other.0) })
    }
    #[inline(always)]
    fn select(mask: Mask512, yes: Self, no: Self) -> Self {
        // SAFETY: dispatch has asked for AVX-512.
        Self(unsafe { _mm512_mask_blend_pd(mask.0, no.0, yes.0) })
    }
    #[inline(always)]
    fn reflect(self, constant: u64) -> Self {
        // SAFETY: dispatch has asked for AVX-512.
        unsafe {
            let bits = _mm512_sub_epi64(_mm512_set1_epi64(constant as i64), _mm512_castpd_si512(self.0));
            Self(_mm512_castsi512_pd(bits))
        }
    }
    #[inline(always)]
    fn log_linear(self, constant: u32, multiplier: u32) -> Self {
        // SAFETY: dispatch has asked for AVX-512.
        unsafe {
            let high = _mm512_srli_epi64::<32>(_mm512_castpd_si512(self.0));
            let scaled = _mm512_mul_epu32(high, _mm512_set1_epi64(i64::from(multiplier)));
            let scaled = _mm512_srli_epi64::<32>(scaled);
            let bits = _mm512_sub_epi64(_mm512_set1_epi64(i64::from(constant)), scaled);
            Self(_mm512_castsi512_pd(_mm512_slli_epi64::<32>(bits)))
        }
    }
    #[inline(always)]
    fn power_of_two_from_low_bits(self) -> Self {
        // SAFETY: dispatch has asked for AVX-512.
        unsafe {
            let biased = _mm512_add_epi64(_mm512_castpd_si512(self.0), _mm512_set1_epi64(1023));
            Self(_mm512_castsi512_pd(_mm512_slli_epi64::<52>(biased)))
        }
    }
}

impl BitAnd for Mask256 {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        // SAFETY: dispatch has asked for AVX2.
        Self(unsafe { [_mm256_and_pd(self.0[0], other.0[0]), _mm256_and_pd(self.0[1], other.0[1])] })
    }
}
impl BitOr for Mask256 {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        // SAFETY: dispatch has asked for AVX2.
        Self(unsafe { [_mm256_or_pd(self.0[0], other.0[0]), _mm256_or_pd(self.0[1], other.0[1])] })
    }
}
impl Not for Mask256 {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        // SAFETY: dispatch has asked for AVX2.
        let ones = unsafe { _mm256_castsi256_pd(_mm256_set1_epi64x(-1)) };
        // SAFETY: dispatch has asked for AVX2.
        Self(unsafe { [_mm256_xor_pd(self.0[0], ones), _mm256_xor_pd(self.0[1], ones)] })
    }
}
impl Mask for Mask256 {
    #[inline(always)]
    fn none() -> Self {
        // SAFETY: dispatch has asked for AVX2.
        Self([unsafe { _mm256_setzero_pd() }; 2])
    }
    #[inline(always)]
    fn bits(self) -> u32 {
        // SAFETY: dispatch has asked for AVX2.
        unsafe { (_mm256_movemask_pd(self.0[0]) | (_mm256_movemask_pd(self.0[1]) << 4)) as u32 }
    }
    #[inline(always)]
    fn from_bits(bits: u32) -> Self {
        let lane = |i: u32| if bits >> i & 1 != 0 { u64::MAX } else { 0 };
        // SAFETY: 512 bits in either type, of which every pattern is a value.
        Self(unsafe { std::mem::transmute::<[u64; 8], [__m256d; 2]>([0, 1, 2, 3, 4, 5, 6, 7].map(lane)) })
    }
}

impl Real for Avx2 {
    type Mask = Mask256;
    const LANES: usize = 8;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        // SAFETY: dispatch has asked for AVX2.
        Self([unsafe { _mm256_set1_pd(x) }; 2])
    }
    #[inline(always)]
    fn lane(self, lane: usize) -> f64 {
        // SAFETY: eight numbers side by side, in either type.
        let lanes: [f64; 8] = unsafe { std::mem::transmute(self.0) };
        lanes[lane]
    }
    #[inline(always)]
    fn set_lane(&mut self, lane: usize, x: f64) {
        // SAFETY: eight numbers side by side, aligned for more than one, and borrowed from `self` alone.
        let lanes: &mut [f64; 8] = unsafe { &mut *(&raw mut self.0).cast() };
        lanes[lane] = x;
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: dispatch has asked for AVX2.
        Self(unsafe {
            [
                _mm256_fmadd_pd(self.0[0], factor.0[0], term.0[0]),
                _mm256_fmadd_pd(self.0[1], factor.0[1], term.0[1]),
            ]
        })
    }
    #[inline(always)]
    fn neg_mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: dispatch has asked for AVX2.
        Self(unsafe {
            [
                _mm256_fnmadd_pd(self.0[0], factor.0[0], term.0[0]),
                _mm256_fnmadd_pd(self.0[1], factor.0[1], term.0[1]),
            ]
        })
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        // SAFETY: dispatch has asked for AVX2.
        Self(unsafe { [_mm256_max_pd(self.0[0], other.0[0]), _mm256_max_pd(self.0[1], other.0[1])] })
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        // SAFETY: dispatch has asked for AVX2.
        Self(unsafe { [_mm256_min_pd(self.0[0], other.0[0]), _mm256_min_pd(self.0[1], other.0[1])] })
    }
    #[inline(always)]
    fn abs(self) -> Self {
        // SAFETY: dispatch has asked for AVX2.
        let sign = unsafe { _mm256_set1_pd(-0.0) };
        // SAFETY: dispatch has asked for AVX2.
        Self(unsafe { [_mm256_andnot_pd(sign, self.0[0]), _mm256_andnot_pd(sign, self.0[1])] })
    }
    #[inline(always)]
    fn lt(self, other: Self) -> Mask256 {
        // SAFETY: dispatch has asked for AVX2.
        Mask256(unsafe {
            [
                _mm256_cmp_pd::<_CMP_LT_OQ>(self.0[0], other.0[0]),
                _mm256_cmp_pd::<_CMP_LT_OQ>(self.0[1], other.0[1]),
            ]
        })
    }
    #[inline(always)]
    fn le(self, other: Self) -> Mask256 {
        // SAFETY: dispatch has asked for AVX2.
        Mask256(unsafe {
            [
                _mm256_cmp_pd::<_CMP_LE_OQ>(self.0[0], other.0[0]),
                _mm256_cmp_pd::<_CMP_LE_OQ>(self.0[1], other.0[1]),
            ]
        })
    }
    #[inline(always)]
    fn select(mask: Mask256, yes: Self, no: Self) -> Self {
        // SAFETY: dispatch has asked for AVX2.
        Self(unsafe {
            [_mm256_blendv_pd(no.0[0], yes.0[0], mask.0[0]), _mm256_blendv_pd(no.0[1], yes.0[1], mask.0[1])]
        })
    }
    #[inline(always)]
    fn reflect(self, constant: u64) -> Self {
        let mut out = self;
        for i in 0..2 {
            // SAFETY: dispatch has asked for AVX2.
            out.0[i] = unsafe {
                let bits =
                    _mm256_sub_epi64(_mm256_set1_epi64x(constant as i64), _mm256_castpd_si256(self.0[i]));
                _mm256_castsi256_pd(bits)
            };
        }
        out
    }
    #[inline(always)]
    fn log_linear(self, constant: u32, multiplier: u32) -> Self {
        let mut out = self;
        for i in 0..2 {
            // SAFETY: dispatch has asked for AVX2.
            out.0[i] = unsafe {
                let high = _mm256_srli_epi64::<32>(_mm256_castpd_si256(self.0[i]));
                let scaled = _mm256_mul_epu32(high, _mm256_set1_epi64x(i64::from(multiplier)));
                let scaled = _mm256_srli_epi64::<32>(scaled);
                let bits = _mm256_sub_epi64(_mm256_set1_epi64x(i64::from(constant)), scaled);
                _mm256_castsi256_pd(_mm256_slli_epi64::<32>(bits))
            };
        }
        out
    }
    #[inline(always)]
    fn power_of_two_from_low_bits(self) -> Self {
        let mut out = self;
        for i in 0..2 {
            // SAFETY: dispatch has asked for AVX2.
            out.0[i] = unsafe {
                let biased = _mm256_add_epi64(_mm256_castpd_si256(self.0[i]), _mm256_set1_epi64x(1023));
                _mm256_castsi256_pd(_mm256_slli_epi64::<52>(biased))
            };
        }
        out
    }
}
