//! Why a statistic does not exist.

use thiserror::Error;

/// Why a statistic does not exist for the data given. No function of this crate answers with NaN instead.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum StatError {
    /// Fewer complete rows than the statistic needs.
    #[error("{n} complete rows, but at least {needed} are needed")]
    TooFewRows {
        /// Rows in which no value is missing.
        n: u64,
        /// The least number of rows for which the statistic exists.
        needed: u64,
    },
    /// The predictor has the same value in every row: the slope is undetermined.
    #[error("the predictor has the same value in every row")]
    ConstantPredictor,
    /// The response has the same value in every row: correlation and t are 0/0.
    #[error("the response has the same value in every row")]
    ConstantResponse,
    /// The residual variance is below the rounding error of the moments: t would be a number without meaning.
    #[error("the fit is perfect to rounding (r = {r}): no residual variance is left to test against")]
    PerfectFit {
        /// The correlation (for a multiple regression, the multiple correlation).
        r: f64,
    },
    /// A predictor is, to rounding, a linear combination of those before it, or constant.
    #[error("predictor {index} is a linear combination of those before it, or constant")]
    Collinear {
        /// Position in the list of predictors, from 0.
        index: usize,
    },
    /// An infinite value in the data, or an overflow of a sum of squares (values beyond about 1e150).
    #[error("the data hold an infinite value, or a sum of squares overflows")]
    NotFinite,
    /// Every value, or every difference, is the same: there is no spread to test against.
    #[error("the values do not vary: there is no spread to test against")]
    NoSpread,
    /// What varies is no more than the error of the solver.
    #[error("the values vary no more than the solver is accurate")]
    WithinAccuracy,
    /// No patient's value differs between the arms: there is nothing to test.
    #[error("no patient differs")]
    NoDifference,
    /// Both risks are the same.
    #[error("the risks are equal: no number of patients makes a difference of one event")]
    EqualRisks,
    /// A value of a binary column, or of an event indicator, that is neither 0 nor 1.
    #[error("{n} values are neither 0 nor 1")]
    NotBinary {
        /// How many.
        n: u64,
    },
    /// A negative time.
    #[error("a time is negative")]
    NegativeTime,
    /// No patient had the event.
    #[error("nobody had the event")]
    NoEvents,
    /// A count of a table is 0, so that the logarithm of a ratio has no variance.
    #[error("a count is 0: a ratio of weighted patients has no interval then")]
    EmptyCell,
    /// The survival curve is not known up to the time that a restricted mean needs.
    #[error("nobody was seen after {last}, so that the mean up to {horizon} is not known")]
    HorizonNotReached {
        /// The greatest time in the data.
        last: f64,
        /// The horizon.
        horizon: f64,
    },
    /// A patient's time up to the horizon is unknown.
    #[error("{n} patients were censored before {horizon}, so that their own times up to then are not known")]
    CensoredBeforeHorizon {
        /// How many.
        n: u64,
        /// The horizon.
        horizon: f64,
    },
    /// A trial larger than what it is drawn from.
    #[error("a trial of {asked} patients cannot be drawn without replacement from {available}")]
    TooFewPatients {
        /// Patients in the trial.
        asked: u64,
        /// Patients to draw from.
        available: u64,
    },
    /// A power that no trial reached that can be drawn.
    #[error(
        "a power of {wanted} is not reached with {most} patients, the most that can be drawn (power {power})"
    )]
    PowerNotReached {
        /// The target power.
        wanted: f64,
        /// The most patients.
        most: u64,
        /// The power that they have.
        power: f64,
    },
    /// Power, level or allocation out of range.
    #[error("the level and the power lie between 0 and 1, and every arm has a part of the patients")]
    PlanOutOfRange,
}
