//! One patient's course over time.

use crate::intervention::Intervention;
use crate::patients::{SOLVED, states};
use crate::plan::Plan;
use crate::response::Response;
use crate::simulate::{control, first_step_h};
use cartrial_cohort::{Method, Study};
use cartrial_model::{
    CarT, HOURS_PER_DAY, INFLAMMATION, Quantities, Quantity, STATE_COUNT, State, TUMOUR_BURDEN,
};
use cartrial_ode::{
    Arrival, Bs3, Dopri5, Ensemble, Finish, OneStepMethod, Rk4, Start, Status, Step, Tsit5, integrate,
};

/// States of one patient at given times.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Times in days, from 0, evenly spaced.
    pub days: Vec<f64>,
    /// The state at each time, in the order and units of [`cartrial_model::STATES`].
    pub states: Vec<State<f64>>,
    /// How the solve ended; unless completed, the course breaks off.
    pub status: Status,
}

/// Follows a patient through arm number `arm` of the study, with a state every `every_hours`; at an infusion after
/// t = 0 it is that just before.
///
/// # Panics
/// If the study has no such arm.
pub fn trajectory(study: &Study, arm: usize, every_hours: f64, patient: &Quantities) -> Trajectory {
    let plan = Plan::new(&study.arms[arm].treatment, study.days);
    let control = control(&study.solver, study.days);
    let mut equations = CarT::new(study.model);
    equations.set_lane(0, patient);
    let mut course = Follower {
        equations,
        start: Some(*patient),
        hours: plan.end_h,
        intervention: Intervention::new(plan),
        response: Response::new(study.endpoints),
        first_step_h: first_step_h(&study.solver),
        decay: patient[Quantity::D2],
        every_hours,
        trajectory: Trajectory { days: Vec::new(), states: Vec::new(), status: Status::Completed },
    };
    match study.solver.method {
        Method::Tsit5 => integrate::<f64, Tsit5, _, SOLVED>(&mut course, &control),
        Method::Dopri5 => integrate::<f64, Dopri5, _, SOLVED>(&mut course, &control),
        Method::Bs3 => integrate::<f64, Bs3, _, SOLVED>(&mut course, &control),
        Method::Rk4 { .. } => integrate::<f64, Rk4, _, SOLVED>(&mut course, &control),
    }
    course.trajectory
}

/// One patient in one lane, sampled from the polynomial of each step.
struct Follower {
    equations: CarT<f64>,
    start: Option<Quantities>,
    intervention: Intervention<f64>,
    response: Response<f64>,
    hours: f64,
    first_step_h: f64,
    decay: f64,
    every_hours: f64,
    trajectory: Trajectory,
}

impl Follower {
    fn sample(&mut self, t_h: f64, state: State<f64>) {
        self.trajectory.days.push(t_h / HOURS_PER_DAY);
        self.trajectory.states.push(state);
    }

    fn next_sample_h(&self) -> f64 {
        self.trajectory.days.len() as f64 * self.every_hours
    }
}

impl Ensemble<f64, SOLVED> for Follower {
    const CONTROLLED: usize = STATE_COUNT;
    const TRIGGERED: bool = true;

    fn rhs(&self, _t: f64, y: &[f64; SOLVED]) -> [f64; SOLVED] {
        let Intervention { drug, held, .. } = self.intervention;
        let [db, di, dce, dcm, dhe, dhm, dl] = self.equations.rhs(&states(y), drug, held);
        [db, di, dce, dcm, dhe, dhm, dl, y[INFLAMMATION]]
    }

    fn kink(&self, y: &[f64; SOLVED]) -> f64 {
        self.equations.lymphocyte_deficit(&states(y))
    }

    fn trigger(&self, y: &[f64; SOLVED], f: &[f64; SOLVED]) -> (f64, f64) {
        self.intervention.trigger(&self.equations, y, f)
    }

    fn load(&mut self, lane: usize) -> Option<Start<SOLVED>> {
        let patient = self.start.take()?;
        let (state, stop) = self.intervention.begin(lane, &self.equations, &patient);
        self.response.restart(lane, patient[Quantity::TumourBurden], state[TUMOUR_BURDEN]);
        self.sample(0.0, state);
        let mut y = [0.0; SOLVED];
        y[..STATE_COUNT].copy_from_slice(&state);
        Some(Start { t: 0.0, y, stop, first_step: self.first_step_h, decay: self.decay })
    }

    fn accepted<M: OneStepMethod>(&mut self, good: bool, step: &Step<f64, SOLVED, M>) {
        if !good {
            return;
        }
        let tumour = step.dense(0, TUMOUR_BURDEN);
        self.response.look(0, step.t0, step.h, &tumour);
        if let Some(above) = self.response.relapse_level(0) {
            self.intervention.await_relapse(0, above);
        }
        // A sample time that misses the end by rounding alone still belongs to it.
        let end = step.t1 + 1e-9 * self.every_hours;
        while self.next_sample_h() <= end {
            let t = self.next_sample_h();
            let theta = ((t - step.t0) / step.h).min(1.0);
            let mut state = [0.0; STATE_COUNT];
            for (i, value) in state.iter_mut().enumerate() {
                *value = step.dense(0, i).value(theta);
            }
            // Between steps on its way to 0 the polynomial may be below by its error.
            state[INFLAMMATION] = state[INFLAMMATION].max(0.0);
            self.sample(t, state);
        }
    }

    fn arrived(&mut self, lane: usize, t: f64, y: &[f64; SOLVED]) -> Arrival<SOLVED> {
        if t >= self.hours {
            return Arrival::Done;
        }
        let mut state = states(y);
        let stop = self.intervention.attend(lane, &self.equations, t, &mut state);
        let mut y = *y;
        y[..STATE_COUNT].copy_from_slice(&state);
        Arrival::Continue(Start { t, y, stop, first_step: self.first_step_h, decay: self.decay })
    }

    fn finished(&mut self, _lane: usize, finish: &Finish<SOLVED>) {
        self.trajectory.status = finish.status;
    }
}
