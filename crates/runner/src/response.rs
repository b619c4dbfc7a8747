//! Remission and relapse: the tumour falls below one level, then rises above another.

use crate::layout::{MAX_LANES, in_every_lane};
use cartrial_cohort::EndpointThresholds;
use cartrial_lanes::Real;
use cartrial_ode::Quartic;

/// Whether and when every lane's tumour has gone into remission and relapsed.
#[derive(Clone)]
pub(crate) struct ResponseTracker<R> {
    endpoints: EndpointThresholds,
    /// The tumour variable of a burden.
    from_burden: fn(f64) -> f64,
    /// The level whose crossing is awaited; without meaning after a relapse.
    level: R,
    /// −1 where a fall below the level is awaited, 1 where a rise above it, 0 where neither.
    direction: R,
    times: [ResponseTimes; MAX_LANES],
}

/// When one patient's tumour has gone into remission and relapsed so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ResponseTimes {
    remission_threshold: f64,
    relapse_threshold: f64,
    /// Time of remission.
    pub remission_h: Option<f64>,
    /// Time of the first relapse after it.
    pub relapse_h: Option<f64>,
}

impl<R: Real> ResponseTracker<R> {
    /// `from_burden` gives the variable in which the tumour is observed.
    pub(crate) fn new(endpoints: EndpointThresholds, from_burden: fn(f64) -> f64) -> Self {
        let zero = R::splat(0.0);
        Self {
            endpoints,
            from_burden,
            level: zero,
            direction: zero,
            times: in_every_lane::<R, _>(ResponseTimes::default()),
        }
    }

    /// Starts again in a lane, with the patient's own tumour burden and the tumour variable at t = 0.
    pub(crate) fn restart(&mut self, lane: usize, own_burden: f64, tumour: f64) {
        let of = |fraction: f64, count: f64| (self.from_burden)((fraction * own_burden).max(count));
        let EndpointThresholds {
            remission_fraction, remission_count, relapse_fraction, relapse_count, ..
        } = self.endpoints;
        let relapse_threshold = of(relapse_fraction, relapse_count);
        let remission_threshold = of(remission_fraction, remission_count);
        self.times[lane] =
            ResponseTimes { remission_threshold, relapse_threshold, remission_h: None, relapse_h: None };
        self.level.set_lane(lane, remission_threshold);
        self.direction.set_lane(lane, -1.0);
        if tumour < self.level.lane(lane) {
            self.record(lane, 0.0);
        }
    }

    /// The lanes of `lanes` whose tumour has crossed its level by the end of the step, or may have within it, where it has
    /// a bottom or a top.
    #[inline(always)]
    pub(crate) fn observe_step(&self, lanes: R::Mask, burden: R, bottoms: R::Mask, tops: R::Mask) -> R::Mask {
        let met = R::splat(0.0).lt((burden - self.level) * self.direction);
        let (falls, rises) = (self.direction.lt(R::splat(0.0)), R::splat(0.0).lt(self.direction));
        lanes & (met | bottoms & falls | tops & rises)
    }

    /// Locates the crossings within a step in one of those lanes.
    #[cold]
    pub(crate) fn locate_crossings(&mut self, lane: usize, t0_h: f64, h: f64, burden: &Quartic) {
        let mut past = 0.0;
        for [from, to] in burden.monotone_pieces() {
            while self.beyond(lane, burden.value(to)) {
                let from = from.max(past);
                let crossing = burden.crossing(self.level.lane(lane), [from, to]).unwrap_or(from);
                past = crossing;
                self.record(lane, t0_h + crossing * h);
            }
        }
    }

    fn beyond(&self, lane: usize, burden: f64) -> bool {
        (burden - self.level.lane(lane)) * self.direction.lane(lane) > 0.0
    }

    /// The awaited crossing has happened.
    fn record(&mut self, lane: usize, t_h: f64) {
        let met = &mut self.times[lane];
        if met.remission_h.is_none() {
            met.remission_h = Some(t_h);
            self.level.set_lane(lane, met.relapse_threshold);
            self.direction.set_lane(lane, 1.0);
        } else {
            met.relapse_h = Some(t_h);
            self.direction.set_lane(lane, 0.0);
        }
    }

    pub(crate) fn times(&self, lane: usize) -> ResponseTimes {
        self.times[lane]
    }

