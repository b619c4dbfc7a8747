//! Every endpoint compared between two arms: effects and tests from the accumulated data.

use super::arm_comparison::ArmComparison;
use super::comparison_plan::{Design, EndpointColumns, Resolution};
use super::comparison_summary::{
    Adjusted, ArmDescription, ComparisonEntry, ComparisonSummary, Description, EffectValue, ReportedEffect,
    ReportedTest,
};
use super::effect::{Effect, NumberNeeded};
use super::endpoint_accumulator::{EndpointAccumulator, EventCounts, PairedEventCounts, pairs};
use super::holm::holm_adjusted_log10_p;
use super::independent_proportions::{ContingencyTable, Proportion};
use super::kaplan_meier::KaplanMeier;
use super::log_rank::log_rank;
use super::outcome_data::OutcomeData;
use super::restricted_mean::{
    difference_of_restricted_means, restricted_differences, restricted_mean_paired,
};
use super::t_tests::{paired_t, welch_t};
use super::terms::{EffectMeasure, HypothesisTest};
use super::test_result::TestResult;
use super::weighted_comparisons::weighted_parts;
use super::wilcoxon::{wilcoxon_rank_sum, wilcoxon_signed_rank};
use crate::error::StatError;
use crate::summary::Summary;
use crate::weighted::{WeightedSurvival, weighted_log_rank, weighted_paired_t};
use std::f64::consts::LN_10;

/// The comparison of one endpoint between two arms, without the names.
pub(super) struct Parts {
    pub n: u64,
    pub missing: u64,
    /// Of each arm the patients with a value and without, and their location and spread.
    pub described: [(u64, u64, Result<Description, StatError>); 2],
    pub effects: Vec<ReportedEffect>,
    pub tests: Vec<ReportedTest>,
}

/// Every endpoint in every arm against the reference, with the family of primary tests adjusted.
pub(super) fn summarise(all: &ArmComparison) -> ComparisonSummary {
    let plan = all.plan();
    let mut entries = Vec::new();
    let accumulators = all.accumulators();
    for (index, endpoint) in plan.endpoints.iter().enumerate() {
        for arm in 1..plan.arms.len() {
            let parts = match &accumulators[index] {
                _ if plan.weight.is_some() => weighted_parts(all, index, arm),
                EndpointAccumulator::Continuous { arms, differences, resolution } => {
                    let differences = differences.get(arm - 1).map(|summary| (summary, *resolution));
                    let kept = [all.outcomes(index, 0), all.outcomes(index, arm)];
                    continuous(plan.design, [&arms[0], &arms[arm]], differences, kept)
                }
                EndpointAccumulator::Binary { arms, pairs } => {
                    binary([&arms[0], &arms[arm]], pairs.get(arm - 1))
                }
                EndpointAccumulator::TimeToEvent => time_to_event(all, index, arm),
            };
            let [reference, other] = parts.described;
            let described = |name: &str, (n, missing, values): (u64, u64, Result<Description, StatError>)| {
                ArmDescription { arm: name.to_owned(), n, missing, values: values.into() }
            };
            entries.push(ComparisonEntry {
                endpoint: endpoint.name.clone(),
                kind: endpoint.columns.outcome_type(),
                design: plan.design,
                reference: plan.arms[0].clone(),
                arm: plan.arms[arm].clone(),
                n: parts.n,
                missing: parts.missing,
                described: [described(&plan.arms[0], reference), described(&plan.arms[arm], other)],
                effects: parts.effects,
                tests: parts.tests,
            });
        }
    }
    adjust(&mut entries);
    ComparisonSummary { entries }
}

