//! One pair of axes with its grid, ticks and titles.

use crate::axis::Axis;
use crate::font::text_width;
use crate::geometry::{Point, Rect};
use crate::sheet::{LABEL_PX, MARGIN_PX, SMALL_PX, Sheet};
use crate::svg::{Align, Stroke, TextStyle};

/// Height of the tick labels below a panel, in pixels.
pub(crate) const TICK_LABELS_PX: f64 = 22.0;
/// Height of tick labels and axis title below a panel, in pixels.
pub(crate) const AXIS_TITLE_PX: f64 = 44.0;
/// Room at the left of a panel for the gap between axis and tick labels, in pixels.
pub(crate) const TICK_GAP_PX: f64 = 14.0;
/// Room at the left of a panel for the gap, the tick labels' distance and the title, in pixels.
pub(crate) const Y_TITLE_PX: f64 = 34.0;

const TICK_PX: f64 = 4.0;
const LABEL_GAP_PX: f64 = 8.0;
/// Tick labels reach at most this far beyond the ends of the horizontal axis, in pixels.
const OVERHANG_PX: f64 = MARGIN_PX;

/// A pair of axes around a part of the sheet. Coordinates are positions on the axes.
#[derive(Clone, Copy)]
pub(crate) struct Plot<'a> {
    pub x: &'a Axis,
    pub y: &'a Axis,
    /// What the axes enclose, in pixels of the sheet.
    pub frame: Rect,
}

/// What the axes of a plot are called; `None` leaves the title out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AxisTitles<'a> {
    /// Below.
    pub x: Option<&'a str>,
    /// Turned, at the left.
    pub y: Option<&'a str>,
}

impl<'a> Plot<'a> {
    /// Draws axes around `frame`.
    pub fn draw(
        sheet: &mut Sheet<'_>,
        frame: Rect,
        x: &'a Axis,
        y: &'a Axis,
        titles: AxisTitles<'_>,
    ) -> Self {
        let plot = Self { x, y, frame };
        let Rect { left, top, right, bottom } = frame;
        let (columns, rows) = (plot.x_ticks(), plot.y_ticks());
        let upright = columns.iter().map(|(x, _)| ((*x, bottom), (*x, top)));
        let level = rows.iter().map(|(y, _)| ((left, *y), (right, *y)));
        let grid: Vec<_> = upright.chain(level).collect();
        sheet.elements.segments(&grid, Stroke::new(sheet.theme.grid, 1.0));

        let mut axes = vec![((left, top), (left, bottom)), ((left, bottom), (right, bottom))];
        axes.extend(columns.iter().map(|(x, _)| ((*x, bottom), (*x, bottom + TICK_PX))));
        axes.extend(rows.iter().map(|(y, _)| ((left - TICK_PX, *y), (left, *y))));
        sheet.elements.segments(&axes, Stroke::new(sheet.theme.axis, 1.0));

        let style = TextStyle::new(SMALL_PX, sheet.theme.muted);
        for (y, label) in rows {
            sheet.elements.text(label, (left - LABEL_GAP_PX, y), style.aligned(Align::Right));
        }
        for (x, label) in columns {
            // The first and the last label may not reach into what is beside the plot.
            let half = 0.5 * text_width(label, SMALL_PX, false);
            let x = x.min(right + OVERHANG_PX - half).max(left - OVERHANG_PX + half);
            sheet.elements.text(label, (x, bottom + 14.4), style.aligned(Align::Middle));
        }
        let style = TextStyle::new(LABEL_PX, sheet.theme.ink).aligned(Align::Middle);
        let (middle_x, middle_y) = frame.centre();
        if let Some(title) = titles.x {
            sheet.elements.text(title, (middle_x, bottom + 37.2), style);
        }
        if let Some(title) = titles.y {
            let x = left - plot.y.labels_px() - Y_TITLE_PX + 7.0;
            sheet.elements.vertical_text(title, (x, middle_y), style);
        }
        plot
    }

    fn x_ticks(&self) -> Vec<(f64, &'a str)> {
        self.x.ticks.iter().map(|(at, label)| (self.x_px(*at), label.as_str())).collect()
    }

    fn y_ticks(&self) -> Vec<(f64, &'a str)> {
        self.y.ticks.iter().map(|(at, label)| (self.y_px(*at), label.as_str())).collect()
    }

    /// Where a position on the horizontal axis is on the sheet.
    pub fn x_px(&self, position: f64) -> f64 {
        self.frame.left + self.x.share(position) * self.frame.width()
    }

    /// Where a position on the vertical axis is on the sheet.
    pub fn y_px(&self, position: f64) -> f64 {
        self.frame.bottom - self.y.share(position) * self.frame.height()
    }

    /// Where a point is on the sheet.
    pub fn at(&self, (x, y): (f64, f64)) -> Point {
        (self.x_px(x), self.y_px(y))
    }

    /// Where points are on the sheet.
    pub fn all(&self, points: impl IntoIterator<Item = (f64, f64)>) -> Vec<Point> {
        points.into_iter().map(|point| self.at(point)).collect()
    }

    /// The ends of a line over the whole height of the plot.
    pub fn upright(&self, position: f64) -> [Point; 2] {
        let x = self.x_px(position);
        [(x, self.frame.top), (x, self.frame.bottom)]
    }

    /// The rectangle between two opposite corners.
    pub fn rect(&self, a: (f64, f64), b: (f64, f64)) -> Rect {
        Rect::between(self.at(a), self.at(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;

    #[test]
    fn tick_labels_stay_within_the_margins() {
        let x = Axis { range: (0.0, 1.0), ticks: vec![(0.0, "0.000015".to_owned()), (1.0, "1".to_owned())] };
        let y = Axis { range: (0.0, 1.0), ticks: Vec::new() };
        let mut sheet = Sheet::wide("", "", &Theme::LIGHT);
        let frame = Rect { left: MARGIN_PX, top: 20.0, right: 150.0, bottom: 60.0 };
        Plot::draw(&mut sheet, frame, &x, &y, AxisTitles::default());
        let half = 0.5 * text_width("0.000015", SMALL_PX, false);
        let svg = sheet.finish(100.0);
        assert!(svg.contains(&format!("<text x=\"{half:.2}\"")) && svg.contains("<text x=\"150\""), "{svg}");
    }

    #[test]
    fn the_vertical_axis_points_upwards() {
        let (x, y) = (Axis::exact(0.0, 10.0, 2), Axis::exact(0.0, 4.0, 2));
        let mut sheet = Sheet::wide("", "", &Theme::LIGHT);
        let frame = Rect { left: 50.0, top: 20.0, right: 150.0, bottom: 60.0 };
        let titles = AxisTitles { x: Some("Days"), y: Some("Cells") };
        let plot = Plot::draw(&mut sheet, frame, &x, &y, titles);
        assert_eq!(plot.at((0.0, 0.0)), (50.0, 60.0));
        assert_eq!(plot.at((2.5, 4.0)), (75.0, 20.0));
        assert_eq!(plot.rect((0.0, 0.0), (10.0, 4.0)), frame);
        let svg = sheet.finish(100.0);
        assert!(svg.contains(">Days</text>") && svg.contains("rotate(-90 "), "{svg}");
    }
}