    /// Whether a lane's patient is in remission with that tumour: below the level of remission, be it of the first or, after
    /// a relapse, of another.
    pub(crate) fn is_in_remission(&self, lane: usize, tumour: f64) -> bool {
        tumour < self.times[lane].remission_threshold
    }

    /// The tumour burden above which a lane relapses, from its remission on.
    pub(crate) fn relapse_threshold(&self, lane: usize) -> Option<f64> {
        self.times[lane].remission_h.map(|_| self.times[lane].relapse_threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Own burden 100: remission below 5, relapse above 10.
    fn response(burden: f64) -> ResponseTracker<f64> {
        let mut response = ResponseTracker::new(EndpointThresholds::default(), |burden| burden);
        response.restart(0, 100.0, burden);
        response
    }

    fn step(response: &mut ResponseTracker<f64>, t0_h: f64, burden: Quartic) {
        if response.observe_step(
            true,
            burden.value(1.0),
            burden.turning_point().is_some(),
            burden.turning_point().is_some(),
        ) {
            response.locate_crossings(0, t0_h, 2.0, &burden);
        }
    }

    #[test]
    fn remission_then_relapse() {
        let mut response = response(100.0);
        assert_eq!(response.relapse_threshold(0), None);
        step(&mut response, 0.0, Quartic([100.0, -96.0, 0.0, 0.0, 0.0]));
        assert_eq!((response.times(0).relapse_h, response.relapse_threshold(0)), (None, Some(10.0)));
        assert!((response.times(0).remission_h.unwrap() - 2.0 * 95.0 / 96.0).abs() < 1e-14);
        step(&mut response, 2.0, Quartic([4.0, 4.0, 0.0, 0.0, 0.0]));
        assert_eq!(response.times(0).relapse_h, None);
        step(&mut response, 4.0, Quartic([8.0, 4.0, 0.0, 0.0, 0.0]));
        assert!((response.times(0).relapse_h.unwrap() - 5.0).abs() < 1e-14);
    }

    #[test]
    fn remission_is_a_tumour_below_its_level_also_after_a_relapse() {
        let mut response = response(100.0);
        assert!(!response.is_in_remission(0, 100.0) && !response.is_in_remission(0, 5.0));
        step(&mut response, 0.0, Quartic([100.0, -96.0, 0.0, 0.0, 0.0]));
        assert!(
            response.is_in_remission(0, 4.0) && !response.is_in_remission(0, 7.0),
            "neither relapsed nor below"
        );
        step(&mut response, 2.0, Quartic([4.0, 20.0, 0.0, 0.0, 0.0]));
        assert!(response.times(0).relapse_h.is_some());
        assert!(!response.is_in_remission(0, 24.0) && response.is_in_remission(0, 4.0));
    }

    #[test]
    fn a_dip_within_one_step_is_a_remission_and_may_end_in_relapse() {
        // 4 + 28 (2θ − 1)²: 32 at both ends
        let mut response = response(100.0);
        step(&mut response, 0.0, Quartic([32.0, -112.0, 112.0, 0.0, 0.0]));
        let met = response.times(0);
        let (down, up) = (0.5 - 0.5 * (1.0_f64 / 28.0).sqrt(), 0.5 + 0.5 * (6.0_f64 / 28.0).sqrt());
        assert!((met.remission_h.unwrap() - 2.0 * down).abs() < 1e-13);
        assert!((met.relapse_h.unwrap() - 2.0 * up).abs() < 1e-13);
    }

    #[test]
    fn a_top_within_one_step_is_a_relapse() {
        let mut response = response(100.0);
        step(&mut response, 0.0, Quartic([100.0, -96.0, 0.0, 0.0, 0.0]));
        // 12 − 32 (θ − ½)²: 4 at both ends
        step(&mut response, 2.0, Quartic([4.0, 32.0, -32.0, 0.0, 0.0]));
        assert!((response.times(0).relapse_h.unwrap() - (2.0 + 2.0 * 0.25)).abs() < 1e-13);
    }

    #[test]
    fn bridging_alone_may_bring_remission() {
        assert_eq!(response(4.0).times(0).remission_h, Some(0.0));
        assert_eq!(response(5.0).times(0).remission_h, None);
    }
}
