//! Designs of sensitivity analyses: which patients they have, and that these do not depend on who asks for them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_cohort::{
    Cohort, Factor, FactorError, OneAtATime, Population, PopulationSpec, Saltelli, Study, VirtualPatient,
    factors,
};
use cartrial_model::Quantity;
use std::path::Path;

const SEED: u64 = 11;

fn population(text: &str) -> PopulationSpec {
    let study = format!("[study]\nname = \"x\"\nseed = {SEED}\npatients = 64\n[population]\n{text}");
    match Study::parse(&study, Path::new("x.toml")).unwrap().population {
        Population::Drawn(spec) => *spec,
        Population::Table(_) => panic!("drawn"),
    }
}

/// Three quantities vary.
fn three(sampling: &str) -> PopulationSpec {
    population(&format!(
        "distribution = \"fixed\"\nsampling = {sampling:?}\n[population.parameters]\nd1 = {{ lognormal = {{ mean = 0.01, cv = 0.4 }} }}\n\
         d2 = {{ uniform = {{ low = 1, high = 2 }} }}\n[population.initial]\ntumour_burden = {{ uniform = {{ low = 0, high = 100 }} }}\n"
    ))
}

fn group(text: &str) -> Factor {
    text.parse().unwrap()
}

#[test]
fn factors_are_the_groups_and_what_is_left() {
    let spec = three("random");
    let names = |groups: &[Factor]| -> Vec<String> {
        factors(&spec, groups).unwrap().into_iter().map(|factor| factor.name).collect()
    };
    assert_eq!(names(&[]), ["d1", "d2", "tumour_burden"]);
    assert_eq!(names(&[group("killing=tumour_burden, d1")]), ["killing", "d2"]);
    let refused = |groups: &[&str]| {
        let groups: Vec<Factor> = groups.iter().map(|text| group(text)).collect();
        factors(&spec, &groups).unwrap_err().to_string()
    };
    assert_eq!(refused(&["a=r1"]), "group \"a\": r1 is the same in every patient");
    assert_eq!(refused(&["a=d1", "b=d2,d1"]), "group \"b\": d1 is named twice");
    assert_eq!(refused(&["d2=d1"]), "\"d2\" is the name of two factors");
    assert_eq!(factors(&population("distribution = \"fixed\"\n"), &[]), Err(FactorError::NothingVaries));
    let typed = |text: &str| text.parse::<Factor>().unwrap_err().to_string();
    assert_eq!(typed("d1,d2"), "expected NAME=SYMBOL,SYMBOL");
    assert_eq!(typed("=d1"), "expected NAME=SYMBOL,SYMBOL");
    assert_eq!(typed("a= ,"), "group \"a\" has no quantity");
    let message = typed("a=tumor_burden");
    assert!(
        message.starts_with("unknown quantity \"tumor_burden\". Did you mean \"tumour_burden\"?"),
        "{message}"
    );
}

#[test]
fn correlated_quantities_belong_in_one_factor() {
    let spec = population(
        "[population.parameters]\n[population.correlation]\nkind = \"spearman\"\npairs = [[\"d1\", \"d2\", 0.5]]\n",
    );
    let error = factors(&spec, &[]).unwrap_err();
    assert_eq!(error.to_string(), "d1 and d2 are correlated, but in different factors");
    let error = factors(&spec, &[group("mine=d2,k")]).unwrap_err();
    assert_eq!(error.to_string(), "d1, d2 and k are correlated, but in different factors");
    let factors = factors(&spec, &[group("both=d1,d2")]).unwrap();
    assert!(factors.iter().any(|factor| factor.name == "both"));
}

