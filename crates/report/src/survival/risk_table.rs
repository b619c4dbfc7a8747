//! The patients at risk, below the axis of survival curves.

use super::SurvivalPanel;
use crate::font::{elided, text_width};
use crate::geometry::Rect;
use crate::number::grouped;
use crate::plot::AXIS_TITLE_PX;
use crate::sheet::Sheet;
use crate::svg::{Align, Stroke, TextStyle};

const SIZE_PX: f64 = 11.5;
const ROW_PX: f64 = 17.0;
const HEADING_PX: f64 = 18.0;
const KEY_PX: f64 = 14.0;
const GAP_PX: f64 = 6.0;
/// Longer names of arms are cut.
const NAME_PX: f64 = 130.0;

/// The texts of a panel's table.
pub(super) struct RiskTable {
    names: Vec<String>,
    /// By arm, then by day.
    counts: Vec<Vec<String>>,
}

impl RiskTable {
    pub fn of(panel: &SurvivalPanel<'_>) -> Self {
        let names = panel.arms.iter().map(|arm| elided(arm.label, NAME_PX, SIZE_PX));
        let counts = panel.arms.iter().map(|arm| {
            let of_days = arm.at_risk.iter().map(|n| grouped(&n.to_string()));
            of_days.collect()
        });
        Self { names: names.collect(), counts: counts.collect() }
    }

    fn is_empty(&self) -> bool {
        self.counts.iter().all(Vec::is_empty)
    }

    pub fn height_px(&self) -> f64 {
        if self.is_empty() { 0.0 } else { GAP_PX + HEADING_PX + ROW_PX * self.counts.len() as f64 }
    }

    /// Room at the left of the axis for half a number, an arm's key and, in the `first` panel of a row, its name.
    pub fn left_px(&self, first: bool) -> f64 {
        if self.is_empty() {
            return 0.0;
        }
        let names = self.names.iter().map(|name| text_width(name, SIZE_PX, false)).fold(0.0, f64::max);
        let name_px = if first { names + GAP_PX } else { 0.0 };
        0.5 * self.widest_px() + GAP_PX + KEY_PX + name_px + 2.0
    }

    /// Width of the longest number.
    pub fn widest_px(&self) -> f64 {
        self.counts.iter().flatten().map(|n| text_width(n, SIZE_PX, false)).fold(0.0, f64::max)
    }
}

/// Draws the table, if the panel has one, below the axis title of the panel in `frame`; `days` are where on the sheet the
/// numbers of each day stand, and the `first` panel of a row names the arms.
pub(super) fn draw_risk_table(
    sheet: &mut Sheet<'_>,
    table: &RiskTable,
    days: &[Option<f64>],
    frame: &Rect,
    first: bool,
) {
    if table.is_empty() {
        return;
    }
    let theme = sheet.theme;
    let top = frame.bottom + AXIS_TITLE_PX + GAP_PX;
    let heading = TextStyle::new(SIZE_PX, theme.muted);
    sheet.elements.text("Patients at risk", (frame.left, top + 0.5 * HEADING_PX), heading);
    let style = TextStyle::new(SIZE_PX, theme.ink);
    for (i, (name, counts)) in table.names.iter().zip(&table.counts).enumerate() {
        let y = top + HEADING_PX + ROW_PX * (i as f64 + 0.5);
        let right = frame.left - 0.5 * table.widest_px() - GAP_PX;
        sheet.elements.line((right - KEY_PX, y), (right, y), Stroke::new(theme.arm(i), 2.2));
        if first {
            sheet.elements.text(name, (right - KEY_PX - GAP_PX, y), style.aligned(Align::Right));
        }
        for (x, count) in days.iter().zip(counts).filter_map(|(x, count)| Some(((*x)?, count))) {
            sheet.elements.text(count, (x, y), style.aligned(Align::Middle));
        }
    }
}
