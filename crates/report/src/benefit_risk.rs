//! A benefit against a risk, a dot for each choice, and the front of those that no other dominates.

use crate::axis::{Axis, AxisLabel, Scale};
use crate::error::FigureError;
use crate::font::text_width;
use crate::forest::Interval;
use crate::geometry::Rect;
use crate::label_placement::{Obstacles, place_near};
use crate::number::significant;
use crate::plot::{AXIS_TITLE_PX, AxisTitles, Plot, TICK_GAP_PX, Y_TITLE_PX};
use crate::sheet::{MARGIN_PX, SMALL_PX, Sheet};
use crate::svg::{Align, Fill, Stroke, TextStyle};
use crate::theme::Theme;

/// A choice.
#[derive(Clone, Debug, PartialEq)]
pub struct BenefitRiskPoint {
    /// What it is, in full.
    pub name: String,
    /// What is written beside it, if it is Pareto-optimal or preferred.
    pub label: String,
    /// Its risk, on the horizontal axis.
    pub risk: Interval,
    /// Its benefit, on the vertical axis.
    pub benefit: Interval,
    /// Whether no other choice dominates it.
    pub pareto_optimal: bool,
    /// Whether it is the one that is preferred.
    pub preferred: bool,
}

/// What [`benefit_risk_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct BenefitRiskFigure<'a> {
    /// Written above the panel unless it is empty.
    pub title: &'a str,
    /// The horizontal axis.
    pub risk: AxisLabel<'a>,
    /// The vertical axis.
    pub benefit: AxisLabel<'a>,
    /// The choices.
    pub points: Vec<BenefitRiskPoint>,
}

const HEIGHT_PX: f64 = 400.0;
const DOT_PX: f64 = 4.6;

/// Draws a benefit against a risk as SVG, 620 pixels wide. The better a choice, the further it is to the upper left; a line joins
/// those that are Pareto-optimal, and a ring marks the preferred one.
///
/// # Errors
/// [`FigureError::NothingToDraw`] without a choice that axes can show.
pub fn benefit_risk_figure(figure: &BenefitRiskFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let nothing = || FigureError::NothingToDraw { what: figure.title.to_owned() };
    let x = Axis::of(Scale::Linear, figure.points.iter().map(|point| point.risk.middle), 6)
        .ok_or_else(nothing)?;
    let y = Axis::of(Scale::Linear, figure.points.iter().map(|point| point.benefit.middle), 6)
        .ok_or_else(nothing)?;
    let mut sheet = Sheet::narrow(figure.title, "Benefit and risk", theme);
    let top = sheet.top() + 4.0;
    let left = sheet.left() + TICK_GAP_PX + y.labels_px() + Y_TITLE_PX - 14.0;
    let frame = Rect { left, top, right: sheet.right(), bottom: top + HEIGHT_PX };
    let (x_title, y_title) = (figure.risk.title(Scale::Linear), figure.benefit.title(Scale::Linear));
    let plot = Plot::draw(&mut sheet, frame, &x, &y, AxisTitles { x: Some(&x_title), y: Some(&y_title) });
    let shown = |point: &&BenefitRiskPoint| x.contains(point.risk.middle) && y.contains(point.benefit.middle);
    let points: Vec<&BenefitRiskPoint> = figure.points.iter().filter(shown).collect();
    let at = |point: &BenefitRiskPoint| plot.at((point.risk.middle, point.benefit.middle));

    let mut front: Vec<_> =
        points.iter().filter(|point| point.pareto_optimal).map(|point| at(point)).collect();
    front.sort_by(|a, b| a.0.total_cmp(&b.0));
    sheet.elements.polyline(&front, Stroke::new(theme.series(1), 1.8).with_opacity(0.6));
    let mut obstacles = Obstacles::default();
    obstacles.add_curve(&front);
    for point in &points {
        let (centre, colour) = (at(point), if point.pareto_optimal { theme.series(1) } else { theme.axis });
        if point.preferred {
            sheet.elements.circle(centre, 2.0 * DOT_PX, Fill::new(theme.series(0)).with_opacity(0.45));
        }
        sheet.elements.circle(centre, DOT_PX, Fill::new(colour));
        // A dot weighs as much as a curve of its size.
        obstacles.add_curve(&[(centre.0 - DOT_PX, centre.1), (centre.0 + DOT_PX, centre.1)]);
        obstacles.add_curve(&[(centre.0, centre.1 - DOT_PX), (centre.0, centre.1 + DOT_PX)]);
    }
    // A dot may lie on the edge.
    let bounds = Rect {
        top: frame.top - 8.0,
        right: frame.right + MARGIN_PX - 2.0,
        bottom: frame.bottom + 10.0,
        ..frame
    };
    for point in points.iter().filter(|point| point.pareto_optimal || point.preferred) {
        let size = (text_width(&point.label, SMALL_PX, point.preferred) + 4.0, SMALL_PX + 3.0);
        let Some(place) = place_near(at(point), size, &bounds, &obstacles) else { continue };
        // Where there is no room, the tooltip tells.
        if obstacles.labels.iter().any(|other| place.overlaps(other)) {
            continue;
        }
        let style = TextStyle::new(SMALL_PX, theme.ink).aligned(Align::Middle);
        let style = if point.preferred { style.bold() } else { style };
        sheet.elements.text(&point.label, place.centre(), style);
        obstacles.labels.push(place);
    }
    for point in points {
        sheet.add_tooltip(Rect::around(at(point), (14.0, 14.0)), tooltip(figure, point));
    }
    Ok(sheet.finish(frame.bottom + AXIS_TITLE_PX + MARGIN_PX))
}

fn tooltip(figure: &BenefitRiskFigure<'_>, point: &BenefitRiskPoint) -> String {
    let one = |axis: &AxisLabel<'_>, value: &Interval| {
        let [low, middle, high] = [value.low, value.middle, value.high].map(|value| significant(value, 3));
        format!("{} {middle} {} [{low}, {high}]", axis.label.to_lowercase(), axis.unit)
    };
    format!("{}: {}, {}", point.name, one(&figure.risk, &point.risk), one(&figure.benefit, &point.benefit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_is_joined_and_labelled() {
        let point = |name: &str, risk: f64, benefit: f64, pareto_optimal| BenefitRiskPoint {
            name: format!("arm {name}"),
            label: name.to_owned(),
            risk: Interval { low: risk - 1.0, middle: risk, high: risk + 1.0 },
            benefit: Interval { low: benefit - 1.0, middle: benefit, high: benefit + 1.0 },
            pareto_optimal,
            preferred: name == "b",
        };
        let points =
            vec![point("a", 5.0, 20.0, true), point("b", 10.0, 60.0, true), point("c", 12.0, 30.0, false)];
        let axis = |label| AxisLabel { label, unit: "%" };
        let mut figure =
            BenefitRiskFigure { title: "", risk: axis("Severe"), benefit: axis("Remission"), points };
        let svg = benefit_risk_figure(&figure, &Theme::LIGHT).unwrap();
        assert!(
            svg.contains(">a</text>") && svg.contains(">b</text>") && !svg.contains(">c</text>"),
            "{svg}"
        );
        assert!(svg.contains("arm c: severe 12.0 % [11.0, 13.0], remission 30.0 % [29.0, 31.0]"), "{svg}");
        figure.points.clear();
        assert!(benefit_risk_figure(&figure, &Theme::LIGHT).is_err());
    }
}
