//! Proportions between trial arms against R 4.2.2, ratesci 1.1.0.9000, statsmodels 0.15.0 and mpmath 1.3.0 (50 digits)
//! (`fixtures/make_trial_statistics.R` and `.py`, `fixtures/make_ratio_intervals.R`).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::distribution::chi_squared::ln_upper_tail;
use cartrial_analysis::distribution::normal::ln_two_sided_p;
use cartrial_analysis::trial::{
    ContingencyTable, Effect, EventChange, IntervalMethod, NumberNeeded, PairedContingencyTable, Proportion,
};
use proptest::prelude::*;
use serde_json::Value;

fn fixture_r() -> Value {
    serde_json::from_str(include_str!("fixtures/trial_statistics_r.json")).unwrap()
}

fn fixture_py() -> Value {
    serde_json::from_str(include_str!("fixtures/trial_statistics_py.json")).unwrap()
}

fn fixture_ratios() -> Value {
    serde_json::from_str(include_str!("fixtures/ratio_intervals.json")).unwrap()
}

fn f(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap_or_else(|| panic!("{key} in {case}"))
}

fn u(case: &Value, key: &str) -> u64 {
    case[key].as_u64().unwrap_or_else(|| panic!("{key} in {case}"))
}

#[track_caller]
fn near(ours: f64, theirs: f64) {
    assert!(ours == theirs || ((ours - theirs) / theirs).abs() < 1e-10, "{ours:e} for {theirs:e}");
}

fn table(case: &Value) -> ContingencyTable {
    ContingencyTable {
        reference: Proportion { events: u(case, "e0"), n: u(case, "n0") },
        arm: Proportion { events: u(case, "e1"), n: u(case, "n1") },
    }
}

#[test]
fn ref_mpmath_tails_of_normal_and_chi_squared_have_twelve_digits() {
    let close =
        |ours: f64, theirs: f64| assert!((ours / theirs - 1.0).abs() < 1e-12, "{ours:e} for {theirs:e}");
    let fixture = fixture_py();
    for case in fixture["normal_tails"].as_array().unwrap() {
        close(ln_two_sided_p(-f(case, "z")), f(case, "ln_p"));
    }
    let chi2 = fixture["chi2_tails"].as_array().unwrap();
    assert_eq!(chi2.len(), 7 * 8);
    for case in chi2 {
        // Where p rounds to 1, ln p keeps the digits that the sum of its terms has.
        let (ours, theirs) = (ln_upper_tail(f(case, "x"), u(case, "df") as u32), f(case, "ln_p"));
        if theirs < -1e-3 {
            close(ours, theirs)
        } else {
            assert!((ours - theirs).abs() < 1e-15, "{case} {ours}")
        }
    }
}

#[test]
fn ref_r_fisher_and_pearson() {
    let fixture = fixture_r();
    let cases = fixture["tables"].as_array().unwrap();
    assert_eq!(cases.len(), 16);
    for case in cases {
        let table = table(case);
        near(table.fisher().unwrap().p_value, f(case, "fisher"));
        match table.pearson() {
            Ok(test) => {
                near(test.statistic.unwrap(), f(case, "chi2"));
                near(test.log10_p, f(case, "chi2_log10_p"));
            }
            Err(_) => assert!(case["chi2"].is_null(), "{case}"),
        }
    }
}

#[test]
fn ref_mpmath_fisher_is_exact_in_millions_of_patients() {
    for case in fixture_py()["fisher"].as_array().unwrap() {
        let test = table(case).fisher().unwrap();
        near(test.log10_p, f(case, "log10_p"));
        if f(case, "p") > 1e-300 {
            near(test.p_value, f(case, "p"));
        }
    }
}

/// A number, or infinity, which the fixtures write as "inf" or null.
fn f_inf(case: &Value, key: &str) -> f64 {
    if case[key] == "inf" || case[key].is_null() { f64::INFINITY } else { f(case, key) }
}

#[test]
fn ref_statsmodels_wilson_and_newcombe() {
    let fixture = fixture_py();
    let cases = fixture["independent"].as_array().unwrap();
    assert_eq!(cases.len(), 17);
    for case in cases {
        let table = table(case);
        let rd = table.risk_difference().unwrap();
        // Of differences that cancel, statsmodels has no ten digits.
        let same = |ours: f64, theirs: f64| {
            if (ours - theirs).abs() > 1e-15 {
                near(ours, theirs)
            }
        };
        same(rd.estimate, f(case, "rd"));
        same(rd.ci95[0], f(case, "rd_low"));
        same(rd.ci95[1], f(case, "rd_high"));
        let risk = table.arm.risk().unwrap();
        same(risk.ci95[0], f(case, "risk_low"));
        same(risk.ci95[1], f(case, "risk_high"));
    }
}

