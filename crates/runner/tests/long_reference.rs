//! Patients followed for one and two years against an independent solver in ln B, see `fixtures/README.md`.
//!
//! The tumour is judged relatively however small it is: a tumour that is all but extinct grows again with its relative
//! error.

mod common;

use cartrial_cohort::{Cohort, Study};
use cartrial_model::HOURS_PER_DAY;
use cartrial_runner::{Endpoint, Level, Outcome, Status, simulate};
use common::Table;
use std::path::Path;

/// Relative error that the default settings promise where the problem is well conditioned.
const RTOL: f64 = 1e-6;
/// Relative error of a step's states at the default settings. A result with a conditioning may be off by its product
/// with this.
const LOCAL: f64 = 2e-7;
/// Error of a time in hours, where the time is well conditioned.
const TIME_H: f64 = 1e-4;
/// Cells/µL below which an error is judged absolutely, of every state but the tumour; for inflammation in pg/mL.
const TRACE: f64 = 0.01;
const TRACE_OF_INFLAMMATION: f64 = 1.0;
/// Cells/µL below which the tumour itself counts as extinct.
const EXTINCT: f64 = 1e-30;

/// A column of the reference, the endpoint that it is compared with, a factor, and a trace.
const VALUES: [(&str, &str, f64, f64); 11] = [
    ("peak_inflammation", "peak_inflammation", 1.0, TRACE_OF_INFLAMMATION),
    ("inflammation_auc", "inflammation_auc", HOURS_PER_DAY, TRACE_OF_INFLAMMATION),
    ("tumour_nadir", "tumour_nadir", 1.0, EXTINCT),
    ("tumour_burden_end", "tumour_burden_end", 1.0, EXTINCT),
    ("inflammation_end", "inflammation_end", 1.0, TRACE_OF_INFLAMMATION),
    ("effector_ctl_end", "effector_ctl_end", 1.0, TRACE),
    ("memory_ctl_end", "memory_ctl_end", 1.0, TRACE),
    ("effector_helper_end", "effector_helper_end", 1.0, TRACE),
    ("memory_helper_end", "memory_helper_end", 1.0, TRACE),
    ("lymphocytes_end", "lymphocytes_end", 1.0, TRACE),
    ("car_t_peak", "car_t_peak", 1.0, TRACE),
];

/// The same for times, in hours there and in days here.
const TIMES: [(&str, &str); 8] = [
    ("time_of_peak_h", "time_of_peak_day"),
    ("time_of_nadir_h", "time_of_nadir_day"),
    ("severe_inflammation_h", "severe_inflammation_day"),
    ("hours_severe", "days_severe"),
    ("remission_h", "remission_day"),
    ("relapse_h", "relapse_day"),
    ("time_of_car_t_peak_h", "time_of_car_t_peak_day"),
    ("hours_detected", "car_t_persistence"),
];

const COUNTS: [&str; 7] = [
    "severe_inflammation",
    "remission",
    "relapse",
    "remission_at_end",
    "rescues",
    "car_t_given",
    "suppressant_given",
];

fn get(outcome: &Outcome, name: &str) -> Option<f64> {
    let endpoint = Endpoint::ALL.into_iter().find(|e| e.name() == name).expect("an endpoint of that name");
    outcome.get(endpoint)
}

fn study(patients: &str, days: f64, model: &str, arm: &str) -> Study {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/study.toml");
    let text = format!(
        "[study]\nname = \"long\"\ndays = {days}\n[model]\n{model}\n[solver]\nmethod = \"rodas5p\"\n\
         [population]\ntable = \"long/{patients}_patients.csv\"\n[[arms]]\nname = \"long\"\n{arm}"
    );
    Study::parse(&text, &place).expect("the study is valid")
}

