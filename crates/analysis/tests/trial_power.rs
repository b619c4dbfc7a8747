//! Power of drawn trials against theory (statsmodels 0.15.0, scipy 1.17.1, `fixtures/make_trial_statistics.py`) and
//! against trials simulated in R (`fixtures/make_trial_statistics.R`).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::StatError;
use cartrial_analysis::trial::{
    Design, OutcomeData, PatientPool, Power, PowerSimulation, sample_size, simulated_power,
};
use cartrial_normal::quantile;
use serde_json::Value;

const PATIENTS: usize = 100_000;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/trial_statistics_py.json")).unwrap()
}

fn f(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap()
}

/// Uniform numbers: the high bits of a linear congruence, scrambled (splitmix64).
fn uniforms(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A population whose shares are those of the distribution, in random order of no consequence.
fn quantiles_of(shift: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| shift + quantile((i as f64 + 0.5) / n as f64)).collect()
}

fn events(share: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| f64::from(i < (share * n as f64).round() as usize)).collect()
}

fn plan(allocation: [u32; 2], trials: u32) -> PowerSimulation {
    PowerSimulation { allocation, trials, alpha: 0.05, largest: u64::MAX }
}

/// Within four standard errors of the simulation.
#[track_caller]
fn agrees(found: &Power, expected: f64, more: f64) {
    let error = (expected * (1.0 - expected) / f64::from(found.trials)).sqrt();
    assert!((found.power - expected).abs() < 4.0 * error + more, "{found:?} for {expected} ± {error}");
}

#[test]
fn ref_statsmodels_power_of_the_t_test() {
    let reference = quantiles_of(0.0, PATIENTS);
    for case in fixture()["power"]["t"].as_array().unwrap() {
        let arm = quantiles_of(f(case, "d"), PATIENTS);
        let (from, to) = (OutcomeData::Continuous(&reference), OutcomeData::Continuous(&arm));
        let source = PatientPool::new(Design::Independent, from, to).unwrap();
        let n = 2 * case["n"].as_u64().unwrap();
        let power = simulated_power(&source, &plan([1, 1], 10_000), n, &mut uniforms(1)).unwrap();
        assert_eq!(power.n_per_arm, [n / 2, n / 2]);
        agrees(&power, f(case, "power"), 0.001); // Welch's test has a little less than Student's
    }
}

#[test]
fn ref_scipy_power_of_fishers_test_by_enumeration() {
    for case in fixture()["power"]["fisher"].as_array().unwrap() {
        let (reference, arm) = (events(f(case, "p0"), PATIENTS), events(f(case, "p1"), PATIENTS));
        let (n0, n1) = (case["n0"].as_u64().unwrap(), case["n1"].as_u64().unwrap());
        let (from, to) = (OutcomeData::Binary(&reference), OutcomeData::Binary(&arm));
        let source = PatientPool::new(Design::Independent, from, to).unwrap();
        let power =
            simulated_power(&source, &plan([n0 as u32, n1 as u32], 10_000), n0 + n1, &mut uniforms(2))
                .unwrap();
        assert_eq!(power.n_per_arm, [n0, n1]);
        agrees(&power, f(case, "power"), 0.0);
    }
}

#[test]
fn ref_r_power_of_the_log_rank_test_in_simulated_trials() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/trial_statistics_r.json")).unwrap();
    let case = &fixture["log_rank_power"];
    let end = f(case, "end");
    let exponential = |rate: f64| -> (Vec<f64>, Vec<f64>) {
        let times = (0..PATIENTS).map(|i| -((i as f64 + 0.5) / PATIENTS as f64).ln() / rate);
        times.map(|t| (t.min(end), f64::from(t < end))).unzip()
    };
    let (reference, arm) = (exponential(f(case, "rate0")), exponential(f(case, "rate1")));
    let (from, to) =
        (OutcomeData::TimeToEvent(&reference.0, &reference.1), OutcomeData::TimeToEvent(&arm.0, &arm.1));
    let source = PatientPool::new(Design::Independent, from, to).unwrap();
    let n = 2 * case["n"].as_u64().unwrap();
    let power = simulated_power(&source, &plan([1, 1], 5_000), n, &mut uniforms(3)).unwrap();
    // R's own trials are a simulation too: the difference of both has √2 times the error of either.
    let (theirs, trials) = (f(case, "power"), f(case, "trials"));
    let error = (theirs * (1.0 - theirs) * (1.0 / trials + 1.0 / 5_000.0)).sqrt();
    assert!((power.power - theirs).abs() < 4.0 * error, "{power:?} for {theirs} ± {error}");
}

/// Twins whose outcomes go together: a trial knows only one of the two, and must not profit from the pairing.
#[test]
fn ref_statsmodels_trials_drawn_from_twins_have_the_power_of_independent_arms() {
    let case = &fixture()["power"]["t"][0];
    let reference = quantiles_of(0.0, PATIENTS);
    let arm: Vec<f64> = reference.iter().map(|x| x + f(case, "d")).collect();
    let (from, to) = (OutcomeData::Continuous(&reference), OutcomeData::Continuous(&arm));
    let source = PatientPool::new(Design::Paired, from, to).unwrap();
    let n = 2 * case["n"].as_u64().unwrap();
    let power = simulated_power(&source, &plan([1, 1], 10_000), n, &mut uniforms(4)).unwrap();
    agrees(&power, f(case, "power"), 0.001);
}

