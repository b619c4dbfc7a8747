//! Survival between trial arms against R 4.2.2 with survival 3.5-3, and scipy 1.17.1
//! (`fixtures/make_trial_statistics.R` and `.py`).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::quantiles;
use cartrial_analysis::trial::{
    KaplanMeier, Resolution, log_rank, restricted_mean_difference, restricted_mean_paired,
};
use proptest::prelude::*;
use serde_json::Value;

fn fixture_r() -> Value {
    serde_json::from_str(include_str!("fixtures/trial_statistics_r.json")).unwrap()
}

fn f(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap_or_else(|| panic!("{key} in {case}"))
}

fn optional(case: &Value, key: &str) -> Vec<Option<f64>> {
    case[key].as_array().unwrap().iter().map(Value::as_f64).collect()
}

fn column(case: &Value, key: &str) -> Vec<f64> {
    optional(case, key).into_iter().map(Option::unwrap).collect()
}

#[track_caller]
fn near(ours: f64, theirs: f64) {
    assert!(ours == theirs || ((ours - theirs) / theirs).abs() < 1e-10, "{ours} for {theirs}");
}

#[track_caller]
fn both_near(ours: Option<f64>, theirs: Option<f64>) {
    assert_eq!(ours.is_some(), theirs.is_some(), "{ours:?} for {theirs:?}");
    ours.zip(theirs).into_iter().for_each(|(ours, theirs)| near(ours, theirs));
}

#[test]
fn ref_r_survfit_step_by_step_with_median_and_restricted_mean() {
    let fixture = fixture_r();
    let cases = fixture["curves"].as_array().unwrap();
    assert_eq!(cases.len(), 9);
    for case in cases {
        let curve = KaplanMeier::of(&column(case, "time"), &column(case, "event")).unwrap();
        let times = column(case, "times");
        assert_eq!(curve.steps.len(), times.len());
        let (survival, at_risk) = (column(case, "survival"), column(case, "at_risk"));
        let (events, censored) = (column(case, "events"), column(case, "censored"));
        let [se, low, high] = ["se", "low", "high"].map(|key| optional(case, key));
        for (i, step) in curve.steps.iter().enumerate() {
            assert_eq!(step.time, times[i]);
            assert_eq!(
                [step.at_risk, step.events, step.censored].map(|n| n as f64),
                [at_risk[i], events[i], censored[i]]
            );
            near(step.survival, survival[i]);
            both_near(step.se, se[i]);
            if step.survival < 1.0 {
                both_near(step.ci95.map(|ci| ci[0]), low[i]);
                both_near(step.ci95.map(|ci| ci[1]), high[i]);
            }
        }
        both_near(curve.median(), case["median"].as_f64());
        both_near(curve.median_ci95()[0], case["median_low"].as_f64());
        both_near(curve.median_ci95()[1], case["median_high"].as_f64());
        let mean = curve.restricted_mean(f(case, "tau")).unwrap();
        near(mean.estimate, f(case, "rmean"));
        near(mean.se.unwrap(), f(case, "rmean_se"));
    }
}

#[test]
fn ref_r_survdiff_of_two_to_four_groups() {
    let fixture = fixture_r();
    let cases = fixture["log_ranks"].as_array().unwrap();
    assert_eq!(cases.len(), 7);
    let mut groups_seen = Vec::new();
    for case in cases {
        let (time, event, group) = (column(case, "time"), column(case, "event"), column(case, "group"));
        let groups = f(case, "df") as usize + 1;
        groups_seen.push(groups);
        let of = |g: usize| -> (Vec<f64>, Vec<f64>) {
            (0..time.len()).filter(|&i| group[i] == g as f64).map(|i| (time[i], event[i])).unzip()
        };
        let split: Vec<_> = (0..groups).map(of).collect();
        let slices: Vec<(&[f64], &[f64])> = split.iter().map(|(t, e)| (&t[..], &e[..])).collect();
        let test = log_rank(&slices).unwrap();
        near(test.statistic.unwrap(), f(case, "chi2"));
        near(test.log10_p, f(case, "log10_p"));
        assert_eq!(test.df, case["df"].as_f64());
    }
    groups_seen.sort_unstable();
    assert_eq!(groups_seen, [2, 2, 2, 2, 2, 3, 4]);
}

#[test]
fn ref_r_restricted_means_of_two_arms_differ_with_the_sum_of_their_variances() {
    let fixture = fixture_r();
    let [a, b] = [0, 3].map(|i| {
        let case = &fixture["curves"][i];
        KaplanMeier::of(&column(case, "time"), &column(case, "event")).unwrap()
    });
    let case = &fixture["restricted_mean_difference"];
    let difference = restricted_mean_difference(&a, &b, f(case, "tau")).unwrap();
    near(difference.estimate, f(case, "difference"));
    near(difference.ci95[0], f(case, "low"));
    near(difference.ci95[1], f(case, "high"));
}

