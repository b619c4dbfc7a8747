//! The same study gives the same bits, however it is run; and nobody is lost.

use cartrial_cohort::{Cohort, Study, VirtualPatient};
use cartrial_model::Quantity;
use cartrial_runner::{Block, Level, Outcome, RunError, RunOptions, Status, run, simulate};
use std::path::Path;

const STUDY: &str = "[study]\nname = \"bits\"\npatients = 300\nseed = 7\n[population]\nspread = 0.25\n\
    [population.initial]\ntumour_burden = { uniform = { low = 1, high = 1000 } }\n";

fn study(text: &str) -> Study {
    Study::parse(text, Path::new("bits.toml")).expect("the study is valid")
}

/// Status, steps, and the values as bits, since a failed patient's are NaN; last the day on which a solve failed.
type Bits = (Status, u32, Vec<u64>, Option<u64>);

fn bits(outcome: &Outcome) -> Bits {
    let values = outcome.values.iter().map(|v| v.to_bits()).collect();
    (outcome.status, outcome.steps, values, outcome.failed_at_day.map(f64::to_bits))
}

fn outcomes(study: &Study, options: RunOptions) -> Vec<Bits> {
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
    patients[5].quantities[Quantity::R1] = 1e300;
    patients[11].quantities[Quantity::P1] = 1e308;
    let outcomes = simulate(&study, &study.arms[0], Level::best(), &patients);
    for (i, (found, expected)) in outcomes.iter().zip(&healthy).enumerate() {
        if i == 5 || i == 11 {
            assert_ne!(found.status, Status::Completed, "patient {i}");
            assert!(found.values.iter().all(|v| v.is_nan()), "patient {i}");
            assert_eq!(found.failed_at_day, Some(0.0), "patient {i}");
        } else {
            assert_eq!(found.failed_at_day, None, "patient {i}");
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
        let unstable = 1.7 * patient.quantities[Quantity::D2] > 2.785;
        let expected = if unstable { Status::StepTooLong } else { Status::Completed };
        assert_eq!(outcome.status, expected, "patient {}", patient.id);
        assert_eq!(outcome.values.iter().all(|v| v.is_nan()), unstable);
        assert_eq!(outcome.failed_at_day, unstable.then_some(0.0), "refused before the first step");
    }
    assert!(outcomes.iter().any(|o| o.status == Status::StepTooLong));
}

/// Every third patient is given so many cells on day 4.25 that no step can follow.
fn with_failures(study: &Study) -> Vec<VirtualPatient> {
    let mut patients = Cohort::new(study).expect("a cohort").draw(0..60);
    for patient in patients.iter_mut().step_by(3) {
        patient.quantities[Quantity::DoseEffectorCtl] = 1e30;
    }
    patients
}

#[test]
fn prop_no_lane_level_or_neighbour_changes_the_day_of_a_failure() {
    // Steps that are controlled end there; fixed ones go on until the state overflows.
    let solvers = [("", 4.25), ("method = \"tsit5\"", 4.25), ("method = \"rk4\"\nstep_hours = 0.5", 4.5)];
    for (solver, latest) in solvers {
        let study = study(&format!(
            "{STUDY}[solver]\n{solver}\n[[arms]]\nname = \"late\"\ninfusions = [{{ day = 4.25, fraction = 1 }}]\n"
        ));
        let patients = with_failures(&study);
        let solve = |level, patients: &[VirtualPatient]| -> Vec<_> {
            simulate(&study, &study.arms[0], level, patients).iter().map(bits).collect()
        };
        let alone: Vec<_> = patients.chunks(1).flat_map(|one| solve(Level::Scalar, one)).collect();
        for (i, (status, .., day)) in alone.iter().enumerate() {
            assert_eq!(*status == Status::Completed, i % 3 != 0, "{solver}, patient {i}");
            if let Some(day) = day.map(f64::from_bits) {
                assert!((4.25..=latest).contains(&day), "{solver}, patient {i}, day {day}");
            }
            assert_eq!(day.is_some(), i % 3 == 0, "{solver}, patient {i}");
        }
        for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
            assert!(solve(level, &patients) == alone, "{solver}, {level}");
        }
    }
}
