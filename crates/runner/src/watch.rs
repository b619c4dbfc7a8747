//! What is watched while patients are solved: extremes of the continuous solution, and a way back to shortly before.

use crate::patients::SOLVED;
use cartrial_lanes::{Mask, Real};
use cartrial_ode::{Method, Step};

/// No lane type is wider than this.
pub(crate) const MAX_LANES: usize = 16;

/// The highest (or else lowest) value of a state met so far and when, in hours.
#[derive(Clone, Copy)]
pub(crate) struct Extreme<R, const HIGHEST: bool> {
    /// Which state.
    state: usize,
    value: R,
    time_h: R,
    /// Bit i: in lane i the extreme lies where the state turns, inside the span, and not at an end of it.
    turning: u32,
}

impl<R: Real, const HIGHEST: bool> Extreme<R, HIGHEST> {
    pub(crate) fn of(state: usize) -> Self {
        Self { state, value: R::splat(0.0), time_h: R::splat(0.0), turning: 0 }
    }

    /// Begins anew in a lane, at t = 0 with this state.
    pub(crate) fn restart(&mut self, lane: usize, y: &[f64; SOLVED]) {
        self.set(lane, y[self.state], 0.0);
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

    /// Takes note of a step's end in the lanes of `lanes`.
    #[inline(always)]
    pub(crate) fn meet_end<M: Method>(&mut self, lanes: R::Mask, step: &Step<R, SOLVED, M>) {
        let value = step.end.y[self.state];
        let further = lanes & if HIGHEST { self.value.lt(value) } else { value.lt(self.value) };
        self.value = R::select(further, value, self.value);
        self.time_h = R::select(further, step.t1, self.time_h);
        self.turning &= !further.bits();
    }

    /// The lanes of `lanes` in which the state turns within the step.
    #[inline(always)]
    pub(crate) fn turns<M: Method>(&self, lanes: R::Mask, step: &Step<R, SOLVED, M>) -> R::Mask {
        let zero = R::splat(0.0);
        let (before, after) = (step.f0[self.state], step.end.f[self.state]);
        lanes & if HIGHEST { zero.lt(before) & after.lt(zero) } else { before.lt(zero) & zero.lt(after) }
    }

    /// Looks inside the step in one lane, where the state turns; whether that is the furthest so far.
    pub(crate) fn meet_turning_point<M: Method>(&mut self, lane: usize, step: &Step<R, SOLVED, M>) -> bool {
        let Some((value, time_h)) = self.turning_point(lane, step) else { return false };
        let so_far = self.value.lane(lane);
        let further = if HIGHEST { value > so_far } else { value < so_far };
        if further {
            self.set(lane, value, time_h);
            self.turning |= 1 << lane;
        }
        further
    }

    /// Value and time at which the state turns within the step.
    pub(crate) fn turning_point<M: Method>(
        &self,
        lane: usize,
        step: &Step<R, SOLVED, M>,
    ) -> Option<(f64, f64)> {
        let polynomial = step.dense(lane, self.state);
        let theta = polynomial.turning_point()?;
        Some((polynomial.value(theta), step.t0.lane(lane) + theta * step.h.lane(lane)))
    }
}

/// The solution at two times not long ago, of which the older is at least a lane's `span` ago (or the start).
#[derive(Clone, Copy)]
pub(crate) struct Wake<R> {
    span_h: R,
    older: (R, [R; SOLVED]),
    newer: (R, [R; SOLVED]),
}

impl<R: Real> Wake<R> {
    pub(crate) fn new() -> Self {
        let nothing = (R::splat(0.0), [R::splat(0.0); SOLVED]);
        Self { span_h: R::splat(0.0), older: nothing, newer: nothing }
    }

    /// Begins anew in a lane.
    pub(crate) fn restart(&mut self, lane: usize, t_h: f64, y: &[f64; SOLVED], span_h: f64) {
        self.span_h.set_lane(lane, span_h);
        for point in [&mut self.older, &mut self.newer] {
            point.0.set_lane(lane, t_h);
            for i in 0..SOLVED {
                point.1[i].set_lane(lane, y[i]);
            }
        }
    }

    /// Takes note of a step's end in the lanes of `lanes` if it is time.
    #[inline(always)]
    pub(crate) fn pass<M: Method>(&mut self, lanes: R::Mask, step: &Step<R, SOLVED, M>) {
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

    /// Time and state at the older point.
    pub(crate) fn older(&self, lane: usize) -> (f64, [f64; SOLVED]) {
        (self.older.0.lane(lane), std::array::from_fn(|i| self.older.1[i].lane(lane)))
    }
}
