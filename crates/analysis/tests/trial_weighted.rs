//! Comparisons of weighted patients: against the functions on the columns, and against the same patients without weights.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod made_trial;

use cartrial_analysis::trial::{
    ArmComparison, BenefitRisk, BenefitRiskColumns, BenefitRiskEstimates, ComparisonPlan, Description,
    Design, EffectMeasure, HypothesisTest, PowerSimulation, WeightedBenefitRisk,
};
use cartrial_analysis::weighted::{
    WeightedSurvival, weighted_log_rank, weighted_paired_t, weighted_risk, weighted_risk_difference,
    weighted_signed_rank, weighted_welch_t,
};
use cartrial_analysis::{Estimate, StatError};

use made_trial::{STUDY_END, plan};

/// Peak, toxicity, time, relapse and weight of patients.
type Table = [Vec<f64>; 5];

fn table(n: usize, seed: u64, shift: f64, weight: impl Fn(f64) -> f64) -> Table {
    let mut state = seed;
    let mut uniform = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut columns: Table = Default::default();
    for _ in 0..n {
        let time = -60.0 * (1.0 + shift) * libm::log(uniform());
        let row = [
            shift + 10.0 * uniform(),
            f64::from(u8::from(uniform() < 0.4 - 0.1 * shift)),
            time.min(STUDY_END),
            f64::from(u8::from(time < STUDY_END)),
            weight(uniform()),
        ];
        columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    columns[0][3] = f64::NAN;
    columns
}

/// Twins have their weights in common.
fn twins(n: usize, weight: impl Fn(f64) -> f64) -> [Table; 2] {
    let [reference, mut arm] = [table(n, 1, 0.0, &weight), table(n, 2, 0.4, &weight)];
    arm[4].clone_from(&reference[4]);
    [reference, arm]
}

fn weighted_plan(design: Design, is_weighted: bool) -> ComparisonPlan {
    let weight = is_weighted.then(|| "weight".to_owned());
    ComparisonPlan { weight, ..plan(design, &["control", "treated"], Some(STUDY_END)) }
}

fn compared(design: Design, is_weighted: bool, tables: &[Table; 2]) -> ArmComparison {
    let mut comparison = ArmComparison::new(weighted_plan(design, is_weighted));
    let columns = comparison.columns().len();
    let all: Vec<Vec<&[f64]>> =
        tables.iter().map(|table| table.iter().take(columns).map(Vec::as_slice).collect()).collect();
    comparison.extend(&all);
    comparison
}

fn skewed(u: f64) -> f64 {
    libm::exp(3.0 * u)
}

#[test]
fn entries_of_twins_are_the_functions_on_the_columns() {
    let tables = twins(400, skewed);
    let comparison = compared(Design::Paired, true, &tables);
    let summary = comparison.summary();
    let [control, treated] = &tables;
    let weights = &control[4];
    let difference = |column: usize| -> Vec<f64> {
        treated[column].iter().zip(&control[column]).map(|(treated, control)| treated - control).collect()
    };

    let peak = summary.entry("peak", "treated").unwrap();
    let expected = weighted_paired_t(&difference(0), weights).unwrap();
    assert_eq!((peak.n, peak.missing, expected.n), (399, 1, 399));
    assert_eq!(peak.effect(EffectMeasure::MeanDifference), Some(&expected.difference));
    assert_eq!(peak.primary_test().unwrap().result.value(), Some(&expected.test));
    let ranks = weighted_signed_rank(&difference(0), weights).unwrap();
    assert_eq!(peak.tests[1].result.value(), Some(&ranks));

    let toxicity = summary.entry("toxicity", "treated").unwrap();
    let expected = weighted_paired_t(&difference(1), weights).unwrap();
    assert_eq!(toxicity.effect(EffectMeasure::RiskDifference), Some(&expected.difference));
    assert_eq!(toxicity.primary_test().unwrap().test, HypothesisTest::PairedT);
    let risk = weighted_risk((&control[1], weights)).unwrap();
    let events = control[1].iter().sum::<f64>() as u64;
    let described = Description::Binary { events, risk: risk.estimate, risk_ci95: risk.ci95 };
    assert_eq!(toxicity.described[0].values.value(), Some(&described));
    assert!(risk.estimate != events as f64 / 400.0);

    let relapse = summary.entry("relapse", "treated").unwrap();
    let expected = weighted_paired_t(&difference(2), weights).unwrap();
    let measure = EffectMeasure::RestrictedMeanDifferencePaired;
    assert_eq!(relapse.effect(measure), Some(&expected.difference));
    let curve = WeightedSurvival::of(&treated[2], &treated[3], weights).unwrap();
    assert_eq!(comparison.kaplan_meier("relapse", "treated"), Some(Estimate::Value(curve.curve)));
    let columns = [control, treated].map(|arm| (arm[2].as_slice(), arm[3].as_slice(), weights.as_slice()));
    assert_eq!(relapse.tests[1].result.value(), Some(&weighted_log_rank(columns).unwrap()));
}

#[test]
fn entries_of_independent_arms_are_the_functions_on_the_columns() {
    let tables = [table(300, 5, 0.0, skewed), table(200, 6, 0.4, skewed)];
    let summary = compared(Design::Independent, true, &tables).summary();
    let [control, treated] = &tables;
    let of = |arm: &'static str, column: usize| {
        let table = if arm == "control" { control } else { treated };
        (table[column].as_slice(), table[4].as_slice())
    };
    let peak = summary.entry("peak", "treated").unwrap();
    let expected = weighted_welch_t(of("control", 0), of("treated", 0)).unwrap();
    assert_eq!((peak.n, peak.missing), (498, 2));
    assert_eq!(peak.primary_test().unwrap().result.value(), Some(&expected.test));
    let toxicity = summary.entry("toxicity", "treated").unwrap();
    let expected = weighted_risk_difference(of("control", 1), of("treated", 1)).unwrap();
    assert_eq!(toxicity.effect(EffectMeasure::RiskDifference), Some(&expected));
}

