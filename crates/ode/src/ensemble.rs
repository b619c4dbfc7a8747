//! What the integrator asks of the problems that it solves, and what it tells about each when done.

use crate::method::{OneStepMethod, Step};
use cartrial_lanes::Real;

/// A queue of initial value problems of `N` states that share a right-hand side and differ in parameters.
///
/// The integrator calls [`load`](Self::load) for a lane when it is free, then [`accepted`](Self::accepted) after every
/// step, [`arrived`](Self::arrived) at every stop, and [`finished`](Self::finished) once.
pub trait Ensemble<R: Real, const N: usize> {
    /// The error of the first `CONTROLLED` states governs the step size. Later ones are quadratures: integrated with
    /// the states, while nothing depends on them.
    const CONTROLLED: usize = N;

    /// y' = f(t, y), lane by lane.
    fn rhs(&self, t: R, y: &[R; N]) -> [R; N];

    /// A function of the state that changes sign where the right-hand side is continuous but not smooth, as max(0, u)
    /// is at u = 0. A step across such a kink would lose the method's order, so one ends there.
    #[inline(always)]
    fn kink(&self, _y: &[R; N]) -> R {
        R::splat(1.0)
    }

    /// Whether [`trigger`](Self::trigger) is watched.
    const TRIGGERED: bool = false;

    /// A function of the state whose rise through 0 is an event, and its derivative with respect to time, with `f` = y'.
    /// The lane arrives where its value is above 0 and at most [`LANDING`](crate::LANDING), as at a stop. At the
    /// beginning, and wherever a lane goes on after it arrived, its value must not be above 0.
    #[inline(always)]
    fn trigger(&self, _y: &[R; N], _f: &[R; N]) -> (R, R) {
        (R::splat(-1.0), R::splat(0.0))
    }

    /// Puts the next problem's parameters into lane `lane`; `None` when the queue is empty.
    fn load(&mut self, lane: usize) -> Option<Start<N>>;

    /// A step was accepted in the lanes of `lanes`; what stands in the others is to be ignored.
    ///
    /// Hot code: inline it, and hand a copy of the step to what is not inlined, so that the step itself need not be in
    /// memory.
    fn accepted<M: OneStepMethod>(&mut self, lanes: R::Mask, step: &Step<R, N, M>);

    /// Lane `lane` has reached its stop at time `t` exactly, or an event before, in state `y`.
    fn arrived(&mut self, lane: usize, t: f64, y: &[f64; N]) -> Arrival<N>;

    /// Lane `lane` is done with its problem, for better or worse.
    fn finished(&mut self, lane: usize, finish: &Finish<N>);
}

/// An ensemble of autonomous problems y' = f(y) that a linearly implicit method can solve.
///
/// The first [`CONTROLLED`](Ensemble::CONTROLLED) states make up the system. The others are integrals over time of
/// states, which cost no row of the matrix.
pub trait LinearlyImplicit<R: Real, const N: usize>: Ensemble<R, N> {
    /// The matrix σ − J, factorised.
    type Factors;

    /// State `CONTROLLED + i` is ∫ y\[`INTEGRATED[i]`\] dt.
    const INTEGRATED: &'static [usize] = &[];

    /// Factorises `sigma` − J, lane by lane, with J = ∂f/∂y at the state `y` where a step of size `h` starts and
    /// `f` = f(y). On a kink J is that of the side to which the step goes.
    fn factorise(&self, y: &[R; N], f: &[R; N], h: R, sigma: R) -> Self::Factors;

    /// u with (σ − J) u = `b`; of no importance behind the system's states.
    fn solve(&self, factors: &Self::Factors, b: &[R; N]) -> [R; N];
}

/// Where a problem starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start<const N: usize> {
    /// Time of the initial state.
    pub t: f64,
    /// Initial state.
    pub y: [f64; N],
    /// The first time on which the integrator has to land exactly.
    pub stop: f64,
    /// Step size to try first (the step size, for a method of fixed step).
    pub first_step: f64,
    /// The fastest decay rate λ of the problem: steps stay below the method's stability limit over λ. 0 for no limit.
    pub decay: f64,
    /// No step is longer than this; infinite for no limit.
    pub max_step: f64,
}

/// What is to happen at a stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrival<const N: usize> {
    /// The problem is solved.
    Done,
    /// Go on from here: a state that has jumped, parameters that have changed, or another time altogether.
    Continue(Start<N>),
}

/// How a problem ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The last stop was reached.
    Completed,
    /// The step size fell below what time can resolve.
    StepCollapsed,
    /// The state or its derivative is no longer a number.
    NonFinite,
    /// The given step of a method with fixed steps is beyond its stability limit for this problem: nothing was solved.
    StepTooLong,
    /// The allowance of steps is used up.
    TooManySteps,
}

/// A problem's end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finish<const N: usize> {
    /// How it ended.
    pub status: Status,
    /// When.
    pub t: f64,
    /// In what state.
    pub y: [f64; N],
    /// Steps accepted.
    pub accepted: u32,
    /// Steps tried and not accepted: for their error, or because they went beyond a kink or an event.
    pub rejected: u32,
}
