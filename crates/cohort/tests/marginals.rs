//! How the draws of one quantity are distributed, against samplers and distribution functions that are not ours.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use cartrial_cohort::{Cohort, Study};
use cartrial_model::Quantity;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::Distribution as _;
use statrs::distribution::ContinuousCDF;
use std::path::Path;

const PATIENTS: usize = 20_000;

/// The distributions under test, each far enough above 0 that no draw is corrected.
const FORMS: [&str; 3] = [
    "{ uniform = { low = 0.5, high = 3.5 } }",
    "{ normal = { mean = 1.5, sd = 0.125 } }",
    "{ lognormal = { mean = 1.5, cv = 0.4 } }",
];

/// The sorted draws of d2.
fn drawn(form: &str, sampling: &str) -> Vec<f64> {
    let text = format!(
        "[study]\nname = \"x\"\npatients = {PATIENTS}\nseed = 11\n[population]\nsampling = {sampling:?}\n\
         [population.parameters]\nd2 = {form}\n"
    );
    let cohort = Cohort::new(&Study::parse(&text, Path::new("x.toml")).unwrap()).unwrap();
    sorted(cohort.draw(0..PATIENTS as u64).iter().map(|p| p.quantities[Quantity::D2]))
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Parameters of the logarithm, for mean 1.5 and coefficient of variation 0.4.
fn log_normal() -> (f64, f64) {
    let variance = 0.4_f64.powi(2).ln_1p();
    (1.5_f64.ln() - 0.5 * variance, variance.sqrt())
}

/// Draws of the same distributions by `rand_distr`, which takes quite another way (ziggurat).
fn by_rand_distr(form: usize) -> Vec<f64> {
    let mut generator = ChaCha8Rng::seed_from_u64(5);
    let (mu, sigma) = log_normal();
    let uniform = rand_distr::Uniform::new(0.5, 3.5).unwrap();
    let normal = rand_distr::Normal::new(1.5, 0.125).unwrap();
    let log_normal = rand_distr::LogNormal::new(mu, sigma).unwrap();
    sorted((0..PATIENTS).map(|_| match form {
        0 => uniform.sample(&mut generator),
        1 => normal.sample(&mut generator),
        _ => log_normal.sample(&mut generator),
    }))
}

/// Distribution functions of the same distributions by `statrs`.
fn distribution_function(form: usize) -> Box<dyn Fn(f64) -> f64> {
    let (mu, sigma) = log_normal();
    let uniform = statrs::distribution::Uniform::new(0.5, 3.5).unwrap();
    let normal = statrs::distribution::Normal::new(1.5, 0.125).unwrap();
    let log_normal = statrs::distribution::LogNormal::new(mu, sigma).unwrap();
    match form {
        0 => Box::new(move |x| uniform.cdf(x)),
        1 => Box::new(move |x| normal.cdf(x)),
        _ => Box::new(move |x| log_normal.cdf(x)),
    }
}

/// The largest distance between the empirical distribution functions of two sorted samples of equal size.
fn two_sample_distance(a: &[f64], b: &[f64]) -> f64 {
    let share_up_to =
        |sample: &[f64], x: f64| sample.partition_point(|v| *v <= x) as f64 / sample.len() as f64;
    let distance = |x: &f64| (share_up_to(a, *x) - share_up_to(b, *x)).abs();
    a.iter().chain(b).map(distance).fold(0.0, f64::max)
}

/// The largest distance between the empirical distribution function of a sorted sample and `cdf`.
fn distance(sample: &[f64], cdf: &dyn Fn(f64) -> f64) -> f64 {
    let n = sample.len() as f64;
    let at = |(i, x): (usize, &f64)| (cdf(*x) - i as f64 / n).max((i + 1) as f64 / n - cdf(*x));
    sample.iter().enumerate().map(at).fold(0.0, f64::max)
}

/// Critical value of the Kolmogorov distribution at 0.1 %.
const KOLMOGOROV: f64 = 1.9495;

#[test]
fn ref_random_draws_are_distributed_as_those_of_rand_distr() {
    for (form, text) in FORMS.iter().enumerate() {
        let found = two_sample_distance(&drawn(text, "random"), &by_rand_distr(form));
        let critical = KOLMOGOROV * (2.0 / PATIENTS as f64).sqrt();
        assert!(found < critical, "{text}: {found} of {critical}");
    }
}

#[test]
fn ref_random_draws_follow_the_distribution_functions_of_statrs() {
    for (form, text) in FORMS.iter().enumerate() {
        let found = distance(&drawn(text, "random"), &distribution_function(form));
        let critical = KOLMOGOROV / (PATIENTS as f64).sqrt();
        assert!(found < critical, "{text}: {found} of {critical}");
    }
}

#[test]
fn ref_a_latin_hypercube_has_one_patient_in_each_stratum_by_the_distribution_functions_of_statrs() {
    for (form, text) in FORMS.iter().enumerate() {
        let cdf = distribution_function(form);
        for (i, x) in drawn(text, "latin-hypercube").into_iter().enumerate() {
            let stratum = cdf(x) * PATIENTS as f64 - i as f64;
            assert!((-1e-6..=1.0 + 1e-6).contains(&stratum), "{text}: patient {i} at {stratum}");
        }
    }
}

#[test]
fn ref_a_sobol_sequence_is_far_more_even_than_chance_by_the_distribution_functions_of_statrs() {
    for (form, text) in FORMS.iter().enumerate() {
        // A cut of N numbers falls into at most log₂ N + 1 whole binary blocks, each even to one patient.
        let found = distance(&drawn(text, "sobol"), &distribution_function(form));
        let critical = ((PATIENTS as f64).log2() + 1.0) / PATIENTS as f64;
        assert!(found < critical, "{text}: {found} of {critical}");
    }
}
