//! A model of your own in the lanes of the integrator: tumour cells T that CAR T cells C kill and are fed by,
//!
//! > T' = g T − k T C,  C' = e T C − d C,
//!
//! for a thousand patients who differ in g. Lotka and Volterra's equations have an invariant, which tells the accuracy.
//!
//! ```sh
//! cargo run --release --example own_model
//! ```

use cartrial_lanes::{Kernel, Level, LevelError, Real, dispatch};
use cartrial_ode::{
    Arrival, Control, Ensemble, Finish, OneStepMethod, Start, Status, Step, Tsit5, integrate,
};

const KILLING: f64 = 0.02;
const EXPANSION: f64 = 0.01;
const DEATH: f64 = 0.5;
const START: [f64; 2] = [100.0, 10.0];
const DAYS: f64 = 30.0;

/// The patients: those that wait, and those in the lanes.
struct Tumours<'a, R> {
    growth_rates: &'a [f64],
    next: usize,
    /// Growth rate of the patient in each lane.
    growth: R,
    /// Number of the patient in each lane.
    patient: [usize; 8],
    ends: Vec<Option<Finish<2>>>,
}

impl<R: Real> Ensemble<R, 2> for Tumours<'_, R> {
    #[inline(always)]
    fn rhs(&self, _t: R, &[tumour, car_t]: &[R; 2]) -> [R; 2] {
        let met = tumour * car_t;
        let (killing, expansion) = (R::splat(KILLING), R::splat(EXPANSION));
        [self.growth * tumour - killing * met, expansion * met - R::splat(DEATH) * car_t]
    }

    fn load(&mut self, lane: usize) -> Option<Start<2>> {
        let growth = *self.growth_rates.get(self.next)?;
        self.growth.set_lane(lane, growth);
        self.patient[lane] = self.next;
        self.next += 1;
        Some(Start { t: 0.0, y: START, stop: DAYS, first_step: 0.01, decay: 0.0, max_step: f64::INFINITY })
    }

    fn accepted<M: OneStepMethod>(&mut self, _lanes: R::Mask, _step: &Step<R, 2, M>) {}

    fn arrived(&mut self, _lane: usize, _t: f64, _y: &[f64; 2]) -> Arrival<2> {
        Arrival::Done
    }

    fn finished(&mut self, lane: usize, finish: &Finish<2>) {
        self.ends[self.patient[lane]] = Some(*finish);
    }
}

/// The whole computation, compiled for every set of instructions.
struct Solve<'a>(&'a [f64]);

impl Kernel for Solve<'_> {
    type Output = Vec<Option<Finish<2>>>;

    #[inline(always)]
    fn run<R: Real>(self) -> Self::Output {
        let mut tumours = Tumours {
            growth_rates: self.0,
            next: 0,
            growth: R::splat(0.0),
            patient: [0; 8],
            ends: vec![None; self.0.len()],
        };
        let control =
            Control { tolerance: 1e-9, absolute: [1e-3; 2], relative: [1.0; 2], max_steps: 100_000 };
        integrate::<R, Tsit5, _, 2>(&mut tumours, &control);
        tumours.ends
    }
}

/// e T − d ln T + k C − g ln C does not change along a solution.
fn invariant(growth: f64, [tumour, car_t]: [f64; 2]) -> f64 {
    EXPANSION * tumour - DEATH * tumour.ln() + KILLING * car_t - growth * car_t.ln()
}

fn main() -> Result<(), LevelError> {
    let growth_rates: Vec<f64> = (0..1000).map(|i| 0.1 + 0.0002 * f64::from(i)).collect();
    let level = Level::from_environment()?;
    let ends = dispatch(level, Solve(&growth_rates));

    let mut worst = 0.0_f64;
    for (&growth, end) in growth_rates.iter().zip(ends.iter().flatten()) {
        assert_eq!(end.status, Status::Completed);
        worst = worst.max((invariant(growth, end.y) - invariant(growth, START)).abs());
    }
    println!("{} patients solved with {level}; the invariant drifts by at most {worst:.1e}", ends.len());
    assert!(worst < 1e-6, "the invariant drifts by {worst:.1e}");
    Ok(())
}
