//! Sensitivity analyses against closed forms, and against the same sums done plainly.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::StatError;
use cartrial_analysis::sensitivity::SobolSums;
use cartrial_cohort::{
    Allocation, Cohort, Population, PopulationSpec, Saltelli, Study, VirtualPatient, factors,
};
use cartrial_findings::FindingsError;
use cartrial_findings::sensitivity::{CoursePlan, Sensitivity, SensitivityPlan, analysed, sensitivity};
use cartrial_model::{Endpoint, Quantity};
use cartrial_runner::{Level, RunOptions, simulate};
use std::f64::consts::PI;
use std::path::Path;

const ARMS: &str = "[[arms]]\nname = \"control\"\n[[arms]]\nname = \"half\"\ndose_multiplier = 0.5\n";

fn study(population: &str, rest: &str) -> Study {
    let text = format!(
        "[study]\nname = \"x\"\nseed = 3\npatients = 9\ndays = 12\n[population]\n{population}\n{rest}"
    );
    Study::parse(&text, Path::new("x.toml")).unwrap()
}

fn spec(study: &Study) -> &PopulationSpec {
    match &study.population {
        Population::Drawn(spec) => spec,
        Population::Table(_) => panic!("drawn"),
    }
}

fn plan(study: &Study, rows: u64) -> SensitivityPlan {
    let factors =
        factors(spec(study), &["doses=dose_effector_ctl,dose_memory_ctl".parse().unwrap()]).unwrap();
    SensitivityPlan { factors, rows, trajectories: 20, bootstrap_samples: 50, courses: None }
}

/// Three quantities vary, and two doses.
const POPULATION: &str = "distribution = \"fixed\"\n[population.parameters]\nd1 = { lognormal = { mean = 0.01, cv = 0.4 } }\n\
    d2 = { uniform = { low = 1, high = 2 } }\n[population.initial]\ntumour_burden = { uniform = { low = 0, high = 500 } }\n\
    dose_effector_ctl = { uniform = { low = 1, high = 30 } }\ndose_memory_ctl = { uniform = { low = 1, high = 30 } }\n";

fn run(study: &Study, plan: &SensitivityPlan, threads: usize) -> Sensitivity {
    let options = RunOptions { threads, ..RunOptions::new(Level::best()) };
    sensitivity(study, plan, &options, &|_| {}).unwrap()
}

#[test]
fn designs_bring_the_indices_of_ishigami_to_their_closed_forms() {
    // Three uniform quantities stand for x₁, x₂, x₃ on [−π, π].
    let uniform = "{ uniform = { low = 1, high = 2 } }";
    let population = |sampling: &str| {
        format!(
            "distribution = \"fixed\"\nsampling = {sampling:?}\n[population.parameters]\nr1 = {uniform}\nd1 = {uniform}\nd2 = {uniform}\n"
        )
    };
    let ishigami = |patient: &VirtualPatient| {
        let x = [Quantity::R1, Quantity::D1, Quantity::D2].map(|q| PI * (2.0 * patient.quantities[q] - 3.0));
        x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
    };
    let alone = [0.5 * (1.0 + 0.1 * PI.powi(4) / 5.0).powi(2), 49.0 / 8.0, 0.0];
    let both = 0.01 * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
    let variance = alone.iter().sum::<f64>() + both;
    let total = [alone[0] + both, alone[1], both].map(|v| v / variance);
    let error = |sampling: &str, rows: u64| {
        let study = study(&population(sampling), "");
        let design = Saltelli::new(spec(&study), study.seed, rows, factors(spec(&study), &[]).unwrap());
        let cohort = Cohort::of_saltelli(design);
        let mut sums = SobolSums::new(3, rows);
        for (row, patients) in cohort.draw(0..cohort.patients()).chunks(5).enumerate() {
            let y: Vec<f64> = patients.iter().map(ishigami).collect();
            sums.add(row as u64, y[0], &y[1..4], y[4]);
        }
        let found = sums.indices(0, &mut || 0.0).unwrap().factors;
        let off = |i: usize| {
            (found[i].total - total[i]).abs().max((found[i].first_order - alone[i] / variance).abs())
        };
        (0..3).map(off).fold(0.0, f64::max)
    };
    for sampling in ["random", "latin-hypercube", "sobol"] {
        assert!(error(sampling, 1 << 16) < 0.02, "{sampling}: {}", error(sampling, 1 << 16));
    }
    // Scrambled Sobol points are closer with a sixteenth of the rows.
    let (few, many) = (error("sobol", 1 << 12), error("random", 1 << 16));
    assert!(few < 0.01 && few < 2.0 * many, "{few} {many}");
}

