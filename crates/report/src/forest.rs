//! Named rows with an interval or a bar in each of some panels side by side.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use crate::axis::{Axis, AxisLabel, Scale, extent};
use crate::canvas::{
    LABEL_PX, MARGIN_PX, SMALL_PX, Type, WIDTH_PX, below_title_px, draw, printable, stroke, units, write,
    write_title,
};
use crate::error::FigureError;
use crate::font::text_width;
use crate::hover::with_hover;
use crate::panel::{AXIS_TITLE_PX, Plot, Surroundings, axes, on_sheet};
use crate::placement::Rect;
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

/// One panel: a value in every row, or none.
#[derive(Clone, Debug, PartialEq)]
pub struct ForestPanel<'a> {
    /// The horizontal axis.
    pub axis: AxisLabel<'a>,
    /// How values are drawn.
    pub style: ForestStyle,
    /// From the top row to the bottom.
    pub values: Vec<Option<Interval>>,
    /// A vertical line and what it is.
    pub reference: Option<(f64, &'a str)>,
}

/// What [`forest_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct ForestFigure<'a> {
    /// Above the panels; empty leaves it out.
    pub title: &'a str,
    /// From the top row to the bottom.
    pub labels: Vec<String>,
    /// From left to right.
    pub panels: Vec<ForestPanel<'a>>,
    /// Rows before which a little space sets a group apart.
    pub groups: Vec<usize>,
}

const BETWEEN_PX: f64 = 38.0;
const REFERENCE_ROW_PX: f64 = 20.0;
const ROW_PX: f64 = 22.0;
/// Space before a group, in rows.
const GROUP_GAP: f64 = 0.6;

/// Draws named rows as SVG, 900 pixels wide.
///
/// # Errors
/// [`FigureError::LengthMismatch`] if a panel has not one value for each label; [`FigureError::NothingToDraw`] if there
/// are no rows or panels, or a panel has no value.
pub fn forest_figure(figure: &ForestFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let rows = figure.labels.len();
    if let Some(panel) = figure.panels.iter().find(|p| p.values.len() != rows) {
        let what = panel.axis.label.to_owned();
        return Err(FigureError::LengthMismatch { what, expected: rows, found: panel.values.len() });
    }
    if rows == 0 || figure.panels.is_empty() {
        return Err(FigureError::NothingToDraw { what: figure.title.to_owned() });
    }
    let x_axes = figure.panels.iter().map(x_axis).collect::<Result<Vec<_>, _>>()?;
    let gaps_before = |row: usize| figure.groups.iter().filter(|g| **g <= row && **g > 0).count() as f64;
    let height_of = |row: usize| -(row as f64 + 0.5 + GROUP_GAP * gaps_before(row));
    let depth = rows as f64 + GROUP_GAP * gaps_before(rows);
    let y = Axis { range: (-depth, 0.0), ticks: Vec::new() };

    let labels_px = figure.labels.iter().map(|l| text_width(l, SMALL_PX, false)).fold(0.0, f64::max) + 12.0;
    let references = figure.panels.iter().any(|p| p.reference.is_some());
    let top = below_title_px(figure.title) + if references { REFERENCE_ROW_PX } else { 0.0 };
    let bottom = top + depth * ROW_PX;
    let height = bottom + AXIS_TITLE_PX + 8.0;
    let count = figure.panels.len() as f64;
    let each = (WIDTH_PX - 2.0 * MARGIN_PX - labels_px - BETWEEN_PX * (count - 1.0)) / count;
    let mut places = Vec::new();
    let svg = draw((WIDTH_PX as u32, height.ceil() as u32), figure.title, theme, |sheet| {
        write_title(sheet, figure.title, theme)?;
        for (i, (panel, x)) in figure.panels.iter().zip(&x_axes).enumerate() {
            let left = MARGIN_PX + labels_px + i as f64 * (each + BETWEEN_PX);
            let size = (each, bottom + AXIS_TITLE_PX - top);
            let corner = (units(left), units(top));
            let area = sheet.clone().shrink(corner, (units(size.0) as u32, units(size.1) as u32));
            let around = Surroundings {
                x_title: Some(panel.axis.title(Scale::Linear)),
                y_title: None,
                left_px: 1.0,
                below_px: AXIS_TITLE_PX,
            };
            let mut plot = axes(&area, x, &y, &around, theme)?;
            if panel.style == ForestStyle::Bar {
                let zero = PathElement::new([(0.0, y.range.0), (0.0, y.range.1)], stroke(theme.axis, 1.0));
                plot.draw_series([zero])?;
            }
            if let Some((value, label)) = panel.reference.filter(|r| x.contains(r.0)) {
                let line =
                    PathElement::new([(value, y.range.0), (value, y.range.1)], stroke(theme.series(0), 1.6));
                plot.draw_series([line])?;
                let half = 0.5 * text_width(label, LABEL_PX, true);
                let at = on_sheet(&plot, (value, 0.0)).0.clamp(left + half, left + each - half);
                let style = Type::new(LABEL_PX, theme.ink).bold().anchored(HPos::Center, VPos::Center);
                write(sheet, &printable(label), (at, top - 0.5 * REFERENCE_ROW_PX), style)?;
            }
            for (row, value) in panel.values.iter().enumerate() {
                let Some(value) = value.filter(|v| v.middle.is_finite()) else { continue };
                draw_row(&mut plot, panel.style, &value, height_of(row), theme)?;
                let middle = on_sheet(&plot, (value.middle, height_of(row))).1;
                let place = Rect::around((left + 0.5 * each, middle), (each, ROW_PX));
                places.push((place, spoken(&figure.labels[row], panel, &value)));
            }
        }
        let style = Type::new(SMALL_PX, theme.ink).anchored(HPos::Right, VPos::Center);
        for (row, label) in figure.labels.iter().enumerate() {
            let at = (MARGIN_PX + labels_px - 8.0, top - height_of(row) * ROW_PX);
            write(sheet, &printable(label), at, style)?;
        }
        Ok(())
    })?;
    Ok(with_hover(&svg, &places))
}

