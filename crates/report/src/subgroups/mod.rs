//! The page of a study's subgroups: a forest plot of every main outcome, and what may be concluded from it.

mod words;

pub(crate) use words::{estimate, heterogeneity, level, overall, panel_label};

use cartrial_analysis::trial::Design;
use cartrial_dataset::Column;
use cartrial_findings::subgroups::{SubgroupFindings, SubgroupMeasure, SubgroupOutcome};
use maud::{Markup, html};
use std::path::{Path, PathBuf};

use crate::files::{FileError, write_file};
use crate::number::grouped;
use crate::page::{Illustration, Page, figure, table};
use crate::{AxisLabel, ForestFigure, ForestPanel, ForestStyle, Interval, Theme, forest_figure};

/// Writes `subgroups.html` and `subgroups.json` into a results directory. The path is that of the page.
///
/// # Errors
/// [`FileError`] names the file and the reason.
pub fn write(directory: &Path, columns: &[Column], found: &SubgroupFindings) -> Result<PathBuf, FileError> {
    let name = "subgroups.json";
    let text = serde_json::to_string_pretty(found)
        .map_err(|source| FileError::Json { name: name.to_owned(), source })?;
    write_file(&directory.join(name), format!("{text}\n").as_bytes())?;
    let path = directory.join("subgroups.html");
    write_file(&path, page(columns, found).as_bytes())?;
    Ok(path)
}

/// The page, as HTML that needs nothing from outside. `columns` are those of the patient table.
pub fn page(columns: &[Column], found: &SubgroupFindings) -> String {
    let mut sections = vec![("outcomes", "Main outcomes".to_owned(), outcomes(columns, found))];
    if found.by.is_some() {
        sections.push(("interaction", "Do the subgroups differ?".to_owned(), interaction(found)));
    }
    sections.push(("limits", "What these numbers can say".to_owned(), limits(found)));
    Page {
        kind: "Subgroups of a virtual clinical trial",
        title: &found.study,
        lead: lead(columns, found),
        sections,
        footer: html! {
            p { "Simulated patients, not people. A research model of one published mechanism, and no medical device." }
        },
    }
    .html()
}

fn count(n: u64) -> String {
    grouped(&n.to_string())
}

fn lead(columns: &[Column], found: &SubgroupFindings) -> Markup {
    let by = found.by.as_deref().map(|name| words::column(columns, name).0);
    html! {
        p.lead {
            (count(found.patients))
            @if let Some(condition) = &found.condition {
                " of " (count(found.patients_of_study)) " patients, those with " code { (condition) }
            } @else { " patients" }
            @if let Some(by) = by { ", by " (by.to_lowercase()) }
            "."
        }
        p.warning {
            "Subgroups are exploratory: nothing was planned for them, and of many that are looked at some differ by chance. A difference "
            "between subgroups is a question for another study, not an answer."
        }
        @if found.without_value > 0 {
            p.note { (count(found.without_value)) " patients have no value of that column. They are in no subgroup, but among all patients." }
        }
    }
}

/// The outcomes of one arm.
fn of_arm<'a>(found: &'a SubgroupFindings, arm: &str) -> Vec<&'a SubgroupOutcome> {
    found.outcomes.iter().filter(|outcome| outcome.arm == arm).collect()
}

/// The arms that have outcomes, each once.
fn arms(found: &SubgroupFindings) -> Vec<&str> {
    let mut arms: Vec<&str> = Vec::new();
    for outcome in &found.outcomes {
        if !arms.contains(&outcome.arm.as_str()) {
            arms.push(&outcome.arm);
        }
    }
    arms
}

fn outcomes(columns: &[Column], found: &SubgroupFindings) -> Markup {
    html! {
        @for arm in arms(found) {
            @let outcomes = of_arm(found, arm);
            @if let Some(reference) = outcomes.first().and_then(|outcome| outcome.reference.as_deref()) {
                h3 { (arm) " against " (reference) }
            }
            (figure(forest(columns, found, &outcomes).as_ref(), caption(found, &outcomes)))
            (estimates(columns, found, &outcomes))
        }
    }
}

fn caption(found: &SubgroupFindings, outcomes: &[&SubgroupOutcome]) -> Markup {
    let compared = outcomes.iter().find_map(|outcome| outcome.reference.as_deref());
    html! {
        @if let Some(reference) = compared {
            "Each subgroup's difference from " (reference) " with its 95 % interval; the vertical line marks no difference. "
        } @else { "Each subgroup's mean or share with its 95 % interval; the vertical line marks that of all patients. " }
        @if found.condition.is_some() { "All patients: those that satisfy the condition." }
    }
}

