//! Multiple linear regression from a covariance matrix.

use serde::{Deserialize, Serialize};

use crate::covariance::Covariance;
use crate::distribution::student_t::{log10_two_sided_p, two_sided_p};
use crate::error::StatError;
use crate::regression::LEAST_UNEXPLAINED;

/// Share of a predictor's variance, beyond what the predictors before it explain, below which it is collinear.
const LEAST_TOLERANCE: f64 = 1e-10;

/// One predictor's part in a [`MultipleRegression`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// Slope, in units of the response per unit of the predictor, the other predictors held.
    pub slope: f64,
    /// Standard error of the slope.
    pub slope_se: f64,
    /// Standardised coefficient: slope · sd(predictor) / sd(response). No unit.
    pub beta: f64,
    /// Standard error of the standardised coefficient: slope_se · sd(predictor) / sd(response).
    pub beta_se: f64,
    /// slope / SE(slope).
    pub t: f64,
    /// Two-sided p-value; 0 where it is smaller than an `f64` can be.
    pub p_value: f64,
    /// Decadic logarithm of the two-sided p-value, right however small it is.
    pub log10_p: f64,
}

/// Ordinary least squares of a response on P predictors with an intercept, tested against Student's t with n − P − 1
/// degrees of freedom.
///
/// With R the correlation matrix of the predictors and ρ their correlations with the response, β = R⁻¹ρ, R² = ρᵀβ and
/// SE(βⱼ)² = (1−R²)(R⁻¹)ⱼⱼ/(n−P−1), all through the Cholesky factor of the correlation matrix that the response
/// ends (Golub & Van Loan, *Matrix Computations*, sec. 4.2): the square of its last diagonal element is 1−R².
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MultipleRegression {
    /// Complete rows.
    pub n: u64,
    /// Intercept, in units of the response.
    pub intercept: f64,
    /// Share of the variance of the response that the predictors explain together.
    pub r_squared: f64,
    /// One for each predictor, in the order given.
    pub coefficients: Vec<Coefficient>,
}

impl MultipleRegression {
    /// Regresses the variable `response` of `covariance` on its variables `predictors` (positions from 0).
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] below P + 2 complete rows, [`StatError::NotFinite`],
    /// [`StatError::ConstantResponse`], [`StatError::Collinear`] with the place in `predictors`, and
    /// [`StatError::PerfectFit`] if 1 − R² < 1e-12.
    ///
    /// # Panics
    /// If there is no such variable.
    pub fn from_covariance(
        covariance: &Covariance,
        predictors: &[usize],
        response: usize,
    ) -> Result<Self, StatError> {
        let k = covariance.variables();
        assert!(response < k && predictors.iter().all(|&j| j < k), "no such variable");
        let (n, p) = (covariance.n(), predictors.len());
        let needed = p as u64 + 2;
        if n < needed {
            return Err(StatError::TooFewRows { n, needed });
        }
        let matrix = covariance.matrix()?;
        let sd = |j: usize| matrix[j * k + j].sqrt();
        if let Some(index) = predictors.iter().position(|&j| sd(j) == 0.0) {
            return Err(StatError::Collinear { index });
        }
        if sd(response) == 0.0 {
            return Err(StatError::ConstantResponse);
        }
        let variables: Vec<usize> = predictors.iter().copied().chain([response]).collect();
        let correlation = |i: usize, j: usize| {
            let (u, v) = (variables[i], variables[j]);
            if i == j { 1.0 } else { matrix[u * k + v] / (sd(u) * sd(v)) }
        };
        let factor = cholesky(p + 1, correlation);
        if let Some(index) = (0..p).find(|&j| factor[j][j] < LEAST_TOLERANCE.sqrt()) {
            return Err(StatError::Collinear { index });
        }
        let unexplained = factor[p][p] * factor[p][p];
        let r_squared = 1.0 - unexplained;
        if unexplained < LEAST_UNEXPLAINED {
            return Err(StatError::PerfectFit { r: r_squared.sqrt() });
        }
        let inverse = invert_lower(&factor[..p]);
        let df = (n - needed + 1) as f64;
        let means = covariance.means();
        let mut intercept = means[response];
        let mut coefficients = Vec::with_capacity(p);
        for j in 0..p {
            // R⁻¹ = L⁻ᵀ L⁻¹, and the last row of the factor is L⁻¹ρ.
            let beta: f64 = (j..p).map(|i| inverse[i][j] * factor[p][i]).sum();
            let inverse_jj: f64 = (j..p).map(|i| inverse[i][j] * inverse[i][j]).sum();
            let beta_se = (unexplained * inverse_jj / df).sqrt();
            let scale = sd(response) / sd(predictors[j]);
            let t = beta / beta_se;
            intercept -= beta * scale * means[predictors[j]];
            coefficients.push(Coefficient {
                slope: beta * scale,
                slope_se: beta_se * scale,
                beta,
                beta_se,
                t,
                p_value: two_sided_p(t, df),
                log10_p: log10_two_sided_p(t, df),
            });
        }
        Ok(Self { n, intercept, r_squared, coefficients })
    }
}

/// Lower Cholesky factor of a symmetric matrix, row by row; a diagonal that is not positive becomes 0, and the column
/// under it too.
pub(crate) fn cholesky(size: usize, matrix: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(size);
    for i in 0..size {
        let mut row = vec![0.0; i + 1];
        for j in 0..i {
            let rest = matrix(i, j) - (0..j).map(|m| row[m] * factor[j][m]).sum::<f64>();
            row[j] = if factor[j][j] > 0.0 { rest / factor[j][j] } else { 0.0 };
        }
        let rest = matrix(i, i) - row[..i].iter().map(|v| v * v).sum::<f64>();
        row[i] = if rest > 0.0 { rest.sqrt() } else { 0.0 };
        factor.push(row);
    }
    factor
}

/// Inverse of a lower triangular matrix with non-zero diagonal.
fn invert_lower(lower: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut inverse: Vec<Vec<f64>> = Vec::with_capacity(lower.len());
    for i in 0..lower.len() {
        let diagonal = lower[i][i];
        let mut row: Vec<f64> =
            (0..i).map(|j| -(j..i).map(|m| lower[i][m] * inverse[m][j]).sum::<f64>() / diagonal).collect();
        row.push(1.0 / diagonal);
        inverse.push(row);
    }
    inverse
}
