//! Waterfall plots: the change within each patient, from the greatest rise to the greatest fall.

use crate::axis::{Axis, AxisLabel, Scale};
use crate::error::FigureError;
use crate::font::text_width;
use crate::geometry::{Point, Rect};
use crate::number::{grouped, significant};
use crate::page::percent;
use crate::plot::{AXIS_TITLE_PX, AxisTitles, Plot, TICK_GAP_PX};
use crate::sheet::{LABEL_PX, SMALL_PX, Sheet};
use crate::svg::{Align, Fill, Stroke, TextStyle};
use crate::theme::{Colour, Theme};
use cartrial_model::Direction;

/// What [`waterfall_figure`] draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaterfallFigure<'a> {
    /// Written above the panel unless it is empty.
    pub title: &'a str,
    /// What changes, with its unit: `Change of peak inflammation`.
    pub change: AxisLabel<'a>,
    /// Arm minus reference of each patient, in any order: 0 where nothing changes, NaN where a patient has none.
    pub differences: &'a [f64],
    /// Which changes are for the better.
    pub better: Direction,
}

const HEADING_PX: f64 = 52.0;
const PLOT_PX: f64 = 250.0;
const RIGHT_PX: f64 = 12.0;
const KEY_PX: f64 = 11.0;
const BETWEEN_PX: f64 = 22.0;
/// If there are more patients than this, the outline is drawn instead of a bar for each.
const MOST_BARS: usize = 400;
/// Points of that outline.
const OUTLINE: usize = 1000;
/// The axis is cut at either end if that makes it less than half as long and hides no more than this share of the patients...
const HIDDEN: f64 = 0.005;
/// ... and of those who changed this way.
const HIDDEN_OF_CHANGED: f64 = 0.1;

/// Draws each patient's change as SVG, 900 pixels wide: a bar for each, or the outline if they are many, from the greatest rise
/// at the left to the greatest fall at the right. It says which share of the patients changed which way, and the median change.
/// Where a few extreme patients would make the others invisible, it cuts the axis and says how many lie beyond it.
///
/// # Errors
/// [`FigureError::NothingToDraw`] if there is no difference.
pub fn waterfall_figure(figure: &WaterfallFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let sorted = SortedChanges::of(figure)?;
    let (low, high) = sorted.limits();
    let y = Axis::around(low.min(0.0), high.max(0.0), 6);
    let x = Axis::exact(0.0, 100.0, 10);
    let mut sheet = Sheet::wide(figure.title, figure.change.label, theme);
    let top = sheet.top() + HEADING_PX;
    let frame = Rect {
        left: sheet.left() + y.labels_px() + TICK_GAP_PX,
        top,
        right: sheet.right() - RIGHT_PX,
        bottom: top + PLOT_PX,
    };
    let heading = TextStyle::new(LABEL_PX, theme.ink).bold();
    let at = (sheet.left(), top - 40.0);
    sheet.elements.text(&figure.change.title(Scale::Linear), at, heading);
    let titles = AxisTitles { x: Some("Patients, by their change (%)"), y: None };
    let plot = Plot::draw(&mut sheet, frame, &x, &y, titles);
    let colours = colours(figure.better, theme);
    if sorted.values.len() <= MOST_BARS {
        draw_bars(&mut sheet, &plot, &sorted, colours);
    } else {
        draw_outline(&mut sheet, &plot, &sorted, colours);
    }
    sheet.elements.line(plot.at((0.0, 0.0)), plot.at((100.0, 0.0)), Stroke::new(theme.muted, 1.2));
    add_tooltips(&mut sheet, &plot, &sorted);
    let median = (50.0, sorted.median());
    if y.contains(median.1) {
        sheet.elements.circle(plot.at(median), 5.5, Fill::new(theme.surface));
        sheet.elements.circle(plot.at(median), 4.0, Fill::new(theme.ink));
    }
    let at = (sheet.left(), top - 18.0);
    write_shares(&mut sheet, figure, &sorted, at);
    if let Some(note) = sorted.beyond(&y) {
        let style = TextStyle::new(SMALL_PX, theme.muted).aligned(Align::Right);
        sheet.elements.text(&note, (frame.right, top - 40.0), style);
    }
    Ok(sheet.finish(frame.bottom + AXIS_TITLE_PX + 8.0))
}

