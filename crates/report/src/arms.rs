//! Arms side by side: each outcome a small panel with one row for each arm.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use crate::axis::{Axis, AxisLabel, Scale, extent};
use crate::canvas::{
    Area, LABEL_PX, MARGIN_PX, SMALL_PX, Type, WIDTH_PX, below_title_px, draw, printable, stroke, units,
    write, write_title,
};
use crate::error::FigureError;
use crate::font::{elided, fitted, text_width};
use crate::forest::Interval;
use crate::hover::with_hover;
use crate::number::significant;
use crate::panel::{Plot, Surroundings, TICK_LABELS_PX, axes, on_sheet};
use crate::placement::Rect;
use crate::theme::{Colour, Theme};

/// An outcome in one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ArmValue {
    /// Its quantiles at 5, 25, 50, 75 and 95 %, drawn as a box with whiskers.
    Box([f64; 5]),
    /// A risk or mean with its 95 % interval, drawn as a dot with a line.
    Point(Interval),
}

impl ArmValue {
    fn numbers(self) -> Vec<f64> {
        match self {
            Self::Box(quantiles) => quantiles.to_vec(),
            Self::Point(Interval { low, middle, high }) => vec![low, middle, high],
        }
    }

    /// Whether all of its numbers have a place on a linear axis.
    fn is_complete(&self) -> bool {
        self.numbers().iter().all(|v| !Scale::Linear.position(*v).is_nan())
    }

    fn middle(self) -> f64 {
        match self {
            Self::Box(quantiles) => quantiles[2],
            Self::Point(interval) => interval.middle,
        }
    }
}

/// One outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmPanel<'a> {
    /// What it is.
    pub axis: AxisLabel<'a>,
    /// How values are laid out.
    pub scale: Scale,
    /// One for each arm, from the top row to the bottom.
    pub values: Vec<Option<ArmValue>>,
}

/// What [`arms_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmsFigure<'a> {
    /// Above the panels; empty leaves it out.
    pub title: &'a str,
    /// Names of the arms. A line in every panel continues the first one's value, which is the reference.
    pub arms: Vec<&'a str>,
    /// Row by row, three in each.
    pub panels: Vec<ArmPanel<'a>>,
}

const BETWEEN_PX: f64 = 24.0;
const HEADING_PX: f64 = 26.0;
const ROW_PX: f64 = 25.0;
const GAP_PX: f64 = 12.0;
const COLUMNS: usize = 3;
/// Longer names of arms are cut.
const NAME_PX: f64 = 170.0;

