//! One number or eight side by side: the number type over which the model and the integrator are written.
//!
//! [`Real`] is what an equation needs (+ − × ÷, fused multiply-add, comparison, selection). [`f64`] is one lane;
//! [`Portable`], `Avx2` and `Avx512` are eight. Every operation is the IEEE 754 operation on each lane by itself, so the
//! result in a lane has the same bits at every [`Level`], in any lane, and alone.
//!
//! ```
//! use cartrial_lanes::{Kernel, Level, Mask, Real, dispatch};
//!
//! /// Counts positive numbers, as many at a time as the instructions allow.
//! struct CountPositive<'a>(&'a [f64]);
//!
//! impl Kernel for CountPositive<'_> {
//!     type Output = u32;
//!
//!     #[inline(always)]
//!     fn run<R: Real>(self) -> u32 {
//!         let count = |numbers: &[f64]| {
//!             let mut lanes = R::splat(0.0);
//!             for (lane, &x) in numbers.iter().enumerate() {
//!                 lanes.set_lane(lane, x);
//!             }
//!             R::splat(0.0).lt(lanes).bits().count_ones()
//!         };
//!         self.0.chunks(R::LANES).map(count).sum()
//!     }
//! }
//!
//! let numbers: Vec<f64> = (-3..=9).map(f64::from).collect();
//! for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
//!     assert_eq!(dispatch(level, CountPositive(&numbers)), 9);
//! }
//! ```
//!
//! [`dispatch`] runs a kernel at a level chosen at run time, for instance the [best](Level::best) that the processor
//! supports. This crate knows neither equations nor patients, and holds all the unsafe code of the workspace.

mod level;
mod portable;
mod real;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use level::{Kernel, Level, LevelError, dispatch, dispatch_fast};
pub use portable::Portable;
pub use real::{Mask, Real};
