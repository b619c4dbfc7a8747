//! A response against a predictor, with the fitted line and what it says.

use cartrial_analysis::StatError;
use cartrial_findings::FittedLine;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use crate::axis::{Axis, AxisLabel, Scale, extent};
use crate::canvas::{
    Area, LABEL_PX, MARGIN_PX, SMALL_PX, TITLE_PX, Type, draw, printable, stroke, units, write,
};
use crate::error::FigureError;
use crate::fitted_line::fit_on_scale;
use crate::font::text_width;
use crate::number::{format_p, grouped, significant};
use crate::panel::{AXIS_TITLE_PX, Plot, Surroundings, axes};
use crate::theme::Theme;

/// Of more points than these, an evenly spaced subset is drawn; a note in the figure says so.
pub const MAX_POINTS: usize = 3000;

/// What [`regression_figure`] draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegressionFigure<'a> {
    /// Above the axes; empty leaves it out.
    pub title: &'a str,
    /// The horizontal axis.
    pub predictor: AxisLabel<'a>,
    /// The vertical axis.
    pub response: AxisLabel<'a>,
    /// The predictor of each patient.
    pub x: &'a [f64],
    /// The response of each patient, never its logarithm; NaN where missing.
    pub y: &'a [f64],
    /// [`Scale::Log`] draws the response on a logarithmic axis and fits its natural logarithm.
    pub scale: Scale,
    /// The fit to draw, for points that are only part of a cohort. `None` fits the points.
    pub fit: Option<FittedLine>,
}

const SINGLE_PX: (f64, f64) = (620.0, 460.0);
const PAIR_PX: (f64, f64) = (900.0, 430.0);
const TITLE_ROW_PX: f64 = 24.0;
const LINE_PX: f64 = 18.0;

/// Draws one regression as SVG, 620 pixels wide.
///
/// Points that have no line (fewer than 3, or of constant predictor or response) are drawn without one, and the
/// figure says why.
///
/// # Errors
/// [`FigureError::LengthMismatch`] if `x` and `y` differ in length, [`FigureError::NothingToDraw`] if no row has both.
pub fn regression_figure(figure: &RegressionFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    draw_figure(SINGLE_PX, "", &[figure], theme)
}

/// Draws two regressions side by side as SVG, 900 pixels wide, under a common title (empty leaves it out). If they
/// have the same response and scale, their vertical axes are the same.
///
/// # Errors
/// As [`regression_figure`].
pub fn regression_pair_figure(
    title: &str,
    left: &RegressionFigure<'_>,
    right: &RegressionFigure<'_>,
    theme: &Theme,
) -> Result<String, FigureError> {
    draw_figure(PAIR_PX, title, &[left, right], theme)
}

