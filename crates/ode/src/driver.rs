//! The lane-parallel integrator: a clock, a step size and a decision of its own for every lane.

use crate::control::{Control, step_factor};
use crate::ensemble::{Arrival, Ensemble, Finish, Start, Status};
use crate::method::{OneStepMethod, Step, Stepper};
use crate::trigger;
use cartrial_lanes::{Mask, Real};
use std::array::from_fn;

/// The share of the method's stability limit that a step may use.
const STABILITY_SHARE: f64 = 0.95;
/// A step smaller than this share of the time span it has to cross has collapsed.
const COLLAPSE: f64 = 1e-13;

/// A kink nearer than this share of the step to one of its ends does not cut it: what it costs there is negligible, and
/// the step that ended on the kink just now is not cut again.
const KINK_MARGIN: f64 = 1e-3;

/// Every lane's place in its own problem.
#[derive(Clone, Copy)]
struct Lanes<R: Real, const N: usize> {
    active: R::Mask,
    t: R,
    stop: R,
    /// Step size to try next.
    h: R,
    h_max: R,
    h_min: R,
    /// Step size before a stop, a kink or an event cut it short: to be resumed after it. 0 for none.
    h_before_cut: R,
    /// The ensemble's kink function of `y`.
    kink: R,
    y: [R; N],
    f: [R; N],
    accepted: R,
    rejected: R,
}

/// Solves every problem of the ensemble with method `M`.
///
/// Trouble in a lane ends that lane's problem with a [`Status`] and touches no other.
#[inline(always)]
pub fn integrate<R: Real, M: Stepper<R, E, N>, E: Ensemble<R, N>, const N: usize>(
    ensemble: &mut E,
    control: &Control<N>,
) {
    let zero = R::splat(0.0);
    let mut lanes = Lanes::<R, N> {
        active: R::Mask::none(),
        t: zero,
        stop: zero,
        h: zero,
        h_max: zero,
        h_min: zero,
        h_before_cut: zero,
        kink: zero,
        y: [zero; N],
        f: [zero; N],
        accepted: zero,
        rejected: zero,
    };
    let mut first = lanes;
    let entered = (0..R::LANES).fold(0, |entered, lane| entered | first.load::<M, E>(ensemble, lane));
    lanes = first;
    lanes.restart(ensemble, entered);

    while lanes.active.any() {
        let (h, lands) = lanes.propose::<M>();
        let end = M::step(ensemble, lanes.t, &lanes.y, &lanes.f, h);
        let t1 = R::select(lands, lanes.stop, lanes.t + h);

        let one = R::splat(1.0);
        let kink = ensemble.kink(&end.y);
        let (good, factor, crossing) = if M::ADAPTIVE {
            let error = control.squared_error(E::CONTROLLED, end.error_factor, &end.error, &end.y);
            let good = error.le(one) & lanes.active;
            (good, step_factor::<M, R>(error), (lanes.kink * kink).lt(zero) & good)
        } else {
            (lanes.active, one, R::Mask::none())
        };
        let step = Step { t0: lanes.t, t1, h, y0: lanes.y, f0: lanes.f, end };
        let (mut cut, mut h_cut) = if crossing.any() {
            way_to_kink(ensemble, &step, crossing, lanes.kink, kink)
        } else {
            (R::Mask::none(), zero)
        };
        let mut landed = R::Mask::none();
        if E::TRIGGERED {
            let (g0, slope0) = ensemble.trigger(&lanes.y, &lanes.f);
            let (g1, slope1) = ensemble.trigger(&step.end.y, &step.end.f);
            let suspects = good & (zero.lt(g1) | (zero.lt(slope0) & slope1.lt(zero)));
            if suspects.any() {
                let (beyond, h_event, on) = trigger::meet(suspects.bits(), h, [g0, g1], [slope0, slope1]);
                // Whichever comes first.
                h_cut = R::select(beyond, R::select(cut, h_cut.min(h_event), h_event), h_cut);
                landed = on & !cut;
                cut = cut | beyond;
            }
        }
        let good = good & !cut;
        ensemble.accepted(good, &step);

        lanes.accepted = lanes.accepted + R::select(good, one, zero);
        lanes.rejected = lanes.rejected + R::select(good, zero, one);
        if M::ADAPTIVE {
            // A step cut short by a stop or a kink says nothing against the step size before it.
            let before_cut = R::select(lands, lanes.h.max(lanes.h_before_cut), lanes.h_before_cut);
            let grown = (h * factor).max(before_cut);
            let shrunk = h * factor.min(R::splat(0.9));
            lanes.h = R::select(cut, h_cut, R::select(good, grown, shrunk));
            lanes.h_before_cut =
                R::select(cut, h.max(lanes.h_before_cut), R::select(good, zero, lanes.h_before_cut));
        } else if E::TRIGGERED {
            let step_size = lanes.h.max(lanes.h_before_cut);
            lanes.h = R::select(cut, h_cut, step_size);
            lanes.h_before_cut = R::select(cut, step_size, zero);
        }
        lanes.kink = R::select(good, kink, lanes.kink);
        lanes.t = R::select(good, t1, lanes.t);
        for i in 0..N {
            lanes.y[i] = R::select(good, end.y[i], lanes.y[i]);
            lanes.f[i] = R::select(good, end.f[i], lanes.f[i]);
        }

        let arrived = good & (lands | landed);
        let tired = R::splat(f64::from(control.max_steps)).le(lanes.accepted + lanes.rejected);
        let collapsed = lanes.h.le(lanes.h_min) & !cut;
        let attention = (arrived | tired | collapsed) & lanes.active;
        if attention.any() {
            // By way of a copy, so that no address of `lanes` is taken and it can live in registers.
            let mut attended = lanes;
            let entered =
                attended.attend::<M, E>(ensemble, attention.bits(), arrived.bits(), collapsed.bits());
            lanes = attended;
            lanes.restart(ensemble, entered);
        }
    }
}

