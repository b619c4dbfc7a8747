//! How often trials find an effect, against their size.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use cartrial_analysis::fisher_z_power;

use crate::axis::{Axis, extent};
use crate::canvas::{LABEL_PX, MARGIN_PX, SMALL_PX, Type, draw, printable, stroke, units, write};
use crate::error::FigureError;
use crate::hover::with_hover;
use crate::number::grouped;
use crate::panel::{AXIS_TITLE_PX, Plot, Surroundings, axes, on_sheet};
use crate::placement::Rect;
use crate::theme::Theme;

/// Trials of one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerPoint {
    /// Patients in each.
    pub patients: f64,
    /// Share that finds the effect, 0 to 1.
    pub power: f64,
    /// 95 % confidence interval of that share.
    pub ci95: [f64; 2],
}

/// One effect in trials of several sizes, drawn as points on the curve that Fisher's z expects.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerSeries<'a> {
    /// What it is.
    pub label: &'a str,
    /// Correlation in the whole cohort.
    pub r: f64,
    /// By size, ascending.
    pub points: Vec<PowerPoint>,
}

/// What [`power_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerFigure<'a> {
    /// Panels from left to right: a heading and what it shows.
    pub panels: Vec<(&'a str, Vec<PowerSeries<'a>>)>,
    /// A size to point out, and what it is.
    pub reference: Option<(f64, &'a str)>,
}

const SIZE_PX: (f64, f64) = (900.0, 400.0);
const BETWEEN_PX: f64 = 20.0;
const LINE_PX: f64 = 20.0;
const LEFT_PX: f64 = 58.0;
const KEY_PX: f64 = 22.0;

/// Draws power against the size of a trial as SVG, 900 pixels wide.
///
/// # Errors
/// [`FigureError::NothingToDraw`] without panels or points.
pub fn power_figure(figure: &PowerFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let nothing = || FigureError::NothingToDraw { what: "power".to_owned() };
    let points = figure.panels.iter().flat_map(|(_, all)| all).flat_map(|s| &s.points);
    let (least, most) = extent(points.map(|p| p.patients)).ok_or_else(nothing)?;
    let x = Axis::log(least, most, 5);
    let y = Axis::exact(0.0, 100.0, 5);
    let lines = figure.panels.iter().map(|(_, series)| series.len()).max().unwrap_or(0) as f64;
    let top = MARGIN_PX + LINE_PX * (lines + 1.0) + 10.0;
    let height = SIZE_PX.1 + LINE_PX * lines;
    let count = figure.panels.len() as f64;
    let each = (SIZE_PX.0 - 2.0 * MARGIN_PX - BETWEEN_PX * (count - 1.0)) / count;
    let mut places = Vec::new();
    let svg = draw((SIZE_PX.0 as u32, height as u32), "Power", theme, |sheet| {
        for (i, (heading, all)) in figure.panels.iter().enumerate() {
            let left = MARGIN_PX + i as f64 * (each + BETWEEN_PX);
            let corner = (units(left), units(top));
            let size = (units(each - 12.0) as u32, units(height - MARGIN_PX - top) as u32);
            let around = Surroundings {
                x_title: Some("Patients in a trial (log scale)".to_owned()),
                y_title: Some("Trials with p < 0.05 (%)".to_owned()),
                left_px: LEFT_PX,
                below_px: AXIS_TITLE_PX,
            };
            let area = sheet.clone().shrink(corner, size);
            let mut plot = axes(&area, &x, &y, &around, theme)?;
            if let Some((patients, label)) = figure.reference {
                let line = [(patients.ln(), 0.0), (patients.ln(), 100.0)];
                plot.draw_series([PathElement::new(line, stroke(theme.axis, 1.4))])?;
                let at = on_sheet(&plot, (patients.ln(), 4.0));
                let style = Type::new(SMALL_PX, theme.muted).anchored(HPos::Left, VPos::Center);
                write(sheet, &printable(label), (at.0 + 5.0, at.1), style)?;
            }
            let bold = Type::new(LABEL_PX, theme.ink).bold();
            write(sheet, &printable(heading), (left + LEFT_PX, MARGIN_PX + 8.0), bold)?;
            for (j, series) in all.iter().enumerate() {
                draw_series(&mut plot, series, &x, colour_of(j), theme)?;
                let key = MARGIN_PX + 8.0 + LINE_PX * (j as f64 + 1.0);
                let ends = [left + LEFT_PX, left + LEFT_PX + KEY_PX].map(|x| (units(x), units(key)));
                sheet.draw(&PathElement::new(ends, stroke(theme.series(colour_of(j)), 2.2)))?;
                let style = Type::new(SMALL_PX, theme.ink);
                write(sheet, &printable(series.label), (left + LEFT_PX + KEY_PX + 8.0, key), style)?;
                for point in &series.points {
                    let at = on_sheet(&plot, (point.patients.ln(), 100.0 * point.power));
                    places.push((Rect::around(at, (16.0, 16.0)), spoken(series.label, point)));
                }
            }
        }
        Ok(())
    })?;
    Ok(with_hover(&svg, &places))
}

/// Blue first, as data are elsewhere.
fn colour_of(series: usize) -> usize {
    [1, 0, 2, 3][series % 4]
}

fn spoken(label: &str, point: &PowerPoint) -> String {
    let [power, low, high] = [point.power, point.ci95[0], point.ci95[1]].map(|v| 100.0 * v);
    let patients = grouped(&format!("{}", point.patients));
    format!("{label}, {patients} patients: {power:.1} % [{low:.1}, {high:.1}]")
}

fn draw_series(
    plot: &mut Plot<'_>,
    series: &PowerSeries<'_>,
    x: &Axis,
    colour: usize,
    theme: &Theme,
) -> Result<(), FigureError> {
    const PIECES: usize = 120;
    let colour = theme.series(colour);
    let at = |i: usize| x.range.0 + (x.range.1 - x.range.0) * i as f64 / PIECES as f64;
    let curve: Vec<_> =
        (0..=PIECES).map(|i| (at(i), 100.0 * fisher_z_power(series.r, at(i).exp()))).collect();
    plot.draw_series([PathElement::new(curve, colour.rgb().mix(0.7).stroke_width(units(2.0) as u32))])?;
    for point in &series.points {
        let at = point.patients.ln();
        let interval = [(at, 100.0 * point.ci95[0]), (at, 100.0 * point.ci95[1])];
        plot.draw_series([PathElement::new(interval, stroke(colour, 1.8))])?;
        plot.draw_series([Circle::new((at, 100.0 * point.power), units(4.0), colour.rgb().filled())])?;
    }
    Ok(())
}
