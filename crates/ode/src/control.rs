//! Step size control: how large an error is, and what step to try next.

use crate::method::OneStepMethod;
use cartrial_lanes::Real;

/// How accurate each step has to be and how long a problem may go on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Control<const N: usize> {
    /// A step is accepted if the root of the sum of squares of local error / (`absolute` + `relative`·|y|), over the
    /// states, is no more than this.
    pub tolerance: f64,
    /// For each state, what its error is measured against where the state is small.
    pub absolute: [f64; N],
    /// For each state, the weight of its size in that: 0 for an error that is judged absolutely, above 1 for one that
    /// is soon forgotten.
    pub relative: [f64; N],
    /// Steps, accepted and rejected, after which a problem is given up.
    pub max_steps: u32,
}

const SAFETY: f64 = 0.9;
const SHRINK_AT_MOST: f64 = 0.2;
const GROW_AT_MOST: f64 = 5.0;

impl<const N: usize> Control<N> {
    /// The squared error norm, Σ (h error / (tolerance (absolute + relative |y|)))² over the first `controlled` states.
    /// The step is good where it is ≤ 1; NaN where anything is NaN.
    #[inline(always)]
    pub(crate) fn squared_error<R: Real>(&self, controlled: usize, h: R, error: &[R; N], y: &[R; N]) -> R {
        let mut sum = R::splat(0.0);
        for i in 0..controlled {
            let size = y[i].abs().mul_add(R::splat(self.relative[i]), R::splat(self.absolute[i]));
            let ratio = error[i] * size.recip_estimate();
            sum = ratio.mul_add(ratio, sum);
        }
        let h = h * R::splat(1.0 / self.tolerance);
        sum * (h * h)
    }
}

/// The factor by which to change the step after a squared error norm: 0.9·‖e‖^(−1/q) with q the order of the solution
/// (one more than that of its error estimate), within [0.2, 5]. NaN counts as a large error.
///
/// An adaptive method of an order whose root [`Real`] does not have is refused when compiling.
#[inline(always)]
pub(crate) fn step_factor<M: OneStepMethod, R: Real>(squared_error: R) -> R {
    const { assert!(!M::ADAPTIVE || M::ORDER == 3 || M::ORDER == 5, "add the root of this order to `Real`") }
    let bounded = squared_error.min(R::splat(1e10)).max(R::splat(1e-10));
    let root =
        if M::ORDER == 3 { bounded.inv_sixth_root_estimate() } else { bounded.inv_tenth_root_estimate() };
    (R::splat(SAFETY) * root).min(R::splat(GROW_AT_MOST)).max(R::splat(SHRINK_AT_MOST))
}
