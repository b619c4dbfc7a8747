//! Virtual patients: distributions, independence, reproducibility, corrections.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use cartrial_cohort::{Cohort, Population, Sampling, Study, VirtualPatient};
use cartrial_model::{Quantities, Quantity};
use proptest::prelude::*;
use std::path::Path;

fn study(patients: u64, rest: &str) -> Study {
    let text = format!("[study]\nname = \"x\"\nseed = 7\npatients = {patients}\n{rest}");
    Study::parse(&text, Path::new("x.toml")).unwrap()
}

fn cohort(patients: u64, rest: &str) -> Cohort {
    Cohort::new(&study(patients, rest)).unwrap()
}

fn column(patients: &[VirtualPatient], q: Quantity) -> Vec<f64> {
    patients.iter().map(|p| p.quantities[q]).collect()
}

fn mean_and_sd(x: &[f64]) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    (mean, (x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

/// Mean and standard deviation within five standard errors; `kurtosis` is the fourth standardised moment.
#[track_caller]
fn assert_moments(x: &[f64], mean: f64, sd: f64, kurtosis: f64) {
    let n = x.len() as f64;
    let (m, s) = mean_and_sd(x);
    assert!((m - mean).abs() < 5.0 * sd / n.sqrt(), "mean {m}, expected {mean}");
    let error = sd * ((kurtosis - 1.0) / (4.0 * n)).sqrt();
    assert!((s - sd).abs() < 5.0 * error, "sd {s}, expected {sd}");
}

#[test]
fn prop_moments_of_every_distribution_are_those_it_states() {
    let cohort = cohort(
        100_000,
        "[population.parameters]\n\
         r1 = { uniform = { low = 1, high = 4 } }\n\
         r2 = { normal = { mean = 100, sd = 10 } }\n\
         r3 = { lognormal = { mean = 3, cv = 0.2 } }\n\
         r4 = { relative = { distribution = \"normal\", spread = 0.1 } }\n\
         d1 = { fixed = 0.5 }\n",
    );
    let patients = cohort.draw(0..100_000);
    assert_moments(&column(&patients, Quantity::R1), 2.5, 3.0 / 12f64.sqrt(), 1.8);
    assert_moments(&column(&patients, Quantity::R2), 100.0, 10.0, 3.0);
    let w = 1.0 + 0.2f64.powi(2);
    assert_moments(
        &column(&patients, Quantity::R3),
        3.0,
        0.6,
        w.powi(4) + 2.0 * w.powi(3) + 3.0 * w.powi(2) - 3.0,
    );
    assert_moments(&column(&patients, Quantity::R4), 0.1, 0.01, 3.0);
    assert_eq!(column(&patients, Quantity::D1), vec![0.5; 100_000]);
    // By default uniform within 25 % of the mean; the initial state fixed but for the lymphocytes.
    assert_moments(&column(&patients, Quantity::D2), 1.5, 0.375 / 3f64.sqrt(), 1.8);
    assert_moments(&column(&patients, Quantity::Lymphocytes), 1600.0, 400.0 / 3f64.sqrt(), 1.8);
    assert_eq!(column(&patients, Quantity::Inflammation), vec![140.0; 100_000]);
    assert!(patients.iter().all(|p| p.corrected.count() == 0));
}

#[test]
fn prop_quantities_are_uncorrelated() {
    for sampling in ["random", "latin-hypercube", "sobol"] {
        let n = 1 << 16;
        let patients = cohort(n, &format!("[population]\nsampling = {sampling:?}\n")).draw(0..n);
        let varied: Vec<Vec<f64>> = Quantity::ALL.map(|q| column(&patients, q)).into_iter().collect();
        for (i, x) in varied.iter().enumerate() {
            for (j, y) in varied.iter().enumerate().skip(i + 1) {
                let ((mx, sx), (my, sy)) = (mean_and_sd(x), mean_and_sd(y));
                if sx > 0.0 && sy > 0.0 {
                    let xy: f64 = x.iter().zip(y).map(|(a, b)| (a - mx) * (b - my)).sum();
                    let r = xy / (n as f64 * sx * sy);
                    assert!(r.abs() < 5.0 / (n as f64).sqrt(), "{sampling}: {i} and {j}: r = {r}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_a_patient_is_the_same_in_any_block(
        start in 0u64..2000, len in 0u64..600,
        sampling in prop::sample::select(vec!["random", "latin-hypercube", "sobol"]),
    ) {
        let cohort = cohort(2000, &format!("[population]\ndistribution = \"normal\"\nsampling = {sampling:?}\n"));
        let all = cohort.draw(0..2000);
        let end = (start + len).min(2000);
        prop_assert_eq!(&cohort.draw(start..start + len)[..], &all[start as usize..end as usize]);
    }

    #[test]
    fn prop_a_patient_does_not_depend_on_the_number_of_patients(
        id in 0u64..200, more in 201u64..1_000_000_000, sampling in prop::sample::select(vec!["random", "sobol"]),
    ) {
        let rest = format!("[population]\ndistribution = \"normal\"\nsampling = {sampling:?}\n");
        prop_assert_eq!(cohort(200, &rest).draw(id..id + 1), cohort(more, &rest).draw(id..id + 1));
    }

    #[test]
    fn prop_changing_one_quantity_moves_no_other_draw(
        changed in prop::sample::select(Quantity::ALL.to_vec()),
        sampling in prop::sample::select(vec!["random", "latin-hypercube", "sobol"]),
        form in prop::sample::select(vec!["fixed = 5", "normal = { mean = 1, sd = 2 }", "lognormal = { mean = 1, cv = 1 }"]),
    ) {
        let base = format!("[population]\ndistribution = \"normal\"\nspread = 0.5\nsampling = {sampling:?}\n");
        let table = if changed.role() == cartrial_model::Role::Parameter { "parameters" } else { "initial" };
        let before = cohort(300, &base).draw(0..300);
        let after = cohort(300, &format!("{base}[population.{table}]\n{changed} = {{ {form} }}\n")).draw(0..300);
        for (a, b) in before.iter().zip(&after) {
            for q in Quantity::ALL.into_iter().filter(|q| *q != changed) {
                prop_assert_eq!(a.quantities[q].to_bits(), b.quantities[q].to_bits());
                prop_assert_eq!(a.corrected.contains(q), b.corrected.contains(q));
            }
        }
    }
}

#[test]
fn prop_seeds_give_different_patients() {
    let other = Study { seed: 8, ..study(10, "") };
    let (a, b) = (cohort(10, "").draw(0..10), Cohort::new(&other).unwrap().draw(0..10));
    for (a, b) in a.iter().zip(&b) {
        assert!(
            Quantity::ALL
                .into_iter()
                .all(|q| q.role() != cartrial_model::Role::Parameter || a.quantities[q] != b.quantities[q])
        );
    }
}

#[test]
fn prop_every_patient_is_physical_and_corrections_are_marked() {
    for correction in ["resample", "clamp"] {
        let rest =
            format!("[population]\ndistribution = \"normal\"\nspread = 0.5\ncorrection = {correction:?}\n");
        let patients = cohort(20_000, &rest).draw(0..20_000);
        let mut corrected = 0;
        for p in &patients {
            let mut count = 0;
            for q in Quantity::ALL {
                assert!(q.is_physical(p.quantities[q]), "{q} = {}", p.quantities[q]);
                count += u32::from(p.corrected.contains(q));
                if correction == "clamp" && p.corrected.contains(q) {
                    assert_eq!(p.quantities[q], q.physical_floor());
                }
            }
            assert_eq!(p.corrected.count(), count);
            corrected += u64::from(count);
        }
        // Φ(−2) of 20 quantities in each patient, within five standard deviations.
        let expected = 20.0 * 20_000.0 * 0.022750131948179;
        assert!(
            (corrected as f64 - expected).abs() < 5.0 * expected.sqrt(),
            "{corrected}, expected {expected}"
        );
    }
}

#[test]
fn prop_resampling_gives_the_truncated_distribution() {
    // Normal with mean and standard deviation 1, cut at 0: mean 1 + φ(1)/Φ(1).
    let patients =
        cohort(100_000, "[population.parameters]\nr1 = { normal = { mean = 1, sd = 1 } }\n").draw(0..100_000);
    let (mean, sd) = (1.0 + 0.241_970_724_519_143 / 0.841_344_746_068_543, 0.793_5);
    let (m, _) = mean_and_sd(&column(&patients, Quantity::R1));
    assert!((m - mean).abs() < 5.0 * sd / 100_000f64.sqrt(), "{m}, expected {mean}");
}

#[test]
fn prop_latin_hypercube_hits_every_stratum_exactly_once() {
    for n in [1u64, 2, 7, 200, 1000, 1024] {
        let rest = "[population]\nsampling = \"latin-hypercube\"\n[population.parameters]\nr1 = { uniform = { low = 0, \
                    high = 1 } }\n[population.initial]\ntumour_burden = { uniform = { low = 0, high = 1 } }\n";
        let patients = cohort(n, rest).draw(0..n);
        for q in [Quantity::R1, Quantity::TumourBurden] {
            let mut hit = vec![false; n as usize];
            for u in column(&patients, q) {
                assert!(!std::mem::replace(&mut hit[(u * n as f64) as usize], true), "{n}: {q} = {u}");
            }
        }
    }
}

#[test]
fn prop_space_filling_makes_means_more_exact() {
    let error = |sampling: &str| {
        let patients = cohort(1024, &format!("[population]\nsampling = {sampling:?}\n")).draw(0..1024);
        let of = |q: Quantity| (mean_and_sd(&column(&patients, q)).0 / q.mean() - 1.0).abs();
        Quantity::ALL.into_iter().map(of).sum::<f64>() / Quantity::COUNT as f64
    };
    let random = error("random");
    assert!(error("latin-hypercube") < random / 10.0);
    assert!(error("sobol") < random / 10.0);
}

#[test]
fn prop_fixed_and_widthless_quantities_do_not_count_as_varied() {
    let study = study(
        1,
        "[population.parameters]\nn = { fixed = 6 }\nr1 = { uniform = { low = 2, high = 2 } }\n\
         r2 = { normal = { mean = 2, sd = 0 } }\nr3 = { relative = { spread = 0 } }\n\
         [population.initial]\ntumour_burden = { uniform = { low = 1, high = 2 } }\n",
    );
    let Population::Drawn(population) = &study.population else { panic!("drawn") };
    let varied: Vec<_> = population.varied().map(Quantity::symbol).collect();
    assert_eq!(varied.join(" "), "r4 d1 d2 d3 d4 d5 p0 p1 p2 a1 a2 a3 b l k tumour_burden lymphocytes");
    let patient = Cohort::new(&study).unwrap().draw(0..1)[0];
    let fixed = [Quantity::N, Quantity::R1, Quantity::R2, Quantity::R3].map(|q| patient.quantities[q]);
    assert_eq!(fixed, [6.0, 2.0, 2.0, 0.1]);
    let standard = cohort(1, "[population]\ndistribution = \"fixed\"\n").draw(0..1)[0];
    assert_eq!(standard.quantities, Quantities::standard());
}

#[test]
fn prop_blocks_beyond_the_cohort_are_empty() {
    let cohort = cohort(10, "");
    assert_eq!(cohort.draw(8..20).len(), 2);
    let mut buffer = cohort.draw(0..10);
    cohort.draw_into(10..20, &mut buffer);
    assert!(buffer.is_empty());
}

#[test]
fn prop_a_cohort_is_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&cohort(1, ""));
}

/// The first patients of a seed, bit for bit: FNV-1a over the bits of all values of patients 0 to 999.
#[test]
fn regress_patients_of_a_seed_stay_bit_for_bit() {
    let hash = |rest: &str| {
        let patients = cohort(1000, rest).draw(0..1000);
        let bytes = patients.iter().flat_map(|p| p.quantities.0).flat_map(|x| x.to_bits().to_le_bytes());
        bytes.fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
    };
    let mut got = Vec::new();
    for distribution in ["uniform", "normal", "lognormal"] {
        for sampling in Sampling::ALL {
            let rest =
                format!("[population]\ndistribution = {distribution:?}\nsampling = {:?}\n", sampling.name());
            got.push(format!("{distribution} {} {:016x}", sampling.name(), hash(&rest)));
        }
    }
    assert_eq!(got, HASHES);
}

const HASHES: [&str; 9] = [
    "uniform random 919afd404073424b",
    "uniform latin-hypercube 8363cf72c0be39d1",
    "uniform sobol 5c92e12de49ef76d",
    "normal random 69f93c74c5b0b836",
    "normal latin-hypercube dd557ad79d257a6e",
    "normal sobol 5b4b6b375a5c0844",
    "lognormal random 8ebd10bacd9f6910",
    "lognormal latin-hypercube 053b8fe4b7f6f096",
    "lognormal sobol 688ebba530b3d021",
];