#[test]
fn ref_mpmath_score_intervals_of_risk_and_odds_ratios() {
    let (mut risk_ratios, mut odds_ratios) = (0, 0);
    for case in fixture_py()["independent"].as_array().unwrap() {
        let table = table(case);
        if let Ok(rr) = table.risk_ratio() {
            near(rr.ci95[0], f(case, "rr_low"));
            near(rr.ci95[1], f_inf(case, "rr_high"));
            risk_ratios += 1;
        }
        if let Ok(or) = table.odds_ratio() {
            near(or.estimate, f_inf(case, "or"));
            near(or.ci95[0], f(case, "or_low"));
            near(or.ci95[1], f_inf(case, "or_high"));
            odds_ratios += 1;
        }
    }
    // Nobody has the event in one table, everybody in two more.
    assert_eq!((risk_ratios, odds_ratios), (16, 14));
}

#[test]
fn ref_ratesci_score_intervals_with_counts_of_zero() {
    let fixture = fixture_ratios();
    let same = |ours: Effect, case: &Value| {
        // ratesci puts 1e-8 in the place of a risk of 0.
        let theirs = [f_inf(case, "estimate"), f(case, "low"), f_inf(case, "high")];
        for (ours, theirs) in [ours.estimate, ours.ci95[0], ours.ci95[1]].into_iter().zip(theirs) {
            assert!(ours == theirs || (ours / theirs - 1.0).abs() < 1e-7, "{ours} for {theirs}: {case}");
        }
    };
    for case in fixture["risk_ratio"].as_array().unwrap() {
        same(table(case).risk_ratio().unwrap(), case);
    }
    for case in fixture["odds_ratio"].as_array().unwrap() {
        same(table(case).odds_ratio().unwrap(), case);
    }
    let cases = fixture["paired_risk_ratio"].as_array().unwrap();
    assert_eq!(cases.iter().filter(|case| case["high"].is_null() || case["low"] == 0).count(), 2);
    for case in cases {
        let table = paired(u(case, "both"), u(case, "b"), u(case, "c"), u(case, "neither"));
        same(table.risk_ratio().unwrap(), case);
    }
}

#[test]
fn an_infinite_ratio_is_null_in_a_file_and_comes_back() {
    let effect = paired(0, 3, 0, 9).risk_ratio().unwrap();
    assert_eq!((effect.estimate, effect.ci95[1]), (f64::INFINITY, f64::INFINITY));
    let json = serde_json::to_value(effect).unwrap();
    assert!(json["estimate"].is_null() && json["ci95"][1].is_null(), "{json}");
    assert!((json["ci95"][0].as_f64().unwrap() - 0.780953).abs() < 1e-6, "{json}");
    assert_eq!(serde_json::from_value::<Effect>(json).unwrap(), effect);
}

#[test]
fn ref_newcombe_1998_table_ii_method_10() {
    // R. G. Newcombe (1998), Stat. Med. 17, 873, Table II: contrasts (a) to (d) and (g), as printed.
    for (e1, n1, e0, n0, low, high) in [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 10, 0.6075, 1.0),
    ] {
        let table = ContingencyTable {
            reference: Proportion { events: e0, n: n0 },
            arm: Proportion { events: e1, n: n1 },
        };
        let ours = table.risk_difference().unwrap().ci95;
        assert!((ours[0] - low).abs() < 5.1e-5 && (ours[1] - high).abs() < 5.1e-5, "{ours:?} {low} {high}");
    }
}

fn paired(both: u64, only_arm: u64, only_reference: u64, neither: u64) -> PairedContingencyTable {
    PairedContingencyTable { both, only_arm, only_reference, neither }
}

#[test]
fn ref_r_mcnemar_exact_chi_squared_and_conditional_odds() {
    for case in fixture_r()["paired"].as_array().unwrap() {
        let table = paired(u(case, "both"), u(case, "b"), u(case, "c"), u(case, "neither"));
        near(table.mcnemar_exact().unwrap().p_value, f(case, "p"));
        let chi2 = table.mcnemar_chi2().unwrap();
        near(chi2.statistic.unwrap(), f(case, "chi2"));
        near(chi2.log10_p, f(case, "chi2_log10_p"));
        let odds = table.conditional_odds_ratio().unwrap();
        let theta = odds.ci95.map(|odds| odds / (1.0 + odds));
        near(theta[0], f(case, "low"));
        near(if odds.ci95[1] == f64::INFINITY { 1.0 } else { theta[1] }, f(case, "high"));
        assert_eq!(odds.estimate, table.only_arm as f64 / table.only_reference as f64);
    }
}