/// Draws outcomes side by side as SVG, 900 pixels wide: a row for each arm, with the median of a box or the value of a
/// point in figures beside it.
///
/// # Errors
/// [`FigureError::LengthMismatch`] if a panel has not one value for each arm; [`FigureError::NothingToDraw`] if there are
/// no arms or panels, or a panel has no value.
pub fn arms_figure(figure: &ArmsFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let arms = figure.arms.len();
    if let Some(panel) = figure.panels.iter().find(|p| p.values.len() != arms) {
        let what = panel.axis.label.to_owned();
        return Err(FigureError::LengthMismatch { what, expected: arms, found: panel.values.len() });
    }
    if arms == 0 || figure.panels.is_empty() {
        return Err(FigureError::NothingToDraw { what: figure.title.to_owned() });
    }
    let x_axes = figure.panels.iter().map(x_axis).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<_> = figure.arms.iter().map(|name| elided(&printable(name), NAME_PX, SMALL_PX)).collect();
    let names_px = names.iter().map(|name| text_width(name, SMALL_PX, false)).fold(0.0, f64::max) + 12.0;
    let columns = figure.panels.len().min(COLUMNS);
    let free = WIDTH_PX - 2.0 * MARGIN_PX - names_px - BETWEEN_PX * (columns as f64 - 1.0);
    let each = free / columns as f64;
    let top = below_title_px(figure.title);
    let rows_px = ROW_PX * arms as f64;
    let step = HEADING_PX + rows_px + TICK_LABELS_PX + GAP_PX;
    let height = top + step * figure.panels.len().div_ceil(columns) as f64;
    let heading = |panel: &ArmPanel<'_>| printable(&panel.axis.title(panel.scale));
    let sizes = figure.panels.iter().map(|panel| fitted(&heading(panel), each, LABEL_PX, true));
    let heading_size = sizes.fold(LABEL_PX, f64::min);
    let mut places = Vec::new();
    let title = if figure.title.is_empty() { "Arms" } else { figure.title };
    let svg = draw((WIDTH_PX as u32, height.ceil() as u32), title, theme, |sheet| {
        write_title(sheet, figure.title, theme)?;
        for (i, (panel, x)) in figure.panels.iter().zip(&x_axes).enumerate() {
            let above = top + step * (i / columns) as f64;
            let left = MARGIN_PX + names_px + (i % columns) as f64 * (each + BETWEEN_PX);
            let rows = Rect {
                left,
                top: above + HEADING_PX,
                right: left + each,
                bottom: above + HEADING_PX + rows_px,
            };
            if i % columns == 0 {
                let style = Type::new(SMALL_PX, theme.ink).anchored(HPos::Right, VPos::Center);
                for (row, name) in names.iter().enumerate() {
                    let y = rows.top + ROW_PX * (row as f64 + 0.5);
                    write(sheet, name, (MARGIN_PX + names_px - 8.0, y), style)?;
                }
            }
            let style = Type::new(heading_size, theme.ink).bold();
            write(sheet, &heading(panel), (rows.left, rows.top - 13.0), style)?;
            draw_panel(sheet, panel, x, &rows, theme)?;
            for (row, value) in panel.values.iter().enumerate() {
                let Some(value) = value.filter(ArmValue::is_complete) else { continue };
                let y = rows.top + ROW_PX * (row as f64 + 0.5);
                let place = Rect::around((0.5 * (rows.left + rows.right), y), (each, ROW_PX));
                places.push((place, spoken(figure.arms[row], panel, value)));
            }
        }
        Ok(())
    })?;
    Ok(with_hover(&svg, &places))
}

fn x_axis(panel: &ArmPanel<'_>) -> Result<Axis, FigureError> {
    let numbers = panel.values.iter().flatten().flat_map(|v| v.numbers());
    let nothing = || FigureError::NothingToDraw { what: panel.axis.label.to_owned() };
    Axis::of(panel.scale, numbers.map(|v| panel.scale.position(v)), 4).ok_or_else(nothing)
}

/// A panel whose rows enclose `rows`; its numbers stand at its right.
fn draw_panel(
    sheet: &Area<'_>,
    panel: &ArmPanel<'_>,
    x: &Axis,
    rows: &Rect,
    theme: &Theme,
) -> Result<(), FigureError> {
    let texts = numbers(panel);
    let numbers_px =
        texts.iter().flatten().map(|t| text_width(t, SMALL_PX, false)).fold(0.0, f64::max) + 10.0;
    let area = sheet.clone().shrink(
        (units(rows.left), units(rows.top)),
        (
            units(rows.right - rows.left - numbers_px) as u32,
            units(rows.bottom - rows.top + TICK_LABELS_PX) as u32,
        ),
    );
    let y = Axis { range: (-(panel.values.len() as f64), 0.0), ticks: Vec::new() };
    let around = Surroundings { x_title: None, y_title: None, left_px: 1.0, below_px: TICK_LABELS_PX };
    let mut plot = axes(&area, x, &y, &around, theme)?;
    if let Some(reference) = panel.values.first().copied().flatten().filter(ArmValue::is_complete) {
        let at = panel.scale.position(reference.middle());
        if x.contains(at) && panel.values.len() > 1 {
            plot.draw_series([PathElement::new(
                [(at, y.range.0), (at, y.range.1)],
                stroke(theme.axis, 1.2),
            )])?;
        }
    }
    for (row, value) in panel.values.iter().enumerate() {
        let height = -(row as f64 + 0.5);
        let Some(value) = value.filter(ArmValue::is_complete) else {
            let style = Type::new(SMALL_PX, theme.muted).anchored(HPos::Right, VPos::Center);
            write(sheet, "–", (rows.right, on_sheet(&plot, (x.range.0, height)).1), style)?;
            continue;
        };
        draw_value(&mut plot, value, panel.scale, height, theme.arm(row), theme)?;
        let at = (rows.right, on_sheet(&plot, (x.range.0, height)).1);
        let style = Type::new(SMALL_PX, theme.ink).anchored(HPos::Right, VPos::Center);
        write(sheet, texts[row].as_deref().unwrap_or_default(), at, style)?;
    }
    Ok(())
}

