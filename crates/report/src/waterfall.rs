//! What a treatment changes within each patient, from the greatest rise to the greatest fall.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use crate::axis::{Axis, AxisLabel, Scale};
use crate::canvas::{
    Area, LABEL_PX, MARGIN_PX, SMALL_PX, Type, WIDTH_PX, below_title_px, draw, printable, stroke, units,
    write, write_title,
};
use crate::error::FigureError;
use crate::font::text_width;
use crate::hover::with_hover;
use crate::number::{grouped, significant};
use crate::page::percent;
use crate::panel::{AXIS_TITLE_PX, Plot, Surroundings, axes, on_sheet};
use crate::placement::Rect;
use crate::theme::{Colour, Theme};

/// Which way a change is for the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// A fall, as of toxicity.
    Lower,
    /// A rise.
    Higher,
    /// Neither: it says lower and higher only.
    Unsaid,
}

/// What [`waterfall_figure`] draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaterfallFigure<'a> {
    /// Above the panel; empty leaves it out.
    pub title: &'a str,
    /// What changes, with its unit: `Change of peak inflammation`.
    pub change: AxisLabel<'a>,
    /// Arm minus reference of each patient, in any order; NaN where a patient has none.
    pub differences: &'a [f64],
    /// Which way is better.
    pub better: Better,
    /// Changes no larger than this count as none.
    pub unchanged_within: f64,
}

const HEADING_PX: f64 = 52.0;
const PLOT_PX: f64 = 250.0;
const RIGHT_PX: f64 = 12.0;
const KEY_PX: f64 = 11.0;
const BETWEEN_PX: f64 = 22.0;
/// Of more patients than this the outline is drawn instead of a bar for each.
const MOST_BARS: usize = 400;
/// Points of that outline.
const OUTLINE: usize = 1000;
/// The axis is cut at these quantiles if that makes it less than half as long.
const SHOWN: [f64; 2] = [0.005, 0.995];

/// Draws each patient's change as SVG, 900 pixels wide: bars, or of many patients their outline, from the greatest rise
/// at the left to the greatest fall at the right. It says which share of patients changed which way, the median change,
/// and how many lie beyond the axis where a few extreme ones would have made the others invisible.
///
/// # Errors
/// [`FigureError::NothingToDraw`] if there is no difference.
pub fn waterfall_figure(figure: &WaterfallFigure<'_>, theme: &Theme) -> Result<String, FigureError> {
    let sorted = Sorted::of(figure)?;
    let (low, high) = sorted.limits();
    let y = Axis::around(low.min(0.0), high.max(0.0), 6);
    let x = Axis::exact(0.0, 100.0, 10);
    let ticks = y.ticks.iter().map(|t| text_width(&t.1, SMALL_PX, false)).fold(20.0, f64::max) + 14.0;
    let top = below_title_px(figure.title) + HEADING_PX;
    let height = top + PLOT_PX + AXIS_TITLE_PX + 8.0;
    let heading = printable(&figure.change.title(Scale::Linear));
    let name = if figure.title.is_empty() { figure.change.label } else { figure.title };
    let mut places = Vec::new();
    let svg = draw((WIDTH_PX as u32, height.ceil() as u32), name, theme, |sheet| {
        write_title(sheet, figure.title, theme)?;
        write(sheet, &heading, (MARGIN_PX, top - 40.0), Type::new(LABEL_PX, theme.ink).bold())?;
        let area = sheet.clone().shrink(
            (units(MARGIN_PX), units(top)),
            (units(WIDTH_PX - 2.0 * MARGIN_PX - RIGHT_PX) as u32, units(PLOT_PX + AXIS_TITLE_PX) as u32),
        );
        let around = Surroundings {
            x_title: Some("Patients, by their change (%)".to_owned()),
            y_title: None,
            left_px: ticks,
            below_px: AXIS_TITLE_PX,
        };
        let mut plot = axes(&area, &x, &y, &around, theme)?;
        let [rise, fall] = colours(figure.better, theme);
        if sorted.values.len() <= MOST_BARS {
            draw_bars(&mut plot, &sorted, &y, [rise, fall])?;
        } else {
            draw_outline(&mut plot, &sorted, &y, [rise, fall])?;
        }
        plot.draw_series([PathElement::new([(0.0, 0.0), (100.0, 0.0)], stroke(theme.muted, 1.2))])?;
        let (left, above) = on_sheet(&plot, (0.0, y.range.1));
        let (right, below) = on_sheet(&plot, (100.0, y.range.0));
        for i in 0..50 {
            let share = (f64::from(i) + 0.5) / 50.0;
            let wide = (right - left) / 50.0;
            let from = left + wide * f64::from(i);
            let place = Rect { left: from, top: above, right: from + wide, bottom: below };
            let value = significant(sorted.at(share), 3);
            places.push((place, format!("{} % of patients: {value} or more", significant(100.0 * share, 2))));
        }
        let median = (50.0, sorted.median());
        if y.contains(median.1) {
            plot.draw_series([
                Circle::new(median, units(5.5), theme.surface.rgb().filled()),
                Circle::new(median, units(4.0), theme.ink.rgb().filled()),
            ])?;
        }
        write_shares(sheet, figure, &sorted, (MARGIN_PX, top - 18.0), theme)?;
        if let Some(note) = sorted.beyond(&y) {
            let style = Type::new(SMALL_PX, theme.muted).anchored(HPos::Right, VPos::Center);
            write(sheet, &note, (right, top - 40.0), style)?;
        }
        Ok(())
    })?;
    Ok(with_hover(&svg, &places))
}

