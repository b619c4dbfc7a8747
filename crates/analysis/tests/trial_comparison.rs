//! The accumulator over all endpoints: the same as its parts, in any portions, and what stands in the file.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod made_trial;

use cartrial_analysis::Summary;
use cartrial_analysis::trial::{
    ArmComparison, ComparisonPlan, ComparisonSummary, ContingencyTable, Description, Design, EffectMeasure,
    EffectValue, KaplanMeier, PairedContingencyTable, PowerSimulation, Proportion, ReportedEffect,
    Resolution, holm_adjusted_log10_p, log_rank, paired_t, restricted_mean_paired, welch_t,
    wilcoxon_rank_sum, wilcoxon_signed_rank,
};
use made_trial::{COLUMNS, STUDY_END, plan};
use proptest::prelude::*;
use serde_json::Value;

type Table = [Vec<f64>; 4];

/// Patients of one arm; about one value in `gap` missing, times up to the end of the study.
fn table(n: usize, seed: u64, shift: f64, gap: usize) -> Table {
    let mut state = seed;
    let mut uniform = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut columns: Table = Default::default();
    for _ in 0..n {
        let peak = shift + (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        let time = -60.0 * (1.0 + shift) * uniform().ln();
        let mut row = [
            peak,
            f64::from(uniform() < 0.4 - 0.1 * shift),
            time.min(STUDY_END),
            f64::from(time < STUDY_END),
        ];
        let hole = (uniform() * (4 * gap) as f64) as usize;
        if let Some(value) = row.get_mut(hole) {
            *value = f64::NAN;
        }
        columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    columns
}

fn slices(table: &Table, rows: std::ops::Range<usize>) -> Vec<&[f64]> {
    table.iter().map(|column| &column[rows.start.min(column.len())..rows.end.min(column.len())]).collect()
}

fn compared(plan: ComparisonPlan, tables: &[Table], portion: usize) -> ArmComparison {
    let mut comparison = ArmComparison::new(plan);
    assert_eq!(comparison.columns(), COLUMNS);
    let longest = tables.iter().map(|table| table[0].len()).max().unwrap();
    for start in (0..longest).step_by(portion) {
        let arms: Vec<Vec<&[f64]>> =
            tables.iter().map(|table| slices(table, start..start + portion)).collect();
        comparison.extend(&arms);
    }
    comparison
}

fn json(summary: &ComparisonSummary) -> Value {
    serde_json::to_value(summary).unwrap()
}

fn summary(values: impl IntoIterator<Item = f64>) -> Summary {
    let mut summary = Summary::new();
    values.into_iter().for_each(|value| summary.push(value));
    summary
}

fn proportion(column: &[f64]) -> Proportion {
    let present = column.iter().filter(|v| !v.is_nan());
    Proportion { events: present.clone().filter(|v| **v == 1.0).count() as u64, n: present.count() as u64 }
}

#[test]
fn prop_paired_entries_are_the_functions_on_the_columns() {
    let tables = [table(700, 1, 0.0, 20), table(700, 2, 0.3, 20)];
    let comparison = compared(plan(Design::Paired, &["control", "treated"], Some(60.0)), &tables, 64);
    let summary_of_all = comparison.summary();
    let [control, treated] = &tables;
    let differences: Vec<f64> = (0..700).map(|i| treated[0][i] - control[0][i]).collect();

    let peak = summary_of_all.entry("peak", "treated").unwrap();
    let expected = paired_t(&summary(differences.iter().copied())).unwrap();
    assert_eq!((peak.n, peak.n + peak.missing), (expected.n, 700));
    assert_eq!(peak.effect(EffectMeasure::MeanDifference), Some(&expected.difference));
    assert_eq!(peak.primary_test().unwrap().result.value(), Some(&expected.test));
    assert_eq!(peak.tests[1].result.value(), Some(&wilcoxon_signed_rank(&differences).unwrap()));
    let present: Vec<f64> = differences.iter().copied().filter(|d| !d.is_nan()).collect();
    assert_eq!(comparison.differences("peak", "treated", 30).unwrap(), present[..30]);

    let toxicity = summary_of_all.entry("toxicity", "treated").unwrap();
    let mut counted = PairedContingencyTable::default();
    for i in 0..700 {
        match (control[1][i], treated[1][i]) {
            (1.0, 1.0) => counted.both += 1,
            (0.0, 1.0) => counted.only_arm += 1,
            (1.0, 0.0) => counted.only_reference += 1,
            (0.0, 0.0) => counted.neither += 1,
            _ => {}
        }
    }
    assert_eq!((toxicity.n, toxicity.n + toxicity.missing), (counted.n(), 700));
    assert_eq!(toxicity.effect(EffectMeasure::RiskDifference), Some(&counted.risk_difference().unwrap()));
    assert_eq!(toxicity.effect(EffectMeasure::RiskRatio), Some(&counted.risk_ratio().unwrap()));
    assert_eq!(
        toxicity.effect(EffectMeasure::ConditionalOddsRatio),
        Some(&counted.conditional_odds_ratio().unwrap())
    );
    assert_eq!(toxicity.number_needed(), Some(&counted.number_needed().unwrap()));
    assert_eq!(toxicity.primary_test().unwrap().result.value(), Some(&counted.mcnemar_exact().unwrap()));

    let relapse = summary_of_all.entry("relapse", "treated").unwrap();
    let (reference, arm) = ((&control[2][..], &control[3][..]), (&treated[2][..], &treated[3][..]));
    let within = restricted_mean_paired(reference, arm, 60.0, Resolution::Exact).unwrap();
    assert_eq!(relapse.n, within.n);
    assert_eq!(relapse.effect(EffectMeasure::RestrictedMeanDifferencePaired), Some(&within.difference));
    assert_eq!(relapse.primary_test().unwrap().result.value(), Some(&within.test));
    assert_eq!(relapse.tests[1].result.value(), Some(&log_rank(&[reference, arm]).unwrap()));
    let curve = KaplanMeier::of(arm.0, arm.1).unwrap();
    assert_eq!(comparison.kaplan_meier("relapse", "treated").unwrap().value(), Some(&curve));
    let Some(Description::TimeToEvent { median, horizon, restricted_mean, .. }) =
        relapse.described[1].values.value()
    else {
        panic!("{:?}", relapse.described)
    };
    assert_eq!((*median, *horizon), (curve.median(), 60.0));
    assert_eq!(*restricted_mean, Some(curve.restricted_mean(60.0).unwrap().estimate));
}

#[test]
fn prop_independent_entries_are_the_functions_on_the_columns_and_the_family_is_adjusted() {
    let tables = [table(300, 3, 0.0, 30), table(120, 4, 0.2, 30), table(500, 5, 1.0, 30)];
    let comparison = compared(plan(Design::Independent, &["a", "b", "c"], None), &tables, 77);
    let all = comparison.summary();
    let named: Vec<_> = all.entries.iter().map(|e| (e.endpoint.as_str(), e.arm.as_str())).collect();
    let expected = ["peak", "toxicity", "relapse"].into_iter().flat_map(|e| [(e, "b"), (e, "c")]);
    assert_eq!(named, expected.collect::<Vec<_>>());
    for (arm, name) in [(1, "b"), (2, "c")] {
        let (reference, arm) = (&tables[0], &tables[arm]);
        let peak = all.entry("peak", name).unwrap();
        let welch =
            welch_t(&summary(reference[0].iter().copied()), &summary(arm[0].iter().copied())).unwrap();
        assert_eq!(peak.effect(EffectMeasure::MeanDifference), Some(&welch.difference));
        assert_eq!(peak.tests[0].result.value(), Some(&welch.test));
        assert_eq!(peak.tests[1].result.value(), Some(&wilcoxon_rank_sum(&reference[0], &arm[0]).unwrap()));
        assert_eq!(peak.n + peak.missing, (reference[0].len() + arm[0].len()) as u64);
        let toxicity = all.entry("toxicity", name).unwrap();
        let counted = ContingencyTable { reference: proportion(&reference[1]), arm: proportion(&arm[1]) };
        assert_eq!(toxicity.effect(EffectMeasure::OddsRatio), Some(&counted.odds_ratio().unwrap()));
        assert_eq!(toxicity.tests[0].result.value(), Some(&counted.fisher().unwrap()));
        assert_eq!(toxicity.tests[1].result.value(), Some(&counted.pearson().unwrap()));
        let relapse = all.entry("relapse", name).unwrap();
        let test = log_rank(&[(&reference[2], &reference[3]), (&arm[2], &arm[3])]).unwrap();
        assert_eq!(relapse.tests[0].result.value(), Some(&test));
    }
    let log10_p: Vec<f64> =
        all.entries.iter().map(|e| e.primary_test().unwrap().result.value().unwrap().log10_p).collect();
    let adjusted: Vec<f64> =
        all.entries.iter().map(|e| e.primary_test().unwrap().adjusted.unwrap().log10_p_holm).collect();
    assert_eq!(adjusted, holm_adjusted_log10_p(&log10_p, 6));
    assert!(all.entries.iter().all(|e| e.tests.iter().filter(|t| t.primary).count() == 1));
}

#[test]
fn prop_a_comparison_is_read_back_from_its_file() {
    let tables = [table(40, 6, 0.0, 50), table(40, 7, 0.4, 50)];
    for design in [Design::Paired, Design::Independent] {
        // Nobody is followed up to day 1000: restricted means have a reason instead of a value.
        for horizon in [None, Some(1000.0)] {
            let all = compared(plan(design, &["control", "treated"], horizon), &tables, 40).summary();
            let text = serde_json::to_string(&all).unwrap();
            assert_eq!(text.contains("not_estimated"), horizon.is_some(), "{text}");
            let back: ComparisonSummary = serde_json::from_str(&text).unwrap();
            assert_eq!(back, all);
        }
    }
}

#[test]
fn regress_the_file_is_flat_and_names_what_it_holds() {
    let tables = [table(200, 6, 0.0, 50), table(200, 7, 0.4, 50)];
    let json = json(&compared(plan(Design::Paired, &["control", "treated"], None), &tables, 200).summary());
    let peak = &json[0];
    assert_eq!([&peak["endpoint"], &peak["kind"], &peak["design"]], ["peak", "continuous", "paired"]);
    assert_eq!([&peak["reference"], &peak["arm"]], ["control", "treated"]);
    assert_eq!(peak["described"][0]["arm"], "control");
    assert!(peak["described"][0]["mean"].is_f64() && peak["described"][1]["sd"].is_f64());
    assert_eq!(peak["effects"][0]["effect"], "mean_difference");
    assert_eq!(peak["effects"][0]["ci95"].as_array().unwrap().len(), 2);
    let test = &peak["tests"][0];
    assert_eq!((&test["test"], &test["primary"]), (&"paired_t".into(), &true.into()));
    for key in ["statistic", "df", "p_value", "log10_p", "p_holm", "log10_p_holm"] {
        assert!(test[key].is_f64(), "{key} in {test}");
    }
    assert_eq!((&test["family"], &test["family_estimated"]), (&3.into(), &3.into()));
    assert!(peak["tests"][1]["p_holm"].is_null(), "only the primary test is adjusted");
    let relapse = &json[2];
    assert_eq!(relapse["described"][0]["horizon"], STUDY_END, "the end of the study is reached by both arms");
    assert_eq!(relapse["effects"][0]["effect"], "restricted_mean_difference_paired");
    assert!(relapse["effects"][0]["estimate"].is_f64(), "censored at the horizon is not censored before it");
    assert_eq!(json[1]["effects"][3]["events"], "fewer");
    for horizon in [&relapse["effects"][0]["horizon"], &relapse["tests"][0]["horizon"]] {
        assert_eq!(horizon, STUDY_END);
    }
    assert!(peak["effects"][0]["horizon"].is_null(), "a mean has none");
    let methods = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1)].map(|(i, j)| &json[i]["tests"][j]["method"]);
    assert_eq!(
        methods,
        [
            "Student's t",
            "normal approximation: zeros dropped, mid-ranks, variance corrected for ties, continuity correction \
             (wilcox.test)",
            "exact: twice the smaller binomial tail (binom.test)",
            "chi-squared without continuity correction",
            "chi-squared; tied events by the hypergeometric variance (survdiff)",
        ]
    );
}

