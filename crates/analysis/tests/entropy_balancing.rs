//! Weights by entropy balancing, against SciPy's minimum of the primal problem, and what they are in simple cases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::{BalancedGroup, EntropyBalance};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    patients: Vec<f64>,
    features: Vec<Vec<f64>>,
    sigma: Vec<f64>,
    weights: Vec<f64>,
    effective_sample_size: f64,
}

fn groups(patients: &[f64], features: &[Vec<f64>]) -> Vec<BalancedGroup> {
    let group = |(patients, features): (&f64, &Vec<f64>)| BalancedGroup {
        patients: *patients,
        features: features.clone(),
    };
    patients.iter().zip(features).map(group).collect()
}

#[test]
fn ref_weights_are_those_that_scipy_finds_from_the_primal_problem() {
    let fixture: Fixture = serde_json::from_str(include_str!("fixtures/entropy_balancing.json")).unwrap();
    for case in fixture.cases {
        let found = EntropyBalance::fit(&groups(&case.patients, &case.features), &case.sigma);
        for (weight, expected) in found.weights.iter().zip(&case.weights) {
            // The mean is 1; as exactly as BFGS finds the minimum.
            assert!((weight - expected).abs() < 1e-7, "{weight} {expected}");
        }
        let relative = found.effective_sample_size / case.effective_sample_size - 1.0;
        assert!(relative.abs() < 1e-7, "{relative}");
    }
}

#[test]
fn one_share_known_exactly_is_met_exactly() {
    // 30 of 100 have it, and 60 % are to: weights 2 and 4/7.
    let share = 0.6;
    let of = groups(&[30.0, 70.0], &[vec![1.0 - share], vec![-share]]);
    let found = EntropyBalance::fit(&of, &[1e-9]);
    assert!((found.weights[0] - 2.0).abs() < 1e-12 && (found.weights[1] - 4.0 / 7.0).abs() < 1e-12);
    let effective = 1e4 / (30.0 * 4.0 + 70.0 * 16.0 / 49.0);
    assert!((found.effective_sample_size - effective).abs() < 1e-9);
    assert!((found.greatest_weight - 2.0).abs() < 1e-12);
}

#[test]
fn what_is_met_already_costs_nothing() {
    let found = EntropyBalance::fit(&groups(&[30.0, 70.0], &[vec![0.7], vec![-0.3]]), &[0.05]);
    assert_eq!((found.multipliers, found.weights), (vec![0.0], vec![1.0, 1.0]));
    let nothing = EntropyBalance::fit(&groups(&[5.0], &[vec![]]), &[]);
    assert_eq!((nothing.weights, nothing.effective_sample_size), (vec![1.0], 5.0));
}

#[test]
fn targets_that_contradict_each_other_are_both_missed() {
    // The same share is to be 20 % by one trial and 80 % by another.
    let of = groups(&[50.0, 50.0], &[vec![0.8, 0.2], vec![-0.2, -0.8]]);
    let found = EntropyBalance::fit(&of, &[0.05, 0.05]);
    assert!((found.weights[0] - 1.0).abs() < 1e-12, "{found:?}");
    assert!((found.multipliers[0] + found.multipliers[1]).abs() < 1e-9);
}

proptest! {
    #[test]
    fn prop_weights_are_at_the_minimum(
        patients in prop::collection::vec(1..1000_u32, 2..20),
        seed in 0..1000_u64,
        shares in 1..5_usize,
    ) {
        // Any features will do: a cheap sequence of numbers in (-1, 1).
        let feature = |i: usize, k: usize| ((seed as f64 + 1.0) * (i + 7 * k + 1) as f64 * 0.618_033_988_7).fract() * 2.0 - 1.0;
        let patients: Vec<f64> = patients.into_iter().map(f64::from).collect();
        let features: Vec<Vec<f64>> =
            (0..patients.len()).map(|i| (0..shares).map(|k| feature(i, k)).collect()).collect();
        let sigma = vec![0.05; shares];
        let found = EntropyBalance::fit(&groups(&patients, &features), &sigma);
        let total: f64 = patients.iter().sum();
        let mean = |of: &dyn Fn(usize) -> f64| -> f64 {
            found.weights.iter().zip(&patients).enumerate().map(|(i, (w, n))| w * n / total * of(i)).sum()
        };
        prop_assert!((mean(&|_| 1.0) - 1.0).abs() < 1e-12);
        for k in 0..shares {
            // The gradient of the dual is 0: m = -sigma^2 lambda.
            let gradient = mean(&|i| features[i][k]) + sigma[k] * sigma[k] * found.multipliers[k];
            prop_assert!(gradient.abs() < 1e-10, "{gradient}");
        }
        prop_assert!(found.effective_sample_size <= total * (1.0 + 1e-12));
        prop_assert!(found.greatest_weight >= 1.0 - 1e-12);
    }
}
