//! What is watched while patients are solved: extremes of the continuous solution, and a way back to shortly before.

use crate::patients::SOLVED;
use cartrial_lanes::{Mask, Real};
use cartrial_ode::{OneStepMethod, Quartic, Step};

/// No lane type is wider than this.
pub(crate) const MAX_LANES: usize = 16;

/// A value for every lane of `R`; a wider lane type is refused when compiling.
pub(crate) fn in_every_lane<R: Real, T: Copy>(value: T) -> [T; MAX_LANES] {
    const { assert!(R::LANES <= MAX_LANES, "raise MAX_LANES") }
    [value; MAX_LANES]
}

/// The highest (or else lowest) value of a quantity met so far and when, in hours.
#[derive(Clone, Copy)]
pub(crate) struct Extreme<R, const HIGHEST: bool> {
    value: R,
    time_h: R,
    /// Bit i: in lane i the extreme lies where the quantity turns, and not at an end or at a jump.
    turning: u32,
}

impl<R: Real, const HIGHEST: bool> Extreme<R, HIGHEST> {
    pub(crate) fn new() -> Self {
        Self { value: R::splat(0.0), time_h: R::splat(0.0), turning: 0 }
    }

    /// Begins anew in a lane, with this value at t = 0.
    pub(crate) fn restart(&mut self, lane: usize, value: f64) {
        self.set(lane, value, 0.0);
        self.turning &= !(1 << lane);
    }

    pub(crate) fn set(&mut self, lane: usize, value: f64, time_h: f64) {
        self.value.set_lane(lane, value);
        self.time_h.set_lane(lane, time_h);
    }

    /// Value and time in a lane.
    pub(crate) fn get(&self, lane: usize) -> (f64, f64) {
        (self.value.lane(lane), self.time_h.lane(lane))
    }

    pub(crate) fn is_turning_point(&self, lane: usize) -> bool {
        self.turning >> lane & 1 != 0
    }

    /// The extreme so far is taken for a turning point, whatever it seemed to be.
    pub(crate) fn take_for_turning_point(&mut self, lane: usize) {
        self.turning |= 1 << lane;
    }

    fn is_further(&self, value: R) -> R::Mask {
        if HIGHEST { self.value.lt(value) } else { value.lt(self.value) }
    }

    /// Takes note of the value at the end of a step, at time `t1`, in the lanes of `lanes`.
    #[inline(always)]
    pub(crate) fn meet_end(&mut self, lanes: R::Mask, t1: R, value: R) {
        let further = lanes & self.is_further(value);
        self.value = R::select(further, value, self.value);
        self.time_h = R::select(further, t1, self.time_h);
        self.turning &= !further.bits();
    }

    /// The lanes in which the extreme so far lies at `t0`, where a step begins.
    #[inline(always)]
    pub(crate) fn is_at(&self, t0: R) -> R::Mask {
        self.time_h.le(t0) & !self.time_h.lt(t0)
    }

    /// Takes note of a value in one lane; whether it is the furthest so far.
    pub(crate) fn meet(&mut self, lane: usize, value: f64, time_h: f64) -> bool {
        let so_far = self.value.lane(lane);
        let further = if HIGHEST { value > so_far } else { value < so_far };
        if further {
            self.set(lane, value, time_h);
            self.turning &= !(1 << lane);
        }
        further
    }

    /// Looks inside a step in one lane, where the quantity turns; whether that is the furthest so far.
    pub(crate) fn meet_turning_point(&mut self, lane: usize, t0_h: f64, h: f64, course: &Quartic) -> bool {
        let Some((value, time_h)) = turning_point(t0_h, h, course) else { return false };
        let further = self.meet(lane, value, time_h);
        if further {
            self.take_for_turning_point(lane);
        }
        further
    }
}

/// Value and time at which a quantity turns within a step.
pub(crate) fn turning_point(t0_h: f64, h: f64, course: &Quartic) -> Option<(f64, f64)> {
    let theta = course.turning_point()?;
    Some((course.value(theta), t0_h + theta * h))
}

/// The solution at two times not long ago, of which the older is at least a lane's `span` ago (or the start).
#[derive(Clone, Copy)]
pub(crate) struct Wake<R> {
    span_h: R,
    start_h: R,
    older: (R, [R; SOLVED]),
    newer: (R, [R; SOLVED]),
}

impl<R: Real> Wake<R> {
    pub(crate) fn new() -> Self {
        let nothing = (R::splat(0.0), [R::splat(0.0); SOLVED]);
        Self { span_h: R::splat(0.0), start_h: R::splat(0.0), older: nothing, newer: nothing }
    }

    /// Begins anew in a lane.
    pub(crate) fn restart(&mut self, lane: usize, t_h: f64, y: &[f64; SOLVED], span_h: f64) {
        self.span_h.set_lane(lane, span_h);
        self.start_h.set_lane(lane, t_h);
        for point in [&mut self.older, &mut self.newer] {
            point.0.set_lane(lane, t_h);
            for i in 0..SOLVED {
                point.1[i].set_lane(lane, y[i]);
            }
        }
    }

    /// Takes note of a step's end in the lanes of `lanes` if it is time.
    #[inline(always)]
    pub(crate) fn pass<M: OneStepMethod>(&mut self, lanes: R::Mask, step: &Step<R, SOLVED, M>) {
        let due = lanes & self.span_h.lt(step.t1 - self.newer.0);
        if due.any() {
            self.older.0 = R::select(due, self.newer.0, self.older.0);
            self.newer.0 = R::select(due, step.t1, self.newer.0);
            for i in 0..SOLVED {
                self.older.1[i] = R::select(due, self.newer.1[i], self.older.1[i]);
                self.newer.1[i] = R::select(due, step.end.y[i], self.newer.1[i]);
            }
        }
    }

    /// The lanes in which the segment of this wake began before `t`.
    #[inline(always)]
    pub(crate) fn began_before(&self, t: R) -> R::Mask {
        self.start_h.lt(t)
    }

    /// Time and state at the older point.
    pub(crate) fn older(&self, lane: usize) -> (f64, [f64; SOLVED]) {
        (self.older.0.lane(lane), std::array::from_fn(|i| self.older.1[i].lane(lane)))
    }
}
