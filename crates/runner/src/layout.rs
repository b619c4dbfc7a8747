//! What is solved for each patient, and what is kept for each lane.

use cartrial_lanes::Real;
use cartrial_model::{CAR_T, STATE_COUNT, State};

/// The seven states and, behind them, ∫I dt.
pub(crate) const SOLVED: usize = STATE_COUNT + 1;
/// Position of ∫I dt, in pg·h/mL.
pub(crate) const INFLAMMATION_AUC: usize = STATE_COUNT;

/// The model's states among the variables that are solved.
#[inline(always)]
pub(crate) fn states<T: Copy>(y: &[T; SOLVED]) -> State<T> {
    let [b, i, ce, cm, he, hm, l, _] = *y;
    [b, i, ce, cm, he, hm, l]
}

/// All CAR T cells.
#[inline(always)]
pub(crate) fn car_t<R: Real>(y: &[R; SOLVED]) -> R {
    let [ce, cm, he, hm] = CAR_T;
    (y[ce] + y[cm]) + (y[he] + y[hm])
}

/// No lane type is wider than this.
pub(crate) const MAX_LANES: usize = 16;

/// A value for every lane of `R`; a wider lane type is refused when compiling.
pub(crate) fn in_every_lane<R: Real, T: Copy>(value: T) -> [T; MAX_LANES] {
    const { assert!(R::LANES <= MAX_LANES, "raise MAX_LANES") }
    [value; MAX_LANES]
}
