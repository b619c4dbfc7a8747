//! The points of a regression: those that are drawn, and a note about the others.

use cartrial_analysis::FittedLine;
use cartrial_analysis::StatError;

use super::{MAX_POINTS, RegressionFigure};
use crate::axis::{Scale, extent};
use crate::error::FigureError;
use crate::fitted_line::fit_on_scale;
use crate::number::grouped;

/// Points on the scale of their axes, and their line.
pub(super) struct Scatter {
    /// Those to draw: all, or an evenly spaced sample.
    pub points: Vec<(f64, f64)>,
    /// Rows with both values, drawn or not.
    present: usize,
    /// All rows.
    rows: usize,
    /// The fitted line, or the reason why there is none.
    pub line: Result<FittedLine, StatError>,
}

impl Scatter {
    /// # Errors
    /// [`FigureError::LengthMismatch`] if predictor and response differ in length, [`FigureError::NothingToDraw`] if no row
    /// has both.
    pub fn of(figure: &RegressionFigure<'_>) -> Result<Self, FigureError> {
        if figure.x.len() != figure.y.len() {
            return Err(FigureError::LengthMismatch {
                what: figure.response.label.to_owned(),
                expected: figure.x.len(),
                found: figure.y.len(),
            });
        }
        let rows = figure.x.iter().zip(figure.y);
        let all: Vec<_> = rows
            .map(|(&x, &y)| (Scale::Linear.position(x), figure.scale.position(y)))
            .filter(|(x, y)| !x.is_nan() && !y.is_nan())
            .collect();
        if all.is_empty() {
            let what = format!("{} on {}", figure.response.label, figure.predictor.label);
            return Err(FigureError::NothingToDraw { what });
        }
        let present = all.len();
        let drawn = present.min(MAX_POINTS);
        let points = (0..drawn).map(|i| all[i * present / drawn]).collect();
        let line = figure.line.map_or_else(|| fit_on_scale(figure.x, figure.y, figure.scale), Ok);
        Ok(Self { points, present, rows: figure.x.len(), line })
    }

    /// Heights that the axis should reach: those of the points, and of the line's ends with its band unless those lie
    /// far away from the points.
    pub fn heights(&self) -> Vec<f64> {
        const FAR: f64 = 0.25;
        let mut heights: Vec<f64> = self.points.iter().map(|p| p.1).collect();
        let (Ok(line), Some((low, high)), Some((first, last))) =
            (&self.line, extent(heights.iter().copied()), extent(self.points.iter().map(|p| p.0)))
        else {
            return heights;
        };
        let (least, most) = (low - FAR * (high - low), high + FAR * (high - low));
        for x in [first, last] {
            let half_width = line.half_width(x);
            heights.extend([-half_width, half_width].map(|d| (line.at(x) + d).clamp(least, most)));
        }
        heights
    }

    /// Which of the data the figure does not show, if any.
    pub fn note(&self) -> Option<String> {
        let count = |n: usize| grouped(&n.to_string());
        let drawn = self.points.len();
        let total =
            self.line.as_ref().map_or(self.present, |line| self.present.max(line.regression.n as usize));
        let missing = self.rows - self.present;
        let mut notes = Vec::new();
        if drawn < total {
            notes.push(format!("{} of {} patients drawn", count(drawn), count(total)));
        }
        if missing > 0 {
            notes.push(format!("{} without a value left out", count(missing)));
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}
