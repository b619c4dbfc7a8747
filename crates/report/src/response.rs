//! Shares of patients over the levels of one number, as curves, or of two, as a response surface.

use crate::axis::{Axis, AxisLabel, Scale};
use crate::curve_labels::{CurveLabel, curve_labels_px, write_curve_labels};
use crate::error::FigureError;
use crate::font::{fitted, text_width};
use crate::forest::Interval;
use crate::geometry::Rect;
use crate::number::significant;
use crate::plot::{AXIS_TITLE_PX, AxisTitles, Plot, TICK_GAP_PX, Y_TITLE_PX};
use crate::sheet::{Columns, LABEL_PX, SMALL_PX, Sheet};
use crate::svg::{Align, Fill, Stroke, TextStyle};
use crate::theme::Theme;

/// A number and its levels, which are laid out at equal distances.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelAxis<'a> {
    /// What it is.
    pub axis: AxisLabel<'a>,
    /// Its levels, rising, as they are written.
    pub levels: Vec<String>,
}

/// One outcome, or the same outcome in other patients.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponsePanel {
    /// What it shows.
    pub heading: String,
    /// What else tells it from others, in a second line; may be empty.
    pub note: String,
    /// Shares in percent, for each level of the second number those of every level of the first.
    pub shares: Vec<Option<Interval>>,
    /// The one to be marked.
    pub marked: Option<usize>,
}

/// What [`response_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseFigure<'a> {
    /// Written above the panels unless it is empty.
    pub title: &'a str,
    /// The first number.
    pub x: LevelAxis<'a>,
    /// The second number; none where there is one alone.
    pub y: Option<LevelAxis<'a>>,
    /// Curves of one panel where there is one number, otherwise a surface each.
    pub panels: Vec<ResponsePanel>,
    /// Surfaces in a row.
    pub in_a_row: usize,
}

const CURVES_PX: f64 = 300.0;
const TILE_PX: f64 = 34.0;
const BETWEEN_PX: f64 = 22.0;
const HEADING_PX: f64 = 26.0;
const NOTE_PX: f64 = 17.0;
const GAP_PX: f64 = 16.0;
/// How opaque a tile is: of the least share, and of the greatest. Ink stays legible on both.
const OPACITY: (f64, f64) = (0.04, 0.62);

/// Draws shares of patients as SVG, 900 pixels wide: over one number as curves with 95 % intervals, over two as tiles, the
/// darker the more patients.
///
/// # Errors
/// [`FigureError::LengthMismatch`] if a panel does not have a share for each combination of levels;
/// [`FigureError::NothingToDraw`] without levels, or if there is no share at all.
pub fn response_figure(figure: &ResponseFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let expected = figure.x.levels.len() * figure.y.as_ref().map_or(1, |y| y.levels.len());
    if let Some(panel) = figure.panels.iter().find(|panel| panel.shares.len() != expected) {
        return Err(FigureError::LengthMismatch {
            what: panel.heading.clone(),
            expected,
            found: panel.shares.len(),
        });
    }
    if !figure
        .panels
        .iter()
        .flat_map(|panel| panel.shares.iter().flatten())
        .any(|share| share.middle.is_finite())
    {
        return Err(FigureError::NothingToDraw { what: figure.title.to_owned() });
    }
    Ok(match &figure.y {
        None => curves(figure, theme),
        Some(y) => surfaces(figure, y, theme),
    })
}

/// An axis with the levels at whole numbers.
fn level_axis(levels: &[String], room: f64) -> Axis {
    let ticks = levels.iter().enumerate().map(|(i, level)| (i as f64, level.clone())).collect();
    Axis { range: (-room, levels.len() as f64 - 1.0 + room), ticks }
}

