//! Treatment in lanes: the drug that runs, and the events that change it.

use crate::layout::{MAX_LANES, SOLVED, in_every_lane, states};
use crate::plan::{Course, Plan};
use cartrial_lanes::{Mask, Real};
use cartrial_model::{CarT, INFLAMMATION, Quantities, State, TUMOUR_BURDEN, TumourVariable};

/// The drug in every lane, and what ends a segment of its course before the clock does.
///
/// Three things do: inflammation that rises through the threshold of a rescue; a tumour that relapses when an infusion
/// waits for it; and inflammation that falls to 0, where it is held until its production exceeds the drug.
pub(crate) struct Intervention<R: Real> {
    plan: Plan,
    /// D in pg/(mL·h).
    pub drug: R,
    /// 1/(1 + D): what a fall to 0 is measured against, so that its time is located to 10⁻⁸ h whatever the rate.
    per_fall: R,
    /// Where inflammation is held at 0.
    pub held: R::Mask,
    /// 1/threshold of inflammation; 0 where no rescue is ready.
    per_rescue: R,
    /// The tumour variable at which a patient relapses.
    relapse: R,
    /// By this a difference from it becomes relative; 0 where no relapse is awaited.
    per_relapse: R,
    courses: [Option<Course>; MAX_LANES],
}

impl<R: Real> Intervention<R> {
    pub(crate) fn new(plan: Plan) -> Self {
        let zero = R::splat(0.0);
        Self {
            plan,
            drug: zero,
            per_fall: R::splat(1.0),
            held: R::Mask::none(),
            per_rescue: zero,
            relapse: zero,
            per_relapse: zero,
            courses: in_every_lane::<R, _>(None),
        }
    }

    /// Takes a patient into a lane. Returns the tumour burden at t = 0, the state after what is done then, and when
    /// something is due next.
    pub(crate) fn begin<V: TumourVariable, const PAPER: bool>(
        &mut self,
        lane: usize,
        equations: &CarT<R, V, PAPER>,
        patient: &Quantities,
    ) -> (f64, State<f64>, f64) {
        let (course, mut state) = self.plan.begin(patient);
        let burden = state[TUMOUR_BURDEN];
        state[TUMOUR_BURDEN] = V::from_burden(burden);
        self.courses[lane] = Some(course);
        self.per_relapse.set_lane(lane, 0.0);
        let next = self.apply_due(lane, equations, 0.0, &mut state);
        (burden, state, next)
    }

    /// Does in a lane what is due at time `t_h`; when something is due next.
    pub(crate) fn apply_due<V: TumourVariable, const PAPER: bool>(
        &mut self,
        lane: usize,
        equations: &CarT<R, V, PAPER>,
        t_h: f64,
        state: &mut State<f64>,
    ) -> f64 {
        let Some(course) = &mut self.courses[lane] else { return self.plan.end_h };
        let in_relapse = (state[TUMOUR_BURDEN] - self.relapse.lane(lane)) * self.per_relapse.lane(lane) > 0.0;
        course.apply_due(&self.plan, t_h, state, in_relapse);
        if in_relapse {
            self.per_relapse.set_lane(lane, 0.0);
        }
        let (drug, next_h) = (course.drug(&self.plan), course.next_h(&self.plan));
        self.per_rescue
            .set_lane(lane, course.rescue_ready(&self.plan).map_or(0.0, |rescue| rescue.above.recip()));
        self.set_drug(lane, drug);
        state[INFLAMMATION] = state[INFLAMMATION].max(0.0);
        let outweighs_production =
            || drug > equations.inflammation_production(&state.map(R::splat)).lane(lane);
        self.hold(lane, state[INFLAMMATION] == 0.0 && drug > 0.0 && outweighs_production());
        next_h
    }

    fn set_drug(&mut self, lane: usize, drug: f64) {
        self.drug.set_lane(lane, drug);
        self.per_fall.set_lane(lane, (1.0 + drug).recip());
    }

    fn hold(&mut self, lane: usize, held: bool) {
        let others = self.held.bits() & !(1 << lane);
        self.held = R::Mask::from_bits(others | u32::from(held) << lane);
    }

    /// From now on a tumour variable above this is the relapse that an infusion may wait for.
    pub(crate) fn await_relapse<V: TumourVariable>(&mut self, lane: usize, above: f64) {
        if self.courses[lane].is_some_and(|course| course.awaits_relapse(&self.plan)) {
            self.relapse.set_lane(lane, above);
            self.per_relapse.set_lane(lane, V::per_relative_change(above).recip());
        }
    }

    /// The patient's course at the end of the study.
    pub(crate) fn close(&mut self, lane: usize) -> Option<Course> {
        let course = self.courses[lane].as_mut()?;
        course.account(&self.plan, self.plan.end_h);
        Some(*course)
    }

    /// Solves a lane again under this drug and without events.
    pub(crate) fn replay(&mut self, lane: usize, drug: f64) {
        self.set_drug(lane, drug);
        self.per_rescue.set_lane(lane, 0.0);
        self.per_relapse.set_lane(lane, 0.0);
        self.hold(lane, false);
    }

    /// The greatest of the functions of the events, and its derivative: I/threshold − 1, B/threshold − 1 or ln(B/threshold),
    /// −I/(1 + D) or, where I is held, (production − D)/(1 + D).
    #[inline(always)]
    pub(crate) fn event_function<V: TumourVariable, const PAPER: bool>(
        &self,
        equations: &CarT<R, V, PAPER>,
        y: &[R; SOLVED],
        f: &[R; SOLVED],
    ) -> (R, R) {
        const AHEAD_H: f64 = 1e-3;
        let (zero, one) = (R::splat(0.0), R::splat(1.0));
        let (i, di) = (y[INFLAMMATION], f[INFLAMMATION]);
        let (mut value, mut slope) = (i * self.per_rescue - one, di * self.per_rescue);
        let mut consider = |g: R, g_slope: R| {
            let greater = value.lt(g);
            value = R::select(greater, g, value);
            slope = R::select(greater, g_slope, slope);
        };
        let awaited = zero.lt(self.per_relapse);
        let above_relapse = (y[TUMOUR_BURDEN] - self.relapse) * self.per_relapse;
        consider(R::select(awaited, above_relapse, zero - one), f[TUMOUR_BURDEN] * self.per_relapse);
        let (mut floor, mut floor_slope) = ((zero - i) * self.per_fall, (zero - di) * self.per_fall);
        if self.held.any() {
            let production = equations.inflammation_production(&states(y));
            let mut ahead = *y;
            for k in 0..SOLVED {
                ahead[k] = f[k].mul_add(R::splat(AHEAD_H), y[k]);
            }
            let rise = equations.inflammation_production(&states(&ahead)) - production;
            floor = R::select(self.held, (production - self.drug) * self.per_fall, floor);
            floor_slope = R::select(self.held, rise * self.per_fall * R::splat(1.0 / AHEAD_H), floor_slope);
        }
        consider(floor, floor_slope);
        (value, slope)
    }
}
