//! The highest or lowest value of a quantity along the continuous solution.

use cartrial_lanes::{Mask, Real};
use cartrial_ode::Quartic;

/// The highest (or else lowest) value of a quantity so far and when, in hours.
#[derive(Clone, Copy)]
pub(crate) struct ExtremumTracker<R, const HIGHEST: bool> {
    value: R,
    time_h: R,
    /// Bit i: in lane i the extremum lies where the quantity turns, and not at an end or at a jump.
    turning: u32,
}

impl<R: Real, const HIGHEST: bool> ExtremumTracker<R, HIGHEST> {
    pub(crate) fn new() -> Self {
        Self { value: R::splat(0.0), time_h: R::splat(0.0), turning: 0 }
    }

    /// Starts again in a lane, with this value at t = 0.
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

    /// Treats the extremum so far as a turning point.
    pub(crate) fn mark_as_turning_point(&mut self, lane: usize) {
        self.turning |= 1 << lane;
    }

    fn is_beyond(&self, value: R) -> R::Mask {
        if HIGHEST { self.value.lt(value) } else { value.lt(self.value) }
    }

    /// Observes the value at the end of a step, at time `t1`, in the lanes of `lanes`.
    #[inline(always)]
    pub(crate) fn observe_step_end(&mut self, lanes: R::Mask, t1: R, value: R) {
        let beyond = lanes & self.is_beyond(value);
        self.value = R::select(beyond, value, self.value);
        self.time_h = R::select(beyond, t1, self.time_h);
        self.turning &= !beyond.bits();
    }

    /// The lanes in which the extremum so far lies at `t0`, where a step begins.
    #[inline(always)]
    pub(crate) fn is_at(&self, t0: R) -> R::Mask {
        self.time_h.le(t0) & !self.time_h.lt(t0)
    }

    /// Observes a value in one lane; whether it is the extremum so far.
    pub(crate) fn observe(&mut self, lane: usize, value: f64, time_h: f64) -> bool {
        let so_far = self.value.lane(lane);
        let beyond = if HIGHEST { value > so_far } else { value < so_far };
        if beyond {
            self.set(lane, value, time_h);
            self.turning &= !(1 << lane);
        }
        beyond
    }

    /// Observes the turning point within a step in one lane; whether it is the extremum so far.
    pub(crate) fn observe_turning_point(&mut self, lane: usize, t0_h: f64, h: f64, course: &Quartic) -> bool {
        let Some((value, time_h)) = turning_point(t0_h, h, course) else { return false };
        let beyond = self.observe(lane, value, time_h);
        if beyond {
            self.mark_as_turning_point(lane);
        }
        beyond
    }
}

/// Value and time at which a quantity turns within a step.
pub(crate) fn turning_point(t0_h: f64, h: f64, course: &Quartic) -> Option<(f64, f64)> {
    let theta = course.turning_point()?;
    Some((course.value(theta), t0_h + theta * h))
}
