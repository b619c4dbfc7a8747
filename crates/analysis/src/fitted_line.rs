//! A regression with what its confidence band needs.

use crate::distribution::student_t::critical_t;
use crate::error::StatError;
use crate::pair_moments::PairMoments;
use crate::regression::Regression;

/// A fitted line, and where its predictor lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FittedLine {
    /// The regression of the response, or of its natural logarithm, on the predictor.
    pub regression: Regression,
    /// Mean x̄ of the predictor over the regression's rows, in its unit.
    pub mean_x: f64,
    /// Variance of the line at x̄, in the unit of the response squared.
    pub variance_at_mean: f64,
    /// Covariance of the line at x̄ with the slope: 0 unless patients are weighted.
    pub covariance: f64,
}

impl FittedLine {
    /// The fit that given moments imply.
    ///
    /// # Errors
    /// As [`Regression::from_moments`].
    pub fn from_moments(moments: &PairMoments) -> Result<Self, StatError> {
        let regression = Regression::from_moments(moments)?;
        let variance_at_mean = regression.slope_se * regression.slope_se * moments.sxx() / moments.n() as f64;
        Ok(Self { regression, mean_x: moments.mean_x(), variance_at_mean, covariance: 0.0 })
    }

    /// The line at `x`, in units of the response or of its logarithm.
    pub fn at(&self, x: f64) -> f64 {
        self.regression.slope.mul_add(x, self.regression.intercept)
    }

    /// Half the width of the 95 % confidence band of the mean response at `x`: t₀.₀₂₅(n−2) √(V + 2(x−x̄)C + (x−x̄)² SE(slope)²), with
    /// the variance V of the line at x̄, which is s²/n of patients without weights, and its covariance C with the slope.
    /// (Draper & Smith, *Applied Regression Analysis*, ch. 1.)
    pub fn half_width(&self, x: f64) -> f64 {
        let Regression { n, slope_se, .. } = self.regression;
        let from_mean = x - self.mean_x;
        let of_slope = from_mean * slope_se;
        let variance = self.variance_at_mean + 2.0 * from_mean * self.covariance + of_slope * of_slope;
        critical_t(0.05, n as f64 - 2.0) * variance.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn band_at_the_mean_and_the_ends_follows_the_formula() {
        // By hand: slope 0.8, s² = 0.9, x̄ = 2.5, Sxx = 5; variance of the mean 0.9 (1/4 + (x−2.5)²/5);
        // t of 0.975 and 2 degrees of freedom is 4.302653.
        let fit = FittedLine::from_moments(&PairMoments::from_columns(
            &[1.0, 2.0, 3.0, 4.0],
            &[1.0, 3.0, 2.0, 4.0],
        ))
        .unwrap();
        for (x, line, variance) in [(1.0, 1.3, 0.9 * 0.7), (2.5, 2.5, 0.9 * 0.25), (4.0, 3.7, 0.9 * 0.7)] {
            assert!((fit.at(x) - line).abs() < 1e-12);
            assert!((fit.half_width(x) - 4.302_652_729_911_275 * f64::sqrt(variance)).abs() < 1e-9);
        }
    }
}