/// The lanes of `crossing` whose step is to end on the kink that it crosses, and how far it is to there: a root of the
/// cubic that has the kink function's values and slopes at both ends of the step, by Newton's method from the secant.
#[inline(always)]
fn way_to_kink<R: Real, M: OneStepMethod, E: Ensemble<R, N>, const N: usize>(
    ensemble: &E,
    step: &Step<R, N, M>,
    crossing: R::Mask,
    before: R,
    after: R,
) -> (R::Mask, R) {
    const ITERATIONS: usize = 3;
    let slope0 = kink_slope(ensemble, &step.y0, &step.f0, step.h, before);
    let slope1 = kink_slope(ensemble, &step.end.y, &step.end.f, step.h, after);
    let (zero, one, two, three) = (R::splat(0.0), R::splat(1.0), R::splat(2.0), R::splat(3.0));
    let rise = after - before;
    let c2 = three * rise - two * slope0 - slope1;
    let c3 = slope0 + slope1 - two * rise;
    let mut theta = before / (before - after);
    for _ in 0..ITERATIONS {
        let value = before + theta * (slope0 + theta * (c2 + theta * c3));
        let derivative = slope0 + theta * (two * c2 + theta * (three * c3));
        theta = (theta - value / derivative).min(one).max(zero);
    }
    let inside = R::splat(KINK_MARGIN).lt(theta) & theta.lt(R::splat(1.0 - KINK_MARGIN));
    (crossing & inside, theta * step.h)
}

/// Derivative of the kink function along the solution with respect to θ, at a point where its value is `here`.
#[inline(always)]
fn kink_slope<R: Real, E: Ensemble<R, N>, const N: usize>(
    ensemble: &E,
    y: &[R; N],
    f: &[R; N],
    h: R,
    here: R,
) -> R {
    const AHEAD: f64 = 1e-3;
    let ahead = R::splat(AHEAD) * h;
    let mut along = *y;
    for i in 0..N {
        along[i] = y[i] + ahead * f[i];
    }
    (ensemble.kink(&along) - here) * R::splat(1.0 / AHEAD)
}

