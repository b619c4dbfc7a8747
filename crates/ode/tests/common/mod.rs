//! Problems whose solutions are known in closed form, as an ensemble for any lane type.

#![allow(dead_code)] // every test crate uses its own part

use cartrial_lanes::Real;
use cartrial_ode::{Arrival, Control, Ensemble, Finish, OneStepMethod, Start, Step, Stepper, integrate};
use std::collections::VecDeque;

/// y' = f(t, y, p), one parameter p for each problem.
pub struct Problems<R, F, const N: usize> {
    pub f: F,
    pub parameter: R,
    pub waiting: VecDeque<(usize, f64, Start<N>)>,
    pub in_lane: [usize; 8],
    pub finished: Vec<Option<Finish<N>>>,
}

impl<R: Real, F, const N: usize> Problems<R, F, N> {
    pub fn new(f: F, problems: &[(f64, Start<N>)]) -> Self {
        Self {
            f,
            parameter: R::splat(0.0),
            waiting: problems.iter().enumerate().map(|(i, &(p, start))| (i, p, start)).collect(),
            in_lane: [0; 8],
            finished: vec![None; problems.len()],
        }
    }
}

impl<R: Real, F: Fn(R, &[R; N], R) -> [R; N], const N: usize> Ensemble<R, N> for Problems<R, F, N> {
    #[inline(always)]
    fn rhs(&self, t: R, y: &[R; N]) -> [R; N] {
        (self.f)(t, y, self.parameter)
    }
    fn load(&mut self, lane: usize) -> Option<Start<N>> {
        let (index, parameter, start) = self.waiting.pop_front()?;
        self.in_lane[lane] = index;
        self.parameter.set_lane(lane, parameter);
        Some(start)
    }
    fn accepted<M: OneStepMethod>(&mut self, _lanes: R::Mask, _step: &Step<R, N, M>) {}
    fn arrived(&mut self, _lane: usize, _t: f64, _y: &[f64; N]) -> Arrival<N> {
        Arrival::Done
    }
    fn finished(&mut self, lane: usize, finish: &Finish<N>) {
        self.finished[self.in_lane[lane]] = Some(*finish);
    }
}

pub fn start<const N: usize>(y: [f64; N], stop: f64, first_step: f64) -> Start<N> {
    Start { t: 0.0, y, stop, first_step, decay: 0.0, max_step: f64::INFINITY }
}

pub fn control<const N: usize>(tolerance: f64) -> Control<N> {
    Control { tolerance, absolute: [1e-3; N], relative: [1.0; N], max_steps: 1_000_000 }
}

/// Solves one problem in one lane.
pub fn solve<
    M: Stepper<f64, Problems<f64, F, N>, N>,
    F: Fn(f64, &[f64; N], f64) -> [f64; N],
    const N: usize,
>(
    f: F,
    start: Start<N>,
    control: &Control<N>,
) -> Finish<N> {
    let mut problems = Problems::<f64, _, N>::new(f, &[(0.0, start)]);
    integrate::<f64, M, _, N>(&mut problems, control);
    problems.finished[0].expect("every problem is finished")
}
