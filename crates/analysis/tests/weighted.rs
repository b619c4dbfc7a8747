//! Weighted patients against R 4.2.2 with survey 4.1-1 and survival 3.5-3 (`fixtures/make_weighted_statistics.R`), and against the
//! same patients unweighted where all weights are equal.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cartrial_analysis::distribution::student_t::critical_t;
use cartrial_analysis::trial::{KaplanMeier, paired_t, restricted_mean_paired, welch_t};
use cartrial_analysis::weighted::{
    WeightedMean, WeightedSurvival, effective_sample_size, weighted_log_rank, weighted_odds_ratio,
    weighted_paired_ratio, weighted_paired_t, weighted_rank_sum, weighted_regression, weighted_risk,
    weighted_risk_ratio, weighted_signed_rank, weighted_spearman, weighted_welch_t,
};
use cartrial_analysis::{StatError, Summary, proportion_ci95, spearman};
use serde_json::Value;

const Z95: f64 = 1.959_963_984_540_054;

struct Fixture(Value);

impl Fixture {
    fn read() -> Self {
        Self(serde_json::from_str(include_str!("fixtures/weighted_statistics.json")).unwrap())
    }

    fn column(&self, name: &str) -> Vec<f64> {
        numbers(&self.0["data"][name])
    }

    fn of(&self, case: &str, key: &str) -> f64 {
        self.0[case][key].as_f64().unwrap_or_else(|| panic!("{case}.{key}"))
    }

    /// The values and weights of an arm.
    fn arm(&self, name: &str, arm: f64) -> (Vec<f64>, Vec<f64>) {
        let (arms, values, weights) = (self.column("arm"), self.column(name), self.column("w"));
        (0..arms.len()).filter(|i| arms[*i] == arm).map(|i| (values[i], weights[i])).unzip()
    }
}

fn numbers(of: &Value) -> Vec<f64> {
    of.as_array().unwrap().iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect()
}

#[track_caller]
fn near(ours: f64, theirs: f64) {
    assert!(ours == theirs || ((ours - theirs) / theirs).abs() < 1e-10, "{ours} for {theirs}");
}

#[test]
fn ref_survey_means_and_shares() {
    let data = Fixture::read();
    let (w, y, events) = (data.column("w"), data.column("y"), data.column("ey"));
    let mean = WeightedMean::of(&y, &w).unwrap();
    near(mean.mean, data.of("mean", "mean"));
    near(mean.se.unwrap(), data.of("mean", "se"));
    near(mean.sd.unwrap(), data.of("mean", "sd"));
    near(effective_sample_size(&w), data.0["effective"].as_f64().unwrap());
    let risk = weighted_risk((&events, &w)).unwrap();
    near(risk.estimate, data.of("risk", "mean"));
    near(risk.se.unwrap(), data.of("risk", "se"));
}

#[test]
fn ref_survey_regression_and_rank_correlation() {
    let data = Fixture::read();
    let (w, x, y, z) = (data.column("w"), data.column("x"), data.column("y"), data.column("z"));
    let fit = weighted_regression(&x, &y, &w).unwrap();
    let of = fit.regression;
    for (ours, key) in [
        (of.intercept, "intercept"),
        (of.slope, "slope"),
        (of.intercept_se, "intercept_se"),
        (of.slope_se, "slope_se"),
        (of.t, "t"),
        (of.p_value, "p"),
        (of.r, "r"),
    ] {
        near(ours, data.of("regression", key));
    }
    near(fit.at(14.0), data.of("regression", "at_14"));
    near(fit.half_width(14.0), critical_t(0.05, 58.0) * data.of("regression", "at_14_se"));
    let correlation = weighted_spearman(&x, &z, &w).unwrap();
    near(correlation.r, data.of("spearman", "r"));
    near(correlation.t, data.of("spearman", "t"));
    near(correlation.p_value, data.of("spearman", "p"));
}