#[test]
fn ref_scipy_paired_t_test_of_restricted_times() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/trial_statistics_py.json")).unwrap();
    for case in fixture["restricted"].as_array().unwrap() {
        let [t0, t1, e0, e1] = ["t0", "t1", "e0", "e1"].map(|key| column(case, key));
        let ours = restricted_mean_paired((&t0, &e0), (&t1, &e1), f(case, "tau"), Resolution::Exact).unwrap();
        near(ours.difference.estimate, f(case, "difference"));
        near(ours.difference.ci95[0], f(case, "low"));
        near(ours.difference.ci95[1], f(case, "high"));
        near(ours.test.statistic.unwrap(), f(case, "t"));
        near(ours.test.p_value, f(case, "p"));
    }
}

#[test]
fn regress_what_survival_data_do_not_determine() {
    let text = |result: Result<f64, cartrial_analysis::StatError>| result.unwrap_err().to_string();
    let seen = KaplanMeier::of(&[1.0, 2.0, 4.0], &[1.0, 0.0, 0.0]).unwrap();
    assert!(text(seen.restricted_mean(5.0).map(|m| m.estimate)).contains("nobody was seen after 4"));
    assert_eq!(seen.median(), None);
    let gone = KaplanMeier::of(&[1.0, 2.0], &[1.0, 1.0]).unwrap();
    assert_eq!(
        gone.restricted_mean(5.0).unwrap().estimate,
        1.5,
        "all have had the event: known for any horizon"
    );
    let of = |time: &[f64], event: &[f64]| KaplanMeier::of(time, event).map(|k| k.last_time);
    assert!(text(of(&[1.0], &[0.5])).contains("neither 0 nor 1"));
    assert!(text(of(&[-1.0], &[1.0])).contains("negative"));
    assert!(text(of(&[f64::NAN], &[1.0])).contains("complete rows"));
    assert!(text(of(&[f64::INFINITY], &[0.0])).contains("infinite"));
    let test = |a: (&[f64], &[f64]), b: (&[f64], &[f64])| log_rank(&[a, b]).map(|t| t.p_value);
    let nobody: (&[f64], &[f64]) = (&[1.0, 2.0], &[0.0, 0.0]);
    assert!(text(test(nobody, nobody)).contains("nobody had the event"));
    // The only event comes after everybody of the other group has been censored.
    assert!(text(test(nobody, (&[3.0, 4.0], &[1.0, 0.0]))).contains("do not vary"));
    assert!(text(restricted_mean_difference(&seen, &seen, 0.5).map(|e| e.estimate)).contains("do not vary"));
    let early = restricted_mean_paired(
        (&[1.0, 2.0], &[1.0, 0.0]),
        (&[3.0, 3.0], &[0.0, 0.0]),
        3.0,
        Resolution::Exact,
    );
    assert!(text(early.map(|m| m.n as f64)).contains("1 patients were censored before 3"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_without_censoring_the_curve_is_the_share_left_and_its_mean_and_median_the_ordinary_ones(
        times in prop::collection::vec((0..60u32).prop_map(f64::from), 2..120), tau in 1.0..80.0f64,
    ) {
        let curve = KaplanMeier::of(&times, &vec![1.0; times.len()]).unwrap();
        let n = times.len() as f64;
        for step in &curve.steps {
            let left = times.iter().filter(|t| **t > step.time).count() as f64 / n;
            prop_assert!((step.survival - left).abs() < 1e-13);
        }
        let mean = curve.restricted_mean(tau).unwrap();
        let by_hand = times.iter().map(|t| t.min(tau)).sum::<f64>() / n;
        prop_assert!((mean.estimate - by_hand).abs() < 1e-11);
        let squares: f64 = times.iter().map(|t| (t.min(tau) - by_hand).powi(2)).sum();
        prop_assert!((mean.se.unwrap() - squares.sqrt() / n).abs() < 1e-10);
        prop_assert_eq!(curve.median().unwrap(), quantiles(&times, &[0.5]).unwrap()[0]);
    }

    #[test]
    fn prop_log_rank_does_not_depend_on_which_group_comes_first(
        a in prop::collection::vec((0..40u32, 0..2u32), 2..60), b in prop::collection::vec((0..40u32, 0..2u32), 2..60),
    ) {
        let split = |rows: &[(u32, u32)]| -> (Vec<f64>, Vec<f64>) {
            rows.iter().map(|&(t, e)| (f64::from(t), f64::from(e))).unzip()
        };
        let ((ta, ea), (tb, eb)) = (split(&a), split(&b));
        let there = log_rank(&[(&ta, &ea), (&tb, &eb)]);
        let back = log_rank(&[(&tb, &eb), (&ta, &ea)]);
        match (there, back) {
            (Ok(there), Ok(back)) => {
                let (there, back) = (there.statistic.unwrap(), back.statistic.unwrap());
                prop_assert!((there - back).abs() < 1e-9 * (1.0 + there), "{there} {back}");
            }
            (there, back) => prop_assert_eq!(there, back),
        }
    }
}
