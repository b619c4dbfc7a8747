//! One panel of quantities over days: curves, their labels, a mark, a shaded span.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use crate::axis::{Axis, AxisLabel, Scale, extent};
use crate::canvas::{Area, LABEL_PX, Type, printable, stroke, units, write};
use crate::curve_labels::{CurveLabel, curve_labels_px, write_curve_labels};
use crate::error::FigureError;
use crate::font::text_width;
use crate::number::significant;
use crate::panel::{Plot, Surroundings, TICK_LABELS_PX, axes, on_sheet};
use crate::placement::{Obstacles, Rect, beside};
use crate::theme::Theme;

/// One curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve<'a> {
    /// What it is, written at its end where a panel has several.
    pub label: &'a str,
    /// Its value on each of the figure's days, in the panel's unit; NaN interrupts it.
    pub values: &'a [f64],
}

/// A point of the first curve that is pointed out, with its value and day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark<'a> {
    /// What it is: `peak`.
    pub label: &'a str,
    /// Its time in days.
    pub day: f64,
    /// Its value, in the panel's unit.
    pub value: f64,
}

impl<'a> Mark<'a> {
    /// The highest of `values`, at its first occurrence; `None` if all are missing.
    pub fn highest(label: &'a str, days: &[f64], values: &[f64]) -> Option<Self> {
        Self::first(label, days, values, |a, b| a > b)
    }

    /// The lowest of `values`, at its first occurrence; `None` if all are missing.
    pub fn lowest(label: &'a str, days: &[f64], values: &[f64]) -> Option<Self> {
        Self::first(label, days, values, |a, b| a < b)
    }

    fn first(label: &'a str, days: &[f64], values: &[f64], beats: fn(f64, f64) -> bool) -> Option<Self> {
        let points = days.iter().zip(values).filter(|(d, v)| d.is_finite() && v.is_finite());
        points
            .reduce(|best, point| if beats(*point.1, *best.1) { point } else { best })
            .map(|(&day, &value)| Self { label, day, value })
    }

    fn text(&self, unit: &str) -> String {
        format!("{}: {} {}, day {:.1}", self.label, significant(self.value, 4), unit, self.day)
    }
}

/// A span of days that is shaded in every panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShadedDays<'a> {
    /// Its first day.
    pub from: f64,
    /// Its last day.
    pub to: f64,
    /// What it is; empty leaves it unsaid.
    pub label: &'a str,
}

/// One panel: curves of one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct TrajectoryPanel<'a> {
    /// What the panel shows.
    pub axis: AxisLabel<'a>,
    /// How its values are laid out.
    pub scale: Scale,
    /// Its curves.
    pub curves: Vec<Curve<'a>>,
    /// A point to point out.
    pub mark: Option<Mark<'a>>,
}

/// A mark's label further away than this is joined to it by a line, in pixels.
const LEADER_FROM_PX: f64 = 15.0;

impl TrajectoryPanel<'_> {
    /// Room needed at the right for the curves' labels, in pixels.
    pub(crate) fn labels_px(&self) -> f64 {
        if self.curves.len() < 2 {
            return 16.0;
        }
        curve_labels_px(self.curves.iter().map(|s| s.label))
    }

    /// An axis around all values, with room above a mark at the top for what is written there.
    ///
    /// # Errors
    /// [`FigureError::NothingToDraw`] if there is none.
    pub(crate) fn y_axis(&self) -> Result<Axis, FigureError> {
        const ROOM: f64 = 0.18;
        let mark = self.mark.map_or(f64::NAN, |m| self.scale.position(m.value));
        let positions = self.curves.iter().flat_map(|s| s.values).map(|v| self.scale.position(*v));
        let nothing = || FigureError::NothingToDraw { what: self.axis.label.to_owned() };
        let (low, high) = extent(positions.chain([mark])).ok_or_else(nothing)?;
        let at_the_top = mark + ROOM * (high - low) > high;
        let top = if at_the_top { mark + ROOM * (high - low) } else { high };
        Axis::of(self.scale, [low, top].into_iter(), 4).ok_or_else(nothing)
    }
}

/// What all panels of a figure share.
pub(crate) struct Shared<'a> {
    pub days: &'a [f64],
    pub x: &'a Axis,
    pub shaded: Option<ShadedDays<'a>>,
    pub left_px: f64,
    pub theme: &'a Theme,
}

/// A panel whose axes are drawn, and what already lies in it.
pub(crate) struct Drawn {
    pub bounds: Rect,
    pub obstacles: Obstacles,
}

