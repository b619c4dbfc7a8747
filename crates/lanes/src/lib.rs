//! One number or eight: the number type that the model and the integrator are written in.
//!
//! [`Real`] is what an equation needs (+ − × ÷, fused multiply-add, comparison, selection). [`f64`] is one lane;
//! [`Portable`], `Avx2` and `Avx512` are eight. Every operation is the IEEE 754 operation on each lane by itself, so a
//! lane's result is the same bits at every [`Level`], in every lane and alone.
//!
//! [`dispatch`] picks the widest instructions that the processor has, at run time. This crate knows neither equations
//! nor patients, and holds all the unsafe code of the workspace.

mod level;
mod portable;
mod real;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use level::{Kernel, Level, LevelError, dispatch};
pub use portable::Portable;
pub use real::{Mask, Real};
