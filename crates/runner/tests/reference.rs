//! Patients against an independent solver: DOP853 at rtol 1e-12, see `fixtures/README.md`.

use cartrial_cohort::{Cohort, Study};
use cartrial_model::{HOURS_PER_DAY, Quantities, STATE_COUNT};
use cartrial_runner::{Endpoint, Level, Outcome, Status, simulate, trajectory};
use std::path::Path;

fn fixture(name: &str) -> Vec<Vec<f64>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let text = std::fs::read_to_string(&path).expect("the fixture is readable");
    let row = |line: &str| line.split(',').map(|cell| cell.parse().expect("a number")).collect();
    text.lines().skip(1).map(row).collect()
}

fn study(text: &str) -> Study {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/study.toml");
    Study::parse(&format!("[study]\nname = \"reference\"\n{text}"), &place).expect("the study is valid")
}

/// The default, and the method for long follow-up.
const ADAPTIVE: [&str; 2] = ["[solver]\nmethod = \"tsit5\"", "[solver]\nmethod = \"rodas5p\""];

fn relative(found: f64, expected: f64) -> f64 {
    (found / expected - 1.0).abs()
}

fn standard_patient_follows(file: &str, days: f64, every_hours: f64) {
    for solver in ADAPTIVE {
        standard_patient_follows_by(solver, file, days, every_hours);
    }
}

fn standard_patient_follows_by(solver: &str, file: &str, days: f64, every_hours: f64) {
    let reference = fixture(file);
    let study = study(&format!("patients = 1\ndays = {days}\n{solver}"));
    let course = trajectory(&study, &study.arms[0], every_hours, &Quantities::standard());
    assert_eq!(course.status, Status::Completed);
    assert_eq!(course.days.len(), reference.len());
    for (row, (day, state)) in reference.iter().zip(course.days.iter().zip(&course.states)) {
        assert_eq!(row[0], day * HOURS_PER_DAY);
        for i in 0..STATE_COUNT {
            let error = relative(state[i], row[i + 1]);
            assert!(error < 1e-6, "{solver}: state {i} on day {day}: {} is off by {error:.1e}", state[i]);
        }
    }
}

#[test]
fn ref_dop853_standard_patient_over_30_days() {
    standard_patient_follows("standard_patient_30d.csv", 30.0, 6.0);
}

#[test]
fn ref_dop853_standard_patient_over_180_days() {
    standard_patient_follows("standard_patient_180d.csv", 180.0, 24.0);
}

fn outcome_of_standard_patient(model: &str) -> Outcome {
    let study = study(&format!("patients = 1\n[model]\n{model}\n[population]\ndistribution = \"fixed\""));
    let patients = Cohort::new(&study).expect("a cohort").draw(0..1);
    simulate(&study, &study.arms[0], Level::best(), &patients)[0]
}

#[test]
fn ref_figure_3_marks_of_the_curated_reading() {
    let outcome = outcome_of_standard_patient("reading = \"curated\"");
    let get = |endpoint| outcome.get(endpoint).expect("the patient completed");
    assert!((get(Endpoint::PeakInflammation) - 167.8896).abs() < 5e-5);
    assert!((get(Endpoint::TimeOfPeak) - 6.6778).abs() < 1e-4);
    assert!((get(Endpoint::TumourNadir) - 39.0692).abs() < 5e-5);
    assert!((get(Endpoint::TimeOfNadir) - 28.943).abs() < 5e-4);
}

#[test]
fn ref_printed_reading_peaks_at_251_within_hours() {
    let outcome = outcome_of_standard_patient("reading = \"printed\"");
    let get = |endpoint| outcome.get(endpoint).expect("the patient completed");
    assert!((get(Endpoint::PeakInflammation) - 251.0).abs() < 0.5, "{}", get(Endpoint::PeakInflammation));
    assert!((get(Endpoint::TimeOfPeak) - 0.28).abs() < 0.005, "{}", get(Endpoint::TimeOfPeak));
}

