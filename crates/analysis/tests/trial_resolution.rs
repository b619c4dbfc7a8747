//! Differences within the accuracy of the values are none, in every statistic that is taken within patients.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::trial::{
    ArmComparison, ComparedEndpoint, ComparisonPlan, ComparisonSummary, Design, EffectMeasure,
    EndpointColumns, Resolution,
};

const PATIENTS: usize = 200;
const END: f64 = 730.0;

/// Twins in two arms; a tumour and a day of relapse, of which `changed` patients have another in the arm. The errors
/// of all others are 1e-9 of the value, most of them to one side.
fn summary(
    design: Design,
    resolutions: [Resolution; 2],
    changed: usize,
) -> (ArmComparison, ComparisonSummary) {
    let endpoint =
        |name: &str, columns, resolution| ComparedEndpoint { name: name.to_owned(), columns, resolution };
    let column = |name: &str| name.to_owned();
    let mut comparison = ArmComparison::new(ComparisonPlan {
        design,
        arms: vec![column("one"), column("two")],
        endpoints: vec![
            endpoint("tumour", EndpointColumns::Continuous { column: column("tumour") }, resolutions[0]),
            endpoint(
                "relapse",
                EndpointColumns::TimeToEvent {
                    time: column("day"),
                    event: column("relapse"),
                    horizon: Some(END),
                },
                resolutions[1],
            ),
        ],
        weight: None,
    });
    let error = |i: usize| if i.is_multiple_of(7) { -1e-9 } else { 1e-9 };
    let value = |i: usize| 2.0 + (i as f64 * 0.7).sin();
    let events = vec![1.0; PATIENTS];
    let of = |arm: bool, scale: f64| -> Vec<f64> {
        let in_arm = |i: usize| if i < changed { 1.5 + 0.01 * i as f64 } else { 1.0 + error(i) };
        (0..PATIENTS).map(|i| scale * value(i) * if arm { in_arm(i) } else { 1.0 }).collect()
    };
    let arms = [false, true].map(|arm| [of(arm, 1e-12), of(arm, 100.0)]);
    comparison.extend(&arms.each_ref().map(|[tumour, day]| vec![&tumour[..], &day[..], &events[..]]));
    let summary = comparison.summary();
    (comparison, summary)
}

const EXACT: [Resolution; 2] = [Resolution::Exact; 2];
const ACCURACY: [Resolution; 2] = [Resolution::Relative(1e-6), Resolution::Absolute(1e-6 * END)];

#[test]
fn errors_that_are_tested_as_they_are_look_like_an_effect() {
    let (_, exact) = summary(Design::Paired, EXACT, 0);
    for entry in &exact.entries {
        assert!(entry.primary_test().unwrap().result.value().unwrap().p_value < 1e-10, "{entry:?}");
    }
}

#[test]
fn errors_within_the_resolution_are_no_differences() {
    let (comparison, within) = summary(Design::Paired, ACCURACY, 0);
    for entry in &within.entries {
        assert!(entry.nobody_differs() && entry.main_difference().is_none(), "{entry:?}");
        let json = serde_json::to_value(entry).unwrap();
        assert_eq!(json["tests"][0]["not_estimated"], "no patient differs");
        assert_eq!(json["effects"][0]["not_estimated"], "no patient differs");
    }
    assert_eq!(within.entries[0].tests[1].result, cartrial_analysis::StatError::NoDifference.into());
    assert_eq!(comparison.differences("tumour", "two", PATIENTS).unwrap(), [0.0; PATIENTS]);
}

#[test]
fn real_differences_remain_and_the_others_are_ties() {
    let (comparison, within) = summary(Design::Paired, ACCURACY, 20);
    let (_, exact) = summary(Design::Paired, EXACT, 20);
    let differences = comparison.differences("tumour", "two", PATIENTS).unwrap();
    assert!(differences[..20].iter().all(|d| *d > 0.0) && differences[20..].iter().all(|d| *d == 0.0));
    for (within, exact) in within.entries.iter().zip(&exact.entries) {
        let [within_mean, exact_mean] =
            [within, exact].map(|entry| entry.main_difference().unwrap().estimate);
        assert!(!within.nobody_differs() && (within_mean / exact_mean - 1.0).abs() < 1e-6);
    }
    // All 20 ranks are of one sign: V is their sum.
    let v = within.entries[0].tests[1].result.value().unwrap().statistic.unwrap();
    assert_eq!(v, 210.0);
    assert!(exact.entries[0].tests[1].result.value().unwrap().statistic.unwrap() > 1000.0);
}

#[test]
fn between_different_patients_every_value_counts() {
    let [(_, exact), (_, within)] = [EXACT, ACCURACY].map(|r| summary(Design::Independent, r, 20));
    assert_eq!(exact, within);
    assert!(exact.entries[0].effect(EffectMeasure::MeanDifference).is_some());
}

#[test]
fn a_resolution_leaves_missing_and_infinite_values_alone() {
    let infinity = f64::INFINITY;
    for resolution in [Resolution::Exact, Resolution::Relative(0.5), Resolution::Absolute(1.0)] {
        assert!(
            resolution.difference(f64::NAN, 1.0).is_nan() && resolution.difference(1.0, f64::NAN).is_nan()
        );
        assert_eq!(resolution.difference(infinity, infinity), infinity);
        assert_eq!(resolution.difference(1.0, infinity), infinity);
        assert_eq!(resolution.difference(infinity, 1.0), -infinity);
        assert_eq!(resolution.difference(1.0, 4.0), 3.0);
        assert_eq!(resolution.difference(0.0, 0.0), 0.0);
    }
    assert_eq!(Resolution::Relative(0.5).difference(2.0, 1.0), 0.0, "of the greater value");
    assert_eq!(Resolution::Absolute(1.0).difference(-1.0, -2.0), 0.0);
}