/// One row a subgroup and one for all patients, one panel an outcome.
fn forest(
    columns: &[Column],
    found: &SubgroupFindings,
    outcomes: &[&SubgroupOutcome],
) -> Option<Illustration> {
    let mut labels: Vec<_> = found
        .subgroups
        .iter()
        .map(|subgroup| format!("{} ({})", level(columns, found, &subgroup.level), count(subgroup.patients)))
        .collect();
    let all = labels.len();
    labels.push(format!("{} ({})", overall(found), count(found.patients)));
    let names: Vec<_> = outcomes.iter().map(|outcome| panel_label(outcome)).collect();
    let panels = outcomes.iter().zip(&names).map(|(outcome, (label, unit))| {
        let scale = scale(outcome);
        let interval = |estimate: &cartrial_findings::subgroups::SubgroupEstimate| {
            let effect = estimate.effect.value()?;
            let [low, middle, high] = [effect.ci95[0], effect.estimate, effect.ci95[1]].map(|x| scale * x);
            Some(Interval { low, middle, high })
        };
        let values: Vec<_> = outcome.subgroups.iter().chain([&outcome.overall]).map(interval).collect();
        let reference = match outcome.reference {
            Some(_) => Some((0.0, "")),
            None => values.last().copied().flatten().map(|all| (all.middle, "")),
        };
        let axis = AxisLabel { label: label.as_str(), unit: unit.as_str() };
        ForestPanel { axis, style: ForestStyle::Dot, values, reference }
    });
    let panels: Vec<_> = panels.filter(|panel| panel.values.iter().any(Option::is_some)).collect();
    let svg = forest_figure(&ForestFigure { title: "", labels, panels, groups: vec![all] }, &Theme::LIGHT);
    Some(Illustration { name: "subgroups".to_owned(), svg: svg.ok()? })
}

/// Shares are told in per cent.
fn scale(outcome: &SubgroupOutcome) -> f64 {
    match outcome.measure {
        SubgroupMeasure::Risk | SubgroupMeasure::RiskDifference => 100.0,
        SubgroupMeasure::Mean | SubgroupMeasure::MeanDifference => 1.0,
    }
}

fn estimates(columns: &[Column], found: &SubgroupFindings, outcomes: &[&SubgroupOutcome]) -> Markup {
    let names: Vec<_> = outcomes
        .iter()
        .map(|outcome| {
            let (label, unit) = panel_label(outcome);
            if unit.is_empty() { label } else { format!("{label} ({unit})") }
        })
        .collect();
    let mut head = vec!["Subgroup", "Patients"];
    head.extend(names.iter().map(String::as_str));
    let rows = found.subgroups.iter().enumerate().map(|(i, subgroup)| {
        let mut cells = vec![level(columns, found, &subgroup.level), count(subgroup.patients)];
        cells.extend(outcomes.iter().map(|outcome| estimate(&outcome.subgroups[i], scale(outcome))));
        (false, cells)
    });
    let mut last = vec![overall(found).to_owned(), count(found.patients)];
    last.extend(outcomes.iter().map(|outcome| estimate(&outcome.overall, scale(outcome))));
    html! {
        (table(&head, 1, rows.chain([(true, last)])))
        p.note { "Brackets are 95 % intervals. –: not estimated; subgroups.json says why." }
    }
}

fn interaction(found: &SubgroupFindings) -> Markup {
    let rows = found.outcomes.iter().map(|outcome| {
        let (label, _) = panel_label(outcome);
        let [q, df, p, i_squared] = heterogeneity(outcome);
        (false, vec![outcome.arm.clone(), label, q, df, p, i_squared])
    });
    html! {
        p {
            "Cochran's Q tests whether the effects of the subgroups differ by more than chance (interaction); I² is the share of their "
            "spread that is no chance. Weights are 1/se². A standard error that an interval does not rest on is taken from its width."
        }
        (table(&["Arm", "Outcome", "Q", "Degrees of freedom", "p", "I²"], 2, rows))
        p.note { "These p are not adjusted for their number." }
    }
}

fn limits(found: &SubgroupFindings) -> Markup {
    html! {
        p {
            "Simulating more patients makes every p as small as you like: p says whether this many virtual patients show a difference "
            "in this model. Look at how much the subgroups differ, and whether that would matter."
        }
        @match (found.design, found.is_weighted) {
            (Some(Design::Paired), false) => p {
                "Estimates are those of the study's page: differences within twins, by the paired t-test's interval, of shares by Tango's score interval. "
                "Subgroups are formed by what is known before treatment, so that no twins are parted."
            },
            (Some(Design::Independent), false) => p {
                "Estimates are those of the study's page: Welch's interval of a difference of means, Newcombe's of a difference of shares. "
                "Subgroups are formed by what is known before treatment, so that the arms stay comparable."
            },
            (_, true) => p {
                "Estimates are those of weighted patients, as on the study's page; subgroups count patients, not weights. Subgroups are formed by what is known "
                "before treatment, so that what is compared is not parted."
            },
            (None, false) => p {
                "With a single arm, means have Student's interval and shares Wilson's. A difference between subgroups may be one of prognosis: nothing is "
                "compared with another treatment."
            },
        }
    }
}