/// No NaN, no infinity and no panic: JSON writes either as null, so that every null is one that is meant.
fn nulls(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Null => found.push(at.to_owned()),
        Value::Array(all) => all.iter().for_each(|v| nulls(v, at, found)),
        Value::Object(all) => all.iter().for_each(|(key, v)| nulls(v, key, found)),
        _ => {}
    }
}

/// Of ratios alone the estimate and the upper end may be infinite, which is null in a file.
fn assert_is_number(reported: &ReportedEffect) {
    let Some(EffectValue::Effect(effect)) = reported.result.value() else { return };
    let is_ratio = serde_json::to_value(reported.effect).unwrap().as_str().unwrap().ends_with("ratio");
    let may_be = |value: f64| value.is_finite() || (is_ratio && value == f64::INFINITY);
    assert!(may_be(effect.estimate) && effect.ci95[0].is_finite() && may_be(effect.ci95[1]), "{reported:?}");
}

#[test]
fn regress_data_that_determine_little_give_reasons_and_no_nan() {
    let nan = f64::NAN;
    let constant: Table = [vec![1.0; 5], vec![0.0; 5], vec![3.0; 5], vec![0.0; 5]];
    let missing: Table = [vec![nan; 5], vec![nan; 5], vec![nan; 5], vec![nan; 5]];
    let empty: Table = Default::default();
    let one: Table = [vec![1.0], vec![1.0], vec![3.0], vec![1.0]];
    let other: Table = [vec![2.0], vec![0.0], vec![4.0], vec![0.0]];
    let faulty: Table =
        [vec![1.0, f64::INFINITY, 2.0], vec![0.0, 2.0, 1.0], vec![1.0, -2.0, 3.0], vec![1.0, 0.0, 0.5]];
    let perfect: Table = [vec![1.0, 2.0, 3.0], vec![1.0; 3], vec![1.0, 2.0, 3.0], vec![1.0; 3]];
    let sets = [&constant, &missing, &empty, &one, &other, &faulty, &perfect];
    for design in [Design::Paired, Design::Independent] {
        for (i, a) in sets.iter().enumerate() {
            for (j, b) in sets.iter().enumerate() {
                if design == Design::Paired && a[0].len() != b[0].len() {
                    continue;
                }
                for horizon in [None, Some(2.5), Some(1e3)] {
                    let tables = [(*a).clone(), (*b).clone()];
                    let comparison = compared(plan(design, &["a", "b"], horizon), &tables, 10);
                    let summary = comparison.summary();
                    let effects = summary.entries.iter().flat_map(|entry| &entry.effects);
                    effects.for_each(assert_is_number);
                    let mut found = Vec::new();
                    nulls(&json(&summary), "", &mut found);
                    let meant = [
                        "estimate",
                        "ci95",
                        "sd",
                        "median",
                        "median_ci95",
                        "survival_at_horizon",
                        "restricted_mean",
                        "restricted_mean_se",
                    ];
                    assert!(
                        found.iter().all(|at| meant.contains(&at.as_str())),
                        "{design:?} {i} {j} {found:?}"
                    );
                    let plan =
                        PowerSimulation { allocation: [1, 1], trials: 20, alpha: 0.05, largest: u64::MAX };
                    let mut turn = 0.0;
                    let mut uniform = || {
                        turn = (turn + 0.37) % 1.0;
                        turn
                    };
                    for endpoint in ["peak", "toxicity", "relapse"] {
                        let power = comparison.power(endpoint, "b", &plan, &[2, 4, 40], &[0.8], &mut uniform);
                        let mut found = Vec::new();
                        nulls(&serde_json::to_value(power.unwrap()).unwrap(), "", &mut found);
                        assert_eq!(found, [""; 0], "{design:?} {i} {j}");
                    }
                }
            }
        }
    }
    let reasons = |a: &Table, b: &Table| {
        let summary =
            compared(plan(Design::Paired, &["a", "b"], None), &[a.clone(), b.clone()], 10).summary();
        serde_json::to_string(&summary).unwrap()
    };
    assert!(reasons(&constant, &constant).contains("no patient differs"));
    assert!(reasons(&constant, &constant).contains("nobody had the event"));
    assert!(reasons(&one, &other).contains("1 complete rows, but at least 2"));
    assert!(reasons(&faulty, &perfect).contains("1 values are neither 0 nor 1"));
    assert!(reasons(&faulty, &perfect).contains("infinite value"));
}

