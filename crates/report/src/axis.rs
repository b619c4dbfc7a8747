//! Axes: what they are called, how far they reach, and which ticks a person would choose.

use crate::font::text_width;
use crate::number::tick;
use crate::sheet::SMALL_PX;

/// What an axis shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxisLabel<'a> {
    /// The quantity, without its unit.
    pub label: &'a str,
    /// The unit in plain text; empty or `1` for a pure number.
    pub unit: &'a str,
}

impl AxisLabel<'_> {
    /// `Peak inflammation (pg/mL)`, or `Peak inflammation (pg/mL, log scale)`.
    pub(crate) fn title(&self, scale: Scale) -> String {
        let log = if scale == Scale::Log { "log scale" } else { "" };
        let unit = if self.unit == "1" { "" } else { self.unit };
        let notes: Vec<_> = [unit, log].into_iter().filter(|s| !s.is_empty()).collect();
        if notes.is_empty() {
            self.label.to_owned()
        } else {
            format!("{} ({})", self.label, notes.join(", "))
        }
    }
}

/// How values are laid out along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences, equal distances.
    #[default]
    Linear,
    /// Equal ratios, equal distances. A fit is then one of ln(value).
    Log,
}

impl Scale {
    /// The position of a value on the axis; NaN if the axis cannot show it.
    pub(crate) fn position(self, value: f64) -> f64 {
        match self {
            _ if !plottable(value) => f64::NAN,
            Scale::Linear => value,
            Scale::Log if value > 1.0 / LARGEST => value.ln(),
            Scale::Log => f64::NAN,
        }
    }
}

/// No axis shows larger values, nor a logarithmic one values below the inverse, so that differences, products and ratios
/// of what is shown stay finite.
pub(crate) const LARGEST: f64 = 1e100;

/// Whether an axis can show a value.
pub(crate) fn plottable(value: f64) -> bool {
    value.abs() < LARGEST
}

/// One axis of one panel. Positions are values, or their logarithms on a logarithmic scale.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    /// First and last position.
    pub range: (f64, f64),
    /// Position and label of each tick.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// From `low` to `high` exactly, with about `wanted` ticks.
    pub fn exact(low: f64, high: f64, wanted: usize) -> Self {
        let (low, high) = widened(low, high);
        let step = nice_step((high - low) / wanted as f64);
        Self { range: (low, high), ticks: linear_ticks(low, high, step) }
    }

    /// Linear, from the tick below `low` to the tick above `high`; from 0 if that is not far away.
    pub fn around(low: f64, high: f64, wanted: usize) -> Self {
        let (mut low, high) = widened(low, high);
        if low > 0.0 && low < high / 3.0 {
            low = 0.0;
        }
        let step = nice_step((high - low) / wanted as f64);
        let (low, high) = ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step);
        Self { range: (low, high), ticks: linear_ticks(low, high, step) }
    }

    /// Logarithmic, around the positive values `low` to `high` with a little room.
    pub fn log(low: f64, high: f64, wanted: usize) -> Self {
        let (low, high) = if high / low < 1.001 { (low / 1.2, high * 1.2) } else { (low, high) };
        let room = 0.04 * (high.ln() - low.ln());
        let (from, to) = (low.ln() - room, high.ln() + room);
        Self { range: (from, to), ticks: log_ticks(from.exp(), to.exp(), wanted) }
    }

    /// Around these positions on `scale`; `None` if there is no position.
    pub fn of(scale: Scale, positions: impl Iterator<Item = f64>, wanted: usize) -> Option<Self> {
        let (low, high) = extent(positions)?;
        Some(match scale {
            Scale::Linear => Self::around(low, high, wanted),
            Scale::Log => Self::log(low.exp(), high.exp(), wanted),
        })
    }

    /// Whether a position is on the axis.
    pub fn contains(&self, position: f64) -> bool {
        self.range.0 <= position && position <= self.range.1
    }

    /// How far along the axis a position is, from 0 to 1.
    pub fn share(&self, position: f64) -> f64 {
        (position - self.range.0) / (self.range.1 - self.range.0)
    }

    /// Width of the widest tick label in pixels, at least that of two digits.
    pub fn labels_px(&self) -> f64 {
        const LEAST_PX: f64 = 16.0;
        self.ticks.iter().map(|(_, label)| text_width(label, SMALL_PX, false)).fold(LEAST_PX, f64::max)
    }
}

/// Least and greatest of the values that an axis can show.
pub(crate) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|v| plottable(*v)).fold(None, |range, v| {
        Some(range.map_or((v, v), |(low, high): (f64, f64)| (low.min(v), high.max(v))))
    })
}

/// The same range, or one around it if it has no width of which ticks could be made.
fn widened(low: f64, high: f64) -> (f64, f64) {
    const LEAST: f64 = 1.0 / LARGEST;
    let size = low.abs().max(high.abs());
    if high - low > (1e-9 * size).max(LEAST) {
        return (low, high);
    }
    let room = if size > LEAST { 0.1 * size } else { 1.0 };
    (low - room, high + room)
}

