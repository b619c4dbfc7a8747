//! Weights by entropy balancing, against SciPy's minimum of the primal problem, and what they are in simple cases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::{BalancedStratum, EntropyBalance, ShareTarget};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    patients: Vec<f64>,
    counted: Vec<Vec<Option<bool>>>,
    targets: Vec<(f64, f64)>,
    weights: Vec<f64>,
    shares: Vec<f64>,
    effective_sample_size: f64,
}

fn strata(patients: &[f64], counted: &[Vec<Option<bool>>]) -> Vec<BalancedStratum> {
    let stratum = |(patients, counted): (&f64, &Vec<Option<bool>>)| BalancedStratum {
        patients: *patients,
        counted: counted.clone(),
    };
    patients.iter().zip(counted).map(stratum).collect()
}

fn target(share: f64, standard_error: f64) -> ShareTarget {
    ShareTarget { share, standard_error }
}

/// The weighted share of number `k`, and the part of the weight of those of whom it is taken.
fn share(strata: &[BalancedStratum], weights: &[f64], k: usize) -> (f64, f64) {
    let sum = |of: &dyn Fn(Option<bool>) -> bool| -> f64 {
        strata.iter().zip(weights).filter(|(s, _)| of(s.counted[k])).map(|(s, w)| s.patients * w).sum()
    };
    let (all, among) = (sum(&|_| true), sum(&|counted| counted.is_some()));
    (sum(&|counted| counted == Some(true)) / among, among / all)
}

#[test]
fn ref_weights_are_those_that_scipy_finds_from_the_primal_problem() {
    let fixture: Fixture = serde_json::from_str(include_str!("fixtures/entropy_balancing.json")).unwrap();
    for case in fixture.cases {
        let strata = strata(&case.patients, &case.counted);
        let targets: Vec<_> = case.targets.iter().map(|(share, error)| target(*share, *error)).collect();
        let found = EntropyBalance::fit(&strata, &targets).unwrap();
        for (weight, expected) in found.weights.iter().zip(&case.weights) {
            // The mean is 1; as exactly as BFGS finds the minimum.
            assert!((weight - expected).abs() < 1e-6, "{weight} {expected}");
        }
        for (k, expected) in case.shares.iter().enumerate() {
            assert!((share(&strata, &found.weights, k).0 - expected).abs() < 1e-7);
        }
        let relative = found.effective_sample_size / case.effective_sample_size - 1.0;
        assert!(relative.abs() < 1e-6, "{relative}");
    }
}

#[test]
fn one_share_known_exactly_is_met_exactly() {
    // 30 of 100 have it, and 60 % are to: weights 2 and 4/7.
    let found = EntropyBalance::fit(
        &strata(&[30.0, 70.0], &[vec![Some(true)], vec![Some(false)]]),
        &[target(0.6, 1e-9)],
    )
    .unwrap();
    assert!(
        (found.weights[0] - 2.0).abs() < 1e-9 && (found.weights[1] - 4.0 / 7.0).abs() < 1e-9,
        "{found:?}"
    );
    let effective = 1e4 / (30.0 * 4.0 + 70.0 * 16.0 / 49.0);
    assert!((found.effective_sample_size - effective).abs() < 1e-6);
    assert!((found.greatest_weight - 2.0).abs() < 1e-9);
}

#[test]
fn what_is_met_already_costs_nothing() {
    let strata = strata(&[30.0, 70.0, 50.0], &[vec![Some(true)], vec![Some(false)], vec![None]]);
    let found = EntropyBalance::fit(&strata, &[target(0.3, 0.05)]).unwrap();
    assert!(
        found.multipliers[0].abs() < 1e-12 && found.weights.iter().all(|weight| (weight - 1.0).abs() < 1e-12)
    );
    let nothing = EntropyBalance::fit(&[BalancedStratum { patients: 5.0, counted: vec![] }], &[]).unwrap();
    assert_eq!((nothing.weights, nothing.effective_sample_size), (vec![1.0], 5.0));
}

