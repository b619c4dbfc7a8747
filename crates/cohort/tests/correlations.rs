//! Correlated quantities: against NumPy, against what was asked, and what must not depend on anything else.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use cartrial_cohort::{Cohort, Draws, Population, Study, VirtualPatient};
use cartrial_model::Quantity;
use proptest::prelude::*;
use std::path::Path;

const SAMPLINGS: [&str; 3] = ["random", "latin-hypercube", "sobol"];

fn study(patients: u64, rest: &str) -> Study {
    let text = format!("[study]\nname = \"x\"\nseed = 11\npatients = {patients}\n{rest}");
    Study::parse(&text, Path::new("x.toml")).unwrap()
}

fn cohort(patients: u64, rest: &str) -> Cohort {
    Cohort::new(&study(patients, rest)).unwrap()
}

fn column(patients: &[VirtualPatient], q: Quantity) -> Vec<f64> {
    patients.iter().map(|p| p.quantities[q]).collect()
}

fn correlated(kind: &str, pairs: &str) -> String {
    format!("[population.correlation]\nkind = {kind:?}\npairs = [{pairs}]\n")
}

/// Ranks of values without ties.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<_> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut ranks = vec![0.0; values.len()];
    order.into_iter().enumerate().for_each(|(rank, i)| ranks[i] = rank as f64);
    ranks
}