#[test]
fn regress_names_that_are_not_in_the_plan_give_nothing() {
    let comparison =
        compared(plan(Design::Paired, &["a", "b"], None), &[table(9, 8, 0.0, 9), table(9, 9, 0.0, 9)], 9);
    let trials = PowerSimulation { allocation: [1, 1], trials: 5, alpha: 0.05, largest: u64::MAX };
    assert!(
        comparison.power("peak", "a", &trials, &[4], &[], &mut || 0.5).is_none(),
        "the reference with itself"
    );
    assert!(comparison.power("height", "b", &trials, &[4], &[], &mut || 0.5).is_none());
    assert!(
        comparison.differences("toxicity", "b", 3).is_none()
            && comparison.differences("peak", "c", 3).is_none()
    );
    assert!(
        comparison.kaplan_meier("peak", "a").is_none() && comparison.kaplan_meier("relapse", "c").is_none()
    );
    assert!(comparison.kaplan_meier("relapse", "a").is_some(), "the reference has a curve too");
}

#[test]
#[should_panic(expected = "paired arms have one length")]
fn regress_paired_arms_of_different_length_are_refused() {
    compared(plan(Design::Paired, &["a", "b"], None), &[table(9, 1, 0.0, 9), table(8, 2, 0.0, 9)], 100);
}

