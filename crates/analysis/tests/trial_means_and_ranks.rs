//! Means, ranks and Holm's adjustment between trial arms against R 4.2.2 (`fixtures/make_trial_statistics.R`).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::trial::{
    MeanDifference, PValueMethod, holm_adjusted_log10_p, paired_t, welch_t, wilcoxon_rank_sum,
    wilcoxon_signed_rank,
};
use cartrial_analysis::{StatError, Summary};
use proptest::prelude::*;
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/trial_statistics_r.json")).unwrap()
}

fn f(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap_or_else(|| panic!("{key} in {case}"))
}

/// A column; R writes one of a single value as an array too.
fn column(case: &Value, key: &str) -> Vec<f64> {
    case[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// Ten digits; R's numbers are written with fifteen.
#[track_caller]
fn near(ours: f64, theirs: f64) {
    assert!(ours == theirs || ((ours - theirs) / theirs).abs() < 1e-10, "{ours} for {theirs}");
}

fn summary(values: &[f64]) -> Summary {
    let mut summary = Summary::new();
    summary.extend(values);
    summary
}

fn paired(reference: &[f64], arm: &[f64]) -> MeanDifference {
    paired_t(&summary(&differences(reference, arm))).unwrap()
}

fn differences(reference: &[f64], arm: &[f64]) -> Vec<f64> {
    reference.iter().zip(arm).map(|(reference, arm)| arm - reference).collect()
}

#[test]
fn ref_r_t_tests_have_ten_digits_from_two_patients_to_p_of_1e_minus_1288() {
    let fixture = fixture();
    let cases = fixture["means"].as_array().unwrap();
    assert_eq!(cases.len(), 12);
    for case in cases {
        let (reference, arm) = (column(case, "reference"), column(case, "arm"));
        let ours = match case["paired"].as_bool().unwrap() {
            true => paired(&reference, &arm),
            false => welch_t(&summary(&reference), &summary(&arm)).unwrap(),
        };
        near(ours.difference.estimate, f(case, "estimate"));
        near(ours.difference.se.unwrap(), f(case, "se"));
        near(ours.difference.ci95[0], f(case, "low"));
        near(ours.difference.ci95[1], f(case, "high"));
        near(ours.test.statistic.unwrap(), f(case, "t"));
        near(ours.test.df.unwrap(), f(case, "df"));
        near(ours.test.p_value, f(case, "p"));
        near(ours.test.log10_p, f(case, "log10_p"));
    }
}

#[test]
fn ref_r_wilcoxon_tests_are_exact_and_normal_where_those_of_r_are() {
    let fixture = fixture();
    let cases = fixture["ranks"].as_array().unwrap();
    assert_eq!(cases.len(), 20);
    let mut exact = 0;
    for case in cases {
        let (reference, arm) = (column(case, "reference"), column(case, "arm"));
        let ours = match case["paired"].as_bool().unwrap() {
            true => wilcoxon_signed_rank(&differences(&reference, &arm)).unwrap(),
            false => wilcoxon_rank_sum(&reference, &arm).unwrap(),
        };
        let is_exact = matches!(ours.method, PValueMethod::ExactSignedRank | PValueMethod::ExactRankSum);
        assert_eq!(is_exact, case["exact"].as_bool().unwrap(), "{case}");
        near(ours.statistic.unwrap(), f(case, "statistic"));
        near(ours.p_value, f(case, "p"));
        near(libm::exp(ours.log10_p * std::f64::consts::LN_10), f(case, "p"));
        exact += usize::from(is_exact);
    }
    assert_eq!(exact, 9);
}

#[test]
fn ref_r_holm_with_and_without_tests_that_could_not_be_done() {
    for case in fixture()["holm"].as_array().unwrap() {
        let p: Vec<f64> = column(case, "p").iter().map(|p| p.log10()).collect();
        for (more, key) in [(0, "adjusted"), (2, "adjusted_with_2_more")] {
            let ours = holm_adjusted_log10_p(&p, p.len() + more);
            for (ours, theirs) in ours.iter().zip(column(case, key)) {
                near(10f64.powf(*ours), theirs);
            }
        }
    }
}

#[test]
fn regress_a_rank_test_of_a_hundred_thousand_pairs_has_a_logarithm_where_p_is_zero() {
    let differences: Vec<f64> = (1..=100_000).map(f64::from).collect();
    let test = wilcoxon_signed_rank(&differences).unwrap();
    // All ranks positive: V = n(n+1)/2, z = (n(n+1)/4 − ½)/√(n(n+1)(2n+1)/24).
    let n = 1e5f64;
    let z = (n * (n + 1.0) / 4.0 - 0.5) / (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
    let asymptotic = -0.5 * z * z - z.ln() + 0.5 * (2.0 / std::f64::consts::PI).ln() - 1.0 / (z * z);
    assert_eq!(test.p_value, 0.0);
    near(test.log10_p, asymptotic * std::f64::consts::LOG10_E);
}

#[test]
fn regress_what_does_not_vary_has_no_test_and_says_so() {
    let same = |n: usize| summary(&vec![2.5; n]);
    for text in [
        paired_t(&same(5)).unwrap_err().to_string(),
        welch_t(&same(3), &same(4)).unwrap_err().to_string(),
        wilcoxon_rank_sum(&[1.0; 60], &[1.0; 3]).unwrap_err().to_string(),
    ] {
        assert!(text.contains("do not vary"), "{text}");
    }
    for test in [paired_t(&summary(&[0.0; 5])).map(|t| t.test), wilcoxon_signed_rank(&[0.0; 4])] {
        assert_eq!(test, Err(StatError::NoDifference), "twins that are equal are no failure of a test");
    }
    let all_fall = wilcoxon_signed_rank(&[-1.0, -2.0, -3.0]).unwrap();
    assert!(all_fall.statistic.is_some_and(|v| v == 0.0 && v.is_sign_positive()), "{all_fall:?}");
    for text in [
        paired_t(&same(1)).unwrap_err().to_string(),
        welch_t(&same(3), &same(1)).unwrap_err().to_string(),
        wilcoxon_signed_rank(&[f64::NAN]).unwrap_err().to_string(),
        wilcoxon_rank_sum(&[1.0], &[f64::NAN]).unwrap_err().to_string(),
    ] {
        assert!(text.contains("complete rows"), "{text}");
    }
    assert!(
        wilcoxon_signed_rank(&[1.0, f64::INFINITY]).is_err()
            && welch_t(&same(2), &summary(&[1.0, f64::INFINITY])).is_err()
    );
}

fn values(least: usize) -> impl Strategy<Value = Vec<f64>> {
    // Halves: many ties.
    prop::collection::vec((-40..40i32).prop_map(|v| f64::from(v) * 0.5), least..90)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_swapping_arms_flips_signs_and_keeps_p(a in values(3), b in values(3)) {
        if let (Ok(there), Ok(back)) = (welch_t(&summary(&a), &summary(&b)), welch_t(&summary(&b), &summary(&a))) {
            prop_assert_eq!(there.difference.estimate, -back.difference.estimate);
            prop_assert_eq!(there.difference.ci95, [-back.difference.ci95[1], -back.difference.ci95[0]]);
            prop_assert!((there.test.log10_p - back.test.log10_p).abs() <= 1e-12 * there.test.log10_p.abs());
        }
        if let (Ok(there), Ok(back)) = (wilcoxon_rank_sum(&a, &b), wilcoxon_rank_sum(&b, &a)) {
            prop_assert_eq!(there.p_value, back.p_value);
            prop_assert_eq!(there.statistic.unwrap() + back.statistic.unwrap(), (a.len() * b.len()) as f64);
        }
        let negative: Vec<f64> = a.iter().map(|d| -d).collect();
        if let (Ok(there), Ok(back)) = (wilcoxon_signed_rank(&a), wilcoxon_signed_rank(&negative)) {
            prop_assert_eq!(there.p_value, back.p_value);
        }
    }

    #[test]
    fn prop_holm_is_monotone_and_never_less_than_p(p in prop::collection::vec(-400.0..0.0f64, 1..12), more in 0..4usize) {
        let family = p.len() + more;
        let adjusted = holm_adjusted_log10_p(&p, family);
        for i in 0..p.len() {
            prop_assert!(adjusted[i] >= p[i] && adjusted[i] <= 0.0);
            prop_assert!(adjusted[i] <= p[i] + (family as f64).log10() + 1e-12 || adjusted.iter().zip(&p).any(|(a, q)| *q < p[i] && *a == adjusted[i]));
            for j in 0..p.len() {
                prop_assert!(p[i] > p[j] || adjusted[i] <= adjusted[j]);
            }
        }
    }
}
