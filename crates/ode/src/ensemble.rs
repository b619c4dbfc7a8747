//! What the integrator asks of the problems that it solves, and what it reports about each.

use crate::method::{OneStepMethod, Step};
use cartrial_lanes::Real;

/// A queue of initial value problems of `N` states that share a right-hand side and differ in parameters.
///
/// The integrator calls [`load`](Self::load) for a lane when it is free, then [`accepted`](Self::accepted) after every
/// accepted step, [`arrived`](Self::arrived) at every stop and event, and [`finished`](Self::finished) once.
pub trait Ensemble<R: Real, const N: usize> {
    /// The error of the first `CONTROLLED` states governs the step size. The others are quadratures: they are
    /// integrated alongside, and nothing depends on them.
    const CONTROLLED: usize = N;

    /// The right-hand side of y' = f(t, y), lane by lane.
    fn rhs(&self, t: R, y: &[R; N]) -> [R; N];

    /// The switching function: it changes sign where the right-hand side is continuous but not smooth, as max(0, u) is
    /// at u = 0. A step across such a kink would lose the method's order, so adaptive steps end there.
    #[inline(always)]
    fn switching_function(&self, _y: &[R; N]) -> R {
        R::splat(1.0)
    }

    /// Whether there are events: whether [`event_function`](Self::event_function) is evaluated at all.
    const HAS_EVENTS: bool = false;

    /// The event function, whose zero crossing from below is an event, and its derivative with respect to time, for
    /// `f` = y'. The lane arrives where its value is above 0 by at most
    /// [`EVENT_TOLERANCE`](crate::EVENT_TOLERANCE), as at a stop. Its value must not be above 0 at the start, nor where
    /// a lane continues after it arrived.
    #[inline(always)]
    fn event_function(&self, _y: &[R; N], _f: &[R; N]) -> (R, R) {
        (R::splat(-1.0), R::splat(0.0))
    }

    /// Puts the next problem's parameters into lane `lane`; `None` when the queue is empty.
    fn load(&mut self, lane: usize) -> Option<Start<N>>;

    /// A step was accepted in the lanes of `lanes`; ignore what `step` holds in the others.
    ///
    /// Hot code: inline it, and give a copy of the step to what is not inlined, so that the step itself can stay in
    /// registers.
    fn accepted<M: OneStepMethod>(&mut self, lanes: R::Mask, step: &Step<R, N, M>);

    /// Lane `lane` has reached its stop, at exactly that time, or an event before it, in state `y`.
    fn arrived(&mut self, lane: usize, t: f64, y: &[f64; N]) -> Arrival<N>;

    /// The problem of lane `lane` has been solved or given up.
    fn finished(&mut self, lane: usize, finish: &Finish<N>);
}

/// An ensemble of autonomous problems y' = f(y) that a linearly implicit method can solve.
///
/// The first [`CONTROLLED`](Ensemble::CONTROLLED) states make up the system. The others are time integrals of states,
/// which need no row in the matrix.
pub trait LinearlyImplicit<R: Real, const N: usize>: Ensemble<R, N> {
    /// The matrix σ − J, factorised.
    type Factors;

    /// State `CONTROLLED + i` is ∫ y\[`INTEGRATED[i]`\] dt.
    const INTEGRATED: &'static [usize] = &[];

    /// Factorises `sigma` − J, lane by lane, with the Jacobian J = ∂f/∂y at the state `y` where a step of size `h`
    /// starts and `f` = f(y). On a kink J is the Jacobian of the side into which the step goes.
    fn factorise(&self, y: &[R; N], f: &[R; N], h: R, sigma: R) -> Self::Factors;

    /// Solves (σ − J) u = `b` for u; only the states of the system matter.
    fn solve(&self, factors: &Self::Factors, b: &[R; N]) -> [R; N];
}

/// Where a problem starts, or continues after it arrived.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start<const N: usize> {
    /// Initial time.
    pub t: f64,
    /// Initial state.
    pub y: [f64; N],
    /// The next time on which the integrator has to land exactly.
    pub stop: f64,
    /// Step size to try first (the step size, for a method of fixed step).
    pub first_step: f64,
    /// The fastest decay rate λ of the problem: λ h stays below the method's stability limit. 0 for no limit.
    pub decay: f64,
    /// Upper limit of the step size; infinite for none.
    pub max_step: f64,
}

/// What is to happen at a stop or an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrival<const N: usize> {
    /// The problem is solved.
    Done,
    /// Restart from here: after a jump of the state, a change of parameters, or at another time altogether.
    Continue(Start<N>),
}

/// Whether a problem was solved, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The last stop was reached.
    Completed,
    /// The step size fell below what the floating-point time can resolve.
    StepCollapsed,
    /// The state or its derivative is infinite or NaN.
    NonFinite,
    /// The fixed step size is beyond the method's stability limit for this problem: nothing was solved.
    StepTooLong,
    /// The problem needs more steps than [`Control::max_steps`](crate::Control::max_steps).
    TooManySteps,
    /// The problem was integrated to its end, but its ensemble refuses the solution: a state that cannot be negative is.
    NegativeState,
    /// The problem was integrated to its end, but its ensemble refuses the solution: a state that grows from what it was
    /// fell below what a number can hold.
    Underflow,
}

/// How the solution of a problem ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finish<const N: usize> {
    /// Whether it was solved, or why not.
    pub status: Status,
    /// Time that was reached. Where fixed steps have led to a state that is not finite: the last time at which it was.
    pub t: f64,
    /// State there, or the one that is not finite.
    pub y: [f64; N],
    /// Steps accepted.
    pub accepted: u32,
    /// Steps rejected: for their error, or because they went beyond a kink or an event.
    pub rejected: u32,
}
