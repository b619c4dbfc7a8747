//! Regressions and rank correlations of two simulated trials against mpmath 1.4.1 and scipy 1.17.1
//! (`fixtures/make_studies.py`).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::{Correlation, Regression, linear_regression, spearman};
use serde_json::Value;

const RELATIVE: f64 = 1e-10;
const STUDIES: [(&str, &str); 2] = [
    ("hanson2016-uniform", include_str!("fixtures/hanson2016-uniform.csv")),
    ("hanson2016-normal", include_str!("fixtures/hanson2016-normal.csv")),
];
const PREDICTORS: [&str; 2] = ["dose_total", "tumour_burden"];

/// A column of comma-separated numbers, by name.
fn column(csv: &str, name: &str) -> Vec<f64> {
    let mut lines = csv.lines();
    let header = lines.next().unwrap();
    let index = header.split(',').position(|n| n == name).unwrap();
    let values: Vec<f64> = lines.map(|line| line.split(',').nth(index).unwrap().parse().unwrap()).collect();
    assert_eq!(values.len(), 200);
    values
}

/// Asserts that the statistic has every field of `expected`, to [`RELATIVE`].
#[track_caller]
fn agrees(name: &str, found: &impl serde::Serialize, expected: &Value) {
    let found = serde_json::to_value(found).unwrap();
    for (field, expected) in expected.as_object().unwrap() {
        let numbers = |v: &Value| match v.as_array() {
            Some(pair) => pair.iter().map(|v| v.as_f64().unwrap()).collect(),
            None => vec![v.as_f64().unwrap()],
        };
        let (found, expected) = (numbers(&found[field]), numbers(expected));
        assert_eq!(found.len(), expected.len(), "{name}: {field}");
        for (found, expected) in found.iter().zip(expected) {
            let off = ((found - expected) / expected).abs();
            assert!(off < RELATIVE, "{name}: {field} is {found:e}, not {expected:e}");
        }
    }
}

fn each_predictor(check: impl Fn(&str, &Value, &[f64], &[f64])) {
    let reference: Value = serde_json::from_str(include_str!("fixtures/studies.json")).unwrap();
    for (study, csv) in STUDIES {
        let peak = column(csv, "peak_inflammation");
        for predictor in PREDICTORS {
            let expected = &reference["studies"][study][predictor];
            check(&format!("{study}, {predictor}"), expected, &column(csv, predictor), &peak);
        }
    }
}

#[test]
fn ref_mpmath_1_4_1_regression_of_peak_inflammation() {
    const FIELDS: usize = 10;
    each_predictor(|name, expected, x, peak| {
        assert_eq!(expected["linear"].as_object().unwrap().len(), FIELDS);
        let fit: Regression = linear_regression(x, peak).unwrap();
        agrees(name, &fit, &expected["linear"]);
    });
}

#[test]
fn ref_mpmath_1_4_1_regression_of_the_logarithm_of_peak_inflammation() {
    each_predictor(|name, expected, x, peak| {
        let log_peak: Vec<f64> = peak.iter().map(|&y| libm::log(y)).collect();
        let fit: Regression = linear_regression(x, &log_peak).unwrap();
        agrees(name, &fit, &expected["log"]);
    });
}

#[test]
fn ref_mpmath_1_4_1_rank_correlation_with_peak_inflammation() {
    each_predictor(|name, expected, x, peak| {
        let rank: Correlation = spearman(x, peak).unwrap();
        agrees(name, &rank, &expected["spearman"]);
    });
}
