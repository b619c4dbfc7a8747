//! Subgroups as tables: one for each arm, a column for each main outcome.

use cartrial_dataset::Column;
use cartrial_findings::subgroups::{SubgroupFindings, SubgroupMeasure, SubgroupOutcome};
use comfy_table::{Table, presets};

use super::comparison::trimmed;
use super::count::{patients, thousands};
use crate::subgroups::{estimate, heterogeneity, level, overall, panel_label};

/// The main outcomes within every subgroup and in all patients, with the test of interaction.
pub fn subgroups(columns: &[Column], found: &SubgroupFindings) -> String {
    let mut arms: Vec<(&str, Vec<&SubgroupOutcome>)> = Vec::new();
    for outcome in &found.outcomes {
        match arms.iter_mut().find(|(arm, _)| *arm == outcome.arm) {
            Some((_, outcomes)) => outcomes.push(outcome),
            None => arms.push((&outcome.arm, vec![outcome])),
        }
    }
    let mut text = String::new();
    if let Some(condition) = &found.condition {
        let (these, all) = (patients(found.patients), thousands(found.patients_of_study));
        text += &format!("{these} of {all}: {condition}\n");
    }
    for (arm, outcomes) in &arms {
        let reference = outcomes.first().and_then(|outcome| outcome.reference.as_deref());
        text += &match reference {
            Some(reference) => format!("\n{arm} minus {reference}\n"),
            None => format!("\nArm {arm}\n"),
        };
        text += &table(columns, found, outcomes);
        text.push('\n');
    }
    if found.without_value > 0 {
        text +=
            &format!("In no subgroup, since the column has no value: {}\n", patients(found.without_value));
    }
    text += "\nBrackets: 95 % intervals.";
    if found.by.is_some() {
        text += " p: Cochran's Q, whether the subgroups differ; not adjusted. Subgroups are exploratory.";
    }
    text.push('\n');
    text
}

fn table(columns: &[Column], found: &SubgroupFindings, outcomes: &[&SubgroupOutcome]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let heads = outcomes.iter().map(|outcome| {
        let (label, unit) = panel_label(outcome);
        if unit.is_empty() { label } else { format!("{label}\n({unit})") }
    });
    let by = found.by.clone().unwrap_or_default();
    table.set_header([by, "patients".to_owned()].into_iter().chain(heads));
    let scale = |outcome: &SubgroupOutcome| match outcome.measure {
        SubgroupMeasure::Risk | SubgroupMeasure::RiskDifference => 100.0,
        SubgroupMeasure::Mean | SubgroupMeasure::MeanDifference => 1.0,
    };
    for (i, subgroup) in found.subgroups.iter().enumerate() {
        let cells = outcomes.iter().map(|outcome| estimate(&outcome.subgroups[i], scale(outcome)));
        let first = [level(columns, found, &subgroup.level), thousands(subgroup.patients)];
        table.add_row(first.into_iter().chain(cells));
    }
    let cells = outcomes.iter().map(|outcome| estimate(&outcome.overall, scale(outcome)));
    table.add_row([overall(found).to_owned(), thousands(found.patients)].into_iter().chain(cells));
    if found.by.is_some() {
        let p = outcomes.iter().map(|outcome| {
            let [_, _, p, _] = heterogeneity(outcome);
            p
        });
        table.add_row(["p, interaction".to_owned(), String::new()].into_iter().chain(p));
    }
    trimmed(table, 1)
}
