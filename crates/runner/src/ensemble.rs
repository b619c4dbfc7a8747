//! A block of patients as an ensemble of initial value problems.

use crate::intervention::Intervention;
use crate::layout::{MAX_LANES, SOLVED, in_every_lane, states};
use crate::linear_system::LinearSystem;
use crate::observer::{Observer, Replay};
use crate::plan::Plan;
use cartrial_cohort::Study;
use cartrial_lanes::{Mask, Real};
use cartrial_model::{
    CarT, INFLAMMATION, LogBurden, Quantities, Quantity, STATE_COUNT, TUMOUR_BURDEN, TumourVariable,
};
use cartrial_ode::{Arrival, Ensemble, Finish, LinearlyImplicit, OneStepMethod, Start, Status, Step};

/// Compile the kernel for the equations of the paper, [`cartrial_model::ModelSpec::default`].
pub(crate) const PAPER_EQUATIONS: bool = true;
/// Look up the reading and the growth law at run time.
pub(crate) const ANY_EQUATIONS: bool = false;
/// Compile the kernel with the drug and the events after t = 0.
pub(crate) const WITH_EVENTS: bool = true;
/// Compile the kernel for arms in which nothing happens after t = 0.
pub(crate) const WITHOUT_EVENTS: bool = false;

/// Bounds of the steps of a solve, in hours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    /// The step to try first (every step, for a method of fixed steps).
    pub first_h: f64,
    /// No step is longer; infinite for no limit.
    pub longest_h: f64,
}

/// The patients of one arm that wait and those in the lanes: their equations, and what the treatment does to them.
///
/// With `EVENTS` the arm's plan goes on after t = 0. From one event to the next is a *segment*, within which the
/// right-hand side is smooth. Without `EVENTS` there is one segment and no drug.
/// `V` is the variable in which the tumour is solved.
pub(crate) struct PatientEnsemble<'a, R: Real, V, O, P, const PAPER: bool, const EVENTS: bool> {
    equations: CarT<R, V, PAPER>,
    intervention: Intervention<R>,
    end_h: f64,
    steps: Steps,
    waiting: std::iter::Enumerate<P>,
    /// The fastest decay rate d2 of the patient in each lane.
    decay: [f64; MAX_LANES],
    observer: &'a mut O,
}

impl<'a, R, V, O, P, const PAPER: bool, const EVENTS: bool> PatientEnsemble<'a, R, V, O, P, PAPER, EVENTS>
where
    R: Real,
    V: TumourVariable,
    O: Observer<R>,
    P: Iterator<Item = &'a Quantities>,
{
    pub(crate) fn new(study: &Study, plan: Plan, steps: Steps, patients: P, observer: &'a mut O) -> Self {
        Self {
            equations: CarT::new(study.model),
            end_h: plan.end_h,
            intervention: Intervention::new(plan),
            steps,
            waiting: patients.enumerate(),
            decay: in_every_lane::<R, _>(1.0),
            observer,
        }
    }

    fn begin_segment(&mut self, lane: usize, t: f64, y: [f64; SOLVED], stop: f64) -> Start<SOLVED> {
        self.observer.begin_segment(lane, t, &y);
        self.start(lane, t, y, stop)
    }

    fn start(&self, lane: usize, t: f64, y: [f64; SOLVED], stop: f64) -> Start<SOLVED> {
        let Steps { first_h, longest_h } = self.steps;
        Start { t, y, stop, first_step: first_h, decay: self.decay[lane], max_step: longest_h }
    }

    fn replay(&mut self, lane: usize, replay: Option<Replay>) -> Arrival<SOLVED> {
        let Some(Replay { t_h, y, stop_h, drug, decay, first_step_h, longest_step_h }) = replay else {
            return Arrival::Done;
        };
        self.intervention.replay(lane, drug);
        let start = self.start(lane, t_h, y, stop_h);
        let first_step = first_step_h.unwrap_or(start.first_step);
        Arrival::Continue(Start { first_step, decay, max_step: longest_step_h, ..start })
    }

    fn update_relapse_threshold(&mut self, lane: usize) {
        if let Some(above) = self.observer.relapse_threshold(lane) {
            self.intervention.await_relapse::<V>(lane, above);
        }
    }
}

impl<'a, R, V, O, P, const PAPER: bool, const EVENTS: bool> Ensemble<R, SOLVED>
    for PatientEnsemble<'a, R, V, O, P, PAPER, EVENTS>
