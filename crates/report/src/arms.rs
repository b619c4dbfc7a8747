//! Arms side by side: a small panel for each outcome, with a row for each arm.

use crate::axis::{Axis, AxisLabel, Scale, extent};
use crate::error::FigureError;
use crate::font::{elided, fitted, text_width};
use crate::forest::Interval;
use crate::geometry::Rect;
use crate::number::significant;
use crate::plot::{AxisTitles, Plot, TICK_LABELS_PX};
use crate::sheet::{Columns, LABEL_PX, SMALL_PX, Sheet};
use crate::svg::{Align, Fill, Stroke, TextStyle};
use crate::theme::{Colour, Theme};

/// An outcome in one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ArmValue {
    /// Quantiles at 5, 25, 50, 75 and 95 %, drawn as a box with whiskers.
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

    /// Whether a linear axis can show all of its numbers.
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
    /// The outcome, with its unit.
    pub axis: AxisLabel<'a>,
    /// How values are laid out.
    pub scale: Scale,
    /// One for each arm, from the top row to the bottom.
    pub values: Vec<Option<ArmValue>>,
}

/// What [`arms_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmsFigure<'a> {
    /// Written above the panels unless it is empty.
    pub title: &'a str,
    /// Names of the arms. The first is the reference: in every panel a vertical line marks its value.
    pub arms: Vec<&'a str>,
    /// Row by row, three in a row.
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
/// point written beside it.
///
/// # Errors
/// [`FigureError::LengthMismatch`] if a panel does not have one value for each arm; [`FigureError::NothingToDraw`] if
/// there are no arms or panels, or a panel has no value.
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
    let names: Vec<_> = figure.arms.iter().map(|name| elided(name, NAME_PX, SMALL_PX)).collect();
    let names_px = names.iter().map(|name| text_width(name, SMALL_PX, false)).fold(0.0, f64::max) + 12.0;
    let mut sheet = Sheet::wide(figure.title, "Arms", theme);
    let in_a_row = figure.panels.len().min(COLUMNS);
    let columns = Columns::new(sheet.left() + names_px, sheet.right(), in_a_row, BETWEEN_PX);
    let rows_px = ROW_PX * arms as f64;
    let step = HEADING_PX + rows_px + TICK_LABELS_PX + GAP_PX;
    let heading = |panel: &ArmPanel<'_>| panel.axis.title(panel.scale);
    let sizes = figure.panels.iter().map(|panel| fitted(&heading(panel), columns.width, LABEL_PX, true));
    let heading_size = sizes.fold(LABEL_PX, f64::min);
    for (i, (panel, x)) in figure.panels.iter().zip(&x_axes).enumerate() {
        let (left, top) =
            (columns.left(i % in_a_row), sheet.top() + step * (i / in_a_row) as f64 + HEADING_PX);
        let area = Rect { left, top, right: left + columns.width, bottom: top + rows_px };
        if i % in_a_row == 0 {
            let style = TextStyle::new(SMALL_PX, theme.ink).aligned(Align::Right);
            for (row, name) in names.iter().enumerate() {
                sheet.elements.text(name, (area.left - 8.0, row_middle(&area, row)), style);
            }
        }
        let style = TextStyle::new(heading_size, theme.ink).bold();
        sheet.elements.text(&heading(panel), (area.left, area.top - 13.0), style);
        draw_panel(&mut sheet, panel, x, &area);
        for (row, value) in panel.values.iter().enumerate() {
            let Some(value) = value.filter(ArmValue::is_complete) else { continue };
            let top = area.top + ROW_PX * row as f64;
            let row_area = Rect { top, bottom: top + ROW_PX, ..area };
            sheet.add_tooltip(row_area, tooltip(figure.arms[row], panel, value));
        }
    }
    let height = sheet.top() + step * figure.panels.len().div_ceil(in_a_row) as f64;
    Ok(sheet.finish(height))
}

/// Where the middle of a row is on the sheet.
fn row_middle(area: &Rect, row: usize) -> f64 {
    area.top + ROW_PX * (row as f64 + 0.5)
}

