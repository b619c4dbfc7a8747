//! One pair of axes with its grid, ticks and titles.

use plotters::chart::ChartContext;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::prelude::*;

use crate::axis::Axis;
use crate::canvas::{Area, LABEL_PX, SMALL_PX, Type, UNITS_PER_PX, printable, stroke, units};
use crate::error::FigureError;
use crate::theme::Theme;

/// Height of the tick labels below a panel, in pixels.
pub(crate) const TICK_LABELS_PX: f64 = 22.0;
/// Height of tick labels and axis title below a panel, in pixels.
pub(crate) const AXIS_TITLE_PX: f64 = 44.0;

/// Axes ready to be drawn into. Coordinates are positions on the axes.
pub(crate) type Plot<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<Axis, Axis>>;

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, position: &f64, (first, last): (i32, i32)) -> i32 {
        let share = (position - self.range.0) / (self.range.1 - self.range.0);
        (f64::from(first) + share * f64::from(last - first)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.iter().map(|t| t.0).collect() }
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.range.0..self.range.1
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, position: &f64) -> String {
        self.label_at(*position)
    }
}

/// What stands around a panel.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    /// Below; `None` leaves it out.
    pub x_title: Option<String>,
    /// Turned, at the left; `None` leaves it out.
    pub y_title: Option<String>,
    /// Room at the left for tick labels and title, in pixels.
    pub left_px: f64,
    /// Room below for tick labels and title, in pixels; 0 leaves them out.
    pub below_px: f64,
}

/// Draws axes that fill `area` together with what stands around them.
pub(crate) fn axes<'a>(
    area: &Area<'a>,
    x: &Axis,
    y: &Axis,
    around: &Surroundings,
    theme: &Theme,
) -> Result<Plot<'a>, FigureError> {
    let mut plot = ChartBuilder::on(area)
        .set_label_area_size(LabelAreaPosition::Left, units(around.left_px))
        .set_label_area_size(LabelAreaPosition::Bottom, units(around.below_px))
        .build_cartesian_2d(x.clone(), y.clone())?;
    let ticks = Type::new(SMALL_PX, theme.muted).style();
    let titles = Type::new(LABEL_PX, theme.ink).style();
    let mut mesh = plot.configure_mesh();
    mesh.bold_line_style(stroke(theme.grid, 1.0))
        .light_line_style(TRANSPARENT)
        .axis_style(stroke(theme.axis, 1.0))
        .set_all_tick_mark_size(units(4.0))
        .label_style(ticks)
        .axis_desc_style(titles);
    if let Some(title) = &around.x_title {
        mesh.x_desc(printable(title));
    }
    if let Some(title) = &around.y_title {
        mesh.y_desc(printable(title));
    }
    mesh.draw()?;
    Ok(plot)
}

/// Where a point of the axes stands on the sheet, in pixels.
pub(crate) fn on_sheet(plot: &Plot<'_>, point: (f64, f64)) -> (f64, f64) {
    let (x, y) = plot.backend_coord(&point);
    (f64::from(x) / UNITS_PER_PX, f64::from(y) / UNITS_PER_PX)
}
