//! Step size control: the norm of the error, and the step size that follows from it.

use crate::method::OneStepMethod;
use cartrial_lanes::Real;

/// How accurate each step has to be, and how many steps a problem may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Control<const N: usize> {
    /// A step is accepted if the Euclidean norm over the controlled states of local error / (`absolute` +
    /// `relative`·|y|) is at most this.
    pub tolerance: f64,
    /// Of each state, the scale on which its error is judged where the state is small.
    pub absolute: [f64; N],
    /// Of each state, the weight of its size in that scale: 0 to judge the error absolutely, 1 relative to the state,
    /// above 1 for an error that soon decays.
    pub relative: [f64; N],
    /// Steps, accepted and rejected, after which a problem is given up.
    pub max_steps: u32,
}

/// Of the step size for which the error estimate would just meet the tolerance, take this share.
const SAFETY: f64 = 0.9;
/// Limits of the factor by which a step changes the step size.
const MIN_FACTOR: f64 = 0.2;
const MAX_FACTOR: f64 = 5.0;

impl<const N: usize> Control<N> {
    /// The squared error norm, Σ (factor error / (tolerance (absolute + relative |y|)))² over the first `controlled`
    /// states: ≤ 1 where the step meets the tolerance, NaN where any of them is NaN.
    #[inline(always)]
    pub(crate) fn squared_error<R: Real>(
        &self,
        controlled: usize,
        factor: R,
        error: &[R; N],
        y: &[R; N],
    ) -> R {
        let mut sum = R::splat(0.0);
        for i in 0..controlled {
            let scale = y[i].abs().mul_add(R::splat(self.relative[i]), R::splat(self.absolute[i]));
            let ratio = error[i] * scale.recip_estimate();
            sum = ratio.mul_add(ratio, sum);
        }
        let factor = factor * R::splat(1.0 / self.tolerance);
        sum * (factor * factor)
    }
}

/// The factor by which to change the step size for a squared error norm: 0.9·‖e‖^(−1/q), within [0.2, 5]. q is the order
/// of the method, since the estimated local error is O(h^q). NaN counts as a large error.
///
/// A method of an order whose root [`Real`] does not have does not compile.
#[inline(always)]
pub(crate) fn step_factor<M: OneStepMethod, R: Real>(squared_error: R) -> R {
    const { assert!(!M::ADAPTIVE || M::ORDER == 3 || M::ORDER == 5, "add the root of this order to `Real`") }
    let bounded = squared_error.min(R::splat(1e10)).max(R::splat(1e-10));
    let root =
        if M::ORDER == 3 { bounded.inv_sixth_root_estimate() } else { bounded.inv_tenth_root_estimate() };
    (R::splat(SAFETY) * root).min(R::splat(MAX_FACTOR)).max(R::splat(MIN_FACTOR))
}
