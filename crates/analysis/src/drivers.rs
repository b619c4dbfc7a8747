//! What drives an outcome: every predictor's part in it, the others held.

use serde::{Deserialize, Serialize};

use crate::covariance::Covariance;
use crate::distribution::student_t::critical_t;
use crate::error::StatError;
use crate::multiple_regression::{Coefficient, MultipleRegression};
use crate::prcc::prcc;
use crate::rank::Correlation;
use crate::replicates::correlation_ci95;

/// Accumulates, in constant memory, what a multiple regression and partial rank correlations need.
#[derive(Debug, Clone)]
pub struct Drivers {
    names: Vec<String>,
    covariance: Covariance,
    /// The first rows: predictors, then the response.
    first: Vec<Vec<f64>>,
    /// How many of them are kept.
    ranked_rows: usize,
}

/// One predictor's part in an outcome, the other predictors held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Driver {
    /// The predictor.
    pub predictor: String,
    /// Its coefficient in the multiple regression on all predictors.
    #[serde(flatten)]
    pub coefficient: Coefficient,
    /// 95 % confidence interval of the standardised coefficient.
    pub beta_ci95: [f64; 2],
    /// Its partial rank correlation, over the first rows.
    pub prcc: Correlation,
    /// 95 % confidence interval of the partial rank correlation, by Fisher's z.
    pub prcc_ci95: [f64; 2],
}

/// Every predictor's part in an outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriverTable {
    /// Complete rows of the regression.
    pub n: u64,
    /// Rows of the rank correlations.
    pub ranked: u64,
    /// Share of the variance of the outcome that the predictors explain together, linearly.
    pub r_squared: f64,
    /// The predictors, the strongest (by |β|) first.
    pub drivers: Vec<Driver>,
}

impl Drivers {
    /// Partial rank correlations rest on this many rows at most unless another number is said, the first ones: ranks need every
    /// row in memory.
    pub const RANKED_ROWS: usize = 100_000;

    /// Nothing accumulated yet, for predictors of those names.
    pub fn new(names: Vec<String>) -> Self {
        Self::with_ranked_rows(names, Self::RANKED_ROWS)
    }

    /// As [`Drivers::new`], with partial rank correlations of so many rows at most.
    pub fn with_ranked_rows(names: Vec<String>, ranked_rows: usize) -> Self {
        let columns = names.len() + 1;
        Self { names, covariance: Covariance::new(columns), first: vec![Vec::new(); columns], ranked_rows }
    }

    /// Adds rows: a slice for every predictor, and the outcome, NaN where missing.
    ///
    /// # Panics
    /// If a column is missing or the columns differ in length.
    pub fn extend(&mut self, predictors: &[&[f64]], outcome: &[f64]) {
        let columns: Vec<&[f64]> = predictors.iter().copied().chain([outcome]).collect();
        self.covariance.extend_columns(&columns);
        let room = (self.ranked_rows - self.first[0].len()).min(outcome.len());
        for (kept, values) in self.first.iter_mut().zip(columns) {
            kept.extend_from_slice(&values[..room]);
        }
    }

    /// Every predictor's part in the rows so far.
    ///
    /// # Errors
    /// As [`MultipleRegression::from_covariance`].
    pub fn table(&self) -> Result<DriverTable, StatError> {
        let p = self.names.len();
        let fit = MultipleRegression::from_covariance(&self.covariance, &(0..p).collect::<Vec<_>>(), p)?;
        let columns: Vec<&[f64]> = self.first.iter().map(Vec::as_slice).collect();
        let partial = prcc(&columns[..p], columns[p])?;
        let critical = critical_t(0.05, (fit.n - p as u64 - 1) as f64);
        let mut drivers: Vec<Driver> = self
            .names
            .iter()
            .zip(&fit.coefficients)
            .zip(&partial)
            .map(|((name, &c), &rank)| Driver {
                predictor: name.clone(),
                coefficient: c,
                beta_ci95: [c.beta - critical * c.beta_se, c.beta + critical * c.beta_se],
                prcc: rank,
                prcc_ci95: correlation_ci95(rank.r, rank.n as f64 - (p as f64 - 1.0)),
            })
            .collect();
        drivers.sort_by(|a, b| b.coefficient.beta.abs().total_cmp(&a.coefficient.beta.abs()));
        let ranked = partial.first().map_or(0, |c| c.n);
        Ok(DriverTable { n: fit.n, ranked, r_squared: fit.r_squared, drivers })
    }
}
