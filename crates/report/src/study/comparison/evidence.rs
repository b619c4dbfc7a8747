//! What a comparison shows: by its interval, which speaks of it alone, and by its test among all others.
//!
//! The two may differ: an interval is not adjusted for the other comparisons, and it is by another method than an exact
//! test. So each sentence says which of them it follows, and each p says whether it is adjusted.

use cartrial_analysis::trial::{ComparisonEntry, EffectMeasure, EventChange, NumberNeeded};
use cartrial_model::{Direction, Endpoint, EndpointKind};

use super::tables::test_name;
use crate::page::p_equals;
use crate::significant;

/// log10 of the level of tests.
const LOG10_LEVEL: f64 = -1.301_029_995_663_981_2;

/// What a comparison of events comes to: `one case prevented for every 7.1 treated`.
///
/// A number of patients is told where the interval excludes no difference, whatever the test says, and what the test says
/// once it is adjusted is told beside it where it says something else.
pub(super) fn verdict(event: Endpoint, entry: &ComparisonEntry) -> String {
    let adjusted = entry.primary_test().and_then(|test| test.adjusted);
    let found = adjusted.is_some_and(|adjusted| adjusted.log10_p_holm <= LOG10_LEVEL);
    let p = adjusted.map_or_else(String::new, |adjusted| {
        let p = p_equals(adjusted.log10_p_holm);
        if adjusted.family == 1 { p } else { format!("{p} adjusted for {} tests", adjusted.family) }
    });
    let number = entry.number_needed().filter(|number| number.ci95.is_some());
    match number.map(|number| number_words(event, number)) {
        Some(words) if found => format!("one {words}"),
        Some(words) => format!("one {words} by this comparison alone, which may be chance: {p}"),
        None if found => format!("a difference by the test ({p}) of a size that the interval leaves open"),
        None if has_equal_risks(entry) => "no difference".to_owned(),
        None => "no difference that this many patients can show".to_owned(),
    }
}

fn has_equal_risks(entry: &ComparisonEntry) -> bool {
    entry.effect(EffectMeasure::RiskDifference).is_some_and(|difference| difference.estimate == 0.0)
}

/// p of the main test, alone as the interval is, and adjusted: `p = 0.0313 (McNemar, exact), adjusted by Holm's method
/// for 13 tests p = 0.1250`. Where the interval excludes no difference and p is above 5 %, or the other way round, it
/// says which of them is stricter.
pub(super) fn p_values(entry: &ComparisonEntry) -> Option<String> {
    let test = entry.primary_test()?;
    let (result, adjusted) = (test.result.value()?, test.adjusted?);
    let excludes_0 = entry.main_difference().map(|d| d.ci95[0] > 0.0 || d.ci95[1] < 0.0);
    let beside_interval = match (excludes_0, result.log10_p <= LOG10_LEVEL) {
        (Some(true), false) => ", which is stricter than the interval",
        (Some(false), true) => ", which is less strict than the interval",
        _ => "",
    };
    let mut text = format!("{} ({}{beside_interval})", p_equals(result.log10_p), test_name(test.test));
    if adjusted.family > 1 {
        text += &format!(
            "; adjusted by Holm's method for {} tests {}",
            adjusted.family,
            p_equals(adjusted.log10_p_holm)
        );
    }
    Some(text)
}

/// `case prevented for every 7.1 treated`.
pub(super) fn number_words(event: Endpoint, number: &NumberNeeded) -> String {
    let noun = match event.kind() {
        EndpointKind::Event { noun, .. } => noun,
        EndpointKind::Continuous | EndpointKind::EventDay | EndpointKind::Count => "event",
    };
    let way = match (number.events, event.direction()) {
        (EventChange::Fewer, Direction::Lower) => "prevented",
        (EventChange::Fewer, Direction::Higher) => "lost",
        (EventChange::Fewer, Direction::Neither) => "fewer",
        (EventChange::More, Direction::Higher) => "gained",
        (EventChange::More, Direction::Lower | Direction::Neither) => "more",
    };
    format!("{noun} {way} for every {} treated", patients(number.estimate))
}

