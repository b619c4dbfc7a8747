//! Extreme but valid patients: every quantity from 10⁻¹² to 10¹² times its mean, alone and together, untreated and treated.
//!
//! Each either agrees with another method at a thousand times smaller tolerance or ends in a status. Where an explicit method
//! cannot finish, the reference is Rodas5P at such a tolerance. No patient ends in a value that none can have.

mod extreme;

use cartrial_cohort::{Method, Study};
use cartrial_model::{HOURS_PER_DAY, Quantity};
use cartrial_runner::{Endpoint, Level, Outcome, Status, simulate};
use extreme::{Random, arms, patient, study};
use std::collections::BTreeMap;

/// Patients of each of the twelve combinations of reading, growth law and method; more with `EXTREME_PATIENTS`.
const PATIENTS: usize = 120;
/// Patients solved at a time, in one arm.
const BLOCK: usize = 24;
/// Relative accuracy of the reference.
const REFERENCE_RTOL: f64 = 1e-9;
/// Relative error of an outcome that still agrees: the promise of 10⁻⁶, with room for the amplification of errors in
/// patients whom nobody will meet.
const AGREES: f64 = 1e-4;
/// And of the few in whom errors are amplified most.
const AGREES_ROUGHLY: f64 = 1e-2;
/// Cells/µL or pg/mL below which an error is judged absolutely.
const TRACE: f64 = 1.0;
/// An explicit method is a reference only where it can finish.
const MOST_DECAY_TIMES: f64 = 3e5;

const COMPARED: [Endpoint; 10] = [
    Endpoint::PeakInflammation,
    Endpoint::InflammationAuc,
    Endpoint::TumourNadir,
    Endpoint::TumourBurdenEnd,
    Endpoint::InflammationEnd,
    Endpoint::EffectorCtlEnd,
    Endpoint::MemoryCtlEnd,
    Endpoint::EffectorHelperEnd,
    Endpoint::MemoryHelperEnd,
    Endpoint::LymphocytesEnd,
];

