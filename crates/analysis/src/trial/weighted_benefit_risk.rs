//! A benefit and a risk in every arm, of weighted patients.

use super::benefit_risk::{BenefitRiskColumns, BenefitRiskEstimates};
use super::comparison_plan::Design;
use super::effect::Effect;
use super::stratum::{self, Stratum};
use crate::error::StatError;
use crate::weighted::{weighted_paired_risk_difference, weighted_risk, weighted_risk_difference};
use std::collections::BTreeMap;

/// Weighted patients of several arms, with a binary risk, a binary benefit and a positive number by which they are stratified:
/// [`BenefitRisk`](super::BenefitRisk) with weights, for which every patient is held in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedBenefitRisk {
    arms: Vec<ArmPatients>,
}

/// The patients of an arm. An outcome is NaN unless all of a patient's are known.
#[derive(Debug, Clone, PartialEq)]
struct ArmPatients {
    strata: Vec<Option<Stratum>>,
    risk: Vec<f64>,
    benefit: Vec<f64>,
    /// With the benefit and without the risk.
    net: Vec<f64>,
    weights: Vec<f64>,
}

impl WeightedBenefitRisk {
    /// The patients of every arm, each with the weights of its patients. For twins each arm has the same patients in the same order.
    ///
    /// # Panics
    /// If columns of an arm differ in length.
    pub fn new(arms: &[(BenefitRiskColumns<'_>, &[f64])]) -> Self {
        let of_arm = |(columns, weights): &(BenefitRiskColumns<'_>, &[f64])| {
            let rows = 0..columns.stratum.len();
            let known = |row: usize, value: f64| {
                let is_known = !columns.risk[row].is_nan()
                    && !columns.benefit[row].is_nan()
                    && !columns.stratum[row].is_nan()
                    && weights[row] > 0.0;
                if is_known { value } else { f64::NAN }
            };
            let of = |value: &dyn Fn(usize) -> f64| rows.clone().map(|row| known(row, value(row))).collect();
            ArmPatients {
                strata: columns.stratum.iter().map(|x| Stratum::of(*x)).collect(),
                risk: of(&|row| columns.risk[row]),
                benefit: of(&|row| columns.benefit[row]),
                net: of(&|row| columns.benefit[row] * (1.0 - columns.risk[row])),
                weights: weights.to_vec(),
            }
        };
        Self { arms: arms.iter().map(of_arm).collect() }
    }

    /// The patients in groups that count about alike, so many at most, each with its lower end (included; none of the first group) and
    /// its upper end (excluded; none of the last).
    pub fn groups(&self, design: Design, most: usize) -> Vec<(Option<f64>, Option<f64>, Self)> {
        let mut strata: BTreeMap<Stratum, f64> = BTreeMap::new();
        let counted = if design == Design::Paired { 1 } else { self.arms.len() };
        for arm in self.arms.iter().take(counted) {
            for ((stratum, weight), net) in arm.strata.iter().zip(&arm.weights).zip(&arm.net) {
                if let Some(stratum) = stratum.filter(|_| !net.is_nan()) {
                    *strata.entry(stratum).or_default() += weight;
                }
            }
        }
        let weights: Vec<f64> = strata.values().copied().collect();
        let of_strata: BTreeMap<Stratum, usize> = strata
            .into_keys()
            .zip(stratum::groups(&weights, most))
            .filter_map(|(stratum, group)| Some((stratum, group?)))
            .collect();
        let mut lower: Vec<(usize, f64)> =
            of_strata.iter().map(|(stratum, group)| (*group, stratum.lower())).collect();
        lower.dedup_by_key(|(group, _)| *group);
        let group = |(i, (number, from)): (usize, &(usize, f64))| {
            let in_group = |stratum: &Option<Stratum>| {
                stratum.and_then(|stratum| of_strata.get(&stratum)) == Some(number)
            };
            let patients = Self { arms: self.arms.iter().map(|arm| arm.filtered(in_group)).collect() };
            ((i > 0).then_some(*from), lower.get(i + 1).map(|(_, from)| *from), patients)
        };
        lower.iter().enumerate().map(group).collect()
    }
}

impl ArmPatients {
    fn filtered(&self, keep: impl Fn(&Option<Stratum>) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.strata.len()).filter(|row| keep(&self.strata[*row])).collect();
        let of = |column: &[f64]| rows.iter().map(|row| column[*row]).collect();
        Self {
            strata: rows.iter().map(|row| self.strata[*row]).collect(),
            risk: of(&self.risk),
            benefit: of(&self.benefit),
            net: of(&self.net),
            weights: of(&self.weights),
        }
    }
}

impl BenefitRiskEstimates for WeightedBenefitRisk {
    fn patients(&self, design: Design) -> u64 {
        let of_arms = (0..self.arms.len()).map(|arm| self.n(arm));
        match design {
            Design::Paired => of_arms.max().unwrap_or(0),
            Design::Independent => of_arms.sum(),
        }
    }

    fn n(&self, arm: usize) -> u64 {
        self.arms[arm].net.iter().filter(|value| !value.is_nan()).count() as u64
    }

    fn risk(&self, arm: usize) -> Result<Effect, StatError> {
        weighted_risk((&self.arms[arm].risk, &self.arms[arm].weights))
    }

    fn benefit(&self, arm: usize) -> Result<Effect, StatError> {
        weighted_risk((&self.arms[arm].benefit, &self.arms[arm].weights))
    }

    fn net(&self, arm: usize) -> Result<Effect, StatError> {
        weighted_risk((&self.arms[arm].net, &self.arms[arm].weights))
    }

    fn net_difference(&self, design: Design, arm: usize, reference: usize) -> Result<Effect, StatError> {
        let (arm, reference) = (&self.arms[arm], &self.arms[reference]);
        match design {
            Design::Independent => {
                weighted_risk_difference((&reference.net, &reference.weights), (&arm.net, &arm.weights))
            }
            Design::Paired => {
                let differences: Vec<f64> =
                    arm.net.iter().zip(&reference.net).map(|(arm, reference)| arm - reference).collect();
                weighted_paired_risk_difference((&differences, &arm.weights))
            }
        }
    }
}