fn pearson(x: &[f64], y: &[f64]) -> f64 {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (mx, my) = (mean(x), mean(y));
    let sum = |f: &dyn Fn(f64, f64) -> f64| x.iter().zip(y).map(|(a, b)| f(a - mx, b - my)).sum::<f64>();
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

fn spearman(x: &[f64], y: &[f64]) -> f64 {
    pearson(&ranks(x), &ranks(y))
}

/// Standard errors between two correlations of `n` patients, by Fisher's transform (Bonett and Wright, 2000).
fn standard_errors(drawn: f64, asked: f64, n: f64) -> f64 {
    (drawn.atanh() - asked.atanh()).abs() / ((1.0 + 0.5 * asked * asked) / (n - 3.0)).sqrt()
}

/// One distribution of every kind.
const MARGINALS: &str = "[population.parameters]\n\
    d1 = { uniform = { low = 1.5e-4, high = 2.5e-4 } }\n\
    d2 = { normal = { mean = 1.5, sd = 0.4, low = 1 } }\n\
    l = { normal = { mean = 1600, sd = 200 } }\n\
    k = { lognormal = { mean = 4800, cv = 0.3 } }\n\
    [population.initial]\n\
    tumour_burden = { loguniform = { low = 1, high = 1000 } }\n\
    lymphocytes = { triangular = { low = 1000, mode = 1500, high = 2500 } }\n";

const PAIRS: &str = "[\"tumour_burden\", \"d2\", -0.6], [\"k\", \"l\", 0.7], [\"d2\", \"d1\", 0.4], \
    [\"lymphocytes\", \"k\", -0.2], [\"k\", \"tumour_burden\", 0.3]";

const ASKED: [(Quantity, Quantity, f64); 5] = [
    (Quantity::TumourBurden, Quantity::D2, -0.6),
    (Quantity::K, Quantity::L, 0.7),
    (Quantity::D2, Quantity::D1, 0.4),
    (Quantity::Lymphocytes, Quantity::K, -0.2),
    (Quantity::K, Quantity::TumourBurden, 0.3),
];

/// Columns: the uniform numbers of the quantities, and their values by numpy 2 and scipy 1.17.1.
const FIXTURE: &str = include_str!("fixtures/copula.csv");

#[test]
fn ref_correlated_values_are_those_of_numpy() {
    let rows: Vec<&str> = FIXTURE.lines().filter(|line| !line.starts_with('#')).collect();
    let names: Vec<&str> = rows[0].split(',').skip(6).collect();
    let quantities: Vec<_> = names.iter().map(|name| Quantity::from_symbol(name).unwrap()).collect();
    let patients = cohort(40, &format!("{}{MARGINALS}", correlated("spearman", PAIRS))).draw(0..40);
    assert_eq!((rows.len(), quantities.len()), (41, 6));
    for (row, patient) in rows[1..].iter().zip(&patients) {
        let numbers: Vec<f64> = row.split(',').map(|x| x.parse().unwrap()).collect();
        for (i, &q) in quantities.iter().enumerate() {
            let id = patient.id;
            let u = Draws::new(11).uniform(q.symbol(), id..id + 1).next().unwrap();
            assert_eq!(u, numbers[i], "{q} of patient {id}");
            let (got, expected) = (patient.quantities[q], numbers[6 + i]);
            assert!((got / expected - 1.0).abs() < 1e-12, "{q} of patient {id}: {got}, expected {expected}");
        }
    }
}

#[test]
fn prop_drawn_rank_correlations_are_those_asked() {
    const N: u64 = 100_000;
    for sampling in SAMPLINGS {
        let rest =
            format!("[population]\nsampling = {sampling:?}\n{}{MARGINALS}", correlated("spearman", PAIRS));
        let patients = cohort(N, &rest).draw(0..N);
        assert!(patients.iter().all(|p| p.corrected.count() == 0));
        let named = ASKED.iter().flat_map(|(a, b, _)| [*a, *b]).collect::<std::collections::BTreeSet<_>>();
        let columns: Vec<_> = named.into_iter().map(|q| (q, column(&patients, q))).collect();
        for (i, (a, x)) in columns.iter().enumerate() {
            for (b, y) in &columns[..i] {
                let pair = ASKED.iter().find(|(c, d, _)| (c, d) == (a, b) || (d, c) == (a, b));
                let asked = pair.map_or(0.0, |(_, _, r)| *r);
                let drawn = spearman(x, y);
                let errors = standard_errors(drawn, asked, N as f64);
                assert!(
                    errors < 4.0,
                    "{sampling}: {a} and {b}: {drawn}, asked {asked}: {errors} standard errors"
                );
            }
        }
    }
}

#[test]
fn prop_pearson_is_that_of_the_normal_scores() {
    const N: u64 = 100_000;
    let pairs = "[\"l\", \"k\", 0.5], [\"d1\", \"d2\", -0.7]";
    let rest = format!(
        "{}[population.parameters]\nl = {{ normal = {{ mean = 1600, sd = 200 }} }}\n\
         k = {{ lognormal = {{ mean = 4800, cv = 0.3 }} }}\n",
        correlated("pearson", pairs)
    );
    let (study, patients) = (study(N, &rest), cohort(N, &rest).draw(0..N));
    let ln_k: Vec<_> = column(&patients, Quantity::K).into_iter().map(f64::ln).collect();
    let drawn = pearson(&column(&patients, Quantity::L), &ln_k);
    // The standard error of Pearson's correlation of normal quantities.
    assert!((drawn.atanh() - 0.5_f64.atanh()).abs() < 4.0 / (N as f64 - 3.0).sqrt(), "{drawn}");
    let Population::Drawn(spec) = &study.population else { panic!("drawn") };
    let correlation = spec.correlation.as_ref().unwrap();
    for pair in correlation.pairs() {
        let [x, y] = [pair.first, pair.second].map(|q| column(&patients, q));
        let (drawn, asked) = (spearman(&x, &y), correlation.spearman(pair));
        assert!(standard_errors(drawn, asked, N as f64) < 4.0, "{drawn}, asked {asked}");
    }
}

#[test]
fn prop_a_correlated_quantity_keeps_its_distribution() {
    const N: u64 = 20_000;
    let rest = format!("{}{MARGINALS}", correlated("spearman", PAIRS));
    let study = study(N, &rest);
    let Population::Drawn(spec) = &study.population else { panic!("drawn") };
    let patients = Cohort::new(&study).unwrap().draw(0..N);
    for q in ASKED.iter().flat_map(|(a, b, _)| [*a, *b]) {
        let mut values = column(&patients, q);
        values.sort_by(f64::total_cmp);
        let at = |(i, x): (usize, &f64)| {
            let p = spec.distribution(q).cdf(*x);
            (p - i as f64 / N as f64).max((i + 1) as f64 / N as f64 - p)
        };
        let distance = values.iter().enumerate().map(at).fold(0.0, f64::max);
        assert!(distance < 1.9495 / (N as f64).sqrt(), "{q}: {distance}");
    }
}

#[test]
fn prop_quantities_outside_a_group_and_its_first_keep_every_bit() {
    for sampling in SAMPLINGS {
        let base = format!("[population]\nsampling = {sampling:?}\n");
        let before = cohort(500, &format!("{base}{MARGINALS}")).draw(0..500);
        let pairs = "[\"k\", \"d2\", 0.8], [\"n\", \"r1\", 0]";
        let after = cohort(500, &format!("{base}{}{MARGINALS}", correlated("spearman", pairs))).draw(0..500);
        let more = "[\"k\", \"d2\", 0.8], [\"l\", \"lymphocytes\", 0.3]";
        let more = cohort(500, &format!("{base}{}{MARGINALS}", correlated("spearman", more))).draw(0..500);
        for q in Quantity::ALL {
            let [before, after, more] = [&before, &after, &more].map(|patients| column(patients, q));
            // Of the pair, d2 comes first in the patient table.
            assert_eq!(before == after, q != Quantity::K, "{sampling}: {q}");
            assert_eq!(after == more, q != Quantity::Lymphocytes, "{sampling}: {q}");
        }
    }
}

/// Normal distributions so wide that many draws are below 0.
const WIDE: &str = "[population.parameters]\n\
    d2 = { normal = { mean = 1, sd = 1 } }\nk = { normal = { mean = 1, sd = 1 } }\n";

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_a_correlated_patient_is_the_same_in_any_block(
        start in 0u64..2000, len in 0u64..600, sampling in prop::sample::select(SAMPLINGS.to_vec()),
    ) {
        let rest = format!(
            "[population]\ndistribution = \"normal\"\nspread = 0.6\nsampling = {sampling:?}\n{}",
            correlated("spearman", "[\"k\", \"d2\", 0.8], [\"d2\", \"r1\", -0.3], [\"l\", \"p0\", 0.5]"),
        );
        let cohort = cohort(2000, &rest);
        let all = cohort.draw(0..2000);
        let end = (start + len).min(2000);
        prop_assert_eq!(&cohort.draw(start..start + len)[..], &all[start as usize..end as usize]);
    }

    #[test]
    fn prop_a_correlated_patient_does_not_depend_on_the_number_of_patients(
        id in 0u64..200, more in 201u64..1_000_000_000, sampling in prop::sample::select(vec!["random", "sobol"]),
    ) {
        let rest = format!("[population]\nsampling = {sampling:?}\n{}{WIDE}", correlated("spearman", "[\"k\", \"d2\", 0.8]"));
        prop_assert_eq!(cohort(200, &rest).draw(id..id + 1), cohort(more, &rest).draw(id..id + 1));
    }
}