#[test]
fn ref_mpmath_mcnemar_and_clopper_pearson_at_a_million_patients() {
    for case in fixture_py()["mcnemar"].as_array().unwrap() {
        let table = paired(0, u(case, "b"), u(case, "c"), 5);
        let test = table.mcnemar_exact().unwrap();
        near(test.p_value, f(case, "p"));
        if f(case, "p") < 1.0 {
            near(test.log10_p, f(case, "log10_p"));
        }
        let odds = table.conditional_odds_ratio().unwrap();
        near(odds.ci95[0], f(case, "low"));
        near(odds.ci95[1], f(case, "high"));
    }
}

#[test]
fn ref_mpmath_tango_and_the_paired_risk_ratio() {
    for case in fixture_py()["paired"].as_array().unwrap() {
        let table = paired(u(case, "both"), u(case, "b"), u(case, "c"), u(case, "neither"));
        let rd = table.risk_difference().unwrap();
        near(rd.ci95[0], f(case, "rd_low"));
        near(rd.ci95[1], f(case, "rd_high"));
        match table.risk_ratio() {
            Ok(rr) => {
                near(rr.estimate, f_inf(case, "rr"));
                near(rr.ci95[0], f(case, "rr_low"));
                near(rr.ci95[1], f_inf(case, "rr_high"));
            }
            Err(_) => assert!(case["rr"].is_null(), "{case}"),
        }
    }
}

#[test]
fn ref_altman_1998_number_needed_with_and_without_an_interval_through_infinity() {
    // D. G. Altman (1998), BMJ 317, 1309: a risk difference of 10 % (−5 % to 25 %) is NNT 10, harm 20 to ∞ to benefit 4.
    let number = |estimate: f64, low: f64, high: f64| {
        let effect = Effect { estimate, se: None, ci95: [low, high], method: IntervalMethod::Wilson };
        NumberNeeded::from_risk_difference(&effect).unwrap()
    };
    let through = number(-0.1, -0.25, 0.05);
    assert_eq!((through.estimate, through.events, through.ci95), (10.0, EventChange::Fewer, None));
    assert_eq!((through.ci95_fewer_from, through.ci95_more_from), (Some(4.0), Some(20.0)));
    let clear = number(0.125, 0.0625, 0.25);
    assert_eq!((clear.estimate, clear.events, clear.ci95), (8.0, EventChange::More, Some([4.0, 16.0])));
    assert_eq!((clear.ci95_fewer_from, clear.ci95_more_from), (None, None));
    assert_eq!(number(0.5, 0.0, 1.0).ci95_fewer_from, None, "an end at 0 is infinity itself");
}

#[test]
fn regress_counts_that_determine_nothing_are_told_and_not_filled_in() {
    let none =
        ContingencyTable { reference: Proportion { events: 0, n: 0 }, arm: Proportion { events: 1, n: 2 } };
    assert!(none.risk_difference().is_err() && none.fisher().is_err() && none.pearson().is_err());
    let nobody =
        ContingencyTable { reference: Proportion { events: 0, n: 9 }, arm: Proportion { events: 0, n: 8 } };
    assert_eq!(nobody.fisher().unwrap().p_value, 1.0);
    assert!(nobody.pearson().unwrap_err().to_string().contains("do not vary"));
    assert!(nobody.odds_ratio().unwrap_err().to_string().contains("nobody"));
    assert!(nobody.risk_ratio().unwrap_err().to_string().contains("nobody"));
    assert!(nobody.number_needed().unwrap_err().to_string().contains("equal"));
    let everybody =
        ContingencyTable { reference: Proportion { events: 9, n: 9 }, arm: Proportion { events: 8, n: 8 } };
    assert!(everybody.odds_ratio().unwrap_err().to_string().contains("do not vary"));
    assert!(paired(0, 0, 0, 0).risk_difference().is_err() && paired(0, 0, 0, 0).mcnemar_exact().is_err());
    assert_eq!(paired(3, 0, 0, 4).mcnemar_exact().unwrap().p_value, 1.0);
    assert!(paired(3, 0, 0, 4).mcnemar_chi2().is_err());
    assert!(
        paired(3, 0, 0, 4).conditional_odds_ratio().unwrap_err().to_string().contains("no patient differs")
    );
    assert!(paired(0, 0, 0, 4).risk_ratio().unwrap_err().to_string().contains("nobody"));
}

