//! Which arm of a sweep is best, and for whom: severe inflammation against remission, overall and by tumour burden.

use crate::FindingsError;
use crate::trial_analysis::design;
use cartrial_analysis::trial::{
    BenefitRisk, BenefitRiskColumns, BenefitRiskEstimates, Design, Effect, RiskAndBenefit,
    WeightedBenefitRisk, pareto_front,
};
use cartrial_analysis::{Estimate, WeightedRows};
use cartrial_cohort::{Arm, Study, SweptKey};
use cartrial_dataset::PatientRows;
use cartrial_model::{Endpoint, Quantity};
use serde::Serialize;

const RISK: Endpoint = Endpoint::SevereInflammation;
const BENEFIT: Endpoint = Endpoint::Remission;
const STRATUM: Quantity = Quantity::TumourBurden;
/// The most groups by tumour burden.
const GROUPS: usize = 4;

/// Counts what an arm is chosen by, from rows as they come.
pub(crate) struct SweepAnalysis {
    design: Design,
    arms: Vec<SweptArm>,
    counts: BenefitRisk,
}

/// An arm and its place in a sweep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweptArm {
    /// Its name.
    pub arm: String,
    /// Its number among the arms of the study, from 0.
    #[serde(skip)]
    pub number: usize,
    /// The number of the sweep that it belongs to, from 0; none of an arm by itself.
    pub sweep: Option<usize>,
    /// The values that the sweep gives it; none of an arm by itself.
    pub levels: Vec<Level>,
}

/// What a sweep sets a number of an arm to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Level {
    /// The number.
    pub key: SweptKey,
    /// Its value.
    pub value: f64,
}

/// What the arms of a sweep do: the part `sweep` of `summary.json`.
#[derive(Clone, Debug, Serialize)]
pub struct SweepFindings {
    /// The event that is to be avoided.
    pub risk: &'static str,
    /// The event that is to be reached.
    pub benefit: &'static str,
    /// What patients are grouped by.
    pub stratum: &'static str,
    /// The arms of the study, in order.
    pub arms: Vec<SweptArm>,
    /// All patients.
    pub overall: BenefitRiskFindings,
    /// Groups of about one size by the tumour burden at the start; none where all have about the same.
    pub by_tumour_burden: Vec<StratumFindings>,
}

/// Patients of similar tumour burden.
#[derive(Clone, Debug, Serialize)]
pub struct StratumFindings {
    /// Least tumour burden in cells/µL, included; none of the first group.
    pub from: Option<f64>,
    /// Greatest, excluded; none of the last group.
    pub to: Option<f64>,
    /// What the arms do for them.
    #[serde(flatten)]
    pub findings: BenefitRiskFindings,
}

/// Risk and benefit of every arm in some patients.
#[derive(Clone, Debug, Serialize)]
pub struct BenefitRiskFindings {
    /// How many patients there are.
    pub patients: u64,
    /// The arms, in the order of the study.
    pub arms: Vec<ArmBenefitRisk>,
    /// The number of the arm with which most patients have the benefit without the risk, if anybody has; of equal ones the first.
    pub preferred: Option<usize>,
}

/// Risk and benefit of one arm.
#[derive(Clone, Debug, Serialize)]
pub struct ArmBenefitRisk {
    /// Patients whose outcomes are known.
    pub n: u64,
    /// Share with the risk, with Wilson's interval.
    pub risk: Estimate<Effect>,
    /// Share with the benefit.
    pub benefit: Estimate<Effect>,
    /// Share with the benefit and without the risk.
    pub benefit_without_risk: Estimate<Effect>,
    /// Whether no other arm has less of the risk and as much of the benefit, or more of the benefit and as little of the risk.
    pub pareto_optimal: bool,
    /// Share with the benefit and without the risk, minus that in the preferred arm; none of that arm itself.
    pub minus_preferred: Option<Estimate<Effect>>,
}

impl SweepAnalysis {
    /// An analysis without rows; none of a study without a sweep.
    pub fn new(study: &Study) -> Option<Self> {
        let mut sweeps: Vec<&Arm> = Vec::new();
        let mut arms = Vec::new();
        for (number, arm) in study.arms.iter().enumerate() {
            let known = sweeps.iter().position(|first| first.shares_sweep_with(arm));
            let sweep = (!arm.swept.is_empty()).then(|| known.unwrap_or(sweeps.len()));
            if sweep.is_some() && known.is_none() {
                sweeps.push(arm);
            }
            let levels =
                arm.swept.iter().filter_map(|key| Some(Level { key: *key, value: key.of(&arm.treatment)? }));
            arms.push(SweptArm { arm: arm.name.clone(), number, sweep, levels: levels.collect() });
        }
        // An arm alone with its levels, as a single combination is, has nothing to be compared over.
        let of_sweep = |sweep: usize| arms.iter().filter(|arm: &&SweptArm| arm.sweep == Some(sweep)).count();
        let is_sweep = (0..sweeps.len()).any(|sweep| of_sweep(sweep) > 1);
        is_sweep.then(|| Self {
            design: design(study),
            counts: BenefitRisk::new(design(study), arms.len()),
            arms,
        })
    }

