//! Kaplan–Meier curves of the arms of a trial, with the patients at risk below them.

mod layout;
mod panel;
mod risk_table;
mod steps;

use cartrial_analysis::trial::KaplanMeier;

use crate::error::FigureError;
use crate::geometry::Rect;
use crate::plot::AXIS_TITLE_PX;
use crate::sheet::Sheet;
use crate::theme::Theme;
use layout::Layout;
use panel::draw_panel;

/// One time at which a curve steps down. The value holds until the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurvivalStep {
    /// Time in days.
    pub day: f64,
    /// Probability to be still free of the event, 0 to 1.
    pub survival: f64,
    /// Its 95 % interval, for a band.
    pub ci95: Option<[f64; 2]>,
}

/// The survival curve of one arm.
#[derive(Clone, Debug, PartialEq)]
pub struct SurvivalArm<'a> {
    /// Name of the arm.
    pub label: &'a str,
    /// In order of time; before the first step every patient is free of the event.
    pub steps: Vec<SurvivalStep>,
    /// The day on which the curve ends. NaN for an arm without a curve: it keeps its colour and its row of the table.
    pub until: f64,
    /// Days on which patients were censored, marked on the curve.
    pub censored: Vec<f64>,
    /// Patients at risk on each of the panel's [`SurvivalPanel::risk_days`].
    pub at_risk: Vec<u64>,
}

impl<'a> SurvivalArm<'a> {
    /// The curve of a Kaplan–Meier estimate in days, with its band, and the patients at risk on `risk_days`.
    ///
    /// Censoring before the end is marked; at the end all remaining patients are censored, which needs no mark.
    pub fn of_kaplan_meier(label: &'a str, estimate: &KaplanMeier, risk_days: &[f64]) -> Self {
        let events = estimate.steps.iter().filter(|s| s.events > 0);
        let steps =
            events.map(|s| SurvivalStep { day: s.time, survival: s.survival, ci95: s.ci95 }).collect();
        let censored = estimate.steps.iter().filter(|s| s.censored > 0 && s.time < estimate.last_time);
        let at_risk = |day: &f64| {
            let next = estimate.steps.partition_point(|s| s.time < *day);
            estimate.steps.get(next).map_or(0, |s| s.at_risk)
        };
        Self {
            label,
            steps,
            until: estimate.last_time,
            censored: censored.map(|s| s.time).collect(),
            at_risk: risk_days.iter().map(at_risk).collect(),
        }
    }
}

/// Whether the curves of a panel fall or rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurvivalAxis {
    /// The probability to be free of the event, falling from 100 %; the axis shows 0 to 100 %.
    Without,
    /// The cumulative incidence, one minus that, rising from 0; the axis ends above the highest curve.
    Incidence,
}

/// One event in all arms.
#[derive(Clone, Debug, PartialEq)]
pub struct SurvivalPanel<'a> {
    /// What the vertical axis shows, without its unit: `Patients in remission`.
    pub heading: &'a str,
    /// Whether the curves fall or rise.
    pub axis: SurvivalAxis,
    /// Days of the ticks and of the numbers at risk. If empty, the axis chooses its ticks and there is no table.
    pub risk_days: Vec<f64>,
    /// In the same order in every panel, since the position determines the colour.
    pub arms: Vec<SurvivalArm<'a>>,
}

/// What [`survival_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct SurvivalFigure<'a> {
    /// Written above the panels unless it is empty.
    pub title: &'a str,
    /// From left to right; more than three begin a new row.
    pub panels: Vec<SurvivalPanel<'a>>,
}

const BETWEEN_PX: f64 = 16.0;
const HEADING_PX: f64 = 30.0;
const GAP_PX: f64 = 18.0;
/// Height of the panels, of one alone and of several.
const PLOT_PX: [f64; 2] = [250.0, 190.0];
const COLUMNS: usize = 3;
/// Curves are named at their ends where that leaves a panel this wide; otherwise the table or a key names them.
const LEAST_PLOT_PX: f64 = 200.0;

/// Draws step curves of arms as SVG, 900 pixels wide, with the patients at risk in a table below the axis.
///
/// # Errors
/// [`FigureError::NothingToDraw`] if there is no panel, or a panel in which no curve ends after day 0;
/// [`FigureError::LengthMismatch`] if an arm does not have one number at risk for each of the panel's days.
pub fn survival_figure(figure: &SurvivalFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    check(figure)?;
    let mut layouts = figure.panels.iter().map(Layout::of).collect::<Result<Vec<_>, _>>()?;
    let mut sheet = Sheet::wide(figure.title, figure.panels[0].heading, theme);
    let columns = figure.panels.len().min(COLUMNS);
    let free = sheet.right() - sheet.left() - BETWEEN_PX * (columns as f64 - 1.0);
    // What stands at the left and right of each panel, with curves named at their ends and without.
    let rest = |named: bool| {
        let of = |(i, l): (usize, &Layout)| l.left_px(i % columns == 0) + l.right_px(named);
        layouts.chunks(columns).map(|row| row.iter().enumerate().map(of).sum::<f64>()).fold(0.0, f64::max)
    };
    let named = (free - rest(true)) / columns as f64 >= LEAST_PLOT_PX;
    let plot_px = (free - rest(named)) / columns as f64;
    for layout in &mut layouts {
        layout.leave_out_crowded_days(plot_px);
    }

    let plot_height = PLOT_PX[usize::from(figure.panels.len() > 1)];
    let mut top = sheet.top();
    let rows = figure.panels.chunks(columns).zip(layouts.chunks(columns));
    for (panels, layouts) in rows {
        let mut x = sheet.left();
        for (i, (panel, layout)) in panels.iter().zip(layouts).enumerate() {
            let left = x + layout.left_px(i == 0);
            let frame_top = top + HEADING_PX;
            let frame = Rect { left, top: frame_top, right: left + plot_px, bottom: frame_top + plot_height };
            draw_panel(&mut sheet, panel, layout, frame, (i == 0, named));
            x = frame.right + layout.right_px(named) + BETWEEN_PX;
        }
        let tables = layouts.iter().map(|l| l.table.height_px()).fold(0.0, f64::max);
        top += HEADING_PX + plot_height + AXIS_TITLE_PX + tables + GAP_PX;
    }
    Ok(sheet.finish(top))
}

fn check(figure: &SurvivalFigure<'_>) -> Result<(), FigureError> {
    if figure.panels.is_empty() {
        return Err(FigureError::NothingToDraw { what: figure.title.to_owned() });
    }
    for panel in &figure.panels {
        if let Some(arm) = panel.arms.iter().find(|a| a.at_risk.len() != panel.risk_days.len()) {
            return Err(FigureError::LengthMismatch {
                what: format!("{}, {}", panel.heading, arm.label),
                expected: panel.risk_days.len(),
                found: arm.at_risk.len(),
            });
        }
    }
    Ok(())
}