/// Adjusts the primary tests; those that could not be done belong to the family all the same.
fn adjust(entries: &mut [ComparisonEntry]) {
    let family = entries.len();
    let mut tests: Vec<(&mut ReportedTest, f64)> = Vec::new();
    for entry in entries {
        let primary = entry.tests.iter_mut().find(|test| test.primary);
        tests.extend(primary.and_then(|test| test.result.value().map(|t| t.log10_p).map(|p| (test, p))));
    }
    let log10_p: Vec<f64> = tests.iter().map(|(_, p)| *p).collect();
    let family_estimated = tests.len();
    for ((test, _), log10_p_holm) in tests.into_iter().zip(holm_adjusted_log10_p(&log10_p, family)) {
        test.adjusted = Some(Adjusted {
            p_holm: libm::exp(log10_p_holm * LN_10),
            log10_p_holm,
            family,
            family_estimated,
        });
    }
}

fn continuous(
    design: Design,
    arms: [&Summary; 2],
    differences: Option<(&Summary, Resolution)>,
    kept: [OutcomeData; 2],
) -> Parts {
    let [OutcomeData::Continuous(kept0), OutcomeData::Continuous(kept1)] = kept else {
        unreachable!("a continuous endpoint has continuous outcomes")
    };
    let describe = |summary: &Summary| {
        let values = match (summary.mean(), summary.min(), summary.max()) {
            (Some(mean), Some(min), Some(max)) => {
                Ok(Description::Continuous { mean, sd: summary.sd(), min, max })
            }
            _ if summary.n() == 0 => Err(StatError::TooFewRows { n: 0, needed: 1 }),
            _ => Err(StatError::NotFinite),
        };
        (summary.n(), summary.missing(), values)
    };
    let described = arms.map(describe);
    let (n, missing, means, ranks, names);
    match (design, differences) {
        (Design::Paired, Some((differences, resolution))) => {
            (n, missing) = (differences.n(), differences.missing());
            means = paired_t(differences);
            let kept: Vec<f64> = pairs(kept0, kept1).map(|(a, b)| resolution.difference(a, b)).collect();
            ranks = (present(&kept), wilcoxon_signed_rank(&kept));
            names = [HypothesisTest::PairedT, HypothesisTest::WilcoxonSignedRank];
        }
        _ => {
            (n, missing) = (arms[0].n() + arms[1].n(), arms[0].missing() + arms[1].missing());
            means = welch_t(arms[0], arms[1]);
            ranks = (present(kept0) + present(kept1), wilcoxon_rank_sum(kept0, kept1));
            names = [HypothesisTest::WelchT, HypothesisTest::WilcoxonRankSum];
        }
    }
    Parts {
        n,
        missing,
        described,
        effects: vec![effect(EffectMeasure::MeanDifference, n, means.map(|m| m.difference))],
        tests: vec![primary(names[0], n, means.map(|m| m.test)), secondary(names[1], ranks.0, ranks.1)],
    }
}

fn binary(arms: [&EventCounts; 2], pairs: Option<&PairedEventCounts>) -> Parts {
    let describe = |count: &EventCounts| {
        let values = count.proportion().and_then(|p| p.risk().map(|risk| (p.events, risk)));
        let values = values.map(|(events, risk)| Description::Binary {
            events,
            risk: risk.estimate,
            risk_ci95: risk.ci95,
        });
        (count.patients.n, count.missing, values)
    };
    let described = arms.map(describe);
    let (n, missing, effects, tests);
    if let Some(pairs) = pairs {
        (n, missing) = (pairs.table.n(), pairs.missing);
        let table = pairs.table();
        effects = vec![
            effect(EffectMeasure::RiskDifference, n, table.and_then(|t| t.risk_difference())),
            effect(EffectMeasure::RiskRatio, n, table.and_then(|t| t.risk_ratio())),
            effect(EffectMeasure::ConditionalOddsRatio, n, table.and_then(|t| t.conditional_odds_ratio())),
            number_needed(n, table.and_then(|t| t.number_needed())),
        ];
        tests = vec![
            primary(HypothesisTest::McnemarExact, n, table.and_then(|t| t.mcnemar_exact())),
            secondary(HypothesisTest::McnemarChi2, n, table.and_then(|t| t.mcnemar_chi2())),
        ];
    } else {
        n = arms[0].patients.n + arms[1].patients.n;
        missing = arms[0].missing + arms[1].missing;
        let both: Result<[Proportion; 2], StatError> =
            arms[0].proportion().and_then(|reference| arms[1].proportion().map(|arm| [reference, arm]));
        let table = both.map(|[reference, arm]| ContingencyTable { reference, arm });
        effects = vec![
            effect(EffectMeasure::RiskDifference, n, table.and_then(|t| t.risk_difference())),
            effect(EffectMeasure::RiskRatio, n, table.and_then(|t| t.risk_ratio())),
            effect(EffectMeasure::OddsRatio, n, table.and_then(|t| t.odds_ratio())),
            number_needed(n, table.and_then(|t| t.number_needed())),
        ];
        tests = vec![
            primary(HypothesisTest::FisherExact, n, table.and_then(|t| t.fisher())),
            secondary(HypothesisTest::PearsonChi2, n, table.and_then(|t| t.pearson())),
        ];
    }
    Parts { n, missing, described, effects, tests }
}

