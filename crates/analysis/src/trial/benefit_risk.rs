//! A benefit and a risk in every arm, and how often a patient has the one without the other, within strata of a number.

use super::comparison_plan::Design;
use super::effect::Effect;
use super::independent_proportions::{ContingencyTable, Proportion};
use super::paired_proportions::PairedContingencyTable;
use crate::error::StatError;
use crate::segments::MOST_ROWS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts of a binary risk and a binary benefit in several arms, within strata of a positive number.
///
/// The strata are fixed beforehand, so that machines can count each its own rows: they begin at the preferred numbers of ISO 3,
/// series R10 (1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8, and so on by factors of ten).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitRisk {
    design: Design,
    arms: usize,
    strata: BTreeMap<Stratum, BenefitRiskCounts>,
}

/// A stratum by the number of its lower end in the series R10, 0 that of 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Stratum(i32);

/// Patients whose number lies in a range.
#[derive(Debug, Clone, PartialEq)]
pub struct BenefitRiskGroup {
    /// Its lower end, included; none of the first group.
    pub from: Option<f64>,
    /// Its upper end, excluded; none of the last group.
    pub to: Option<f64>,
    /// The patients in it.
    pub counts: BenefitRiskCounts,
}

/// Counts of some patients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenefitRiskCounts {
    /// Of each arm.
    arms: Vec<ArmCounts>,
    /// Patients whose outcomes are known in every arm; twins alone.
    complete: u64,
    /// Of those, for each arm and each one up to it, how many have the benefit without the risk in both.
    net_in_both: Vec<u64>,
}

/// Counts of one arm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct ArmCounts {
    n: u64,
    risk: u64,
    benefit: u64,
    /// With the benefit and without the risk.
    net: u64,
}

/// The columns of one arm: 0 or 1, or NaN where it is not known.
#[derive(Debug, Clone, Copy)]
pub struct BenefitRiskColumns<'a> {
    /// By what patients are stratified.
    pub stratum: &'a [f64],
    /// Whether the risk came about.
    pub risk: &'a [f64],
    /// Whether the benefit came about.
    pub benefit: &'a [f64],
}

const PREFERRED: [f64; 10] = [1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0];
/// Smaller and greater numbers belong to the first and the last stratum.
const STRATA: std::ops::RangeInclusive<i32> = -3000..=3000;

impl Stratum {
    /// That of a number; none of NaN.
    fn of(x: f64) -> Option<Self> {
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
    fn lower(self) -> f64 {
        let (decade, step) = (self.0.div_euclid(10), self.0.rem_euclid(10));
        // The text is read as the nearest number, which a power of ten times the step is not always.
        format!("{}e{decade}", PREFERRED[step as usize]).parse().unwrap_or(f64::NAN)
    }
}

impl BenefitRisk {
    /// No patients yet.
    pub fn new(design: Design, arms: usize) -> Self {
        Self { design, arms, strata: BTreeMap::new() }
    }