fn x_axis(panel: &ArmPanel<'_>) -> Result<Axis, FigureError> {
    let numbers = panel.values.iter().flatten().flat_map(|v| v.numbers());
    let nothing = || FigureError::NothingToDraw { what: panel.axis.label.to_owned() };
    Axis::of(panel.scale, numbers.map(|v| panel.scale.position(v)), 4).ok_or_else(nothing)
}

/// Draws a panel whose rows fill `area`, with its numbers at the right.
fn draw_panel(sheet: &mut Sheet<'_>, panel: &ArmPanel<'_>, x: &Axis, area: &Rect) {
    let theme = sheet.theme;
    let texts = numbers(panel);
    let numbers_px =
        texts.iter().flatten().map(|t| text_width(t, SMALL_PX, false)).fold(0.0, f64::max) + 10.0;
    let y = Axis { range: (-(panel.values.len() as f64), 0.0), ticks: Vec::new() };
    let frame = Rect { right: area.right - numbers_px, ..*area };
    let plot = Plot::draw(sheet, frame, x, &y, AxisTitles::default());
    if let Some(reference) = panel.values.first().copied().flatten().filter(ArmValue::is_complete) {
        let at = panel.scale.position(reference.middle());
        if x.contains(at) && panel.values.len() > 1 {
            let [from, to] = plot.upright(at);
            sheet.elements.line(from, to, Stroke::new(theme.axis, 1.2));
        }
    }
    let style = TextStyle::new(SMALL_PX, theme.ink).aligned(Align::Right);
    let missing = TextStyle::new(SMALL_PX, theme.muted).aligned(Align::Right);
    for (row, value) in panel.values.iter().enumerate() {
        let at = (area.right, row_middle(area, row));
        let Some(value) = value.filter(ArmValue::is_complete) else {
            sheet.elements.text("–", at, missing);
            continue;
        };
        draw_value(sheet, &plot, value, panel.scale, at.1, theme.arm(row));
        sheet.elements.text(texts[row].as_deref().unwrap_or_default(), at, style);
    }
}

/// The middle of each value. On a linear axis all have as many decimals as give the greatest three digits.
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

/// Draws a value in the row whose middle is `y` pixels from the top of the sheet.
fn draw_value(sheet: &mut Sheet<'_>, plot: &Plot<'_>, value: ArmValue, scale: Scale, y: f64, colour: Colour) {
    const HALF_BOX_PX: f64 = 0.28 * ROW_PX;
    // A logarithmic axis has no place for 0: its left end stands for it.
    let position = |v: f64| if scale.position(v).is_nan() { plot.x.range.0 } else { scale.position(v) };
    let at = |v: f64| plot.x_px(position(v));
    match value {
        ArmValue::Box(quantiles) => {
            let [low, from, median, to, high] = quantiles.map(at);
            sheet.elements.line((low, y), (high, y), Stroke::new(colour, 1.6));
            let body = Rect { left: from, top: y - HALF_BOX_PX, right: to, bottom: y + HALF_BOX_PX };
            sheet.elements.rect(&body, Fill::new(sheet.theme.surface));
            sheet.elements.rect(&body, Fill::new(colour).with_opacity(0.3));
            sheet.elements.frame(&body, Stroke::new(colour, 1.4));
            sheet.elements.line((median, body.top), (median, body.bottom), Stroke::new(colour, 2.6));
        }
        ArmValue::Point(Interval { low, middle, high }) => {
            sheet.elements.line((at(low), y), (at(high), y), Stroke::new(colour, 2.0));
            sheet.elements.circle((at(middle), y), 4.6, Fill::new(colour));
        }
    }
}

fn tooltip(arm: &str, panel: &ArmPanel<'_>, value: ArmValue) -> String {
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
    /// Whether the panel can show a value of any arm.
    pub fn has_values(&self) -> bool {
        let positions = self.values.iter().flatten().flat_map(|v| v.numbers());
        extent(positions.map(|v| self.scale.position(v))).is_some()
    }
}
