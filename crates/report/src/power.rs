//! Power: the share of trials that find an effect, against their size.

use cartrial_analysis::fisher_z_power;

use crate::axis::{Axis, extent};
use crate::error::FigureError;
use crate::geometry::Rect;
use crate::number::grouped;
use crate::plot::{AXIS_TITLE_PX, AxisTitles, Plot};
use crate::sheet::{Columns, LABEL_PX, MARGIN_PX, SMALL_PX, Sheet};
use crate::svg::{Fill, Stroke, TextStyle};
use crate::theme::{Colour, Theme};

/// Trials of one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerPoint {
    /// Number of patients in each.
    pub patients: f64,
    /// Share of the trials that find the effect, 0 to 1.
    pub power: f64,
    /// 95 % confidence interval of that share.
    pub ci95: [f64; 2],
}

/// One effect in trials of several sizes, drawn as points beside the curve that Fisher's z predicts.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerSeries<'a> {
    /// Name of the effect.
    pub label: &'a str,
    /// Correlation in the whole cohort.
    pub r: f64,
    /// In order of size.
    pub points: Vec<PowerPoint>,
}

/// What [`power_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerFigure<'a> {
    /// Panels from left to right, each a heading and its effects.
    pub panels: Vec<(&'a str, Vec<PowerSeries<'a>>)>,
    /// A size that a vertical line marks, and the label of that line.
    pub reference: Option<(f64, &'a str)>,
}

const BETWEEN_PX: f64 = 20.0;
const LINE_PX: f64 = 20.0;
/// Room for the labels of the vertical axis at the left, and for half of the last tick label at the right.
const LEFT_PX: f64 = 58.0;
const RIGHT_PX: f64 = 12.0;
const PLOT_PX: f64 = 298.0;
const KEY_PX: f64 = 22.0;

/// Draws power against the size of a trial as SVG, 900 pixels wide.
///
/// # Errors
/// [`FigureError::NothingToDraw`] if there is no panel or no point.
pub fn power_figure(figure: &PowerFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let nothing = || FigureError::NothingToDraw { what: "power".to_owned() };
    let points = figure.panels.iter().flat_map(|(_, all)| all).flat_map(|s| &s.points);
    let (least, most) = extent(points.map(|p| p.patients)).ok_or_else(nothing)?;
    let x = Axis::log(least, most, 5);
    let y = Axis::exact(0.0, 100.0, 5);
    let lines = figure.panels.iter().map(|(_, series)| series.len()).max().unwrap_or(0) as f64;
    let mut sheet = Sheet::wide("", "Power", theme);
    let top = sheet.top() + LINE_PX * (lines + 1.0) + 10.0;
    let bottom = top + PLOT_PX;
    let columns = Columns::new(sheet.left(), sheet.right(), figure.panels.len(), BETWEEN_PX);
    for (i, (heading, all)) in figure.panels.iter().enumerate() {
        let left = columns.left(i) + LEFT_PX;
        let frame = Rect { left, top, right: columns.left(i) + columns.width - RIGHT_PX, bottom };
        let titles =
            AxisTitles { x: Some("Patients in a trial (log scale)"), y: Some("Trials with p < 0.05 (%)") };
        let plot = Plot::draw(&mut sheet, frame, &x, &y, titles);
        if let Some((patients, label)) = figure.reference {
            let [from, to] = plot.upright(patients.ln());
            sheet.elements.line(from, to, Stroke::new(theme.axis, 1.4));
            let at = (from.0 + 5.0, plot.y_px(4.0));
            sheet.elements.text(label, at, TextStyle::new(SMALL_PX, theme.muted));
        }
        let heading_y = sheet.top() + 8.0;
        sheet.elements.text(heading, (left, heading_y), TextStyle::new(LABEL_PX, theme.ink).bold());
        for (j, series) in all.iter().enumerate() {
            let colour = colour_of(j, theme);
            let key = heading_y + LINE_PX * (j as f64 + 1.0);
            sheet.elements.line((left, key), (left + KEY_PX, key), Stroke::new(colour, 2.2));
            let style = TextStyle::new(SMALL_PX, theme.ink);
            sheet.elements.text(series.label, (left + KEY_PX + 8.0, key), style);
            draw_series(&mut sheet, &plot, series, colour);
        }
    }
    Ok(sheet.finish(bottom + AXIS_TITLE_PX + MARGIN_PX))
}

/// Blue first, the colour of data in every figure.
fn colour_of(series: usize, theme: &Theme) -> Colour {
    theme.series([1, 0, 2, 3][series % 4])
}

fn tooltip(label: &str, point: &PowerPoint) -> String {
    let [power, low, high] = [point.power, point.ci95[0], point.ci95[1]].map(|v| 100.0 * v);
    let patients = grouped(&format!("{}", point.patients));
    format!("{label}, {patients} patients: {power:.1} % [{low:.1}, {high:.1}]")
}

fn draw_series(sheet: &mut Sheet<'_>, plot: &Plot<'_>, series: &PowerSeries<'_>, colour: Colour) {
    const PIECES: usize = 120;
    let (low, high) = plot.x.range;
    let curve = (0..=PIECES).map(|i| {
        let x = low + (high - low) * i as f64 / PIECES as f64;
        (x, 100.0 * fisher_z_power(series.r, x.exp()))
    });
    sheet.elements.polyline(&plot.all(curve), Stroke::new(colour, 2.0).with_opacity(0.7));
    for point in &series.points {
        let at = |power: f64| plot.at((point.patients.ln(), 100.0 * power));
        let [low, high] = point.ci95.map(at);
        sheet.elements.line(low, high, Stroke::new(colour, 1.8));
        sheet.elements.circle(at(point.power), 4.0, Fill::new(colour));
        sheet.add_tooltip(Rect::around(at(point.power), (16.0, 16.0)), tooltip(series.label, point));
    }
}