#[test]
fn prop_where_there_is_nothing_to_find_five_percent_find_it() {
    let values = quantiles_of(0.0, 5_000);
    let (from, to) = (OutcomeData::Continuous(&values), OutcomeData::Continuous(&values));
    for design in [Design::Paired, Design::Independent] {
        let source = PatientPool::new(design, from, to).unwrap();
        let power = simulated_power(&source, &plan([1, 2], 10_000), 90, &mut uniforms(5)).unwrap();
        assert_eq!(power.n_per_arm, [30, 60]);
        agrees(&power, 0.05, 0.0);
    }
}

#[test]
fn ref_statsmodels_sample_size_for_eighty_percent_lies_in_its_interval_as_often_as_it_should() {
    // d = 0.5 has a power of 0.8015 with 64 in each arm and 0.7954 with 63: 128 patients.
    let (reference, arm) = (quantiles_of(0.0, PATIENTS), quantiles_of(0.5, PATIENTS));
    let (from, to) = (OutcomeData::Continuous(&reference), OutcomeData::Continuous(&arm));
    let source = PatientPool::new(Design::Independent, from, to).unwrap();
    let found = |seed| sample_size(&source, &plan([1, 1], 1_000), 0.8, &mut uniforms(seed)).unwrap();
    let found: Vec<_> = (100..140).map(found).collect();
    let inside = |low: u64, n: u64, high: u64| low <= n && n <= high;
    assert!(found.iter().all(|size| inside(size.n_ci95[0], size.n, size.n_ci95[1])));
    assert!(found.iter().all(|size| size.n_ci95[1] - size.n_ci95[0] < 12), "about 2.5 % to either side");
    let covering = found.iter().filter(|size| inside(size.n_ci95[0], 128, size.n_ci95[1])).count();
    assert!(covering >= 34, "{covering} of 40 intervals hold the true number");
    let mean = found.iter().map(|size| size.n as f64).sum::<f64>() / 40.0;
    assert!((mean - 127.6).abs() < 1.5, "{mean}");
    assert!(found.iter().filter(|size| inside_of(size.at_n.ci95, 0.8)).count() >= 34);
}

fn inside_of([low, high]: [f64; 2], value: f64) -> bool {
    low <= value && value <= high
}

#[test]
fn regress_trials_that_cannot_be_drawn_are_refused() {
    let values = quantiles_of(0.0, 50);
    let (from, to) = (OutcomeData::Continuous(&values), OutcomeData::Continuous(&values));
    let paired = PatientPool::new(Design::Paired, from, to).unwrap();
    let independent = PatientPool::new(Design::Independent, from, to).unwrap();
    let mut uniform = uniforms(7);
    let mut power = |source: &PatientPool, n| simulated_power(source, &plan([1, 1], 10), n, &mut uniform);
    assert!(power(&paired, 50).is_ok() && power(&independent, 100).is_ok());
    assert_eq!(power(&paired, 52), Err(StatError::TooFewPatients { asked: 52, available: 50 }));
    assert_eq!(power(&independent, 102), Err(StatError::TooFewPatients { asked: 51, available: 50 }));
    let size = sample_size(&paired, &plan([1, 1], 200), 0.8, &mut uniforms(8));
    assert!(matches!(size, Err(StatError::PowerNotReached { most: 50, .. })), "{size:?}");
    assert_eq!(
        sample_size(&paired, &plan([1, 1], 10), 1.0, &mut uniforms(8)),
        Err(StatError::PlanOutOfRange)
    );
    for wrong in [plan([0, 1], 10), plan([1, 1], 0), PowerSimulation { alpha: 0.0, ..plan([1, 1], 10) }] {
        assert_eq!(simulated_power(&paired, &wrong, 20, &mut uniforms(9)), Err(StatError::PlanOutOfRange));
    }
}

#[test]
fn regress_nobody_is_drawn_twice_and_missing_patients_never() {
    // 20 patients of whom 4 lack an outcome in one arm: a trial of the other 16 has every one of them once, so that each
    // trial finds the same sum over both arms. Told by events: 8 of 16, in any split.
    let mut reference = events(0.5, 16);
    let mut arm = reference.clone();
    reference.extend([f64::NAN, f64::NAN, 1.0, 1.0]);
    arm.extend([1.0, 1.0, f64::NAN, f64::NAN]);
    let source =
        PatientPool::new(Design::Paired, OutcomeData::Binary(&reference), OutcomeData::Binary(&arm)).unwrap();
    assert_eq!(source.patients(), [16, 16]);
    // Fisher's p ≤ 0.05 needs 7 or 8 of the 8 events in one arm: 2 (1 + 8·8) of the C(16, 8) = 12870 splits. One patient
    // drawn twice would change the margins.
    let power = simulated_power(&source, &plan([1, 1], 40_000), 16, &mut uniforms(10)).unwrap();
    agrees(&power, 130.0 / 12870.0, 0.0);
    assert_eq!(power.undetermined, 0);
    // Uniform numbers of 0 always choose the next patient in order: the first half against the second, again and again.
    let halves: Vec<f64> = (0..32).map(|i| f64::from(i % 16 >= 8)).collect();
    let source =
        PatientPool::new(Design::Paired, OutcomeData::Binary(&halves), OutcomeData::Binary(&halves)).unwrap();
    assert_eq!(simulated_power(&source, &plan([1, 1], 5), 16, &mut || 0.0).unwrap().found, 5);
    let nothing = [0.0; 16];
    let none = PatientPool::new(
        Design::Paired,
        OutcomeData::TimeToEvent(&nothing, &nothing),
        OutcomeData::TimeToEvent(&nothing, &nothing),
    );
    let power = simulated_power(&none.unwrap(), &plan([1, 1], 30), 16, &mut uniforms(11)).unwrap();
    assert_eq!((power.undetermined, power.found), (30, 0));
}
