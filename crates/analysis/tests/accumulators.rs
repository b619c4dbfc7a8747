//! Properties of the accumulators: portions, order of feeding, merging, missing values, affine changes.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::{
    Comoments, Covariance, MultipleRegression, PairMoments, Summary, linear_regression, quantiles,
};
use proptest::prelude::*;

const COLUMNS: usize = 4;

/// Four columns of one length (0 to 900 rows), about one value in `gap` missing; columns 2 and 3 lean on 0 and 1.
fn table(gap: u32) -> impl Strategy<Value = [Vec<f64>; COLUMNS]> {
    let row = (-1.0..1.0f64, -1.0..1.0f64, -1.0..1.0f64, -1.0..1.0f64, 0..gap * 4);
    prop::collection::vec(row, 0..900).prop_map(move |rows| {
        let mut columns: [Vec<f64>; COLUMNS] = Default::default();
        for (a, b, c, d, hole) in rows {
            let mut row = [1e3 + 50.0 * a, b, 3.0 * a - b + c, 10.0 + 0.2 * b + d];
            if let Some(v) = row.get_mut(hole as usize) {
                *v = f64::NAN;
            }
            columns.iter_mut().zip(row).for_each(|(column, v)| column.push(v));
        }
        columns
    })
}

fn one_pass(t: &[Vec<f64>; COLUMNS]) -> Comoments {
    let mut all = Comoments::new(2, 2);
    all.extend_columns(&[&t[0], &t[1]], &[&t[2], &t[3]]);
    all
}

fn cuts(len: usize, at: &[prop::sample::Index]) -> Vec<usize> {
    let mut cuts: Vec<usize> = at.iter().map(|i| i.index(len + 1)).chain([0, len]).collect();
    cuts.sort_unstable();
    cuts
}

fn close(got: f64, want: f64, scale: f64) -> bool {
    (got - want).abs() <= 1e-12 * scale
}

fn assert_close(got: &PairMoments, want: &PairMoments) -> Result<(), TestCaseError> {
    prop_assert_eq!(got.n(), want.n());
    prop_assert!(close(got.mean_x(), want.mean_x(), want.mean_x().abs() + want.sxx().sqrt()));
    prop_assert!(close(got.mean_y(), want.mean_y(), want.mean_y().abs() + want.syy().sqrt()));
    prop_assert!(close(got.sxx(), want.sxx(), want.sxx()));
    prop_assert!(close(got.syy(), want.syy(), want.syy()));
    prop_assert!(close(got.sxy(), want.sxy(), (want.sxx() * want.syy()).sqrt()));
    Ok(())
}

