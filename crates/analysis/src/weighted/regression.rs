//! Least squares of weighted patients.

use super::{complete, linearised_covariance, linearised_se, mean};
use crate::error::StatError;
use crate::fitted_line::FittedLine;
use crate::regression::{LEAST_UNEXPLAINED, Regression};

/// Weighted least squares of a response on one predictor, R's `svyglm`: slope = Sxy/Sxx with the weighted sums, and with the residuals
/// e the influences on the slope, (x−x̄)e/Sxx, and on the line at x̄, e. The slope is tested by t with n − 2 degrees of freedom; r is the
/// weighted correlation.
///
/// # Errors
/// As [`Regression::from_moments`], of the patients who have both values and a weight above 0.
///
/// # Panics
/// If the columns differ in length.
pub fn weighted_regression(x: &[f64], y: &[f64], weights: &[f64]) -> Result<FittedLine, StatError> {
    let [x, y, weights] = complete(x, y, weights);
    let n = weights.len() as u64;
    if n < 3 {
        return Err(StatError::TooFewRows { n, needed: 3 });
    }
    let (mean_x, x) = centred(&x, &weights);
    let (mean_y, y) = centred(&y, &weights);
    let product =
        |a: &[f64], b: &[f64]| mean(&a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<_>>(), &weights);
    let (sxx, sxy, syy) = (product(&x, &x), product(&x, &y), product(&y, &y));
    if !(sxx.is_finite() && sxy.is_finite() && syy.is_finite()) {
        return Err(StatError::NotFinite);
    }
    if sxx == 0.0 {
        return Err(StatError::ConstantPredictor);
    }
    if syy == 0.0 {
        return Err(StatError::ConstantResponse);
    }
    let slope = sxy / sxx;
    let r = (sxy / (sxx.sqrt() * syy.sqrt())).clamp(-1.0, 1.0);
    if (-slope).mul_add(sxy, syy) / syy < LEAST_UNEXPLAINED {
        return Err(StatError::PerfectFit { r });
    }
    let intercept = (-slope).mul_add(mean_x, mean_y);
    let on_line: Vec<f64> = x.iter().zip(&y).map(|(x, y)| y - slope * x).collect();
    let on_slope: Vec<f64> = x.iter().zip(&on_line).map(|(x, residual)| x * residual / sxx).collect();
    let on_intercept = on_line.iter().zip(&on_slope).map(|(line, slope)| line - mean_x * slope);
    let slope_se = linearised_se(on_slope.iter().copied(), &weights);
    let intercept_se = linearised_se(on_intercept, &weights);
    let regression =
        Regression::tested(n, [slope, intercept], [slope_se, intercept_se], r, slope / slope_se)?;
    Ok(FittedLine {
        regression,
        mean_x,
        variance_at_mean: linearised_covariance(&on_line, &on_line, &weights),
        covariance: linearised_covariance(&on_line, &on_slope, &weights),
    })
}

/// The weighted mean, and the values less it.
fn centred(values: &[f64], weights: &[f64]) -> (f64, Vec<f64>) {
    // Relative to the first value, so that equal values have no variance at all.
    let mut values: Vec<f64> = values.to_vec();
    let first = values[0];
    values.iter_mut().for_each(|value| *value -= first);
    let rest = mean(&values, weights);
    values.iter_mut().for_each(|value| *value -= rest);
    (first + rest, values)
}
