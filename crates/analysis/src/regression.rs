//! Ordinary least squares of a response on one predictor.

use serde::{Deserialize, Serialize};

use crate::distribution::student_t::{critical_t, log10_two_sided_p, two_sided_p};
use crate::error::StatError;
use crate::pair_moments::PairMoments;

/// Share of the variance below which a residual is rounding error, not data.
pub(crate) const LEAST_UNEXPLAINED: f64 = 1e-12;

/// Ordinary least squares y = intercept + slope · x + ε, and the test of slope = 0 against Student's t with n − 2
/// degrees of freedom.
///
/// slope = Sxy/Sxx; intercept = ȳ − slope·x̄; s² = (Syy − slope·Sxy)/(n−2); SE(slope)² = s²/Sxx;
/// SE(intercept)² = s²(1/n + x̄²/Sxx). (Draper & Smith, *Applied Regression Analysis*, ch. 1.)
/// Units: slope that of y per that of x, intercept that of y.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Regression {
    /// Rows in which neither value is missing.
    pub n: u64,
    /// Slope, in units of y per unit of x.
    pub slope: f64,
    /// Intercept, in units of y.
    pub intercept: f64,
    /// Standard error of the slope.
    pub slope_se: f64,
    /// Standard error of the intercept.
    pub intercept_se: f64,
    /// 95 % confidence interval of the slope, [low, high].
    pub ci95: [f64; 2],
    /// Pearson's correlation.
    pub r: f64,
    /// Share of the variance of y that x explains.
    pub r_squared: f64,
    /// slope / SE(slope).
    pub t: f64,
    /// Two-sided p-value; 0 where it is smaller than an `f64` can be.
    pub p_value: f64,
    /// Decadic logarithm of the two-sided p-value, right however small it is.
    pub log10_p: f64,
}

impl Regression {
    /// The regression that given moments imply.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] below 3 rows, [`StatError::NotFinite`], [`StatError::ConstantPredictor`],
    /// [`StatError::ConstantResponse`], and [`StatError::PerfectFit`] if 1 − r² < 1e-12.
    pub fn from_moments(m: &PairMoments) -> Result<Self, StatError> {
        if m.n < 3 {
            return Err(StatError::TooFewRows { n: m.n, needed: 3 });
        }
        if !(m.sxx.is_finite() && m.syy.is_finite() && m.sxy.is_finite()) {
            return Err(StatError::NotFinite);
        }
        if m.sxx == 0.0 {
            return Err(StatError::ConstantPredictor);
        }
        if m.syy == 0.0 {
            return Err(StatError::ConstantResponse);
        }
        let (n, df) = (m.n as f64, (m.n - 2) as f64);
        let slope = m.sxy / m.sxx;
        let intercept = (-slope).mul_add(m.x.hi, m.y.hi) + (-slope).mul_add(m.x.lo, m.y.lo);
        let r = (m.sxy / (m.sxx.sqrt() * m.syy.sqrt())).clamp(-1.0, 1.0);
        let unexplained = (-slope).mul_add(m.sxy, m.syy) / m.syy;
        if unexplained < LEAST_UNEXPLAINED {
            return Err(StatError::PerfectFit { r });
        }
        let slope_se = (unexplained / df).sqrt() * (m.syy.sqrt() / m.sxx.sqrt());
        let intercept_se = slope_se * (m.sxx / n + m.x.hi * m.x.hi).sqrt();
        Self::tested(m.n, [slope, intercept], [slope_se, intercept_se], r, r * (df / unexplained).sqrt())
    }

    /// A line with these standard errors, its slope tested by t with n − 2 degrees of freedom.
    pub(crate) fn tested(
        n: u64,
        [slope, intercept]: [f64; 2],
        [slope_se, intercept_se]: [f64; 2],
        r: f64,
        t: f64,
    ) -> Result<Self, StatError> {
        let df = (n - 2) as f64;
        let half_width = critical_t(0.05, df) * slope_se;
        let all = Self {
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
        let derived = [slope, intercept, slope_se, intercept_se, half_width, r, t, all.log10_p];
        if derived.iter().all(|v| v.is_finite()) { Ok(all) } else { Err(StatError::NotFinite) }
    }
}

/// Least squares of `y` on `x` over the rows in which neither is NaN.
///
/// # Errors
/// As [`Regression::from_moments`].
///
/// # Panics
/// If the columns differ in length.
///
/// ```
/// let fit = cartrial_analysis::linear_regression(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0])?;
/// assert!((fit.slope - 0.8).abs() < 1e-15 && (fit.intercept - 0.5).abs() < 1e-15);
/// # Ok::<(), cartrial_analysis::StatError>(())
/// ```
pub fn linear_regression(x: &[f64], y: &[f64]) -> Result<Regression, StatError> {
    Regression::from_moments(&PairMoments::from_columns(x, y))
}