    /// Counts rows. For twins each arm has the same patients in the same order.
    ///
    /// # Panics
    /// If there are not as many arms as announced, or columns of an arm differ in length.
    pub fn extend(&mut self, arms: &[BenefitRiskColumns<'_>]) {
        assert_eq!(arms.len(), self.arms, "one set of columns for each arm");
        let mut net = vec![false; arms.len()];
        let rows = |arm: &BenefitRiskColumns<'_>| arm.stratum.len();
        match self.design {
            Design::Independent => {
                for (number, arm) in arms.iter().enumerate() {
                    for row in 0..rows(arm) {
                        if let Some(counts) = self.counts(arm.stratum[row]) {
                            counts.count(number, arm.risk[row], arm.benefit[row]);
                        }
                    }
                }
            }
            Design::Paired => {
                for row in 0..arms.first().map_or(0, rows) {
                    let Some(counts) = self.counts(arms[0].stratum[row]) else { continue };
                    let mut is_complete = true;
                    for (number, arm) in arms.iter().enumerate() {
                        let outcome = counts.count(number, arm.risk[row], arm.benefit[row]);
                        is_complete &= outcome.is_some();
                        net[number] = outcome.unwrap_or(false);
                    }
                    if is_complete {
                        counts.count_pairs(&net);
                    }
                }
            }
        }
    }

    fn counts(&mut self, stratum: f64) -> Option<&mut BenefitRiskCounts> {
        let arms = self.arms;
        let stratum = Stratum::of(stratum)?;
        Some(self.strata.entry(stratum).or_insert_with(|| BenefitRiskCounts::new(arms)))
    }

    /// Whether rows of as many arms can come to `next`, which may come from anywhere.
    pub fn admits(&self, next: &Self) -> bool {
        next.design == self.design
            && next.arms == self.arms
            && next
                .strata
                .iter()
                .all(|(stratum, counts)| STRATA.contains(&stratum.0) && counts.is_possible(self.arms))
    }

    /// Adds the counts of other rows.
    pub fn merge(&mut self, next: &Self) {
        for (stratum, counts) in &next.strata {
            let own = self.strata.entry(*stratum).or_insert_with(|| BenefitRiskCounts::new(self.arms));
            own.merge(counts);
        }
    }

    /// All patients.
    pub fn total(&self) -> BenefitRiskCounts {
        let mut total = BenefitRiskCounts::new(self.arms);
        self.strata.values().for_each(|counts| total.merge(counts));
        total
    }

    /// The patients in groups of about one size, so many at most.
    pub fn groups(&self, most: usize) -> Vec<BenefitRiskGroup> {
        let patients: u64 = self.strata.values().map(|counts| counts.patients(self.design)).sum();
        let mut groups: Vec<(usize, f64, BenefitRiskCounts)> = Vec::new();
        let mut before = 0;
        let with_patients = self.strata.iter().filter(|(_, counts)| counts.patients(self.design) > 0);
        for (stratum, counts) in with_patients {
            // A stratum belongs to the group that its middle patient would be in.
            let middle = before as f64 + 0.5 * counts.patients(self.design) as f64;
            let number = (middle / patients as f64 * most as f64) as usize;
            before += counts.patients(self.design);
            match groups.last_mut() {
                Some((last, _, all)) if *last == number => all.merge(counts),
                _ => groups.push((number, stratum.lower(), counts.clone())),
            }
        }
        let lower: Vec<f64> = groups.iter().map(|(_, lower, _)| *lower).collect();
        let group = |(i, (_, lowest, counts)): (usize, (usize, f64, BenefitRiskCounts))| BenefitRiskGroup {
            from: (i > 0).then_some(lowest),
            to: lower.get(i + 1).copied(),
            counts,
        };
        groups.into_iter().enumerate().map(group).collect()
    }
}

impl BenefitRiskCounts {
    fn new(arms: usize) -> Self {
        Self {
            arms: vec![ArmCounts::default(); arms],
            complete: 0,
            net_in_both: vec![0; arms * (arms + 1) / 2],
        }
    }

    /// Counts a patient of an arm, if both outcomes are known. Whether that patient has the benefit without the risk.
    fn count(&mut self, arm: usize, risk: f64, benefit: f64) -> Option<bool> {
        if risk.is_nan() || benefit.is_nan() {
            return None;
        }
        let (risk, benefit) = (risk != 0.0, benefit != 0.0);
        let counts = &mut self.arms[arm];
        counts.n += 1;
        counts.risk += u64::from(risk);
        counts.benefit += u64::from(benefit);
        counts.net += u64::from(benefit && !risk);
        Some(benefit && !risk)
    }

    fn count_pairs(&mut self, net: &[bool]) {
        self.complete += 1;
        for arm in (0..net.len()).filter(|arm| net[*arm]) {
            let pairs = &mut self.net_in_both[arm * (arm + 1) / 2..=arm * (arm + 3) / 2];
            pairs.iter_mut().zip(net).for_each(|(pair, other)| *pair += u64::from(*other));
        }
    }