/// The middle of each value: on a linear axis all with the decimals that give the greatest three digits.
fn numbers(panel: &ArmPanel<'_>) -> Vec<Option<String>> {
    let middles = || panel.values.iter().flatten().map(|v| v.middle());
    let (_, greatest) = extent(middles().map(f64::abs)).unwrap_or((0.0, 0.0));
    let text = |value: f64| match panel.scale {
        Scale::Log => significant(value, 2),
        Scale::Linear if value == 0.0 || !(1e-3..1e6).contains(&greatest) => significant(value, 3),
        Scale::Linear => {
            let beyond = (value.abs().log10().floor() - greatest.log10().floor()) as i32;
            significant(value, (3 + beyond).max(1) as usize)
        }
    };
    panel.values.iter().map(|v| v.map(|v| text(v.middle()))).collect()
}

fn draw_value(
    plot: &mut Plot<'_>,
    value: ArmValue,
    scale: Scale,
    y: f64,
    colour: Colour,
    theme: &Theme,
) -> Result<(), FigureError> {
    // On a logarithmic axis what is 0 stands at its left end.
    let least = plot.x_range().start;
    let at = |v: f64| if scale.position(v).is_nan() { least } else { scale.position(v) };
    match value {
        ArmValue::Box(quantiles) => {
            const HALF: f64 = 0.28;
            let [low, from, median, to, high] = quantiles.map(at);
            plot.draw_series([PathElement::new([(low, y), (high, y)], stroke(colour, 1.6))])?;
            let body = [(from, y - HALF), (to, y + HALF)];
            plot.draw_series([Rectangle::new(body, theme.surface.rgb().filled())])?;
            plot.draw_series([Rectangle::new(body, colour.rgb().mix(0.3).filled())])?;
            let edge = [(from, y - HALF), (to, y - HALF), (to, y + HALF), (from, y + HALF), (from, y - HALF)];
            plot.draw_series([PathElement::new(edge, stroke(colour, 1.4))])?;
            let line = [(median, y - HALF), (median, y + HALF)];
            plot.draw_series([PathElement::new(line, stroke(colour, 2.6))])?;
        }
        ArmValue::Point(Interval { low, middle, high }) => {
            plot.draw_series([PathElement::new([(at(low), y), (at(high), y)], stroke(colour, 2.0))])?;
            plot.draw_series([Circle::new((at(middle), y), units(4.6), colour.rgb().filled())])?;
        }
    }
    Ok(())
}

fn spoken(arm: &str, panel: &ArmPanel<'_>, value: ArmValue) -> String {
    let name = panel.axis.title(Scale::Linear);
    match value {
        ArmValue::Box(quantiles) => {
            let [low, from, median, to, high] = quantiles.map(|v| significant(v, 3));
            format!(
                "{arm}: {name}: median {median}, half of the patients {from} to {to}, 90 % {low} to {high}"
            )
        }
        ArmValue::Point(interval) => {
            let [low, middle, high] =
                [interval.low, interval.middle, interval.high].map(|v| significant(v, 3));
            format!("{arm}: {name}: {middle} [{low}, {high}]")
        }
    }
}

impl ArmPanel<'_> {
    /// Whether an arm has a value that has a place in the panel.
    pub fn has_values(&self) -> bool {
        let positions = self.values.iter().flatten().flat_map(|v| v.numbers());
        extent(positions.map(|v| self.scale.position(v))).is_some()
    }
}
