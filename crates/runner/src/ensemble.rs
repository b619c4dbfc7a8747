//! A block of patients as an ensemble of initial value problems.

use crate::intervention::Intervention;
use crate::layout::{MAX_LANES, SOLVED, in_every_lane, states};
use crate::observer::{Observer, Replay};
use crate::plan::Plan;
use cartrial_cohort::Study;
use cartrial_lanes::{Mask, Real};
use cartrial_model::{Burden, CarT, INFLAMMATION, Quantities, Quantity, STATE_COUNT};
use cartrial_ode::{Arrival, Ensemble, Finish, OneStepMethod, Start, Status, Step};

/// Compile the kernel for the equations of the paper, [`cartrial_model::ModelSpec::default`].
pub(crate) const PAPER_EQUATIONS: bool = true;
/// Look up the reading and the growth law at run time.
pub(crate) const ANY_EQUATIONS: bool = false;
/// Compile the kernel with the drug and the events after t = 0.
pub(crate) const WITH_EVENTS: bool = true;
/// Compile the kernel for arms in which nothing happens after t = 0.
pub(crate) const WITHOUT_EVENTS: bool = false;

/// The patients of one arm that wait and those in the lanes: their equations, and what the treatment does to them.
///
/// With `EVENTS` the arm's plan goes on after t = 0. From one event to the next is a *segment*, within which the
/// right-hand side is smooth. Without `EVENTS` there is one segment and no drug.
pub(crate) struct PatientEnsemble<'a, R: Real, O, P, const PAPER: bool, const EVENTS: bool> {
    equations: CarT<R, Burden, PAPER>,
    intervention: Intervention<R>,
    end_h: f64,
    first_step_h: f64,
    waiting: std::iter::Enumerate<P>,
    /// The fastest decay rate d2 of the patient in each lane.
    decay: [f64; MAX_LANES],
    observer: &'a mut O,
}

impl<'a, R, O, P, const PAPER: bool, const EVENTS: bool> PatientEnsemble<'a, R, O, P, PAPER, EVENTS>
where
    R: Real,
    O: Observer<R>,
    P: Iterator<Item = &'a Quantities>,
{
    pub(crate) fn new(
        study: &Study,
        plan: Plan,
        first_step_h: f64,
        patients: P,
        observer: &'a mut O,
    ) -> Self {
        Self {
            equations: CarT::new(study.model),
            end_h: plan.end_h,
            intervention: Intervention::new(plan),
            first_step_h,
            waiting: patients.enumerate(),
            decay: in_every_lane::<R, _>(1.0),
            observer,
        }
    }

    fn begin_segment(&mut self, lane: usize, t: f64, y: [f64; SOLVED], stop: f64) -> Start<SOLVED> {
        self.observer.begin_segment(lane, t, &y);
        Start { t, y, stop, first_step: self.first_step_h, decay: self.decay[lane], max_step: f64::INFINITY }
    }

    fn update_relapse_threshold(&mut self, lane: usize) {
        if let Some(above) = self.observer.relapse_threshold(lane) {
            self.intervention.await_relapse(lane, above);
        }
    }
}

impl<'a, R, O, P, const PAPER: bool, const EVENTS: bool> Ensemble<R, SOLVED>
    for PatientEnsemble<'a, R, O, P, PAPER, EVENTS>
where
    R: Real,
    O: Observer<R>,
    P: Iterator<Item = &'a Quantities>,
{
    const CONTROLLED: usize = STATE_COUNT;
    const TRIGGERED: bool = EVENTS;

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
    fn kink(&self, y: &[R; SOLVED]) -> R {
        self.equations.lymphocyte_deficit(&states(y))
    }

    #[inline(always)]
    fn trigger(&self, y: &[R; SOLVED], f: &[R; SOLVED]) -> (R, R) {
        self.intervention.trigger(&self.equations, y, f)
    }

    fn load(&mut self, lane: usize) -> Option<Start<SOLVED>> {
        let (index, patient) = self.waiting.next()?;
        self.decay[lane] = patient[Quantity::D2];
        self.equations.set_lane(lane, patient);
        let (state, stop) = self.intervention.begin(lane, &self.equations, patient);
        let mut y = [0.0; SOLVED];
        y[..STATE_COUNT].copy_from_slice(&state);
        self.observer.begin_patient(lane, index, patient, &y);
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
            return Arrival::Done;
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
        // The event of a fall to 0 ends just below it.
        y[INFLAMMATION] = y[INFLAMMATION].max(0.0);
        match self.observer.end_of_study(lane, &y) {
            Some(Replay { t_h, y, stop_h, drug, decay }) => {
                self.intervention.replay(lane, drug);
                Arrival::Continue(Start {
                    t: t_h,
                    y,
                    stop: stop_h,
                    first_step: self.first_step_h,
                    decay,
                    max_step: f64::INFINITY,
                })
            }
            None => Arrival::Done,
        }
    }

    fn finished(&mut self, lane: usize, finish: &Finish<SOLVED>) {
        let completed = finish.status == Status::Completed;
        let course = if completed { self.intervention.close(lane) } else { None };
        self.observer.finish(lane, finish, course);
    }
}
