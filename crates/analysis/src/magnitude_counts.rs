//! Counts of values by their order of magnitude: bins that are the finer the closer to 0 they lie.

use serde::{Deserialize, Serialize};

/// Leading bits of the mantissa that tell bins apart: each doubling of |v| has 2⁸ bins.
const BITS: u32 = 8;
const DROPPED: u32 = 52 - BITS;
/// Bin 0 has the values closer to 0 than about 2⁻¹⁰⁰, of either sign, which count as 0: to tell them apart would need bins
/// without end.
const NEAREST_TO_0: i32 = (1023 - 100) << BITS;

/// How many values lie in each bin, from the bin of the least value to that of the greatest.
///
/// A bin's width is at most 2⁻⁸ of the values in it, however small they are. Memory is 2 KiB for each doubling between
/// the least and the greatest |v|.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct MagnitudeCounts {
    first: i32,
    counts: Vec<u64>,
}

impl MagnitudeCounts {
    /// Makes room for the values `low` to `high`.
    pub fn reach(&mut self, low: f64, high: f64) {
        let (first, last) = (bin(low), bin(high));
        if self.counts.is_empty() {
            self.first = first;
        }
        let missing = (self.first - first).max(0) as usize;
        if missing > 0 {
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = first;
        }
        let wanted = (last - self.first + 1) as usize;
        if wanted > self.counts.len() {
            self.counts.resize(wanted, 0);
        }
    }

    /// Adds finite values, for which there is room.
    pub fn extend(&mut self, values: &[f64]) {
        for value in values {
            self.counts[(bin(*value) - self.first) as usize] += 1;
        }
    }

    /// Adds the values of `other`.
    pub fn merge(&mut self, other: &Self) {
        if self.counts.is_empty() {
            return self.clone_from(other);
        }
        if other.counts.is_empty() {
            return;
        }
        let first = self.first.min(other.first);
        let end = |of: &Self| of.first + of.counts.len() as i32;
        let mut counts = vec![0; (end(self).max(end(other)) - first) as usize];
        for of in [&*self, other] {
            let from = (of.first - first) as usize;
            counts[from..].iter_mut().zip(&of.counts).for_each(|(sum, count)| *sum += count);
        }
        (self.first, self.counts) = (first, counts);
    }

    /// Whether so many values from `low` to `high` can come to this.
    pub fn hold(&self, n: u64, low: f64, high: f64) -> bool {
        let (first, last) = (bin(low), bin(high));
        let total = self.counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count));
        self.first == first && usize::try_from(last - first + 1) == Ok(self.counts.len()) && total == Some(n)
    }

    /// The counts, from the first bin on.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Ends of the bin at a position of [`Self::counts`]; infinite beyond the greatest number.
    pub fn ends(&self, position: usize) -> [f64; 2] {
        let bin = self.first + position as i32;
        let end = |bin: i32| f64::from_bits(((bin + NEAREST_TO_0) as u64) << DROPPED);
        match bin {
            0 => [0.0, 0.0],
            1.. => [end(bin), end(bin + 1)],
            _ => [-end(1 - bin), -end(-bin)],
        }
    }
}

fn bin(value: f64) -> i32 {
    let magnitude = ((value.abs().to_bits() >> DROPPED) as i32 - NEAREST_TO_0).max(0);
    if value < 0.0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bin_which_is_narrow() {
        for value in [0.0, 1e-30, -1e-30, 0.008_59, 1.0, -1.0, 1023.9, -7e8, 1e300, f64::MAX, f64::MIN] {
            let mut counts = MagnitudeCounts::default();
            counts.reach(value, value);
            counts.extend(&[value; 3]);
            let [low, high] = counts.ends(0);
            assert_eq!(counts.counts(), [3]);
            assert!(low <= value && value <= high, "{value}: {low} to {high}");
            let narrow = high - low <= value.abs() / 255.0;
            assert!(narrow || high.is_infinite() || low.is_infinite(), "{value}: {low} to {high}");
        }
    }

    #[test]
    fn bins_follow_one_another_without_a_gap() {
        let mut counts = MagnitudeCounts::default();
        counts.reach(-1.5e-29, 1.5e-29);
        let ends: Vec<_> = (0..counts.counts().len()).map(|i| counts.ends(i)).collect();
        let (before_0, from_0) = ends.split_at(ends.len() / 2);
        assert!(ends.len() > 1000 && from_0[0] == [0.0, 0.0]);
        for side in [before_0, &from_0[1..]] {
            assert!(side.windows(2).all(|pair| pair[0][1] == pair[1][0]));
        }
    }
}
