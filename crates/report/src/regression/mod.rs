//! A response against a predictor, with the fitted line and its statistics.

mod scatter;

use cartrial_analysis::FittedLine;
use cartrial_analysis::StatError;

use crate::axis::{Axis, AxisLabel, Scale, extent};
use crate::error::FigureError;
use crate::geometry::Rect;
use crate::number::{format_p, grouped, significant};
use crate::plot::{AXIS_TITLE_PX, AxisTitles, Plot, Y_TITLE_PX};
use crate::sheet::{Columns, LABEL_PX, MARGIN_PX, SMALL_PX, Sheet};
use crate::svg::{Fill, Stroke, TextStyle};
use crate::theme::Theme;
use scatter::Scatter;

/// If there are more points than this, an evenly spaced sample is drawn, and the figure says so.
pub const MAX_POINTS: usize = 3000;

/// What [`regression_figure`] draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegressionFigure<'a> {
    /// Written above the axes unless it is empty.
    pub title: &'a str,
    /// The horizontal axis.
    pub predictor: AxisLabel<'a>,
    /// The vertical axis.
    pub response: AxisLabel<'a>,
    /// The predictor of each patient.
    pub x: &'a [f64],
    /// The response of each patient, never its logarithm; NaN where missing.
    pub y: &'a [f64],
    /// [`Scale::Log`] draws the response on a logarithmic axis and fits its natural logarithm.
    pub scale: Scale,
    /// The line to draw, for points that are only part of a cohort. `None` fits one to the points.
    pub line: Option<FittedLine>,
}

/// Heights of the figures without title and notes, in pixels.
const NARROW_HEIGHT_PX: f64 = 460.0;
const WIDE_HEIGHT_PX: f64 = 430.0;
const BETWEEN_PX: f64 = 24.0;
const HEADING_ROW_PX: f64 = 24.0;
const LINE_PX: f64 = 18.0;
const NOTE_ROW_PX: f64 = 22.0;
/// Room at the right of a panel for half of the last tick label.
const RIGHT_PX: f64 = 10.0;

/// Draws one regression as SVG, 620 pixels wide.
///
/// Points that have no line (fewer than 3, or of constant predictor or response) are drawn without one, and the
/// figure says why.
///
/// # Errors
/// [`FigureError::LengthMismatch`] if `x` and `y` differ in length, [`FigureError::NothingToDraw`] if no row has both.
pub fn regression_figure(figure: &RegressionFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let name = if figure.title.is_empty() { name_of(figure) } else { figure.title.to_owned() };
    draw_figure(Sheet::narrow("", &name, theme), NARROW_HEIGHT_PX, &[figure])
}

/// Draws two regressions side by side as SVG, 900 pixels wide, under a common title unless that is empty. If they
/// have the same response and scale, their vertical axes are the same.
///
/// # Errors
/// As [`regression_figure`].
pub fn regression_pair_figure(
    title: &str,
    left: &RegressionFigure<'_>,
    right: &RegressionFigure<'_>,
    theme: &Theme,
) -> Result<String, FigureError> {
    let name = format!("{}; {}", name_of(left), name_of(right));
    draw_figure(Sheet::wide(title, &name, theme), WIDE_HEIGHT_PX, &[left, right])
}

/// What a figure without a title shows, for screen readers.
fn name_of(figure: &RegressionFigure<'_>) -> String {
    format!("{} against {}", figure.response.label, figure.predictor.label)
}