/// The definition: every table, its probability by products of small fractions.
fn fisher_by_definition(table: &ContingencyTable) -> f64 {
    let (n1, n0, drawn) = (table.arm.n, table.reference.n, table.arm.events + table.reference.events);
    let choose = |n: u64, k: u64| (0..k).map(|i| (n - i) as f64 / (k - i) as f64).product::<f64>();
    let least = drawn.saturating_sub(n0);
    let weight = |x: u64| choose(n1, x) * choose(n0, drawn - x);
    let weights: Vec<f64> = (least..=drawn.min(n1)).map(weight).collect();
    let limit = weight(table.arm.events) * (1.0 + 1e-7);
    weights.iter().filter(|w| **w <= limit).sum::<f64>() / weights.iter().sum::<f64>()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn prop_fisher_is_its_definition(n1 in 1..60u64, n0 in 1..60u64, a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
        let of = |n: u64, share: f64| Proportion { events: (n as f64 * share).round() as u64, n };
        let table = ContingencyTable { reference: of(n0, b), arm: of(n1, a) };
        let (ours, theirs) = (table.fisher().unwrap().p_value, fisher_by_definition(&table));
        prop_assert!((ours / theirs - 1.0).abs() < 1e-11, "{ours} {theirs} {table:?}");
        let swapped = ContingencyTable { reference: table.arm, arm: table.reference };
        prop_assert!((swapped.fisher().unwrap().log10_p - table.fisher().unwrap().log10_p).abs() < 1e-11);
        let (there, back) = (table.risk_difference().unwrap(), swapped.risk_difference().unwrap());
        prop_assert_eq!(there.estimate, -back.estimate);
        prop_assert!((there.ci95[0] + back.ci95[1]).abs() < 1e-15 && (there.ci95[1] + back.ci95[0]).abs() < 1e-15);
    }

    #[test]
    fn prop_tangos_interval_excludes_zero_exactly_where_mcnemars_chi_squared_does(
        both in 0..50u64, b in 0..60u64, c in 0..60u64, neither in 0..50u64,
    ) {
        let table = paired(both, b, c, neither);
        prop_assume!(b + c > 0);
        let Effect { estimate, ci95: [low, high], .. } = table.risk_difference().unwrap();
        prop_assert!(-1.0 <= low && low <= estimate && estimate <= high && high <= 1.0);
        let significant = table.mcnemar_chi2().unwrap().statistic.unwrap() > 1.959_963_984_540_054f64.powi(2);
        prop_assert_eq!(low > 0.0 || high < 0.0, significant, "{:?} {} {}", table, low, high);
        let swapped = paired(both, c, b, neither);
        prop_assert_eq!(swapped.risk_difference().unwrap().ci95, [-high, -low]);
        prop_assert_eq!(swapped.mcnemar_exact().unwrap().p_value, table.mcnemar_exact().unwrap().p_value);
    }

    #[test]
    fn prop_an_interval_excludes_one_exactly_where_its_test_finds_a_difference(
        both in 0..50u64, b in 0..40u64, c in 0..40u64, neither in 0..50u64,
    ) {
        const CRITICAL: f64 = 1.959_963_984_540_054 * 1.959_963_984_540_054;
        let excludes_1 = |effect: &Effect| effect.ci95[0] > 1.0 || effect.ci95[1] < 1.0;
        let inside = |effect: &Effect| effect.ci95[0] <= effect.estimate && effect.estimate <= effect.ci95[1];
        let table = paired(both, b, c, neither);
        prop_assume!(b + c > 0);
        let (risks, odds) = (table.risk_ratio().unwrap(), table.conditional_odds_ratio().unwrap());
        prop_assert!(inside(&risks) && inside(&odds), "{:?} {:?}", risks, odds);
        prop_assert_eq!(excludes_1(&risks), table.mcnemar_chi2().unwrap().statistic.unwrap() > CRITICAL);
        prop_assert_eq!(excludes_1(&odds), table.mcnemar_exact().unwrap().p_value < 0.05);
        let table = ContingencyTable {
            reference: Proportion { events: c, n: c + both + 1 },
            arm: Proportion { events: b, n: b + neither + 1 },
        };
        let (risks, odds) = (table.risk_ratio().unwrap(), table.odds_ratio().unwrap());
        prop_assert!(inside(&risks) && inside(&odds), "{:?} {:?}", risks, odds);
        let significant = table.pearson().unwrap().statistic.unwrap() > CRITICAL;
        prop_assert_eq!([excludes_1(&risks), excludes_1(&odds)], [significant; 2], "{:?}", table);
    }
}
