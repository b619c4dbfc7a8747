//! The integrator against problems with known solutions, and each way in which a problem can end.

mod common;

use cartrial_lanes::{Kernel, Level, Real, dispatch};
use cartrial_ode::{
    Arrival, Control, Ensemble, Finish, OneStepMethod, Rk4, Start, Status, Step, Tsit5, integrate,
};
use common::{Problems, control, solve, start};

/// The Arenstorf orbit of the restricted three-body problem, one period; Hairer, Nørsett & Wanner, *Solving Ordinary
/// Differential Equations I*, section II.0.
fn arenstorf(_t: f64, y: &[f64; 4], _p: f64) -> [f64; 4] {
    let (mu, nu) = (0.012_277_471, 1.0 - 0.012_277_471);
    let (d1, d2) =
        (((y[0] + mu).powi(2) + y[1] * y[1]).powf(1.5), ((y[0] - nu).powi(2) + y[1] * y[1]).powf(1.5));
    [
        y[2],
        y[3],
        y[0] + 2.0 * y[3] - nu * (y[0] + mu) / d1 - mu * (y[0] - nu) / d2,
        y[1] - 2.0 * y[2] - nu * y[1] / d1 - mu * y[1] / d2,
    ]
}

#[test]
fn ref_arenstorf_orbit_closes() {
    let y0 = [0.994, 0.0, 0.0, -2.001_585_106_379_082_5];
    let period = 17.065_216_560_157_963;
    let finish = solve::<Tsit5, _, 4>(arenstorf, start(y0, period, 1e-4), &control(1e-13));
    assert_eq!(finish.status, Status::Completed);
    assert_eq!(finish.t, period);
    assert!((finish.y[0] - y0[0]).abs() < 1e-6 && finish.y[1].abs() < 1e-6, "{:?}", finish.y);
}

#[test]
fn prop_error_falls_with_the_tolerance() {
    // y' = cos(t) y: y = exp(sin t)
    let error = |tolerance: f64| {
        let finish =
            solve::<Tsit5, _, 1>(|t, y, _| [t.cos() * y[0]], start([1.0], 10.0, 0.01), &control(tolerance));
        (finish.y[0] - 10.0_f64.sin().exp()).abs()
    };
    for tolerance in [1e-4, 1e-6, 1e-8, 1e-10] {
        assert!(error(tolerance) < 10.0 * tolerance, "error {} at tolerance {tolerance}", error(tolerance));
    }
}

#[test]
fn a_solution_that_blows_up_ends_its_own_problem_as_collapsed_or_non_finite() {
    // y' = y²: y = 1/(1 − t) has a pole at 1
    let finish = solve::<Tsit5, _, 1>(|_, y, _| [y[0] * y[0]], start([1.0], 2.0, 0.01), &control(1e-8));
    assert_eq!(finish.status, Status::StepCollapsed);
    assert!((finish.t - 1.0).abs() < 1e-6, "stopped at {}", finish.t);
    let finish = solve::<Rk4, _, 1>(|_, y, _| [y[0] * y[0]], start([1.0], 4.0, 0.01), &control(1e-8));
    assert_eq!(finish.status, Status::NonFinite);
    // The steps go beyond the pole before the state overflows, and on until the stop with one that is not finite.
    assert!((1.0..1.1).contains(&finish.t), "finite up to {}", finish.t);
    assert_eq!(finish.accepted, 400);
}

#[test]
fn a_derivative_that_is_no_number_is_non_finite() {
    let finish = solve::<Tsit5, _, 1>(|_, _, _| [f64::NAN], start([1.0], 2.0, 0.01), &control(1e-8));
    assert_eq!((finish.status, finish.accepted), (Status::NonFinite, 0));
    let finish = solve::<Tsit5, _, 1>(
        |t, _, _| [if t > 1.0 { f64::NAN } else { 1.0 }],
        start([1.0], 2.0, 0.01),
        &control(1e-8),
    );
    assert!(matches!(finish.status, Status::NonFinite | Status::StepCollapsed), "{:?}", finish.status);
    assert!((finish.t - 1.0).abs() < 1e-6);
}

#[test]
fn an_allowance_of_steps_is_kept() {
    let control = Control { max_steps: 7, ..control(1e-8) };
    let finish = solve::<Tsit5, _, 1>(|t, _, _| [t.cos()], start([0.0], 100.0, 0.01), &control);
    assert_eq!((finish.status, finish.accepted + finish.rejected), (Status::TooManySteps, 7));
}

/// y' = −y with a dose of 1 at t = 1, 2, 3 and a decay that doubles there.
struct Doses {
    start: Option<Start<1>>,
    decay: f64,
    stops: Vec<f64>,
    landed: Vec<f64>,
    end: f64,
}

