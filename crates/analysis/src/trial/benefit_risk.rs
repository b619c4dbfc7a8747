//! A benefit and a risk in every arm, and how often a patient has the one without the other, within strata of a number.

use super::comparison_plan::Design;
use super::effect::Effect;
use super::independent_proportions::{ContingencyTable, Proportion};
use super::paired_proportions::PairedContingencyTable;
use super::stratum::{self, Stratum};
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

/// How often patients have the risk, the benefit, and the benefit without the risk.
pub trait BenefitRiskEstimates {
    /// Patients: of twins those of the arm in which the outcomes of most are known, otherwise those of all arms together.
    fn patients(&self, design: Design) -> u64;

    /// Patients of an arm whose outcomes are known.
    fn n(&self, arm: usize) -> u64;

    /// Share of an arm's patients with the risk, with Wilson's interval.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    fn risk(&self, arm: usize) -> Result<Effect, StatError>;

    /// Share of an arm's patients with the benefit.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    fn benefit(&self, arm: usize) -> Result<Effect, StatError>;

    /// Share of an arm's patients with the benefit and without the risk.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    fn net(&self, arm: usize) -> Result<Effect, StatError>;

    /// That share in one arm minus that in another: within patients for twins, otherwise between patients.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    fn net_difference(&self, design: Design, arm: usize, reference: usize) -> Result<Effect, StatError>;
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
                .all(|(stratum, counts)| stratum.is_possible() && counts.is_possible(self.arms))
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
        let patients: Vec<f64> =
            self.strata.values().map(|counts| counts.patients(self.design) as f64).collect();
        let mut groups: Vec<(usize, f64, BenefitRiskCounts)> = Vec::new();
        for ((stratum, counts), number) in self.strata.iter().zip(stratum::groups(&patients, most)) {
            let Some(number) = number else { continue };
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

    fn proportion(&self, arm: usize, events: impl Fn(&ArmCounts) -> u64) -> Proportion {
        Proportion { events: events(&self.arms[arm]), n: self.arms[arm].n }
    }
}

impl BenefitRiskEstimates for BenefitRiskCounts {
    fn patients(&self, design: Design) -> u64 {
        let of_arms = self.arms.iter().map(|counts| counts.n);
        match design {
            Design::Paired => of_arms.max().unwrap_or(0),
            Design::Independent => of_arms.sum(),
        }
    }

    fn n(&self, arm: usize) -> u64 {
        self.arms[arm].n
    }

    fn risk(&self, arm: usize) -> Result<Effect, StatError> {
        self.proportion(arm, |counts| counts.risk).risk()
    }

    fn benefit(&self, arm: usize) -> Result<Effect, StatError> {
        self.proportion(arm, |counts| counts.benefit).risk()
    }

    fn net(&self, arm: usize) -> Result<Effect, StatError> {
        self.proportion(arm, |counts| counts.net).risk()
    }

    fn net_difference(&self, design: Design, arm: usize, reference: usize) -> Result<Effect, StatError> {
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
