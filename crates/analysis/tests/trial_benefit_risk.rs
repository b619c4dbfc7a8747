//! Benefit and risk in several arms, against counts by hand.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::StatError;
use cartrial_analysis::trial::{
    BenefitRisk, BenefitRiskColumns, BenefitRiskEstimates, ContingencyTable, Design, PairedContingencyTable,
    Proportion, RiskAndBenefit, pareto_front,
};
use proptest::prelude::*;

/// Stratum, risk and benefit of the patients of each arm.
type Arms = Vec<[Vec<f64>; 3]>;

fn counted(design: Design, arms: &Arms) -> BenefitRisk {
    let mut counts = BenefitRisk::new(design, arms.len());
    counts.extend(&columns(arms, 0, usize::MAX));
    counts
}

fn columns(arms: &Arms, from: usize, to: usize) -> Vec<BenefitRiskColumns<'_>> {
    let part = |column: &'_ Vec<f64>| from.min(column.len())..to.min(column.len());
    let of_arm = |[stratum, risk, benefit]: &'_ [Vec<f64>; 3]| (part(stratum), part(risk), part(benefit));
    arms.iter()
        .map(|arm| {
            let (s, r, b) = of_arm(arm);
            BenefitRiskColumns { stratum: &arm[0][s], risk: &arm[1][r], benefit: &arm[2][b] }
        })
        .collect()
}

fn net([_, risk, benefit]: &[Vec<f64>; 3], row: usize) -> Option<bool> {
    (!risk[row].is_nan() && !benefit[row].is_nan()).then(|| benefit[row] == 1.0 && risk[row] == 0.0)
}

fn arms() -> impl Strategy<Value = Arms> {
    let flag = || prop_oneof![9 => prop_oneof![Just(0.0), Just(1.0)], 1 => Just(f64::NAN)];
    (1..40_usize, 1..4_usize).prop_flat_map(move |(rows, arms)| {
        let stratum = prop::collection::vec(0.5..2000.0_f64, rows);
        let outcomes = (prop::collection::vec(flag(), rows), prop::collection::vec(flag(), rows));
        (stratum, prop::collection::vec(outcomes, arms)).prop_map(|(stratum, outcomes)| {
            outcomes.into_iter().map(|(risk, benefit)| [stratum.clone(), risk, benefit]).collect()
        })
    })
}

proptest! {
    #[test]
    fn prop_twins_are_compared_by_the_table_of_their_pairs(arms in arms()) {
        let total = counted(Design::Paired, &arms).total();
        let rows = arms[0][0].len();
        let known = |row: usize| arms.iter().map(|arm| net(arm, row)).collect::<Option<Vec<_>>>();
        for a in 0..arms.len() {
            for b in 0..arms.len() {
                let mut table = PairedContingencyTable::default();
                for of_arms in (0..rows).filter_map(known) {
                    match (of_arms[a], of_arms[b]) {
                        (true, true) => table.both += 1,
                        (true, false) => table.only_arm += 1,
                        (false, true) => table.only_reference += 1,
                        (false, false) => table.neither += 1,
                    }
                }
                prop_assert_eq!(total.net_difference(Design::Paired, a, b), table.risk_difference());
            }
        }
    }

    #[test]
    fn prop_arms_of_their_own_patients_are_compared_by_shares(arms in arms()) {
        let total = counted(Design::Independent, &arms).total();
        let of = |arm: usize| {
            let known: Vec<bool> = (0..arms[arm][0].len()).filter_map(|row| net(&arms[arm], row)).collect();
            Proportion { events: known.iter().filter(|net| **net).count() as u64, n: known.len() as u64 }
        };
        for arm in 0..arms.len() {
            prop_assert_eq!(total.net(arm), of(arm).risk());
            let table = ContingencyTable { reference: of(0), arm: of(arm) };
            prop_assert_eq!(total.net_difference(Design::Independent, arm, 0), table.risk_difference());
        }
    }

    #[test]
    fn prop_portions_and_machines_change_nothing(arms in arms(), cut in 0..40_usize) {
        for design in [Design::Paired, Design::Independent] {
            let whole = counted(design, &arms);
            let mut portions = BenefitRisk::new(design, arms.len());
            portions.extend(&columns(&arms, 0, cut));
            let mut rest = BenefitRisk::new(design, arms.len());
            rest.extend(&columns(&arms, cut, usize::MAX));
            prop_assert!(portions.admits(&rest));
            portions.merge(&rest);
            prop_assert_eq!(&portions, &whole);
        }
    }

    #[test]
    fn prop_groups_part_the_patients(arms in arms(), most in 1..6_usize) {
        let counts = counted(Design::Paired, &arms);
        let groups = counts.groups(most);
        prop_assert!(groups.len() <= most);
        let patients: u64 = groups.iter().map(|group| group.counts.patients(Design::Paired)).sum();
        prop_assert!(patients >= counts.total().patients(Design::Paired));
        for pair in groups.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
            prop_assert!(pair[0].from < pair[1].from);
        }
        for group in &groups {
            let is_in = |x: f64| group.from.is_none_or(|from| from <= x) && group.to.is_none_or(|to| x < to);
            let n = (0..arms[0][0].len()).filter(|row| is_in(arms[0][0][*row]) && net(&arms[0], *row).is_some()).count();
            prop_assert_eq!(group.counts.n(0), n as u64);
        }
    }

    #[test]
    fn prop_the_front_is_what_nothing_dominates(points in prop::collection::vec((0..6_u8, 0..6_u8), 1..12)) {
        let choices: Vec<_> = points
            .iter()
            .map(|(risk, benefit)| RiskAndBenefit { risk: f64::from(*risk), benefit: f64::from(*benefit) })
            .collect();
        let front = pareto_front(&choices);
        prop_assert!(front.contains(&true));
        for (i, a) in points.iter().enumerate() {
            let dominated = points.iter().any(|b| b.0 <= a.0 && b.1 >= a.1 && b != a);
            prop_assert_eq!(front[i], !dominated);
        }
    }
}

#[test]
fn nobody_has_no_share() {
    let none = BenefitRisk::new(Design::Paired, 2);
    assert_eq!(none.total().risk(1), Err(StatError::TooFewRows { n: 0, needed: 1 }));
    assert!(none.groups(4).is_empty());
}

#[test]
fn counts_that_no_rows_have_are_refused() {
    let arms: Arms = vec![[vec![1.0; 3], vec![0.0; 3], vec![1.0, 1.0, 0.0]]; 2];
    let counts = counted(Design::Paired, &arms);
    assert!(BenefitRisk::new(Design::Paired, 2).admits(&counts));
    assert!(!BenefitRisk::new(Design::Paired, 3).admits(&counts));
    assert!(!BenefitRisk::new(Design::Independent, 2).admits(&counts));
    let json = serde_json::to_value(&counts).unwrap();
    for (from, to) in
        [("\"risk\":0", "\"risk\":4"), ("\"net\":2", "\"net\":3"), ("\"complete\":3", "\"complete\":4")]
    {
        let text = json.to_string();
        assert!(text.contains(from), "{text}");
        let changed: BenefitRisk = serde_json::from_str(&text.replace(from, to)).unwrap();
        assert!(!BenefitRisk::new(Design::Paired, 2).admits(&changed), "{to}");
    }
}
