//! Small correlation matrices: Cholesky's factor, eigenvalues, and the nearest matrix that is one.
//!
//! Not by a library: those for linear algebra choose instructions by the machine, and the factor is part of every
//! correlated draw, which has the same bits on all.

/// A symmetric matrix with ones on its diagonal, of at most as many rows as there are quantities.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CorrelationMatrix {
    rows: Vec<Vec<f64>>,
}

/// The least pivot of a matrix that is taken for positive definite. Rounding makes errors of some 1e-15 in one.
const LEAST_PIVOT: f64 = 1e-10;

/// Iterations of the alternating projections, and the change of any entry at which they end.
const MOST_PROJECTIONS: usize = 1000;
const CONVERGED: f64 = 1e-12;

impl CorrelationMatrix {
    /// Without correlations.
    pub(crate) fn identity(size: usize) -> Self {
        let row = |i| (0..size).map(|j| f64::from(u8::from(i == j))).collect();
        Self { rows: (0..size).map(row).collect() }
    }

    pub(crate) fn size(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, i: usize, j: usize) -> f64 {
        self.rows[i][j]
    }

    /// Sets the correlation of two different rows.
    pub(crate) fn set(&mut self, i: usize, j: usize, r: f64) {
        self.rows[i][j] = r;
        self.rows[j][i] = r;
    }

    /// The lower-triangular L with L Lᵀ = this matrix, by rows; none if it is not positive definite.
    pub(crate) fn cholesky(&self) -> Option<Vec<Vec<f64>>> {
        let mut factor: Vec<Vec<f64>> = Vec::with_capacity(self.size());
        for i in 0..self.size() {
            let mut row: Vec<f64> = Vec::with_capacity(i + 1);
            for j in 0..i {
                let known: f64 = (0..j).map(|k| row[k] * factor[j][k]).sum();
                row.push((self.get(i, j) - known) / factor[j][j]);
            }
            let pivot = self.get(i, i) - row.iter().map(|x| x * x).sum::<f64>();
            if pivot.is_nan() || pivot < LEAST_PIVOT {
                return None;
            }
            row.push(libm::sqrt(pivot));
            factor.push(row);
        }
        Some(factor)
    }

    /// The nearest correlation matrix in the Frobenius norm; it may be singular.
    ///
    /// N. J. Higham, *IMA J. Numer. Anal.* 22 (2002), 329–343, algorithm 3.3: projections, by turns, onto the matrices
    /// without negative eigenvalues and onto those with a unit diagonal, with Dykstra's correction of the former.
    pub(crate) fn nearest(&self) -> Self {
        let n = self.size();
        let mut y = self.rows.clone();
        let mut correction = vec![vec![0.0; n]; n];
        for _ in 0..MOST_PROJECTIONS {
            let corrected: Vec<Vec<f64>> = y
                .iter()
                .zip(&correction)
                .map(|(y, s)| y.iter().zip(s).map(|(y, s)| y - s).collect())
                .collect();
            let x = without_negative_eigenvalues(corrected.clone());
            let mut change = 0.0_f64;
            for i in 0..n {
                for j in 0..n {
                    correction[i][j] = x[i][j] - corrected[i][j];
                    let next = if i == j { 1.0 } else { x[i][j] };
                    change = change.max((next - y[i][j]).abs());
                    y[i][j] = next;
                }
            }
            if change < CONVERGED {
                break;
            }
        }
        Self { rows: y }
    }

    /// A fraction `t` of the way to the matrix without correlations.
    pub(crate) fn shrunk(&self, t: f64) -> Self {
        let row = |(i, row): (usize, &Vec<f64>)| {
            row.iter().enumerate().map(|(j, r)| if i == j { 1.0 } else { (1.0 - t) * r }).collect()
        };
        Self { rows: self.rows.iter().enumerate().map(row).collect() }
    }
}

/// The nearest matrix without negative eigenvalues: V max(Λ, 0) Vᵀ.
fn without_negative_eigenvalues(symmetric: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let (values, vectors) = eigen(symmetric);
    let n = values.len();
    let entry =
        |i: usize, j: usize| (0..n).map(|k| vectors[i][k] * values[k].max(0.0) * vectors[j][k]).sum::<f64>();
    (0..n).map(|i| (0..n).map(|j| entry(i.max(j), i.min(j))).collect()).collect()
}

