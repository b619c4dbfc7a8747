//! The comparison of arms as tables for a person: every outcome of a few arms, or the main ones of many.

use cartrial_analysis::trial::{ComparisonEntry, ComparisonSummary, Design};
use cartrial_cohort::Study;
use cartrial_findings::design;
use cartrial_model::{Endpoint, Importance};
use comfy_table::{CellAlignment, Table, presets};

use super::cells::{alone, described, difference, holm, label, or_none, value};
use super::count::thousands;

/// Arms that are each compared in a table of their own; of more there is one table, with an arm in each line.
const TABLES: usize = 3;
/// Characters of a name that head a column.
const HEADING: usize = 20;
/// Characters in a line of a heading that has several.
const LINE: usize = 12;
/// Characters of a name that begin a line.
const NAME: usize = 32;
/// The same of arms of a sweep, whose names end in the values.
const SWEPT_NAME: usize = 44;

/// Every arm against the reference, and what the numbers are.
pub fn comparison(study: &Study, summary: &ComparisonSummary) -> String {
    let arms: Vec<_> = study.arms.iter().map(|arm| arm.name.clone()).collect();
    let Some((reference, others)) = arms.split_first() else { return String::new() };
    let every_outcome = others.len() <= TABLES;
    let name = if study.arms.iter().all(|arm| arm.swept.is_empty()) { NAME } else { SWEPT_NAME };
    let mut text = if every_outcome {
        others.iter().map(|arm| format!("\n{}\n", of_arm(summary, reference, arm))).collect()
    } else {
        format!("\n{}\n", overview(summary, reference, others, name))
    };
    text += &format!("\n{}", notes(study, summary, every_outcome));
    if every_outcome && summary.entries.iter().any(|entry| basis_of(entry).contains('(')) {
        text += "In brackets: the patients on whom the arms' own numbers rest.\n";
    }
    if text.contains('–') {
        text += "–: not estimated; summary.json says why.\n";
    }
    text
}

/// One arm against the reference in every outcome.
fn of_arm(summary: &ComparisonSummary, reference: &str, arm: &str) -> String {
    let heads = |name: &str| name.chars().count() <= HEADING;
    let fit = heads(reference) && heads(arm);
    let (title, headings) = if fit {
        (String::new(), [reference, arm])
    } else {
        (format!("arm: {arm}\nreference: {reference}\n"), ["reference", "arm"])
    };
    let entries: Vec<_> = summary.entries.iter().filter(|entry| entry.arm == arm).collect();
    let [first, second] = headings;
    let mut table = empty();
    table.set_header(["Outcome", first, second, "difference [95 % CI]", "p", "p, Holm", basis(&entries)]);
    for entry in entries {
        let [of_reference, of_arm] = described(entry);
        table.add_row([
            label(entry),
            or_none(of_reference.and_then(value)),
            or_none(of_arm.and_then(value)),
            or_none(difference(entry)),
            or_none(alone(entry)),
            or_none(holm(entry)),
            basis_of(entry),
        ]);
    }
    title + &trimmed(table, 1)
}

/// How many patients a comparison rests on, and each arm's own number where that is another.
fn basis_of(entry: &ComparisonEntry) -> String {
    let by_arm = entry.described.each_ref().map(|arm| arm.n);
    let n = thousands(entry.n);
    if by_arm == [entry.n; 2] {
        return n;
    }
    let [reference, arm] = by_arm.map(thousands);
    format!("{n} ({reference}, {arm})")
}

/// What the patients of a comparison are called.
fn basis(entries: &[&ComparisonEntry]) -> &'static str {
    match entries.first().map(|entry| entry.design) {
        Some(Design::Paired) => "twins",
        _ => "patients",
    }
}

/// The main outcomes of every arm, the reference first.
fn overview(summary: &ComparisonSummary, reference: &str, others: &[String], name: usize) -> String {
    let entries = |arm: &str| -> Vec<&ComparisonEntry> {
        summary.entries.iter().filter(|entry| entry.arm == arm && is_primary(&entry.endpoint)).collect()
    };
    let first = others.first().map(|arm| entries(arm)).unwrap_or_default();
    let mut table = empty();
    let heads = first.iter().flat_map(|entry| [wrapped(&label(entry)), "p, Holm".to_owned()]);
    table.set_header(["Arm", "patients"].map(str::to_owned).into_iter().chain(heads));
    // None of these outcomes is one that only some patients can have.
    let patients = |entry: Option<&&ComparisonEntry>, arm: usize| {
        or_none(entry.map(|entry| thousands(entry.described[arm].n)))
    };
    let of_reference = first.iter().flat_map(|e| [or_none(described(e)[0].and_then(value)), String::new()]);
    table.add_row([elided(1, reference, name), patients(first.first(), 0)].into_iter().chain(of_reference));
    for (i, arm) in others.iter().enumerate() {
        let entries = entries(arm);
        let n = patients(entries.first(), 1);
        let cells = entries
            .into_iter()
            .flat_map(|entry| [or_none(described(entry)[1].and_then(value)), or_none(holm(entry))]);
        table.add_row([elided(i + 2, arm, name), n].into_iter().chain(cells));
    }
    trimmed(table, 1)
        + "\n\nDifferences, their intervals and every other outcome: summary.json and report.html"
}

/// A label in lines as short as its words allow.
fn wrapped(label: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in label.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < LINE => *line += &format!(" {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// Whether an outcome is among the few that tell how a treatment does.
fn is_primary(outcome: &str) -> bool {
    Endpoint::from_name(outcome).is_some_and(|endpoint| endpoint.importance() == Importance::Primary)
}

/// A name with its number, which tells it from others of the same beginning.
fn elided(number: usize, name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return format!("{number:>3} {name}");
    }
    format!("{number:>3} {}…", name.chars().take(most - 1).collect::<String>())
}

/// What the numbers are, and how the arms are tested.
fn notes(study: &Study, summary: &ComparisonSummary, every_outcome: bool) -> String {
    let paired = design(study) == Design::Paired;
    let mut text = "Numbers: mean. %: share of the patients".to_owned();
    if every_outcome {
        let both = if paired { "; differences, of those in remission in both arms" } else { "" };
        text += &format!(
            ", difference in percentage points. Days until: mean up to day {}.\n\
             Relapse: of patients who came into remission{both}",
            study.days
        );
    }
    let mut tests = match (study.weight_column(), paired) {
        (None, true) => "paired t-test, McNemar's exact test",
        (None, false) => "Welch's t-test, Fisher's exact test",
        (Some(_), true) => "paired t-test by weights",
        (Some(_), false) => "Welch's t-test by weights",
    }
    .to_owned();
    if every_outcome && !paired {
        tests += ", log-rank test";
    }
    if paired {
        tests += " of the same patients in both arms";
    }
    let family = summary.entries.iter().find_map(|entry| entry.primary_test()?.adjusted).map(|a| a.family);
    let adjusted = match family {
        None => String::new(),
        Some(family) if every_outcome => format!(
            ".\nIntervals and p are of each comparison alone; p, Holm: adjusted by Holm's method for {family} tests"
        ),
        Some(family) => format!("; adjusted by Holm's method for {family} tests"),
    };
    format!("{text}.\np: {tests}{adjusted}.\n")
}

fn empty() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}

/// With the columns after the first `left` aligned to the right.
pub(super) fn trimmed(mut table: Table, left: usize) -> String {
    for column in table.column_iter_mut().skip(left) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}
