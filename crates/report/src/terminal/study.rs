//! The result as a short table for a person.

use cartrial_analysis::{OutcomeSummary, Regression, RegressionEntry, ResponseScale};
use cartrial_cohort::Study;
use cartrial_dataset::Manifest;
use cartrial_findings::{StudySummary, SweepFindings, WeightSummary};
use cartrial_model::Endpoint;
use comfy_table::{CellAlignment, Table, presets};

use super::cells::{correlation, none, p_value};
use super::comparison::comparison;
use super::count::{patients, thousands};
use super::failures::failures;
use crate::significant;
use crate::study::sweep::words;

/// The predictors that the paper asks about.
const PAPER: [&str; 2] = ["dose_total", "tumour_burden"];
/// How many of the other predictors are shown.
const STRONGEST: usize = 6;

/// The whole study: who was simulated, what came out, and in every arm what it depends on.
pub fn study(study: &Study, summary: &StudySummary, manifest: &Manifest) -> String {
    let mut text = format!(
        "{}: {}, {} days, seed {}\n",
        study.name,
        patients(manifest.patients),
        study.days,
        study.seed
    );
    let corrections = &manifest.corrections;
    if corrections.total > 0 {
        text += &format!(
            "{} non-physical draws of {} were corrected\n",
            thousands(corrections.total),
            patients(corrections.patients)
        );
    }
    text += &failures(manifest);
    if let Some(WeightSummary { column, patients: n, effective_sample_size }) = &summary.weights {
        text += &format!(
            "Weighted by {column}: effective sample size {} of {}\n",
            thousands(effective_sample_size.round() as u64),
            patients(*n)
        );
    }
    if let Some(trial) = &summary.trial {
        text += &comparison(study, &trial.comparisons);
        text += &rescues(study, summary);
        text += &summary.sweep.as_ref().map_or_else(String::new, sweep);
        text += "\nRegressions in every arm: summary.json and report.html\n";
        return text;
    }
    for arm in &summary.arms {
        let outcome = |endpoint: Endpoint| {
            summary.outcomes.iter().find(|o| o.arm == *arm && o.outcome == endpoint.name())
        };
        text.push('\n');
        for endpoint in [Endpoint::PeakInflammation, Endpoint::TimeOfPeak, Endpoint::TumourNadir] {
            if let Some(OutcomeSummary { n, mean: Some(mean), sd, min: Some(min), max: Some(max), .. }) =
                outcome(endpoint)
            {
                let spread = sd.map_or_else(String::new, |sd| format!(" ± {}", significant(sd, 3)));
                text += &format!(
                    "  {:28} {}{spread} {} ({} to {}), {}\n",
                    endpoint.label(),
                    significant(*mean, 3),
                    endpoint.unit(),
                    significant(*min, 3),
                    significant(*max, 3),
                    patients(*n),
                );
            }
        }
        for (event, _) in Endpoint::events() {
            if let Some(OutcomeSummary { n, mean: Some(share), .. }) = outcome(event) {
                let of = if event == Endpoint::Relapse { " in remission" } else { "" };
                text += &format!(
                    "  {:28} {} % of {}{of}\n",
                    event.short_label(),
                    significant(100.0 * share, 3),
                    patients(*n),
                );
            }
        }
        text += &rescues(study, summary);
        text += &format!("\n{}\n", regressions(summary, arm));
    }
    text
}

/// Which arm of a sweep is best, and for whom.
fn sweep(found: &SweepFindings) -> String {
    let overall = words::sentence(found, &found.overall).map(|sentence| format!("\n{sentence}\n"));
    let of_groups = found.by_tumour_burden.iter().filter_map(|group| {
        let best = words::arm(found, group.findings.preferred?);
        Some(format!("  tumour burden {}: {best}\n", words::range(group.from, group.to)))
    });
    overall.into_iter().chain(of_groups).collect()
}

