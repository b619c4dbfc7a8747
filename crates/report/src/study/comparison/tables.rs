//! The arms and the comparisons as tables.

use cartrial_analysis::Estimate;
use cartrial_analysis::trial::{
    ComparisonEntry, Description, Design, Effect, EffectMeasure, EffectValue, EventChange, HypothesisTest,
    NumberNeeded, OutcomeType, ReportedEffect, ReportedTest,
};
use maud::{Markup, html};

use super::conclusions::{points, signed};
use super::treatment::words;
use super::view::View;
use crate::number::grouped;
use crate::page::{p_equals, p_value, percent};
use crate::significant;

/// Every arm with its treatment and its patients.
pub(super) fn arms(view: &View<'_>) -> Markup {
    let treatment = |name: &str| {
        let arms = &view.report.manifest.study.arms;
        arms.iter().find(|arm| arm.name == name).map_or_else(String::new, |arm| words(&arm.treatment))
    };
    let patients = |name: &str| {
        let of_arm = view.report.outcomes.iter().filter(|o| o.arm == name);
        of_arm.map(|o| o.n + o.missing).max().map_or_else(|| "–".to_owned(), |n| grouped(&n.to_string()))
    };
    html! {
        div.scroll { table.words {
            thead { tr { th { "arm" } th { "treatment" } th.number { "patients" } } }
            tbody { @for (i, arm) in view.arms().iter().enumerate() {
                tr {
                    td { strong { (arm) } @if i == 0 { br; span.unit { "reference" } } }
                    td { (treatment(arm)) }
                    td.number { (patients(arm)) }
                }
            } }
        } }
        @if view.design() == Design::Paired {
            p.note { "The same patients in every arm." }
        }
    }
}

