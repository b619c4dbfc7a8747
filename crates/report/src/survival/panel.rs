//! One panel of survival curves: bands, curves, censoring, and the values at which they end.

use super::layout::{Layout, height};
use super::risk_table::draw_risk_table;
use super::steps::{corners, value_at};
use super::{SurvivalArm, SurvivalPanel, SurvivalStep};
use crate::curve_labels::{CurveLabel, write_curve_labels};
use crate::font::fitted;
use crate::geometry::Rect;
use crate::page::percent;
use crate::plot::{AxisTitles, Plot};
use crate::sheet::{LABEL_PX, Sheet};
use crate::svg::{Fill, Stroke, TextStyle};

/// Steps closer than this are drawn as one, in pixels.
const RESOLUTION_PX: f64 = 0.5;
/// Marks of censoring are at least this far apart, in pixels.
const CENSORING_APART_PX: f64 = 3.0;

/// Draws a panel whose axes enclose `frame`: the `first` of its row or a further one, with curves `named` at their ends
/// or not.
pub(super) fn draw_panel(
    sheet: &mut Sheet<'_>,
    panel: &SurvivalPanel<'_>,
    layout: &Layout,
    frame: Rect,
    (first, named): (bool, bool),
) {
    let theme = sheet.theme;
    let heading = format!("{} (%)", panel.heading);
    let size = fitted(&heading, frame.width() + layout.right_px(named), LABEL_PX, true);
    let style = TextStyle::new(size, theme.ink).bold();
    sheet.elements.text(&heading, (frame.left, frame.top - 18.0), style);
    let titles = AxisTitles { x: Some("Time (days)"), y: None };
    let plot = Plot::draw(sheet, frame, &layout.x, &layout.y, titles);
    let curves = Curves { panel, plot, days_per_px: (layout.x.range.1 - layout.x.range.0) / frame.width() };
    let arms = || panel.arms.iter().enumerate().filter(|(_, arm)| arm.until > 0.0);
    for (i, arm) in arms().filter(|(_, arm)| arm.steps.iter().any(|s| s.ci95.is_some())) {
        let end = |which: usize| curves.points(arm, |s| s.ci95.map_or(s.survival, |ci| ci[which]));
        let mut band = end(0);
        band.extend(end(1).into_iter().rev());
        sheet.elements.polygon(&band, Fill::new(theme.arm(i)).with_opacity(0.16));
    }
    let mut labels = Vec::new();
    let shared = places_in_common(&arms().map(|(_, arm)| curves.at_pixels(arm)).collect::<Vec<_>>());
    for ((i, arm), (place, lines)) in arms().zip(shared) {
        let colour = theme.arm(i);
        let curve = curves.points(arm, |s| s.survival);
        if let Some(end) = curve.last() {
            let [with_name, without] = &layout.ends[i];
            let text = if named { with_name.clone() } else { without.clone() };
            labels.push(CurveLabel { text, end: *end, colour });
        }
        sheet.elements.polyline(&curve, Stroke::new(colour, 2.0).shared(place, lines));
        curves.mark_censoring(sheet, arm, Stroke::new(colour, 1.2));
        curves.add_tooltips(sheet, arm);
    }
    write_curve_labels(sheet, &labels, &frame);
    let is_shown = |day: &f64| layout.x.ticks.iter().any(|tick| tick.0 == *day);
    let days = panel.risk_days.iter().map(|day| is_shown(day).then(|| plot.x_px(*day)));
    draw_risk_table(sheet, &layout.table, &days.collect::<Vec<_>>(), &frame, first);
}

/// Of each curve, by its heights at all pixels: its place among those that cannot be told from it, and how many there are.
fn places_in_common(curves: &[Vec<f64>]) -> Vec<(usize, usize)> {
    let close = |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1.0);
    let first_like: Vec<_> = curves
        .iter()
        .enumerate()
        .map(|(i, c)| curves.iter().position(|d| close(c, d)).unwrap_or(i))
        .collect();
    let like = |first: usize, among: &[usize]| among.iter().filter(|f| **f == first).count();
    first_like.iter().enumerate().map(|(i, f)| (like(*f, &first_like[..i]), like(*f, &first_like))).collect()
}

/// The curves of a panel whose axes are drawn.
struct Curves<'a> {
    panel: &'a SurvivalPanel<'a>,
    plot: Plot<'a>,
    days_per_px: f64,
}

impl Curves<'_> {
    /// Where a probability is on the axis.
    fn position(&self, survival: f64) -> f64 {
        height(self.panel.axis, survival).clamp(self.plot.y.range.0, self.plot.y.range.1)
    }

    /// The corners on the sheet of what `of` takes of each step.
    fn points(&self, arm: &SurvivalArm<'_>, of: impl Fn(&SurvivalStep) -> f64) -> Vec<(f64, f64)> {
        let steps = arm.steps.iter().map(|s| (s.day, self.position(of(s))));
        let resolution = RESOLUTION_PX * self.days_per_px;
        self.plot.all(corners(self.position(1.0), steps, arm.until, resolution))
    }

    /// How high a curve is above each pixel of the axis, in pixels of the sheet.
    fn at_pixels(&self, arm: &SurvivalArm<'_>) -> Vec<f64> {
        let pixels = self.plot.frame.width() as usize;
        let (mut next, mut survival) = (0, 1.0);
        let at = |pixel: usize| {
            let day = self.plot.x.range.0 + (pixel as f64 + 0.5) * self.days_per_px;
            while arm.steps.get(next).is_some_and(|step| step.day <= day) {
                (survival, next) = (arm.steps[next].survival, next + 1);
            }
            self.plot.y_px(self.position(survival))
        };
        (0..pixels).map(at).collect()
    }

    fn mark_censoring(&self, sheet: &mut Sheet<'_>, arm: &SurvivalArm<'_>, stroke: Stroke) {
        let mut marked = f64::NEG_INFINITY;
        for &day in arm.censored.iter().filter(|day| self.plot.x.contains(**day)) {
            if day - marked > CENSORING_APART_PX * self.days_per_px {
                let survival = value_at(1.0, arm.steps.iter().map(|s| (s.day, s.survival)), day);
                let (x, y) = self.plot.at((day, self.position(survival)));
                sheet.elements.line((x, y - 4.0), (x, y + 4.0), stroke);
                marked = day;
            }
        }
    }

    /// Has a browser say the value at each tick.
    fn add_tooltips(&self, sheet: &mut Sheet<'_>, arm: &SurvivalArm<'_>) {
        for (day, label) in self.plot.x.ticks.iter().filter(|t| t.0 <= arm.until) {
            let step = arm.steps.iter().take_while(|s| s.day <= *day).last();
            let survival = step.map_or(1.0, |s| s.survival);
            let value = percent(0.01 * height(self.panel.axis, survival));
            let mut text = format!("{}, day {label}: {value}", arm.label);
            if let Some(ci) = step.and_then(|s| s.ci95) {
                let mut ends = ci.map(|end| height(self.panel.axis, end));
                ends.sort_by(f64::total_cmp);
                text += &format!(" [{:.1}, {:.1}]", ends[0], ends[1]);
            }
            let at = self.plot.at((*day, self.position(survival)));
            sheet.add_tooltip(Rect::around(at, (14.0, 14.0)), text);
        }
    }
}