/// Has a browser say the change at each fiftieth of the patients.
fn add_tooltips(sheet: &mut Sheet<'_>, plot: &Plot<'_>, sorted: &SortedChanges) {
    const AREAS: u32 = 50;
    for i in 0..AREAS {
        let percent = |i: f64| 100.0 * i / f64::from(AREAS);
        let middle = percent(f64::from(i) + 0.5);
        let (left, right) = (plot.x_px(percent(f64::from(i))), plot.x_px(percent(f64::from(i + 1))));
        let value = significant(sorted.at(0.01 * middle), 3);
        let text = format!("{} % of patients: {value} or more", significant(middle, 2));
        sheet.add_tooltip(Rect { left, right, ..plot.frame }, text);
    }
}

/// The colours of a rise and of a fall. Worse is orange, better blue.
fn colours(better: Direction, theme: &Theme) -> [Colour; 2] {
    let (orange, blue) = (theme.series(0), theme.series(1));
    if better == Direction::Higher { [blue, orange] } else { [orange, blue] }
}

/// The differences from the greatest to the least, and how many of them are above, within and below no change.
struct SortedChanges {
    values: Vec<f64>,
    risen: usize,
    same: usize,
    fallen: usize,
}

impl SortedChanges {
    fn of(figure: &WaterfallFigure<'_>) -> Result<Self, FigureError> {
        let mut values: Vec<f64> = figure.differences.iter().copied().filter(|d| d.abs() < 1e100).collect();
        if values.is_empty() {
            return Err(FigureError::NothingToDraw { what: figure.change.label.to_owned() });
        }
        values.sort_by(|a, b| b.total_cmp(a));
        let risen = values.iter().filter(|d| **d > 0.0).count();
        let fallen = values.iter().filter(|d| **d < 0.0).count();
        let same = values.len() - risen - fallen;
        Ok(Self { values, risen, same, fallen })
    }

    /// The value that this share of the patients reaches or exceeds.
    fn at(&self, share: f64) -> f64 {
        let last = self.values.len() - 1;
        self.values[((share * self.values.len() as f64) as usize).min(last)]
    }

    fn median(&self) -> f64 {
        let n = self.values.len();
        0.5 * (self.values[(n - 1) / 2] + self.values[n / 2])
    }

    /// Least and greatest value that the axis is to show.
    fn limits(&self) -> (f64, f64) {
        let (high, low) = (self.values[0].max(0.0), self.values[self.values.len() - 1].min(0.0));
        let n = self.values.len();
        let hidden = |changed: usize| (HIDDEN * n as f64).min(HIDDEN_OF_CHANGED * changed as f64) as usize;
        let (least, most) =
            (self.values[n - 1 - hidden(self.fallen)].min(0.0), self.values[hidden(self.risen)].max(0.0));
        let cut = most > least && high - low >= 2.0 * (most - least);
        if cut { (least, most) } else { (low, high) }
    }

    /// How many values are beyond the axis, and how far they go.
    fn beyond(&self, axis: &Axis) -> Option<String> {
        // A value that only rounding puts beyond an axis that ends on a tick counts as on its edge.
        let (low, high) = axis.range;
        let rounding = 1e-6 * (high - low);
        let above = self.values.iter().filter(|v| **v > high + rounding).count();
        let below = self.values.iter().filter(|v| **v < low - rounding).count();
        let patients = match above + below {
            0 => return None,
            1 => "1 patient".to_owned(),
            n => format!("{} patients", grouped(&n.to_string())),
        };
        let [most, least] = [self.values[0], self.values[self.values.len() - 1]].map(|v| significant(v, 3));
        let reach = match (above, below) {
            (_, 0) => format!("up to {most}"),
            (0, _) => format!("down to {least}"),
            _ => format!("up to {most} and down to {least}"),
        };
        Some(format!("{patients} beyond the axis, {reach}"))
    }
}

