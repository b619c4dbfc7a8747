//! The lane-parallel integrator: every lane has its own time, step size and accept/reject decision.

use crate::control::{Control, step_factor};
use crate::ensemble::{Arrival, Ensemble, Finish, Start, Status};
use crate::event_location::{LocatedEvents, locate_events};
use crate::kink_location::locate_kinks;
use crate::method::{OneStepMethod, Step, Stepper};
use cartrial_lanes::{Mask, Real};
use std::array::from_fn;

/// The share of the method's stability limit that a step may use.
const STABILITY_SHARE: f64 = 0.95;
/// The step size has collapsed when it is below this share of the time from the start to the stop.
const COLLAPSED_SHARE: f64 = 1e-13;

/// How far the integration of its problem has come in every lane.
#[derive(Clone, Copy)]
struct Lanes<R: Real, const N: usize> {
    active: R::Mask,
    t: R,
    /// With fixed steps, whose states are looked at only on arrival: the last time at which the state was finite.
    t_finite: R,
    stop: R,
    /// Step size to try next.
    h: R,
    h_max: R,
    h_min: R,
    /// The step size before a stop, a kink or an event truncated it, to be resumed afterwards; 0 for none.
    h_before_truncation: R,
    /// The ensemble's switching function of `y`.
    switching: R,
    y: [R; N],
    f: [R; N],
    accepted_steps: R,
    rejected_steps: R,
}

