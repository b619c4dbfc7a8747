//! Least squares of weighted patients.

use super::linearised_se;
use crate::distribution::student_t::{critical_t, log10_two_sided_p, two_sided_p};
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
    assert!(x.len() == y.len() && x.len() == weights.len(), "columns of one table have one length");
    let rows: Vec<[f64; 3]> = x
        .iter()
        .zip(y)
        .zip(weights)
        .map(|((x, y), w)| [*x, *y, *w])
        .filter(|[x, y, w]| !x.is_nan() && !y.is_nan() && *w > 0.0)
        .collect();
    let n = rows.len() as u64;
    if n < 3 {
        return Err(StatError::TooFewRows { n, needed: 3 });
    }
    let weights: Vec<f64> = rows.iter().map(|row| row[2]).collect();
    let mean = |of: &dyn Fn(&[f64; 3]) -> f64| {
        rows.iter().map(|row| row[2] * of(row)).sum::<f64>() / weights.iter().sum::<f64>()
    };
    // Relative to the first row, so that equal values have no variance at all.
    let [x0, y0, _] = rows[0];
    let (x_mean, y_mean) = (x0 + mean(&|row| row[0] - x0), y0 + mean(&|row| row[1] - y0));
    let (sxx, sxy, syy) = (
        mean(&|row| (row[0] - x_mean) * (row[0] - x_mean)),
        mean(&|row| (row[0] - x_mean) * (row[1] - y_mean)),
        mean(&|row| (row[1] - y_mean) * (row[1] - y_mean)),
    );
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
    let intercept = (-slope).mul_add(x_mean, y_mean);
    let influences: Vec<[f64; 2]> = rows
        .iter()
        .map(|[x, y, _]| {
            let residual = (y - y_mean) - slope * (x - x_mean);
            [residual, (x - x_mean) * residual / sxx]
        })
        .collect();
    let se = |of: &dyn Fn(&[f64; 2]) -> f64| linearised_se(influences.iter().map(of), &weights);
    let slope_se = se(&|u| u[1]);
    let intercept_se = se(&|u| u[0] - x_mean * u[1]);
    // (a + b)² − (a − b)² = 4ab, of the line one unit of x (its standard deviation) to either side of the mean.
    let sd = sxx.sqrt();
    let (above, below) = (se(&|u| u[0] + sd * u[1]), se(&|u| u[0] - sd * u[1]));
    let df = (n - 2) as f64;
    let (half_width, t) = (critical_t(0.05, df) * slope_se, slope / slope_se);
    let regression = Regression {
        n,
        slope,
        intercept,
        slope_se,
        intercept_se,
        ci95: [slope - half_width, slope + half_width],
        r,
        r_squared: r * r,
        t,
        p_value: two_sided_p(t, df),
        log10_p: log10_two_sided_p(t, df),
    };
    if !(t.is_finite() && half_width.is_finite() && intercept_se.is_finite()) {
        return Err(StatError::NotFinite);
    }
    Ok(FittedLine {
        regression,
        mean_x: x_mean,
        variance_at_mean: se(&|u| u[0]).powi(2),
        covariance: (above * above - below * below) / (4.0 * sd),
    })
}
