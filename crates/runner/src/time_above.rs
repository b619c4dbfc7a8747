//! How long a quantity is above a threshold.

use cartrial_lanes::{Mask, Real};
use cartrial_ode::Quartic;

/// How long a quantity has been above a threshold so far, and since when, in hours.
#[derive(Clone, Copy)]
pub(crate) struct TimeAboveThreshold<R> {
    threshold: R,
    /// Bit i: in lane i it is above at the end of the last step.
    above: u32,
    hours: R,
    first_h: R,
}

impl<R: Real> TimeAboveThreshold<R> {
    pub(crate) fn new(threshold: f64) -> Self {
        let zero = R::splat(0.0);
        Self { threshold: R::splat(threshold), above: 0, hours: zero, first_h: zero }
    }

    /// Starts again in a lane, with this value at t = 0.
    pub(crate) fn restart(&mut self, lane: usize, value: f64) {
        self.hours.set_lane(lane, 0.0);
        self.first_h.set_lane(lane, f64::INFINITY);
        self.observe_jump(lane, value, 0.0);
    }

    /// Observes a jump to this value.
    pub(crate) fn observe_jump(&mut self, lane: usize, value: f64, t_h: f64) {
        let above = value > self.threshold.lane(lane);
        self.above = self.above & !(1 << lane) | u32::from(above) << lane;
        if above {
            self.first_h.set_lane(lane, self.first_h.lane(lane).min(t_h));
        }
    }

    /// Observes a step in the lanes of `lanes`, over which the quantity goes from `start` with derivative `slope`
    /// to `end`. In the lanes that are returned the threshold may be crossed within the step: call [`locate_crossings`](Self::locate_crossings).
    #[inline(always)]
    pub(crate) fn observe_step(
        &mut self,
        lanes: R::Mask,
        h: R,
        start: R,
        end: R,
        slope: R,
        turns: R::Mask,
    ) -> R::Mask {
        let before = R::Mask::from_bits(self.above);
        let after = self.threshold.lt(end);
        self.hours = self.hours + R::select(lanes & before & after, h, R::splat(0.0));
        self.above = (after & lanes | before & !lanes).bits();
        // A curve that turns once lies on one side of its tangent.
        let furthest = self.threshold.lt(slope.mul_add(h, start));
        let crosses = before & !after | after & !before;
        let touches = turns & (before & !furthest | furthest & !before);
        lanes & (crosses | touches)
    }

    /// Locates the crossings within the step that was observed last, in one of the lanes returned.
    #[cold]
    pub(crate) fn locate_crossings(&mut self, lane: usize, t0_h: f64, h: f64, value: &Quartic) {
        let threshold = self.threshold.lane(lane);
        let was_counted = value.value(0.0) > threshold && self.above >> lane & 1 != 0;
        let mut share = if was_counted { -1.0 } else { 0.0 };
        for [from, to] in value.monotone_pieces() {
            let crossing = value.crossing(threshold, [from, to]);
            let rises = value.value(to) > value.value(from);
            let [start, end] = match crossing {
                Some(crossing) if rises => [crossing, to],
                Some(crossing) => [from, crossing],
                None if value.value(0.5 * (from + to)) > threshold => [from, to],
                None => continue,
            };
            share += end - start;
            let first = self.first_h.lane(lane).min(t0_h + start * h);
            self.first_h.set_lane(lane, first);
        }
        self.hours.set_lane(lane, self.hours.lane(lane) + share * h);
    }

    /// Hours above in a lane so far.
    pub(crate) fn hours(&self, lane: usize) -> f64 {
        self.hours.lane(lane)
    }

    /// When it was first above in a lane; infinite if never.
    pub(crate) fn first_h(&self, lane: usize) -> f64 {
        self.first_h.lane(lane)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours above 0.75 and since when, of a step of 2 h from t = 10 h with this course.
    fn observed(course: Quartic) -> (f64, f64) {
        let mut time = TimeAboveThreshold::<f64>::new(0.75);
        time.restart(0, course.value(0.0));
        let turns = course.turning_point().is_some();
        if time.observe_step(true, 2.0, course.value(0.0), course.value(1.0), course.slope(0.0) / 2.0, turns)
        {
            time.locate_crossings(0, 10.0, 2.0, &course);
        }
        (time.hours(0), time.first_h(0))
    }

    fn is_near(found: (f64, f64), expected: (f64, f64)) {
        assert!((found.0 - expected.0).abs() < 1e-14 && (found.1 - expected.1).abs() < 1e-13, "{found:?}");
    }

    #[test]
    fn rises_falls_tops_and_dips_are_measured() {
        is_near(observed(Quartic([0.0, 1.0, 0.0, 0.0, 0.0])), (0.5, 11.5));
        is_near(observed(Quartic([1.0, -1.0, 0.0, 0.0, 0.0])), (0.5, 0.0));
        is_near(observed(Quartic([0.0, 4.0, -4.0, 0.0, 0.0])), (1.0, 10.5));
        is_near(observed(Quartic([1.5, -4.0, 4.0, 0.0, 0.0])), (1.0, 0.0));
    }

    #[test]
    fn steps_that_are_wholly_above_or_below_count_in_full_or_not_at_all() {
        is_near(observed(Quartic([1.0, 1.0, 0.0, 0.0, 0.0])), (2.0, 0.0));
        let (hours, first) = observed(Quartic([0.1, 0.1, 0.0, 0.0, 0.0]));
        assert_eq!((hours, first), (0.0, f64::INFINITY));
    }
}
