//! Forest plots: named rows, each with an estimate and its interval, in panels side by side.

use crate::axis::{Axis, AxisLabel, Scale, extent};
use crate::error::FigureError;
use crate::font::text_width;
use crate::geometry::Rect;
use crate::number::significant;
use crate::plot::{AXIS_TITLE_PX, AxisTitles, Plot};
use crate::sheet::{Columns, LABEL_PX, SMALL_PX, Sheet};
use crate::svg::{Align, Fill, Stroke, TextStyle};
use crate::theme::Theme;

/// A value with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// The value.
    pub middle: f64,
    /// Upper end.
    pub high: f64,
}

/// How a row's value is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForestStyle {
    /// A dot on its interval.
    Dot,
    /// A bar from 0, with its interval at the end.
    Bar,
}

/// One panel, with or without a value in each row.
#[derive(Clone, Debug, PartialEq)]
pub struct ForestPanel<'a> {
    /// The horizontal axis.
    pub axis: AxisLabel<'a>,
    /// How values are drawn.
    pub style: ForestStyle,
    /// From the top row to the bottom.
    pub values: Vec<Option<Interval>>,
    /// A vertical line at a value, and its label.
    pub reference: Option<(f64, &'a str)>,
}

/// What [`forest_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct ForestFigure<'a> {
    /// Written above the panels unless it is empty.
    pub title: &'a str,
    /// From the top row to the bottom.
    pub labels: Vec<String>,
    /// From left to right.
    pub panels: Vec<ForestPanel<'a>>,
    /// Rows that begin a group: a little space sets them apart from the row before.
    pub groups: Vec<usize>,
}

const BETWEEN_PX: f64 = 38.0;
const REFERENCE_ROW_PX: f64 = 20.0;
const ROW_PX: f64 = 22.0;
/// Ticks of an axis, about; and of the narrow axes of more than two panels.
const TICKS: usize = 5;
const FEW_TICKS: usize = 3;
/// Space before a group, in rows.
const GROUP_GAP: f64 = 0.6;

/// Draws a forest plot as SVG, 900 pixels wide.
///
/// # Errors
/// [`FigureError::LengthMismatch`] if a panel does not have one value for each label; [`FigureError::NothingToDraw`] if
/// there are no rows or panels, or a panel has no value.
pub fn forest_figure(figure: &ForestFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let rows = figure.labels.len();
    if let Some(panel) = figure.panels.iter().find(|p| p.values.len() != rows) {
        let what = panel.axis.label.to_owned();
        return Err(FigureError::LengthMismatch { what, expected: rows, found: panel.values.len() });
    }
    if rows == 0 || figure.panels.is_empty() {
        return Err(FigureError::NothingToDraw { what: figure.title.to_owned() });
    }
    let ticks = if figure.panels.len() > 2 { FEW_TICKS } else { TICKS };
    let x_axes = figure.panels.iter().map(|panel| x_axis(panel, ticks)).collect::<Result<Vec<_>, _>>()?;
    let gaps_before = |row: usize| figure.groups.iter().filter(|g| **g <= row && **g > 0).count() as f64;
    let height_of = |row: usize| -(row as f64 + 0.5 + GROUP_GAP * gaps_before(row));
    let depth = rows as f64 + GROUP_GAP * gaps_before(rows);
    let y = Axis { range: (-depth, 0.0), ticks: Vec::new() };

    let labels_px = figure.labels.iter().map(|l| text_width(l, SMALL_PX, false)).fold(0.0, f64::max) + 12.0;
    let shown: Vec<&str> = figure.panels.iter().map(|panel| panel.axis.label).collect();
    let mut sheet = Sheet::wide(figure.title, &shown.join(", "), theme);
    let references = figure.panels.iter().any(|p| p.reference.is_some());
    let top = sheet.top() + if references { REFERENCE_ROW_PX } else { 0.0 };
    let bottom = top + depth * ROW_PX;
    let columns = Columns::new(sheet.left() + labels_px, sheet.right(), figure.panels.len(), BETWEEN_PX);
    for (i, (panel, x)) in figure.panels.iter().zip(&x_axes).enumerate() {
        let left = columns.left(i);
        let frame = Rect { left, top, right: left + columns.width, bottom };
        let title = panel.axis.title(Scale::Linear);
        let plot = Plot::draw(&mut sheet, frame, x, &y, AxisTitles { x: Some(&title), y: None });
        if panel.style == ForestStyle::Bar {
            let [from, to] = plot.upright(0.0);
            sheet.elements.line(from, to, Stroke::new(theme.axis, 1.0));
        }
        draw_reference(&mut sheet, &plot, panel);
        for (row, value) in panel.values.iter().enumerate() {
            let Some(value) = value.filter(|v| v.middle.is_finite()) else { continue };
            draw_estimate(&mut sheet, &plot, panel.style, &value, height_of(row));
            let middle = plot.y_px(height_of(row));
            let area = Rect { top: middle - 0.5 * ROW_PX, bottom: middle + 0.5 * ROW_PX, ..frame };
            sheet.add_tooltip(area, tooltip(&figure.labels[row], panel, &value));
        }
    }
    let style = TextStyle::new(SMALL_PX, theme.ink).aligned(Align::Right);
    for (row, label) in figure.labels.iter().enumerate() {
        let at = (sheet.left() + labels_px - 8.0, top - height_of(row) * ROW_PX);
        sheet.elements.text(label, at, style);
    }
    Ok(sheet.finish(bottom + AXIS_TITLE_PX + 8.0))
}