/// The number nearest to `wanted`, as a ratio, among 1, 2 and 5 times the powers of ten.
fn nice_step(wanted: f64) -> f64 {
    let power = 10f64.powf(wanted.log10().floor());
    let ratio = |factor: f64| (factor * power / wanted).ln().abs();
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().min_by(|a, b| ratio(*a).total_cmp(&ratio(*b)));
    factor.unwrap_or(1.0) * power
}

fn linear_ticks(low: f64, high: f64, step: f64) -> Vec<(f64, String)> {
    let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    let count = (last - first).clamp(0.0, 50.0) as usize;
    (0..=count)
        .map(|i| {
            let value = ((first + i as f64) * step).clamp(low, high);
            (value, tick(value, step))
        })
        .collect()
}

/// Powers of ten, or 1–2–5 or 1–3 of each, whichever comes nearest to `wanted`; round steps within one decade.
fn log_ticks(low: f64, high: f64, wanted: usize) -> Vec<(f64, String)> {
    let decades = (low.log10().floor() as i32)..=(high.log10().ceil() as i32);
    let thinning = (decades.clone().count() / wanted.max(1)).max(1) as i32;
    let of = |factors: &[f64], every: i32| -> Vec<(f64, String)> {
        decades
            .clone()
            .filter(|d| d % every == 0)
            .flat_map(|d| factors.iter().map(move |f| (f * 10f64.powi(d), 10f64.powi(d))))
            .filter(|(v, _)| low <= *v && *v <= high)
            .map(|(v, power)| (v.ln(), tick(v, power)))
            .collect()
    };
    let choices = [of(&[1.0], thinning), of(&[1.0, 3.0], 1), of(&[1.0, 2.0, 5.0], 1)];
    let best = choices.into_iter().min_by_key(|ticks| ticks.len().abs_diff(wanted)).unwrap_or_default();
    if best.len() >= 3 {
        return best;
    }
    let step = nice_step((high - low) / wanted as f64);
    linear_ticks(low, high, step).into_iter().filter(|t| t.0 > 0.0).map(|(v, text)| (v.ln(), text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> String {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_are_those_that_a_person_would_choose() {
        assert_eq!(labels(&Axis::exact(0.0, 30.0, 8)), "0 5 10 15 20 25 30");
        assert_eq!(labels(&Axis::exact(0.0, 180.0, 8)), "0 20 40 60 80 100 120 140 160 180");
        assert_eq!(labels(&Axis::around(133.0, 168.0, 4)), "130 140 150 160 170");
        assert_eq!(labels(&Axis::around(39.0, 300.0, 4)), "0 100 200 300");
        assert_eq!(labels(&Axis::around(0.12, 0.3, 4)), "0.10 0.15 0.20 0.25 0.30");
        assert_eq!(labels(&Axis::around(-3.0, 4.0, 4)), "−4 −2 0 2 4");
        assert_eq!(labels(&Axis::around(3e4, 9e4, 4)), "20,000 40,000 60,000 80,000 100,000");
    }

    #[test]
    fn logarithmic_ticks_suit_the_number_of_decades() {
        assert_eq!(labels(&Axis::log(100.0, 1000.0, 5)), "100 200 500 1000");
        assert_eq!(labels(&Axis::log(1.0, 1e5, 5)), "1 10 100 1000 10,000 100,000");
        assert_eq!(labels(&Axis::log(120.0, 260.0, 5)), "120 140 160 180 200 220 240 260");
        assert_eq!(labels(&Axis::log(0.02, 1.5, 5)), "0.03 0.1 0.3 1");
    }

    #[test]
    fn axes_of_hardly_any_range_still_have_a_width() {
        for value in [0.0, 5.0, -1e9, 1e-90, 1e99] {
            for axis in [Axis::around(value, value, 4), Axis::exact(value, value, 4)] {
                assert!(axis.range.0 < axis.range.1 && !axis.ticks.is_empty(), "{value}: {axis:?}");
            }
        }
        let axis = Axis::log(7.0, 7.0, 4);
        assert!(axis.range.0 < 7f64.ln() && 7f64.ln() < axis.range.1 && axis.ticks.len() > 1);
    }

    #[test]
    fn values_that_no_axis_shows_have_no_extent() {
        assert_eq!(extent([f64::NAN, f64::INFINITY, 1e300].into_iter()), None);
        assert_eq!(extent([2.0, f64::NAN, -1.0].into_iter()), Some((-1.0, 2.0)));
        assert!(Scale::Log.position(0.0).is_nan() && Scale::Log.position(1e-300).is_nan());
        assert!(Scale::Linear.position(f64::INFINITY).is_nan());
    }

    #[test]
    fn titles_say_the_unit_and_a_logarithmic_scale() {
        let peak = AxisLabel { label: "Peak", unit: "pg/mL" };
        assert_eq!(peak.title(Scale::Linear), "Peak (pg/mL)");
        assert_eq!(peak.title(Scale::Log), "Peak (pg/mL, log scale)");
        assert_eq!(AxisLabel { label: "Divisions", unit: "1" }.title(Scale::Linear), "Divisions");
    }
}
