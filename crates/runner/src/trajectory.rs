//! One patient's course over time.

use crate::simulate::{HOURS_PER_DAY, control, first_step_h};
use cartrial_cohort::{Method as Chosen, Solver};
use cartrial_model::{CarT, ModelSpec, Quantities, Quantity, STATE_COUNT, State};
use cartrial_ode::{
    Arrival, Bs3, Dopri5, Ensemble, Finish, Method, Rk4, Start, Status, Step, Tsit5, integrate,
};

use crate::patients::SOLVED;

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

/// Follows a patient from t = 0 to `days`, with a state every `every_hours`.
pub fn trajectory(
    spec: ModelSpec,
    solver: &Solver,
    days: f64,
    every_hours: f64,
    patient: &Quantities,
) -> Trajectory {
    let mut equations = CarT::new(spec);
    equations.set_lane(0, patient);
    let mut course = Course {
        equations,
        start: Some(*patient),
        hours: days * HOURS_PER_DAY,
        first_step_h: first_step_h(solver),
        every_hours,
        trajectory: Trajectory { days: Vec::new(), states: Vec::new(), status: Status::Completed },
    };
    course.sample(0.0, patient.initial_state());
    let control = control(solver, course.hours);
    match solver.method {
        Chosen::Tsit5 => integrate::<f64, Tsit5, _, SOLVED>(&mut course, &control),
        Chosen::Dopri5 => integrate::<f64, Dopri5, _, SOLVED>(&mut course, &control),
        Chosen::Bs3 => integrate::<f64, Bs3, _, SOLVED>(&mut course, &control),
        Chosen::Rk4 { .. } => integrate::<f64, Rk4, _, SOLVED>(&mut course, &control),
    }
    course.trajectory
}

/// One patient in one lane, sampled from the polynomial of each step.
struct Course {
    equations: CarT<f64>,
    start: Option<Quantities>,
    hours: f64,
    first_step_h: f64,
    every_hours: f64,
    trajectory: Trajectory,
}

impl Course {
    fn sample(&mut self, t_h: f64, state: State<f64>) {
        self.trajectory.days.push(t_h / HOURS_PER_DAY);
        self.trajectory.states.push(state);
    }

    fn next_sample_h(&self) -> f64 {
        self.trajectory.days.len() as f64 * self.every_hours
    }
}

impl Ensemble<f64, SOLVED> for Course {
    const CONTROLLED: usize = STATE_COUNT;

    fn rhs(&self, _t: f64, y: &[f64; SOLVED]) -> [f64; SOLVED] {
        let [b, i, ce, cm, he, hm, l, _] = *y;
        let [db, di, dce, dcm, dhe, dhm, dl] = self.equations.rhs(&[b, i, ce, cm, he, hm, l], 0.0);
        [db, di, dce, dcm, dhe, dhm, dl, i]
    }

    fn kink(&self, y: &[f64; SOLVED]) -> f64 {
        let [b, i, ce, cm, he, hm, l, _] = *y;
        self.equations.lymphocyte_deficit(&[b, i, ce, cm, he, hm, l])
    }

    fn load(&mut self, _lane: usize) -> Option<Start<SOLVED>> {
        let patient = self.start.take()?;
        let mut y = [0.0; SOLVED];
        y[..STATE_COUNT].copy_from_slice(&patient.initial_state());
        let decay = patient[Quantity::D2];
        Some(Start { t: 0.0, y, stop: self.hours, first_step: self.first_step_h, decay })
    }

    fn accepted<M: Method>(&mut self, good: bool, step: &Step<f64, SOLVED, M>) {
        if !good {
            return;
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
            self.sample(t, state);
        }
    }

    fn arrived(&mut self, _lane: usize, _t: f64, _y: &[f64; SOLVED]) -> Arrival<SOLVED> {
        Arrival::Done
    }

    fn finished(&mut self, _lane: usize, finish: &Finish<SOLVED>) {
        self.trajectory.status = finish.status;
    }
}