/// What of a patient's outcomes is off by more than it may be: in multiples of that, with words.
fn errors(reference: &Table, row: usize, outcome: &Outcome) -> Vec<(f64, String)> {
    let mut wrong = Vec::new();
    let mut judge = |error: f64, allowed: f64, told: String| {
        if error.is_nan() || error > allowed {
            let times = if error.is_nan() { f64::INFINITY } else { error / allowed };
            wrong.push((times, format!("{told}, off by {error:.1e} of {allowed:.1e}")));
        }
    };
    let conditioning = |column: &str| {
        let column = format!("{}_conditioning", column.strip_suffix("_h").unwrap_or(column));
        reference.get(row, &column).unwrap_or(0.0)
    };
    for (column, name, factor, trace) in VALUES {
        let expected = reference.get(row, column).expect("every patient has it");
        let found = get(outcome, name).map_or(f64::NAN, |value| value * factor);
        let error = (found - expected).abs() / expected.abs().max(trace);
        judge(error, RTOL.max(LOCAL * conditioning(column)), format!("{name} {found:e}, not {expected:e}"));
    }
    for (column, name) in TIMES {
        let Some(expected) = reference.get(row, column) else { continue };
        // The nadir of an extinct tumour has no time.
        if column == "time_of_nadir_h" && reference.get(row, "tumour_nadir").is_some_and(|b| b < EXTINCT) {
            continue;
        }
        let found = get(outcome, name).map_or(f64::NAN, |day| day * HOURS_PER_DAY);
        let allowed = TIME_H.max(LOCAL * conditioning(column));
        judge((found - expected).abs(), allowed, format!("{name} {found} h, not {expected} h"));
    }
    for name in COUNTS {
        let (found, expected) = (get(outcome, name), reference.get(row, name));
        let error = (found.unwrap_or(-1.0) - expected.unwrap_or(-1.0)).abs();
        judge(error, RTOL * expected.unwrap_or(0.0), format!("{name} {found:?}, not {expected:?}"));
    }
    wrong.sort_by(|a, b| b.0.total_cmp(&a.0));
    wrong
}

/// Compares every outcome of every patient of an arm at the end of `days`.
fn follows(patients: &str, outcomes: &str, days: f64, model: &str, arm: &str) {
    let study = study(patients, days, model, arm);
    let cohort = Cohort::new(&study).expect("the table is valid");
    let drawn = cohort.draw(0..cohort.patients());
    let found = simulate(&study, &study.arms[0], Level::best(), &drawn);
    let reference = Table::read(&format!("long/{outcomes}_outcomes.csv"));
    let rows: Vec<usize> =
        (0..reference.rows.len()).filter(|&row| reference.get(row, "days") == Some(days)).collect();
    assert_eq!(found.len(), rows.len());

    let mut failed = 0;
    for (patient, (outcome, &row)) in found.iter().zip(&rows).enumerate() {
        assert_eq!(outcome.status, Status::Completed, "patient {patient}");
        let wrong = errors(&reference, row, outcome);
        if let Some((_, worst)) = wrong.first() {
            failed += 1;
            let nadir = reference.get(row, "tumour_nadir").expect("every patient has one");
            println!(
                "{outcomes}, {days} d, patient {patient}, nadir {nadir:.1e}: {} wrong, {worst}",
                wrong.len()
            );
            for (_, told) in wrong
                .iter()
                .filter(|(_, told)| told.starts_with("tumour_burden_end") || told.starts_with("relapse"))
            {
                println!("    {told}");
            }
        }
    }
    assert_eq!(failed, 0, "{outcomes}, {days} d: so many of {} patients are off", rows.len());
}

#[test]
fn ref_heyoka_untreated_over_one_year() {
    follows("untreated", "untreated", 365.0, "", "");
}

#[test]
fn ref_heyoka_untreated_over_two_years() {
    follows("untreated", "untreated", 730.0, "", "");
}

#[test]
fn ref_heyoka_second_infusion_after_relapse_over_two_years() {
    let arm = "second_infusion = { after_relapse_days = 7, fraction = 1 }";
    follows("treated", "second_infusion", 730.0, "", arm);
}

#[test]
fn ref_heyoka_rescue_and_second_infusion_after_relapse_over_two_years() {
    let arm = "rescue = { above = 300, delay_hours = 6, hours = 48, rate = 300, at_most = 2 }\n\
               second_infusion = { after_relapse_days = 7, fraction = 1 }";
    follows("treated", "rescue_and_second_infusion", 730.0, "", arm);
}

#[test]
fn ref_heyoka_gompertz_growth_over_one_year() {
    follows("gompertz", "gompertz", 365.0, "growth = \"gompertz\"", "");
}

#[test]
fn ref_heyoka_printed_reading_over_one_year() {
    follows("printed", "printed", 365.0, "reading = \"printed\"", "");
}