fn patients() -> usize {
    std::env::var("EXTREME_PATIENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(PATIENTS)
}

/// The study with another method and tolerance.
fn by(study: &Study, method: Method, rtol: f64) -> Study {
    let mut study = study.clone();
    (study.solver.method, study.solver.rtol) = (method, rtol);
    study
}

/// Why an outcome is one that no patient can have.
fn unphysical(outcome: &Outcome, days: f64) -> Option<String> {
    let completed = outcome.status == Status::Completed;
    Endpoint::ALL.into_iter().find_map(|endpoint| {
        let value = outcome.values[endpoint.index()];
        let may_lack = matches!(endpoint, Endpoint::Relapse | Endpoint::RelapseDay);
        let is_time = endpoint.name().ends_with("_day") || endpoint.name().starts_with("days_");
        let wrong = match completed {
            false => !value.is_nan(),
            true if value.is_nan() => !may_lack,
            true => !value.is_finite() || value < 0.0 || (is_time && value > days * (1.0 + 1e-12)),
        };
        wrong.then(|| format!("{} = {value}", endpoint.name()))
    })
}

/// The largest error among the compared outcomes, and where it is.
fn error(found: &Outcome, reference: &Outcome) -> (f64, String) {
    let one = |endpoint: Endpoint| {
        let (x, y) = (found.values[endpoint.index()], reference.values[endpoint.index()]);
        ((x - y).abs() / y.abs().max(TRACE), format!("{} = {x}, not {y}", endpoint.name()))
    };
    COMPARED.into_iter().map(one).fold((0.0, String::new()), |a, b| if b.0 > a.0 { b } else { a })
}

/// How many patients came out how.
#[derive(Debug, Default)]
struct Counts {
    by_end: BTreeMap<String, usize>,
    wrong: Vec<String>,
    most_steps: u32,
}

impl Counts {
    fn count(&mut self, end: String) {
        *self.by_end.entry(end).or_default() += 1;
    }
}

fn try_method(method: Method, reading: &str, growth: &str) -> Counts {
    let mut counts = Counts::default();
    let mut random = Random::new(&format!("{}/{reading}/{growth}", method.name()));
    for block in 0..patients().div_ceil(BLOCK) {
        let study = by(&study(reading, growth, &arms(&mut random)), method, 1e-6);
        let arm = &study.arms[block % study.arms.len()];
        let patients: Vec<_> = (0..BLOCK as u64).map(|id| patient(&mut random, id)).collect();
        let outcomes = simulate(&study, arm, Level::best(), &patients);
        let implicit = by(&study, Method::Rodas5P, REFERENCE_RTOL);
        let less_accurate = by(&study, Method::Rodas5P, 1e-7);
        let explicit = by(&study, Method::Dopri5, REFERENCE_RTOL);
        for (patient, outcome) in patients.iter().zip(outcomes) {
            counts.most_steps = counts.most_steps.max(outcome.steps);
            let told = |what: &str| format!("{what}: {arm:?} {reading} {growth} {:?}", patient.quantities);
            if let Some(what) = unphysical(&outcome, study.days) {
                counts.wrong.push(told(&what));
                counts.count("unphysical".into());
                continue;
            }
            if outcome.status != Status::Completed {
                counts.count(format!("{:?}", outcome.status));
                continue;
            }
            let decay_times = patient.quantities[Quantity::D2] * study.days * HOURS_PER_DAY;
            let is_explicit = method == Method::Rodas5P && decay_times < MOST_DECAY_TIMES;
            let first = if is_explicit { &explicit } else { &implicit };
            let reference = |study| simulate(study, arm, Level::best(), std::slice::from_ref(patient))[0];
            let mut expected = reference(first);
            if expected.status != Status::Completed {
                expected = reference(&implicit);
            }
            if expected.status != Status::Completed {
                expected = reference(&less_accurate);
            }
            if expected.status != Status::Completed {
                counts.count(format!("without reference: {:?}", expected.status));
                continue;
            }
            let (mut error, mut what) = self::error(&outcome, &expected);
            if error > AGREES && is_explicit {
                // An explicit method may itself be wrong where the tumour nearly vanishes.
                (error, what) = self::error(&outcome, &reference(&implicit));
            }
            if error <= AGREES {
                counts.count("agrees".into());
            } else if error <= AGREES_ROUGHLY {
                counts.count("agrees roughly".into());
            } else {
                counts.count("disagrees".into());
                counts.wrong.push(told(&format!("off by {error:.1e}: {what}")));
            }
        }
    }
    counts
}

#[test]
fn prop_a_tumour_that_is_gone_does_not_grow_back() {
    for growth in ["logistic", "gompertz", "exponential"] {
        let arm = "[[arms]]\nname = \"none\"\nbridging = { remaining = 0 }\n";
        let mut study = study("curated", growth, arm);
        study.days = 36_500.0;
        let patients = cartrial_cohort::Cohort::new(&study).expect("a drawn cohort").draw(0..1);
        let outcome = simulate(&study, &study.arms[0], Level::best(), &patients)[0];
        assert_eq!(outcome.get(Endpoint::TumourBurdenEnd), Some(0.0), "{growth}: {:?}", outcome.status);
    }
}

#[test]
fn prop_an_extreme_patient_is_solved_or_ends_in_a_status() {
    let mut wrong = Vec::new();
    for method in [Method::Rodas5P, Method::Tsit5] {
        for reading in ["curated", "printed"] {
            for growth in ["logistic", "gompertz", "exponential"] {
                let counts = try_method(method, reading, growth);
                println!(
                    "{} {reading} {growth}: {:?}, at most {} steps",
                    method.name(),
                    counts.by_end,
                    counts.most_steps
                );
                wrong.extend(counts.wrong.into_iter().map(|text| format!("{}: {text}", method.name())));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong, such as\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}
