//! One patient's course over time.

use crate::ensemble::{ANY_EQUATIONS, PatientEnsemble, WITH_EVENTS};
use crate::layout::{SOLVED, states};
use crate::observer::Observer;
use crate::plan::{Course, Plan};
use crate::response::ResponseTracker;
use crate::simulate::{control, first_step_h};
use cartrial_cohort::{Arm, Method, Study};
use cartrial_model::{HOURS_PER_DAY, INFLAMMATION, Quantities, Quantity, STATE_COUNT, State, TUMOUR_BURDEN};
use cartrial_ode::{Bs3, Dopri5, Finish, OneStepMethod, Rk4, Status, Step, Tsit5, integrate};

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

/// Follows a patient through one arm of the study, with a state every `every_hours`; at an infusion after
/// t = 0 it is that just before.
pub fn trajectory(study: &Study, arm: &Arm, every_hours: f64, patient: &Quantities) -> Trajectory {
    let plan = Plan::new(&arm.treatment, study.days);
    let control = control(&study.solver, study.days);
    let mut sampler = TrajectorySampler {
        response: ResponseTracker::new(study.endpoints),
        every_hours,
        trajectory: Trajectory { days: Vec::new(), states: Vec::new(), status: Status::Completed },
    };
    let patients = std::iter::once(patient);
    let first_step = first_step_h(&study.solver);
    let mut ensemble = PatientEnsemble::<f64, _, _, ANY_EQUATIONS, WITH_EVENTS>::new(
        study,
        plan,
        first_step,
        patients,
        &mut sampler,
    );
    match study.solver.method {
        Method::Tsit5 => integrate::<f64, Tsit5, _, SOLVED>(&mut ensemble, &control),
        Method::Dopri5 => integrate::<f64, Dopri5, _, SOLVED>(&mut ensemble, &control),
        Method::Bs3 => integrate::<f64, Bs3, _, SOLVED>(&mut ensemble, &control),
        Method::Rk4 { .. } => integrate::<f64, Rk4, _, SOLVED>(&mut ensemble, &control),
    }
    sampler.trajectory
}

/// Samples one patient from the polynomial of each step.
struct TrajectorySampler {
    response: ResponseTracker<f64>,
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
    fn begin_patient(&mut self, lane: usize, _index: usize, patient: &Quantities, y: &[f64; SOLVED]) {
        self.response.restart(lane, patient[Quantity::TumourBurden], y[TUMOUR_BURDEN]);
        self.sample(0.0, states(y));
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