#[test]
fn ref_survey_twins() {
    let data = Fixture::read();
    let (w, y, z) = (data.column("w"), data.column("y1"), data.column("z"));
    let differences: Vec<f64> = z.iter().zip(&y).map(|(z, y)| z - y).collect();
    let means = weighted_paired_t(&differences, &w).unwrap();
    near(means.difference.estimate, data.of("paired", "estimate"));
    near(means.difference.se.unwrap(), data.of("paired", "se"));
    near(means.test.p_value, data.of("paired", "p"));
    let signed = weighted_signed_rank(&differences, &w).unwrap();
    near(signed.statistic.unwrap(), data.of("signed_rank", "t"));
    assert_eq!(signed.df, Some(data.of("signed_rank", "n") - 1.0));
    let (ey, ez) = (data.column("ey"), data.column("ez"));
    let only = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a * (1.0 - b)).collect() };
    for (ratio, case) in [
        (weighted_paired_ratio(&ez, &ey, &w), "risk_ratio_paired"),
        (weighted_paired_ratio(&only(&ez, &ey), &only(&ey, &ez), &w), "odds_ratio_paired"),
    ] {
        let ratio = ratio.unwrap();
        near(libm::log(ratio.estimate), data.of(case, "log"));
        near(libm::log(ratio.ci95[1] / ratio.estimate), Z95 * data.of(case, "se"));
        near(libm::log(ratio.ci95[0]), data.of(case, "log") - Z95 * data.of(case, "se"));
    }
}

#[test]
fn ref_survey_independent_arms() {
    let data = Fixture::read();
    let [(z0, w0), (z1, w1)] = [0.0, 1.0].map(|arm| data.arm("z", arm));
    let means = weighted_welch_t((&z0, &w0), (&z1, &w1)).unwrap();
    near(means.difference.estimate, data.of("welch", "estimate"));
    near(means.difference.se.unwrap(), data.of("welch", "se"));
    let [(x0, _), (x1, _)] = [0.0, 1.0].map(|arm| data.arm("x", arm));
    let ranks = weighted_rank_sum((&x0, &w0), (&x1, &w1)).unwrap();
    near(ranks.statistic.unwrap(), data.of("rank_sum", "t"));
    let [(e0, _), (e1, _)] = [0.0, 1.0].map(|arm| data.arm("ez", arm));
    for (ratio, case) in [
        (weighted_risk_ratio((&e0, &w0), (&e1, &w1)), "risk_ratio"),
        (weighted_odds_ratio((&e0, &w0), (&e1, &w1)), "odds_ratio"),
    ] {
        let ratio = ratio.unwrap();
        near(libm::log(ratio.estimate), data.of(case, "log"));
        near(libm::log(ratio.ci95[1] / ratio.estimate), Z95 * data.of(case, "se"));
    }
}

#[test]
fn ref_survival_curves_and_log_rank() {
    let data = Fixture::read();
    let (w, time, time2, event) =
        (data.column("w"), data.column("time"), data.column("time2"), data.column("event"));
    let ones = vec![1.0; w.len()];
    let cases = data.0["curves"].as_array().unwrap();
    let curves = [(&time, &event, &w), (&time, &event, &w), (&time2, &ones, &w), (&time, &event, &ones)];
    assert_eq!(cases.len(), curves.len());
    for (case, (time, event, weights)) in cases.iter().zip(curves) {
        let survival = WeightedSurvival::of(time, event, weights).unwrap();
        let steps = &survival.curve.steps;
        let of = |key: &str| numbers(&case[key]);
        assert_eq!(steps.iter().map(|step| step.time).collect::<Vec<_>>(), of("times"));
        for (i, step) in steps.iter().enumerate() {
            near(step.survival, of("survival")[i]);
            if step.survival > 0.0 {
                near(step.se.unwrap(), of("se")[i]);
                near(step.ci95.unwrap()[0], of("low")[i]);
                near(step.ci95.unwrap()[1], of("high")[i]);
            }
        }
        let mean = survival.restricted_mean(case["tau"].as_f64().unwrap()).unwrap();
        near(mean.estimate, case["restricted_mean"].as_f64().unwrap());
        near(mean.se.unwrap(), case["restricted_mean_se"].as_f64().unwrap());
    }
    let [(t0, w0), (t1, w1)] = [0.0, 1.0].map(|arm| data.arm("time", arm));
    let [(e0, _), (e1, _)] = [0.0, 1.0].map(|arm| data.arm("event", arm));
    let test = weighted_log_rank([(&t0, &e0, &w0), (&t1, &e1, &w1)]).unwrap();
    near(test.statistic.unwrap(), data.0["log_rank"].as_f64().unwrap());
}