/// Every outcome of every arm against the reference, by its main difference and test.
pub(super) fn comparisons(view: &View<'_>) -> Markup {
    let entries = &view.comparison.summary.entries;
    let family = entries.iter().filter_map(|e| e.primary_test()?.adjusted).map(|a| a.family).max();
    let others = view.others();
    let of_arms = match others {
        [arm] => format!("{} → {arm}", view.reference()),
        _ => format!("{} → arm", view.reference()),
    };
    let patients = if view.design() == Design::Paired { "twins" } else { "patients" };
    html! {
        div.scroll { table {
            thead { tr {
                th { "outcome" }
                @if others.len() > 1 { th { "arm" } }
                th.number { (patients) } th.number { (of_arms) } th.number { "difference [95 % CI]" } th.number { "ratio [95 % CI]" } th.number { "p" }
                th.number { "p, Holm" }
            } }
            tbody { @for (i, entry) in entries.iter().enumerate() {
                tr {
                    @let same = |other: Option<&ComparisonEntry>| other.is_some_and(|e| e.endpoint == entry.endpoint);
                    @if i == 0 || !same(entries.get(i - 1)) {
                        @let (label, unit) = view.label(&entry.endpoint);
                        @let rows = entries[i..].iter().take_while(|e| same(Some(e))).count();
                        td rowspan=[(rows > 1).then_some(rows)] { (label) @if !unit.is_empty() { br; span.unit { (unit) } } }
                    }
                    @if others.len() > 1 { td { (entry.arm) } }
                    td.number {
                        (grouped(&entry.n.to_string()))
                        @if let Some([reference, arm]) = patients_by_arm(entry) { br; span.unit { (reference) " and " (arm) } }
                    }
                    td.number { (value_of(entry, 0)) " → " (value_of(entry, 1)) }
                    td.number {
                        @if entry.nobody_differs() { "0" br; span.unit { "no patient differs" } }
                        @else { (or_dash(main_difference(entry))) }
                        @if let Some(basis) = view.basis(entry) { br; span.unit { (basis) } }
                    }
                    td.number { (or_dash(entry.effect(EffectMeasure::RiskRatio).map(ratio))) }
                    @let test = entry.primary_test();
                    td.number {
                        (or_dash(test.and_then(|t| t.result.value()).map(|t| p_value(t.log10_p))))
                        @if let Some(test) = test { br; span.unit { (test_name(test.test)) } }
                    }
                    td.number { (or_dash(test.and_then(|t| t.adjusted).map(|a| p_value(a.log10_p_holm)))) }
                }
            } }
        } }
        p.note {
            "Numbers: mean. Events: share of the patients, difference in percentage points. Days until an event: mean, with the end of the study for patients without. "
            "Differences are arm minus reference; – where the data determine none. "
            @if entries.iter().any(|entry| patients_by_arm(entry).is_some()) {
                "Below the " (patients) " of a comparison: the patients on whom the reference's and the arm's own number rest. "
            }
            @match family {
                None => {},
                Some(1) => "One test, which Holm's method leaves as it is.",
                Some(family) => {
                    "Intervals and p are each of one comparison alone; p by Holm's method is adjusted for the " (family) " tests of this table."
                },
            }
        }
    }
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

/// The patients with a value of the reference and of the arm, unless they are those of the comparison.
fn patients_by_arm(entry: &ComparisonEntry) -> Option<[String; 2]> {
    let by_arm = entry.described.each_ref().map(|arm| arm.n);
    (by_arm != [entry.n; 2]).then(|| by_arm.map(|n| grouped(&n.to_string())))
}

/// The reference's (0) or the arm's (1) value.
fn value_of(entry: &ComparisonEntry, arm: usize) -> String {
    match entry.described[arm].values.value() {
        Some(Description::Continuous { mean, .. }) => significant(*mean, 3),
        Some(Description::Binary { risk, .. }) => percent(*risk),
        Some(Description::TimeToEvent { restricted_mean: Some(mean), .. }) => significant(*mean, 3),
        _ => "–".to_owned(),
    }
}

fn main_difference(entry: &ComparisonEntry) -> Option<String> {
    let text = if entry.kind == OutcomeType::Binary { points } else { signed };
    entry.main_difference().map(|difference| interval(difference, text))
}

fn interval(effect: &Effect, text: fn(f64) -> String) -> String {
    let [low, high] = effect.ci95.map(text);
    format!("{} [{low}, {high}]", text(effect.estimate))
}

fn ratio(effect: &Effect) -> String {
    interval(effect, |value| significant(value, 3))
}

/// Every estimate and every test of every entry, with the patients that it rests on.
pub(super) fn everything(view: &View<'_>) -> Markup {
    let lines = |entry: &ComparisonEntry| -> Vec<(&'static str, u64, String)> {
        let effects = entry.effects.iter().map(|e| (effect_name(e.effect), e.n, effect_text(e)));
        effects.chain(entry.tests.iter().map(|t| (test_name(t.test), t.n, test_text(t)))).collect()
    };
    html! {
        div.scroll { table.words {
            thead { tr { th { "outcome, arm" } th { "estimate or test" } th.number { "patients" } th { "value [95 % CI]" } } }
            tbody { @for entry in &view.comparison.summary.entries {
                @let lines = lines(entry);
                @for (i, (what, n, text)) in lines.iter().enumerate() {
                    tr {
                        @if i == 0 {
                            td rowspan=(lines.len()) { (view.label(&entry.endpoint).0) br; span.unit { (entry.arm) } }
                        }
                        td { (what) } td.number { (grouped(&n.to_string())) } td { (text) }
                    }
                }
            } }
        } }
    }
}

fn effect_text(entry: &ReportedEffect) -> String {
    match &entry.result {
        Estimate::None { not_estimated } => not_estimated.to_string(),
        Estimate::Value(EffectValue::NumberNeeded(number)) => number_text(number),
        Estimate::Value(EffectValue::Effect(effect)) => match entry.effect {
            EffectMeasure::RiskDifference => interval(effect, points),
            EffectMeasure::RiskRatio | EffectMeasure::OddsRatio | EffectMeasure::ConditionalOddsRatio => {
                ratio(effect)
            }
            EffectMeasure::MeanDifference
            | EffectMeasure::RestrictedMeanDifference
            | EffectMeasure::RestrictedMeanDifferencePaired
            | EffectMeasure::NumberNeededToTreat => interval(effect, signed),
        },
    }
}

fn number_text(number: &NumberNeeded) -> String {
    let n = |value: f64| significant(value, 3);
    let ends = |from: Option<f64>, events: &str| from.map(|from| format!("{} for one {events}", n(from)));
    let interval = match number.ci95 {
        Some([low, high]) => format!("[{}, {}]", n(low), n(high)),
        None => {
            let ends = [ends(number.ci95_fewer_from, "fewer"), ends(number.ci95_more_from, "more")];
            format!("[{}]", ends.into_iter().flatten().collect::<Vec<_>>().join(" through ∞ to "))
        }
    };
    let events = match number.events {
        EventChange::Fewer => "fewer",
        EventChange::More => "more",
    };
    format!("{} for one {events} {interval}", n(number.estimate))
}

fn test_text(entry: &ReportedTest) -> String {
    match &entry.result {
        Estimate::None { not_estimated } => not_estimated.to_string(),
        Estimate::Value(test) => {
            let statistic = test.statistic.map(|value| format!("statistic {}", significant(value, 4)));
            let p = Some(p_equals(test.log10_p));
            statistic.into_iter().chain(p).collect::<Vec<_>>().join(", ")
        }
    }
}

fn effect_name(effect: EffectMeasure) -> &'static str {
    match effect {
        EffectMeasure::MeanDifference => "difference of means",
        EffectMeasure::RiskDifference => "difference of risks, percentage points",
        EffectMeasure::RiskRatio => "ratio of risks",
        EffectMeasure::OddsRatio => "odds ratio",
        EffectMeasure::ConditionalOddsRatio => "odds ratio within patients",
        EffectMeasure::NumberNeededToTreat => "number needed to treat",
        EffectMeasure::RestrictedMeanDifference => {
            "difference of mean days without the event, between curves"
        }
        EffectMeasure::RestrictedMeanDifferencePaired => {
            "difference of mean days without the event, within patients"
        }
    }
}

/// A test's name as people write it.
pub(super) fn test_name(test: HypothesisTest) -> &'static str {
    match test {
        HypothesisTest::PairedT => "paired t",
        HypothesisTest::WilcoxonSignedRank => "Wilcoxon signed rank",
        HypothesisTest::WelchT => "Welch's t",
        HypothesisTest::WilcoxonRankSum => "Wilcoxon rank sum",
        HypothesisTest::FisherExact => "Fisher's exact",
        HypothesisTest::PearsonChi2 => "Pearson's χ²",
        HypothesisTest::McnemarExact => "McNemar, exact",
        HypothesisTest::McnemarChi2 => "McNemar's χ²",
        HypothesisTest::LogRank => "log-rank",
        HypothesisTest::RestrictedMeanPairedT => "paired t",
    }
}
