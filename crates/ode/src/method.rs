//! What a one-step method is to the integrator.

use crate::dense::Quartic;
use crate::ensemble::Ensemble;
use cartrial_lanes::Real;

/// A one-step method: a way from y(t) to y(t + h), with an estimate of the error and a polynomial between.
pub trait OneStepMethod: Copy + 'static {
    /// Order of the solution.
    const ORDER: u32;
    /// Whether it estimates its error; a method that does not keeps the step size it is given.
    const ADAPTIVE: bool;
    /// The method is stable on y' = −λ y for λ h below this.
    const REAL_STABILITY: f64;
    /// What it keeps of a step.
    type Stages<R: Real, const N: usize>: Copy;

    /// State `i` of lane `lane` over the step, as a polynomial in θ = (t − t0)/h.
    fn dense<R: Real, const N: usize>(step: &Step<R, N, Self>, lane: usize, i: usize) -> Quartic;
}

/// A one-step method for the problems of the ensemble `E`: explicit ones are for any, linearly implicit ones for those
/// that have a Jacobian.
pub trait Stepper<R: Real, E: Ensemble<R, N>, const N: usize>: OneStepMethod {
    /// One step of size `h` from (t, y) with `f` = f(t, y).
    fn step(problem: &E, t: R, y: &[R; N], f: &[R; N], h: R) -> Advance<R, N, Self>;
}

/// What a step gives.
#[derive(Clone, Copy)]
pub struct Advance<R: Real, const N: usize, M: OneStepMethod> {
    /// State at the end.
    pub y: [R; N],
    /// Derivative at the end.
    pub f: [R; N],
    /// Estimate of the local error (only the controlled states are read), but for a factor.
    pub error: [R; N],
    /// That factor: h, where the estimate is one of slopes.
    pub error_factor: R,
    /// The method's own stages, for the polynomial.
    pub stages: M::Stages<R, N>,
}

/// A step, from beginning to end, as observers see it.
#[derive(Clone, Copy)]
pub struct Step<R: Real, const N: usize, M: OneStepMethod> {
    /// Time at the beginning.
    pub t0: R,
    /// Time at the end.
    pub t1: R,
    /// Step size.
    pub h: R,
    /// State at the beginning.
    pub y0: [R; N],
    /// Derivative at the beginning.
    pub f0: [R; N],
    /// State, derivative and stages at the end.
    pub end: Advance<R, N, M>,
}

impl<R: Real, const N: usize, M: OneStepMethod> Step<R, N, M> {
    /// State `i` of lane `lane` over the step, as a polynomial in θ = (t − t0)/h ∈ [0, 1].
    pub fn dense(&self, lane: usize, i: usize) -> Quartic {
        M::dense(self, lane, i)
    }

    /// The same as the cubic that has the values and derivatives at both ends of the step (Hermite).
    pub(crate) fn hermite(&self, lane: usize, i: usize) -> Quartic {
        let h = self.h.lane(lane);
        Quartic::hermite(
            self.y0[i].lane(lane),
            self.end.y[i].lane(lane),
            h * self.f0[i].lane(lane),
            h * self.end.f[i].lane(lane),
        )
    }
}