fn spoken(label: &str, panel: &ForestPanel<'_>, value: &Interval) -> String {
    let [low, middle, high] = [value.low, value.middle, value.high].map(|v| crate::significant(v, 3));
    format!("{label}: {} {middle} [{low}, {high}]", panel.axis.label)
}

fn x_axis(panel: &ForestPanel<'_>) -> Result<Axis, FigureError> {
    let ends = panel.values.iter().flatten().flat_map(|v| [v.low, v.middle, v.high]);
    let zero = (panel.style == ForestStyle::Bar).then_some(0.0);
    let all = ends.chain(panel.reference.map(|r| r.0)).chain(zero);
    let nothing = || FigureError::NothingToDraw { what: panel.axis.label.to_owned() };
    let (low, high) = extent(all).ok_or_else(nothing)?;
    Ok(Axis::around(low, high, 5))
}

fn draw_row(
    plot: &mut Plot<'_>,
    style: ForestStyle,
    value: &Interval,
    y: f64,
    theme: &Theme,
) -> Result<(), FigureError> {
    let colour = theme.series(1);
    let interval = [(value.low, y), (value.high, y)];
    match style {
        ForestStyle::Dot => {
            let pale = colour.rgb().mix(0.4).stroke_width(units(6.0) as u32);
            plot.draw_series([PathElement::new(interval, pale)])?;
            plot.draw_series([Circle::new((value.middle, y), units(4.2), colour.rgb().filled())])?;
        }
        ForestStyle::Bar => {
            let bar = [(0.0, y - 0.33), (value.middle, y + 0.33)];
            plot.draw_series([Rectangle::new(bar, colour.rgb().mix(0.8).filled())])?;
            plot.draw_series([PathElement::new(interval, stroke(theme.ink, 1.6))])?;
        }
    }
    Ok(())
}
