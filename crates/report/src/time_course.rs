//! One panel of quantities over days: curves, their labels, a mark, a shaded span.

use crate::axis::{Axis, AxisLabel, Scale, extent};
use crate::curve_labels::{CurveLabel, curve_labels_px, write_curve_labels};
use crate::error::FigureError;
use crate::font::text_width;
use crate::geometry::{Point, Rect};
use crate::label_placement::{Obstacles, place_near};
use crate::number::significant;
use crate::plot::{AxisTitles, Plot};
use crate::sheet::{LABEL_PX, Sheet};
use crate::svg::{Align, Fill, Stroke, TextStyle};
use crate::theme::Colour;

/// One curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve<'a> {
    /// Name of the curve, written at its end if a panel has several.
    pub label: &'a str,
    /// Its value on each of the figure's days, in the panel's unit; NaN interrupts it.
    pub values: &'a [f64],
}

/// A marked point of the first curve, whose value and day are written beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark<'a> {
    /// Name of the point: `peak`.
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
    /// Name of the span; may be empty.
    pub label: &'a str,
}

/// One panel: curves of one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct TrajectoryPanel<'a> {
    /// The quantity that the panel shows.
    pub axis: AxisLabel<'a>,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Its curves.
    pub curves: Vec<Curve<'a>>,
    /// A point to mark.
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
    /// [`FigureError::NothingToDraw`] if there is no value.
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
pub(crate) struct SharedAxis<'a> {
    pub days: &'a [f64],
    pub x: &'a Axis,
    pub shaded: Option<ShadedDays<'a>>,
}

/// A panel that is drawn: where labels may go, and what they should not cover.
pub(crate) struct DrawnPanel {
    pub bounds: Rect,
    pub obstacles: Obstacles,
}

/// Draws a panel whose axes enclose `frame`. Its curves take the theme's colours from `first_colour` on.
pub(crate) fn draw_panel(
    sheet: &mut Sheet<'_>,
    frame: Rect,
    panel: &TrajectoryPanel<'_>,
    y: &Axis,
    shared: &SharedAxis<'_>,
    x_title: Option<&str>,
    first_colour: usize,
) -> DrawnPanel {
    let theme = sheet.theme;
    let plot = Plot::draw(sheet, frame, shared.x, y, AxisTitles { x: x_title, y: None });
    if let Some((from, to)) = visible(shared.shaded, shared.x) {
        let shade = plot.rect((from, y.range.0), (to, y.range.1));
        sheet.elements.rect(&shade, Fill::new(theme.series(4)).with_opacity(0.16));
    }
    let mut obstacles = Obstacles::default();
    let mut labels = Vec::new();
    for (i, curve) in panel.curves.iter().enumerate() {
        let colour = theme.series(first_colour + i);
        let mut end = None;
        for stretch in stretches(shared, panel.scale, y, curve.values) {
            let points = plot.all(stretch);
            obstacles.add_curve(&points);
            end = points.last().copied().or(end);
            if let [point] = points[..] {
                sheet.elements.circle(point, 2.5, Fill::new(colour));
            } else {
                sheet.elements.polyline(&points, Stroke::new(colour, 2.2));
            }
        }
        labels.extend(end.map(|end| CurveLabel { text: curve.label.to_owned(), end, colour }));
    }
    let bounds = Rect { left: frame.left + 3.0, top: frame.top + 1.0, bottom: frame.bottom - 1.0, ..frame };
    if panel.curves.len() > 1 {
        write_curve_labels(sheet, &labels, &bounds);
    }
    if let Some(mark) = &panel.mark {
        let point = (mark.day, panel.scale.position(mark.value));
        if shared.x.contains(point.0) && !point.1.is_nan() {
            let text = mark.text(panel.axis.unit);
            draw_mark(sheet, plot.at(point), &text, theme.series(first_colour), &bounds, &mut obstacles);
        }
    }
    DrawnPanel { bounds, obstacles }
}

/// The part of a shaded span that lies on the axis.
pub(crate) fn visible(shaded: Option<ShadedDays<'_>>, x: &Axis) -> Option<(f64, f64)> {
    let span = shaded?;
    let (from, to) = (span.from.max(x.range.0), span.to.min(x.range.1));
    (from < to && !span.from.is_nan() && !span.to.is_nan()).then_some((from, to))
}

/// The runs of consecutive days on which a curve has a place in the panel.
fn stretches(shared: &SharedAxis<'_>, scale: Scale, y: &Axis, values: &[f64]) -> Vec<Vec<(f64, f64)>> {
    // A value that only rounding puts beyond an axis that ends on a tick counts as on its edge.
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

/// Draws a dot at `point` and writes `text` where it covers least, joined to the dot if that is further away.
fn draw_mark(
    sheet: &mut Sheet<'_>,
    point: Point,
    text: &str,
    colour: Colour,
    bounds: &Rect,
    obstacles: &mut Obstacles,
) {
    let theme = sheet.theme;
    sheet.elements.circle(point, 5.5, Fill::new(theme.surface));
    sheet.elements.circle(point, 4.0, Fill::new(colour));
    let size = (text_width(text, LABEL_PX, false) + 6.0, LABEL_PX + 3.0);
    let Some(place) = place_near(point, size, bounds, obstacles) else { return };
    if place.top > point.1 + LEADER_FROM_PX || place.bottom < point.1 - LEADER_FROM_PX {
        let down = place.top > point.1;
        let (from, to) = if down { (point.1 + 7.0, place.top) } else { (point.1 - 7.0, place.bottom) };
        sheet.elements.line((point.0, from), (point.0, to), Stroke::new(theme.axis, 1.0));
    }
    obstacles.labels.push(place);
    let style = TextStyle::new(LABEL_PX, theme.ink).aligned(Align::Middle);
    sheet.elements.text(text, place.centre(), style);
}

/// First and last day that has a value.
pub(crate) fn days_extent(days: &[f64]) -> Option<(f64, f64)> {
    extent(days.iter().copied())
}