/// Moments by the definition, over the rows in which neither value is missing.
fn by_definition(x: &[f64], y: &[f64]) -> (usize, f64, f64, f64) {
    let rows: Vec<(f64, f64)> =
        x.iter().zip(y).map(|(&x, &y)| (x, y)).filter(|(x, y)| !x.is_nan() && !y.is_nan()).collect();
    let n = rows.len() as f64;
    let (mx, my) = rows.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let sum = |f: &dyn Fn(f64, f64) -> f64| rows.iter().map(|(x, y)| f(x - mx, y - my)).sum::<f64>();
    (rows.len(), sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_moments_are_those_of_the_definition_pair_by_pair(t in table(5)) {
        let all = one_pass(&t);
        prop_assert_eq!(all.rows(), t[0].len() as u64);
        for p in 0..2 {
            for r in 0..2 {
                let got = all.pair(p, r);
                let (n, sxx, sxy, syy) = by_definition(&t[p], &t[2 + r]);
                prop_assert_eq!(got.n(), n as u64);
                prop_assert!((got.sxx() - sxx).abs() <= 1e-10 * sxx);
                prop_assert!((got.syy() - syy).abs() <= 1e-10 * syy);
                prop_assert!((got.sxy() - sxy).abs() <= 1e-10 * (sxx * syy).sqrt());
                prop_assert_eq!(all.regression(p, r), linear_regression(&t[p], &t[2 + r]));
            }
        }
    }

    #[test]
    fn prop_portions_do_not_change_a_bit(t in table(300), at in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let all = one_pass(&t);
        let (mut rows, mut portions) = (Comoments::new(2, 2), Comoments::new(2, 2));
        for i in 0..t[0].len() {
            rows.push(&[t[0][i], t[1][i]], &[t[2][i], t[3][i]]);
        }
        for w in cuts(t[0].len(), &at).windows(2) {
            let c = t.each_ref().map(|c| &c[w[0]..w[1]]);
            portions.extend_columns(&c[..2], &c[2..]);
        }
        for (p, r) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            prop_assert_eq!(all.pair(p, r), rows.pair(p, r));
            prop_assert_eq!(all.pair(p, r), portions.pair(p, r));
            prop_assert_eq!(all.pair(p, r), PairMoments::from_columns(&t[p], &t[2 + r]));
        }
    }

    #[test]
    fn prop_merging_any_split_equals_one_pass(t in table(30), at in prop::collection::vec(any::<prop::sample::Index>(), 1..6)) {
        let all = one_pass(&t);
        let mut merged = Comoments::new(2, 2);
        let mut covariance = Covariance::new(COLUMNS);
        let mut summary = Summary::new();
        for w in cuts(t[0].len(), &at).windows(2) {
            let c = t.each_ref().map(|c| &c[w[0]..w[1]]);
            let mut part = Comoments::new(2, 2);
            part.extend_columns(&c[..2], &c[2..]);
            merged.merge(&part);
            let mut part = Covariance::new(COLUMNS);
            part.extend_columns(&c);
            covariance.merge(&part);
            let mut part = Summary::default();
            part.extend(c[0]);
            summary.merge(&part);
        }
        prop_assert_eq!(merged.rows(), all.rows());
        for (p, r) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            assert_close(&merged.pair(p, r), &all.pair(p, r))?;
        }
        let mut one = Covariance::new(COLUMNS);
        (0..t[0].len()).for_each(|i| one.push(&t.each_ref().map(|c| c[i])));
        prop_assert_eq!((one.n(), one.rows()), (covariance.n(), covariance.rows()));
        if let (Ok(a), Ok(b)) = (one.matrix(), covariance.matrix()) {
            for (k, (a, b)) in a.iter().zip(&b).enumerate() {
                let (i, j) = (k / COLUMNS, k % COLUMNS);
                let scale = (one.matrix().unwrap()[i * 5] * one.matrix().unwrap()[j * 5]).sqrt();
                prop_assert!(close(*a, *b, scale), "{a} {b}");
            }
        } else {
            prop_assert!(one.n() < 2);
        }
        let present: Vec<f64> = t[0].iter().copied().filter(|v| !v.is_nan()).collect();
        prop_assert_eq!(summary.n(), present.len() as u64);
        prop_assert_eq!(summary.missing(), (t[0].len() - present.len()) as u64);
        prop_assert_eq!(summary.min(), present.iter().copied().reduce(f64::min));
        prop_assert_eq!(summary.max(), present.iter().copied().reduce(f64::max));
        let mut one = Summary::new();
        one.extend(&t[0]);
        match (summary.mean(), summary.sd(), one.mean(), one.sd()) {
            (Some(m), Some(s), Some(mean), Some(sd)) => {
                prop_assert!(close(m, mean, mean.abs()) && close(s, sd, sd));
            }
            _ => prop_assert!(present.len() < 2),
        }
    }

    #[test]
    fn prop_affine_change_of_units_scales_the_slope_and_leaves_r_and_p(
        t in table(40), a in -1e3..1e3f64, scale in prop::sample::select(vec![-7.3, 1e-6, 1e6]),
    ) {
        prop_assume!(t[0].len() > 20);
        let fit = linear_regression(&t[0], &t[2]).unwrap();
        let changed: Vec<f64> = t[0].iter().map(|x| (x - a) * scale).collect();
        let other = linear_regression(&changed, &t[2]).unwrap();
        // The change itself rounds: values of 1e3 with a spread of 30 lose two digits.
        let near = |got: f64, want: f64| (got / want - 1.0).abs() < 1e-10;
        prop_assert!(near(other.slope * scale, fit.slope));
        prop_assert!(near(other.slope_se * scale.abs(), fit.slope_se));
        prop_assert!(near(other.r * scale.signum(), fit.r));
        prop_assert!(near(other.log10_p, fit.log10_p));
        let (low, high) = if scale < 0.0 { (1, 0) } else { (0, 1) };
        prop_assert!((other.ci95[low] * scale - fit.ci95[0]).abs() < 1e-10 * fit.slope_se);
        prop_assert!((other.ci95[high] * scale - fit.ci95[1]).abs() < 1e-10 * fit.slope_se);
    }

    #[test]
    fn prop_multiple_regression_on_one_predictor_is_the_simple_one(t in table(40)) {
        prop_assume!(t[0].len() > 20);
        let keep: Vec<usize> = (0..t[0].len()).filter(|&i| t.iter().all(|c| !c[i].is_nan())).collect();
        let c = t.each_ref().map(|c| keep.iter().map(|&i| c[i]).collect::<Vec<f64>>());
        let mut covariance = Covariance::new(COLUMNS);
        covariance.extend_columns(&t.each_ref().map(Vec::as_slice));
        let multiple = MultipleRegression::from_covariance(&covariance, &[0], 2).unwrap();
        let simple = linear_regression(&c[0], &c[2]).unwrap();
        prop_assert_eq!(multiple.n, simple.n);
        let near = |got: f64, want: f64| (got / want - 1.0).abs() < 1e-11;
        let coefficient = multiple.coefficients[0];
        prop_assert!(near(coefficient.slope, simple.slope) && near(coefficient.slope_se, simple.slope_se));
        prop_assert!(near(coefficient.beta, simple.r) && near(multiple.r_squared, simple.r_squared));
        prop_assert!(near(coefficient.t, simple.t) && near(coefficient.log10_p, simple.log10_p));
    }

    #[test]
    fn prop_quantiles_lie_between_neighbours_in_order(mut v in prop::collection::vec(-1e3..1e3f64, 1..200), p in 0.0..=1.0f64) {
        let q = quantiles(&v, &[p]).unwrap()[0];
        v.sort_by(f64::total_cmp);
        let h = p * (v.len() - 1) as f64;
        prop_assert!(v[h.floor() as usize] <= q && q <= v[h.ceil() as usize]);
    }
}