fn curves(figure: &ResponseFigure<'_>, theme: &Theme) -> String {
    let mut sheet = Sheet::wide(figure.title, "Response", theme);
    let (x, y) = (level_axis(&figure.x.levels, 0.3), Axis::exact(0.0, 100.0, 5));
    let left = sheet.left() + TICK_GAP_PX + y.labels_px() + Y_TITLE_PX - 14.0;
    let right = sheet.right() - curve_labels_px(figure.panels.iter().map(|panel| panel.heading.as_str()));
    let top = sheet.top() + 4.0;
    let frame = Rect { left, top, right, bottom: top + CURVES_PX };
    let x_title = figure.x.axis.title(Scale::Linear);
    let titles = AxisTitles { x: Some(&x_title), y: Some("Patients (%)") };
    let plot = Plot::draw(&mut sheet, frame, &x, &y, titles);
    let mut labels = Vec::new();
    for (number, panel) in figure.panels.iter().enumerate() {
        let colour = theme.arm(number);
        let known: Vec<(usize, Interval)> =
            panel.shares.iter().enumerate().filter_map(|(i, share)| Some((i, (*share)?))).collect();
        let line = plot.all(known.iter().map(|(i, share)| (*i as f64, share.middle)));
        sheet.elements.polyline(&line, Stroke::new(colour, 2.2));
        let whiskers: Vec<_> = known
            .iter()
            .map(|(i, share)| (plot.at((*i as f64, share.low)), plot.at((*i as f64, share.high))))
            .collect();
        sheet.elements.segments(&whiskers, Stroke::new(colour, 1.4));
        for ((i, share), at) in known.iter().zip(&line) {
            if panel.marked == Some(*i) {
                sheet.elements.circle(*at, 7.5, Fill::new(colour).with_opacity(0.3));
            }
            sheet.elements.circle(*at, 4.2, Fill::new(colour));
            let area = Rect::around(*at, (18.0, 18.0));
            sheet.add_tooltip(area, tooltip(panel, &[&figure.x.levels[*i]], share));
        }
        if let Some(end) = line.last() {
            labels.push(CurveLabel { text: panel.heading.clone(), end: *end, colour });
        }
    }
    write_curve_labels(&mut sheet, &labels, &frame);
    sheet.finish(frame.bottom + AXIS_TITLE_PX + GAP_PX)
}

fn surfaces(figure: &ResponseFigure<'_>, y: &LevelAxis<'_>, theme: &Theme) -> String {
    let mut sheet = Sheet::wide(figure.title, "Response surface", theme);
    let (x_axis, y_axis) = (level_axis(&figure.x.levels, 0.5), level_axis(&y.levels, 0.5));
    let left = sheet.left() + TICK_GAP_PX + y_axis.labels_px() + Y_TITLE_PX - 14.0;
    let in_a_row = figure.panels.len().min(figure.in_a_row.max(1));
    let columns = Columns::new(left, sheet.right(), in_a_row, BETWEEN_PX);
    let (x_title, y_title) = (figure.x.axis.title(Scale::Linear), y.axis.title(Scale::Linear));
    let height = TILE_PX * y.levels.len() as f64;
    let height = height.max(text_width(&y_title, LABEL_PX, false));
    let has_notes = figure.panels.iter().any(|panel| !panel.note.is_empty());
    let headings_px = HEADING_PX + if has_notes { NOTE_PX } else { 0.0 };
    let step = headings_px + height + AXIS_TITLE_PX + GAP_PX;
    let size = |text: fn(&ResponsePanel) -> &str, wanted: f64, bold: bool| {
        figure
            .panels
            .iter()
            .map(|panel| fitted(text(panel), columns.width, wanted, bold))
            .fold(wanted, f64::min)
    };
    let heading_size = size(|panel| &panel.heading, LABEL_PX, true);
    let note_size = size(|panel| &panel.note, SMALL_PX, false);
    let greatest = figure
        .panels
        .iter()
        .flat_map(|panel| panel.shares.iter().flatten())
        .map(|share| share.middle)
        .fold(0.0, f64::max);
    let no_ticks = Axis { ticks: Vec::new(), ..y_axis.clone() };
    for (number, panel) in figure.panels.iter().enumerate() {
        let left = columns.left(number % in_a_row);
        let top = sheet.top() + step * (number / in_a_row) as f64 + headings_px;
        let frame = Rect { left, top, right: left + columns.width, bottom: top + height };
        let is_first = number % in_a_row == 0;
        let titles = AxisTitles { x: Some(&x_title), y: is_first.then_some(y_title.as_str()) };
        let heading = TextStyle::new(heading_size, theme.ink).bold();
        sheet.elements.text(&panel.heading, (left, top - headings_px + 13.0), heading);
        if !panel.note.is_empty() {
            sheet.elements.text(&panel.note, (left, top - 13.0), TextStyle::new(note_size, theme.muted));
        }
        let plot = Plot::draw(&mut sheet, frame, &x_axis, if is_first { &y_axis } else { &no_ticks }, titles);
        let tile = |i: usize| {
            let (column, row) = ((i % figure.x.levels.len()) as f64, (i / figure.x.levels.len()) as f64);
            plot.rect((column - 0.5, row - 0.5), (column + 0.5, row + 0.5))
        };
        for (i, share) in panel.shares.iter().enumerate() {
            let Some(share) = share else { continue };
            let area = tile(i);
            let opacity = OPACITY.0 + (OPACITY.1 - OPACITY.0) * share.middle / greatest.max(1e-9);
            sheet.elements.rect(&area, Fill::new(theme.surface));
            sheet.elements.rect(&area, Fill::new(theme.series(1)).with_opacity(opacity));
            let text = written(share.middle);
            let size = fitted(&text, area.width() - 4.0, SMALL_PX, false);
            let style = TextStyle::new(size, theme.ink).aligned(Align::Middle);
            let style = if panel.marked == Some(i) { style.bold() } else { style };
            sheet.elements.text(&text, area.centre(), style);
            let levels = [&figure.x.levels[i % figure.x.levels.len()], &y.levels[i / figure.x.levels.len()]];
            sheet.add_tooltip(area, tooltip(panel, &levels.map(String::as_str), share));
        }
        if let Some(marked) = panel.marked {
            sheet.elements.frame(&tile(marked), Stroke::new(theme.series(0), 2.6));
        }
    }
    let rows = figure.panels.len().div_ceil(in_a_row.max(1)) as f64;
    let bottom = sheet.top() + step * rows;
    sheet.finish(bottom)
}

