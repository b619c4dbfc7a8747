//! Each tableau has the order that it claims, and each polynomial between steps too.

mod common;

use cartrial_ode::{
    Arrival, Bs3, Control, Dopri5, Ensemble, Finish, OneStepMethod, Rk4, Start, Step, Stepper, Tsit5,
    integrate,
};
use common::{Problems, start};

/// y' = −y² sin t, y(0) = 1/2: y = 1/(3 − cos t). Nonlinear and non-autonomous, so every order condition is touched.
fn exact(t: f64) -> f64 {
    1.0 / (3.0 - t.cos())
}

/// Takes steps of one size, whatever the error estimate, and notes the largest error at their ends and within.
struct FixedStep {
    start: Option<Start<1>>,
    worst_at: f64,
    worst_between: f64,
}

impl Ensemble<f64, 1> for FixedStep {
    fn rhs(&self, t: f64, y: &[f64; 1]) -> [f64; 1] {
        [-y[0] * y[0] * t.sin()]
    }
    fn load(&mut self, _lane: usize) -> Option<Start<1>> {
        self.start.take()
    }
    fn accepted<M: OneStepMethod>(&mut self, _good: bool, step: &Step<f64, 1, M>) {
        self.worst_at = self.worst_at.max((step.end.y[0] - exact(step.t1)).abs());
        let polynomial = step.dense(0, 0);
        for theta in [0.25, 0.5, 0.75] {
            let error = polynomial.value(theta) - exact(step.t0 + theta * step.h);
            self.worst_between = self.worst_between.max(error.abs());
        }
    }
    fn arrived(&mut self, _lane: usize, _t: f64, _y: &[f64; 1]) -> Arrival<1> {
        Arrival::Done
    }
    fn finished(&mut self, _lane: usize, _finish: &Finish<1>) {}
}

/// Largest errors at the ends of steps and between them up to t = 4, with `steps` equal steps.
fn errors<M: Stepper<f64, FixedStep, 1>>(steps: u32) -> (f64, f64) {
    let stop = 4.0;
    let h = stop / f64::from(steps);
    // The longest step pins an adaptive method to h when no error is too large for it.
    let max_step = if M::ADAPTIVE { h } else { f64::INFINITY };
    let mut problem = FixedStep {
        start: Some(Start { max_step, ..start([0.5], stop, h) }),
        worst_at: 0.0,
        worst_between: 0.0,
    };
    let control = Control { tolerance: 1e3, absolute: [1.0], relative: [1.0], max_steps: 100_000 };
    integrate::<f64, M, _, 1>(&mut problem, &control);
    (problem.worst_at, problem.worst_between)
}

fn observed_orders<M: Stepper<f64, FixedStep, 1>>() -> (f64, f64) {
    let (coarse, fine) = (errors::<M>(40), errors::<M>(80));
    ((coarse.0 / fine.0).log2(), (coarse.1 / fine.1).log2())
}

#[test]
fn ref_rk4_has_order_4_at_steps_and_between() {
    let (at, between) = observed_orders::<Rk4>();
    assert!((at - 4.0).abs() < 0.3, "order {at} at the ends of steps");
    assert!((between - 4.0).abs() < 0.3, "order {between} between steps");
}

#[test]
fn ref_bs3_has_order_3_at_steps_and_between() {
    let (at, between) = observed_orders::<Bs3>();
    assert!((at - 3.0).abs() < 0.3, "order {at} at the ends of steps");
    assert!((between - 3.0).abs() < 0.5, "order {between} between steps");
}

#[test]
fn ref_dopri5_has_order_5_at_steps_and_between() {
    let (at, between) = observed_orders::<Dopri5>();
    assert!((at - 5.0).abs() < 0.5, "order {at} at the ends of steps");
    assert!((between - 5.0).abs() < 0.5, "order {between} between steps");
}

#[test]
fn ref_tsit5_has_order_5_at_steps_and_between() {
    // The interpolant is of order 4: its local error, which is what shows between steps, is O(h⁵).
    let (at, between) = observed_orders::<Tsit5>();
    assert!((at - 5.0).abs() < 0.5, "order {at} at the ends of steps");
    assert!((between - 5.0).abs() < 0.5, "order {between} between steps");
}

type Slope = fn(f64, &[f64; 1], f64) -> [f64; 1];

/// Applies one step of size `z` to y' = −y.
fn amplification<M: Stepper<f64, Problems<f64, Slope, 1>, 1>>(z: f64) -> f64 {
    let start = start([1.0], z, z);
    let control = Control { tolerance: 1e6, absolute: [1.0], relative: [1.0], max_steps: 10 };
    let finish = common::solve::<M, Slope, 1>(|_, y, _| [-y[0]], start, &control);
    assert_eq!(finish.accepted, 1);
    finish.y[0].abs()
}

#[test]
fn prop_stability_limits_are_where_the_methods_say() {
    assert!(amplification::<Tsit5>(Tsit5::REAL_STABILITY) < 1.0);
    assert!(amplification::<Tsit5>(Tsit5::REAL_STABILITY + 0.02) > 1.0);
    assert!(amplification::<Dopri5>(Dopri5::REAL_STABILITY) < 1.0);
    assert!(amplification::<Dopri5>(Dopri5::REAL_STABILITY + 0.01) > 1.0);
    assert!(amplification::<Bs3>(Bs3::REAL_STABILITY) < 1.0);
    assert!(amplification::<Bs3>(Bs3::REAL_STABILITY + 0.01) > 1.0);
    assert!(amplification::<Rk4>(Rk4::REAL_STABILITY) < 1.0);
    assert!(amplification::<Rk4>(Rk4::REAL_STABILITY + 0.01) > 1.0);
}
