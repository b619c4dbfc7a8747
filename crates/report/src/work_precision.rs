//! Work–precision diagrams: what accuracy costs, by method.

use crate::axis::{Axis, extent};
use crate::error::FigureError;
use crate::geometry::Rect;
use crate::number::significant;
use crate::plot::{AXIS_TITLE_PX, AxisTitles, Plot};
use crate::sheet::{Columns, LABEL_PX, MARGIN_PX, SMALL_PX, Sheet};
use crate::svg::{Fill, Stroke, TextStyle};
use crate::theme::Theme;

/// A method with one tolerance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkPrecisionPoint {
    /// Time for a patient in µs, above 0.
    pub us_per_patient: f64,
    /// Error of the worst patient, above 0.
    pub error: f64,
}

/// A problem, solved with several methods.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkPrecisionPanel<'a> {
    /// Which problem.
    pub heading: &'a str,
    /// Points of each method, in order of the tolerance: as many methods in every panel, in the same order.
    pub methods: Vec<Vec<WorkPrecisionPoint>>,
}

/// What [`work_precision_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkPrecisionFigure<'a> {
    /// Names of the methods.
    pub methods: Vec<&'a str>,
    /// Panels from left to right.
    pub panels: Vec<WorkPrecisionPanel<'a>>,
}

const BETWEEN_PX: f64 = 14.0;
const LEFT_PX: f64 = 62.0;
const RIGHT_PX: f64 = 10.0;
const PLOT_PX: f64 = 260.0;
const KEY_PX: f64 = 22.0;
const KEY_WIDTH_PX: f64 = 120.0;
const LINE_PX: f64 = 24.0;

/// Draws error against time as SVG, 900 pixels wide, all panels on the same logarithmic axes: the lower and the further to the
/// left, the better.
///
/// # Errors
/// [`FigureError::NothingToDraw`] if there is no point.
pub fn work_precision_figure(figure: &WorkPrecisionFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let nothing = || FigureError::NothingToDraw { what: "work and precision".to_owned() };
    let points = || figure.panels.iter().flat_map(|panel| panel.methods.iter().flatten());
    let (fastest, slowest) = extent(points().map(|p| p.us_per_patient)).ok_or_else(nothing)?;
    let (least, worst) = extent(points().map(|p| p.error)).ok_or_else(nothing)?;
    let (x, y) = (Axis::log(fastest, slowest, 4), Axis::log(least, worst, 6));
    let mut sheet = Sheet::wide("", "Work and precision", theme);
    for (i, method) in figure.methods.iter().enumerate() {
        let (left, key) = (sheet.left() + LEFT_PX + KEY_WIDTH_PX * i as f64, sheet.top() + 8.0);
        sheet.elements.line((left, key), (left + KEY_PX, key), Stroke::new(theme.series(i), 2.2));
        sheet.elements.text(method, (left + KEY_PX + 8.0, key), TextStyle::new(SMALL_PX, theme.ink));
    }
    let top = sheet.top() + 2.0 * LINE_PX + 8.0;
    let bottom = top + PLOT_PX;
    let columns = Columns::new(sheet.left(), sheet.right(), figure.panels.len(), BETWEEN_PX);
    for (i, panel) in figure.panels.iter().enumerate() {
        let left = columns.left(i) + LEFT_PX;
        let frame = Rect { left, top, right: columns.left(i) + columns.width - RIGHT_PX, bottom };
        let error = (i == 0).then_some("Relative error of the worst patient");
        let titles = AxisTitles { x: Some("µs per patient, one thread"), y: error };
        let plot = Plot::draw(&mut sheet, frame, &x, &y, titles);
        let heading = (left, top - 14.0);
        sheet.elements.text(panel.heading, heading, TextStyle::new(LABEL_PX, theme.ink).bold());
        for (j, points) in panel.methods.iter().enumerate() {
            let at = |p: &WorkPrecisionPoint| (p.us_per_patient.ln(), p.error.ln());
            let stroke = Stroke::new(theme.series(j), 1.8);
            sheet.elements.polyline(&plot.all(points.iter().map(at)), stroke);
            for point in points {
                let centre = plot.at(at(point));
                sheet.elements.circle(centre, 3.2, Fill::new(theme.series(j)));
                let method = figure.methods.get(j).copied().unwrap_or_default();
                let (us, error) = (significant(point.us_per_patient, 3), significant(point.error, 2));
                sheet.add_tooltip(Rect::around(centre, (12.0, 12.0)), format!("{method}: {us} µs, {error}"));
            }
        }
    }
    Ok(sheet.finish(bottom + AXIS_TITLE_PX + MARGIN_PX))
}