fn draw_figure(
    mut sheet: Sheet<'_>,
    height: f64,
    figures: &[&RegressionFigure<'_>],
) -> Result<String, FigureError> {
    let scatters = figures.iter().map(|f| Scatter::of(f)).collect::<Result<Vec<_>, _>>()?;
    let x_axes = figures.iter().zip(&scatters).map(|(f, s)| horizontal_axis(f, s));
    let x_axes = x_axes.collect::<Result<Vec<_>, _>>()?;
    let y_axes = vertical_axes(figures, &scatters);
    let notes = scatters.iter().any(|scatter| scatter.note().is_some());
    let top = sheet.top();
    let bottom = top + height - 2.0 * MARGIN_PX;
    let columns = Columns::new(sheet.left(), sheet.right(), figures.len(), BETWEEN_PX);
    for (i, (figure, scatter)) in figures.iter().zip(&scatters).enumerate() {
        let left = columns.left(i);
        let area = Rect { left, top, right: left + columns.width, bottom };
        draw_panel(&mut sheet, &area, figure, scatter, &x_axes[i], &y_axes[i]);
    }
    let notes_px = if notes { NOTE_ROW_PX } else { 0.0 };
    Ok(sheet.finish(bottom + notes_px + MARGIN_PX))
}

fn horizontal_axis(figure: &RegressionFigure<'_>, scatter: &Scatter) -> Result<Axis, FigureError> {
    let nothing = || FigureError::NothingToDraw { what: figure.predictor.label.to_owned() };
    Axis::of(Scale::Linear, scatter.points.iter().map(|p| p.0), 6).ok_or_else(nothing)
}

/// The vertical axis of each figure, the same for all if they show the same quantity.
fn vertical_axes(figures: &[&RegressionFigure<'_>], scatters: &[Scatter]) -> Vec<Axis> {
    let same = figures.iter().all(|f| f.response == figures[0].response && f.scale == figures[0].scale);
    let around = |scatters: &[Scatter], scale| Axis::of(scale, scatters.iter().flat_map(Scatter::heights), 5);
    let empty = Axis { range: (0.0, 1.0), ticks: Vec::new() };
    figures
        .iter()
        .zip(scatters)
        .map(|(f, scatter)| around(if same { scatters } else { std::slice::from_ref(scatter) }, f.scale))
        .map(|axis| axis.unwrap_or_else(|| empty.clone()))
        .collect()
}

/// Draws a panel with its statistics above and its note below.
fn draw_panel(
    sheet: &mut Sheet<'_>,
    area: &Rect,
    figure: &RegressionFigure<'_>,
    scatter: &Scatter,
    x: &Axis,
    y: &Axis,
) {
    let theme = sheet.theme;
    let left = area.left + y.labels_px() + Y_TITLE_PX;
    let mut top = area.top;
    if !figure.title.is_empty() {
        let style = TextStyle::new(LABEL_PX + 0.5, theme.ink).bold();
        sheet.elements.text(figure.title, (left, top + 9.0), style);
        top += HEADING_ROW_PX;
    }
    for (line, colour) in statistics(figure, &scatter.line).iter().zip([theme.ink, theme.muted]) {
        sheet.elements.text(line, (left, top + 8.0), TextStyle::new(SMALL_PX, colour));
        top += LINE_PX;
    }
    let frame =
        Rect { left, top: top + 6.0, right: area.right - RIGHT_PX, bottom: area.bottom - AXIS_TITLE_PX };
    let (x_title, y_title) = (figure.predictor.title(Scale::Linear), figure.response.title(figure.scale));
    let titles = AxisTitles { x: Some(&x_title), y: Some(&y_title) };
    let plot = Plot::draw(sheet, frame, x, y, titles);
    draw_points(sheet, &plot, &scatter.points);
    if let (Ok(line), Some(reach)) = (&scatter.line, extent(scatter.points.iter().map(|p| p.0))) {
        draw_line(sheet, &plot, line, reach);
    }
    if let Some(note) = scatter.note() {
        let at = (left, area.bottom + 12.0);
        sheet.elements.text(&note, at, TextStyle::new(SMALL_PX, theme.muted));
    }
}

/// Draws the dots, smaller and paler if there are many.
fn draw_points(sheet: &mut Sheet<'_>, plot: &Plot<'_>, points: &[(f64, f64)]) {
    let opacity = (12.0 / (points.len() as f64).sqrt()).clamp(0.35, 0.6);
    let radius = if points.len() > 600 { 2.2 } else { 3.2 };
    let fill = Fill::new(sheet.theme.series(1)).with_opacity(opacity);
    sheet.elements.dots(&plot.all(points.iter().copied()), radius, fill);
}

/// The line and its band over the drawn points, as far as the axis reaches.
fn draw_line(sheet: &mut Sheet<'_>, plot: &Plot<'_>, line: &FittedLine, (low, high): (f64, f64)) {
    const PIECES: usize = 80;
    let y = plot.y;
    let xs: Vec<f64> = (0..=PIECES).map(|i| low + (high - low) * i as f64 / PIECES as f64).collect();
    let edge = |x: f64, sign: f64| {
        let at = line.at(x) + sign * line.half_width(x);
        (x, at.clamp(y.range.0, y.range.1))
    };
    let band = xs.iter().map(|x| edge(*x, 1.0)).chain(xs.iter().rev().map(|x| edge(*x, -1.0)));
    let colour = sheet.theme.series(0);
    sheet.elements.polygon(&plot.all(band), Fill::new(colour).with_opacity(0.25));
    let points = xs.iter().map(|&x| (x, line.at(x))).filter(|p| y.contains(p.1));
    let points = plot.all(points);
    if points.len() > 1 {
        sheet.elements.polyline(&points, Stroke::new(colour, 2.2));
    }
}

/// The statistics of the line in two lines of text, or the reason why there is no line.
fn statistics(figure: &RegressionFigure<'_>, line: &Result<FittedLine, StatError>) -> [String; 2] {
    let fit = match line {
        Ok(line) => &line.regression,
        Err(why) => return ["No line".to_owned(), why.to_string()],
    };
    let unit = |unit: &str| if unit == "1" { String::new() } else { unit.to_owned() };
    let (of, per) = (unit(figure.response.unit), unit(figure.predictor.unit));
    let of = if figure.scale == Scale::Log { format!("ln({of})") } else { of };
    let per = if per.is_empty() { "unit".to_owned() } else { per };
    let n = grouped(&fit.n.to_string());
    [
        format!("{}, r = {}, n = {n}", format_p(fit.log10_p), significant(fit.r, 2)),
        format!("slope = {} {of} per {per}", significant(fit.slope, 3)).replace("  ", " "),
    ]
}
