//! Counts in equal bins over a range that need not be known beforehand.

use crate::magnitude_counts::MagnitudeCounts;
use crate::segments::MOST_ROWS;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Bins in all. The values then occupy at least half of them, unless they are all but equal.
const BINS: usize = 4096;
/// Half a bin of a single value v is about 2^−LEAST_RELATIVE_BITS |v|; smaller differences are not resolved.
const LEAST_RELATIVE_BITS: i32 = 40;

/// What k can be.
const EXPONENTS: RangeInclusive<i32> = -1000..=1023;

/// Mergeable histogram in memory that does not grow with the number of values: bins [i·w, (i+1)·w) of the least width
/// w = 2ᵏ at which all values fall into 4096 consecutive ones.
///
/// Widths are powers of two and edges multiples of them, so a coarser histogram is exactly the finer one with bins
/// added up: the counts depend on the values alone, not on their order, their portions, or how histograms were merged.
/// NaN counts as missing, an infinite value as beyond the range.
///
/// Most of a skewed outcome may lie in the first of these bins: a tumour's nadir is 0.01 in one patient and 900 in
/// another. So quantiles look at counts by magnitude too, which are kept beside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// k of the bins' width 2ᵏ; nothing as long as there is no value.
    exponent: Option<i32>,
    /// i of the first bin.
    first: i64,
    counts: Vec<u64>,
    magnitudes: MagnitudeCounts,
    n: u64,
    missing: u64,
    infinite: u64,
    min: f64,
    max: f64,
}