/// Worst errors over the 64 reference patients: relative in the peak, hours in an interior peak's time, relative in the
/// nadir and in the states at the end (absolute below 0.01 cells/µL, where a state is all but extinct).
fn worst_errors(solver: &str) -> [f64; 4] {
    let study = study(&format!("days = 30\n[population]\ntable = \"reference_patients.csv\"\n{solver}"));
    let cohort = Cohort::new(&study).expect("the table is valid");
    let patients = cohort.draw(0..cohort.patients());
    let outcomes = simulate(&study, &study.arms[0], Level::best(), &patients);
    let mut worst = [0.0_f64; 4];
    let reference = fixture("reference_outcomes.csv");
    assert_eq!(outcomes.len(), reference.len());
    for (outcome, row) in outcomes.iter().zip(&reference) {
        let [_, peak, peak_h, auc, nadir, _nadir_h, end @ ..] = &row[..] else { panic!("a short row") };
        let get = |endpoint| outcome.get(endpoint).expect("every reference patient completes");
        worst[0] = worst[0].max(relative(get(Endpoint::PeakInflammation), *peak));
        worst[0] = worst[0].max(relative(get(Endpoint::InflammationAuc) * HOURS_PER_DAY, *auc));
        if *peak_h > 0.0 && *peak_h < 720.0 {
            worst[1] = worst[1].max((get(Endpoint::TimeOfPeak) * HOURS_PER_DAY - peak_h).abs());
        }
        let mixed = |found: f64, expected: f64| (found - expected).abs() / expected.max(0.01);
        worst[2] = worst[2].max(mixed(get(Endpoint::TumourNadir), *nadir));
        for (i, &expected) in end.iter().enumerate() {
            worst[3] = worst[3].max(mixed(get(Endpoint::AT_END[i]), expected));
        }
    }
    worst
}

#[test]
fn ref_dop853_64_random_patients_from_a_table_at_default_settings() {
    assert_eq!(study("patients = 1").solver, study(&format!("patients = 1\n{}", ADAPTIVE[1])).solver);
    for solver in ADAPTIVE {
        let [peak, peak_time_h, nadir, end] = worst_errors(solver);
        println!(
            "peak and AUC {peak:.1e}, time of peak {peak_time_h:.1e} h, nadir {nadir:.1e}, end {end:.1e}"
        );
        assert!(peak < 1e-6, "{solver}: peak off by {peak:.1e}");
        assert!(peak_time_h < 1e-4, "{solver}: time of peak off by {peak_time_h:.1e} h");
        assert!(nadir < 1e-6, "{solver}: nadir off by {nadir:.1e}");
        assert!(end < 1e-6, "{solver}: end state off by {end:.1e}");
    }
}

#[test]
fn ref_dop853_64_random_patients_with_the_papers_rk4() {
    let [peak, _, nadir, end] = worst_errors("[solver]\nmethod = \"rk4\"\nstep_hours = 0.1");
    assert!(peak < 1e-6 && nadir < 1e-6 && end < 1e-6, "off by {peak:.1e}, {nadir:.1e}, {end:.1e}");
}

#[test]
fn ref_radau_other_readings_and_growth_laws() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/other_equations.csv");
    let text = std::fs::read_to_string(path).expect("the fixture is readable");
    let mut checked = 0;
    let equations = [("curated", "gompertz"), ("curated", "exponential"), ("printed", "logistic")];
    for ((reading, growth), solver) in equations.into_iter().flat_map(|e| ADAPTIVE.map(|solver| (e, solver)))
    {
        let model = format!("reading = \"{reading}\"\ngrowth = \"{growth}\"");
        let study =
            study(&format!("[model]\n{model}\n[population]\ntable = \"reference_patients.csv\"\n{solver}"));
        let patients = Cohort::new(&study).expect("the table is valid").draw(0..16);
        let outcomes = simulate(&study, &study.arms[0], Level::best(), &patients);
        let rows = text.lines().filter(|line| line.starts_with(&format!("{reading},{growth},")));
        for (outcome, row) in outcomes.iter().zip(rows) {
            let values: Vec<f64> =
                row.split(',').skip(3).map(|cell| cell.parse().expect("a number")).collect();
            let get = |endpoint| outcome.get(endpoint).expect("every patient completes");
            let peak = relative(get(Endpoint::PeakInflammation), values[0]);
            assert!(peak < 1e-6, "{reading}, {growth}: peak off by {peak:.1e}");
            for (i, &expected) in values[1..].iter().enumerate() {
                let found = get(Endpoint::AT_END[i]);
                // A trace: 0.01 cells/µL, 1 pg/mL.
                let trace = if i == 1 { 1.0 } else { 0.01 };
                let error = (found - expected).abs() / expected.abs().max(trace);
                assert!(error < 1e-6, "{reading}, {growth}, state {i}: {found} off by {error:.1e}");
            }
            checked += 1;
        }
    }
    assert_eq!(checked, 3 * 2 * 16);
}