/// Of a rise and of a fall. Worse is orange, better blue.
fn colours(better: Better, theme: &Theme) -> [Colour; 2] {
    let (orange, blue) = (theme.series(0), theme.series(1));
    if better == Better::Higher { [blue, orange] } else { [orange, blue] }
}

/// The differences from the greatest to the least, and how many of them are above, within and below no change.
struct Sorted {
    values: Vec<f64>,
    risen: usize,
    same: usize,
    fallen: usize,
}

impl Sorted {
    fn of(figure: &WaterfallFigure<'_>) -> Result<Self, FigureError> {
        let mut values: Vec<f64> = figure.differences.iter().copied().filter(|d| d.abs() < 1e100).collect();
        if values.is_empty() {
            return Err(FigureError::NothingToDraw { what: figure.change.label.to_owned() });
        }
        values.sort_by(|a, b| b.total_cmp(a));
        let within = figure.unchanged_within.max(0.0);
        let risen = values.iter().filter(|d| **d > within).count();
        let fallen = values.iter().filter(|d| **d < -within).count();
        let same = values.len() - risen - fallen;
        Ok(Self { values, risen, same, fallen })
    }

    /// The value that this share of the patients is at least.
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
        let robust = SHOWN.map(|share| self.at(1.0 - share));
        let (least, most) = (robust[0].min(0.0), robust[1].max(0.0));
        let cut = most > least && high - low >= 2.0 * (most - least);
        if cut { (least, most) } else { (low, high) }
    }

    /// How many values are beyond the axis, and how far they go.
    fn beyond(&self, axis: &Axis) -> Option<String> {
        // What an axis that ends on a tick leaves out by rounding alone stands on its edge.
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

fn draw_bars(
    plot: &mut Plot<'_>,
    sorted: &Sorted,
    y: &Axis,
    colours: [Colour; 2],
) -> Result<(), FigureError> {
    let wide = 100.0 / sorted.values.len() as f64;
    // Apart where that leaves bars of some width.
    let gap = if sorted.values.len() <= 120 { 0.12 * wide } else { 0.0 };
    let bars = sorted.values.iter().enumerate().filter(|(_, v)| **v != 0.0).map(|(i, &v)| {
        let from = wide * i as f64;
        let bar = [(from + gap, 0.0), (from + wide - gap, v.clamp(y.range.0, y.range.1))];
        Rectangle::new(bar, colours[usize::from(v < 0.0)].rgb().mix(0.8).filled())
    });
    plot.draw_series(bars)?;
    Ok(())
}

fn draw_outline(
    plot: &mut Plot<'_>,
    sorted: &Sorted,
    y: &Axis,
    colours: [Colour; 2],
) -> Result<(), FigureError> {
    let n = sorted.values.len();
    let parts = [(0, sorted.risen, 0), (n - sorted.fallen, n, 1)];
    for (from, to, colour) in parts.into_iter().filter(|(from, to, _)| from < to) {
        let pieces = OUTLINE.min(to - from);
        let share = |i: usize| 100.0 * i as f64 / n as f64;
        let mut outline = vec![(share(from), 0.0)];
        for piece in 0..=pieces {
            let i = from + piece * (to - from) / pieces;
            let value = sorted.values[i.min(to - 1)].clamp(y.range.0, y.range.1);
            outline.push((share(i), value));
        }
        outline.push((share(to), 0.0));
        let top = outline[1..outline.len() - 1].to_vec();
        plot.draw_series([Polygon::new(outline, colours[colour].rgb().mix(0.45).filled())])?;
        plot.draw_series([PathElement::new(top, stroke(colours[colour], 1.8))])?;
    }
    Ok(())
}

/// Says in a line which share changed which way.
fn write_shares(
    sheet: &Area<'_>,
    figure: &WaterfallFigure<'_>,
    sorted: &Sorted,
    (left, y): (f64, f64),
    theme: &Theme,
) -> Result<(), FigureError> {
    let n = sorted.values.len();
    let share = |count: usize| percent(count as f64 / n as f64);
    let [rise, fall] = colours(figure.better, theme);
    let [up, down] = match figure.better {
        Better::Lower => ["higher: worse", "lower: better"],
        Better::Higher => ["higher: better", "lower: worse"],
        Better::Unsaid => ["higher", "lower"],
    };
    let median = match sorted.median() {
        median if median.abs() <= figure.unchanged_within => "median unchanged".to_owned(),
        median => format!("median {} {}", signed(median), figure.change.unit),
    };
    let parts = [
        (Some(rise), format!("{} {up}", share(sorted.risen))),
        (None, format!("{} unchanged", share(sorted.same))),
        (Some(fall), format!("{} {down}", share(sorted.fallen))),
        (Some(theme.ink), median),
        (None, format!("{} patients", grouped(&n.to_string()))),
    ];
    let mut x = left;
    for (i, (key, text)) in parts.iter().enumerate() {
        let text = printable(text.trim_end());
        if let Some(colour) = key {
            let middle = (units(x + 0.5 * KEY_PX), units(y));
            if *colour == theme.ink {
                sheet.draw(&Circle::new(middle, units(4.0), colour.rgb().filled()))?;
            } else {
                let half = units(0.5 * KEY_PX);
                let key = [(middle.0 - half, middle.1 - half), (middle.0 + half, middle.1 + half)];
                sheet.draw(&Rectangle::new(key, colour.rgb().mix(0.8).filled()))?;
            }
            x += KEY_PX + 6.0;
        }
        let ink = if i + 1 == parts.len() { theme.muted } else { theme.ink };
        let style = Type::new(SMALL_PX, ink).anchored(HPos::Left, VPos::Center);
        write(sheet, &text, (x, y), style)?;
        x += text_width(&text, SMALL_PX, false) + BETWEEN_PX;
    }
    Ok(())
}

fn signed(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", significant(value, 3))
}
