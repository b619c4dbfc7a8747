//! How much work a fixed cohort is, to the step: a change that silently makes more of it fails here.
//!
//! The counts are the same on every machine. Who changes the integrator on purpose writes the new ones down and says
//! in the commit what they bought.

use cartrial_cohort::{Cohort, Study};
use cartrial_runner::{Level, simulate};
use std::path::Path;

/// Patients, steps and rejected steps.
#[derive(Debug, PartialEq, Eq)]
struct Work {
    patients: usize,
    steps: u64,
    rejected: u64,
}

fn work(distribution: &str, solver: &str) -> Work {
    let text = format!(
        "[study]\nname = \"work\"\nseed = 1\npatients = 500\n[population]\ndistribution = \"{distribution}\"\n\
         [population.parameters]\nn = {{ fixed = 6 }}\n[population.initial]\n\
         tumour_burden = {{ uniform = {{ low = 1, high = 1000 }} }}\n[solver]\n{solver}\n"
    );
    let study = Study::parse(&text, Path::new("work.toml")).expect("the study is valid");
    let patients = Cohort::new(&study).expect("a cohort").draw(0..study.patients);
    let outcomes = simulate(&study, &study.arms[0], Level::best(), &patients);
    let sum =
        |count: fn(&cartrial_runner::Outcome) -> u32| outcomes.iter().map(|o| u64::from(count(o))).sum();
    Work { patients: outcomes.len(), steps: sum(|o| o.steps), rejected: sum(|o| o.rejected) }
}

#[test]
fn regress_work_of_the_default_method() {
    let expected = Work { patients: 500, steps: 58295, rejected: 2455 };
    assert_eq!(work("uniform", ""), expected);
}

#[test]
fn regress_work_on_the_normal_population() {
    let expected = Work { patients: 500, steps: 59232, rejected: 2702 };
    assert_eq!(work("normal", ""), expected);
}

#[test]
fn regress_work_of_the_other_methods() {
    let expected = Work { patients: 500, steps: 256373, rejected: 1926 };
    assert_eq!(work("uniform", "method = \"tsit5\""), expected);
    let expected = Work { patients: 500, steps: 292375, rejected: 1831 };
    assert_eq!(work("uniform", "method = \"dopri5\""), expected);
    let expected = Work { patients: 500, steps: 278022, rejected: 1363 };
    assert_eq!(work("uniform", "method = \"bs3\"\nrtol = 1e-4"), expected);
    let expected = Work { patients: 500, steps: 720000, rejected: 0 };
    assert_eq!(work("uniform", "method = \"rk4\"\nstep_hours = 0.5"), expected);
}
