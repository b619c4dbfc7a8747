//! A patient over time: panels one below the other that share their days.

use plotters::style::text_anchor::{HPos, VPos};

use crate::axis::{Axis, AxisLabel, Scale};
use crate::canvas::{
    Area, LABEL_PX, MARGIN_PX, SMALL_PX, Type, WIDTH_PX, below_title_px, draw, printable, units, write,
    write_title,
};
use crate::error::FigureError;
use crate::font::text_width;
use crate::panel::{AXIS_TITLE_PX, TICK_LABELS_PX};
use crate::placement::Rect;
use crate::theme::Theme;
use crate::time_course::{
    Curve, Drawn, Mark, ShadedDays, Shared, TrajectoryPanel, days_extent, draw_panel, visible,
};

/// A patient's course, a value of each state for each day.
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
    /// Above the panels; empty leaves it out.
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
    /// The marks are the highest and the lowest of the given values; set [`TrajectoryPanel::mark`] where they are known better.
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
/// [`FigureError::LengthMismatch`] if a curve has not one value for each day; [`FigureError::NothingToDraw`] if there
/// are no days, no panels, or a panel without a value.
pub fn trajectory_figure(figure: &TrajectoryFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    check(figure)?;
    let nothing = || FigureError::NothingToDraw { what: "days".to_owned() };
    let (first, last) = days_extent(figure.days).ok_or_else(nothing)?;
    let x = Axis::exact(first, last, 8);
    let axes = figure.panels.iter().map(TrajectoryPanel::y_axis).collect::<Result<Vec<_>, _>>()?;
    let ticks = axes.iter().flat_map(|y| &y.ticks).map(|(_, label)| text_width(label, SMALL_PX, false));
    let left_px = ticks.fold(20.0, f64::max) + 14.0;
    let right_px = figure.panels.iter().map(TrajectoryPanel::labels_px).fold(0.0, f64::max);
    let shared = Shared { days: figure.days, x: &x, shaded: figure.shaded, left_px, theme };

    let top_px = below_title_px(figure.title);
    let row_px = HEADING_PX + PLOT_PX + TICK_LABELS_PX + GAP_PX;
    let height_px =
        top_px + row_px * figure.panels.len() as f64 - TICK_LABELS_PX - GAP_PX + AXIS_TITLE_PX + 8.0;
    draw((WIDTH_PX as u32, height_px.ceil() as u32), figure.title, theme, |sheet| {
        let ink = Type::new(LABEL_PX, theme.ink).anchored(HPos::Left, VPos::Center).bold();
        write_title(sheet, figure.title, theme)?;
        let mut drawn = Vec::new();
        let mut colour = 0;
        for (i, panel) in figure.panels.iter().enumerate() {
            let is_last = i + 1 == figure.panels.len();
            let top = top_px + row_px * i as f64;
            let heading = printable(&panel.axis.title(panel.scale));
            write(sheet, &heading, (MARGIN_PX, top + 0.5 * HEADING_PX - 3.0), ink)?;
            let below_px = if is_last { AXIS_TITLE_PX } else { TICK_LABELS_PX };
            let size = (WIDTH_PX - MARGIN_PX - right_px, PLOT_PX + below_px);
            let area = sheet.clone().shrink(
                (units(MARGIN_PX), units(top + HEADING_PX)),
                (units(size.0) as u32, units(size.1) as u32),
            );
            let x_title = is_last.then_some(("Time (days)", below_px));
            drawn.push(draw_panel(sheet, &area, panel, &shared, x_title, colour)?);
            colour += panel.curves.len();
        }
        name_shaded_days(sheet, &shared, &drawn)
    })
}

fn check(figure: &TrajectoryFigure<'_>) -> Result<(), FigureError> {
    if figure.panels.is_empty() {
        return Err(FigureError::NothingToDraw { what: "panels".to_owned() });
    }
    let expected = figure.days.len();
    match figure.panels.iter().flat_map(|p| &p.curves).find(|s| s.values.len() != expected) {
        None => Ok(()),
        Some(curves) => Err(FigureError::LengthMismatch {
            what: curves.label.to_owned(),
            expected,
            found: curves.values.len(),
        }),
    }
}

/// Says once what the shaded days are: at the top or the bottom of the panel where least lies in the way.
fn name_shaded_days(sheet: &Area<'_>, shared: &Shared<'_>, drawn: &[Drawn]) -> Result<(), FigureError> {
    let Some(((from, to), span)) = visible(shared.shaded, shared.x).zip(shared.shaded) else { return Ok(()) };
    if span.label.is_empty() {
        return Ok(());
    }
    let label = printable(span.label);
    let size = (text_width(&label, SMALL_PX, false) + 6.0, SMALL_PX + 4.0);
    let place = |panel: &Drawn, y: f64| {
        let (low, high) = shared.x.range;
        let share = (0.5 * (from + to) - low) / (high - low);
        let Rect { left, right, .. } = panel.bounds;
        let reach = 0.5 * size.0;
        let x = (left + share * (right - left)).min(right - reach).max(left + reach);
        Rect::around((x, y), size)
    };
    let best = drawn
        .iter()
        .flat_map(|p| [(p, place(p, p.bounds.top + 11.0)), (p, place(p, p.bounds.bottom - 11.0))])
        .min_by_key(|(panel, place)| panel.obstacles.under(place));
    let style = Type::new(SMALL_PX, shared.theme.muted).anchored(HPos::Center, VPos::Center);
    best.map_or(Ok(()), |(_, place)| write(sheet, &label, place.centre(), style))
}