/// Eigenvalues of a symmetric matrix, and the eigenvectors as columns, by cyclic Jacobi rotations (G. H. Golub and
/// C. F. Van Loan, *Matrix Computations*, 4th ed., section 8.5).
fn eigen(mut a: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    const SWEEPS: usize = 50;
    let n = a.len();
    let mut v = CorrelationMatrix::identity(n).rows;
    for _ in 0..SWEEPS {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j] * a[i][j]).sum();
        if off < 1e-30 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] == 0.0 {
                    continue;
                }
                let tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = tau.signum() / (tau.abs() + libm::sqrt(1.0 + tau * tau));
                let c = 1.0 / libm::sqrt(1.0 + t * t);
                let s = t * c;
                let rotate = |x: f64, y: f64| (c * x - s * y, s * x + c * y);
                for row in &mut a {
                    (row[p], row[q]) = rotate(row[p], row[q]);
                }
                for k in 0..n {
                    (a[p][k], a[q][k]) = rotate(a[p][k], a[q][k]);
                }
                for row in &mut v {
                    (row[p], row[q]) = rotate(row[p], row[q]);
                }
            }
        }
    }
    ((0..n).map(|i| a[i][i]).collect(), v)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4.2.2, package Matrix 1.5.3, `nearPD(corr = TRUE)`; the first line of each matrix is its size.
    const FIXTURE: &str = include_str!("../tests/fixtures/nearest_correlation.csv");

    fn matrix(rows: &[Vec<f64>]) -> CorrelationMatrix {
        CorrelationMatrix { rows: rows.to_vec() }
    }

    fn fixture() -> Vec<(CorrelationMatrix, CorrelationMatrix)> {
        let rows: Vec<Vec<f64>> = FIXTURE
            .lines()
            .filter(|l| !l.starts_with('#'))
            .map(|l| l.split(',').map(|x| x.parse().unwrap()).collect())
            .collect();
        let mut pairs = Vec::new();
        let mut rest = &rows[..];
        while let Some((size, after)) = rest.split_first() {
            let n = size[0] as usize;
            pairs.push((matrix(&after[..n]), matrix(&after[n..2 * n])));
            rest = &after[2 * n..];
        }
        pairs
    }

    #[test]
    fn ref_the_nearest_correlation_matrix_is_that_of_r() {
        let fixture = fixture();
        assert_eq!(fixture.iter().map(|(a, _)| a.size()).collect::<Vec<_>>(), [3, 4, 6, 12]);
        for (a, expected) in &fixture {
            assert!(a.cholesky().is_none());
            let nearest = a.nearest();
            for i in 0..a.size() {
                for j in 0..a.size() {
                    let (got, expected) = (nearest.get(i, j), expected.get(i, j));
                    assert!(
                        (got - expected).abs() < 1e-7,
                        "{}: {i}, {j}: {got}, expected {expected}",
                        a.size()
                    );
                }
            }
        }
    }

    #[test]
    fn prop_the_factor_times_its_transpose_is_the_matrix() {
        let mut a = CorrelationMatrix::identity(4);
        for (i, j, r) in [(0, 1, 0.5), (0, 2, -0.3), (1, 3, 0.7), (2, 3, 0.2)] {
            a.set(i, j, r);
        }
        let factor = a.cholesky().unwrap();
        for i in 0..4 {
            for j in 0..=i {
                let product: f64 = (0..=j).map(|k| factor[i][k] * factor[j][k]).sum();
                assert!((product - a.get(i, j)).abs() < 1e-15, "{i}, {j}: {product}");
            }
        }
        assert_eq!(a.shrunk(0.5).get(1, 3), 0.35);
    }

    #[test]
    fn prop_eigenvalues_of_equal_correlations_are_known() {
        let mut a = CorrelationMatrix::identity(5);
        for (i, j) in (0..5).flat_map(|i| (0..i).map(move |j| (i, j))) {
            a.set(i, j, 0.4);
        }
        let (mut values, _) = eigen(a.rows.clone());
        values.sort_by(f64::total_cmp);
        for (got, expected) in values.iter().zip([0.6, 0.6, 0.6, 0.6, 2.6]) {
            assert!((got - expected).abs() < 1e-14, "{got}, expected {expected}");
        }
    }
}