/// One bar: values in [low, high), of the last bar also those at its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Lower end, in the unit of the values.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Values in it.
    pub count: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl Histogram {
    /// A histogram of no values.
    pub fn new() -> Self {
        Self {
            exponent: None,
            first: 0,
            counts: Vec::new(),
            magnitudes: MagnitudeCounts::default(),
            n: 0,
            missing: 0,
            infinite: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }

    /// Adds values; NaN counts as missing.
    pub fn extend(&mut self, values: &[f64]) {
        if !all_finite(values) {
            let finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
            let missing = values.iter().filter(|v| v.is_nan()).count();
            self.missing += missing as u64;
            self.infinite += (values.len() - missing - finite.len()) as u64;
            return self.extend(&finite);
        }
        if values.is_empty() {
            return;
        }
        let (low, high) = range(values);
        let (low, high) = (self.min.min(low), self.max.max(high));
        if (low, high) != (self.min, self.max) {
            self.reach(low, high, coarsest(low, high));
            self.magnitudes.reach(low, high);
        }
        self.n += values.len() as u64;
        self.magnitudes.extend(values);
        let per_width = width(-self.exponent.unwrap_or(0));
        let first = self.first as f64;
        // Without a negative value, v/w − first is exact, so that cutting it off is what rounding v/w down would be.
        if self.first >= 0 {
            values.iter().for_each(|v| self.counts[(v * per_width - first) as usize % BINS] += 1);
        } else {
            values.iter().for_each(|v| self.counts[((v * per_width).floor() - first) as usize % BINS] += 1);
        }
    }

    /// Adds the values of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.missing += other.missing;
        self.infinite += other.infinite;
        let Some(theirs) = other.exponent else { return };
        let (low, high) = (self.min.min(other.min), self.max.max(other.max));
        self.reach(low, high, coarsest(low, high).max(theirs));
        self.magnitudes.merge(&other.magnitudes);
        let mut other = other.clone();
        other.coarsen(self.exponent.unwrap_or(theirs));
        for (i, count) in other.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            self.counts[(other.first + i as i64 - self.first) as usize] += count;
        }
        self.n += other.n;
    }

    /// Whether values can come to this, which may come from anywhere. Only then is it merged.
    pub fn is_possible(&self) -> bool {
        if [self.n, self.missing, self.infinite].iter().any(|count| *count > MOST_ROWS) {
            return false;
        }
        let Some(exponent) = self.exponent else {
            return *self == Self { missing: self.missing, infinite: self.infinite, ..Self::new() };
        };
        let (low, high) = (self.min, self.max);
        if !(EXPONENTS.contains(&exponent) && low.is_finite() && high.is_finite() && low <= high) {
            return false;
        }
        let (first, last) = (bin(low, exponent), bin(high, exponent));
        let Some(occupied) =
            last.checked_sub(first).and_then(|last| usize::try_from(last).ok()).filter(|last| *last < BINS)
        else {
            return false;
        };
        let total = self.counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count));
        self.first == first
            && self.counts.len() == BINS
            && self.counts[occupied + 1..].iter().all(|count| *count == 0)
            && total == Some(self.n)
            && self.magnitudes.hold(self.n, low, high)
    }

    /// Values counted in bins.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Values missing (NaN).
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// Infinite values.
    pub fn infinite(&self) -> u64 {
        self.infinite
    }

    /// Least finite value.
    pub fn min(&self) -> Option<f64> {
        (self.n > 0).then_some(self.min)
    }

    /// Greatest finite value.
    pub fn max(&self) -> Option<f64> {
        (self.n > 0).then_some(self.max)
    }

    /// The quantile by linear interpolation between the neighbouring values, as [`quantiles`](crate::quantiles) has it, each
    /// known to a bin's width: at most 1/2048 of the range and at most 1/256 of the value.
    ///
    /// # Panics
    /// If `probability` is not within 0 to 1.
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        assert!((0.0..=1.0).contains(&probability), "a probability lies within 0 to 1");
        let last = self.n.checked_sub(1)?;
        let at = last as f64 * probability;
        let below = at.floor() as u64;
        let (low, high) = (self.ordered(below)?, self.ordered((below + 1).min(last))?);
        let share = at - at.floor();
        Some(match high - low {
            0.0 => low,
            range if range.is_finite() => low + share * range,
            _ => low * (1.0 - share) + high * share,
        })
    }

    /// The value that has so many others below it.
    fn ordered(&self, below: u64) -> Option<f64> {
        let exponent = self.exponent?;
        let (equal, inside_equal) = located(&self.counts, below)?;
        let (magnitude, inside_magnitude) = located(self.magnitudes.counts(), below)?;
        // The value lies in both bins: interpolate in the narrower one.
        let edge = |i: usize| ((self.first as f64 + i as f64) * width(exponent)).max(self.min).min(self.max);
        let equal = [edge(equal), edge(equal + 1)];
        let magnitude = self.magnitudes.ends(magnitude).map(|end| end.max(self.min).min(self.max));
        let wide = |[low, high]: [f64; 2]| 0.5 * high - 0.5 * low;
        let ([low, high], inside, [least, most]) = if wide(equal) <= wide(magnitude) {
            (equal, inside_equal, magnitude)
        } else {
            (magnitude, inside_magnitude, equal)
        };
        Some((low + inside * (high - low)).max(least).min(most))
    }

    /// At most `wanted` bars over `low` to `high`, and how many values lie outside them on either side.
    ///
    /// Bars are made of whole bins, so their ends lie on edges of bins, at most one bin beyond `low` and `high`, and
    /// bars may differ in width by one bin. Nothing is lost: bars and what is outside add up to [`Histogram::n`].
    pub fn bars(&self, low: f64, high: f64, wanted: usize) -> (Vec<Bar>, [u64; 2]) {
        let Some(exponent) = self.exponent else { return (Vec::new(), [0, 0]) };
        let (low, high) = (low.max(self.min), high.min(self.max));
        if low > high {
            return (Vec::new(), if self.max < low { [self.n, 0] } else { [0, self.n] });
        }
        let (from, to) = (bin(low, exponent), bin(high, exponent) + 1);
        let pieces = (wanted.max(1) as i64).min(to - from);
        let edge = |j: i64| from + (to - from) * j / pieces;
        let between = |a: i64, b: i64| -> u64 {
            let at = |i: i64| (i - self.first).clamp(0, self.counts.len() as i64) as usize;
            self.counts[at(a)..at(b)].iter().sum()
        };
        let bars = (0..pieces)
            .map(|j| Bar {
                low: edge(j) as f64 * width(exponent),
                high: edge(j + 1) as f64 * width(exponent),
                count: between(edge(j), edge(j + 1)),
            })
            .collect();
        let beyond = self.first + self.counts.len() as i64;
        (bars, [between(self.first, from), between(to, beyond)])
    }

    /// Makes room for `low` to `high` in bins of at least 2^`exponent`.
    fn reach(&mut self, low: f64, high: f64, exponent: i32) {
        (self.min, self.max) = (low, high);
        let exponent = self.exponent.map_or(exponent, |own| own.max(exponent));
        if self.counts.is_empty() {
            self.counts = vec![0; BINS];
        } else {
            self.coarsen(exponent);
        }
        let was = self.exponent.replace(exponent).is_some();
        let first = bin(low, exponent);
        // The occupied bins move as a whole; those that fall off at either end are empty.
        match first - self.first {
            shift if shift > 0 && was => self.counts.rotate_left(shift as usize % BINS),
            shift if shift < 0 && was => self.counts.rotate_right((-shift) as usize % BINS),
            _ => {}
        }
        self.first = first;
    }

    /// Adds up bins until they are 2^`exponent` wide.
    fn coarsen(&mut self, exponent: i32) {
        while let Some(own) = self.exponent.filter(|own| *own < exponent) {
            let first = self.first.div_euclid(2);
            let mut coarser = vec![0; BINS];
            for (i, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                coarser[((self.first + i as i64).div_euclid(2) - first) as usize] += count;
            }
            (self.first, self.counts, self.exponent) = (first, coarser, Some(own + 1));
        }
    }
}