/// Solves every problem of the ensemble with method `M`.
///
/// Where a problem cannot be solved, its [`Status`] says why; the problems in other lanes are not affected.
#[inline(always)]
pub fn integrate<R: Real, M: Stepper<R, E, N>, E: Ensemble<R, N>, const N: usize>(
    ensemble: &mut E,
    control: &Control<N>,
) {
    let zero = R::splat(0.0);
    let mut lanes = Lanes::<R, N> {
        active: R::Mask::none(),
        t: zero,
        t_finite: zero,
        stop: zero,
        h: zero,
        h_max: zero,
        h_min: zero,
        h_before_truncation: zero,
        switching: zero,
        y: [zero; N],
        f: [zero; N],
        accepted_steps: zero,
        rejected_steps: zero,
    };
    let mut loaded = lanes;
    let restarted = (0..R::LANES).fold(0, |bits, lane| bits | loaded.load::<M, E>(ensemble, lane));
    lanes = loaded;
    lanes.restart(ensemble, restarted);

    while lanes.active.any() {
        let (h, ends_at_stop) = lanes.propose_step::<M>();
        let end = M::step(ensemble, lanes.t, &lanes.y, &lanes.f, h);
        let t1 = R::select(ends_at_stop, lanes.stop, lanes.t + h);

        let one = R::splat(1.0);
        let switching = ensemble.switching_function(&end.y);
        let (accurate, factor, crosses_kink) = if M::ADAPTIVE {
            let error = control.squared_error(E::CONTROLLED, end.error_factor, &end.error, &end.y);
            let accurate = error.le(one) & lanes.active;
            (accurate, step_factor::<M, R>(error), (lanes.switching * switching).lt(zero) & accurate)
        } else {
            (lanes.active, one, R::Mask::none())
        };
        let step = Step { t0: lanes.t, t1, h, y0: lanes.y, f0: lanes.f, end };
        // A step that goes beyond a kink or an event is rejected, and the next one is truncated to end there.
        let (mut truncated, mut h_truncated) = if crosses_kink.any() {
            locate_kinks(ensemble, &step, crosses_kink, [lanes.switching, switching])
        } else {
            (R::Mask::none(), zero)
        };
        let mut ends_on_event = R::Mask::none();
        if E::HAS_EVENTS {
            let (g0, slope0) = ensemble.event_function(&lanes.y, &lanes.f);
            let (g1, slope1) = ensemble.event_function(&step.end.y, &step.end.f);
            let candidates = accurate & (zero.lt(g1) | (zero.lt(slope0) & slope1.lt(zero)));
            if candidates.any() {
                let LocatedEvents { inside, h: h_to_event, at_end } =
                    locate_events(candidates.bits(), h, [g0, g1], [slope0, slope1]);
                // The earlier of the kink and the event.
                let h_to_first = R::select(truncated, h_truncated.min(h_to_event), h_to_event);
                h_truncated = R::select(inside, h_to_first, h_truncated);
                ends_on_event = at_end & !truncated;
                truncated = truncated | inside;
            }
        }
        let accepted = accurate & !truncated;
        ensemble.accepted(accepted, &step);

        lanes.accepted_steps = lanes.accepted_steps + R::select(accepted, one, zero);
        lanes.rejected_steps = lanes.rejected_steps + R::select(accepted, zero, one);
        if M::ADAPTIVE {
            // That a step was truncated is no reason to doubt the step size before.
            let before_truncation =
                R::select(ends_at_stop, lanes.h.max(lanes.h_before_truncation), lanes.h_before_truncation);
            let after_acceptance = (h * factor).max(before_truncation);
            let after_rejection = h * factor.min(R::splat(0.9));
            lanes.h =
                R::select(truncated, h_truncated, R::select(accepted, after_acceptance, after_rejection));
            lanes.h_before_truncation = R::select(
                truncated,
                h.max(lanes.h_before_truncation),
                R::select(accepted, zero, lanes.h_before_truncation),
            );
        } else if E::HAS_EVENTS {
            let step_size = lanes.h.max(lanes.h_before_truncation);
            lanes.h = R::select(truncated, h_truncated, step_size);
            lanes.h_before_truncation = R::select(truncated, step_size, zero);
        }
        lanes.switching = R::select(accepted, switching, lanes.switching);
        lanes.t = R::select(accepted, t1, lanes.t);
        if !M::ADAPTIVE {
            lanes.t_finite = R::select(accepted & are_finite(&end.y), t1, lanes.t_finite);
        }
        for i in 0..N {
            lanes.y[i] = R::select(accepted, end.y[i], lanes.y[i]);
            lanes.f[i] = R::select(accepted, end.f[i], lanes.f[i]);
        }

        let arrived = accepted & (ends_at_stop | ends_on_event);
        let out_of_steps =
            R::splat(f64::from(control.max_steps)).le(lanes.accepted_steps + lanes.rejected_steps);
        let collapsed = lanes.h.le(lanes.h_min) & !truncated;
        let interrupted = (arrived | out_of_steps | collapsed) & lanes.active;
        if interrupted.any() {
            // By way of a copy, so that no address of `lanes` is taken and it can live in registers.
            let mut copy = lanes;
            let restarted = copy.continue_or_finish::<M, E>(
                ensemble,
                interrupted.bits(),
                arrived.bits(),
                collapsed.bits(),
            );
            lanes = copy;
            lanes.restart(ensemble, restarted);
        }
    }
}

/// The lanes in which every number is finite: only of those is 0·x = 0.
#[inline(always)]
fn are_finite<R: Real, const N: usize>(numbers: &[R; N]) -> R::Mask {
    let zero = R::splat(0.0);
    let mut sum = zero;
    for i in 0..N {
        sum = numbers[i].mul_add(zero, sum);
    }
    sum.le(zero)
}

impl<R: Real, const N: usize> Lanes<R, N> {
    /// The step size to try now, and the lanes in which that step ends at their stop. An adaptive method that is less
    /// than two steps from its stop takes two equal steps, so that no tiny one is left over.
    #[inline(always)]
    fn propose_step<M: OneStepMethod>(&self) -> (R, R::Mask) {
        let remaining = self.stop - self.t;
        if M::ADAPTIVE {
            let h = self.h.min(self.h_max);
            let ends_at_stop = remaining.le(h);
            (R::select(ends_at_stop, remaining, h.min(R::splat(0.5) * remaining)), ends_at_stop)
        } else {
            let ends_at_stop = remaining.le(self.h * R::splat(1.0 + 1e-9));
            (R::select(ends_at_stop, remaining, self.h), ends_at_stop)
        }
    }