where
    R: Real,
    V: TumourVariable,
    O: Observer<R>,
    P: Iterator<Item = &'a Quantities>,
{
    const CONTROLLED: usize = STATE_COUNT;
    const HAS_EVENTS: bool = EVENTS;

    #[inline(always)]
    fn rhs(&self, _t: R, y: &[R; SOLVED]) -> [R; SOLVED] {
        let (drug, held) = if EVENTS {
            (self.intervention.drug, self.intervention.held)
        } else {
            (R::splat(0.0), R::Mask::none())
        };
        let [db, di, dce, dcm, dhe, dhm, dl] = self.equations.rhs(&states(y), drug, held);
        [db, di, dce, dcm, dhe, dhm, dl, y[INFLAMMATION]]
    }

    #[inline(always)]
    fn switching_function(&self, y: &[R; SOLVED]) -> R {
        self.equations.lymphocyte_deficit(&states(y))
    }

    #[inline(always)]
    fn event_function(&self, y: &[R; SOLVED], f: &[R; SOLVED]) -> (R, R) {
        self.intervention.event_function(&self.equations, y, f)
    }

    fn load(&mut self, lane: usize) -> Option<Start<SOLVED>> {
        let (index, patient) = self.waiting.next()?;
        self.decay[lane] = patient[Quantity::D2];
        self.equations.set_lane(lane, patient);
        let (burden, state, stop) = self.intervention.begin(lane, &self.equations, patient);
        if V::to_burden(state[TUMOUR_BURDEN]) == 0.0 {
            // A logarithm stands for no tumour by a very low number, which must not grow.
            let mut without_growth = *patient;
            without_growth[Quantity::R1] = 0.0;
            self.equations.set_lane(lane, &without_growth);
        }
        let mut y = [0.0; SOLVED];
        y[..STATE_COUNT].copy_from_slice(&state);
        self.observer.begin_patient(lane, index, patient, burden, &y);
        self.update_relapse_threshold(lane);
        Some(self.begin_segment(lane, 0.0, y, stop))
    }

    #[inline(always)]
    fn accepted<M: OneStepMethod>(&mut self, lanes: R::Mask, step: &Step<R, SOLVED, M>) {
        let changed = self.observer.observe_step(lanes, step, &self.intervention.drug);
        if EVENTS && changed != 0 {
            for lane in (0..R::LANES).filter(|lane| changed >> lane & 1 != 0) {
                self.update_relapse_threshold(lane);
            }
        }
    }

    fn arrived(&mut self, lane: usize, t: f64, y: &[f64; SOLVED]) -> Arrival<SOLVED> {
        if self.observer.is_replaying(lane) {
            let next = self.observer.end_of_replay(lane, t, y);
            return self.replay(lane, next);
        }
        self.observer.end_segment(lane, t);
        let mut y = *y;
        if EVENTS && t < self.end_h {
            let mut state = states(&y);
            let stop = self.intervention.apply_due(lane, &self.equations, t, &mut state);
            y[..STATE_COUNT].copy_from_slice(&state);
            self.observer.observe_jump(lane, t, &y);
            return Arrival::Continue(self.begin_segment(lane, t, y, stop));
        }
        // The event of a fall to 0 is located just below 0.
        y[INFLAMMATION] = y[INFLAMMATION].max(0.0);
        let replay = self.observer.end_of_study(lane, &y);
        self.replay(lane, replay)
    }

    fn finished(&mut self, lane: usize, finish: &Finish<SOLVED>) {
        let completed = finish.status == Status::Completed;
        let course = if completed { self.intervention.close(lane) } else { None };
        self.observer.finish(lane, finish, course);
    }
}

impl<'a, R, O, P, const PAPER: bool, const EVENTS: bool> LinearlyImplicit<R, SOLVED>
    for PatientEnsemble<'a, R, LogBurden, O, P, PAPER, EVENTS>
where
    R: Real,
    O: Observer<R>,
    P: Iterator<Item = &'a Quantities>,
    CarT<R, LogBurden, PAPER>: LinearSystem<R>,
{
    type Factors = <CarT<R, LogBurden, PAPER> as LinearSystem<R>>::Factors;
    const INTEGRATED: &'static [usize] = &[INFLAMMATION];

    #[inline(always)]
    fn factorise(&self, y: &[R; SOLVED], f: &[R; SOLVED], h: R, sigma: R) -> Self::Factors {
        let held = if EVENTS { self.intervention.held } else { R::Mask::none() };
        let y = states(y);
        self.equations.factors(&y, self.equations.branch(&y, &states(f), h, held), sigma)
    }

    #[inline(always)]
    fn solve(&self, factors: &Self::Factors, b: &[R; SOLVED]) -> [R; SOLVED] {
        let [v, i, ce, cm, he, hm, l] = CarT::<R, LogBurden, PAPER>::solution(factors, &states(b));
        [v, i, ce, cm, he, hm, l, R::splat(0.0)]
    }
}