#[test]
fn saltellis_design_takes_one_factor_after_the_other_from_the_other_patient() {
    for sampling in ["random", "latin-hypercube", "sobol"] {
        let spec = three(sampling);
        let factors = factors(&spec, &[group("killing=tumour_burden,d1")]).unwrap();
        let design = Saltelli::new(&spec, SEED, 64, factors.clone());
        let cohort = Cohort::of_saltelli(design);
        let patients = cohort.draw(0..cohort.patients());
        assert_eq!(patients.len(), 64 * 4);
        for row in patients.chunks(4) {
            let [a, killing, decay, b] = row else { panic!("four patients") };
            for quantity in Quantity::ALL {
                let of = |patient: &VirtualPatient| patient.quantities[quantity];
                let is_killing = factors[0].quantities.contains(&quantity);
                assert_eq!(of(killing), of(if is_killing { b } else { a }));
                assert_eq!(of(decay), of(if quantity == Quantity::D2 { b } else { a }));
                let varies = is_killing || quantity == Quantity::D2;
                assert_eq!(of(a) != of(b), varies, "{}", quantity.symbol());
            }
        }
        // Any block of any size has the same patients.
        let mut pieces: Vec<VirtualPatient> = Vec::new();
        for size in [1, 3, 7, 50] {
            while pieces.len() < 200 {
                let first = pieces.len() as u64;
                pieces.extend(cohort.draw(first..first + size));
            }
            assert!(pieces[..] == patients[..pieces.len()]);
            pieces.clear();
        }
    }
}

#[test]
fn the_first_patients_are_those_of_the_study() {
    for sampling in ["random", "latin-hypercube", "sobol"] {
        let text = format!(
            "[study]\nname = \"x\"\nseed = {SEED}\npatients = 64\n[population]\nsampling = {sampling:?}\n"
        );
        let study = Study::parse(&text, Path::new("x.toml")).unwrap();
        let Population::Drawn(spec) = &study.population else { panic!("drawn") };
        let factors = factors(spec, &[]).unwrap();
        let of_row = factors.len() + 2;
        let cohort = Cohort::of_saltelli(Saltelli::new(spec, SEED, 64, factors));
        let own = Cohort::new(&study).unwrap().draw(0..64);
        let a: Vec<_> = cohort.draw(0..64 * of_row as u64).into_iter().step_by(of_row).collect();
        assert!(a.iter().zip(&own).all(|(a, own)| a.quantities == own.quantities), "{sampling}");
    }
}

#[test]
fn a_hypercube_of_another_size_has_other_patients() {
    let spec = three("latin-hypercube");
    let first = |rows: u64| {
        let cohort = Cohort::of_saltelli(Saltelli::new(&spec, SEED, rows, factors(&spec, &[]).unwrap()));
        cohort.draw(0..1)[0].quantities
    };
    assert!(first(64) != first(128));
}

#[test]
fn prop_both_patients_fill_the_space_and_do_not_go_together() {
    let rows = 4096;
    for sampling in ["random", "latin-hypercube", "sobol"] {
        let spec = three(sampling);
        let cohort = Cohort::of_saltelli(Saltelli::new(&spec, SEED, rows, factors(&spec, &[]).unwrap()));
        let patients = cohort.draw(0..cohort.patients());
        let fraction = |patient: &VirtualPatient| patient.quantities[Quantity::D2] - 1.0;
        // Of the points (A, B) every sixteenth of the unit square has its part: 256 of 4,096, standard deviation 15.5.
        let mut counts = [[0_u32; 4]; 4];
        for row in patients.chunks(5) {
            counts[(4.0 * fraction(&row[0])) as usize][(4.0 * fraction(&row[4])) as usize] += 1;
        }
        assert!(counts.iter().flatten().all(|&n| n.abs_diff(256) < 70), "{sampling}: {counts:?}");
    }
}

