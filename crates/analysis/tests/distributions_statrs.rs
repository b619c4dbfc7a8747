//! Distribution functions against those of `statrs`, where its figures are right.
//!
//! Each tolerance is that of `statrs`, found with mpmath at 40 digits; ours are compared with mpmath, scipy and R in
//! the other tests. Its Fisher's exact test is wrong beyond some hundred patients, its hypergeometric probability is
//! NaN at thousands, and its t and binomial distributions lose digits as patients increase.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::distribution::{chi_squared, normal, student_t};
use cartrial_analysis::trial::{ContingencyTable, PairedContingencyTable, Proportion};
use statrs::distribution::{Beta, Binomial, ChiSquared, ContinuousCDF, DiscreteCDF, Normal, StudentsT};
use statrs::stats_tests::Alternative;
use statrs::stats_tests::fisher::fishers_exact;

#[track_caller]
fn near(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!((ours / theirs - 1.0).abs() < tolerance, "{what}: ours {ours:e}, statrs {theirs:e}");
}

#[test]
fn ref_normal_distribution_is_that_of_statrs() {
    let standard = Normal::standard();
    for tenth in -370..=80 {
        let z = f64::from(tenth) / 10.0;
        near(normal::cdf(z), standard.cdf(z), 1e-10, &format!("Φ({z})"));
        let two_sided = 2.0 * standard.sf(z.abs());
        near(libm::exp(normal::ln_two_sided_p(z)), two_sided, 1e-10, &format!("two-sided p of {z}"));
    }
}

#[test]
fn ref_chi_squared_tail_is_that_of_statrs() {
    for df in 1..=12 {
        let theirs = ChiSquared::new(f64::from(df)).unwrap();
        for step in 1..=120 {
            let x = 0.01 * f64::from(step * step);
            let ours = libm::exp(chi_squared::ln_upper_tail(x, df));
            near(ours, theirs.sf(x), 1e-12, &format!("χ² of {x}, {df} degrees of freedom"));
        }
    }
}

#[test]
fn ref_student_t_is_that_of_statrs_with_few_degrees_of_freedom() {
    for df in [1.0, 2.0, 3.7, 10.0, 48.0, 198.0] {
        let theirs = StudentsT::new(0.0, 1.0, df).unwrap();
        for step in 1..=100 {
            let t = 0.1 * f64::from(step);
            near(student_t::two_sided_p(t, df), 2.0 * theirs.sf(t), 1e-11, &format!("t = {t}, df = {df}"));
        }
        for alpha in [0.2, 0.05, 0.01, 0.001] {
            let quantile = theirs.inverse_cdf(1.0 - 0.5 * alpha);
            near(student_t::critical_t(alpha, df), quantile, 1e-11, &format!("α = {alpha}, df = {df}"));
        }
    }
}

#[test]
fn ref_mcnemar_and_its_odds_ratio_are_binomial_and_beta_of_statrs() {
    for (b, c) in [(1, 9), (7, 13), (30, 70), (70, 130), (900, 1100)] {
        let table = PairedContingencyTable { both: 40, only_arm: b, only_reference: c, neither: 60 };
        let half = Binomial::new(0.5, b + c).unwrap();
        let p = table.mcnemar_exact().unwrap().p_value;
        near(p, 2.0 * half.cdf(b), 1e-11, &format!("McNemar {b}, {c}"));
        // Clopper and Pearson's limits of the share b/(b + c) are quantiles of beta distributions.
        let [low, high] = table.conditional_odds_ratio().unwrap().ci95;
        let (b, c) = (b as f64, c as f64);
        let odds = |a: f64, b: f64, p: f64| {
            let share = Beta::new(a, b).unwrap().inverse_cdf(p);
            share / (1.0 - share)
        };
        near(low, odds(b, c + 1.0, 0.025), 1e-11, &format!("lower limit of {b}/{c}"));
        near(high, odds(b + 1.0, c, 0.975), 1e-11, &format!("upper limit of {b}/{c}"));
    }
}

#[test]
fn ref_fishers_exact_test_of_small_tables_is_that_of_statrs() {
    for [a, b, c, d] in [[3, 7, 8, 2], [1, 9, 11, 3], [12, 5, 6, 9], [30, 70, 55, 45]] {
        let ours = ContingencyTable {
            reference: Proportion { events: a, n: a + b },
            arm: Proportion { events: c, n: c + d },
        };
        let theirs = fishers_exact(&[a, b, c, d], Alternative::TwoSided).unwrap();
        near(ours.fisher().unwrap().p_value, theirs, 1e-9, &format!("{a} {b} {c} {d}"));
    }
}