fn draw_bars(sheet: &mut Sheet<'_>, plot: &Plot<'_>, sorted: &SortedChanges, colours: [Colour; 2]) {
    let wide = 100.0 / sorted.values.len() as f64;
    // A gap between bars unless that makes them too thin.
    let gap = if sorted.values.len() <= 120 { 0.12 * wide } else { 0.0 };
    for (i, &value) in sorted.values.iter().enumerate().filter(|(_, v)| **v != 0.0) {
        let (from, height) = (wide * i as f64, value.clamp(plot.y.range.0, plot.y.range.1));
        let bar = plot.rect((from + gap, 0.0), (from + wide - gap, height));
        sheet.elements.rect(&bar, Fill::new(colours[usize::from(value < 0.0)]).with_opacity(0.8));
    }
}

fn draw_outline(sheet: &mut Sheet<'_>, plot: &Plot<'_>, sorted: &SortedChanges, colours: [Colour; 2]) {
    let n = sorted.values.len();
    let parts = [(0, sorted.risen, 0), (n - sorted.fallen, n, 1)];
    for (from, to, colour) in parts.into_iter().filter(|(from, to, _)| from < to) {
        let pieces = OUTLINE.min(to - from);
        let share = |i: usize| 100.0 * i as f64 / n as f64;
        let curve: Vec<_> = (0..=pieces)
            .map(|piece| {
                let i = from + piece * (to - from) / pieces;
                (share(i), sorted.values[i.min(to - 1)].clamp(plot.y.range.0, plot.y.range.1))
            })
            .collect();
        let area = [(share(from), 0.0)].into_iter().chain(curve.clone()).chain([(share(to), 0.0)]);
        sheet.elements.polygon(&plot.all(area), Fill::new(colours[colour]).with_opacity(0.45));
        sheet.elements.polyline(&plot.all(curve), Stroke::new(colours[colour], 1.8));
    }
}

/// Says in a line which share of the patients changed which way.
fn write_shares(
    sheet: &mut Sheet<'_>,
    figure: &WaterfallFigure<'_>,
    sorted: &SortedChanges,
    (left, y): Point,
) {
    let theme = sheet.theme;
    let n = sorted.values.len();
    let share = |count: usize| percent(count as f64 / n as f64);
    let [rise, fall] = colours(figure.better, theme);
    let [up, down] = match figure.better {
        Direction::Lower => ["higher: worse", "lower: better"],
        Direction::Higher => ["higher: better", "lower: worse"],
        Direction::Neither => ["higher", "lower"],
    };
    let median = match sorted.median() {
        0.0 => "median unchanged".to_owned(),
        median => format!("median {} {}", signed(median), figure.change.unit),
    };
    let parts = [
        ((sorted.risen > 0).then_some(rise), format!("{} {up}", share(sorted.risen))),
        (None, format!("{} unchanged", share(sorted.same))),
        ((sorted.fallen > 0).then_some(fall), format!("{} {down}", share(sorted.fallen))),
        (Some(theme.ink), median),
        (None, format!("{} patients", grouped(&n.to_string()))),
    ];
    let mut x = left;
    for (i, (key, text)) in parts.iter().enumerate() {
        let text = text.trim_end();
        if let Some(colour) = key {
            let middle = (x + 0.5 * KEY_PX, y);
            if *colour == theme.ink {
                sheet.elements.circle(middle, 4.0, Fill::new(*colour));
            } else {
                let key = Rect::around(middle, (KEY_PX, KEY_PX));
                sheet.elements.rect(&key, Fill::new(*colour).with_opacity(0.8));
            }
            x += KEY_PX + 6.0;
        }
        let ink = if i + 1 == parts.len() { theme.muted } else { theme.ink };
        sheet.elements.text(text, (x, y), TextStyle::new(SMALL_PX, ink));
        x += text_width(text, SMALL_PX, false) + BETWEEN_PX;
    }
}

fn signed(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", significant(value, 3))
}
