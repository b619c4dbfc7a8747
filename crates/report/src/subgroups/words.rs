//! Subgroups and their estimates in words and digits.

use cartrial_dataset::Column;
use cartrial_findings::subgroups::{
    SubgroupEstimate, SubgroupFindings, SubgroupLevel, SubgroupMeasure, SubgroupOutcome,
};
use cartrial_model::Endpoint;

use crate::page::{interval, p_value, plain};
use crate::significant;

/// What is said of all patients together.
pub(crate) fn overall(found: &SubgroupFindings) -> &'static str {
    if found.condition.is_some() { "All of these" } else { "All patients" }
}

/// A column's label and unit.
pub(super) fn column<'a>(columns: &'a [Column], name: &'a str) -> (&'a str, &'a str) {
    let found = columns.iter().find(|column| column.name == name);
    found.map_or((name, ""), |c| {
        (if c.label.is_empty() { name } else { &c.label }, if c.unit == "1" { "" } else { &c.unit })
    })
}

/// What the patients of a subgroup have in common.
pub(crate) fn level(columns: &[Column], found: &SubgroupFindings, level: &SubgroupLevel) -> String {
    let unit = found.by.as_deref().map_or("", |name| column(columns, name).1);
    let text = match level {
        SubgroupLevel::Flag(true) => return "yes".to_owned(),
        SubgroupLevel::Flag(false) => return "no".to_owned(),
        SubgroupLevel::Text(text) => return text.clone(),
        SubgroupLevel::Range { from: None, to: None } => return "all the same".to_owned(),
        SubgroupLevel::Range { from: None, to: Some(to) } => format!("< {}", plain(*to)),
        SubgroupLevel::Range { from: Some(from), to: None } => format!("≥ {}", plain(*from)),
        SubgroupLevel::Range { from: Some(from), to: Some(to) } => {
            format!("{} to < {}", plain(*from), plain(*to))
        }
    };
    if unit.is_empty() { text } else { format!("{text} {unit}") }
}

/// What is estimated of an outcome, and its unit.
pub(crate) fn panel_label(outcome: &SubgroupOutcome) -> (String, String) {
    let endpoint = Endpoint::from_name(&outcome.endpoint);
    let label =
        endpoint.map_or_else(|| outcome.endpoint.clone(), |endpoint| endpoint.short_label().to_owned());
    let unit = match outcome.measure {
        SubgroupMeasure::Risk => "%",
        SubgroupMeasure::RiskDifference => "% points",
        SubgroupMeasure::Mean | SubgroupMeasure::MeanDifference => endpoint.map_or("", Endpoint::unit),
    };
    (label, unit.to_owned())
}

/// An estimate with its interval.
pub(crate) fn estimate(estimate: &SubgroupEstimate, scale: f64) -> String {
    let text = |effect: &cartrial_analysis::trial::Effect| {
        interval(scale * effect.estimate, effect.ci95.map(|end| scale * end), 3)
    };
    estimate.effect.value().map_or_else(|| "–".to_owned(), text)
}

/// Q, its degrees of freedom, p and I² of an outcome.
pub(crate) fn heterogeneity(outcome: &SubgroupOutcome) -> [String; 4] {
    let none = || "–".to_owned();
    let Some(found) = outcome.heterogeneity.value() else { return [none(), none(), none(), none()] };
    [
        found.test.statistic.map_or_else(none, |q| significant(q, 3)),
        found.test.df.map_or_else(none, |df| df.to_string()),
        p_value(found.test.log10_p),
        format!("{:.0} %", 100.0 * found.i_squared),
    ]
}
