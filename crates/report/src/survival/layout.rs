//! Axes, table and labels of a panel of survival curves.

use super::risk_table::RiskTable;
use super::steps::value_at;
use super::{SurvivalArm, SurvivalAxis, SurvivalPanel};
use crate::axis::{Axis, extent};
use crate::curve_labels::curve_labels_px;
use crate::error::FigureError;
use crate::font::text_width;
use crate::page::{percent, plain};
use crate::plot::TICK_GAP_PX;
use crate::sheet::SMALL_PX;

/// Axes, table and labels of a panel that is not yet placed.
pub(super) struct Layout {
    pub x: Axis,
    pub y: Axis,
    pub table: RiskTable,
    /// Labels at the ends of the curves: with the name of the arm, and without.
    pub ends: Vec<[String; 2]>,
}

impl Layout {
    pub fn of(panel: &SurvivalPanel<'_>) -> Result<Self, FigureError> {
        let nothing = || FigureError::NothingToDraw { what: panel.heading.to_owned() };
        let (_, last) = extent(panel.arms.iter().map(|arm| arm.until)).ok_or_else(nothing)?;
        if last <= 0.0 {
            return Err(nothing());
        }
        let mut x = Axis::exact(0.0, last, 6);
        if !panel.risk_days.is_empty() {
            let shown = panel.risk_days.iter().filter(|day| x.contains(**day));
            x.ticks = shown.map(|day| (*day, plain(*day))).collect();
        }
        let highest = panel.arms.iter().flat_map(|arm| &arm.steps).flat_map(|step| {
            let top = step.ci95.map_or(step.survival, |[low, _]| low);
            [height(panel.axis, step.survival), height(panel.axis, top)]
        });
        let y = match panel.axis {
            SurvivalAxis::Without => Axis::exact(0.0, 100.0, 5),
            SurvivalAxis::Incidence => {
                let most = highest.filter(|v| v.is_finite()).fold(0.0, f64::max).min(100.0);
                Axis::around(0.0, if most > 0.0 { most } else { 1.0 }, 5)
            }
        };
        let ends = panel.arms.iter().map(|arm| {
            let value = percent(0.01 * height(panel.axis, end_of(arm)));
            [format!("{}, {value}", arm.label), value]
        });
        Ok(Self { x, y, table: RiskTable::of(panel), ends: ends.collect() })
    }

    /// Removes the days whose labels or numbers at risk would touch those before them, or those of the last day.
    pub fn leave_out_crowded_days(&mut self, plot_px: f64) {
        let per_day = plot_px / (self.x.range.1 - self.x.range.0);
        let labels = self.x.ticks.iter().map(|t| text_width(&t.1, SMALL_PX, false));
        let apart = labels.fold(self.table.widest_px(), f64::max) + 7.0;
        let mut last = f64::NEG_INFINITY;
        let end = self.x.ticks.last().map_or(0.0, |tick| tick.0);
        self.x.ticks.retain(|tick| {
            let before_end = tick.0 == end || last == f64::NEG_INFINITY || (end - tick.0) * per_day >= apart;
            let keep = before_end && (tick.0 - last) * per_day >= apart;
            if keep {
                last = tick.0;
            }
            keep
        });
    }

    pub fn left_px(&self, first: bool) -> f64 {
        (self.y.labels_px() + TICK_GAP_PX).max(self.table.left_px(first))
    }

    pub fn right_px(&self, named: bool) -> f64 {
        curve_labels_px(self.ends.iter().map(|[with, without]| if named { with.as_str() } else { without }))
    }
}

/// Where a probability stands on the axis, in percent.
pub(super) fn height(axis: SurvivalAxis, survival: f64) -> f64 {
    match axis {
        SurvivalAxis::Without => 100.0 * survival,
        SurvivalAxis::Incidence => 100.0 * (1.0 - survival),
    }
}

fn end_of(arm: &SurvivalArm<'_>) -> f64 {
    value_at(1.0, arm.steps.iter().map(|s| (s.day, s.survival)), arm.until)
}