fn draw_figure(
    (width, height): (f64, f64),
    title: &str,
    figures: &[&RegressionFigure<'_>],
    theme: &Theme,
) -> Result<String, FigureError> {
    let clouds = figures.iter().map(|f| Cloud::of(f)).collect::<Result<Vec<_>, _>>()?;
    let y_axes = vertical_axes(figures, &clouds);
    let title_px = if title.is_empty() { 0.0 } else { TITLE_ROW_PX + 6.0 };
    let notes = clouds.iter().zip(figures).any(|(c, _)| c.note().is_some());
    let notes_px = if notes { LINE_PX + 4.0 } else { 0.0 };
    let height = height + title_px + notes_px;
    let read_out = if title.is_empty() { figures[0].title } else { title };
    draw((width as u32, height as u32), read_out, theme, |sheet| {
        if !title.is_empty() {
            let style = Type::new(TITLE_PX, theme.ink).bold();
            write(sheet, &printable(title), (MARGIN_PX, MARGIN_PX + 8.0), style)?;
        }
        let between = 24.0;
        let count = figures.len() as f64;
        let each = (width - 2.0 * MARGIN_PX - between * (count - 1.0)) / count;
        for (i, ((figure, cloud), y)) in figures.iter().zip(&clouds).zip(&y_axes).enumerate() {
            let left = MARGIN_PX + i as f64 * (each + between);
            let top = MARGIN_PX + title_px;
            let place = Place { left, top, right: left + each, bottom: height - MARGIN_PX - notes_px };
            draw_one(sheet, &place, figure, cloud, y, theme)?;
        }
        Ok(())
    })
}

/// The vertical axis of each figure; one for all if they show the same.
fn vertical_axes(figures: &[&RegressionFigure<'_>], clouds: &[Cloud]) -> Vec<Axis> {
    let same = figures.iter().all(|f| f.response == figures[0].response && f.scale == figures[0].scale);
    let around = |clouds: &[Cloud], scale| Axis::of(scale, clouds.iter().flat_map(Cloud::heights), 5);
    let empty = Axis { range: (0.0, 1.0), ticks: Vec::new() };
    figures
        .iter()
        .zip(clouds)
        .map(|(f, cloud)| around(if same { clouds } else { std::slice::from_ref(cloud) }, f.scale))
        .map(|axis| axis.unwrap_or_else(|| empty.clone()))
        .collect()
}

/// The points to draw, on the scale of their axes, and their line.
struct Cloud {
    points: Vec<(f64, f64)>,
    /// Rows with both values, drawn or not.
    present: usize,
    /// Rows given.
    rows: usize,
    fit: Result<FittedLine, StatError>,
}

impl Cloud {
    fn of(figure: &RegressionFigure<'_>) -> Result<Self, FigureError> {
        if figure.x.len() != figure.y.len() {
            return Err(FigureError::LengthMismatch {
                what: figure.response.label.to_owned(),
                expected: figure.x.len(),
                found: figure.y.len(),
            });
        }
        let rows = figure.x.iter().zip(figure.y);
        let all: Vec<_> = rows
            .map(|(&x, &y)| (Scale::Linear.position(x), figure.scale.position(y)))
            .filter(|(x, y)| !x.is_nan() && !y.is_nan())
            .collect();
        if all.is_empty() {
            let what = format!("{} on {}", figure.response.label, figure.predictor.label);
            return Err(FigureError::NothingToDraw { what });
        }
        let present = all.len();
        let drawn = present.min(MAX_POINTS);
        let points = (0..drawn).map(|i| all[i * present / drawn]).collect();
        let fit = figure.fit.map_or_else(|| fit_on_scale(figure.x, figure.y, figure.scale), Ok);
        Ok(Self { points, present, rows: figure.x.len(), fit })
    }

    /// Heights that the axis should reach: those of the points, and of the line's ends with its band unless those lie
    /// far away from the points.
    fn heights(&self) -> Vec<f64> {
        const FAR: f64 = 0.25;
        let mut heights: Vec<f64> = self.points.iter().map(|p| p.1).collect();
        let (Ok(fit), Some((low, high)), Some((first, last))) =
            (&self.fit, extent(heights.iter().copied()), extent(self.points.iter().map(|p| p.0)))
        else {
            return heights;
        };
        let (least, most) = (low - FAR * (high - low), high + FAR * (high - low));
        for x in [first, last] {
            let half_width = fit.half_width(x);
            heights.extend([-half_width, half_width].map(|d| (fit.at(x) + d).clamp(least, most)));
        }
        heights
    }

    /// What of the data is not in the picture.
    fn note(&self) -> Option<String> {
        let count = |n: usize| grouped(&n.to_string());
        let drawn = self.points.len();
        let total = self.fit.as_ref().map_or(self.present, |fit| self.present.max(fit.regression.n as usize));
        let missing = self.rows - self.present;
        let mut notes = Vec::new();
        if drawn < total {
            notes.push(format!("{} of {} patients drawn", count(drawn), count(total)));
        }
        if missing > 0 {
            notes.push(format!("{} without a value left out", count(missing)));
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

/// A figure's place on the sheet, in pixels.
struct Place {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

fn draw_one(
    sheet: &Area<'_>,
    place: &Place,
    figure: &RegressionFigure<'_>,
    cloud: &Cloud,
    y: &Axis,
    theme: &Theme,
) -> Result<(), FigureError> {
    let ticks = y.ticks.iter().map(|(_, label)| text_width(label, SMALL_PX, false)).fold(16.0, f64::max);
    let left_px = ticks + 34.0;
    let mut top = place.top;
    let text_left = place.left + left_px;
    if !figure.title.is_empty() {
        let style = Type::new(LABEL_PX + 0.5, theme.ink).bold();
        write(sheet, &printable(figure.title), (text_left, top + 9.0), style)?;
        top += TITLE_ROW_PX;
    }
    for (line, colour) in statistics(figure, &cloud.fit).iter().zip([theme.ink, theme.muted]) {
        write(sheet, &printable(line), (text_left, top + 8.0), Type::new(SMALL_PX, colour))?;
        top += LINE_PX;
    }
    top += 6.0;

    let x = Axis::of(Scale::Linear, cloud.points.iter().map(|p| p.0), 6)
        .ok_or_else(|| FigureError::NothingToDraw { what: figure.predictor.label.to_owned() })?;
    let around = Surroundings {
        x_title: Some(figure.predictor.title(Scale::Linear)),
        y_title: Some(figure.response.title(figure.scale)),
        left_px,
        below_px: AXIS_TITLE_PX,
    };
    let size = (place.right - 10.0 - place.left, place.bottom - top);
    let area =
        sheet.clone().shrink((units(place.left), units(top)), (units(size.0) as u32, units(size.1) as u32));
    let mut plot = axes(&area, &x, y, &around, theme)?;
    let opacity = (12.0 / (cloud.points.len() as f64).sqrt()).clamp(0.35, 0.6);
    let radius = if cloud.points.len() > 600 { 2.2 } else { 3.2 };
    let dot = theme.series(1).rgb().mix(opacity).filled();
    plot.draw_series(cloud.points.iter().map(|p| Circle::new(*p, units(radius), dot)))?;
    if let (Ok(fit), Some(reach)) = (&cloud.fit, extent(cloud.points.iter().map(|p| p.0))) {
        draw_line(&mut plot, fit, reach, y, theme)?;
    }
    if let Some(note) = cloud.note() {
        let style = Type::new(SMALL_PX, theme.muted).anchored(HPos::Left, VPos::Center);
        write(sheet, &note, (text_left, place.bottom + 12.0), style)?;
    }
    Ok(())
}

/// The line and its band over the drawn points, as far as the axis reaches.
fn draw_line(
    plot: &mut Plot<'_>,
    fit: &FittedLine,
    (low, high): (f64, f64),
    y: &Axis,
    theme: &Theme,
) -> Result<(), FigureError> {
    const PIECES: usize = 80;
    let xs: Vec<f64> = (0..=PIECES).map(|i| low + (high - low) * i as f64 / PIECES as f64).collect();
    let edge = |sign: f64| {
        let within = move |x: f64| (fit.at(x) + sign * fit.half_width(x)).clamp(y.range.0, y.range.1);
        xs.iter().map(move |&x| (x, within(x)))
    };
    let colour = theme.series(0);
    let mut band: Vec<_> = edge(1.0).collect();
    band.extend(edge(-1.0).collect::<Vec<_>>().into_iter().rev());
    plot.draw_series([Polygon::new(band, colour.rgb().mix(0.25).filled())])?;
    let line: Vec<_> = xs.iter().map(|&x| (x, fit.at(x))).filter(|p| y.contains(p.1)).collect();
    if line.len() > 1 {
        plot.draw_series([PathElement::new(line, stroke(colour, 2.2))])?;
    }
    Ok(())
}

/// What the fit says, in two lines; or why there is none.
fn statistics(figure: &RegressionFigure<'_>, fit: &Result<FittedLine, StatError>) -> [String; 2] {
    let fit = match fit {
        Ok(fit) => &fit.regression,
        Err(why) => return ["No line".to_owned(), why.to_string()],
    };
    let unit = |unit: &str| if unit == "1" { String::new() } else { unit.to_owned() };
    let (of, per) = (unit(figure.response.unit), unit(figure.predictor.unit));
    let of = if figure.scale == Scale::Log { format!("ln({of})") } else { of };
    let per = if per.is_empty() { "unit".to_owned() } else { per };
    let n = grouped(&fit.n.to_string());
    [
        format!("{}, r = {}, n = {n}", format_p(fit.log10_p), significant(fit.r, 2)),
        format!("slope = {} {of} per {per}", significant(fit.slope, 3)).replace("  ", " "),
    ]
}
