//! The study's question, answered in words and in cards.

use cartrial_analysis::trial::{
    ArmComparison, ComparisonEntry, Description, Design, EffectMeasure, OutcomeType,
};
use cartrial_model::{Endpoint, Importance};
use maud::{Markup, html};

use super::evidence::{number_words, p_values, patients, verdict};
use super::view::View;
use crate::page::{card, percent};
use crate::significant;

/// The answer in words and cards, one arm after the other.
pub(super) fn conclusions(view: &View<'_>) -> Markup {
    let others = view.others();
    html! {
        @for arm in others {
            @if others.len() > 1 { h3 { (arm) " against " (view.reference()) } }
            p.lead { (sentences(view, arm).join(" ")) }
            div.cards {
                @for event in events() { (event_card(view, event, arm).unwrap_or_default()) }
                @for endpoint in numbers() { (number_card(view, endpoint, arm).unwrap_or_default()) }
            }
        }
    }
}

/// Endpoints about which the answer has a sentence and a card: events that are compared, then the primary numbers.
fn events() -> impl Iterator<Item = Endpoint> {
    Endpoint::events().map(|(event, _)| event).filter(|event| event.importance() <= Importance::Secondary)
}

fn numbers() -> impl Iterator<Item = Endpoint> {
    Endpoint::continuous(Importance::Primary)
}

fn sentences(view: &View<'_>, arm: &str) -> Vec<String> {
    let mut all: Vec<String> = events().filter_map(|event| event_sentence(view, event, arm)).collect();
    for endpoint in numbers() {
        let entry = view.entry(OutcomeType::Continuous, endpoint.name(), arm);
        if entry.is_some_and(ComparisonEntry::nobody_differs) {
            all.push(format!("{}: no patient differs.", endpoint.label()));
            continue;
        }
        let Some(change) = Change::of(view, endpoint, arm) else { continue };
        let (label, unit) = (endpoint.label(), endpoint.unit());
        let (lower, higher) = (percent(change.lower), percent(change.higher));
        let median = if change.median == 0.0 {
            "does not change".to_owned()
        } else {
            let way = if change.median < 0.0 { "lower" } else { "higher" };
            format!("is {} {unit} {way}", significant(change.median.abs(), 3))
        };
        let patients = entry.and_then(|entry| view.basis(entry)).unwrap_or_else(|| "the patients".to_owned());
        all.push(format!(
            "{label} is lower in {lower} of {patients} and higher in {higher}; that of the median patient {median}."
        ));
    }
    if all.is_empty() {
        all.push(format!("The tables below compare {arm} with {}.", view.reference()));
    }
    all
}

/// `Severe inflammation: 23.1 % with standard, 9.0 % with rescue; one case prevented for every 7.1 treated.`
fn event_sentence(view: &View<'_>, event: Endpoint, arm: &str) -> Option<String> {
    let entry = view.entry(OutcomeType::Binary, event.name(), arm)?;
    let [before, after] = risks(entry)?;
    let label = event.short_label();
    if before == 0.0 && after == 0.0 {
        return Some(format!("{label}: in no patient of either arm."));
    }
    let end = verdict(event, entry);
    let end = view.basis(entry).map_or(end.clone(), |basis| format!("among {basis}, {end}"));
    let (before, after) = (percent(before), percent(after));
    Some(format!("{label}: {before} with {}, {after} with {arm}; {end}.", view.reference()))
}

