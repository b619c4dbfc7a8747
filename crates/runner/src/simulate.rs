//! One block of patients in one arm, solved in lanes.

use crate::endpoint_observer::EndpointObserver;
use crate::ensemble::{ANY_EQUATIONS, PAPER_EQUATIONS, PatientEnsemble, Steps, WITH_EVENTS, WITHOUT_EVENTS};
use crate::layout::SOLVED;
use crate::linear_system::LinearSystem;
use crate::outcome::Outcome;
use crate::plan::Plan;
use cartrial_cohort::{Arm, Method, Solver, StepSize, Study, VirtualPatient};
use cartrial_lanes::{Kernel, Level, Real, dispatch, dispatch_fast};
use cartrial_model::{
    Burden, CarT, EFFECTOR_CTL, HOURS_PER_DAY, INFLAMMATION, LogBurden, ModelSpec, Reading, TUMOUR_BURDEN,
};
use cartrial_ode::{Bs3, Control, Dopri5, Rk4, Rodas5P, Tsit5, integrate};

/// Sizes in cells/µL or pg/mL below which a state's error is judged absolutely.
const SCALE: [f64; SOLVED] = [1e-2, 1.0, 1e-2, 1e-2, 1e-2, 1e-2, 1.0, 1.0];
/// For Rodas5P, which solves ln B: an error of that is a relative error of B, however small B is.
const LN_TUMOUR_BURDEN_SCALE: f64 = 1.0;
/// For Rodas5P: an error of inflammation is forgotten at rate d2, within two hours, where that of a slow state stays. So
/// it may be larger; the peak is solved again in short steps.
const INFLAMMATION_WEIGHT: f64 = 5.0;
/// The same for a state that grows from what is left of itself, and with its relative error: the tumour; in the printed
/// reading also effector CTL and inflammation, which come from nothing but each other. Implicit steps follow inflammation
/// as it decays and need no such scale for it. Not 0, which a state may be.
pub(crate) const SELF_SUSTAINED_SCALE: f64 = 1e-290;
/// More steps than any physical patient needs: explicit methods take about 13 a day, Rodas5P fewer.
const MAX_STEPS_PER_DAY: f64 = 10_000.0;
/// In all, so that no patient takes more than about ten seconds however long the study is.
const MAX_STEPS: f64 = 10_000_000.0;
const FIRST_STEP_H: f64 = 0.1;

/// The outcome of every patient in one arm of the study, in the order of `patients`.
///
/// A patient's outcome has the same bits alone, in any block, and at any SIMD level.
pub fn simulate(study: &Study, arm: &Arm, level: Level, patients: &[VirtualPatient]) -> Vec<Outcome> {
    let mut outcomes = vec![None; patients.len()];
    let plan = Plan::new(&arm.treatment, study.days);
    let is_over_at_once = plan.is_over_at_once();
    let simulation = Simulation { study, plan, patients, outcomes: &mut outcomes };
    let is_paper = study.model == ModelSpec::default();
    // Kernels of their own give the bits of those that do more, but for Rodas5P: the general one solves its linear systems in another
    // way. So all levels have that one.
    match study.solver.method {
        _ if is_paper && is_over_at_once && level.is_fast() => {
            dispatch_fast(level, PaperWithoutEvents(simulation));
        }
        Method::Rodas5P if is_paper => dispatch(level, PaperWithEventsByRodas5P(simulation)),
        Method::Tsit5 if is_paper && level.is_fast() => {
            dispatch_fast(level, PaperWithEventsByTsit5(simulation));
        }
        _ => dispatch(level, General(simulation)),
    }
    outcomes.into_iter().map(|outcome| outcome.expect("every problem is finished")).collect()
}