/// The bin of the value that has so many below it, and which share of the bin lies below it if its values are evenly spread.
fn located(counts: &[u64], below: u64) -> Option<(usize, f64)> {
    let mut before = 0;
    for (i, &count) in counts.iter().enumerate() {
        if before + count > below {
            return Some((i, ((below - before) as f64 + 0.5) / count as f64));
        }
        before += count;
    }
    None
}

/// Whether no value is NaN or infinite.
#[allow(clippy::eq_op)] // v − v is 0 for a finite value alone; summed in eight lanes it becomes vector instructions
fn all_finite(values: &[f64]) -> bool {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut lanes = [0.0; 8];
    for chunk in chunks {
        for l in 0..8 {
            lanes[l] += chunk[l] - chunk[l];
        }
    }
    lanes.iter().chain(rest).map(|v| v - v).sum::<f64>() == 0.0
}

/// Least and greatest of finite values.
fn range(values: &[f64]) -> (f64, f64) {
    let (chunks, rest) = values.as_chunks::<8>();
    let (mut low, mut high) = ([f64::INFINITY; 8], [f64::NEG_INFINITY; 8]);
    for chunk in chunks {
        for l in 0..8 {
            low[l] = if chunk[l] < low[l] { chunk[l] } else { low[l] };
            high[l] = if chunk[l] > high[l] { chunk[l] } else { high[l] };
        }
    }
    let least = low.iter().chain(rest).copied().fold(f64::INFINITY, f64::min);
    (least, high.iter().chain(rest).copied().fold(f64::NEG_INFINITY, f64::max))
}

/// 2^`exponent`.
fn width(exponent: i32) -> f64 {
    libm::scalbn(1.0, exponent)
}

/// i of the bin of width 2^`exponent` in which a value lies.
fn bin(value: f64, exponent: i32) -> i64 {
    (value * width(-exponent)).floor() as i64
}

