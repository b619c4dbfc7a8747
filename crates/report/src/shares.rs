//! Shares of a trial's patients beside those of virtual ones: a row for each.

use crate::axis::Axis;
use crate::error::FigureError;
use crate::font::{elided, text_width};
use crate::forest::Interval;
use crate::geometry::Rect;
use crate::plot::{AXIS_TITLE_PX, AxisTitles, Plot};
use crate::sheet::{MARGIN_PX, SMALL_PX, Sheet};
use crate::svg::{Align, Fill, Stroke, TextStyle};
use crate::theme::Theme;

/// One share, in percent.
#[derive(Clone, Debug, PartialEq)]
pub struct SharesRow {
    /// What is counted.
    pub label: String,
    /// That of the trial, with its interval.
    pub trial: Interval,
    /// That of all candidates.
    pub before: Option<f64>,
    /// That of the patients.
    pub after: Option<f64>,
}

/// What [`shares_figure`] draws.
#[derive(Clone, Debug, PartialEq)]
pub struct SharesFigure<'a> {
    /// Written above the panel unless it is empty.
    pub title: &'a str,
    /// What the bars, the hollow and the full dots are.
    pub legend: [&'a str; 3],
    /// The rows, from the top.
    pub rows: Vec<SharesRow>,
}

const ROW_PX: f64 = 30.0;
const LEGEND_PX: f64 = 28.0;
/// Longer labels are cut.
const LABEL_PX: f64 = 430.0;
const DOT_PX: f64 = 5.0;

/// Draws shares as SVG, 900 pixels wide: the trial's as a bar over its interval with a line at the share, those of candidates as
/// hollow dots, those of patients as full ones.
///
/// # Errors
/// [`FigureError::NothingToDraw`] without rows.
pub fn shares_figure(figure: &SharesFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    if figure.rows.is_empty() {
        return Err(FigureError::NothingToDraw { what: figure.title.to_owned() });
    }
    let mut sheet = Sheet::wide(figure.title, "Shares", theme);
    let labels: Vec<String> = figure.rows.iter().map(|row| elided(&row.label, LABEL_PX, SMALL_PX)).collect();
    let labels_px = labels.iter().map(|label| text_width(label, SMALL_PX, false)).fold(0.0, f64::max);
    let rows = figure.rows.len() as f64;
    let x = Axis::exact(0.0, 100.0, 5);
    let y = Axis { range: (-rows, 0.0), ticks: Vec::new() };
    let top = sheet.top() + LEGEND_PX;
    let left = sheet.left() + labels_px + 12.0;
    let frame = Rect { left, top, right: sheet.right() - 12.0, bottom: top + ROW_PX * rows };
    let plot =
        Plot::draw(&mut sheet, frame, &x, &y, AxisTitles { x: Some("Share of the patients (%)"), y: None });
    let (bar, dot) = (Fill::new(theme.series(5)).with_opacity(0.45), theme.series(0));
    let ring = |sheet: &mut Sheet<'_>, at| {
        sheet.elements.circle(at, DOT_PX, Fill::new(theme.muted));
        sheet.elements.circle(at, DOT_PX - 1.6, Fill::new(theme.surface));
    };
    for (number, (row, label)) in figure.rows.iter().zip(&labels).enumerate() {
        let middle = -(number as f64) - 0.5;
        let style = TextStyle::new(SMALL_PX, theme.ink).aligned(Align::Right);
        sheet.elements.text(label, (left - 8.0, plot.y_px(middle)), style);
        let body = plot.rect((row.trial.low, middle - 0.28), (row.trial.high, middle + 0.28));
        sheet.elements.rect(&body, bar);
        let at = plot.x_px(row.trial.middle);
        sheet.elements.line((at, body.top), (at, body.bottom), Stroke::new(theme.series(1), 2.4));
        if let Some(before) = row.before {
            ring(&mut sheet, plot.at((before, middle)));
        }
        if let Some(after) = row.after {
            sheet.elements.circle(plot.at((after, middle)), DOT_PX, Fill::new(dot));
        }
        let area = Rect { left: sheet.left(), top: body.top, right: frame.right, bottom: body.bottom };
        sheet.add_tooltip(area, tooltip(figure, row));
    }
    let mut at = left;
    let style = TextStyle::new(SMALL_PX, theme.ink);
    let height = top - 18.0;
    for (number, text) in figure.legend.iter().enumerate() {
        let centre = (at + 8.0, height);
        match number {
            0 => {
                sheet.elements.rect(&Rect::around(centre, (16.0, 11.0)), bar);
                sheet.elements.line(
                    (centre.0, height - 5.5),
                    (centre.0, height + 5.5),
                    Stroke::new(theme.series(1), 2.4),
                );
            }
            1 => ring(&mut sheet, centre),
            _ => sheet.elements.circle(centre, DOT_PX, Fill::new(dot)),
        }
        sheet.elements.text(text, (at + 22.0, height), style);
        at += 22.0 + text_width(text, SMALL_PX, false) + 20.0;
    }
    Ok(sheet.finish(frame.bottom + AXIS_TITLE_PX + MARGIN_PX))
}

fn tooltip(figure: &SharesFigure<'_>, row: &SharesRow) -> String {
    let [trial, before, after] = figure.legend;
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{share:.1} %"));
    let Interval { low, middle, high } = row.trial;
    format!(
        "{}: {trial} {middle:.1} % [{low:.1}, {high:.1}]; {before} {}; {after} {}",
        row.label,
        share(row.before),
        share(row.after)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_label_and_its_numbers() {
        let row = SharesRow {
            label: "Remission".to_owned(),
            trial: Interval { low: 70.0, middle: 81.0, high: 90.0 },
            before: Some(60.0),
            after: None,
        };
        let mut figure = SharesFigure { title: "", legend: ["trial", "drawn", "accepted"], rows: vec![row] };
        let svg = shares_figure(&figure, &Theme::LIGHT).unwrap();
        assert!(svg.contains("Remission: trial 81.0 % [70.0, 90.0]; drawn 60.0 %; accepted –"), "{svg}");
        figure.rows.clear();
        assert!(shares_figure(&figure, &Theme::LIGHT).is_err());
    }
}
