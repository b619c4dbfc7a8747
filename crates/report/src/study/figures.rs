//! Histograms of a study's patients and of their outcomes.

use cartrial_analysis::{Bar, Histogram};
use cartrial_cohort::Distribution;
use cartrial_dataset::CohortSource;
use cartrial_model::{Endpoint, EndpointKind};

use super::requested::{density, requested};
use super::{StudyFindings, symbol_in_equations};
use crate::number::grouped;
use crate::page::{Illustration, percent};
use crate::population_words::distribution_in_words;
use crate::{HistogramPanel, Theme, histogram_figure, significant};

/// Bars of a histogram.
pub(super) const BARS: usize = 30;
/// Of quantities without bounds, what lies outside of these quantiles is left out of the picture, and said so.
const SHOWN: [f64; 2] = [0.001, 0.999];

pub(super) fn figures(report: &StudyFindings<'_>) -> Vec<Illustration> {
    let patients: Vec<_> = report.patients.iter().filter_map(|(name, h)| patients(report, name, h)).collect();
    let mut all = Vec::new();
    let mut add = |name: String, title: &str, quantities: &[HistogramPanel<'_>]| {
        let svg = histogram_figure(title, quantities, &Theme::LIGHT).ok();
        all.extend(svg.map(|svg| Illustration { name, svg }));
    };
    add("cohort".to_owned(), "The patients", &patients);
    // The many arms of a sweep are told from each other by its own figures.
    let arms = if report.sweep.is_some() { 1 } else { report.arms.len() };
    for (i, (arm, outcomes)) in report.arms.iter().take(arms).enumerate() {
        let outcomes: Vec<_> = outcomes.iter().filter_map(|(name, h)| outcome(report, name, h)).collect();
        add(outcomes_name(i), arm, &outcomes);
    }
    all
}

/// Name of the figure of an arm's outcomes, by the arm's position: its name may be no name for a file.
pub(super) fn outcomes_name(arm: usize) -> String {
    if arm == 0 { "outcomes".to_owned() } else { format!("outcomes-arm-{}", arm + 1) }
}

/// A quantity in which patients differ.
fn patients<'a>(
    report: &'a StudyFindings<'_>,
    name: &'a str,
    histogram: &Histogram,
) -> Option<HistogramPanel<'a>> {
    let distribution = requested(&report.manifest.study, name);
    if !distribution.map_or_else(|| histogram.min() < histogram.max(), |d| d.varies()) {
        return None;
    }
    let (label, unit) = report.column(name);
    let corrected = report.manifest.corrections.by_quantity.get(name).copied().unwrap_or(0);
    let symbol = symbol_in_equations(name).map_or_else(String::new, |symbol| format!("{symbol}: "));
    let asked = match (distribution, &report.manifest.cohort) {
        (Some(distribution), _) => distribution_in_words(distribution),
        _ if name == "dose_total" => "sum of the four doses".to_owned(),
        (None, CohortSource::Table { .. }) => "as in the table".to_owned(),
        (None, CohortSource::Drawn | CohortSource::Accepted(_) | CohortSource::Weighted(_)) => String::new(),
    };
    let mut note = format!("{symbol}{asked}{}{unit}", if unit.is_empty() { "" } else { ", " });
    if distribution.is_some() {
        note = format!("{symbol}{asked} {unit}").trim_end().to_owned();
    }
    if corrected > 0 {
        note += &format!("; {} corrected", grouped(&corrected.to_string()));
    }
    let requested = distribution.map(density).unwrap_or_default();
    let (bars, _) = match distribution {
        Some(
            Distribution::Uniform { low, high }
            | Distribution::LogUniform { low, high }
            | Distribution::Triangular { low, high, .. },
        ) => histogram.bars(low, high, BARS),
        _ => shown(histogram),
    };
    Some(HistogramPanel { heading: label, note, bars, n: histogram.n(), ticks: Vec::new(), requested })
}

/// An outcome in which patients differ: of an event its share, of a number its distribution.
fn outcome<'a>(
    report: &'a StudyFindings<'_>,
    name: &'a str,
    histogram: &Histogram,
) -> Option<HistogramPanel<'a>> {
    if histogram.min() == histogram.max() {
        return None;
    }
    let (label, unit) = report.column(name);
    let endpoint = Endpoint::from_name(name);
    let kind = endpoint.map(Endpoint::kind);
    let unit = if unit == "day" { "days" } else { unit };
    let heading = match endpoint {
        Some(endpoint) if kind != Some(EndpointKind::EventDay) => endpoint.short_label(),
        _ => label,
    };
    if matches!(kind, Some(EndpointKind::Event { .. })) {
        return Some(event(heading, histogram));
    }
    let (bars, outside) = shown(histogram);
    let quantile = |p| histogram.quantile(p).map_or_else(String::new, |v| significant(v, 3));
    let [low, median, high] = [0.05, 0.5, 0.95].map(quantile);
    let mut note = format!(
        "median {}, 90 % within {low} to {high}; n {}",
        format!("{median} {unit}").trim_end(),
        grouped(&histogram.n().to_string())
    );
    let outside: u64 = outside.iter().sum();
    if outside > 0 {
        note += &format!("; {} beyond", grouped(&outside.to_string()));
    }
    Some(HistogramPanel { heading, note, bars, n: histogram.n(), ticks: Vec::new(), requested: Vec::new() })
}

/// Patients without an event and with it.
fn event<'a>(heading: &'a str, histogram: &Histogram) -> HistogramPanel<'a> {
    let n = histogram.n();
    let (bars, _) = histogram.bars(0.0, 1.0, 2);
    let with = bars.last().map_or(0, |bar| bar.count);
    let bar = |low: f64, count: u64| Bar { low, high: low + 1.0, count };
    HistogramPanel {
        heading,
        note: format!("{} of {} patients", percent(with as f64 / n.max(1) as f64), grouped(&n.to_string())),
        bars: vec![bar(0.0, n - with), bar(1.0, with)],
        n,
        ticks: vec![(0.5, "no".to_owned()), (1.5, "yes".to_owned())],
        requested: Vec::new(),
    }
}

fn shown(histogram: &Histogram) -> (Vec<Bar>, [u64; 2]) {
    let [low, high] = SHOWN.map(|p| histogram.quantile(p).unwrap_or(0.0));
    histogram.bars(low, high, BARS)
}
