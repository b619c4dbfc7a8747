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
    /// The predictor has the same value in every row: no slope can be told.
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
}
