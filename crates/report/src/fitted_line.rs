//! A line fitted to the points of a figure.

use cartrial_analysis::FittedLine;
use cartrial_analysis::{PairMoments, StatError};

use crate::axis::Scale;

/// Fits `y` on `x`, or ln `y` on `x` for [`Scale::Log`], over the rows in which the axes can show both.
/// Columns of unequal length are read up to the end of the shorter.
///
/// # Errors
/// As [`FittedLine::from_moments`].
pub fn fit_on_scale(x: &[f64], y: &[f64], scale: Scale) -> Result<FittedLine, StatError> {
    let (x, y): (Vec<f64>, Vec<f64>) = x
        .iter()
        .zip(y)
        .map(|(&x, &y)| (Scale::Linear.position(x), scale.position(y)))
        .filter(|(x, y)| !x.is_nan() && !y.is_nan())
        .unzip();
    FittedLine::from_moments(&PairMoments::from_columns(&x, &y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithmic_fits_leave_out_what_has_no_logarithm() {
        let (x, y) = ([0.0, 1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 7.0, 0.0, f64::NAN]);
        let fit = fit_on_scale(&x, &y, Scale::Log).unwrap();
        assert_eq!(fit.regression.n, 3);
        assert!((fit.regression.slope - 7f64.ln() / 2.0).abs() < 1e-12);
    }
}