#[test]
fn prop_equal_weights_are_none() {
    let data = Fixture::read();
    let (x, y, z, events) = (data.column("x"), data.column("y1"), data.column("z"), data.column("ey"));
    let w = vec![0.37; y.len()];
    let summary = |values: &[f64]| {
        let mut summary = Summary::new();
        summary.extend(values);
        summary
    };
    let mean = WeightedMean::of(&y, &w).unwrap();
    near(mean.mean, summary(&y).mean().unwrap());
    near(mean.sd.unwrap(), summary(&y).sd().unwrap());
    let risk = weighted_risk((&events, &w)).unwrap();
    let hits = events.iter().sum::<f64>();
    near(risk.estimate, hits / events.len() as f64);
    // The variance of a sample has n − 1.
    let [low, high] = proportion_ci95(hits as u64, events.len() as u64);
    assert!(risk.ci95[0] < low && risk.ci95[0] > low - 0.002 && risk.ci95[1] > high);

    let differences: Vec<f64> = z.iter().zip(&y).map(|(z, y)| z - y).collect();
    let (ours, theirs) =
        (weighted_paired_t(&differences, &w).unwrap(), paired_t(&summary(&differences)).unwrap());
    near(ours.difference.ci95[0], theirs.difference.ci95[0]);
    near(ours.test.p_value, theirs.test.p_value);
    let (y, z, (wy, wz)) = (&y[..20], &z[20..], (&w[..20], &w[20..]));
    let (ours, theirs) =
        (weighted_welch_t((y, wy), (z, wz)).unwrap(), welch_t(&summary(y), &summary(z)).unwrap());
    near(ours.difference.ci95[1], theirs.difference.ci95[1]);
    near(ours.test.p_value, theirs.test.p_value);

    let (time, event) = (data.column("time"), data.column("event"));
    let (ours, theirs) =
        (WeightedSurvival::of(&time, &event, &w).unwrap().curve, KaplanMeier::of(&time, &event).unwrap());
    assert_eq!((ours.n, ours.events, ours.last_time), (theirs.n, theirs.events, theirs.last_time));
    for (ours, theirs) in ours.steps.iter().zip(&theirs.steps) {
        assert_eq!(
            (ours.at_risk, ours.events, ours.censored),
            (theirs.at_risk, theirs.events, theirs.censored)
        );
        near(ours.survival, theirs.survival);
        near(ours.se.unwrap_or(0.0), theirs.se.unwrap_or(0.0));
    }
    let all_z = data.column("z");
    near(weighted_spearman(&x, &all_z, &w).unwrap().r, spearman(&x, &all_z).unwrap().r);
}