#[test]
fn regress_accumulators_without_rows() {
    let mut empty = Comoments::new(3, 2);
    empty.merge(&Comoments::new(3, 2));
    assert_eq!((empty.predictors(), empty.responses(), empty.rows()), (3, 2, 0));
    assert_eq!(empty.pair(2, 1), PairMoments::default());
    let summary = Summary::new();
    assert_eq!((summary.mean(), summary.sd(), summary.min(), summary.max()), (None, None, None, None));
    assert_eq!(quantiles(&[f64::NAN], &[0.5]), None);
    let covariance = Covariance::new(3);
    assert_eq!((covariance.variables(), covariance.n()), (3, 0));
}

#[test]
fn regress_infinite_values_are_not_averaged_away() {
    let mut summary = Summary::new();
    summary.extend(&[1.0, f64::INFINITY, 2.0]);
    assert_eq!((summary.n(), summary.mean(), summary.sd()), (3, None, None));
    assert_eq!((summary.min(), summary.max()), (Some(1.0), Some(f64::INFINITY)));
}

#[test]
#[should_panic(expected = "columns of one table have one length")]
fn regress_ragged_columns_are_refused() {
    Comoments::new(1, 1).extend_columns(&[&[1.0, 2.0]], &[&[1.0]]);
}

#[test]
#[should_panic(expected = "accumulators of one shape")]
fn regress_accumulators_of_another_shape_are_refused() {
    Comoments::new(2, 3).merge(&Comoments::new(3, 2));
}

#[test]
#[should_panic(expected = "a probability lies within 0 to 1")]
fn regress_probabilities_beyond_one_are_refused() {
    quantiles(&[1.0], &[1.5]);
}
