//! Strata of a positive number, fixed before any is seen.

use serde::{Deserialize, Serialize};

const PREFERRED: [f64; 10] = [1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0];
/// Smaller and greater numbers belong to the first and the last stratum.
const STRATA: std::ops::RangeInclusive<i32> = -3000..=3000;

/// A stratum by the number of its lower end in the series R10, 0 that of 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Stratum(i32);

impl Stratum {
    /// That of a number; none of NaN.
    pub fn of(x: f64) -> Option<Self> {
        if x.is_nan() {
            return None;
        }
        let about = libm::floor(10.0 * libm::log10(x.clamp(1e-300, 1e300))) as i32;
        // The series is rounded, so that the number may belong to a neighbour.
        let number =
            (about - 1..=about + 1).rev().find(|number| Self(*number).lower() <= x).unwrap_or(about - 1);
        Some(Self(number.clamp(*STRATA.start(), *STRATA.end())))
    }

    /// Its lower end, which belongs to it.
    pub fn lower(self) -> f64 {
        let (decade, step) = (self.0.div_euclid(10), self.0.rem_euclid(10));
        // The text is read as the nearest number, which a power of ten times the step is not always.
        format!("{}e{decade}", PREFERRED[step as usize]).parse().unwrap_or(f64::NAN)
    }

    /// Whether it is one of a number.
    pub fn is_possible(self) -> bool {
        STRATA.contains(&self.0)
    }
}

/// Puts strata, in their order and each with what it counts, into groups that count about alike, so many at most. Of each stratum
/// the number of its group; those without anything belong to none.
pub(super) fn groups(counts: &[f64], most: usize) -> Vec<Option<usize>> {
    let total: f64 = counts.iter().sum();
    let mut before = 0.0;
    let group = |count: &f64| {
        // A stratum belongs to the group that its middle patient would be in.
        let middle = before + 0.5 * count;
        before += count;
        (*count > 0.0).then_some((middle / total * most as f64) as usize)
    };
    counts.iter().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strata_are_those_of_the_series() {
        let lower = |x: f64| Stratum::of(x).unwrap().lower();
        assert_eq!([1.0, 1.24, 1.25, 3.0, 3.15, 9.99].map(lower), [1.0, 1.0, 1.25, 2.5, 3.15, 8.0]);
        assert_eq!([250.0, 499.0, 1e-3, 0.0999].map(lower), [250.0, 400.0, 1e-3, 0.08]);
        assert_eq!(Stratum::of(f64::NAN), None);
        // Numbers beyond the series are in its outermost strata.
        assert_eq!(Stratum::of(0.0), Some(Stratum(-3000)));
        assert_eq!([-1.0, f64::INFINITY].map(|x| Stratum::of(x).unwrap().0), [-3000, 3000]);
    }

    #[test]
    fn prop_every_number_is_in_its_stratum() {
        for i in -2000..2000 {
            let x = libm::exp(f64::from(i) * 0.013);
            let stratum = Stratum::of(x).unwrap();
            assert!(stratum.lower() <= x && x < Stratum(stratum.0 + 1).lower(), "{x}");
            let at_its_end = Stratum::of(stratum.lower()).unwrap();
            assert_eq!(at_its_end, stratum);
        }
    }
}
