//! Partial rank correlation coefficients.

use crate::covariance::Covariance;
use crate::error::StatError;
use crate::multiple_regression::MultipleRegression;
use crate::rank::{Correlation, mid_ranks};

/// Partial rank correlation coefficient of each predictor with the response, the other predictors held (Marino *et
/// al.* 2008, *J. Theor. Biol.* 254, 178; Iman & Conover 1979).
///
/// Columns are replaced by their mid-ranks over the rows in which no value is NaN. In the multiple regression of the
/// ranks, with ν = n − P − 1 degrees of freedom, predictor j has t = tⱼ, and its partial correlation is tⱼ/√(tⱼ² + ν): the
/// same number as −Qⱼᵧ/√(Qⱼⱼ Qᵧᵧ) from the inverse Q of the whole correlation matrix. Memory (P+1) n.
///
/// # Errors
/// As [`MultipleRegression::from_covariance`].
///
/// # Panics
/// If the columns differ in length.
pub fn prcc(predictors: &[&[f64]], response: &[f64]) -> Result<Vec<Correlation>, StatError> {
    assert!(predictors.iter().all(|c| c.len() == response.len()), "columns of one table have one length");
    let columns: Vec<&[f64]> = predictors.iter().copied().chain([response]).collect();
    let complete: Vec<usize> =
        (0..response.len()).filter(|&i| columns.iter().all(|c| !c[i].is_nan())).collect();
    let ranks: Vec<Vec<f64>> =
        columns.iter().map(|c| mid_ranks(&complete.iter().map(|&i| c[i]).collect::<Vec<f64>>())).collect();
    let mut covariance = Covariance::new(columns.len());
    covariance.extend_columns(&ranks.iter().map(Vec::as_slice).collect::<Vec<&[f64]>>());
    let p = predictors.len();
    let fit = MultipleRegression::from_covariance(&covariance, &(0..p).collect::<Vec<usize>>(), p)?;
    let df = (fit.n - p as u64 - 1) as f64;
    let partial = |t: f64| t / (t * t + df).sqrt();
    Ok(fit
        .coefficients
        .iter()
        .map(|c| Correlation { n: fit.n, r: partial(c.t), t: c.t, p_value: c.p_value, log10_p: c.log10_p })
        .collect())
}