/// A number of patients treated for one event: digits that matter, no halves of many patients.
pub(super) fn patients(number: f64) -> String {
    significant(number, if number < 100.0 { 2 } else { 3 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cartrial_analysis::trial::{
        ArmComparison, ComparedEndpoint, ComparisonPlan, Design, EndpointColumns, Resolution,
    };

    /// Remission of `n` twins, of whom `lost` are in remission in the reference alone, among `family` endpoints.
    fn remission(n: usize, lost: usize, family: usize) -> ComparisonEntry {
        let name = |i: usize| if i == 0 { "remission".to_owned() } else { format!("other {i}") };
        let endpoint = |i: usize| ComparedEndpoint {
            name: name(i),
            columns: EndpointColumns::Binary { column: name(i) },
            resolution: Resolution::Exact,
        };
        let mut comparison = ArmComparison::new(ComparisonPlan {
            design: Design::Paired,
            arms: vec!["without".into(), "with".into()],
            endpoints: (0..family).map(endpoint).collect(),
            weight: None,
        });
        let same = vec![0.0; n];
        let other: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i < lost))).collect();
        let arm = |first: &'_ [f64]| -> Vec<Vec<f64>> {
            (0..family).map(|i| if i == 0 { first.to_vec() } else { same.clone() }).collect()
        };
        let arms = [arm(&other), arm(&same)];
        comparison.extend(&arms.each_ref().map(|arm| arm.iter().map(Vec::as_slice).collect()));
        comparison.summary().entries.swap_remove(0)
    }

    #[test]
    fn what_holds_for_one_comparison_alone_is_told_apart_from_what_holds_among_all() {
        let words = |entry: &ComparisonEntry| {
            (verdict(Endpoint::Remission, entry), p_values(entry).unwrap_or_default())
        };
        let (sentence, card) = words(&remission(1000, 6, 4));
        assert_eq!(
            sentence,
            "one remission lost for every 167 treated by this comparison alone, which may be chance: p = 0.1250 \
             adjusted for 4 tests"
        );
        assert_eq!(card, "p = 0.0313 (McNemar, exact); adjusted by Holm's method for 4 tests p = 0.1250");
        let (sentence, card) = words(&remission(1000, 6, 1));
        assert_eq!(sentence, "one remission lost for every 167 treated");
        assert_eq!(card, "p = 0.0313 (McNemar, exact)");
        // Tango's interval excludes 0 with b + c ≥ 4, McNemar's exact p is at most 5 % from 6 on.
        let (sentence, card) = words(&remission(1000, 5, 1));
        assert_eq!(
            sentence,
            "one remission lost for every 200 treated by this comparison alone, which may be chance: p = 0.0625"
        );
        assert_eq!(card, "p = 0.0625 (McNemar, exact, which is stricter than the interval)");
        assert_eq!(words(&remission(1000, 3, 4)).0, "no difference that this many patients can show");
        assert_eq!(words(&remission(1000, 0, 4)).0, "no difference");
    }

    #[test]
    fn numbers_needed_are_told_in_words() {
        let number = |estimate, events| NumberNeeded {
            estimate,
            events,
            ci95: None,
            ci95_fewer_from: None,
            ci95_more_from: None,
        };
        let [severe, remission] = [Endpoint::SevereInflammation, Endpoint::Remission];
        assert_eq!(
            number_words(severe, &number(7.09, EventChange::Fewer)),
            "case prevented for every 7.1 treated"
        );
        assert_eq!(
            number_words(severe, &number(1234.5, EventChange::More)),
            "case more for every 1234 treated"
        );
        assert_eq!(
            number_words(remission, &number(101.2, EventChange::Fewer)),
            "remission lost for every 101 treated"
        );
        assert_eq!(
            number_words(remission, &number(12.6, EventChange::More)),
            "remission gained for every 13 treated"
        );
    }
}
