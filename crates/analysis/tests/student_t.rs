//! The tail of Student's t against mpmath 1.4.1 (50 digits; `fixtures/make_student_t.py`).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::Comoments;
use cartrial_analysis::distribution::student_t::{
    critical_t, ln_two_sided_p, log10_two_sided_p, two_sided_p,
};
use proptest::prelude::*;
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/student_t.json")).unwrap()
}

fn f(v: &Value) -> f64 {
    v.as_f64().unwrap()
}

fn relative(got: f64, want: f64) -> f64 {
    if got == want { 0.0 } else { ((got - want) / want).abs() }
}

#[test]
fn ref_mpmath_log10_p_has_twelve_digits_from_1e_minus_7_to_minus_5e8() {
    let fixture = fixture();
    let tails = fixture["tails"].as_array().unwrap();
    assert_eq!(tails.len(), 17 * 17);
    let mut worst: (f64, f64, f64) = (0.0, 0.0, 0.0);
    for case in tails {
        let (df, t, want) = (f(&case["df"]), f(&case["t"]), f(&case["log10_p"]));
        for sign in [1.0, -1.0] {
            let off = relative(log10_two_sided_p(sign * t, df), want);
            if off > worst.0 {
                worst = (off, t, df);
            }
        }
    }
    println!("worst relative error of log10 p: {:e} at t = {}, df = {}", worst.0, worst.1, worst.2);
    assert!(worst.0 < 1e-12, "relative error {:e} at t = {}, df = {}", worst.0, worst.1, worst.2);
}

#[test]
fn ref_mpmath_p_value_has_eleven_digits_and_underflows_to_zero() {
    let mut underflows = 0;
    for case in fixture()["tails"].as_array().unwrap() {
        let (df, t, want) = (f(&case["df"]), f(&case["t"]), f(&case["p"]));
        let got = two_sided_p(t, df);
        if want < 1e-300 {
            assert_eq!(got, want, "t = {t}, df = {df}");
            underflows += 1;
        } else {
            assert!(relative(got, want) < 1e-11, "t = {t}, df = {df}: {got} for {want}");
        }
    }
    assert_eq!(underflows, 18);
}

#[test]
fn ref_mpmath_critical_t_has_thirteen_digits_at_any_df() {
    for case in fixture()["criticals"].as_array().unwrap() {
        let (df, alpha, want) = (f(&case["df"]), f(&case["alpha"]), f(&case["t"]));
        let got = critical_t(alpha, df);
        assert!(relative(got, want) < 1e-13, "alpha = {alpha}, df = {df}: {got} for {want}");
    }
}

/// x = ±1 and e = ±1, orthogonal, y = 0.765 x + e: t = 0.765 √df exactly.
#[test]
fn ref_mpmath_a_million_rows_with_p_near_1e_minus_100000() {
    let mut moments = Comoments::new(1, 1);
    for i in 0..1_000_000u32 {
        let x = if i & 1 == 0 { 1.0 } else { -1.0 };
        let e = if i & 2 == 0 { 1.0 } else { -1.0 };
        moments.push(&[x], &[0.765 * x + e]);
    }
    let fit = moments.regression(0, 0).unwrap();
    let want = f(&fixture()["million_rows"]["log10_p"]);
    assert!(want < -99_000.0 && want > -101_000.0, "{want}");
    assert!(relative(fit.log10_p, want) < 1e-12, "{} for {want}", fit.log10_p);
    assert_eq!(fit.p_value, 0.0);
}

#[test]
fn ref_closed_form_of_the_cauchy_distribution_far_out() {
    // df = 1: p = 2/π · atan(1/t), to first order 2/(π t).
    for t in [1e20, 1e160, 1e300] {
        let want = (2.0 / std::f64::consts::PI).ln() - f64::ln(t);
        assert!(relative(ln_two_sided_p(t, 1.0), want) < 1e-14, "t = {t}");
    }
    assert!(relative(two_sided_p(3.0f64.sqrt(), 1.0), 1.0 / 3.0) < 1e-14);
}

#[test]
fn regress_edges_of_the_domain() {
    assert_eq!(two_sided_p(0.0, 7.0), 1.0);
    assert_eq!(log10_two_sided_p(0.0, 7.0).to_bits(), 0.0f64.to_bits());
    assert_eq!(two_sided_p(f64::INFINITY, 7.0), 0.0);
    assert_eq!(log10_two_sided_p(f64::NEG_INFINITY, 7.0), f64::NEG_INFINITY);
    for (t, df) in [(f64::NAN, 7.0), (1.0, 0.0), (1.0, -1.0), (1.0, f64::NAN), (1.0, f64::INFINITY)] {
        assert!(two_sided_p(t, df).is_nan() && ln_two_sided_p(t, df).is_nan(), "t = {t}, df = {df}");
    }
    for (alpha, df) in [(0.0, 7.0), (1.0, 7.0), (-0.1, 7.0), (f64::NAN, 7.0), (0.05, 0.0), (0.05, f64::NAN)] {
        assert!(critical_t(alpha, df).is_nan(), "alpha = {alpha}, df = {df}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_p_falls_as_t_grows(ln_t in -13.0..11.0f64, ln_df in 0.0..20.0f64) {
        let (t, df) = (ln_t.exp(), ln_df.exp());
        prop_assert!(ln_two_sided_p(t * 1.001, df) < ln_two_sided_p(t, df));
    }

    #[test]
    fn prop_critical_t_inverts_the_tail(ln_alpha in -2000.0..-0.001f64, ln_df in 0.0..20.0f64) {
        let (alpha, df) = (ln_alpha.max(-700.0).exp(), ln_df.exp());
        let back = ln_two_sided_p(critical_t(alpha, df), df);
        prop_assert!((back / alpha.ln() - 1.0).abs() < 1e-10, "alpha {alpha}, df {df}: {back}");
    }

    #[test]
    fn prop_no_step_where_series_and_fraction_meet(ln_df in 0.0..20.0f64) {
        let df = ln_df.exp();
        let (below, above) = (ln_two_sided_p(2.0f64.next_down(), df), ln_two_sided_p(2.0, df));
        prop_assert!((below - above).abs() < 1e-13, "df {df}: {below} {above}");
    }
}