    /// Continues the problems that arrived, as the ensemble says, and finishes those that are done or cannot go on,
    /// with the next problem in their place. Returns the bits of the lanes that have a new state.
    #[cold]
    #[inline(never)]
    fn continue_or_finish<M: OneStepMethod, E: Ensemble<R, N>>(
        &mut self,
        ensemble: &mut E,
        interrupted: u32,
        arrived: u32,
        collapsed: u32,
    ) -> u32 {
        let mut restarted = 0;
        for lane in (0..R::LANES).filter(|lane| interrupted >> lane & 1 != 0) {
            let (t, y) = (self.t.lane(lane), from_fn(|i| self.y[i].lane(lane)));
            let finite = y.iter().all(|value: &f64| value.is_finite());
            let has_arrived = arrived >> lane & 1 != 0;
            let status = if has_arrived && finite {
                match ensemble.arrived(lane, t, &y) {
                    Arrival::Continue(start) => {
                        self.set_start::<M>(lane, &start);
                        restarted |= 1 << lane;
                        continue;
                    }
                    Arrival::Done => Status::Completed,
                }
            } else if !finite || !self.derivative_is_finite(lane) {
                Status::NonFinite
            } else if collapsed >> lane & 1 != 0 {
                Status::StepCollapsed
            } else {
                Status::TooManySteps
            };
            let t = if !M::ADAPTIVE && !finite { self.t_finite.lane(lane) } else { t };
            let count = |counter: R| counter.lane(lane) as u32;
            let (accepted, rejected) = (count(self.accepted_steps), count(self.rejected_steps));
            ensemble.finished(lane, &Finish { status, t, y, accepted, rejected });
            restarted |= self.load::<M, E>(ensemble, lane);
        }
        restarted
    }

    fn derivative_is_finite(&self, lane: usize) -> bool {
        self.f.iter().all(|f| f.lane(lane).is_finite())
    }

    /// Loads the next problem into a lane and returns the lane's bit; without one, deactivates the lane and returns 0.
    fn load<M: OneStepMethod, E: Ensemble<R, N>>(&mut self, ensemble: &mut E, lane: usize) -> u32 {
        let bit = 1 << lane;
        while let Some(start) = ensemble.load(lane) {
            if !M::ADAPTIVE && start.first_step * start.decay > M::REAL_STABILITY {
                let Start { t, y, .. } = start;
                let status = Status::StepTooLong;
                ensemble.finished(lane, &Finish { status, t, y, accepted: 0, rejected: 0 });
                continue;
            }
            self.active = R::Mask::from_bits(self.active.bits() | bit);
            self.accepted_steps.set_lane(lane, 0.0);
            self.rejected_steps.set_lane(lane, 0.0);
            self.set_start::<M>(lane, &start);
            return bit;
        }
        self.active = R::Mask::from_bits(self.active.bits() & !bit);
        self.h.set_lane(lane, 0.0);
        0
    }

    fn set_start<M: OneStepMethod>(&mut self, lane: usize, start: &Start<N>) {
        self.t.set_lane(lane, start.t);
        self.t_finite.set_lane(lane, start.t);
        self.stop.set_lane(lane, start.stop);
        self.h.set_lane(lane, start.first_step);
        self.h_max.set_lane(lane, (STABILITY_SHARE * M::REAL_STABILITY / start.decay).min(start.max_step));
        self.h_min.set_lane(lane, COLLAPSED_SHARE * (start.stop - start.t));
        for i in 0..N {
            self.y[i].set_lane(lane, start.y[i]);
        }
    }

    /// Evaluates what depends on the state in the lanes that have a new one, given by their bits.
    #[inline(always)]
    fn restart<E: Ensemble<R, N>>(&mut self, ensemble: &E, restarted: u32) {
        if restarted != 0 {
            let mask = R::Mask::from_bits(restarted);
            let f = ensemble.rhs(self.t, &self.y);
            self.switching = R::select(mask, ensemble.switching_function(&self.y), self.switching);
            self.h_before_truncation = R::select(mask, R::splat(0.0), self.h_before_truncation);
            for i in 0..N {
                self.f[i] = R::select(mask, f[i], self.f[i]);
            }
        }
    }
}