/// Twins beyond the patients kept: moments and counts are of all, ranks and curves of the first.
#[test]
fn prop_patients_beyond_those_kept_count_for_means_and_risks_only() {
    let kept = ArmComparison::KEPT_PATIENTS;
    let tables = [table(kept + 5_000, 10, 0.0, 1000), table(kept + 5_000, 11, 0.01, 1000)];
    let entries = compared(plan(Design::Paired, &["a", "b"], Some(50.0)), &tables, 30_000).summary().entries;
    assert!(
        entries[0].n + entries[0].missing == kept as u64 + 5_000 && entries[0].tests[0].n == entries[0].n
    );
    let differences: Vec<f64> = (0..kept).map(|i| tables[1][0][i] - tables[0][0][i]).collect();
    assert_eq!(entries[0].tests[1].result.value(), Some(&wilcoxon_signed_rank(&differences).unwrap()));
    assert_eq!(entries[0].tests[1].n, differences.iter().filter(|d| !d.is_nan()).count() as u64);
    assert_eq!(entries[1].n + entries[1].missing, kept as u64 + 5_000);
    assert_eq!(entries[2].n + entries[2].missing, kept as u64);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn prop_any_portions_give_the_same_bits(n in 1..400usize, seed in 0..1000u64, portion in 1..400usize, paired: bool) {
        let design = if paired { Design::Paired } else { Design::Independent };
        let tables = [table(n, seed, 0.0, 10), table(n, seed + 1, 0.2, 10)];
        let of = |portion| json(&compared(plan(design, &["a", "b"], None), &tables, portion).summary());
        prop_assert_eq!(of(portion), of(n));
    }

    #[test]
    fn prop_swapping_arms_flips_differences_and_keeps_primary_p(n in 5..200usize, seed in 0..1000u64, paired: bool) {
        let design = if paired { Design::Paired } else { Design::Independent };
        let tables = [table(n, seed, 0.0, 10), table(n, seed + 1, 0.2, 10)];
        let swapped = [tables[1].clone(), tables[0].clone()];
        let there = compared(plan(design, &["a", "b"], None), &tables, n).summary();
        let back = compared(plan(design, &["b", "a"], None), &swapped, n).summary();
        for (there, back) in there.entries.iter().zip(&back.entries) {
            let differences =
                [EffectMeasure::MeanDifference, EffectMeasure::RiskDifference, EffectMeasure::RestrictedMeanDifference];
            for measure in differences {
                match (there.effect(measure), back.effect(measure)) {
                    (Some(there), Some(back)) => prop_assert!((there.estimate + back.estimate).abs() < 1e-12),
                    (there, back) => prop_assert_eq!(there.is_some(), back.is_some()),
                }
            }
            let p = |entry: &cartrial_analysis::trial::ComparisonEntry| {
                entry.primary_test().and_then(|test| test.result.value().map(|test| test.log10_p))
            };
            match (p(there), p(back)) {
                (Some(there), Some(back)) => prop_assert!((there - back).abs() < 1e-9 * (1.0 + there.abs()), "{there} {back}"),
                (there, back) => prop_assert_eq!(there, back),
            }
        }
    }
}
