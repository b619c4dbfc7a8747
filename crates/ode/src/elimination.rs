//! Linear systems with a full matrix, by Gaussian elimination.

use cartrial_lanes::Real;

/// The matrix σ − J, factorised into a lower and an upper triangle without pivoting.
///
/// For a Rosenbrock method with an accurate step, σ = 1/(γh) dominates every entry of J but those of strongly damped
/// states, which add to their own diagonal. Where a pivot vanishes all the same, the solution is not finite and the
/// integrator rejects the step.
#[derive(Clone, Copy, Debug)]
pub struct FullFactors<R, const N: usize> {
    /// L below the diagonal (its own diagonal is 1), U above it, and 1/U on it.
    entries: [[R; N]; N],
}

impl<R: Real, const N: usize> FullFactors<R, N> {
    /// Factorises `sigma` − `jacobian`.
    #[inline(always)]
    pub fn new(sigma: R, jacobian: &[[R; N]; N]) -> Self {
        let mut a = *jacobian;
        for i in 0..N {
            for j in 0..N {
                a[i][j] = (if i == j { sigma } else { R::splat(0.0) }) - jacobian[i][j];
            }
        }
        for k in 0..N {
            a[k][k] = R::splat(1.0) / a[k][k];
            for i in k + 1..N {
                a[i][k] = a[i][k] * a[k][k];
                for j in k + 1..N {
                    a[i][j] = a[i][k].neg_mul_add(a[k][j], a[i][j]);
                }
            }
        }
        Self { entries: a }
    }

    /// u with (σ − J) u = `b`.
    #[inline(always)]
    pub fn solve(&self, b: &[R; N]) -> [R; N] {
        let a = &self.entries;
        let mut u = *b;
        for i in 0..N {
            for j in 0..i {
                u[i] = a[i][j].neg_mul_add(u[j], u[i]);
            }
        }
        for i in (0..N).rev() {
            for j in i + 1..N {
                u[i] = a[i][j].neg_mul_add(u[j], u[i]);
            }
            u[i] = u[i] * a[i][i];
        }
        u
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_of_three_is_solved() {
        // σ − J = [[4, −1, 0], [2, 5, 1], [0, −3, 6]], u = (1, −2, 3)
        let j = [[0.0, 1.0, 0.0], [-2.0, -1.0, -1.0], [0.0, 3.0, -2.0]];
        let u = FullFactors::new(4.0, &j).solve(&[6.0, -5.0, 24.0]);
        for (found, expected) in u.into_iter().zip([1.0, -2.0, 3.0]) {
            assert!((found - expected).abs() < 1e-14, "{u:?}");
        }
    }

    #[test]
    fn a_singular_matrix_gives_what_is_not_finite() {
        let u = FullFactors::new(1.0, &[[1.0, 0.0], [0.0, 0.0]]).solve(&[1.0, 1.0]);
        assert!(!u[0].is_finite());
    }
}