    /// Takes in rows of all arms.
    pub fn extend(&mut self, rows: &PatientRows) -> Result<(), FindingsError> {
        let names = [STRATUM.symbol(), RISK.name(), BENEFIT.name()];
        let of_arm = |arm| -> Result<_, FindingsError> {
            Ok([
                rows.f64_in_arm(names[0], arm)?,
                rows.f64_in_arm(names[1], arm)?,
                rows.f64_in_arm(names[2], arm)?,
            ])
        };
        let columns = (0..rows.arms()).map(of_arm).collect::<Result<Vec<_>, _>>()?;
        let columns: Vec<_> = columns
            .iter()
            .map(|[stratum, risk, benefit]| BenefitRiskColumns { stratum, risk, benefit })
            .collect();
        self.counts.extend(&columns);
        Ok(())
    }

    /// What was counted so far.
    pub fn counts(&self) -> &BenefitRisk {
        &self.counts
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, next: &BenefitRisk) {
        self.counts.merge(next);
    }

    /// The findings so far.
    pub fn findings(&self) -> SweepFindings {
        let groups = self.counts.groups(GROUPS);
        let groups = groups.iter().map(|group| StratumFindings {
            from: group.from,
            to: group.to,
            findings: self.of_counts(&group.counts),
        });
        self.told(self.of_counts(&self.counts.total()), groups.collect())
    }

    /// The findings in weighted patients, from the rows of every arm.
    pub fn findings_of_weighted(&self, arms: &[WeightedRows<'_>]) -> SweepFindings {
        let columns = arms.iter().map(|rows| {
            let column = |name| rows.column(name).unwrap_or_default();
            let (stratum, risk) = (column(STRATUM.symbol()), column(RISK.name()));
            (BenefitRiskColumns { stratum, risk, benefit: column(BENEFIT.name()) }, rows.weights)
        });
        let all = WeightedBenefitRisk::new(&columns.collect::<Vec<_>>());
        let groups = all.groups(self.design, GROUPS);
        let groups = groups.iter().map(|(from, to, patients)| StratumFindings {
            from: *from,
            to: *to,
            findings: self.of_counts(patients),
        });
        self.told(self.of_counts(&all), groups.collect())
    }

    fn told(&self, overall: BenefitRiskFindings, groups: Vec<StratumFindings>) -> SweepFindings {
        SweepFindings {
            risk: RISK.name(),
            benefit: BENEFIT.name(),
            stratum: STRATUM.symbol(),
            arms: self.arms.clone(),
            overall,
            by_tumour_burden: if groups.len() > 1 { groups } else { Vec::new() },
        }
    }

    fn of_counts(&self, counts: &impl BenefitRiskEstimates) -> BenefitRiskFindings {
        let arms = 0..self.arms.len();
        let estimate = |effect: Result<Effect, _>| effect.map_or(f64::NAN, |effect: Effect| effect.estimate);
        let choices: Vec<_> = arms
            .clone()
            .map(|arm| RiskAndBenefit {
                risk: estimate(counts.risk(arm)),
                benefit: estimate(counts.benefit(arm)),
            })
            .collect();
        let front = pareto_front(&choices);
        let net: Vec<f64> = arms.clone().map(|arm| estimate(counts.net(arm))).collect();
        let better = |best: Option<usize>, arm: usize| match best {
            Some(best) if net[arm].is_nan() || net[arm] <= net[best] => Some(best),
            _ => (!net[arm].is_nan()).then_some(arm),
        };
        let preferred = arms.clone().fold(None, better).filter(|best| net[*best] > 0.0);
        let of_arm = |arm: usize| ArmBenefitRisk {
            n: counts.n(arm),
            risk: counts.risk(arm).into(),
            benefit: counts.benefit(arm).into(),
            benefit_without_risk: counts.net(arm).into(),
            pareto_optimal: front[arm],
            minus_preferred: preferred
                .filter(|preferred| *preferred != arm)
                .map(|preferred| counts.net_difference(self.design, arm, preferred).into()),
        };
        let arms: Vec<_> = arms.map(of_arm).collect();
        BenefitRiskFindings { patients: counts.patients(self.design), arms, preferred }
    }
}

impl SweepFindings {
    /// The arms of each sweep.
    pub fn sweeps(&self) -> impl Iterator<Item = Vec<&SweptArm>> {
        let sweeps = self.arms.iter().filter_map(|arm| arm.sweep).max().map_or(0, |last| last + 1);
        (0..sweeps).map(|sweep| self.arms.iter().filter(|arm| arm.sweep == Some(sweep)).collect())
    }
}

impl BenefitRiskFindings {
    /// The arms that these patients do not tell from the preferred one: those whose difference from it has 0 in its 95 % interval.
    pub fn not_told_apart(&self) -> impl Iterator<Item = usize> {
        let differences = self.arms.iter().enumerate();
        differences.filter_map(|(number, arm)| {
            let difference = arm.minus_preferred.as_ref()?.value()?;
            (difference.ci95[0] <= 0.0 && difference.ci95[1] >= 0.0).then_some(number)
        })
    }
}
