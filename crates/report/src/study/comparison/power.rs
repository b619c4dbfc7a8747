//! How many patients a randomised trial would need.

use cartrial_analysis::Estimate;
use cartrial_analysis::trial::PowerAnalysis;
use maud::{Markup, html};

use super::tables::test_name;
use super::view::View;
use crate::number::grouped;
use crate::page::{percent, plain, table};

pub(super) fn section(view: &View<'_>) -> Markup {
    let all = view.comparison.power;
    let Some(first) = all.first() else { return html! {} };
    let [reference, arm] = first.allocation;
    let allocation = if reference == arm {
        "as many patients in the reference as in the arm".to_owned()
    } else {
        format!("{reference} patients in the reference for every {arm} in the arm")
    };
    let reasons: Vec<String> = all.iter().filter_map(|table| reason(view, table)).collect();
    let sized = all.iter().any(has_a_size);
    html! {
        h3 { "How many patients a randomised trial would need" }
        p {
            "A randomised trial with " (allocation) " finds the difference at the two-sided level " (plain(first.alpha))
            " with these chances, if it has so many patients in both arms together. Trials are drawn from the simulated patients with a value, as many in each arm as “drawn from” says, and each is tested."
        }
        @if sized { (sizes(view, all)) } @else { p { "No outcome has a difference that a trial could be sized for." } }
        @if !reasons.is_empty() {
            details { summary { @if sized { "Why other outcomes and numbers are missing" } @else { "Why" } } ul { @for reason in &reasons { li { (reason) } } } }
        }
        @if all.iter().any(|table| !table.power.is_empty()) {
            details { summary { "Power of trials of given sizes" } (powers(view, all)) }
        }
    }
}

/// Whether a trial can be sized by an outcome for any of the wanted powers.
fn has_a_size(table: &PowerAnalysis) -> bool {
    table.sample_sizes.iter().any(|size| size.result.value().is_some())
}

/// Patients for each wanted power, by the outcomes that differ enough.
fn sizes(view: &View<'_>, all: &[PowerAnalysis]) -> Markup {
    let mut wanted: Vec<f64> = all.iter().flat_map(|t| &t.sample_sizes).map(|s| s.power).collect();
    wanted.sort_by(f64::total_cmp);
    wanted.dedup();
    let rows = all.iter().filter(|table| has_a_size(table)).map(|table| {
        let sizes = wanted.iter().map(|power| {
            let entry = table.sample_sizes.iter().find(|s| s.power == *power);
            entry.and_then(|s| s.result.value()).map_or_else(
                || "–".to_owned(),
                |size| {
                    let [low, high] = size.n_ci95.map(count);
                    format!("{} [{low}, {high}]", count(size.n))
                },
            )
        });
        row(view, table, sizes)
    });
    let columns = wanted.iter().map(|power| format!("patients for {} [95 % CI]", share(*power)));
    with_columns(columns.collect(), rows)
}

/// Power at each size.
fn powers(view: &View<'_>, all: &[PowerAnalysis]) -> Markup {
    let mut given: Vec<u64> = all.iter().flat_map(|t| &t.power).map(|p| p.size).collect();
    given.sort_unstable();
    given.dedup();
    let rows = all.iter().map(|table| {
        let powers = given.iter().map(|size| {
            let entry = table.power.iter().find(|p| p.size == *size);
            let power = entry.and_then(|p| p.result.value());
            power.map_or_else(|| "–".to_owned(), |power| percent(power.power))
        });
        row(view, table, powers)
    });
    with_columns(given.iter().map(|size| format!("{} patients", count(*size))).collect(), rows)
}

fn row(view: &View<'_>, table: &PowerAnalysis, values: impl Iterator<Item = String>) -> (bool, Vec<String>) {
    let (label, _) = view.label(&table.endpoint);
    let first = [label, table.arm.clone(), test_name(table.test).to_owned()];
    let [reference, arm] = table.drawn_from.map(count);
    let from = if reference == arm { arm } else { format!("{reference}, {arm}") };
    (false, first.into_iter().chain([from]).chain(values).collect())
}

fn with_columns(columns: Vec<String>, rows: impl Iterator<Item = (bool, Vec<String>)>) -> Markup {
    let first = ["outcome", "arm", "test"];
    let head = first.into_iter().chain(["drawn from"]).chain(columns.iter().map(String::as_str));
    let head: Vec<&str> = head.collect();
    table(&head, first.len(), rows)
}

/// Why the first of the missing sizes is missing: the others are for the same reason.
fn reason(view: &View<'_>, table: &PowerAnalysis) -> Option<String> {
    let (label, _) = view.label(&table.endpoint);
    let first = table.sample_sizes.iter().find_map(|size| match &size.result {
        Estimate::None { not_estimated } => Some(not_estimated),
        Estimate::Value(_) => None,
    });
    first.map(|reason| format!("{label}, {}: {reason}.", table.arm))
}

fn share(power: f64) -> String {
    format!("{} %", plain(100.0 * power))
}

fn count(n: u64) -> String {
    grouped(&n.to_string())
}
