//! Every endpoint compared between two arms of weighted patients: [`weighted`](crate::weighted) instead of exact methods and scores.

use super::arm_comparison::ArmComparison;
use super::comparison_plan::Design;
use super::comparison_summary::Description;
use super::effect::NumberNeeded;
use super::endpoint_comparisons::{Parts, effect, number_needed, present, primary, secondary, time_to_event};
use super::outcome_data::OutcomeData;
use super::terms::{EffectMeasure, HypothesisTest};
use crate::error::StatError;
use crate::weighted::{
    WeightedMean, WeightedOutcomes, weighted_odds_ratio, weighted_paired_ratio,
    weighted_paired_risk_difference, weighted_paired_t, weighted_rank_sum, weighted_risk,
    weighted_risk_difference, weighted_risk_ratio, weighted_signed_rank, weighted_welch_t,
};

/// The comparison of an endpoint between the reference and an arm.
pub(super) fn weighted_parts(all: &ArmComparison, endpoint: usize, arm: usize) -> Parts {
    let weights = [0, arm].map(|arm| all.weights(arm).unwrap_or_default());
    let resolution = all.plan().endpoints[endpoint].resolution;
    match [0, arm].map(|arm| all.outcomes(endpoint, arm)) {
        [OutcomeData::Continuous(reference), OutcomeData::Continuous(arm)] => {
            let pairs = || reference.iter().zip(arm);
            let within = (all.plan().design == Design::Paired)
                .then(|| pairs().map(|(reference, arm)| resolution.difference(*reference, *arm)).collect());
            continuous([(reference, weights[0]), (arm, weights[1])], within)
        }
        [OutcomeData::Binary(reference), OutcomeData::Binary(arm)] => {
            binary(all.plan().design, [(reference, weights[0]), (arm, weights[1])])
        }
        _ => time_to_event(all, endpoint, arm),
    }
}

/// Patients with a value, and without.
fn counts((values, _): WeightedOutcomes<'_>) -> (u64, u64) {
    let n = present(values);
    (n, values.len() as u64 - n)
}

fn continuous(arms: [WeightedOutcomes<'_>; 2], differences: Option<Vec<f64>>) -> Parts {
    let described = arms.map(|(values, weights)| {
        let (n, missing) = counts((values, weights));
        let seen = || values.iter().copied().filter(|value| !value.is_nan());
        let [min, max] = [seen().fold(f64::INFINITY, f64::min), seen().fold(f64::NEG_INFINITY, f64::max)];
        let mean = WeightedMean::of(values, weights);
        (n, missing, mean.map(|of| Description::Continuous { mean: of.mean, sd: of.sd, min, max }))
    });
    let [reference, arm] = arms;
    let (n, missing, means, ranks, names);
    if let Some(differences) = differences {
        let weights = reference.1;
        (n, missing) = counts((&differences, weights));
        means = weighted_paired_t(&differences, weights);
        ranks = weighted_signed_rank(&differences, weights);
        names = [HypothesisTest::PairedT, HypothesisTest::WilcoxonSignedRank];
    } else {
        (n, missing) = both(arms);
        means = weighted_welch_t(reference, arm);
        ranks = weighted_rank_sum(reference, arm);
        names = [HypothesisTest::WelchT, HypothesisTest::WilcoxonRankSum];
    }
    Parts {
        n,
        missing,
        described,
        effects: vec![effect(EffectMeasure::MeanDifference, n, means.map(|m| m.difference))],
        tests: vec![primary(names[0], n, means.map(|m| m.test)), secondary(names[1], n, ranks)],
    }
}

fn binary(design: Design, arms: [WeightedOutcomes<'_>; 2]) -> Parts {
    let described = arms.map(|(events, weights)| {
        let (n, missing) = counts((events, weights));
        let risk = weighted_risk((events, weights)).map(|risk| Description::Binary {
            events: events.iter().filter(|event| **event == 1.0).count() as u64,
            risk: risk.estimate,
            risk_ci95: risk.ci95,
        });
        (n, missing, risk)
    });
    let are_binary = described.iter().try_for_each(|(_, _, risk)| risk.as_ref().map(|_| ()).map_err(|e| *e));
    let [reference, arm] = arms;
    let (n, missing, difference, means, ratios, test);
    match design {
        Design::Paired => {
            let weights = reference.1;
            let pairs = || reference.0.iter().zip(arm.0);
            let differences: Vec<f64> = pairs().map(|(reference, arm)| arm - reference).collect();
            let only = |event: fn(f64) -> bool| -> Vec<f64> {
                let one = |d: &f64| if d.is_nan() { f64::NAN } else { f64::from(u8::from(event(*d))) };
                differences.iter().map(one).collect()
            };
            (n, missing) = counts((&differences, weights));
            difference = are_binary.and_then(|()| weighted_paired_risk_difference((&differences, weights)));
            means = are_binary.and_then(|()| weighted_paired_t(&differences, weights));
            let (only_arm, only_reference) = (only(|d| d > 0.0), only(|d| d < 0.0));
            let within = are_binary.and_then(|()| weighted_paired_ratio(&only_arm, &only_reference, weights));
            let within = within.map_err(|error| match error {
                StatError::NoEvents => StatError::NoDifference,
                other => other,
            });
            ratios = [
                effect(EffectMeasure::RiskRatio, n, weighted_paired_ratio(arm.0, reference.0, weights)),
                effect(EffectMeasure::ConditionalOddsRatio, n, within),
            ];
            test = HypothesisTest::PairedT;
        }
        Design::Independent => {
            (n, missing) = both(arms);
            difference = weighted_risk_difference(reference, arm);
            means = are_binary.and_then(|()| weighted_welch_t(reference, arm));
            ratios = [
                effect(EffectMeasure::RiskRatio, n, weighted_risk_ratio(reference, arm)),
                effect(EffectMeasure::OddsRatio, n, weighted_odds_ratio(reference, arm)),
            ];
            test = HypothesisTest::WelchT;
        }
    }
    let needed = difference.and_then(|difference| NumberNeeded::from_risk_difference(&difference));
    let mut effects = vec![effect(EffectMeasure::RiskDifference, n, difference)];
    effects.extend(ratios);
    effects.push(number_needed(n, needed));
    Parts { n, missing, described, effects, tests: vec![primary(test, n, means.map(|m| m.test))] }
}

/// Patients with a value of both arms together, and those without.
fn both(arms: [WeightedOutcomes<'_>; 2]) -> (u64, u64) {
    let [reference, arm] = arms.map(counts);
    (reference.0 + arm.0, reference.1 + arm.1)
}