impl Ensemble<f64, 1> for Doses {
    fn rhs(&self, _t: f64, y: &[f64; 1]) -> [f64; 1] {
        [-self.decay * y[0]]
    }
    fn load(&mut self, _lane: usize) -> Option<Start<1>> {
        self.start.take()
    }
    fn accepted<M: OneStepMethod>(&mut self, _good: bool, _step: &Step<f64, 1, M>) {}
    fn arrived(&mut self, _lane: usize, t: f64, y: &[f64; 1]) -> Arrival<1> {
        self.landed.push(t);
        let Some(stop) = self.stops.pop() else {
            self.end = y[0];
            return Arrival::Done;
        };
        self.decay *= 2.0;
        Arrival::Continue(Start {
            t,
            y: [y[0] + 1.0],
            stop,
            first_step: 0.01,
            decay: 0.0,
            max_step: f64::INFINITY,
        })
    }
    fn finished(&mut self, _lane: usize, _finish: &Finish<1>) {}
}

#[test]
fn ref_stops_are_landed_on_exactly_and_jumps_are_taken() {
    let mut doses = Doses {
        start: Some(start([1.0], 1.0, 0.01)),
        decay: 1.0,
        stops: vec![4.0, 3.0, 2.0],
        landed: vec![],
        end: 0.0,
    };
    integrate::<f64, Tsit5, _, 1>(&mut doses, &control(1e-10));
    assert_eq!(doses.landed, [1.0, 2.0, 3.0, 4.0]);
    let e = |x: f64| (-x).exp();
    let exact = (((e(1.0) + 1.0) * e(2.0) + 1.0) * e(4.0) + 1.0) * e(8.0);
    assert!((doses.end / exact - 1.0).abs() < 1e-8, "{} against {exact}", doses.end);
}

/// A predator–prey model with a different rate in every problem; some problems go on for longer than others.
struct LotkaVolterra<'a>(&'a [(f64, Start<2>)]);

impl Kernel for LotkaVolterra<'_> {
    type Output = Vec<Option<Finish<2>>>;

    #[inline(always)]
    fn run<R: Real>(self) -> Self::Output {
        let f = |_t: R, y: &[R; 2], p: R| [p * y[0] - y[0] * y[1], y[0] * y[1] - y[1]];
        let mut problems = Problems::<R, _, 2>::new(f, self.0);
        integrate::<R, Tsit5, _, 2>(&mut problems, &control(1e-9));
        problems.finished
    }
}

#[test]
fn prop_a_problem_has_the_same_bits_alone_and_in_any_lane_beside_any_others() {
    let problems: Vec<_> = (0..53)
        .map(|i| {
            let x = f64::from(i);
            (0.5 + 0.03 * x, start([1.0 + 0.1 * x, 1.0], 5.0 + x % 7.0, 0.01))
        })
        .collect();
    let alone: Vec<_> = problems
        .iter()
        .flat_map(|p| dispatch(Level::Scalar, LotkaVolterra(std::slice::from_ref(p))))
        .collect();
    assert!(alone.iter().all(|finish| finish.expect("finished").status == Status::Completed));
    for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
        assert_eq!(dispatch(level, LotkaVolterra(&problems)), alone, "{level}");
        let reversed: Vec<_> = problems.iter().rev().copied().collect();
        let mut back = dispatch(level, LotkaVolterra(&reversed));
        back.reverse();
        assert_eq!(back, alone, "{level}, in reverse order");
    }
}

/// y' = 1 + 40 max(0, y − 1), whose right-hand side has a kink at y = 1: y = t up to 1, then 1 + (e^{40(t−1)} − 1)/40.
struct Kinked {
    start: Option<Start<1>>,
    says_so: bool,
    finish: Option<Finish<1>>,
}

impl Ensemble<f64, 1> for Kinked {
    fn rhs(&self, _t: f64, y: &[f64; 1]) -> [f64; 1] {
        [1.0 + 40.0 * (y[0] - 1.0).max(0.0)]
    }
    fn switching_function(&self, y: &[f64; 1]) -> f64 {
        if self.says_so { y[0] - 1.0 } else { 1.0 }
    }
    fn load(&mut self, _lane: usize) -> Option<Start<1>> {
        self.start.take()
    }
    fn accepted<M: OneStepMethod>(&mut self, _good: bool, _step: &Step<f64, 1, M>) {}
    fn arrived(&mut self, _lane: usize, _t: f64, _y: &[f64; 1]) -> Arrival<1> {
        Arrival::Done
    }
    fn finished(&mut self, _lane: usize, finish: &Finish<1>) {
        self.finish = Some(*finish);
    }
}

#[test]
fn prop_a_step_that_ends_on_a_kink_keeps_the_accuracy() {
    let exact = 1.0 + ((40.0 * 0.05_f64).exp() - 1.0) / 40.0;
    let error = |says_so| {
        let mut problem = Kinked { start: Some(start([0.0], 1.05, 0.01)), says_so, finish: None };
        integrate::<f64, Tsit5, _, 1>(&mut problem, &control(1e-6));
        let finish = problem.finish.expect("finished");
        assert_eq!(finish.status, Status::Completed);
        (finish.y[0] - exact).abs()
    };
    let (with, without) = (error(true), error(false));
    assert!(with < 2e-6, "error {with:.1e} where the kink is known");
    assert!(with < 0.1 * without, "error {with:.1e} where the kink is known, {without:.1e} where not");
}
