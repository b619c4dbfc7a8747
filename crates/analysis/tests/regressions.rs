//! Regressions, ranks and summaries against mpmath 1.4.1, scipy 1.17.1 and numpy 2.4.6
//! (`fixtures/make_regressions.py`).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::{
    Comoments, Covariance, MultipleRegression, Regression, StatError, Summary, linear_regression, mid_ranks,
    prcc, quantiles, spearman,
};
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/regressions.json")).unwrap()
}

fn column(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

/// Asserts that `got` has `digits` digits of `want`.
#[track_caller]
fn same(what: &str, got: f64, want: &Value, digits: i32) {
    let want = want.as_f64().unwrap();
    assert!(((got - want) / want).abs() < 10f64.powi(-digits), "{what}: {got:e} for {want:e}");
}

fn fields(fit: &Regression) -> [(&'static str, f64); 9] {
    [
        ("slope", fit.slope),
        ("intercept", fit.intercept),
        ("slope_se", fit.slope_se),
        ("intercept_se", fit.intercept_se),
        ("r", fit.r),
        ("r_squared", fit.r_squared),
        ("t", fit.t),
        ("p_value", fit.p_value),
        ("log10_p", fit.log10_p),
    ]
}

#[test]
fn ref_mpmath_simple_regressions_of_200_patients() {
    let fx = fixture();
    let data = &fx["data"];
    for (case, x, y) in [
        ("burden_peak", "burden", "peak"),
        ("dose_peak", "dose", "peak"),
        ("burden_gaps", "burden", "with_gaps"),
    ] {
        let fit = linear_regression(&column(&data[x]), &column(&data[y])).unwrap();
        let truth = &fx["simple"][case]["mpmath"];
        assert_eq!(fit.n, truth["n"].as_u64().unwrap(), "{case}");
        for (name, got) in fields(&fit) {
            same(&format!("{case} {name}"), got, &truth[name], 12);
        }
    }
}

#[test]
fn ref_scipy_linregress_of_200_patients() {
    let fx = fixture();
    for (case, x, y) in [
        ("burden_peak", "burden", "peak"),
        ("dose_peak", "dose", "peak"),
        ("burden_gaps", "burden", "with_gaps"),
    ] {
        let fit = linear_regression(&column(&fx["data"][x]), &column(&fx["data"][y])).unwrap();
        let truth = &fx["simple"][case]["scipy"];
        for (name, got) in fields(&fit) {
            if let Some(want) = truth.get(name) {
                same(&format!("{case} {name}"), got, want, 11);
            }
        }
        same(case, fit.ci95[0], &truth["ci95"][0], 11);
        same(case, fit.ci95[1], &truth["ci95"][1], 11);
    }
}

#[test]
fn ref_mpmath_data_of_mean_1e9_and_spread_1_keep_ten_digits() {
    let fx = fixture();
    let (x, y) = (column(&fx["data"]["far_x"]), column(&fx["data"]["far_y"]));
    let truth = &fx["simple"]["far"]["mpmath"];
    let mut by_row = Comoments::new(1, 1);
    x.iter().zip(&y).for_each(|(&x, &y)| by_row.push(&[x], &[y]));
    let mut merged = Comoments::new(1, 1);
    for (x, y) in x.chunks(37).zip(y.chunks(37)) {
        let mut part = Comoments::new(1, 1);
        part.extend_columns(&[x], &[y]);
        merged.merge(&part);
    }
    for fit in [linear_regression(&x, &y), by_row.regression(0, 0), merged.regression(0, 0)] {
        for (name, got) in fields(&fit.unwrap()) {
            same(name, got, &truth[name], 11);
        }
    }
    let pair = merged.pair(0, 0);
    same("mean x", pair.mean_x(), &truth["mean_x"], 15);
    same("mean y", pair.mean_y(), &truth["mean_y"], 15);
    same("sxy / sxx", pair.sxy() / pair.sxx(), &truth["slope"], 12);
    same("r", pair.sxy() / (pair.sxx() * pair.syy()).sqrt(), &truth["r"], 12);
}

#[test]
fn ref_scipy_spearman_with_ties() {
    let fx = fixture();
    let (stage, graded) = (column(&fx["data"]["stage"]), column(&fx["data"]["graded"]));
    assert_eq!(mid_ranks(&stage), column(&fx["stage_ranks"]));
    assert_eq!(mid_ranks(&[0.0, 7.0, -0.0, f64::NEG_INFINITY]), [2.5, 4.0, 2.5, 1.0]);
    let got = spearman(&stage, &graded).unwrap();
    same("rho", got.r, &fx["spearman"]["r"], 13);
    same("p", got.p_value, &fx["spearman"]["p_value"], 10);
    assert_eq!(got.n, 200);
    assert!((10f64.powf(got.log10_p) / got.p_value - 1.0).abs() < 1e-10);
    assert!((got.t - got.r * (198.0 / (1.0 - got.r * got.r)).sqrt()).abs() < 1e-12 * got.t.abs());
}

#[test]
fn ref_mpmath_multiple_regression() {
    let fx = fixture();
    let names = ["burden", "dose", "rate", "peak"];
    let columns = names.map(|name| column(&fx["data"][name]));
    let mut covariance = Covariance::new(4);
    covariance.extend_columns(&columns.each_ref().map(Vec::as_slice));
    let fit = MultipleRegression::from_covariance(&covariance, &[0, 1, 2], 3).unwrap();
    let truth = &fx["multiple"];
    assert_eq!(fit.n, 200);
    same("intercept", fit.intercept, &truth["intercept"], 12);
    same("r_squared", fit.r_squared, &truth["r_squared"], 12);
    for (j, c) in fit.coefficients.iter().enumerate() {
        let want = &truth["coefficients"][j];
        for (name, got) in [
            ("slope", c.slope),
            ("slope_se", c.slope_se),
            ("beta", c.beta),
            ("beta_se", c.beta_se),
            ("t", c.t),
            ("log10_p", c.log10_p),
        ] {
            same(&format!("{} {name}", names[j]), got, &want[name], 11);
        }
        assert!((c.p_value.log10() - c.log10_p).abs() < 1e-10);
    }
}

#[test]
fn ref_numpy_partial_rank_correlations_are_those_of_residuals() {
    let fx = fixture();
    let [stage, dose, rate, graded] =
        ["stage", "dose", "rate", "graded"].map(|name| column(&fx["data"][name]));
    let got = prcc(&[&stage, &dose, &rate], &graded).unwrap();
    for (j, c) in got.iter().enumerate() {
        same("prcc", c.r, &fx["prcc"][j], 11);
        assert_eq!(c.n, 200);
    }
    // A row with a gap anywhere is left out as if it had never been.
    let mut gap = dose.clone();
    gap[199] = f64::NAN;
    assert_eq!(
        prcc(&[&stage, &gap, &rate], &graded),
        prcc(&[&stage[..199], &dose[..199], &rate[..199]], &graded[..199])
    );
}

#[test]
fn ref_numpy_covariance_quantiles_and_summary() {
    let fx = fixture();
    let [burden, dose, rate, peak] = ["burden", "dose", "rate", "peak"].map(|name| column(&fx["data"][name]));
    let mut covariance = Covariance::new(3);
    covariance.extend_columns(&[&burden, &dose, &rate]);
    for (got, want) in covariance.matrix().unwrap().iter().zip(fx["covariance"].as_array().unwrap()) {
        same("covariance", *got, want, 12);
    }
    let q = quantiles(&peak, &column(&fx["quantiles"]["probabilities"])).unwrap();
    for (got, want) in q.iter().zip(fx["quantiles"]["peak"].as_array().unwrap()) {
        same("quantile", *got, want, 15);
    }
    let mut summary = Summary::new();
    summary.extend(&burden);
    let truth = &fx["simple"]["burden_peak"]["mpmath"];
    same("mean", summary.mean().unwrap(), &truth["mean_x"], 14);
    same("sd", summary.sd().unwrap(), &truth["sd_x"], 14);
    assert_eq!((summary.n(), summary.missing()), (200, 0));
    assert_eq!(summary.min(), burden.iter().copied().reduce(f64::min));
    assert_eq!(summary.max(), burden.iter().copied().reduce(f64::max));
    same("means", covariance.means()[0], &truth["mean_x"], 14);
}

#[test]
fn regress_json_has_the_names_of_the_contract_in_order() {
    let fit = linear_regression(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]).unwrap();
    let text = serde_json::to_string(&fit).unwrap();
    let names: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
    let want = "n slope intercept slope_se intercept_se ci95 r r_squared t p_value log10_p";
    assert_eq!(names.join(" "), want);
    assert_eq!(serde_json::from_str::<Regression>(&text).unwrap(), fit);
}

#[test]
fn regress_statistics_that_do_not_exist_say_why() {
    let x = [1.0, 2.0, 3.0, 4.0];
    let y = [1.0, 3.0, 2.0, 4.0];
    let one = [0.1; 4];
    let nan = f64::NAN;
    let few = StatError::TooFewRows { n: 2, needed: 3 };
    for of in
        [|x: &[f64], y: &[f64]| linear_regression(x, y).err(), |x: &[f64], y: &[f64]| spearman(x, y).err()]
    {
        assert_eq!(of(&x[..2], &y[..2]), Some(few));
        assert_eq!(of(&x, &[1.0, nan, nan, 2.0]), Some(few));
        assert_eq!(of(&one, &y), Some(StatError::ConstantPredictor));
        assert_eq!(of(&x, &one), Some(StatError::ConstantResponse));
        assert_eq!(of(&x, &x.map(|x| -0.1 * x - 7.0)), Some(StatError::PerfectFit { r: -1.0 }));
        assert_eq!(of(&x, &y), None);
    }
    for bad in [f64::INFINITY, f64::NEG_INFINITY, 1e200] {
        assert_eq!(linear_regression(&x, &[1.0, bad, 2.0, 1.0]), Err(StatError::NotFinite), "{bad}");
        assert_eq!(linear_regression(&[bad, 1.0, 2.0, 1.0], &x), Err(StatError::NotFinite), "{bad}");
    }
    assert_eq!(few.to_string(), "2 complete rows, but at least 3 are needed");
}

#[test]
fn regress_multiple_regressions_that_do_not_exist_say_why() {
    let a: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 40)).collect();
    let b: Vec<f64> = (0..40).map(|i| f64::from(i * i % 17)).collect();
    let sum: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 0.3 * a + 0.1 * b).collect();
    let one = vec![0.1; 40];
    let noise: Vec<f64> = (0..40).map(|i| f64::from(i * 13 % 11)).collect();
    let mut covariance = Covariance::new(5);
    covariance.extend_columns(&[&a, &b, &sum, &one, &noise]);
    let of = |predictors: &[usize], response| {
        MultipleRegression::from_covariance(&covariance, predictors, response).err()
    };
    assert_eq!(of(&[0, 1], 4), None);
    assert_eq!(of(&[0, 1, 2], 4), Some(StatError::Collinear { index: 2 }));
    assert_eq!(of(&[3, 1], 4), Some(StatError::Collinear { index: 0 }));
    assert_eq!(of(&[0, 1], 3), Some(StatError::ConstantResponse));
    assert!(matches!(of(&[0, 1], 2), Some(StatError::PerfectFit { r }) if (r - 1.0).abs() < 1e-12));
    let mut few = Covariance::new(3);
    few.push(&[1.0, 2.0, f64::NAN]);
    assert_eq!(few.matrix(), Err(StatError::TooFewRows { n: 0, needed: 2 }));
    (0..3).for_each(|i| few.push(&[f64::from(i), f64::from(i * i), 1.0]));
    assert_eq!(
        MultipleRegression::from_covariance(&few, &[0, 1], 2),
        Err(StatError::TooFewRows { n: 3, needed: 4 })
    );
    few.push(&[f64::INFINITY, 0.0, 1.0]);
    assert_eq!(few.matrix(), Err(StatError::NotFinite));
}
