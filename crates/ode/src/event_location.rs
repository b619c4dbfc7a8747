//! Events: where in a step the event function rises through 0.

use crate::dense::Quartic;
use cartrial_lanes::{Mask, Real};

/// A step ends on an event where its [event function](crate::Ensemble::event_function) is above 0 by no more than this.
pub const EVENT_TOLERANCE: f64 = 1e-8;

/// Where one step has an event.
#[derive(Clone, Copy, Debug, PartialEq)]
enum EventInStep {
    None,
    /// The step ends on it.
    AtEnd,
    /// The step goes beyond it and should be truncated to this share.
    Inside(f64),
}

/// Where the steps of all lanes have their events.
pub(crate) struct LocatedEvents<R: Real> {
    /// The lanes whose step goes beyond an event.
    pub inside: R::Mask,
    /// In those lanes, the step size that ends on the event.
    pub h: R,
    /// The lanes whose step ends on an event.
    pub at_end: R::Mask,
}

/// Locates events in the lanes whose bit is set in `candidates`.
///
/// `g` and `slope` are the event function and its derivative with respect to time at both ends of the step of size `h`.
#[cold]
#[inline(never)]
pub(crate) fn locate_events<R: Real>(candidates: u32, h: R, g: [R; 2], slope: [R; 2]) -> LocatedEvents<R> {
    let (mut inside, mut at_end, mut h_to_event) = (0, 0, h);
    for lane in (0..R::LANES).filter(|lane| candidates >> lane & 1 != 0) {
        let h = h.lane(lane);
        match event_in_step(g.map(|g| g.lane(lane)), slope.map(|s| h * s.lane(lane))) {
            EventInStep::None => {}
            EventInStep::AtEnd => at_end |= 1 << lane,
            EventInStep::Inside(share) => {
                inside |= 1 << lane;
                h_to_event.set_lane(lane, share * h);
            }
        }
    }
    LocatedEvents { inside: R::Mask::from_bits(inside), h: h_to_event, at_end: R::Mask::from_bits(at_end) }
}

/// Locates the event by the cubic Hermite interpolant of the event function; slopes are with respect to θ.
///
/// It aims at the middle of the tolerance. The interpolant's error falls with the square of the distance that is left, so
/// repeated truncation converges as fast as Newton's method.
fn event_in_step([g0, g1]: [f64; 2], [slope0, slope1]: [f64; 2]) -> EventInStep {
    if g1 > 0.0 && g1 <= EVENT_TOLERANCE {
        return EventInStep::AtEnd;
    }
    let cubic = Quartic::hermite(g0, g1, slope0, slope1);
    // A point of the step beyond the event: its end or, if it ends before the event, the maximum between its ends.
    let beyond = if g1 > 0.0 {
        Some(1.0)
    } else {
        cubic.turning_point().filter(|&theta| cubic.value(theta) > EVENT_TOLERANCE)
    };
    match beyond.map(|theta| cubic.crossing(0.5 * EVENT_TOLERANCE, [0.0, theta])) {
        None => EventInStep::None,
        Some(Some(share)) if share > 0.0 => EventInStep::Inside(share),
        // The step starts beyond the event, so there is no crossing left to locate.
        Some(_) => EventInStep::AtEnd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_event_function_is_located_exactly() {
        let EventInStep::Inside(share) = event_in_step([-1.0, 3.0], [4.0, 4.0]) else { panic!("it crosses") };
        assert!((share - 0.25).abs() < EVENT_TOLERANCE);
    }

    #[test]
    fn a_maximum_above_0_between_negative_ends_is_an_event() {
        // −0.1 + 4 θ (1 − θ) is above 0 from 0.0257 to 0.974
        let EventInStep::Inside(share) = event_in_step([-0.1, -0.1], [4.0, -4.0]) else {
            panic!("it crosses")
        };
        assert!((share - (0.5 - 0.9_f64.sqrt() / 2.0)).abs() < EVENT_TOLERANCE);
    }

    #[test]
    fn a_maximum_below_0_is_no_event_and_an_end_within_tolerance_is_on_it() {
        assert_eq!(event_in_step([-2.0, -2.0], [4.0, -4.0]), EventInStep::None);
        assert_eq!(event_in_step([-1.0, 0.5 * EVENT_TOLERANCE], [1.0, 1.0]), EventInStep::AtEnd);
    }
}