#[test]
fn prop_a_group_is_drawn_again_whole_and_only_impossible_draws_are_marked() {
    const N: u64 = 50_000;
    let rest = |correction: &str| {
        format!(
            "[population]\ncorrection = {correction:?}\n{}{WIDE}",
            correlated("pearson", "[\"k\", \"d2\", 0.8], [\"l\", \"k\", 0.3]")
        )
    };
    let (resampled, clamped) =
        (cohort(N, &rest("resample")).draw(0..N), cohort(N, &rest("clamp")).draw(0..N));
    let pair = [Quantity::D2, Quantity::K];
    let mut redrawn = Vec::new();
    for (again, clamped) in resampled.iter().zip(&clamped) {
        assert_eq!(again.corrected, clamped.corrected);
        for q in Quantity::ALL {
            assert!(q.is_physical(again.quantities[q]) && q.is_physical(clamped.quantities[q]));
            assert!(pair.contains(&q) || !again.corrected.contains(q));
            let is_floor = clamped.quantities[q] == q.physical_floor();
            assert_eq!(is_floor, clamped.corrected.contains(q), "{q}");
            let is_of_group = pair.contains(&q) || q == Quantity::L;
            let is_same = again.quantities[q] == clamped.quantities[q];
            assert_eq!(is_same, !(is_of_group && again.corrected.count() > 0), "{q}");
        }
        if again.corrected.count() > 0 {
            redrawn.push(*again);
        }
    }
    // P(a draw is below 0) is Φ(−1) for each, and Φ₂(−1, −1; 0.8) = 0.09764 for both (scipy 1.17.1), so 0.21967 for either.
    let expected = 0.219_67 * N as f64;
    assert!((redrawn.len() as f64 - expected).abs() < 5.0 * (0.78 * expected).sqrt(), "{}", redrawn.len());
    // Those that were drawn again follow the same joint distribution as those that were not.
    let at_once: Vec<_> = resampled.iter().filter(|p| p.corrected.count() == 0).copied().collect();
    let of = |patients: &[VirtualPatient]| spearman(&column(patients, pair[0]), &column(patients, pair[1]));
    let (again, at_once) = (of(&redrawn), of(&at_once));
    let error = (1.0 / redrawn.len() as f64 + 1.0 / (N as f64 - redrawn.len() as f64)).sqrt();
    assert!((again.atanh() - at_once.atanh()).abs() < 4.0 * 1.15 * error, "{again} and {at_once}");
    assert!(at_once > 0.5);
}

/// The first patients of a seed, bit for bit: FNV-1a over the bits of all values of patients 0 to 999.
#[test]
fn regress_correlated_patients_of_a_seed_stay_bit_for_bit() {
    let hash = |rest: &str| {
        let patients = cohort(1000, rest).draw(0..1000);
        let bytes = patients.iter().flat_map(|p| p.quantities.0).flat_map(|x| x.to_bits().to_le_bytes());
        bytes.fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
    };
    let got = SAMPLINGS.map(|sampling| {
        let base = format!("[population]\nsampling = {sampling:?}\n{}", correlated("spearman", PAIRS));
        [MARGINALS, WIDE].map(|marginals| {
            let burden = "[population.initial]\ntumour_burden = { uniform = { low = 1, high = 9 } }\n";
            let rest = if marginals == WIDE { burden } else { "" };
            format!("{:016x}", hash(&format!("{base}{marginals}{rest}")))
        })
    });
    assert_eq!(got, HASHES);
}

const HASHES: [[&str; 2]; 3] = [
    ["6c7aa17195c89ec9", "254a05895e06d744"],
    ["8198d3e370c263a9", "e35ab3a5a61f2752"],
    ["718d3a8086bf7933", "c90e0948625fbebd"],
];
