//! One comparison of two arms in the words and digits of a table's cells.

use cartrial_analysis::trial::{ComparisonEntry, Description, Effect, OutcomeType};
use cartrial_model::Endpoint;

use crate::{format_p, significant};

/// The text, or the sign for what is not estimated.
pub(super) fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(none)
}

/// What an outcome is, and in what its values are told.
pub(super) fn label(entry: &ComparisonEntry) -> String {
    let Some(endpoint) = Endpoint::from_name(&entry.endpoint) else {
        return entry.endpoint.clone();
    };
    match (entry.kind, endpoint.event()) {
        (OutcomeType::TimeToEvent, Some(event)) => {
            format!("Days until {}", event.short_label().to_lowercase())
        }
        (OutcomeType::Binary, _) => format!("{} (%)", endpoint.short_label()),
        _ if endpoint.unit() == "day" => format!("{} (days)", endpoint.short_label()),
        _ => format!("{} ({})", endpoint.short_label(), endpoint.unit()),
    }
}

/// The reference and the arm, each by itself, where there are values.
pub(super) fn described(entry: &ComparisonEntry) -> [Option<&Description>; 2] {
    entry.described.each_ref().map(|of_arm| of_arm.values.value())
}

/// The mean, the share in per cent, or the mean of a time up to the end.
pub(super) fn value(description: &Description) -> Option<String> {
    match description {
        Description::Continuous { mean, .. } => Some(significant(*mean, 3)),
        Description::Binary { risk, .. } => Some(significant(100.0 * risk, 3)),
        Description::TimeToEvent { restricted_mean, .. } => restricted_mean.map(|mean| significant(mean, 3)),
    }
}

/// The main difference with its interval.
pub(super) fn difference(entry: &ComparisonEntry) -> Option<String> {
    if entry.nobody_differs() {
        return Some("0, no patient differs".to_owned());
    }
    Some(interval(entry.main_difference()?, if entry.kind == OutcomeType::Binary { 100.0 } else { 1.0 }))
}

fn interval(effect: &Effect, scale: f64) -> String {
    let [low, high] = effect.ci95.map(|end| significant(scale * end, 3));
    format!("{} [{low}, {high}]", significant(scale * effect.estimate, 3))
}

/// p of the main test, not adjusted, the number alone.
pub(super) fn alone(entry: &ComparisonEntry) -> Option<String> {
    Some(p_value(entry.primary_test()?.result.value()?.log10_p))
}

/// p of the main test by Holm's method, the number alone.
pub(super) fn holm(entry: &ComparisonEntry) -> Option<String> {
    let adjusted = entry.primary_test()?.adjusted?;
    Some(p_value(adjusted.log10_p_holm))
}

/// The sign for what is not estimated.
pub(super) fn none() -> String {
    "–".to_owned()
}

/// With the minus sign of [`significant`].
pub(super) fn correlation(r: f64) -> String {
    format!("{r:.3}").replace('-', "−")
}

/// The number of [`format_p`], whose heading says that it is p.
pub(super) fn p_value(log10_p: f64) -> String {
    format_p(log10_p).trim_start_matches("p = ").to_owned()
}