#[test]
fn prop_equal_weights_change_no_estimate() {
    for (design, tables) in [
        (Design::Paired, twins(300, |_| 0.7)),
        (Design::Independent, [table(300, 5, 0.0, |_| 2.0), table(200, 6, 0.4, |_| 2.0)]),
    ] {
        let (weighted, unweighted) = (compared(design, true, &tables), compared(design, false, &tables));
        let (weighted_summary, summary) = (weighted.summary(), unweighted.summary());
        for (ours, theirs) in weighted_summary.entries.iter().zip(&summary.entries) {
            assert_eq!((&ours.endpoint, ours.n, ours.missing), (&theirs.endpoint, theirs.n, theirs.missing));
            let count = ours.effects.iter().filter_map(|effect| ours.effect(effect.effect)).count();
            assert!(count >= 1);
            for effect in &ours.effects {
                let (Some(ours), Some(theirs)) = (ours.effect(effect.effect), theirs.effect(effect.effect))
                else {
                    continue;
                };
                let off = (ours.estimate - theirs.estimate) / theirs.estimate;
                assert!(off.abs() < 1e-10, "{:?}: {ours:?} for {theirs:?}", effect.effect);
            }
        }
        assert_eq!(
            weighted.differences("peak", "treated", 50),
            unweighted.differences("peak", "treated", 50)
        );
        let power = |comparison: &ArmComparison| {
            let plan = PowerSimulation { allocation: [1, 1], trials: 20, alpha: 0.05, largest: 100 };
            let mut state = 1_u64;
            let mut uniform = || {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 11) as f64 / (1u64 << 53) as f64
            };
            comparison.power("toxicity", "treated", &plan, &[40], &[0.8], &mut uniform).unwrap()
        };
        assert_eq!(power(&weighted), power(&unweighted));
    }
}

#[test]
fn patients_without_weight_are_not_there() {
    let mut tables = twins(120, skewed);
    for table in &mut tables {
        table[4][60..].fill(0.0);
    }
    let half = tables.clone().map(|table| table.map(|column| column[..60].to_vec()));
    let [with, without] = [&tables, &half].map(|tables| compared(Design::Paired, true, tables).summary());
    for (with, without) in with.entries.iter().zip(&without.entries) {
        assert_eq!(with.main_difference(), without.main_difference());
        assert_eq!(with.primary_test().unwrap().result, without.primary_test().unwrap().result);
    }
}

