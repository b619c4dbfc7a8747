//! Replicate trials and power against statsmodels and scipy, and drivers against the functions they rest on.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::{
    Drivers, Replicates, correlation_ci95, fisher_z_power, linear_regression, prcc, proportion_ci95,
    quantiles,
};
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/power.json")).unwrap()
}

fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap()
}

/// Pseudo-random columns with a weak link of the second to the first.
fn columns(n: usize, link: f64) -> (Vec<f64>, Vec<f64>) {
    let mut state = 7u64;
    let mut uniform = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
    (0..n).map(|_| (normal(), normal())).map(|(x, e)| (x, link * x + e)).unzip()
}

#[test]
fn ref_power_and_intervals_are_those_of_statsmodels_0_15_and_scipy_1_17() {
    let fixture = fixture();
    let near = |ours: f64, theirs: f64| {
        assert!((ours - theirs).abs() < 1e-12 + 1e-9 * theirs.abs(), "{ours} {theirs}")
    };
    for case in fixture["power"].as_array().unwrap() {
        near(fisher_z_power(number(case, "r"), number(case, "n")), number(case, "power"));
    }
    for case in fixture["correlations"].as_array().unwrap() {
        let [low, high] = correlation_ci95(number(case, "r"), number(case, "n"));
        near(low, number(case, "low"));
        near(high, number(case, "high"));
    }
    for case in fixture["proportions"].as_array().unwrap() {
        let [low, high] = proportion_ci95(case["hits"].as_u64().unwrap(), case["trials"].as_u64().unwrap());
        near(low, number(case, "low"));
        near(high, number(case, "high"));
    }
}

#[test]
fn every_trial_has_the_p_of_its_own_regression() {
    let (x, y) = columns(1_030, 0.2);
    let replicates = Replicates::of(&x, &y, 100);
    assert_eq!((replicates.tests.len(), replicates.undetermined), (10, 0));
    for (k, test) in replicates.tests.iter().enumerate() {
        let rows = 100 * k..100 * (k + 1);
        let fit = linear_regression(&x[rows.clone()], &y[rows]).unwrap();
        assert_eq!((test.log10_p, test.r, test.t), (fit.log10_p, fit.r, fit.t));
    }
    let all: Vec<f64> = replicates.tests.iter().map(|t| t.log10_p).collect();
    assert_eq!(replicates.log10_p().unwrap().median, quantiles(&all, &[0.5]).unwrap()[0]);
    assert_eq!(replicates.at_or_below(all[3]), all.iter().filter(|p| **p <= all[3]).count());
}

#[test]
fn a_trial_that_has_no_test_is_counted_as_such() {
    let (x, mut y) = columns(40, 1.0);
    y[10..20].fill(f64::NAN);
    let replicates = Replicates::of(&x, &y, 10);
    assert_eq!((replicates.tests.len(), replicates.undetermined), (3, 1));
    let none = Replicates::of(&x[..9], &y[..9], 10);
    assert_eq!((none.log10_p(), none.mean_r()), (None, None));
}

#[test]
fn trials_of_a_normal_pair_find_it_as_often_as_fishers_z_says() {
    let link = 0.2;
    let r = link / f64::sqrt(1.0 + link * link);
    let (x, y) = columns(400_000, link);
    for n in [50, 200, 500] {
        let replicates = Replicates::of(&x, &y, n);
        let trials = replicates.tests.len();
        let found = replicates.significant() as f64 / trials as f64;
        let expected = fisher_z_power(r, n as f64);
        let error = (expected * (1.0 - expected) / trials as f64).sqrt();
        assert!((found - expected).abs() < 4.0 * error + 0.005, "{n}: {found} of {expected} ± {error}");
    }
    let nothing = Replicates::of(&x[1..], &y[..y.len() - 1], 100);
    let found = nothing.significant() as f64 / nothing.tests.len() as f64;
    assert!((found - 0.05).abs() < 0.015, "{found} where there is nothing to find");
}

#[test]
fn drivers_are_the_multiple_regression_and_the_partial_rank_correlations_strongest_first() {
    let (a, noise) = columns(3_000, 0.0);
    let (b, c) = columns(3_001, 0.0);
    let (b, c) = (&b[1..], &c[1..]);
    let y: Vec<f64> = (0..a.len()).map(|i| 0.3 * a[i] - 2.0 * b[i] + noise[i]).collect();
    let mut drivers = Drivers::new(["a", "b", "c"].map(str::to_owned).to_vec());
    for rows in [0..1000, 1000..3000] {
        drivers.extend(&[&a[rows.clone()], &b[rows.clone()], &c[rows.clone()]], &y[rows]);
    }
    let table = drivers.table().unwrap();
    let order: Vec<_> = table.drivers.iter().map(|d| d.predictor.as_str()).collect();
    assert_eq!(order, ["b", "a", "c"]);
    let ranks = prcc(&[&a, b, c], &y).unwrap();
    assert_eq!([table.drivers[1].prcc, table.drivers[0].prcc, table.drivers[2].prcc], ranks[..]);
    let strongest = &table.drivers[0];
    assert!(
        (strongest.coefficient.slope + 2.0).abs() < 0.1 && strongest.coefficient.beta < -0.8,
        "{strongest:?}"
    );
    assert!(
        strongest.beta_ci95[0] < strongest.coefficient.beta
            && strongest.coefficient.beta < strongest.beta_ci95[1]
    );
    let [low, high] = table.drivers[2].prcc_ci95;
    assert!(low < 0.0 && 0.0 < high, "c drives nothing: {low} to {high}");
}
