//! How much work a fixed cohort is, to the step: a change that silently makes more of it fails here.
//!
//! The counts are the same on every machine. Who changes the integrator on purpose writes the new ones down and says
//! in the commit what they bought.

use cartrial_cohort::{Cohort, Study};
use cartrial_runner::{Level, simulate};
use std::path::Path;

/// Patients, steps, rejected steps and evaluations of the right-hand side in those steps.
#[derive(Debug, PartialEq, Eq)]
struct Work {
    patients: usize,
    steps: u64,
    rejected: u64,
    evaluations: u64,
}

fn work(distribution: &str, solver: &str, evaluations_per_step: u64) -> Work {
    let text = format!(
        "[study]\nname = \"work\"\nseed = 1\npatients = 500\n[population]\ndistribution = \"{distribution}\"\n\
         [population.parameters]\nn = {{ fixed = 6 }}\n[population.initial]\n\
         tumour_burden = {{ uniform = {{ low = 1, high = 1000 }} }}\n[solver]\n{solver}\n"
    );
    let study = Study::parse(&text, Path::new("work.toml")).expect("the study is valid");
    let patients = Cohort::new(&study).expect("a cohort").draw(0..study.patients);
    let outcomes = simulate(study.model, &study.solver, study.days, Level::best(), &patients);
    let sum =
        |count: fn(&cartrial_runner::Outcome) -> u32| outcomes.iter().map(|o| u64::from(count(o))).sum();
    let steps = sum(|o| o.steps);
    Work {
        patients: outcomes.len(),
        steps,
        rejected: sum(|o| o.rejected),
        evaluations: evaluations_per_step * steps,
    }
}

#[test]
fn regress_work_of_the_default_method() {
    let expected = Work { patients: 500, steps: 222905, rejected: 1562, evaluations: 1337430 };
    assert_eq!(work("uniform", "", 6), expected);
}

#[test]
fn regress_work_on_the_normal_population() {
    let expected = Work { patients: 500, steps: 223400, rejected: 1600, evaluations: 1340400 };
    assert_eq!(work("normal", "", 6), expected);
}

#[test]
fn regress_work_of_the_other_methods() {
    let expected = Work { patients: 500, steps: 249570, rejected: 1496, evaluations: 1497420 };
    assert_eq!(work("uniform", "method = \"dopri5\"", 6), expected);
    let expected = Work { patients: 500, steps: 260431, rejected: 931, evaluations: 781293 };
    assert_eq!(work("uniform", "method = \"bs3\"\nrtol = 1e-4", 3), expected);
    let expected = Work { patients: 500, steps: 730224, rejected: 0, evaluations: 2920896 };
    assert_eq!(work("uniform", "method = \"rk4\"\nstep_hours = 0.5", 4), expected);
}
