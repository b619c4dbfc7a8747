//! Treated patients against an independent solver: DOP853 at rtol 1e-12, see `fixtures/README.md`.

mod common;

use cartrial_cohort::{Cohort, Study};
use cartrial_model::HOURS_PER_DAY;
use cartrial_runner::{Endpoint, Level, Status, simulate};
use common::Table;
use std::path::Path;

/// Relative error that the default settings promise.
const RTOL: f64 = 1e-6;
/// Relative error of a step's states at the default settings. A time read where a curve is so flat that this moves it
/// further than [`TIME_H`] may be off by as much.
const LOCAL: f64 = 2e-7;
/// Error of a time in hours, where the time is well conditioned.
const TIME_H: f64 = 1e-4;
/// Cells/µL below which an error is judged absolutely; the same for inflammation, in pg/mL.
const TRACE: f64 = 0.01;
const TRACE_OF_INFLAMMATION: f64 = 1.0;

/// A column of the reference outcomes and the endpoint that it is compared with.
const VALUES: [(&str, &str, f64); 13] = [
    ("peak_inflammation", "peak_inflammation", 1.0),
    ("inflammation_auc", "inflammation_auc", HOURS_PER_DAY),
    ("tumour_nadir", "tumour_nadir", 1.0),
    ("tumour_burden_end", "tumour_burden_end", 1.0),
    ("inflammation_end", "inflammation_end", 1.0),
    ("effector_ctl_end", "effector_ctl_end", 1.0),
    ("memory_ctl_end", "memory_ctl_end", 1.0),
    ("effector_helper_end", "effector_helper_end", 1.0),
    ("memory_helper_end", "memory_helper_end", 1.0),
    ("lymphocytes_end", "lymphocytes_end", 1.0),
    ("car_t_peak", "car_t_peak", 1.0),
    ("car_t_given", "car_t_given", 1.0),
    ("suppressant_given", "suppressant_given", 1.0),
];

/// The same for times, in hours there and in days here, and the column of their conditioning.
const TIMES: [(&str, &str, &str); 8] = [
    ("time_of_peak_h", "time_of_peak_day", "time_of_peak_conditioning"),
    ("time_of_nadir_h", "time_of_nadir_day", "time_of_nadir_conditioning"),
    ("severe_inflammation_h", "severe_inflammation_day", "severe_inflammation_conditioning"),
    ("hours_severe", "days_severe", "hours_severe_conditioning"),
    ("remission_h", "remission_day", "remission_conditioning"),
    ("relapse_h", "relapse_day", "relapse_conditioning"),
    ("time_of_car_t_peak_h", "time_of_car_t_peak_day", "time_of_car_t_peak_conditioning"),
    ("hours_detected", "car_t_persistence", "hours_detected_conditioning"),
];

const COUNTS: [&str; 5] = ["severe_inflammation", "remission", "relapse", "remission_at_end", "rescues"];

fn endpoint(name: &str) -> Endpoint {
    Endpoint::ALL.into_iter().find(|e| e.name() == name).expect("an endpoint of that name")
}

fn study(scenario: &str, days: f64, growth: &str, arm: &str, method: &str) -> Study {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/study.toml");
    let text = format!(
        "[study]\nname = \"treated\"\ndays = {days}\n[model]\ngrowth = \"{growth}\"\n[solver]\nmethod = \"{method}\"\n\
         [population]\ntable = \"treated/{scenario}_patients.csv\"\n[[arms]]\nname = \"treated\"\n{arm}"
    );
    Study::parse(&text, &place).expect("the study is valid")
}

/// Compares every outcome of every patient of a scenario, by both methods.
fn follows(scenario: &str, days: f64, growth: &str, arm: &str) {
    for method in ["tsit5", "rodas5p"] {
        follows_by(method, scenario, days, growth, arm);
    }
}

