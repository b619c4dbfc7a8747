//! A patient over time: panels one below the other that share their days.

use crate::axis::{Axis, AxisLabel, Scale};
use crate::error::FigureError;
use crate::font::text_width;
use crate::geometry::Rect;
use crate::plot::{AXIS_TITLE_PX, TICK_GAP_PX, TICK_LABELS_PX};
use crate::sheet::{LABEL_PX, MARGIN_PX, SMALL_PX, Sheet};
use crate::svg::{Align, TextStyle};
use crate::theme::Theme;
use crate::time_course::{
    Curve, DrawnPanel, Mark, ShadedDays, SharedAxis, TrajectoryPanel, days_extent, draw_panel, visible,
};

/// The course of a patient: every state on every day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course<'a> {
    /// Times in days, ascending.
    pub days: &'a [f64],
    /// Inflammation in pg/mL.
    pub inflammation: &'a [f64],
    /// Tumour burden in cells/µL.
    pub tumour_burden: &'a [f64],
    /// CAR effector CTL in cells/µL.
    pub effector_ctl: &'a [f64],
    /// CAR memory CTL in cells/µL.
    pub memory_ctl: &'a [f64],
    /// CAR effector helper T cells in cells/µL.
    pub effector_helper: &'a [f64],
    /// CAR memory helper T cells in cells/µL.
    pub memory_helper: &'a [f64],
}

/// What [`trajectory_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct TrajectoryFigure<'a> {
    /// Written above the panels unless it is empty.
    pub title: &'a str,
    /// Times in days, ascending.
    pub days: &'a [f64],
    /// From top to bottom.
    pub panels: Vec<TrajectoryPanel<'a>>,
    /// A span to shade.
    pub shaded: Option<ShadedDays<'a>>,
}

impl<'a> TrajectoryFigure<'a> {
    /// Inflammation with its peak, tumour burden with its nadir, and the four CAR T cell populations.
    ///
    /// The highest and the lowest of the given values are marked; set [`TrajectoryPanel::mark`] where the true extremes are
    /// known.
    pub fn of_course(title: &'a str, course: &Course<'a>) -> Self {
        let Course { days, inflammation, tumour_burden, .. } = *course;
        let panel = |label, unit, curves, mark| TrajectoryPanel {
            axis: AxisLabel { label, unit },
            scale: Scale::Linear,
            curves,
            mark,
        };
        let one = |label, values| vec![Curve { label, values }];
        let populations = vec![
            Curve { label: "Effector CTL", values: course.effector_ctl },
            Curve { label: "Memory CTL", values: course.memory_ctl },
            Curve { label: "Effector helper", values: course.effector_helper },
            Curve { label: "Memory helper", values: course.memory_helper },
        ];
        let peak = Mark::highest("peak", days, inflammation);
        let nadir = Mark::lowest("nadir", days, tumour_burden);
        let panels = vec![
            panel("Inflammation", "pg/mL", one("Inflammation", inflammation), peak),
            panel("Tumour burden", "cells/µL", one("Tumour burden", tumour_burden), nadir),
            panel("CAR T cells", "cells/µL", populations, None),
        ];
        Self { title, days, panels, shaded: None }
    }
}

const HEADING_PX: f64 = 28.0;
const PLOT_PX: f64 = 150.0;
const GAP_PX: f64 = 8.0;

/// Draws a patient's course as SVG, 900 pixels wide.
///
/// # Errors
/// [`FigureError::LengthMismatch`] if a curve does not have one value for each day; [`FigureError::NothingToDraw`] if
/// there are no days, no panels, or a panel without a value.
pub fn trajectory_figure(figure: &TrajectoryFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    check(figure)?;
    let nothing = || FigureError::NothingToDraw { what: "days".to_owned() };
    let (first, last) = days_extent(figure.days).ok_or_else(nothing)?;
    let x = Axis::exact(first, last, 8);
    let axes = figure.panels.iter().map(TrajectoryPanel::y_axis).collect::<Result<Vec<_>, _>>()?;
    let shown: Vec<&str> = figure.panels.iter().map(|panel| panel.axis.label).collect();
    let mut sheet = Sheet::wide(figure.title, &shown.join(", "), theme);
    let left = sheet.left() + axes.iter().map(Axis::labels_px).fold(20.0, f64::max) + TICK_GAP_PX;
    let labels_px = figure.panels.iter().map(TrajectoryPanel::labels_px).fold(0.0, f64::max);
    let right = sheet.right() + MARGIN_PX - labels_px;
    let shared = SharedAxis { days: figure.days, x: &x, shaded: figure.shaded };

    let row_px = HEADING_PX + PLOT_PX + TICK_LABELS_PX + GAP_PX;
    let heading_style = TextStyle::new(LABEL_PX, theme.ink).bold();
    let mut drawn = Vec::new();
    let mut first_colour = 0;
    let mut bottom = sheet.top();
    for (i, (panel, y)) in figure.panels.iter().zip(&axes).enumerate() {
        let top = sheet.top() + row_px * i as f64;
        let at = (sheet.left(), top + 0.5 * HEADING_PX - 3.0);
        sheet.elements.text(&panel.axis.title(panel.scale), at, heading_style);
        bottom = top + HEADING_PX + PLOT_PX;
        let frame = Rect { left, top: top + HEADING_PX, right, bottom };
        let x_title = (i + 1 == figure.panels.len()).then_some("Time (days)");
        drawn.push(draw_panel(&mut sheet, frame, panel, y, &shared, x_title, first_colour));
        first_colour += panel.curves.len();
    }
    name_shaded_days(&mut sheet, &shared, &drawn);
    Ok(sheet.finish(bottom + AXIS_TITLE_PX + 8.0))
}

fn check(figure: &TrajectoryFigure<'_>) -> Result<(), FigureError> {
    if figure.panels.is_empty() {
        return Err(FigureError::NothingToDraw { what: "panels".to_owned() });
    }
    let expected = figure.days.len();
    match figure.panels.iter().flat_map(|p| &p.curves).find(|s| s.values.len() != expected) {
        None => Ok(()),
        Some(curve) => Err(FigureError::LengthMismatch {
            what: curve.label.to_owned(),
            expected,
            found: curve.values.len(),
        }),
    }
}

/// Says once what the shaded days are: at the top or the bottom of the panel where that covers least.
fn name_shaded_days(sheet: &mut Sheet<'_>, shared: &SharedAxis<'_>, drawn: &[DrawnPanel]) {
    let Some(((from, to), span)) = visible(shared.shaded, shared.x).zip(shared.shaded) else { return };
    if span.label.is_empty() {
        return;
    }
    let size = (text_width(span.label, SMALL_PX, false) + 6.0, SMALL_PX + 4.0);
    let place = |panel: &DrawnPanel, y: f64| {
        let Rect { left, right, .. } = panel.bounds;
        let reach = 0.5 * size.0;
        let x = left + shared.x.share(0.5 * (from + to)) * (right - left);
        Rect::around((x.min(right - reach).max(left + reach), y), size)
    };
    let best = drawn
        .iter()
        .flat_map(|p| [(p, place(p, p.bounds.top + 11.0)), (p, place(p, p.bounds.bottom - 11.0))])
        .min_by_key(|(panel, place)| panel.obstacles.covered_by(place));
    if let Some((_, place)) = best {
        let style = TextStyle::new(SMALL_PX, sheet.theme.muted).aligned(Align::Middle);
        sheet.elements.text(span.label, place.centre(), style);
    }
}