fn draw_reference(sheet: &mut Sheet<'_>, plot: &Plot<'_>, panel: &ForestPanel<'_>) {
    let Some((value, label)) = panel.reference.filter(|(value, _)| plot.x.contains(*value)) else { return };
    let [from, to] = plot.upright(value);
    sheet.elements.line(from, to, Stroke::new(sheet.theme.series(0), 1.6));
    let half = 0.5 * text_width(label, LABEL_PX, true);
    let x = from.0.min(plot.frame.right - half).max(plot.frame.left + half);
    let style = TextStyle::new(LABEL_PX, sheet.theme.ink).bold().aligned(Align::Middle);
    sheet.elements.text(label, (x, plot.frame.top - 0.5 * REFERENCE_ROW_PX), style);
}

fn tooltip(label: &str, panel: &ForestPanel<'_>, value: &Interval) -> String {
    let [low, middle, high] = [value.low, value.middle, value.high].map(|v| significant(v, 3));
    format!("{label}: {} {middle} [{low}, {high}]", panel.axis.label)
}

fn x_axis(panel: &ForestPanel<'_>, ticks: usize) -> Result<Axis, FigureError> {
    let ends = panel.values.iter().flatten().flat_map(|v| [v.low, v.middle, v.high]);
    let zero = (panel.style == ForestStyle::Bar).then_some(0.0);
    let all = ends.chain(panel.reference.map(|r| r.0)).chain(zero);
    let nothing = || FigureError::NothingToDraw { what: panel.axis.label.to_owned() };
    let (low, high) = extent(all).ok_or_else(nothing)?;
    Ok(Axis::around(low, high, ticks))
}

fn draw_estimate(sheet: &mut Sheet<'_>, plot: &Plot<'_>, style: ForestStyle, value: &Interval, y: f64) {
    let (colour, ink) = (sheet.theme.series(1), sheet.theme.ink);
    let [low, middle, high] = [value.low, value.middle, value.high].map(|x| plot.at((x, y)));
    match style {
        ForestStyle::Dot => {
            sheet.elements.line(low, high, Stroke::new(colour, 6.0).with_opacity(0.4));
            sheet.elements.circle(middle, 4.2, Fill::new(colour));
        }
        ForestStyle::Bar => {
            let bar = plot.rect((0.0, y - 0.33), (value.middle, y + 0.33));
            sheet.elements.rect(&bar, Fill::new(colour).with_opacity(0.8));
            sheet.elements.line(low, high, Stroke::new(ink, 1.6));
        }
    }
}