/// How often the arms that have a rescue came to need one: with none at all they are as without. Those of a sweep are too many.
fn rescues(study: &Study, summary: &StudySummary) -> String {
    let begun = Endpoint::Rescues.name();
    let of_arm = |name: &str| {
        let outcome = summary.outcomes.iter().find(|o| o.arm == name && o.outcome == begun)?;
        Some((outcome.n, outcome.mean?))
    };
    let with_rescue = study.arms.iter().filter(|arm| arm.treatment.rescue.is_some() && arm.swept.is_empty());
    let line = |(name, (n, mean)): (&String, (u64, f64))| {
        let mean =
            if mean == 0.0 { "none begun".to_owned() } else { format!("{} a patient", significant(mean, 3)) };
        format!("Rescues in {name}: {mean} ({})\n", patients(n))
    };
    with_rescue.filter_map(|arm| Some((&arm.name, of_arm(&arm.name)?))).map(line).collect()
}

/// The regressions of every arm, and the arms against the first.
pub fn statistics(study: &Study, summary: &StudySummary) -> String {
    let compared =
        summary.trial.as_ref().map_or_else(String::new, |c| comparison(study, &c.comparisons) + "\n");
    let tables: String =
        summary.arms.iter().map(|arm| format!("Arm {arm}\n{}\n\n", regressions(summary, arm))).collect();
    tables + compared.trim_start_matches('\n')
}

/// One arm's regressions: the paper's two predictors, then the strongest others.
fn regressions(summary: &StudySummary, arm: &str) -> String {
    let on = |scale: ResponseScale, predictor: &str| {
        let is_it = |e: &&RegressionEntry| e.arm == arm && e.scale == scale && e.predictor == predictor;
        summary.regressions.iter().find(is_it).and_then(|entry| entry.fit.value())
    };
    let strength = |predictor: &str| on(ResponseScale::Log, predictor).map_or(0.0, |fit| fit.r.abs());
    let mut others: Vec<&str> = summary
        .spearman
        .iter()
        .filter(|e| e.arm == arm && !PAPER.contains(&e.predictor.as_str()))
        .map(|e| e.predictor.as_str())
        .collect();
    others.sort_by(|a, b| strength(b).total_cmp(&strength(a)));

    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "Peak inflammation on",
        "patients",
        "slope [95 % CI]",
        "r",
        "p",
        "r, ln peak",
        "p, ln peak",
        "Spearman",
    ]);
    let mut on_fewer = [None; 2];
    for predictor in PAPER.into_iter().chain(others.into_iter().take(STRONGEST)) {
        let rank = summary.spearman.iter().find(|entry| entry.arm == arm && entry.predictor == predictor);
        let rank = rank.and_then(|entry| entry.correlation.value());
        let (linear, log) = (on(ResponseScale::Linear, predictor), on(ResponseScale::Log, predictor));
        let n = linear.map(|fit| fit.n);
        on_fewer[0] = on_fewer[0].or(log.map(|fit| fit.n).filter(|log| Some(*log) != n));
        on_fewer[1] = on_fewer[1].or(rank.map(|rank| rank.n).filter(|ranked| Some(*ranked) != n));
        table.add_row([
            predictor.to_owned(),
            linear.map_or_else(none, |fit| thousands(fit.n)),
            linear.map_or_else(none, slope),
            linear.map_or_else(none, |fit| correlation(fit.r)),
            linear.map_or_else(none, |fit| p_value(fit.log10_p)),
            log.map_or_else(none, |fit| correlation(fit.r)),
            log.map_or_else(none, |fit| p_value(fit.log10_p)),
            rank.map_or_else(none, |rank| correlation(rank.r)),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let notes = ["ln peak", "Spearman"].into_iter().zip(on_fewer);
    let note = |(what, n): (&str, Option<u64>)| Some(format!("\n{what}: of {}", patients(n?)));
    table.trim_fmt() + &notes.filter_map(note).collect::<String>()
}

fn slope(fit: &Regression) -> String {
    let [low, high] = fit.ci95;
    format!("{} [{}, {}]", significant(fit.slope, 3), significant(low, 3), significant(high, 3))
}
