//! Statistics of patients who do not count alike: each stands for as many of a population as its weight says.
//!
//! **Estimates** are those of the population: sums over patients become sums of weights. Only ratios of weights matter.
//!
//! **Variances** are those of the linearised estimate. If a patient's influence on an estimate is uᵢ (how far it moves with the
//! share of the population for whom the patient stands), the variance is n/(n−1) Σ (wᵢuᵢ)²/(Σwᵢ)². It knows of unequal weights and
//! does not need outcomes to be independent of them. It is that of R's package *survey* for a design of independent units,
//! `svydesign(ids = ~1, weights = ~w)`, with the arms of a randomised trial as its strata; equal weights give the ordinary variance
//! of a mean. D. A. Binder (1983), *Int. Stat. Rev.* 51, 279; T. Lumley (2004), *J. Stat. Softw.* 9 (8).
//! Survival curves and the log-rank test have no factor n/(n−1), as in R's package *survival* with `robust = TRUE`.
//!
//! A patient whose value is missing, or whose weight is 0, is left out. There is no exact test of weighted patients: those here are of
//! large samples, and large means the effective sample size (Σw)²/Σw² (L. Kish 1965, *Survey Sampling*).

mod equal;
mod mean;
mod proportions;
mod ranks;
mod regression;
mod survival;

pub use equal::equal_weight_rows;
pub use mean::{WeightedMean, weighted_mean_effect, weighted_paired_t, weighted_welch_t};
pub use proportions::{
    weighted_odds_ratio, weighted_paired_ratio, weighted_paired_risk_difference, weighted_risk,
    weighted_risk_difference, weighted_risk_ratio,
};
pub use ranks::{weighted_mid_ranks, weighted_rank_sum, weighted_signed_rank, weighted_spearman};
pub use regression::weighted_regression;
pub use survival::{WeightedSurvival, weighted_log_rank};

/// An outcome of patients, NaN where missing, and their weights.
pub type WeightedOutcomes<'a> = (&'a [f64], &'a [f64]);

/// (Σw)²/Σw²: so many patients of equal weight would know as much of a mean.
pub fn effective_sample_size(weights: &[f64]) -> f64 {
    let (sum, squares) = weights.iter().fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// The values of the patients who have one and a weight above 0, and those weights.
fn present(values: &[f64], weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
    assert_eq!(values.len(), weights.len(), "every patient has a weight");
    values.iter().zip(weights).filter(|(value, weight)| !value.is_nan() && **weight > 0.0).unzip()
}

/// Two columns and the weights of the patients who have both values and a weight above 0.
fn complete(x: &[f64], y: &[f64], weights: &[f64]) -> [Vec<f64>; 3] {
    assert!(x.len() == y.len() && x.len() == weights.len(), "columns of one table have one length");
    let mut complete = [Vec::new(), Vec::new(), Vec::new()];
    for ((x, y), weight) in x.iter().zip(y).zip(weights) {
        if !x.is_nan() && !y.is_nan() && *weight > 0.0 {
            complete.iter_mut().zip([x, y, weight]).for_each(|(column, value)| column.push(*value));
        }
    }
    complete
}

/// Σwx/Σw.
fn mean(values: &[f64], weights: &[f64]) -> f64 {
    values.iter().zip(weights).map(|(value, w)| w * value).sum::<f64>() / weights.iter().sum::<f64>()
}

/// √(n/(n−1) Σ (wᵢuᵢ)²)/Σwᵢ: the standard error of an estimate from its influences, whose weighted mean is 0.
fn linearised_se(influences: impl Iterator<Item = f64>, weights: &[f64]) -> f64 {
    let influences: Vec<f64> = influences.collect();
    linearised_covariance(&influences, &influences, weights).sqrt()
}

/// n/(n−1) Σ wᵢuᵢ·wᵢvᵢ/(Σwᵢ)²: the covariance of two estimates from their influences.
fn linearised_covariance(u: &[f64], v: &[f64], weights: &[f64]) -> f64 {
    let (n, total) = (weights.len() as f64, weights.iter().sum::<f64>());
    let products: f64 = u.iter().zip(v).zip(weights).map(|((u, v), w)| (w * u) * (w * v)).sum();
    n / (n - 1.0) * products / (total * total)
}