    fn merge(&mut self, next: &Self) {
        self.complete += next.complete;
        self.net_in_both.iter_mut().zip(&next.net_in_both).for_each(|(all, next)| *all += next);
        for (all, next) in self.arms.iter_mut().zip(&next.arms) {
            all.n += next.n;
            all.risk += next.risk;
            all.benefit += next.benefit;
            all.net += next.net;
        }
    }

    /// Whether these can be counts of so many arms.
    fn is_possible(&self, arms: usize) -> bool {
        let of_arm = |counts: &ArmCounts| {
            counts.n < MOST_ROWS
                && counts.risk.max(counts.benefit) <= counts.n
                && counts.net <= counts.benefit.min(counts.n - counts.risk)
                && self.complete <= counts.n
        };
        let pair = |(arm, other): (usize, usize)| {
            self.pair(arm, other) <= self.pair(arm, arm).min(self.pair(other, other))
        };
        self.arms.len() == arms
            && self.net_in_both.len() == arms * (arms + 1) / 2
            && self.arms.iter().all(of_arm)
            && self.complete < MOST_ROWS
            && (0..arms).all(|arm| self.pair(arm, arm) <= self.complete.min(self.arms[arm].net))
            && (0..arms).flat_map(|arm| (0..arm).map(move |other| (arm, other))).all(pair)
            // In both of two arms are at least as many as the two have beyond all.
            && (0..arms).flat_map(|arm| (0..arm).map(move |other| (arm, other))).all(|(arm, other)| {
                self.pair(arm, arm) + self.pair(other, other) <= self.complete + self.pair(arm, other)
            })
    }

    fn pair(&self, a: usize, b: usize) -> u64 {
        let (low, high) = (a.min(b), a.max(b));
        self.net_in_both[high * (high + 1) / 2 + low]
    }

    /// Patients: of twins those of the arm in which the outcomes of most are known, otherwise those of all arms together.
    pub fn patients(&self, design: Design) -> u64 {
        let of_arms = self.arms.iter().map(|counts| counts.n);
        match design {
            Design::Paired => of_arms.max().unwrap_or(0),
            Design::Independent => of_arms.sum(),
        }
    }

    /// Patients of an arm whose outcomes are known.
    pub fn n(&self, arm: usize) -> u64 {
        self.arms[arm].n
    }

    /// Share of an arm's patients with the risk; [`Proportion::risk`].
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    pub fn risk(&self, arm: usize) -> Result<Effect, StatError> {
        self.proportion(arm, |counts| counts.risk).risk()
    }

    /// Share of an arm's patients with the benefit.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    pub fn benefit(&self, arm: usize) -> Result<Effect, StatError> {
        self.proportion(arm, |counts| counts.benefit).risk()
    }

    /// Share of an arm's patients with the benefit and without the risk.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    pub fn net(&self, arm: usize) -> Result<Effect, StatError> {
        self.proportion(arm, |counts| counts.net).risk()
    }

    fn proportion(&self, arm: usize, events: impl Fn(&ArmCounts) -> u64) -> Proportion {
        Proportion { events: events(&self.arms[arm]), n: self.arms[arm].n }
    }

    /// That share in one arm minus that in another: within patients for twins ([`PairedContingencyTable::risk_difference`]),
    /// otherwise between patients ([`ContingencyTable::risk_difference`]).
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    pub fn net_difference(&self, design: Design, arm: usize, reference: usize) -> Result<Effect, StatError> {
        match design {
            Design::Independent => {
                let of = |arm| self.proportion(arm, |counts| counts.net);
                ContingencyTable { reference: of(reference), arm: of(arm) }.risk_difference()
            }
            Design::Paired => {
                let both = self.pair(arm, reference);
                let (only_arm, only_reference) =
                    (self.pair(arm, arm) - both, self.pair(reference, reference) - both);
                let neither = self.complete - both - only_arm - only_reference;
                PairedContingencyTable { both, only_arm, only_reference, neither }.risk_difference()
            }
        }
    }
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
