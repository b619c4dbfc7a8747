//! One block of patients, solved in lanes.

use crate::endpoint::{Endpoint, Outcome};
use crate::patients::{PatientLanes, SOLVED};
use cartrial_cohort::{Method, Solver, VirtualPatient};
use cartrial_lanes::{Kernel, Level, Real, dispatch};
use cartrial_model::ModelSpec;
use cartrial_ode::{Bs3, Control, Dopri5, Rk4, Status, Tsit5, integrate};

/// The model counts hours, people count days.
pub const HOURS_PER_DAY: f64 = 24.0;

/// Local tolerance per unit of the asked-for relative accuracy of an outcome; see [`control`].
const LOCAL_PER_GLOBAL: f64 = 0.2;
/// Sizes in cells/µL or pg/mL below which a state's error is judged absolutely.
const SCALE: [f64; SOLVED] = [1e-2, 1.0, 1e-2, 1e-2, 1e-2, 1e-2, 1.0, 1.0];
/// More steps than any physical patient needs (about 13 a day with the default method).
const MAX_STEPS_PER_DAY: f64 = 10_000.0;
const FIRST_STEP_H: f64 = 0.1;

/// The outcome of every patient after `days`, in the order of `patients`.
///
/// A patient's outcome has the same bits alone, in any block, and at any SIMD level.
pub fn simulate(
    spec: ModelSpec,
    solver: &Solver,
    days: f64,
    level: Level,
    patients: &[VirtualPatient],
) -> Vec<Outcome> {
    let unsolved =
        Outcome { status: Status::TooManySteps, steps: 0, rejected: 0, values: [f64::NAN; Endpoint::COUNT] };
    let mut outcomes = vec![unsolved; patients.len()];
    let hours = days * HOURS_PER_DAY;
    let simulation = Simulation { spec, solver, hours, patients, outcomes: &mut outcomes };
    if spec == ModelSpec::default() {
        dispatch(level, simulation);
    } else {
        dispatch(level, AnyModel(simulation));
    }
    outcomes
}

/// Tolerances for a study's `rtol`, the relative error that it accepts in an outcome.
///
/// The error of an outcome is the sum of some 400 local errors, carried along; the local tolerance is `rtol` times
/// [`LOCAL_PER_GLOBAL`], calibrated on the paper's populations so that the worst patient's peak is within `rtol`.
pub(crate) fn control(solver: &Solver, hours: f64) -> Control<SOLVED> {
    let days = hours / HOURS_PER_DAY;
    let fixed_steps = match solver.method {
        Method::Rk4 { step_hours } => hours / step_hours,
        _ => 0.0,
    };
    Control {
        tolerance: LOCAL_PER_GLOBAL * solver.rtol,
        scale: SCALE,
        max_steps: (fixed_steps + MAX_STEPS_PER_DAY * days.max(1.0)).min(f64::from(u32::MAX)) as u32,
    }
}

/// The step to try first.
pub(crate) fn first_step_h(solver: &Solver) -> f64 {
    match solver.method {
        Method::Rk4 { step_hours } => step_hours,
        _ => FIRST_STEP_H,
    }
}

struct Simulation<'a> {
    spec: ModelSpec,
    solver: &'a Solver,
    hours: f64,
    patients: &'a [VirtualPatient],
    outcomes: &'a mut [Outcome],
}

/// The same with the reading and the growth law looked up at run time.
struct AnyModel<'a>(Simulation<'a>);

impl Kernel for Simulation<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Real>(self) {
        self.solve::<R, true>();
    }
}

impl Kernel for AnyModel<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Real>(self) {
        self.0.solve::<R, false>();
    }
}

impl Simulation<'_> {
    #[inline(always)]
    fn solve<R: Real, const PAPER: bool>(self) {
        let first_step = first_step_h(self.solver);
        let control = control(self.solver, self.hours);
        let mut lanes =
            PatientLanes::<R, PAPER>::new(self.spec, self.hours, first_step, self.patients, self.outcomes);
        match self.solver.method {
            Method::Tsit5 => integrate::<R, Tsit5, _, SOLVED>(&mut lanes, &control),
            Method::Dopri5 => integrate::<R, Dopri5, _, SOLVED>(&mut lanes, &control),
            Method::Bs3 => integrate::<R, Bs3, _, SOLVED>(&mut lanes, &control),
            Method::Rk4 { .. } => integrate::<R, Rk4, _, SOLVED>(&mut lanes, &control),
        }
    }
}