fn event_card(view: &View<'_>, event: Endpoint, arm: &str) -> Option<Markup> {
    let entry = view.entry(OutcomeType::Binary, event.name(), arm)?;
    let [before, after] = risks(entry).filter(|risks| *risks != [0.0, 0.0])?;
    let mut detail = Vec::new();
    if let Some(difference) = entry.effect(EffectMeasure::RiskDifference) {
        let [low, high] = difference.ci95.map(points);
        let of = view.basis(entry).map_or_else(String::new, |basis| format!("among {basis}: "));
        let estimate = points(difference.estimate);
        detail.push(format!("{of}{estimate} percentage points, 95 % CI [{low}, {high}]"));
    }
    if let Some((number, ci95)) = entry.number_needed().and_then(|n| Some((n, n.ci95?))) {
        let [few, many] = ci95.map(patients);
        detail.push(format!("one {} [{few}, {many}]", number_words(event, number)));
    }
    detail.extend(p_values(entry));
    let value = format!("{} → {}", percent(before), percent(after));
    Some(card(event.short_label(), &value, &detail.join("; ")))
}

/// Percentage points with their sign.
pub(super) fn points(difference: f64) -> String {
    let value = 100.0 * difference;
    let text = format!("{:.*}", if value.abs() < 0.95 { 2 } else { 1 }, value.abs());
    match value {
        v if v < 0.0 => format!("−{text}"),
        v if v > 0.0 => format!("+{text}"),
        _ => "0".to_owned(),
    }
}

fn risks(entry: &ComparisonEntry) -> Option<[f64; 2]> {
    let of = |i: usize| match entry.described[i].values.value()? {
        Description::Binary { risk, .. } => Some(*risk),
        _ => None,
    };
    Some([of(0)?, of(1)?])
}

/// How a number changes within patients.
struct Change {
    median: f64,
    lower: f64,
    higher: f64,
}

impl Change {
    fn of(view: &View<'_>, endpoint: Endpoint, arm: &str) -> Option<Self> {
        let name = view.name_of(OutcomeType::Continuous, endpoint.name())?;
        let all = view.comparison.arms.differences(name, arm, ArmComparison::KEPT_PATIENTS)?;
        let share = |count: usize| count as f64 / all.len() as f64;
        let median = *cartrial_analysis::quantiles(&all, &[0.5])?.first()?;
        Some(Self {
            median,
            lower: share(all.iter().filter(|d| **d < 0.0).count()),
            higher: share(all.iter().filter(|d| **d > 0.0).count()),
        })
    }
}

fn number_card(view: &View<'_>, endpoint: Endpoint, arm: &str) -> Option<Markup> {
    let entry = view.entry(OutcomeType::Continuous, endpoint.name(), arm)?;
    let (label, unit) = (endpoint.label(), endpoint.unit());
    let mean = entry.effect(EffectMeasure::MeanDifference).map(|difference| {
        let [low, high] = difference.ci95.map(signed);
        format!("mean difference {}, 95 % CI [{low}, {high}]", signed(difference.estimate))
    });
    if view.design() == Design::Paired {
        let change = Change::of(view, endpoint, arm)?;
        let mut detail = vec![if entry.nobody_differs() {
            "no patient differs".to_owned()
        } else {
            format!("lower in {}, higher in {}", percent(change.lower), percent(change.higher))
        }];
        detail.extend(mean);
        detail.extend(p_values(entry));
        detail.extend(view.basis(entry).map(|basis| format!("among {basis}")));
        let value = match change.median {
            0.0 => "unchanged".to_owned(),
            median => format!("{} {unit}", signed(median)),
        };
        return Some(card(&format!("{label}, median change within a patient"), &value, &detail.join("; ")));
    }
    let mean_of = |i: usize| match entry.described[i].values.value()? {
        Description::Continuous { mean, .. } => Some(significant(*mean, 3)),
        _ => None,
    };
    let value = format!("{} → {} {unit}", mean_of(0)?, mean_of(1)?);
    let detail: Vec<String> = mean.into_iter().chain(p_values(entry)).collect();
    Some(card(&format!("{label}, mean"), &value, &detail.join("; ")))
}

/// A number with its sign.
pub(super) fn signed(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", significant(value, 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_their_sign() {
        assert_eq!([-0.141, 0.0012, 0.0].map(points), ["−14.1", "+0.12", "0"]);
        assert_eq!([-12.34, 0.5].map(signed), ["−12.3", "+0.500"]);
    }
}
