//! Distribution functions, densities and moments against SciPy, and draws against them.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use cartrial_cohort::{Cohort, Distribution, Population, Study};
use cartrial_model::Quantity;
use std::path::Path;

/// SciPy 1.17.1; columns form, x, cdf, pdf, mean, sd.
const FIXTURE: &str = include_str!("fixtures/distributions.csv");

fn rows() -> impl Iterator<Item = (&'static str, [f64; 5])> {
    FIXTURE.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| {
        let (form, numbers) = line.split_once(';').unwrap();
        let numbers: Vec<f64> = numbers.split(';').map(|x| x.parse().unwrap()).collect();
        (form, numbers.try_into().unwrap())
    })
}

fn forms() -> Vec<&'static str> {
    let mut forms: Vec<_> = rows().map(|(form, _)| form).collect();
    forms.dedup();
    forms
}

fn study(form: &str, patients: u64, sampling: &str) -> Study {
    let text = format!(
        "[study]\nname = \"x\"\nseed = 11\npatients = {patients}\n[population]\nsampling = {sampling:?}\n\
         [population.parameters]\nd2 = {form}\n"
    );
    Study::parse(&text, Path::new("x.toml")).unwrap()
}

fn distribution(study: &Study) -> Distribution {
    let Population::Drawn(spec) = &study.population else { panic!("drawn") };
    spec.distribution(Quantity::D2)
}

fn sorted_draws(study: &Study) -> Vec<f64> {
    let patients = Cohort::new(study).unwrap().draw(0..study.patients);
    let mut values: Vec<_> = patients.iter().map(|p| p.quantities[Quantity::D2]).collect();
    values.sort_by(f64::total_cmp);
    values
}

#[test]
fn ref_functions_and_moments_are_those_of_scipy_1_17() {
    let mut count = 0;
    for (form, [x, cdf, pdf, mean, sd]) in rows() {
        let found = distribution(&study(form, 1, "random"));
        let close = |got: f64, expected: f64, what: &str, tolerance: f64| {
            assert!((got - expected).abs() <= tolerance, "{form}: {what} at {x}: {got}, expected {expected}");
        };
        close(found.cdf(x), cdf, "cdf", 1e-12);
        close(found.density(x), pdf, "density", 1e-11 * pdf.max(1.0));
        close(found.mean(), mean, "mean", 1e-11 * mean);
        // SciPy's closed form of a narrow truncation's variance is a difference of nearly equal numbers.
        let narrow = form.contains("high = 1.41");
        close(found.sd(), sd, "sd", if narrow { 1e-7 } else { 1e-10 } * mean);
        count += 1;
    }
    assert_eq!((count, forms().len()), (70, 12));
}

#[test]
fn prop_the_sd_of_a_narrow_truncation_is_nearly_that_of_a_uniform_distribution() {
    let narrow =
        distribution(&study("{ normal = { mean = 1.5, sd = 0.3, low = 1.5, high = 1.50001 } }", 1, "random"));
    assert!((narrow.sd() / (1e-5 / 12f64.sqrt()) - 1.0).abs() < 1e-8, "{}", narrow.sd());
}

#[test]
fn prop_draws_follow_the_distribution_function() {
    const PATIENTS: u64 = 20_000;
    /// Critical value of the Kolmogorov distribution at 0.1 %.
    const KOLMOGOROV: f64 = 1.9495;
    for form in forms() {
        let study = study(form, PATIENTS, "random");
        let (asked, n) = (distribution(&study), PATIENTS as f64);
        // Without a lower bound, what lies below 0 was drawn again.
        let below = asked.cdf(0.0);
        let distance = |(i, x): (usize, &f64)| {
            let p = (asked.cdf(*x) - below) / (1.0 - below);
            (p - i as f64 / n).max((i + 1) as f64 / n - p)
        };
        let found = sorted_draws(&study).iter().enumerate().map(distance).fold(0.0, f64::max);
        assert!(found < KOLMOGOROV / n.sqrt(), "{form}: {found}");
    }
}

#[test]
fn prop_every_draw_lies_within_the_bounds_and_has_its_stratum() {
    const PATIENTS: u64 = 5_000;
    for form in forms().into_iter().filter(|form| !form.contains("normal") || form.contains("low")) {
        let study = study(form, PATIENTS, "latin-hypercube");
        let asked = distribution(&study);
        for (i, x) in sorted_draws(&study).into_iter().enumerate() {
            let stratum = asked.cdf(x) * PATIENTS as f64 - i as f64;
            assert!((-1e-6..=1.0 + 1e-6).contains(&stratum), "{form}: patient {i} at {stratum}");
            let bounds = asked.truncation();
            assert!(
                bounds.low.is_none_or(|low| low <= x) && bounds.high.is_none_or(|high| x <= high),
                "{form}: {x}"
            );
        }
    }
}

#[test]
fn prop_a_bound_far_away_changes_next_to_nothing() {
    for (open, bounded) in [
        (
            "{ normal = { mean = 1.5, sd = 0.1 } }",
            "{ normal = { mean = 1.5, sd = 0.1, low = 0.1, high = 9 } }",
        ),
        ("{ lognormal = { mean = 1.5, cv = 0.2 } }", "{ lognormal = { mean = 1.5, cv = 0.2, low = 0 } }"),
    ] {
        let draws = |form| sorted_draws(&study(form, 2000, "random"));
        for (open, bounded) in draws(open).into_iter().zip(draws(bounded)) {
            assert!((open - bounded).abs() < 1e-13 * open, "{open} and {bounded}");
        }
    }
}