/// Tolerances for a study's `rtol`, and the steps after which a patient is given up.
pub(crate) fn control(study: &Study) -> Control<SOLVED> {
    let Study { solver, days, .. } = study;
    let (mut absolute, mut relative) = (SCALE, [1.0; SOLVED]);
    let is_printed = study.model.reading == Reading::Printed;
    match solver.method {
        Method::Rodas5P => {
            (absolute[TUMOUR_BURDEN], relative[TUMOUR_BURDEN]) = (LN_TUMOUR_BURDEN_SCALE, 0.0);
            absolute[INFLAMMATION] *= INFLAMMATION_WEIGHT;
            relative[INFLAMMATION] *= INFLAMMATION_WEIGHT;
        }
        Method::Tsit5 | Method::Dopri5 | Method::Bs3 | Method::Rk4 { .. } => {
            absolute[TUMOUR_BURDEN] = SELF_SUSTAINED_SCALE;
            if is_printed {
                absolute[INFLAMMATION] = SELF_SUSTAINED_SCALE;
            }
        }
    }
    if is_printed {
        absolute[EFFECTOR_CTL] = SELF_SUSTAINED_SCALE;
    }
    let fixed_steps = match solver.method.step_size() {
        StepSize::Fixed { hours } => days * HOURS_PER_DAY / hours,
        StepSize::Adaptive => 0.0,
    };
    Control {
        tolerance: solver.local_tolerance(),
        absolute,
        relative,
        max_steps: (fixed_steps + (MAX_STEPS_PER_DAY * days.max(1.0)).min(MAX_STEPS)) as u32,
    }
}

/// The step to try first.
pub(crate) fn first_step_h(solver: &Solver) -> f64 {
    match solver.method.step_size() {
        StepSize::Fixed { hours } => hours,
        StepSize::Adaptive => FIRST_STEP_H,
    }
}

/// Integrates a [`Simulation`] with a method and a variable for the tumour.
///
/// Long steps need a relative control of the tumour, which ln B gives; short explicit ones solve B.
macro_rules! integrate_by {
    ($simulation:expr, $real:ty, $method:ty, $tumour:ty, $paper:expr, $events:expr) => {{
        let Simulation { study, plan, patients, outcomes } = $simulation;
        let steps = Steps { first_h: first_step_h(&study.solver), longest_h: f64::INFINITY };
        let control = control(study);
        let mut observer = EndpointObserver::<$real>::new::<$tumour>(study, plan.end_h, outcomes);
        let patients = patients.iter().map(|patient| &patient.quantities);
        let mut ensemble = PatientEnsemble::<$real, $tumour, _, _, { $paper }, { $events }>::new(
            study,
            plan,
            steps,
            patients,
            &mut observer,
        );
        integrate::<$real, $method, _, SOLVED>(&mut ensemble, &control);
    }};
}

/// The patients of one arm, and where their outcomes go.
struct Simulation<'a> {
    study: &'a Study,
    plan: Plan,
    patients: &'a [VirtualPatient],
    outcomes: &'a mut [Option<Outcome>],
}

/// The equations of the paper, and nothing happens after t = 0.
struct PaperWithoutEvents<'a>(Simulation<'a>);
/// The equations of the paper with drug and events, by Tsit5.
struct PaperWithEventsByTsit5<'a>(Simulation<'a>);
/// The equations of the paper with drug and events, by Rodas5P.
struct PaperWithEventsByRodas5P<'a>(Simulation<'a>);
/// Everything, with the reading and the growth law looked up at run time: slower, and a third of the code.
struct General<'a>(Simulation<'a>);

impl Kernel for PaperWithoutEvents<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Real>(self) {
        self.0.solve::<R, PAPER_EQUATIONS, WITHOUT_EVENTS>();
    }
}

impl Kernel for PaperWithEventsByTsit5<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Real>(self) {
        integrate_by!(self.0, R, Tsit5, Burden, PAPER_EQUATIONS, WITH_EVENTS);
    }
}

impl Kernel for PaperWithEventsByRodas5P<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Real>(self) {
        integrate_by!(self.0, R, Rodas5P, LogBurden, PAPER_EQUATIONS, WITH_EVENTS);
    }
}

impl Kernel for General<'_> {
    type Output = ();

    #[inline(always)]
    fn run<R: Real>(self) {
        self.0.solve::<R, ANY_EQUATIONS, WITH_EVENTS>();
    }
}

impl Simulation<'_> {
    #[inline(always)]
    fn solve<R: Real, const PAPER: bool, const EVENTS: bool>(self)
    where
        CarT<R, LogBurden, PAPER>: LinearSystem<R>,
    {
        match self.study.solver.method {
            Method::Rodas5P => integrate_by!(self, R, Rodas5P, LogBurden, PAPER, EVENTS),
            Method::Tsit5 => integrate_by!(self, R, Tsit5, Burden, PAPER, EVENTS),
            Method::Dopri5 => integrate_by!(self, R, Dopri5, Burden, PAPER, EVENTS),
            Method::Bs3 => integrate_by!(self, R, Bs3, Burden, PAPER, EVENTS),
            Method::Rk4 { .. } => integrate_by!(self, R, Rk4, Burden, PAPER, EVENTS),
        }
    }
}