impl<R: Real, const N: usize> Lanes<R, N> {
    /// The step to try now, and the lanes in which it ends on their stop. The way to a stop that is less than two
    /// steps away is halved rather than left with a crumb.
    #[inline(always)]
    fn propose<M: OneStepMethod>(&self) -> (R, R::Mask) {
        let remaining = self.stop - self.t;
        if M::ADAPTIVE {
            let h = self.h.min(self.h_max);
            let lands = remaining.le(h);
            (R::select(lands, remaining, h.min(R::splat(0.5) * remaining)), lands)
        } else {
            let lands = remaining.le(self.h * R::splat(1.0 + 1e-9));
            (R::select(lands, remaining, self.h), lands)
        }
    }

    /// Deals with the lanes that have arrived at a stop or are in trouble; the bits of the lanes that go on from a
    /// new state are returned.
    #[cold]
    #[inline(never)]
    fn attend<M: OneStepMethod, E: Ensemble<R, N>>(
        &mut self,
        ensemble: &mut E,
        attention: u32,
        arrived: u32,
        collapsed: u32,
    ) -> u32 {
        let mut entered = 0;
        for lane in (0..R::LANES).filter(|lane| attention >> lane & 1 != 0) {
            let (t, y) = (self.t.lane(lane), from_fn(|i| self.y[i].lane(lane)));
            let finite = y.iter().all(|value: &f64| value.is_finite());
            let has_arrived = arrived >> lane & 1 != 0;
            let status = if has_arrived && finite {
                match ensemble.arrived(lane, t, &y) {
                    Arrival::Continue(start) => {
                        self.place::<M>(lane, &start);
                        entered |= 1 << lane;
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
            let count = |counter: R| counter.lane(lane) as u32;
            let (accepted, rejected) = (count(self.accepted), count(self.rejected));
            ensemble.finished(lane, &Finish { status, t, y, accepted, rejected });
            entered |= self.load::<M, E>(ensemble, lane);
        }
        entered
    }

    fn derivative_is_finite(&self, lane: usize) -> bool {
        self.f.iter().all(|f| f.lane(lane).is_finite())
    }

    /// Takes the next problem into a lane, or rests it; its bit where there was one.
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
            self.accepted.set_lane(lane, 0.0);
            self.rejected.set_lane(lane, 0.0);
            self.place::<M>(lane, &start);
            return bit;
        }
        self.active = R::Mask::from_bits(self.active.bits() & !bit);
        self.h.set_lane(lane, 0.0);
        0
    }

    fn place<M: OneStepMethod>(&mut self, lane: usize, start: &Start<N>) {
        self.t.set_lane(lane, start.t);
        self.stop.set_lane(lane, start.stop);
        self.h.set_lane(lane, start.first_step);
        self.h_max.set_lane(lane, (STABILITY_SHARE * M::REAL_STABILITY / start.decay).min(start.max_step));
        self.h_min.set_lane(lane, COLLAPSE * (start.stop - start.t));
        for i in 0..N {
            self.y[i].set_lane(lane, start.y[i]);
        }
    }

    /// Evaluates the derivative afresh in the lanes of `entered`.
    #[inline(always)]
    fn restart<E: Ensemble<R, N>>(&mut self, ensemble: &E, entered: u32) {
        if entered != 0 {
            let mask = R::Mask::from_bits(entered);
            let f = ensemble.rhs(self.t, &self.y);
            self.kink = R::select(mask, ensemble.kink(&self.y), self.kink);
            self.h_before_cut = R::select(mask, R::splat(0.0), self.h_before_cut);
            for i in 0..N {
                self.f[i] = R::select(mask, f[i], self.f[i]);
            }
        }
    }
}