/// A time to event, of weighted patients or not.
pub(super) fn time_to_event(all: &ArmComparison, endpoint: usize, arm: usize) -> Parts {
    let of_arm = |arm: usize| match all.outcomes(endpoint, arm) {
        OutcomeData::TimeToEvent(times, events) => (times, events),
        _ => unreachable!("a time-to-event endpoint has times"),
    };
    let columns = [of_arm(0), of_arm(arm)];
    let resolution = all.plan().endpoints[endpoint].resolution;
    let weights = all.weights(0).zip(all.weights(arm)).map(|(reference, arm)| [reference, arm]);
    let curves = [0, 1].map(|i| Survival::of(columns[i], weights.map(|weights| weights[i])));
    let EndpointColumns::TimeToEvent { horizon, .. } = &all.plan().endpoints[endpoint].columns else {
        unreachable!("a time-to-event endpoint has times")
    };
    let horizon = horizon.map_or_else(|| least_last_time(all.plan().arms.len(), of_arm), Ok);
    let counts = columns.map(|(times, events)| {
        let n = pairs(times, events).filter(|(time, event)| !time.is_nan() && !event.is_nan()).count() as u64;
        (n, times.len() as u64 - n)
    });
    let describe = |i: usize| {
        let values =
            curves[i].as_ref().map_err(|error| *error).and_then(|curve| Ok(curve.describe(horizon?)));
        (counts[i].0, counts[i].1, values)
    };
    let described = [describe(0), describe(1)];
    let independent = (counts[0].0 + counts[1].0, counts[0].1 + counts[1].1);
    let both = match &curves {
        [Ok(reference), Ok(arm)] => Ok((reference, arm)),
        [Err(error), _] | [_, Err(error)] => Err(*error),
    };
    let apart = both.and_then(|(reference, arm)| reference.restricted_mean_difference(arm, horizon?));
    let up_to_horizon = |reported: ReportedEffect| ReportedEffect { horizon: horizon.ok(), ..reported };
    let apart = up_to_horizon(effect(EffectMeasure::RestrictedMeanDifference, independent.0, apart));
    let log_rank = match weights {
        None => log_rank(&columns),
        Some(weights) => weighted_log_rank([0, 1].map(|i| (columns[i].0, columns[i].1, weights[i]))),
    };
    if all.plan().design == Design::Independent {
        let tests = vec![primary(HypothesisTest::LogRank, independent.0, log_rank)];
        return Parts { n: independent.0, missing: independent.1, described, effects: vec![apart], tests };
    }
    let whole = |i: &usize| columns.iter().all(|(times, events)| !times[*i].is_nan() && !events[*i].is_nan());
    let patients = columns[0].0.len();
    let n = (0..patients).filter(whole).count() as u64;
    let within = both.and_then(|_| match weights {
        None => restricted_mean_paired(columns[0], columns[1], horizon?, resolution),
        Some([weights, _]) => {
            let differences = restricted_differences(columns[0], columns[1], horizon?, resolution)?;
            weighted_paired_t(&differences, weights)
        }
    });
    Parts {
        n,
        missing: patients as u64 - n,
        described,
        effects: vec![
            up_to_horizon(effect(
                EffectMeasure::RestrictedMeanDifferencePaired,
                n,
                within.map(|w| w.difference),
            )),
            apart,
        ],
        tests: vec![
            ReportedTest {
                horizon: horizon.ok(),
                ..primary(HypothesisTest::RestrictedMeanPairedT, n, within.map(|w| w.test))
            },
            secondary(HypothesisTest::LogRank, independent.0, log_rank),
        ],
    }
}