#[test]
fn trajectories_move_every_factor_once_by_half_of_its_distribution() {
    let spec = three("random");
    let factors = factors(&spec, &[group("killing=tumour_burden,d1")]).unwrap();
    let design = OneAtATime::new(&spec, SEED, 500, factors.clone());
    let cohort = Cohort::of_trajectories(design.clone());
    let patients = cohort.draw(0..cohort.patients());
    assert_eq!(patients.len(), 1500);
    let mut starts = [0_u32; 4];
    let mut first_moved = [0_u32; 2];
    for (trajectory, points) in patients.chunks(3).enumerate() {
        let steps = design.steps(trajectory as u64);
        first_moved[steps[0].0] += 1;
        let decay = |i: usize| points[i].quantities[Quantity::D2] - 1.0;
        starts[(4.0 * decay(0)) as usize] += 1;
        assert!([0.125, 0.375, 0.625, 0.875].iter().any(|level| (level - decay(0)).abs() < 1e-12));
        for (step, (factor, size)) in steps.iter().enumerate() {
            for quantity in Quantity::ALL {
                let [from, to] = [points[step], points[step + 1]].map(|p| p.quantities[quantity]);
                assert_eq!(
                    from != to,
                    factors[*factor].quantities.contains(&quantity),
                    "{}",
                    quantity.symbol()
                );
            }
            if factors[*factor].name == "d2" {
                assert!((decay(step + 1) - decay(step) - size).abs() < 1e-12);
            }
            assert!(size.abs() == 0.5);
        }
        let mut moved: Vec<usize> = steps.iter().map(|(factor, _)| *factor).collect();
        moved.sort_unstable();
        assert_eq!(moved, [0, 1]);
    }
    // Binomial of 500 at a quarter: mean 125, standard deviation 9.7; at a half: 250 and 11.2.
    assert!(starts.iter().all(|&n| n.abs_diff(125) < 49), "{starts:?}");
    assert!(first_moved.iter().all(|&n| n.abs_diff(250) < 56), "{first_moved:?}");
    assert!(cohort.draw(700..720)[..] == patients[700..720]);
}

#[test]
fn correlated_quantities_move_together() {
    let spec = population(
        "distribution = \"fixed\"\n[population.parameters]\nd1 = { normal = { mean = 1, sd = 0.1 } }\nd2 = { normal = { mean = 1, sd = 0.1 } }\n\
         [population.correlation]\nkind = \"pearson\"\npairs = [[\"d1\", \"d2\", 0.8]]\n",
    );
    let factors = factors(&spec, &[group("both=d1,d2")]).unwrap();
    let cohort = Cohort::of_trajectories(OneAtATime::new(&spec, SEED, 40, factors));
    let quantile = |u: f64| cartrial_normal::quantile(u);
    for patient in cohort.draw(0..cohort.patients()) {
        let [z1, z2] = [Quantity::D1, Quantity::D2].map(|q| (patient.quantities[q] - 1.0) / 0.1);
        // Levels are those of independent scores: z₂ = 0.8 z₁ + 0.6 z for one of the four.
        let levels = [0.125, 0.375, 0.625, 0.875].map(quantile);
        let is_level = |z: f64| levels.iter().any(|level| (level - z).abs() < 1e-9);
        assert!(is_level(z1) && is_level((z2 - 0.8 * z1) / 0.6), "{z1} {z2}");
    }
}

#[test]
fn a_point_that_no_patient_can_have_is_set_to_its_floor() {
    let spec = population("[population.parameters]\nd2 = { normal = { mean = 0.1, sd = 1.5 } }\n");
    let factors = factors(&spec, &[group("decay=d2")]).unwrap();
    let cohort = Cohort::of_trajectories(OneAtATime::new(&spec, SEED, 20, factors));
    let patients = cohort.draw(0..cohort.patients());
    let (corrected, others): (Vec<VirtualPatient>, Vec<VirtualPatient>) =
        patients.iter().partition(|patient| patient.corrected.contains(Quantity::D2));
    assert!(!corrected.is_empty() && !others.is_empty());
    assert!(corrected.iter().all(|p| p.quantities[Quantity::D2] == Quantity::D2.physical_floor()));
    assert!(others.iter().all(|p| p.quantities[Quantity::D2] > 0.0));
}