/// The least exponent at which `low` to `high` reach over at most [`BINS`] bins, none finer than the resolution.
fn coarsest(low: f64, high: f64) -> i32 {
    let size = low.abs().max(high.abs()).max(f64::MIN_POSITIVE);
    let mut exponent = (libm::ilogb(size) - LEAST_RELATIVE_BITS).max(-1000);
    if high > low {
        // Half of the least number there is would be 0, which has no exponent.
        let half = (0.5 * high - 0.5 * low).max(f64::MIN_POSITIVE);
        exponent = exponent.max(libm::ilogb(half) - 11);
    }
    while bin(high, exponent) - bin(low, exponent) >= BINS as i64 {
        exponent += 1;
    }
    exponent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Histogram {
        let mut histogram = Histogram::new();
        histogram.extend(values);
        histogram
    }

    #[test]
    fn bars_hold_every_value_exactly_once() {
        let values: Vec<f64> = (0..1000).map(|i| f64::from(i) / 10.0).collect();
        let (bars, outside) = of(&values).bars(10.0, 90.0, 16);
        assert_eq!(bars.len(), 16);
        assert_eq!(bars.iter().map(|b| b.count).sum::<u64>() + outside[0] + outside[1], 1000);
        for bar in &bars {
            let inside = values.iter().filter(|v| bar.low <= **v && **v < bar.high).count() as u64;
            assert_eq!(bar.count, inside, "{bar:?}");
            assert!((bar.high - bar.low - 5.0).abs() < 0.1, "{bar:?}");
        }
        assert!(outside[0].abs_diff(100) < 2 && outside[1].abs_diff(99) < 2, "{outside:?}");
    }

    #[test]
    fn equal_values_are_one_bar() {
        for value in [0.0, 7.0, -1e-300, f64::MAX] {
            let histogram = of(&[value; 5]);
            let (bars, outside) = histogram.bars(f64::NEG_INFINITY, f64::INFINITY, 30);
            assert_eq!((bars.len(), bars[0].count, outside), (1, 5, [0, 0]), "{value}");
            assert!(bars[0].low <= value && value < bars[0].high);
            assert_eq!(histogram.quantile(0.5), Some(value));
        }
    }

    #[test]
    fn the_narrowest_range_of_all_is_one_bin() {
        let histogram = of(&[0.0, 5e-324, 0.0]);
        assert_eq!((histogram.n(), histogram.max()), (3, Some(5e-324)));
        assert_eq!(histogram.bars(0.0, 1.0, 10).0.len(), 1);
        let mut merged = of(&[1.0]);
        merged.merge(&histogram);
        assert_eq!(merged.quantile(0.5), Some(0.0));
    }

    #[test]
    fn the_widest_range_of_all_has_bars() {
        let widest = of(&[f64::MAX, f64::MIN]);
        let (bars, _) = widest.bars(f64::NEG_INFINITY, f64::INFINITY, 2);
        assert_eq!(bars.iter().map(|b| b.count).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(widest.quantile(0.5), Some(0.0));
    }

    #[test]
    fn missing_and_infinite_values_are_counted_apart() {
        let histogram = of(&[1.0, f64::NAN, f64::INFINITY, 2.0, f64::NEG_INFINITY]);
        assert_eq!((histogram.n(), histogram.missing(), histogram.infinite()), (2, 1, 2));
        assert_eq!((histogram.min(), histogram.max()), (Some(1.0), Some(2.0)));
        let nothing = of(&[f64::NAN]);
        assert_eq!((nothing.min(), nothing.quantile(0.5)), (None, None));
        assert!(nothing.bars(0.0, 1.0, 3).0.is_empty());
    }

    #[test]
    fn quantiles_near_0_are_as_accurate_as_great_ones() {
        // Half of the values lie in the first thousandth of a bin of equal width.
        let values: Vec<f64> = (0..=2000).map(|i| 1000.0 * 10f64.powf(-0.01 * f64::from(i))).collect();
        let histogram = of(&values);
        for (p, exact) in [(0.05, 1e-16), (0.5, 1e-7), (0.75, 0.01), (0.99, 1000.0 * 10f64.powf(-0.2))] {
            let found = histogram.quantile(p).unwrap();
            assert!(
                (found / exact - 1.0).abs() < 0.03,
                "{p}: {found}, not {exact}: neighbours are 2.3 % apart"
            );
        }
        let negative = of(&values.iter().map(|v| -v).collect::<Vec<_>>());
        let [found, mirrored] = [negative.quantile(0.25).unwrap(), -histogram.quantile(0.75).unwrap()];
        assert!((found / mirrored - 1.0).abs() < 0.03, "{found} {mirrored}");
    }

    #[test]
    fn quantiles_are_right_to_a_bin() {
        let values: Vec<f64> = (0..=10_000).map(|i| f64::from(i * i)).collect();
        let histogram = of(&values);
        for p in [0.0, 0.05, 0.5, 0.95, 1.0] {
            let exact = 1e8 * p * p;
            assert!((histogram.quantile(p).unwrap() - exact).abs() <= 1e8 / 2048.0, "{p}");
        }
    }
}