#[test]
fn cuts_leave_no_trace() {
    let tables = twins(300, skewed);
    let whole = compared(Design::Paired, true, &tables);
    let mut merged = ArmComparison::new(weighted_plan(Design::Paired, true));
    for rows in [0..100, 100..300] {
        let part = tables.clone().map(|table| table.map(|column| column[rows.clone()].to_vec()));
        let part = compared(Design::Paired, true, &part);
        merged.go_to_segment(rows.start as u64);
        assert!(merged.admits(&part.moments_so_far(), Some(part.kept())));
        merged.append(part.moments_so_far());
        let kept: Vec<Vec<&[f64]>> =
            part.kept().iter().map(|columns| columns.iter().map(Vec::as_slice).collect()).collect();
        assert!(merged.keep(&kept));
    }
    assert_eq!(merged.summary(), whole.summary());
}

fn columns<'a>(table: &'a Table, stratum: &'a [f64]) -> BenefitRiskColumns<'a> {
    BenefitRiskColumns { stratum, risk: &table[1], benefit: &table[3] }
}

#[test]
fn benefit_and_risk_by_equal_weights_are_the_counts() {
    for (design, tables) in [
        (Design::Paired, twins(500, |_| 3.0)),
        (Design::Independent, [table(500, 5, 0.0, |_| 3.0), table(500, 6, 0.4, |_| 3.0)]),
    ] {
        let stratum: Vec<f64> = (0..500).map(|i| 1.0 + f64::from(i)).collect();
        let weighted = WeightedBenefitRisk::new(
            &tables.each_ref().map(|table| (columns(table, &stratum), table[4].as_slice())),
        );
        let mut counts = BenefitRisk::new(design, 2);
        counts.extend(&tables.each_ref().map(|table| columns(table, &stratum)));
        let near = |ours: f64, theirs: f64| assert!((ours - theirs).abs() < 1e-12, "{ours} for {theirs}");
        let same = |ours: &WeightedBenefitRisk, theirs: &dyn BenefitRiskEstimates| {
            assert_eq!(ours.patients(design), theirs.patients(design));
            for arm in 0..2 {
                assert_eq!(ours.n(arm), theirs.n(arm));
                near(ours.risk(arm).unwrap().estimate, theirs.risk(arm).unwrap().estimate);
                near(ours.benefit(arm).unwrap().estimate, theirs.benefit(arm).unwrap().estimate);
                near(ours.net(arm).unwrap().estimate, theirs.net(arm).unwrap().estimate);
            }
            let differences = [ours.net_difference(design, 1, 0), theirs.net_difference(design, 1, 0)];
            near(differences[0].unwrap().estimate, differences[1].unwrap().estimate);
        };
        same(&weighted, &counts.total());
        let (ours, theirs) = (weighted.groups(design, 4), counts.groups(4));
        assert_eq!(ours.len(), theirs.len());
        assert!(ours.len() > 2);
        for ((from, to, patients), group) in ours.iter().zip(&theirs) {
            assert_eq!((*from, *to), (group.from, group.to));
            same(patients, &group.counts);
        }
    }
}

#[test]
fn arms_in_which_nobody_differs_have_an_interval_about_0() {
    let tables = twins(50, skewed);
    let same = [tables[0].clone(), tables[0].clone()];
    let summary = compared(Design::Paired, true, &same).summary();
    let toxicity = summary.entry("toxicity", "treated").unwrap();
    let difference = toxicity.effect(EffectMeasure::RiskDifference).unwrap();
    assert!(difference.estimate == 0.0 && difference.ci95[0] < -0.05 && difference.ci95[1] > 0.05);
    assert!(toxicity.nobody_differs());
    let ratio = toxicity.effects.iter().find(|e| e.effect == EffectMeasure::ConditionalOddsRatio).unwrap();
    assert_eq!(ratio.result, StatError::NoDifference.into());
}
