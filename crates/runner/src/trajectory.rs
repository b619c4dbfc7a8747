//! One patient's course over time.

use crate::ensemble::{ANY_EQUATIONS, PatientEnsemble, Steps, WITH_EVENTS};
use crate::layout::{SOLVED, states};
use crate::observer::Observer;
use crate::plan::{Course, Plan};
use crate::response::ResponseTracker;
use crate::simulate::{control, first_step_h};
use cartrial_cohort::{Arm, Method, Study};
use cartrial_model::{
    Burden, HOURS_PER_DAY, INFLAMMATION, LogBurden, Quantities, Quantity, STATE_COUNT, State, TUMOUR_BURDEN,
    TumourVariable,
};
use cartrial_ode::{Bs3, Dopri5, Finish, OneStepMethod, Rk4, Rodas5P, Status, Step, Tsit5, integrate};

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

/// The longest step, so that the polynomials between steps are as accurate as the steps.
fn longest_step_h(method: Method) -> f64 {
    match method {
        Method::Rodas5P => 1.0,
        Method::Tsit5 | Method::Dopri5 | Method::Bs3 | Method::Rk4 { .. } => f64::INFINITY,
    }
}

/// Solves a patient with a method and a variable for the tumour, and samples the course.
macro_rules! follow {
    ($tumour:ty, $method:ty, $study:expr, $arm:expr, $every_hours:expr, $patient:expr) => {{
        let plan = Plan::new(&$arm.treatment, $study.days);
        let control = control($study);
        let mut sampler = TrajectorySampler {
            response: ResponseTracker::new($study.endpoints, <$tumour>::from_burden),
            to_burden: <$tumour>::to_burden,
            every_hours: $every_hours,
            trajectory: Trajectory { days: Vec::new(), states: Vec::new(), status: Status::Completed },
        };
        let patients = std::iter::once($patient);
        let steps =
            Steps { first_h: first_step_h(&$study.solver), longest_h: longest_step_h($study.solver.method) };
        let mut ensemble = PatientEnsemble::<f64, $tumour, _, _, ANY_EQUATIONS, WITH_EVENTS>::new(
            $study,
            plan,
            steps,
            patients,
            &mut sampler,
        );
        integrate::<f64, $method, _, SOLVED>(&mut ensemble, &control);
        sampler.trajectory
    }};
}

/// Follows a patient through one arm of the study, with a state every `every_hours`; at an infusion after
/// t = 0 it is that just before.
pub fn trajectory(study: &Study, arm: &Arm, every_hours: f64, patient: &Quantities) -> Trajectory {
    match study.solver.method {
        Method::Rodas5P => follow!(LogBurden, Rodas5P, study, arm, every_hours, patient),
        Method::Tsit5 => follow!(Burden, Tsit5, study, arm, every_hours, patient),
        Method::Dopri5 => follow!(Burden, Dopri5, study, arm, every_hours, patient),
        Method::Bs3 => follow!(Burden, Bs3, study, arm, every_hours, patient),
        Method::Rk4 { .. } => follow!(Burden, Rk4, study, arm, every_hours, patient),
    }
}

/// Samples one patient from the polynomial of each step.
struct TrajectorySampler {
    response: ResponseTracker<f64>,
    /// The burden of a tumour variable.
    to_burden: fn(f64) -> f64,
    every_hours: f64,
    trajectory: Trajectory,
}

impl TrajectorySampler {
    fn sample(&mut self, t_h: f64, state: State<f64>) {
        self.trajectory.days.push(t_h / HOURS_PER_DAY);
        self.trajectory.states.push(state);
    }

    fn next_sample_h(&self) -> f64 {
        self.trajectory.days.len() as f64 * self.every_hours
    }
}

impl Observer<f64> for TrajectorySampler {
    fn begin_patient(
        &mut self,
        lane: usize,
        _index: usize,
        patient: &Quantities,
        burden: f64,
        y: &[f64; SOLVED],
    ) {
        self.response.restart(lane, patient[Quantity::TumourBurden], y[TUMOUR_BURDEN]);
        let mut state = states(y);
        state[TUMOUR_BURDEN] = burden;
        self.sample(0.0, state);
    }

    fn observe_step<M: OneStepMethod>(
        &mut self,
        accepted: bool,
        step: &Step<f64, SOLVED, M>,
        _drug: &f64,
    ) -> u32 {
        if !accepted {
            return 0;
        }
        let tumour = step.dense(0, TUMOUR_BURDEN);
        self.response.locate_crossings(0, step.t0, step.h, &tumour);
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
            state[TUMOUR_BURDEN] = (self.to_burden)(state[TUMOUR_BURDEN]);
            self.sample(t, state);
        }
        1
    }

    fn relapse_threshold(&self, lane: usize) -> Option<f64> {
        self.response.relapse_threshold(lane)
    }

    fn finish(&mut self, _lane: usize, finish: &Finish<SOLVED>, _course: Option<Course>) {
        self.trajectory.status = finish.status;
    }
}