#[test]
fn a_share_of_few_pulls_as_much_as_one_of_all() {
    // The same share of the same patients; beside them there are many of whom it is not taken.
    let with_others = |others: f64| {
        let strata = strata(&[30.0, 70.0, others], &[vec![Some(true)], vec![Some(false)], vec![None]]);
        let found = EntropyBalance::fit(&strata, &[target(0.6, 0.001)]).unwrap();
        share(&strata, &found.weights, 0).0
    };
    for others in [1.0, 100.0, 10_000.0] {
        assert!((with_others(others) - 0.6).abs() < 1e-3, "{}", with_others(others));
    }
}

#[test]
fn targets_that_contradict_each_other_are_both_missed() {
    // The same share is to be 20 % by one trial and 80 % by another.
    let both = |has: bool| vec![Some(has), Some(has)];
    let strata = strata(&[50.0, 50.0], &[both(true), both(false)]);
    for error in [0.05, 1e-7] {
        let found = EntropyBalance::fit(&strata, &[target(0.2, error), target(0.8, error)]).unwrap();
        assert!((found.weights[0] - 1.0).abs() < 1e-6, "{found:?}");
    }
}

#[test]
fn nobody_of_whom_a_share_is_taken_gives_no_weights() {
    assert_eq!(EntropyBalance::fit(&strata(&[5.0], &[vec![None]]), &[target(0.5, 0.1)]), None);
}

proptest! {
    #[test]
    fn prop_weights_are_at_the_minimum(
        patients in prop::collection::vec(1..1000_u32, 4..20),
        counted in prop::collection::vec(prop::option::of(prop::bool::ANY), 80),
        targets in prop::collection::vec((0.1..0.9, 0.03..0.2_f64), 1..4),
        are_of_all in prop::bool::ANY,
    ) {
        let n = targets.len();
        let patients: Vec<f64> = patients.into_iter().map(f64::from).collect();
        let has = |of: &Option<bool>| if are_of_all { Some(of.unwrap_or(false)) } else { *of };
        let counted: Vec<_> =
            (0..patients.len()).map(|i| counted[n * i..n * (i + 1)].iter().map(has).collect()).collect();
        let strata = strata(&patients, &counted);
        let targets: Vec<_> = targets.into_iter().map(|(share, error)| target(share, error)).collect();
        let somebody = (0..n).all(|k| strata.iter().any(|stratum| stratum.counted[k].is_some()));
        prop_assume!(somebody);
        let found = EntropyBalance::fit(&strata, &targets);
        // Shares of some that contradict others may have no minimum: to leave hardly anybody of whom one is taken can cost less and less.
        prop_assert!(found.is_some() || !are_of_all);
        let Some(found) = found else { return Ok(()) };
        let total: f64 = patients.iter().sum();
        let mean: f64 = found.weights.iter().zip(&patients).map(|(w, n)| w * n / total).sum();
        prop_assert!((mean - 1.0).abs() < 1e-12);
        // Of hardly anybody the slope is known to few digits.
        prop_assume!((0..n).all(|k| share(&strata, &found.weights, k).1 > 1e-4));
        // Where the slope of the primal is 0: ln w + Σ (s − t)/σ² ∂s/∂w is the same for every patient.
        let slope = |i: usize| {
            let pull = |k: usize| {
                let ((s, among), target) = (share(&strata, &found.weights, k), targets[k]);
                let moves = strata[i].counted[k].map_or(0.0, |has| (f64::from(u8::from(has)) - s) / among);
                (s - target.share) / target.standard_error.powi(2) * moves
            };
            found.weights[i].ln() + (0..n).map(pull).sum::<f64>()
        };
        let heaviest = (0..strata.len()).max_by(|a, b| found.weights[*a].total_cmp(&found.weights[*b])).unwrap();
        let of_heaviest = slope(heaviest);
        for i in (0..strata.len()).filter(|i| found.weights[*i] > 1e-9) {
            let of_other = slope(i);
            prop_assert!(
                (of_other - of_heaviest).abs() < 1e-6 * (1.0 + of_heaviest.abs()),
                "{of_other} {of_heaviest}"
            );
        }
        prop_assert!(found.effective_sample_size <= total * (1.0 + 1e-12));
        prop_assert!(found.greatest_weight >= 1.0 - 1e-12);
    }
}
