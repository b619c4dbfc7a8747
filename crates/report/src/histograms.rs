//! Histograms of many quantities in one figure, each with the density that the study asks for.

use cartrial_analysis::Bar;

use crate::axis::{Axis, LARGEST, extent, plottable};
use crate::error::FigureError;
use crate::font::fitted;
use crate::geometry::Rect;
use crate::number::{grouped, significant};
use crate::plot::{AxisTitles, Plot, TICK_LABELS_PX};
use crate::sheet::{Columns, MARGIN_PX, SMALL_PX, Sheet};
use crate::svg::{Fill, Stroke, TextStyle};
use crate::theme::Theme;

/// The histogram of one quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramPanel<'a> {
    /// The quantity. Its unit is here or in the note.
    pub heading: &'a str,
    /// A line below the heading, about the quantity.
    pub note: String,
    /// The bars, from left to right.
    pub bars: Vec<Bar>,
    /// Number of values, including those beyond the bars.
    pub n: u64,
    /// Ticks and their labels, where the bars are no numbers; empty if they are.
    pub ticks: Vec<(f64, String)>,
    /// Points (value, density per unit) of the density that the study asks for; empty if it asks for none.
    pub requested: Vec<(f64, f64)>,
}

const COLUMNS: usize = 3;
const BETWEEN_PX: f64 = 26.0;
const HEADING_PX: f64 = 40.0;
const PLOT_PX: f64 = 92.0;
const GAP_PX: f64 = 10.0;
const ROW_PX: f64 = HEADING_PX + PLOT_PX + TICK_LABELS_PX + GAP_PX;
const HEADING_SIZE_PX: f64 = 13.0;
/// Room at either side of the axis for half of its first and last label.
const SIDE_PX: f64 = 14.0;

/// Draws histograms, three in a row, as SVG, 900 pixels wide. Screen readers say `name`. Heights are densities, so that
/// bars and requested densities can be compared; they need no axis of their own.
///
/// # Errors
/// [`FigureError::NothingToDraw`] if no quantity has a value.
pub fn histogram_figure(
    name: &str,
    quantities: &[HistogramPanel<'_>],
    theme: &Theme,
) -> Result<String, FigureError> {
    let shown: Vec<_> = quantities.iter().filter(|q| !q.bars.is_empty()).collect();
    if shown.is_empty() {
        return Err(FigureError::NothingToDraw { what: name.to_owned() });
    }
    let mut sheet = Sheet::wide("", name, theme);
    let columns = Columns::new(sheet.left(), sheet.right(), COLUMNS, BETWEEN_PX);
    for (i, quantity) in shown.iter().enumerate() {
        let left = columns.left(i % COLUMNS);
        let top = sheet.top() + (i / COLUMNS) as f64 * ROW_PX;
        write_heading(&mut sheet, (left, top), columns.width, quantity);
        let top = top + HEADING_PX;
        let (from, to) = (left + SIDE_PX, left + columns.width - SIDE_PX);
        let frame = Rect { left: from, top, right: to, bottom: top + PLOT_PX };
        draw_histogram(&mut sheet, frame, quantity);
    }
    let rows = shown.len().div_ceil(COLUMNS) as f64;
    Ok(sheet.finish(2.0 * MARGIN_PX + ROW_PX * rows - GAP_PX))
}

fn write_heading(sheet: &mut Sheet<'_>, (left, top): (f64, f64), width: f64, quantity: &HistogramPanel<'_>) {
    let size = fitted(quantity.heading, width, HEADING_SIZE_PX, true);
    let style = TextStyle::new(size, sheet.theme.ink).bold();
    sheet.elements.text(quantity.heading, (left, top + 8.0), style);
    let size = fitted(&quantity.note, width, SMALL_PX - 1.0, false);
    let style = TextStyle::new(size, sheet.theme.muted);
    sheet.elements.text(&quantity.note, (left, top + 25.0), style);
}

fn draw_histogram(sheet: &mut Sheet<'_>, frame: Rect, quantity: &HistogramPanel<'_>) {
    let density = |bar: &Bar| bar.count as f64 / (quantity.n.max(1) as f64 * (bar.high - bar.low));
    let (first, last) = (quantity.bars[0].low, quantity.bars[quantity.bars.len() - 1].high);
    let requested = extent(quantity.requested.iter().map(|p| p.0)).unwrap_or((first, last));
    let (low, high) = (first.min(requested.0), last.max(requested.1));
    let heights = quantity.bars.iter().map(density).chain(quantity.requested.iter().map(|p| p.1));
    let most = heights.fold(0.0, f64::max);
    let can_be_shown = plottable(low) && plottable(high) && high - low > 1.0 / LARGEST;
    if !(can_be_shown && most > 0.0) {
        return;
    }
    let mut x = Axis::exact(low, high, 3);
    if !quantity.ticks.is_empty() {
        x.ticks.clone_from(&quantity.ticks);
    }
    let y = Axis { range: (0.0, 1.06 * most), ticks: Vec::new() };
    let plot = Plot::draw(sheet, frame, &x, &y, AxisTitles::default());

    let mut outline = vec![(first, 0.0)];
    for bar in &quantity.bars {
        outline.extend([(bar.low, density(bar)), (bar.high, density(bar))]);
    }
    outline.push((last, 0.0));
    let fill = Fill::new(sheet.theme.series(1)).with_opacity(0.55);
    sheet.elements.polygon(&plot.all(outline), fill);
    if quantity.requested.len() > 1 {
        let curve = plot.all(quantity.requested.iter().copied());
        sheet.elements.polyline(&curve, Stroke::new(sheet.theme.series(0), 1.8));
    }
    for bar in &quantity.bars {
        let area = plot.rect((bar.low, 0.0), (bar.high, y.range.1));
        let [from, to] = [bar.low, bar.high].map(|v| significant(v, 3));
        sheet.add_tooltip(area, format!("{from} to {to}: {}", grouped(&bar.count.to_string())));
    }
}
