//! The solution a short while ago, from where a part of it can be solved again.

use crate::layout::SOLVED;
use cartrial_lanes::{Mask, Real};
use cartrial_ode::{OneStepMethod, Step};

/// The solution at two times not long ago, of which the older is at least a lane's `span` ago (or the start).
#[derive(Clone, Copy)]
pub(crate) struct StepHistory<R> {
    span_h: R,
    start_h: R,
    older: (R, [R; SOLVED]),
    newer: (R, [R; SOLVED]),
}

impl<R: Real> StepHistory<R> {
    pub(crate) fn new() -> Self {
        let nothing = (R::splat(0.0), [R::splat(0.0); SOLVED]);
        Self { span_h: R::splat(0.0), start_h: R::splat(0.0), older: nothing, newer: nothing }
    }

    /// Starts again in a lane.
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

    /// Records the end of a step in the lanes of `lanes` if enough time has passed.
    #[inline(always)]
    pub(crate) fn record_step<M: OneStepMethod>(&mut self, lanes: R::Mask, step: &Step<R, SOLVED, M>) {
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

    /// The lanes in which the segment began before `t`.
    #[inline(always)]
    pub(crate) fn began_before(&self, t: R) -> R::Mask {
        self.start_h.lt(t)
    }

    /// Time and state at the older point.
    pub(crate) fn older(&self, lane: usize) -> (f64, [f64; SOLVED]) {
        (self.older.0.lane(lane), std::array::from_fn(|i| self.older.1[i].lane(lane)))
    }
}
