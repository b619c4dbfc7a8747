//! What the integrator needs to know of a one-step method.

use crate::dense::Quartic;
use crate::ensemble::Ensemble;
use cartrial_lanes::Real;

/// A one-step method: it advances y(t) to y(t + h), estimates the local error, and interpolates in between.
pub trait OneStepMethod: Copy + 'static {
    /// Order of the solution.
    const ORDER: u32;
    /// Whether it estimates its error; a method without an estimate keeps the step size that it is given.
    const ADAPTIVE: bool;
    /// Stability limit on the negative real axis: the method is stable on y' = −λ y for λ h below this.
    const REAL_STABILITY: f64;
    /// The stages that it keeps of a step, for its dense output.
    type Stages<R: Real, const N: usize>: Copy;

    /// Dense output: state `i` of lane `lane` over the step, as a polynomial in θ = (t − t0)/h.
    fn dense<R: Real, const N: usize>(step: &Step<R, N, Self>, lane: usize, i: usize) -> Quartic;
}

/// A one-step method that can solve the problems of the ensemble `E`: an explicit method those of any ensemble, a
/// linearly implicit one those that have a Jacobian.
pub trait Stepper<R: Real, E: Ensemble<R, N>, const N: usize>: OneStepMethod {
    /// One step of size `h` from (t, y) with `f` = f(t, y).
    fn step(problem: &E, t: R, y: &[R; N], f: &[R; N], h: R) -> Advance<R, N, Self>;
}

/// The result of a step.
#[derive(Clone, Copy)]
pub struct Advance<R: Real, const N: usize, M: OneStepMethod> {
    /// State at the end.
    pub y: [R; N],
    /// Derivative at the end.
    pub f: [R; N],
    /// Estimate of the local error up to a common factor; only that of the controlled states is read.
    pub error: [R; N],
    /// That factor: h where `error` combines slopes, 1 where it combines increments.
    pub error_factor: R,
    /// The stages, for dense output.
    pub stages: M::Stages<R, N>,
}

/// A step from beginning to end, as an ensemble sees it.
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
    /// Dense output: state `i` of lane `lane` over the step, as a polynomial in θ = (t − t0)/h ∈ [0, 1].
    pub fn dense(&self, lane: usize, i: usize) -> Quartic {
        M::dense(self, lane, i)
    }

    /// The same by the cubic Hermite interpolant, for methods that have no dense output of their own.
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