/// A share in percent with as many digits as a tile has room for.
fn written(percent: f64) -> String {
    significant(percent, if percent < 9.95 { 2 } else { 3 })
}

fn tooltip(panel: &ResponsePanel, levels: &[&str], share: &Interval) -> String {
    let Interval { low, middle, high } = share;
    let [low, middle, high] = [low, middle, high].map(|percent| written(*percent));
    {
        let note = if panel.note.is_empty() { String::new() } else { format!(", {}", panel.note) };
        format!("{}{note}: {} at {middle} %, 95 % CI [{low}, {high}]", panel.heading, levels.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(y: Option<&[&str]>, shares: &[f64]) -> ResponseFigure<'static> {
        let axis = |levels: &[&str]| LevelAxis {
            axis: AxisLabel { label: "Dose", unit: "1" },
            levels: levels.iter().map(|level| (*level).to_owned()).collect(),
        };
        let share = |middle: &f64| Some(Interval { low: middle - 1.0, middle: *middle, high: middle + 1.0 });
        let panel = ResponsePanel {
            heading: "Remission".to_owned(),
            note: String::new(),
            shares: shares.iter().map(share).collect(),
            marked: Some(1),
        };
        ResponseFigure { title: "", x: axis(&["0.5", "2"]), y: y.map(axis), panels: vec![panel], in_a_row: 3 }
    }

    #[test]
    fn one_number_gives_curves_and_two_give_tiles() {
        let curves = response_figure(&figure(None, &[20.0, 40.0]), &Theme::LIGHT).unwrap();
        assert!(
            curves.contains("<polyline") && curves.contains("Remission: 2 at 40.0 %, 95 % CI [39.0, 41.0]")
        );
        let tiles =
            response_figure(&figure(Some(&["a", "b"]), &[1.0, 2.0, 3.0, 4.0]), &Theme::LIGHT).unwrap();
        assert!(tiles.contains("Remission: 0.5 and b at 3.0 %") && tiles.contains(">4.0</text>"), "{tiles}");
    }

    #[test]
    fn bad_shares_are_refused() {
        let error = response_figure(&figure(None, &[20.0]), &Theme::LIGHT).unwrap_err();
        assert!(matches!(error, FigureError::LengthMismatch { expected: 2, found: 1, .. }), "{error}");
        let mut empty = figure(None, &[1.0, 2.0]);
        empty.panels[0].shares = vec![None, None];
        assert!(response_figure(&empty, &Theme::LIGHT).is_err());
    }
}