#[test]
fn prop_whole_weights_count_as_copies_in_estimates() {
    let (values, weights) = ([3.0, 8.0, 4.0, 4.0], [2.0, 1.0, 3.0, 0.0]);
    let copies = [3.0, 3.0, 8.0, 4.0, 4.0, 4.0];
    near(WeightedMean::of(&values, &weights).unwrap().mean, copies.iter().sum::<f64>() / 6.0);
    let event = [1.0, 0.0, 1.0, 1.0];
    let copied = KaplanMeier::of(&copies, &[1.0, 1.0, 0.0, 1.0, 1.0, 1.0]).unwrap();
    let weighted = WeightedSurvival::of(&values, &event, &weights).unwrap().curve;
    let survival = |curve: &KaplanMeier| curve.steps.iter().map(|step| step.survival).collect::<Vec<_>>();
    for (ours, theirs) in survival(&weighted).into_iter().zip(survival(&copied)) {
        near(ours, theirs);
    }
    assert_eq!((weighted.n, weighted.events), (3, 2));
}

#[test]
fn a_missing_value_and_a_weight_of_0_are_left_out() {
    let (values, weights) = ([1.0, f64::NAN, 3.0, 100.0], [2.0, 5.0, 2.0, 0.0]);
    let mean = WeightedMean::of(&values, &weights).unwrap();
    assert_eq!((mean.n, mean.mean), (2, 2.0));
    let one = WeightedMean::of(&values[..2], &weights[..2]).unwrap();
    assert_eq!((one.n, one.mean, one.sd, one.se), (1, 1.0, None, None));
    assert_eq!(WeightedMean::of(&values, &[0.0; 4]), Err(StatError::TooFewRows { n: 0, needed: 1 }));
}

#[test]
fn what_cannot_be_told_has_its_reason() {
    let w = [1.0, 2.0, 3.0];
    assert_eq!(weighted_paired_t(&[0.0; 3], &w).unwrap_err(), StatError::NoDifference);
    assert_eq!(weighted_paired_t(&[2.0; 3], &w).unwrap_err(), StatError::NoSpread);
    assert_eq!(weighted_signed_rank(&[0.0; 3], &w).unwrap_err(), StatError::NoDifference);
    assert_eq!(weighted_risk((&[0.0, 1.0, 0.5], &w)).unwrap_err(), StatError::NotBinary { n: 1 });
    assert_eq!(weighted_paired_ratio(&[0.0; 3], &[0.0; 3], &w).unwrap_err(), StatError::NoEvents);
    let some = [1.0, 0.0, 1.0];
    assert_eq!(weighted_paired_ratio(&[0.0; 3], &some, &w).unwrap_err(), StatError::EmptyCell);
    assert_eq!(weighted_odds_ratio((&some, &w), (&[1.0; 3], &w)).unwrap_err(), StatError::EmptyCell);
    assert_eq!(
        weighted_log_rank([(&w, &[0.0; 3], &w), (&w, &[0.0; 3], &w)]).unwrap_err(),
        StatError::NoEvents
    );
    assert_eq!(weighted_regression(&[1.0; 3], &some, &w).unwrap_err(), StatError::ConstantPredictor);
    // Nobody had it: the interval is that of the effective sample size, 36/14.
    let nobody = weighted_risk((&[0.0; 3], &w)).unwrap();
    let n = 36.0 / 14.0;
    near(nobody.ci95[1], Z95 * Z95 / (n + Z95 * Z95));
    assert_eq!((nobody.estimate, nobody.ci95[0]), (0.0, 0.0));
}

#[test]
fn times_of_twins_that_nobody_cuts_short_are_compared_by_their_differences() {
    // As without weights: min(T, τ) of each patient.
    let (time, event) = ([5.0, 9.0, 30.0, 12.0], [1.0, 1.0, 0.0, 1.0]);
    let later = [8.0, 9.0, 30.0, 25.0];
    let unweighted = restricted_mean_paired(
        (&time, &event),
        (&later, &event),
        30.0,
        cartrial_analysis::trial::Resolution::Exact,
    )
    .unwrap();
    let differences: Vec<f64> = later.iter().zip(&time).map(|(later, time)| later - time).collect();
    near(weighted_paired_t(&differences, &[2.0; 4]).unwrap().test.p_value, unweighted.test.p_value);
}
