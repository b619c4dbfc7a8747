//! Statistics as pure functions and mergeable accumulators over plain slices of `f64`.
//!
//! The crate knows neither files nor patients. It has five parts:
//!
//! - **Accumulators** use constant memory, take rows in any portions and can be merged: [`Summary`] and [`Histogram`]
//!   (one column), [`Comoments`] (predictors × responses, pairwise-complete) and [`Covariance`] (all variables,
//!   listwise-complete).
//! - **Analyses of named columns**: [`ArmAnalysis`] yields descriptive statistics, regressions and rank correlations of
//!   one arm; [`Drivers`] the part of every predictor in an outcome; [`Replicates`] one test in many trials.
//! - **Functions**: [`Regression`] by ordinary least squares, [`MultipleRegression`], [`spearman`], [`prcc`], [`quantiles`],
//!   and tail probabilities in [`distribution`], whose logarithms stay right where p-values underflow.
//! - **[`weighted`]** has the same statistics of patients who do not count alike.
//! - **[`trial`]** compares the arms of a trial, paired or randomised, and simulates the power of smaller trials.
//!
//! A regression, from rows in two portions:
//!
//! ```
//! use cartrial_analysis::{Comoments, StatError, linear_regression};
//!
//! let dose = [10.0, 20.0, 30.0, 40.0, 50.0];
//! let peak = [12.0, 19.0, 33.0, f64::NAN, 48.0]; // NaN: a missing value
//! let mut moments = Comoments::new(1, 1);
//! moments.extend_columns(&[&dose[..2]], &[&peak[..2]]);
//! moments.extend_columns(&[&dose[2..]], &[&peak[2..]]);
//! let fit = moments.regression(0, 0)?;
//! assert_eq!(fit.n, 4);
//! assert!((fit.slope - 810.0 / 875.0).abs() < 1e-12 && fit.p_value < 0.01);
//! assert_eq!(fit, linear_regression(&dose, &peak)?);
//! // The data do not determine every statistic: the reason comes back instead.
//! assert_eq!(linear_regression(&[1.0; 5], &peak), Err(StatError::ConstantPredictor));
//! # Ok::<(), StatError>(())
//! ```
//!
//! A missing value is NaN; it is left out and counted. An infinite value is an error in the data
//! ([`StatError::NotFinite`]).
//!
//! Results depend on the order of the rows and of merges, but neither on the portions in which rows arrive nor on the
//! machine: sums run over eight fixed lanes, and logarithms come from `libm`. [`ArmAnalysis`] and
//! [`ArmComparison`](trial::ArmComparison) merge segments of rows in a fixed order, so that machines which share the rows
//! come to the same bits as one that takes all.

#![forbid(unsafe_code)]

mod arm_analysis;
mod arm_summary;
mod block_sums;
mod comoments;
mod covariance;
pub mod distribution;
mod drivers;
mod entropy_balancing;
mod error;
mod error_text;
mod estimate;
mod fitted_line;
mod heterogeneity;
mod histogram;
mod kept_rows;
mod kolmogorov_smirnov;
mod magnitude_counts;
mod multiple_regression;
mod pair_moments;
mod prcc;
mod quantile;
mod rank;
mod regression;
mod replicates;
mod segments;
pub mod sensitivity;
mod summary;
pub mod trial;
pub mod weighted;

pub use arm_analysis::{ArmAnalysis, ArmAnalysisColumns, ArmMoments, WeightedRows};
pub use arm_summary::{ArmSummary, CorrelationEntry, OutcomeSummary, RegressionEntry, ResponseScale};
pub use comoments::Comoments;
pub use covariance::Covariance;
pub use drivers::{Driver, DriverTable, Drivers};
pub use entropy_balancing::{BalancedStratum, EntropyBalance, ShareTarget};
pub use error::StatError;
pub use estimate::Estimate;
pub use fitted_line::FittedLine;
pub use heterogeneity::Heterogeneity;
pub use histogram::{Bar, Histogram};
pub use kolmogorov_smirnov::KolmogorovSmirnov;
pub use multiple_regression::{Coefficient, MultipleRegression};
pub use pair_moments::PairMoments;
pub use prcc::prcc;
pub use quantile::quantiles;
pub use rank::{Correlation, mid_ranks, spearman};
pub use regression::{Regression, linear_regression};
pub use replicates::{Replicates, Spread, correlation_ci95, fisher_z_power, proportion_ci95};
pub use summary::Summary;
