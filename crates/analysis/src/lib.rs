//! Statistics as pure functions and mergeable accumulators over plain slices of `f64`.
//!
//! The crate knows neither files nor patients. Three kinds of things live here:
//!
//! - **accumulators** with constant memory, fed in any portions and merged: [`Summary`] and [`Histogram`] (one column),
//!   [`Comoments`] (predictors × responses, pairwise-complete) and [`Covariance`] (all variables, listwise-complete);
//! - **a [`Survey`]** of named columns: one study arm's statistics, in one serialisable summary; [`Drivers`]: every
//!   predictor's part in an outcome; [`Replicates`]: one test in many trials;
//! - **functions**: [`Regression`] by ordinary least squares, [`MultipleRegression`], [`spearman`], [`prcc`],
//!   [`quantiles`] and [`student_t`], whose `log10_p` stays right where the p-value itself underflows;
//! - **[`trial`]**: statistics between the arms of a trial, paired or randomised, and the power of small ones.
//!
//! A missing value is NaN. It is left out and counted, never taken for a number. An infinite value is a fault of the
//! data and comes back as [`StatError::NotFinite`].
//!
//! Results depend on the order of the rows and on where accumulators were merged, but not on the portions in which
//! rows were fed, nor on the machine: sums run over eight fixed lanes, and logarithms come from `libm`. Whoever
//! needs the same bits from run to run merges in a fixed order.

mod block;
mod comoments;
mod covariance;
mod discrete;
mod drivers;
mod error;
mod error_text;
mod estimate;
mod histogram;
mod multiple;
pub mod normal;
mod pair;
mod prcc;
mod quantile;
mod rank;
mod regression;
mod replicates;
pub mod student_t;
mod summary;
mod survey;
pub mod trial;

pub use comoments::Comoments;
pub use covariance::Covariance;
pub use drivers::{Driver, DriverTable, Drivers};
pub use error::StatError;
pub use estimate::Estimate;
pub use histogram::{Bar, Histogram};
pub use multiple::{Coefficient, MultipleRegression};
pub use pair::PairMoments;
pub use prcc::prcc;
pub use quantile::quantiles;
pub use rank::{Correlation, mid_ranks, spearman};
pub use regression::{Regression, linear_regression};
pub use replicates::{Replicates, Spread, correlation_ci95, fisher_z_power, proportion_ci95};
pub use summary::Summary;
pub use survey::{
    ArmSummary, CorrelationEntry, OutcomeSummary, RegressionEntry, ResponseScale, Survey, SurveyColumns,
};
