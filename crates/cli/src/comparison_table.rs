//! The comparison of arms as a table for a person.

use cartrial_analysis::trial::{ComparisonEntry, ComparisonSummary, Description, Effect};
use cartrial_report::{format_p, significant};
use cartrial_runner::Endpoint;
use comfy_table::{CellAlignment, Table, presets};

/// Every arm against the reference: each outcome in both, the difference, and p adjusted for all of them.
pub fn comparison(summary: &ComparisonSummary) -> String {
    let mut text = String::new();
    let mut arms: Vec<&str> = summary.entries.iter().map(|entry| entry.arm.as_str()).collect();
    arms.dedup();
    let mut seen = Vec::new();
    for arm in arms {
        if !seen.contains(&arm) {
            seen.push(arm);
            text += &format!("\n{}\n", of_arm(summary, arm));
        }
    }
    text
}

fn of_arm(summary: &ComparisonSummary, arm: &str) -> String {
    let entries: Vec<_> = summary.entries.iter().filter(|entry| entry.arm == arm).collect();
    let reference = entries.first().map_or("", |entry| entry.reference.as_str());
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["Outcome", reference, arm, "difference [95 % CI]", "p (Holm)"]);
    for entry in entries {
        let [of_reference, of_arm] = &entry.described;
        let described = |description: Option<&Description>| description.map_or_else(none, value);
        table.add_row([
            label(entry),
            described(of_reference.values.value()),
            described(of_arm.values.value()),
            main_effect(entry).map_or_else(none, |effect| difference(entry, effect)),
            adjusted_p(entry).unwrap_or_else(none),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

fn none() -> String {
    "–".to_owned()
}

/// What an outcome is, and in what its values are told.
fn label(entry: &ComparisonEntry) -> String {
    let Some(endpoint) = Endpoint::ALL.into_iter().find(|e| e.name() == entry.endpoint) else {
        return entry.endpoint.clone();
    };
    let name = endpoint.label().split_once(", ").map_or(endpoint.label(), |(name, _)| name);
    match entry.kind {
        "binary" => format!("{name} (% of patients)"),
        "time_to_event" => format!("{name} (mean days until)"),
        _ => format!("{name} ({})", endpoint.unit()),
    }
}

fn value(description: &Description) -> String {
    match description {
        Description::Continuous { mean, .. } => significant(*mean, 3),
        Description::Binary { risk, .. } => significant(100.0 * risk, 3),
        Description::TimeToEvent { restricted_mean, .. } => {
            restricted_mean.map_or_else(none, |mean| significant(mean, 3))
        }
    }
}

fn main_effect(entry: &ComparisonEntry) -> Option<&Effect> {
    let names = [
        "mean_difference",
        "risk_difference",
        "restricted_mean_difference_paired",
        "restricted_mean_difference",
    ];
    names.into_iter().find_map(|name| entry.effect(name))
}

fn difference(entry: &ComparisonEntry, effect: &Effect) -> String {
    let scale = if entry.kind == "binary" { 100.0 } else { 1.0 };
    let [low, high] = effect.ci95.map(|end| significant(scale * end, 3));
    format!("{} [{low}, {high}]", significant(scale * effect.estimate, 3))
}

fn adjusted_p(entry: &ComparisonEntry) -> Option<String> {
    let adjusted = entry.primary_test()?.adjusted?;
    Some(format_p(adjusted.log10_p_holm).trim_start_matches("p = ").to_owned())
}
