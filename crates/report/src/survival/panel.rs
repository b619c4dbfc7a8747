//! One panel of survival curves: bands, curves, censoring, and what they end at.

use plotters::prelude::*;

use super::layout::{Layout, height};
use super::risk_table::draw_risk_table;
use super::stairs::{stairs, value_at};
use super::{SurvivalPanel, SurvivalStep};
use crate::canvas::{Area, LABEL_PX, Type, printable, stroke, units, write};
use crate::curve_labels::{CurveLabel, write_curve_labels};
use crate::error::FigureError;
use crate::font::fitted;
use crate::page::percent;
use crate::panel::{AXIS_TITLE_PX, Surroundings, axes, on_sheet};
use crate::placement::Rect;
use crate::theme::Theme;

/// Steps closer than this are drawn as one, in pixels.
const RESOLUTION_PX: f64 = 0.5;

/// Draws a panel whose axes enclose `place`.
pub(super) fn draw_panel(
    sheet: &Area<'_>,
    panel: &SurvivalPanel<'_>,
    layout: &Layout,
    place: &Rect,
    (first, named): (bool, bool),
    places: &mut Vec<(Rect, String)>,
    theme: &Theme,
) -> Result<(), FigureError> {
    let left_px = layout.left_px(first);
    let width = place.right - place.left;
    let heading = printable(&format!("{} (%)", panel.heading));
    let size = fitted(&heading, width + layout.right_px(named), LABEL_PX, true);
    write(sheet, &heading, (place.left, place.top - 18.0), Type::new(size, theme.ink).bold())?;
    let area = sheet.clone().shrink(
        (units(place.left - left_px), units(place.top)),
        (units(width + left_px) as u32, units(place.bottom - place.top + AXIS_TITLE_PX) as u32),
    );
    let around = Surroundings {
        x_title: Some("Time (days)".to_owned()),
        y_title: None,
        left_px,
        below_px: AXIS_TITLE_PX,
    };
    let mut plot = axes(&area, &layout.x, &layout.y, &around, theme)?;
    let resolution = RESOLUTION_PX * (layout.x.range.1 - layout.x.range.0) / width;
    let at = |survival: f64| height(panel.axis, survival).clamp(layout.y.range.0, layout.y.range.1);
    for (i, arm) in panel.arms.iter().enumerate().filter(|(_, arm)| arm.until > 0.0) {
        let end = |which: usize| {
            let of = |s: &SurvivalStep| s.ci95.map_or(s.survival, |ci| ci[which]);
            let steps = arm.steps.iter().map(|s| (s.day, at(of(s))));
            stairs(at(1.0), steps, arm.until, resolution)
        };
        if arm.steps.iter().any(|s| s.ci95.is_some()) {
            let mut band = end(0);
            band.extend(end(1).into_iter().rev());
            plot.draw_series([Polygon::new(band, theme.arm(i).rgb().mix(0.16).filled())])?;
        }
    }
    let mut labels = Vec::new();
    for (i, arm) in panel.arms.iter().enumerate().filter(|(_, arm)| arm.until > 0.0) {
        let colour = theme.arm(i);
        let steps = || arm.steps.iter().map(|s| (s.day, s.survival));
        let curve = stairs(at(1.0), steps().map(|(day, s)| (day, at(s))), arm.until, resolution);
        if let Some(last) = curve.last() {
            let [with, without] = &layout.ends[i];
            let text = if named { with.clone() } else { without.clone() };
            labels.push(CurveLabel { text, at: on_sheet(&plot, *last), colour });
        }
        plot.draw_series([PathElement::new(curve, stroke(colour, 2.0))])?;
        let mut marked = f64::NEG_INFINITY;
        for &day in arm.censored.iter().filter(|day| layout.x.contains(**day)) {
            if day - marked > 6.0 * resolution {
                let (x, y) = on_sheet(&plot, (day, at(value_at(1.0, steps(), day))));
                let mark = [(units(x), units(y - 4.0)), (units(x), units(y + 4.0))];
                sheet.draw(&PathElement::new(mark, stroke(colour, 1.2)))?;
                marked = day;
            }
        }
        for (day, label) in layout.x.ticks.iter().filter(|t| t.0 <= arm.until) {
            let step = arm.steps.iter().take_while(|s| s.day <= *day).last();
            let survival = step.map_or(1.0, |s| s.survival);
            let mut text =
                format!("{}, day {label}: {}", arm.label, percent(0.01 * height(panel.axis, survival)));
            if let Some(ci) = step.and_then(|s| s.ci95) {
                let mut ends = ci.map(|end| height(panel.axis, end));
                ends.sort_by(f64::total_cmp);
                text += &format!(" [{:.1}, {:.1}]", ends[0], ends[1]);
            }
            places.push((Rect::around(on_sheet(&plot, (*day, at(survival))), (14.0, 14.0)), text));
        }
    }
    write_curve_labels(sheet, &labels, place, theme)?;
    let shown = |day: &f64| layout.x.ticks.iter().any(|tick| tick.0 == *day);
    let days = panel.risk_days.iter().map(|day| shown(day).then(|| on_sheet(&plot, (*day, 0.0)).0));
    draw_risk_table(sheet, &layout.table, &days.collect::<Vec<_>>(), place, first, theme)
}