/// A survival curve, of weighted patients or not.
enum Survival {
    Unweighted(KaplanMeier),
    Weighted(WeightedSurvival),
}

impl Survival {
    fn of((times, events): (&[f64], &[f64]), weights: Option<&[f64]>) -> Result<Self, StatError> {
        Ok(match weights {
            None => Self::Unweighted(KaplanMeier::of(times, events)?),
            Some(weights) => Self::Weighted(WeightedSurvival::of(times, events, weights)?),
        })
    }

    fn curve(&self) -> &KaplanMeier {
        match self {
            Self::Unweighted(curve) | Self::Weighted(WeightedSurvival { curve, .. }) => curve,
        }
    }

    fn restricted_mean(&self, horizon: f64) -> Result<Effect, StatError> {
        match self {
            Self::Unweighted(curve) => curve.restricted_mean(horizon),
            Self::Weighted(survival) => survival.restricted_mean(horizon),
        }
    }

    /// That of an arm minus this one, the reference.
    fn restricted_mean_difference(&self, arm: &Self, horizon: f64) -> Result<Effect, StatError> {
        let (reference, arm) = (self.restricted_mean(horizon)?, arm.restricted_mean(horizon)?);
        difference_of_restricted_means(&reference, &arm)
    }

    fn describe(&self, horizon: f64) -> Description {
        let (curve, mean) = (self.curve(), self.restricted_mean(horizon).ok());
        Description::TimeToEvent {
            events: curve.events,
            median: curve.median(),
            median_ci95: curve.median_ci95(),
            horizon,
            survival_at_horizon: mean.map(|_| curve.survival_at(horizon)),
            restricted_mean: mean.map(|mean| mean.estimate),
            restricted_mean_se: mean.and_then(|mean| mean.se),
        }
    }
}

/// The greatest time that every arm reaches.
fn least_last_time<'a>(
    arms: usize,
    of_arm: impl Fn(usize) -> (&'a [f64], &'a [f64]),
) -> Result<f64, StatError> {
    let last = |arm: usize| {
        let (times, events) = of_arm(arm);
        let seen = pairs(times, events).filter(|(_, event)| !event.is_nan()).map(|(time, _)| time);
        let last = seen.fold(f64::NEG_INFINITY, f64::max); // passes NaN over
        if last.is_finite() { Ok(last) } else { Err(StatError::TooFewRows { n: 0, needed: 1 }) }
    };
    (0..arms).try_fold(f64::INFINITY, |least, arm| Ok(least.min(last(arm)?)))
}

pub(super) fn present(values: &[f64]) -> u64 {
    values.iter().filter(|value| !value.is_nan()).count() as u64
}

pub(super) fn effect(effect: EffectMeasure, n: u64, result: Result<Effect, StatError>) -> ReportedEffect {
    ReportedEffect { effect, n, horizon: None, result: result.map(EffectValue::Effect).into() }
}

pub(super) fn number_needed(n: u64, result: Result<NumberNeeded, StatError>) -> ReportedEffect {
    ReportedEffect {
        effect: EffectMeasure::NumberNeededToTreat,
        n,
        horizon: None,
        result: result.map(EffectValue::NumberNeeded).into(),
    }
}

pub(super) fn primary(test: HypothesisTest, n: u64, result: Result<TestResult, StatError>) -> ReportedTest {
    ReportedTest { test, primary: true, n, horizon: None, result: result.into(), adjusted: None }
}

pub(super) fn secondary(test: HypothesisTest, n: u64, result: Result<TestResult, StatError>) -> ReportedTest {
    ReportedTest { primary: false, ..primary(test, n, result) }
}
