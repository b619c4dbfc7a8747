//! The same study gives the same bits, however it is run; and nobody is lost.

use cartrial_cohort::{Cohort, Study};
use cartrial_runner::{Block, Level, Outcome, RunError, RunOptions, Status, run, simulate};
use std::path::Path;

const STUDY: &str = "[study]\nname = \"bits\"\npatients = 300\nseed = 7\n[population]\nspread = 0.25\n\
    [population.initial]\ntumour_burden = { uniform = { low = 1, high = 1000 } }\n";

fn study(text: &str) -> Study {
    Study::parse(text, Path::new("bits.toml")).expect("the study is valid")
}

/// Values as bits, since a failed patient's are NaN.
fn bits(outcome: &Outcome) -> (Status, u32, Vec<u64>) {
    (outcome.status, outcome.steps, outcome.values.iter().map(|v| v.to_bits()).collect())
}

fn outcomes(study: &Study, options: RunOptions) -> Vec<(Status, u32, Vec<u64>)> {
    let cohort = Cohort::new(study).expect("a cohort");
    let mut all = Vec::new();
    let digest = |block: Block| block;
    run(study, &cohort, 0..cohort.patients(), &options, digest, |block| {
        let first = all.len() as u64;
        assert!(block.patients.iter().map(|p| p.id).eq(first..first + block.patients.len() as u64));
        all.extend(block.rows.iter().map(|row| bits(&row.outcome)));
        Ok::<_, RunError>(())
    })
    .expect("the run ends well");
    all
}

#[test]
fn prop_threads_blocks_and_simd_levels_do_not_change_a_bit() {
    let study = study(STUDY);
    let patients = Cohort::new(&study).expect("a cohort").draw(0..study.patients);
    let alone: Vec<_> = patients
        .chunks(1)
        .map(|one| bits(&simulate(&study, &study.arms[0], Level::Scalar, one)[0]))
        .collect();
    for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
        for threads in [1, 2, 3] {
            for block in [1, 7, 4096] {
                let found = outcomes(&study, RunOptions { threads, block, ..RunOptions::new(level) });
                assert!(found == alone, "{threads} threads, blocks of {block}, {level}");
            }
        }
    }
}

#[test]
fn prop_every_equation_gives_the_same_bits_at_every_level() {
    for reading in ["curated", "printed"] {
        for growth in ["logistic", "gompertz", "exponential"] {
            for solver in ["rtol = 1e-5", "method = \"rodas5p\"", "method = \"rk4\"\nstep_hours = 0.5"] {
                let model =
                    format!("[model]\nreading = \"{reading}\"\ngrowth = \"{growth}\"\n[solver]\n{solver}\n");
                let study = study(&format!("{STUDY}{model}"));
                let patients = Cohort::new(&study).expect("a cohort").draw(0..24);
                let solve = |level| -> Vec<_> {
                    simulate(&study, &study.arms[0], level, &patients).iter().map(bits).collect()
                };
                let scalar = solve(Level::Scalar);
                for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
                    assert!(solve(level) == scalar, "{reading}, {growth}, {solver}, {level}");
                }
            }
        }
    }
}

#[test]
fn a_patient_whose_solve_fails_keeps_its_row_and_harms_no_neighbour() {
    let study = study(STUDY);
    let mut patients = Cohort::new(&study).expect("a cohort").draw(0..20);
    let healthy = simulate(&study, &study.arms[0], Level::best(), &patients);
    // Growth that overflows within the first step.
    patients[5].quantities[cartrial_model::Quantity::R1] = 1e300;
    patients[11].quantities[cartrial_model::Quantity::P1] = 1e308;
    let outcomes = simulate(&study, &study.arms[0], Level::best(), &patients);
    for (i, (found, expected)) in outcomes.iter().zip(&healthy).enumerate() {
        if i == 5 || i == 11 {
            assert_ne!(found.status, Status::Completed, "patient {i}");
            assert!(found.values.iter().all(|v| v.is_nan()), "patient {i}");
        } else {
            assert_eq!(bits(found), bits(expected), "patient {i}");
        }
    }
}

#[test]
fn regress_a_fixed_step_beyond_the_stability_limit_is_a_failure_and_no_number() {
    let study = study(&format!("{STUDY}[solver]\nmethod = \"rk4\"\nstep_hours = 1.7\n"));
    let patients = Cohort::new(&study).expect("a cohort").draw(0..100);
    let outcomes = simulate(&study, &study.arms[0], Level::best(), &patients);
    for (patient, outcome) in patients.iter().zip(&outcomes) {
        let unstable = 1.7 * patient.quantities[cartrial_model::Quantity::D2] > 2.785;
        let expected = if unstable { Status::StepTooLong } else { Status::Completed };
        assert_eq!(outcome.status, expected, "patient {}", patient.id);
        assert_eq!(outcome.values.iter().all(|v| v.is_nan()), unstable);
    }
    assert!(outcomes.iter().any(|o| o.status == Status::StepTooLong));
}