fn follows_by(method: &str, scenario: &str, days: f64, growth: &str, arm: &str) {
    let study = study(scenario, days, growth, arm, method);
    let cohort = Cohort::new(&study).expect("the table is valid");
    let patients = cohort.draw(0..cohort.patients());
    let outcomes = simulate(&study, &study.arms[0], Level::best(), &patients);
    let reference = Table::read(&format!("treated/{scenario}_outcomes.csv"));
    assert_eq!(outcomes.len(), reference.rows.len());

    let mut wrong = Vec::new();
    let mut worst_value = (0.0, String::new());
    let mut worst_time = (0.0, String::new());
    for (row, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.status, Status::Completed, "patient {row}");
        for (column, name, factor) in VALUES {
            let expected = reference.get(row, column).expect("every patient has it");
            let found = outcome.get(endpoint(name)).map_or(f64::NAN, |value| value * factor);
            let trace = if name == "inflammation_end" { TRACE_OF_INFLAMMATION } else { TRACE };
            let error = (found - expected).abs() / expected.abs().max(trace);
            let told = format!("{name} of {row}: {found}, not {expected}, off by {error:.1e}");
            if error > worst_value.0 {
                worst_value = (error, told.clone());
            }
            if error.is_nan() || error > RTOL {
                wrong.push(told);
            }
        }
        for (column, name, conditioning) in TIMES {
            let found = outcome.get(endpoint(name)).map(|day| day * HOURS_PER_DAY);
            let Some(expected) = reference.get(row, column) else {
                // Two extrema are equally high, or there was no remission.
                if column == "relapse_h" && found.is_some() {
                    wrong.push(format!("{name} of {row}: {found:?}, not none"));
                }
                continue;
            };
            let allowed = TIME_H.max(LOCAL * reference.get(row, conditioning).expect("a time has one"));
            let error = (found.unwrap_or(f64::NAN) - expected).abs();
            let told =
                format!("{name} of {row}: {found:?} h, not {expected}, off by {error:.1e} of {allowed:.1e}");
            if error / allowed > worst_time.0 {
                worst_time = (error / allowed, told.clone());
            }
            if error.is_nan() || error > allowed {
                wrong.push(told);
            }
        }
        for name in COUNTS {
            let (found, expected) = (outcome.get(endpoint(name)), reference.get(row, name));
            if found != expected {
                wrong.push(format!("{name} of {row}: {found:?}, not {expected:?}"));
            }
        }
    }
    println!("{scenario}: worst value {}, worst time {}", worst_value.1, worst_time.1);
    assert!(wrong.is_empty(), "{scenario}: {} of them\n{}", wrong.len(), wrong.join("\n"));
}

const SCHEDULED: &str =
    "suppressant = [{ day = 1, hours = 36, rate = 150 }, { day = 2, hours = 24, rate = 100 }]\n";
const RESCUE: &str = "rescue = { above = 300, delay_hours = 6, hours = 48, rate = 300, at_most = 2 }\n";

#[test]
fn ref_dop853_suppressant_on_schedule() {
    follows("scheduled", 30.0, "logistic", SCHEDULED);
}

#[test]
fn ref_dop853_inflammation_held_at_zero_by_suppressant() {
    let arm = "suppressant = [{ day = 0.5, hours = 48, rate = 600 }, { day = 5, hours = 24, rate = 1000 }]";
    follows("drowned", 30.0, "logistic", arm);
}

#[test]
fn ref_dop853_rescue_after_a_delay() {
    follows("rescue", 30.0, "logistic", RESCUE);
}

#[test]
fn ref_dop853_rescues_at_once_one_after_another() {
    let arm = "rescue = { above = 250, delay_hours = 0, hours = 24, rate = 200, at_most = 5 }";
    follows("rescue_at_once", 30.0, "logistic", arm);
}

#[test]
fn ref_dop853_dose_in_three_fractions() {
    let arm =
        "infusions = [{ day = 0, fraction = 0.1 }, { day = 1, fraction = 0.3 }, { day = 2, fraction = 0.6 }]";
    follows("fractionated", 30.0, "logistic", arm);
}

#[test]
fn ref_dop853_another_product_later_after_bridging_and_lymphodepletion() {
    let arm = "infusions = [{ day = 0.5, fraction = 0.5 }, { day = 3.25, fraction = 0.5 }]\n\
               dose_multiplier = 2\n\
               composition = { effector_ctl = 0.1, memory_ctl = 0.2, effector_helper = 0.3, memory_helper = 0.4 }\n\
               lymphodepletion = { remaining = 0.2 }\n\
               bridging = { remaining = 0.5 }";
    follows("delayed", 30.0, "logistic", arm);
}

#[test]
fn ref_dop853_second_infusion_on_a_day() {
    follows("second_on_day", 30.0, "logistic", "second_infusion = { day = 14, fraction = 0.5 }");
}

#[test]
fn ref_dop853_second_infusion_after_relapse() {
    let arm = "second_infusion = { after_relapse_days = 2, fraction = 1 }";
    follows("second_at_relapse", 120.0, "logistic", arm);
}

#[test]
fn ref_dop853_gompertz_growth_untreated() {
    follows("gompertz", 30.0, "gompertz", "");
}

#[test]
fn ref_dop853_gompertz_growth_with_schedule_and_rescue() {
    follows("gompertz_treated", 30.0, "gompertz", &format!("{SCHEDULED}{RESCUE}"));
}
