//! SIMD levels: which of them the processor supports, which one to use, and how to run a computation at it.
#![allow(unsafe_code)]

#[cfg(not(target_arch = "x86_64"))]
use crate::portable::Portable;
use crate::real::Real;
#[cfg(target_arch = "x86_64")]
use crate::x86::{Avx2, Avx512};
use std::fmt;

/// An instruction set for which lane code is compiled. All levels give the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// One number at a time: the oracle for the other levels.
    Scalar,
    /// The instructions that every processor of the architecture has, in eight lanes; on x86-64, where without FMA every fused multiply-add
    /// is a call to the C library, in one, since eight at a time would be no faster and thrice the code. By far the slowest level there.
    Baseline,
    /// Eight lanes in two 256-bit registers, with FMA.
    Avx2,
    /// Eight lanes in one 512-bit register.
    Avx512,
}

/// The environment variable that forces a level.
const VARIABLE: &str = "CARTRIAL_SIMD";

/// A level was requested that is not available.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// The variable names no level.
    #[error(
        "{VARIABLE}={0:?} is no SIMD level. Valid: scalar, baseline, avx2, avx512; unset it to use the best"
    )]
    Unknown(String),
    /// The processor lacks the instructions.
    #[error("{VARIABLE}={0}: this processor has no such instructions; its best is {1}")]
    Unsupported(Level, Level),
}

impl Level {
    /// Every level, narrowest first.
    pub const ALL: [Level; 4] = [Self::Scalar, Self::Baseline, Self::Avx2, Self::Avx512];

    /// Its name in `CARTRIAL_SIMD`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Whether it is the best level of processors that are in use, and so worth code of its own.
    pub const fn is_fast(self) -> bool {
        match self {
            Self::Scalar => false,
            Self::Baseline => cfg!(not(target_arch = "x86_64")),
            Self::Avx2 | Self::Avx512 => true,
        }
    }

    /// Whether this processor supports it.
    pub fn is_supported(self) -> bool {
        match self {
            Self::Scalar | Self::Baseline => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && Self::Avx2.is_supported()
            }
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// The widest level that this processor supports.
    pub fn best() -> Self {
        Self::ALL.into_iter().rev().find(|level| level.is_supported()).unwrap_or(Self::Baseline)
    }

    /// The level that the environment variable `CARTRIAL_SIMD` names; without it, the best.
    ///
    /// # Errors
    /// The variable names no level, or one that this processor does not support.
    pub fn from_environment() -> Result<Self, LevelError> {
        let Some(requested) = std::env::var_os(VARIABLE) else { return Ok(Self::best()) };
        let requested = requested.to_string_lossy().into_owned();
        let level = Self::ALL.into_iter().find(|level| level.name() == requested);
        match level {
            None => Err(LevelError::Unknown(requested)),
            Some(level) if level.is_supported() => Ok(level),
            Some(level) => Err(LevelError::Unsupported(level, Self::best())),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A computation written once over [`Real`] and compiled for every level.
pub trait Kernel {
    /// Its result.
    type Output;
    /// The computation. Mark it and all the hot code that it calls `#[inline(always)]`: only what is inlined into the
    /// dispatching function is compiled for that function's instruction set.
    fn run<R: Real>(self) -> Self::Output;
}

/// Runs a kernel at a SIMD level.
///
/// # Panics
/// The processor does not support `level`; see [`Level::is_supported`].
pub fn dispatch<K: Kernel>(level: Level, kernel: K) -> K::Output {
    assert!(level.is_supported(), "this processor cannot run SIMD level {level}");
    match level {
        // SAFETY: the guard has asked the processor for this feature.
        #[cfg(target_arch = "x86_64")]
        Level::Scalar if is_x86_feature_detected!("fma") => unsafe { run_scalar(kernel) },
        #[cfg(target_arch = "x86_64")]
        Level::Scalar | Level::Baseline => kernel.run::<f64>(),
        #[cfg(not(target_arch = "x86_64"))]
        Level::Scalar => kernel.run::<f64>(),
        #[cfg(not(target_arch = "x86_64"))]
        Level::Baseline => kernel.run::<Portable>(),
        // SAFETY: `is_supported` has asked the processor for the features.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { run_avx2(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe { run_avx512(kernel) },
        #[cfg(not(target_arch = "x86_64"))]
        Level::Avx2 | Level::Avx512 => unreachable!("not supported off x86-64"),
    }
}

/// Runs a kernel at a [fast](Level::is_fast) level, and is compiled for these alone: for special cases of what [`dispatch`] runs at the
/// others.
///
/// # Panics
/// The level is not fast, or the processor does not support it.
pub fn dispatch_fast<K: Kernel>(level: Level, kernel: K) -> K::Output {
    assert!(level.is_fast() && level.is_supported(), "this processor has no fast SIMD level {level}");
    match level {
        // SAFETY: `is_supported` has asked the processor for the features.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { run_avx2(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe { run_avx512(kernel) },
        #[cfg(not(target_arch = "x86_64"))]
        Level::Baseline => kernel.run::<Portable>(),
        _ => unreachable!("not a fast level"),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "fma")]
fn run_scalar<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<f64>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Avx2>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx2,fma")]
fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Avx512>()
}
