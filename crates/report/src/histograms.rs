//! Histograms of many quantities in one figure, each with the density that was asked for.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use cartrial_analysis::Bar;

use crate::axis::{Axis, extent};
use crate::canvas::{Area, MARGIN_PX, SMALL_PX, Type, WIDTH_PX, draw, printable, stroke, units, write};
use crate::error::FigureError;
use crate::font::fitted;
use crate::hover::with_hover;
use crate::number::{grouped, significant};
use crate::panel::{Surroundings, TICK_LABELS_PX, axes, on_sheet};
use crate::placement::Rect;
use crate::theme::Theme;

/// The histogram of one quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramPanel<'a> {
    /// What it is, with its unit here or in the note.
    pub heading: &'a str,
    /// A line below the heading, about the quantity.
    pub note: String,
    /// The bars, from left to right.
    pub bars: Vec<Bar>,
    /// Values in all, those beyond the bars included.
    pub n: u64,
    /// Points (value, density per unit) of the density that was asked for; empty if there was none.
    pub requested: Vec<(f64, f64)>,
}

const COLUMNS: usize = 3;
const BETWEEN_PX: f64 = 26.0;
const HEADING_PX: f64 = 40.0;
const PLOT_PX: f64 = 92.0;
const ROW_PX: f64 = HEADING_PX + PLOT_PX + TICK_LABELS_PX + 10.0;
const HEADING_SIZE_PX: f64 = 13.0;
/// Room at the right of the axis, for one half of its last label.
const RIGHT_PX: f64 = 16.0;

/// Draws histograms, three in a row, as SVG, 900 pixels wide. Heights are densities, so that bars and requested
/// densities can be compared; they need no axis of their own.
///
/// # Errors
/// [`FigureError::NothingToDraw`] if there is no quantity with a value.
pub fn histogram_figure(
    title: &str,
    quantities: &[HistogramPanel<'_>],
    theme: &Theme,
) -> Result<String, FigureError> {
    let shown: Vec<_> = quantities.iter().filter(|q| !q.bars.is_empty()).collect();
    if shown.is_empty() {
        return Err(FigureError::NothingToDraw { what: title.to_owned() });
    }
    let each = (WIDTH_PX - 2.0 * MARGIN_PX - BETWEEN_PX * (COLUMNS as f64 - 1.0)) / COLUMNS as f64;
    let height = 2.0 * MARGIN_PX + ROW_PX * shown.len().div_ceil(COLUMNS) as f64 - 10.0;
    let mut places = Vec::new();
    let svg = draw((WIDTH_PX as u32, height.ceil() as u32), title, theme, |sheet| {
        for (i, quantity) in shown.iter().enumerate() {
            let left = MARGIN_PX + (i % COLUMNS) as f64 * (each + BETWEEN_PX);
            let top = MARGIN_PX + (i / COLUMNS) as f64 * ROW_PX;
            let place = Rect { left, top, right: left + each, bottom: top + ROW_PX - 10.0 };
            draw_one(sheet, &place, quantity, &mut places, theme)?;
        }
        Ok(())
    })?;
    Ok(with_hover(&svg, &places))
}

fn draw_one(
    sheet: &Area<'_>,
    place: &Rect,
    quantity: &HistogramPanel<'_>,
    places: &mut Vec<(Rect, String)>,
    theme: &Theme,
) -> Result<(), FigureError> {
    let width = place.right - place.left;
    let heading = printable(quantity.heading);
    let size = fitted(&heading, width, HEADING_SIZE_PX, true);
    let bold = Type::new(size, theme.ink).bold().anchored(HPos::Left, VPos::Center);
    write(sheet, &heading, (place.left, place.top + 8.0), bold)?;
    let note = printable(&quantity.note);
    let style = Type::new(fitted(&note, width, SMALL_PX - 1.0, false), theme.muted);
    write(sheet, &note, (place.left, place.top + 25.0), style)?;

    let density = |bar: &Bar| bar.count as f64 / (quantity.n.max(1) as f64 * (bar.high - bar.low));
    let (mut low, mut high) = (quantity.bars[0].low, quantity.bars[quantity.bars.len() - 1].high);
    if let Some((from, to)) = extent(quantity.requested.iter().map(|p| p.0)) {
        (low, high) = (low.min(from), high.max(to));
    }
    let heights = quantity.bars.iter().map(density).chain(quantity.requested.iter().map(|p| p.1));
    let most = heights.fold(0.0, f64::max);
    if !(high > low && most > 0.0) {
        return Ok(());
    }
    let x = Axis::exact(low, high, 3);
    let y = Axis { range: (0.0, 1.06 * most), ticks: Vec::new() };
    let around = Surroundings { x_title: None, y_title: None, left_px: 1.0, below_px: TICK_LABELS_PX };
    let corner = (units(place.left), units(place.top + HEADING_PX));
    let area = sheet
        .clone()
        .shrink(corner, (units(width - RIGHT_PX) as u32, units(PLOT_PX + TICK_LABELS_PX) as u32));
    let mut plot = axes(&area, &x, &y, &around, theme)?;

    let mut outline = vec![(quantity.bars[0].low, 0.0)];
    for bar in &quantity.bars {
        outline.extend([(bar.low, density(bar)), (bar.high, density(bar))]);
    }
    outline.push((high.min(quantity.bars[quantity.bars.len() - 1].high), 0.0));
    plot.draw_series([Polygon::new(outline, theme.series(1).rgb().mix(0.55).filled())])?;
    if quantity.requested.len() > 1 {
        plot.draw_series([PathElement::new(quantity.requested.clone(), stroke(theme.series(0), 1.8))])?;
    }
    for bar in &quantity.bars {
        let (left, bottom) = on_sheet(&plot, (bar.low, 0.0));
        let (right, top) = on_sheet(&plot, (bar.high, y.range.1));
        let [from, to] = [bar.low, bar.high].map(|v| significant(v, 3));
        let count = grouped(&bar.count.to_string());
        places.push((Rect { left, top, right, bottom }, format!("{from} to {to}: {count}")));
    }
    Ok(())
}
