//! The linear systems of a Rosenbrock step: eliminated by hand for the paper's equations, in full for any.

use cartrial_lanes::Real;
use cartrial_model::{Branch, CarT, Factors, LogBurden, STATE_COUNT, State};
use cartrial_ode::FullFactors;

/// Equations whose matrix σ − J can be factorised.
pub(crate) trait LinearSystem<R: Real> {
    /// The matrix, factorised.
    type Factors;

    /// Factorises `sigma` − J at the state `y`.
    fn factors(&self, y: &State<R>, branch: Branch<R>, sigma: R) -> Self::Factors;

    /// u with (σ − J) u = `b`.
    fn solution(factors: &Self::Factors, b: &State<R>) -> State<R>;
}

impl<R: Real> LinearSystem<R> for CarT<R, LogBurden, true> {
    type Factors = Factors<R>;

    #[inline(always)]
    fn factors(&self, y: &State<R>, branch: Branch<R>, sigma: R) -> Factors<R> {
        self.factorise(y, branch, sigma)
    }

    #[inline(always)]
    fn solution(factors: &Factors<R>, b: &State<R>) -> State<R> {
        factors.solve(b)
    }
}

impl<R: Real> LinearSystem<R> for CarT<R, LogBurden, false> {
    type Factors = FullFactors<R, STATE_COUNT>;

    #[inline(always)]
    fn factors(&self, y: &State<R>, branch: Branch<R>, sigma: R) -> Self::Factors {
        FullFactors::new(sigma, &self.jacobian(y, branch))
    }

    #[inline(always)]
    fn solution(factors: &Self::Factors, b: &State<R>) -> State<R> {
        factors.solve(b)
    }
}