#[test]
fn outcomes_are_those_of_the_designs_patients_in_every_arm() {
    let study = study(POPULATION, ARMS);
    let plan = plan(&study, 40);
    let found = run(&study, &plan, 2);
    let cohort = Cohort::of_saltelli(Saltelli::new(spec(&study), study.seed, 40, plan.factors.clone()));
    let patients = cohort.draw(0..cohort.patients());
    assert_eq!((plan.factors.len(), patients.len()), (4, 240));
    let arms: Vec<_> = study.arms.iter().map(|arm| simulate(&study, arm, Level::best(), &patients)).collect();
    let mut compared = 0;
    for outcome in &found.outcomes {
        let endpoint = outcome.column.endpoint.index();
        let arm = study.arms.iter().position(|arm| arm.name == outcome.column.arm).unwrap();
        let value = |i: usize| match outcome.column.difference_from {
            None => arms[arm][i].values[endpoint],
            Some(_) => arms[arm][i].values[endpoint] - arms[0][i].values[endpoint],
        };
        let values: Vec<f64> = (0..patients.len()).map(value).collect();
        let Some(sobol) = outcome.sobol() else { continue };
        // Jansen's estimators, plainly.
        let ends: Vec<f64> = values.chunks(6).flat_map(|row| [row[0], row[5]]).collect();
        let mean = ends.iter().sum::<f64>() / 80.0;
        let variance = ends.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / 80.0;
        assert!((sobol.mean - mean).abs() <= 1e-9 * mean.abs().max(1e-9), "{}", outcome.column.endpoint);
        for (i, index) in sobol.factors.iter().enumerate() {
            let half = |of: &dyn Fn(&[f64]) -> f64| values.chunks(6).map(of).sum::<f64>() / 80.0;
            let total = half(&|row| (row[0] - row[i + 1]).powi(2)) / variance;
            let first = 1.0 - half(&|row| (row[5] - row[i + 1]).powi(2)) / variance;
            // Saltelli's, with the mean of all outcomes taken off.
            let centre = values.iter().sum::<f64>() / values.len() as f64;
            let product = 2.0 * half(&|row| (row[5] - centre) * (row[i + 1] - row[0])) / variance;
            let all = [(index.total, total), (index.first_order_jansen, first), (index.first_order, product)];
            for (found, expected) in all {
                let what = outcome.column.endpoint;
                assert!(
                    (found - expected).abs() < 1e-9 * expected.abs().max(1.0),
                    "{what}: {found} {expected}"
                );
            }
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
    assert_eq!(found.outcomes.len(), 3 * analysed().count());
    assert_eq!((found.patients, found.failed_solves), (40 * 6 + 20 * 5, 0));
}

#[test]
fn what_varies_within_the_accuracy_of_the_solver_has_no_indices() {
    // Nothing in this population moves the other lymphocytes but the error of their solution.
    let found = run(&study(POPULATION, ""), &plan(&study(POPULATION, ""), 40), 2);
    let lymphocytes = found.outcomes.iter().find(|o| o.column.endpoint == Endpoint::LymphocytesEnd).unwrap();
    assert_eq!(lymphocytes.sobol, StatError::WithinAccuracy.into());
    assert_eq!(lymphocytes.drivers, StatError::WithinAccuracy.into());
    assert_eq!(lymphocytes.effects, Some(StatError::WithinAccuracy.into()));
    // Nor does anything move the difference between two arms that do the same.
    let same = "[[arms]]\nname = \"a\"\n[[arms]]\nname = \"b\"\n";
    let found = run(&study(POPULATION, same), &plan(&study(POPULATION, same), 40), 2);
    let differences = found.outcomes.iter().filter(|o| o.column.difference_from.is_some());
    assert!(differences.clone().count() > 20 && differences.clone().all(|o| o.sobol().is_none()));
}

#[test]
fn nothing_depends_on_the_threads_or_the_allocation() {
    let twins = study(POPULATION, ARMS);
    let mut plan = plan(&twins, 60);
    plan.courses = Some(CoursePlan { rows: 16, every_hours: 48.0 });
    let expected = run(&twins, &plan, 1);
    assert!(run(&twins, &plan, 2) == expected);
    let randomised = Study { allocation: Allocation::Randomised, ..twins };
    let found = run(&randomised, &plan, 2);
    assert!(found.outcomes == expected.outcomes && found.courses == expected.courses);
}

#[test]
fn effects_and_drivers_tell_which_way_a_quantity_pushes() {
    let study = study(POPULATION, "");
    let plan = SensitivityPlan { trajectories: 100, ..plan(&study, 500) };
    let found = run(&study, &plan, 2);
    let peak = found.outcomes.iter().find(|o| o.column.endpoint == Endpoint::PeakInflammation).unwrap();
    let table = peak.drivers.value().unwrap();
    assert_eq!((table.n, table.ranked), (500, 500));
    let driver = |name: &str| table.drivers.iter().find(|driver| driver.predictor == name).unwrap();
    // Inflammation decays at d2, and a larger tumour has more of it.
    assert!(driver("d2").prcc.r < -0.8 && driver("d2").coefficient.beta < 0.0);
    assert!(driver("tumour_burden").prcc.r > 0.0, "{:?}", driver("tumour_burden"));
    let effects = peak.effects.as_ref().unwrap().value().unwrap();
    let effect = |name: &str| effects[plan.factors.iter().position(|factor| factor.name == name).unwrap()];
    let mu = |name: &str| effect(name).mu.unwrap();
    assert!(mu("d2") < 0.0 && mu("tumour_burden") > 0.0);
    assert_eq!(effect("d2").n, 100);
    assert!((mu("d2").abs() - effect("d2").mu_star).abs() < 1e-9 * effect("d2").mu_star);
    assert_eq!((effect("doses").mu, effect("doses").sigma), (None, None));
}

#[test]
fn rows_with_a_failed_solve_are_left_out_and_counted() {
    // The greatest growth rates are none that an integrator can follow.
    let population = "distribution = \"fixed\"\n[population.parameters]\nr1 = { lognormal = { mean = 1e10, cv = 10 } }\nd2 = { uniform = { low = 1, high = 2 } }\n[population.initial]\ndose_effector_ctl = { uniform = { low = 1, high = 30 } }\ndose_memory_ctl = { uniform = { low = 1, high = 30 } }\n";
    let study = study(population, "");
    let found = run(&study, &plan(&study, 200), 2);
    let peak = found.outcomes.iter().find(|o| o.column.endpoint == Endpoint::PeakInflammation).unwrap();
    let sobol = peak.sobol().unwrap();
    assert_eq!(sobol.n + sobol.left_out, 200);
    assert!(
        found.failed_solves > 0 && sobol.left_out > 0 && sobol.n > 0,
        "{} {}",
        found.failed_solves,
        sobol.n
    );
}

#[test]
fn indices_over_time_begin_where_a_state_varies() {
    let study = study(POPULATION, "");
    let plan =
        SensitivityPlan { courses: Some(CoursePlan { rows: 64, every_hours: 24.0 }), ..plan(&study, 64) };
    let found = run(&study, &plan, 2);
    let [inflammation, burden] = &found.courses[..] else { panic!("two states") };
    assert_eq!((inflammation.state, burden.state), ("inflammation", "tumour_burden"));
    assert_eq!(inflammation.times.len(), 13);
    // Every patient begins with the same inflammation, and with a tumour of its own.
    assert!(inflammation.times[0].indices.value().is_none());
    let at_start = burden.times[0].indices.value().unwrap();
    let tumour = plan.factors.iter().position(|factor| factor.name == "tumour_burden").unwrap();
    for (i, total) in at_start.total.iter().enumerate() {
        assert!(if i == tumour { *total > 0.5 } else { *total == 0.0 }, "{i}: {total}");
    }
    // At the end the courses say what the endpoints say.
    let end = inflammation.times.last().unwrap();
    assert_eq!(end.day, study.days);
    let endpoint = found.outcomes.iter().find(|o| o.column.endpoint == Endpoint::InflammationEnd).unwrap();
    for (a, b) in end.indices.value().unwrap().total.iter().zip(&endpoint.sobol().unwrap().factors) {
        assert!((a - b.total).abs() < 1e-4, "{a} {}", b.total);
    }
}

#[test]
fn bad_patients_of_a_table_are_no_population() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("t.csv"), "d2\n1\n2\n").unwrap();
    let text = "[study]\nname = \"x\"\n[population]\ntable = \"t.csv\"\n";
    let table = Study::parse(text, &home.path().join("x.toml")).unwrap();
    let plan = plan(&study(POPULATION, ""), 16);
    let error = sensitivity(&table, &plan, &RunOptions::new(Level::best()), &|_| {}).unwrap_err();
    assert!(matches!(error, FindingsError::NotDrawn));
}
