//! A piece of a study's patients, as one of many machines takes it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// One of K nearly equal pieces of a study's patients, by its number from 1 to K. Written `I/K`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "[u64; 2]", into = "[u64; 2]")]
pub struct Shard {
    index: u64,
    of: u64,
}

impl Shard {
    /// Shard `index` of `of`; nothing unless 1 ≤ index ≤ of.
    pub fn new(index: u64, of: u64) -> Option<Self> {
        (1..=of).contains(&index).then_some(Self { index, of })
    }

    /// All shards of that many, in the order of their patients.
    pub fn all(of: u64) -> impl Iterator<Item = Self> {
        (1..=of).map(move |index| Self { index, of })
    }

    /// Its number, from 1 on.
    pub fn index(self) -> u64 {
        self.index
    }

    /// How many there are.
    pub fn of(self) -> u64 {
        self.of
    }

    /// Patients of a segment: statistics are accumulated segment by segment, and shards of large studies have whole ones.
    pub const SEGMENT: u64 = 4096;

    /// The ids of its patients among so many: ⌊N(I−1)/K⌋ up to ⌊N·I/K⌋, where there are at least K segments rounded
    /// down to whole ones. The shards of a study have all its patients, each once.
    pub fn ids(self, patients: u64) -> Range<u64> {
        let unit = if self.has_whole_segments(patients) { Self::SEGMENT } else { 1 };
        let end = |shards: u64| {
            let exact = (u128::from(patients) * u128::from(shards) / u128::from(self.of)) as u64;
            if shards == self.of { patients } else { exact / unit * unit }
        };
        end(self.index - 1)..end(self.index)
    }

    /// Whether every shard of so many patients begins with a segment.
    pub fn has_whole_segments(self, patients: u64) -> bool {
        self.of.checked_mul(Self::SEGMENT).is_some_and(|least| patients >= least)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || format!("expected I/K, a shard and how many there are, such as 1/4, found {text:?}");
        let (index, of) = text.split_once('/').ok_or_else(wanted)?;
        let (index, of) = (index.parse().map_err(|_| wanted())?, of.parse().map_err(|_| wanted())?);
        Self::new(index, of).ok_or_else(|| match of {
            0 => "there is no shard of none: K is at least 1".to_owned(),
            of => format!("shards are numbered from 1 to {of}, found {index}"),
        })
    }
}

impl TryFrom<[u64; 2]> for Shard {
    type Error = String;

    fn try_from([index, of]: [u64; 2]) -> Result<Self, String> {
        Self::new(index, of).ok_or_else(|| format!("there is no shard {index} of {of}"))
    }
}

impl From<Shard> for [u64; 2] {
    fn from(shard: Shard) -> Self {
        [shard.index, shard.of]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn prop_every_patient_is_in_one_shard(patients in 0_u64..=1_000_000_000_000, of in 1_u64..200) {
            let mut next = 0;
            for shard in Shard::all(of) {
                let ids = shard.ids(patients);
                prop_assert_eq!(ids.start, next);
                let unit = if shard.has_whole_segments(patients) { Shard::SEGMENT } else { 1 };
                prop_assert!(ids.start.is_multiple_of(unit));
                prop_assert!((ids.end - ids.start).abs_diff(patients / of) <= unit, "{} to {}", ids.start, ids.end);
                prop_assert!(patients < of || ids.start < ids.end, "a shard without patients");
                next = ids.end;
            }
            prop_assert_eq!(next, patients);
        }
    }

    #[test]
    fn a_shard_is_read_as_it_is_written() {
        for shard in Shard::all(3) {
            assert_eq!(shard.to_string().parse(), Ok(shard));
            assert_eq!(serde_json::to_string(&shard).ok(), Some(format!("[{},3]", shard.index)));
        }
        let refused = |text: &str| text.parse::<Shard>().expect_err("refused");
        assert_eq!(refused("0/3"), "shards are numbered from 1 to 3, found 0");
        assert_eq!(refused("4/3"), "shards are numbered from 1 to 3, found 4");
        assert_eq!(refused("1/0"), "there is no shard of none: K is at least 1");
        for text in ["", "3", "a/b", "1/2/3", "-1/3", "1/99999999999999999999"] {
            assert!(refused(text).starts_with("expected I/K, a shard and how many there are, such as 1/4"));
        }
    }
}