/// Draws a panel into `area`, whose top left corner is at `origin` on `sheet` and which the axes fill up to the left
/// margin and, with `x_title`, the bottom. Its curves take the theme's colours from `first_colour` on.
pub(crate) fn draw_panel(
    sheet: &Area<'_>,
    area: &Area<'_>,
    panel: &TrajectoryPanel<'_>,
    shared: &Shared<'_>,
    x_title: Option<(&str, f64)>,
    first_colour: usize,
) -> Result<Drawn, FigureError> {
    let (theme, y) = (shared.theme, panel.y_axis()?);
    let around = Surroundings {
        x_title: x_title.map(|(title, _)| title.to_owned()),
        y_title: None,
        left_px: shared.left_px,
        below_px: x_title.map_or(TICK_LABELS_PX, |(_, below_px)| below_px),
    };
    let mut plot = axes(area, shared.x, &y, &around, theme)?;
    if let Some((from, to)) = visible(shared.shaded, shared.x) {
        let shade = theme.series(4).rgb().mix(0.16).filled();
        plot.draw_series([Rectangle::new([(from, y.range.0), (to, y.range.1)], shade)])?;
    }
    let mut obstacles = Obstacles::default();
    let mut ends = Vec::new();
    for (i, curves) in panel.curves.iter().enumerate() {
        let style = stroke(theme.series(first_colour + i), 2.2);
        let mut end = None;
        for stretch in stretches(shared, panel.scale, &y, curves.values) {
            let on_sheet: Vec<_> = stretch.iter().map(|p| on_sheet(&plot, *p)).collect();
            obstacles.add_curve(&on_sheet);
            end = on_sheet.last().copied().or(end);
            if stretch.len() == 1 {
                plot.draw_series([Circle::new(stretch[0], units(2.5), style.filled())])?;
            } else {
                plot.draw_series([PathElement::new(stretch, style)])?;
            }
        }
        ends.push(end);
    }
    let (left, top) = on_sheet(&plot, (shared.x.range.0, y.range.1));
    let (right, bottom) = on_sheet(&plot, (shared.x.range.1, y.range.0));
    let bounds = Rect { left: left + 3.0, top: top + 1.0, right, bottom: bottom - 1.0 };
    if panel.curves.len() > 1 {
        let labels = panel.curves.iter().zip(&ends).enumerate().filter_map(|(i, (curves, end))| {
            let (text, colour) = (curves.label.to_owned(), theme.series(first_colour + i));
            end.map(|at| CurveLabel { text, at, colour })
        });
        write_curve_labels(sheet, &labels.collect::<Vec<_>>(), &bounds, theme)?;
    }
    if let Some(mark) = &panel.mark {
        draw_mark(sheet, &mut plot, panel, mark, &mut obstacles, &bounds, shared, first_colour)?;
    }
    Ok(Drawn { bounds, obstacles })
}

/// The part of a shaded span that lies on the axis.
pub(crate) fn visible(shaded: Option<ShadedDays<'_>>, x: &Axis) -> Option<(f64, f64)> {
    let span = shaded?;
    let (from, to) = (span.from.max(x.range.0), span.to.min(x.range.1));
    (from < to && !span.from.is_nan() && !span.to.is_nan()).then_some((from, to))
}

/// The runs of consecutive days on which a curve has a place in the panel.
fn stretches(shared: &Shared<'_>, scale: Scale, y: &Axis, values: &[f64]) -> Vec<Vec<(f64, f64)>> {
    // What an axis that ends on a tick leaves out by rounding alone stands on its edge.
    let rounding = 1e-6 * (y.range.1 - y.range.0);
    let on_edge = |v: f64| {
        let edge = v.clamp(y.range.0, y.range.1);
        if (edge - v).abs() < rounding { edge } else { v }
    };
    let points: Vec<_> =
        shared.days.iter().zip(values).map(|(&d, &v)| (d, on_edge(scale.position(v)))).collect();
    points
        .split(|p| !shared.x.contains(p.0) || !y.contains(p.1))
        .filter(|run| !run.is_empty())
        .map(<[_]>::to_vec)
        .collect()
}

#[allow(clippy::too_many_arguments)]
fn draw_mark(
    sheet: &Area<'_>,
    plot: &mut Plot<'_>,
    panel: &TrajectoryPanel<'_>,
    mark: &Mark<'_>,
    obstacles: &mut Obstacles,
    bounds: &Rect,
    shared: &Shared<'_>,
    first_colour: usize,
) -> Result<(), FigureError> {
    let (theme, point) = (shared.theme, (mark.day, panel.scale.position(mark.value)));
    if !shared.x.contains(point.0) || point.1.is_nan() {
        return Ok(());
    }
    plot.draw_series([
        Circle::new(point, units(5.5), theme.surface.rgb().filled()),
        Circle::new(point, units(4.0), theme.series(first_colour).rgb().filled()),
    ])?;
    let text = printable(&mark.text(panel.axis.unit));
    let size = (text_width(&text, LABEL_PX, false) + 6.0, LABEL_PX + 3.0);
    let spot = on_sheet(plot, point);
    let Some(place) = beside(spot, size, bounds, obstacles) else { return Ok(()) };
    if place.top > spot.1 + LEADER_FROM_PX || place.bottom < spot.1 - LEADER_FROM_PX {
        let down = place.top > spot.1;
        let (from, to) = if down { (spot.1 + 7.0, place.top) } else { (spot.1 - 7.0, place.bottom) };
        let line = [(units(spot.0), units(from)), (units(spot.0), units(to))];
        sheet.draw(&PathElement::new(line, stroke(theme.axis, 1.0)))?;
    }
    obstacles.labels.push(place);
    write(sheet, &text, place.centre(), Type::new(LABEL_PX, theme.ink).anchored(HPos::Center, VPos::Center))
}

/// First and last day that has a value.
pub(crate) fn days_extent(days: &[f64]) -> Option<(f64, f64)> {
    extent(days.iter().copied())
}
