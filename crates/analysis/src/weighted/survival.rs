//! Survival of weighted patients.

use crate::error::StatError;
use crate::trial::{
    Effect, IntervalMethod, KaplanMeier, PValueMethod, SurvivalStep, TestResult, complete_times, log_log,
};

/// The Kaplan–Meier curve of weighted patients, S = Π(1 − dᵢ/Yᵢ) with the weights dᵢ of those who have the event and Yᵢ of those at risk.
///
/// The variance of ln S is Σ (wᵢψᵢ)² with the influence ψᵢ(t) = Σ dⱼ/(Yⱼ(Yⱼ−dⱼ)) over the times up to min(t, Tᵢ), less 1/(Y−d) at Tᵢ if
/// the patient has the event by then: the infinitesimal jackknife of R's `survfit(weights = w, robust = TRUE)`, which is Greenwood's for
/// equal weights.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedSurvival {
    /// Patients in order of time.
    rows: Vec<Row>,
    /// The curve. Its numbers at risk and of events are patients, not weights.
    pub curve: KaplanMeier,
}

/// A patient: time, whether the event happened then, weight.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Row {
    time: f64,
    event: bool,
    weight: f64,
}

/// Patients who leave the risk set at the same time.
struct Leaving<'a> {
    rows: &'a [Row],
    /// Σw of those at risk just before.
    at_risk: f64,
    /// Σw of those who have the event.
    events: f64,
    /// Σw² of those who stay.
    squares_after: f64,
    /// Whether nobody stays and everybody has the event.
    ends_curve: bool,
}

impl WeightedSurvival {
    /// The curve of patients with these times, of which `event` is 1 where it is that of the event, and these weights.
    ///
    /// # Errors
    /// As [`KaplanMeier::of`].
    ///
    /// # Panics
    /// If the columns differ in length.
    pub fn of(time: &[f64], event: &[f64], weights: &[f64]) -> Result<Self, StatError> {
        let rows = in_order(time, event, weights)?;
        let mut patients = rows.len() as u64;
        let (mut survival, mut hazard, mut squares_left) = (1.0, 0.0, 0.0);
        let mut steps = Vec::new();
        for Leaving { rows: same, at_risk, events, squares_after, ends_curve } in leaving(&rows) {
            let count = same.iter().filter(|row| row.event).count() as u64;
            let stay = at_risk - events;
            let mut sigma = 0.0;
            if ends_curve {
                survival = 0.0;
            } else {
                survival *= stay / at_risk;
                hazard += events / (at_risk * stay);
                for row in same {
                    let influence = row.weight * (hazard - if row.event { 1.0 / stay } else { 0.0 });
                    squares_left += influence * influence;
                }
                sigma = (squares_left + hazard * hazard * squares_after).sqrt();
            }
            let inside = survival > 0.0 && survival < 1.0;
            steps.push(SurvivalStep {
                time: same[0].time,
                at_risk: patients,
                events: count,
                censored: same.len() as u64 - count,
                survival,
                se: (survival > 0.0).then_some(survival * sigma),
                ci95: inside.then(|| log_log(survival, sigma)),
            });
            patients -= same.len() as u64;
        }
        let events = steps.iter().map(|step| step.events).sum();
        let curve = KaplanMeier { n: rows.len() as u64, events, last_time: rows[rows.len() - 1].time, steps };
        Ok(Self { rows, curve })
    }

    /// Mean of min(T, τ), the area under the curve up to the horizon τ, with the standard error √Σ (wᵢ ∫ S ψᵢ dt)².
    ///
    /// # Errors
    /// As [`KaplanMeier::restricted_mean`].
    pub fn restricted_mean(&self, horizon: f64) -> Result<Effect, StatError> {
        let estimate = self.curve.restricted_mean(horizon)?.estimate;
        // Areas under S, and under S times the hazard so far, from 0 to each time.
        let (mut before, mut survival, mut hazard) = (0.0, 1.0, 0.0);
        let (mut area, mut area_of_hazard, mut variance) = (0.0, 0.0, 0.0);
        for Leaving { rows: same, at_risk, events, ends_curve, .. } in leaving(&self.rows) {
            let time = same[0].time.min(horizon);
            area += survival * (time - before);
            area_of_hazard += survival * hazard * (time - before);
            before = time;
            let stay = at_risk - events;
            // The area to the right, over which a patient who leaves now keeps the influence of this time.
            let after = if same[0].time < horizon && !ends_curve { estimate - area } else { 0.0 };
            if after > 0.0 {
                survival *= stay / at_risk;
                hazard += events / (at_risk * stay);
            }
            for row in same {
                let of_event = if row.event && after > 0.0 { 1.0 / stay } else { 0.0 };
                let influence = row.weight * (area_of_hazard + after * (hazard - of_event));
                variance += influence * influence;
            }
        }
        Ok(Effect::normal(estimate, variance.sqrt(), IntervalMethod::InfinitesimalJackknife))
    }
}

/// The log-rank test of two independent groups of weighted patients, each as (time, event, weights): χ² = (Σ wᵢrᵢ)²/Σ (wᵢrᵢ)² with one
/// degree of freedom, where a patient's score is rᵢ = δᵢ(zᵢ − z̄(Tᵢ)) − Σ (zᵢ − z̄ⱼ) dⱼ/Yⱼ over the times up to Tᵢ, zᵢ is 1 in the second group,
/// and z̄ its share of those at risk. It is the robust score test of D. Y. Lin & L. J. Wei (1989), *JASA* 84, 1074: R's
/// `coxph(weights = w, robust = TRUE, ties = "breslow")`.
///
/// # Errors
/// [`StatError::NoEvents`] if nobody has the event, [`StatError::NoSpread`] if no score differs from 0; as [`KaplanMeier::of`].
///
/// # Panics
/// If the columns of a group differ in length.
pub fn weighted_log_rank(groups: [(&[f64], &[f64], &[f64]); 2]) -> Result<TestResult, StatError> {
    let mut rows: Vec<(Row, f64)> = Vec::new();
    for ((time, event, weights), group) in groups.into_iter().zip([0.0, 1.0]) {
        rows.extend(in_order(time, event, weights)?.into_iter().map(|row| (row, group)));
    }
    if !rows.iter().any(|(row, _)| row.event) {
        return Err(StatError::NoEvents);
    }
    rows.sort_by(|a, b| a.0.time.total_cmp(&b.0.time));
    let at_risk = from_the_end(rows.iter().map(|(row, _)| row.weight));
    let of_second = from_the_end(rows.iter().map(|(row, z)| z * row.weight));
    let mut first = 0;
    let (mut hazard, mut expected, mut score, mut variance) = (0.0, 0.0, 0.0, 0.0);
    for same in rows.chunk_by(|a, b| a.0.time == b.0.time) {
        let share = of_second[first] / at_risk[first];
        let events: f64 = same.iter().filter(|(row, _)| row.event).map(|(row, _)| row.weight).sum();
        hazard += events / at_risk[first];
        expected += share * events / at_risk[first];
        first += same.len();
        for (row, z) in same {
            let observed = if row.event { z - share } else { 0.0 };
            let own = row.weight * (observed - (z * hazard - expected));
            score += own;
            variance += own * own;
        }
    }
    if variance == 0.0 {
        return Err(StatError::NoSpread);
    }
    let test = TestResult::chi2(score * (score / variance), 1);
    Ok(TestResult { method: PValueMethod::RobustLogRank, ..test })
}

fn in_order(time: &[f64], event: &[f64], weights: &[f64]) -> Result<Vec<Row>, StatError> {
    assert_eq!(time.len(), weights.len(), "every patient has a weight");
    let time_of_weighted: Vec<f64> =
        time.iter().zip(weights).map(|(time, w)| if *w > 0.0 { *time } else { f64::NAN }).collect();
    let complete = complete_times(&time_of_weighted, event)?;
    let is_there = |i: &usize| !time_of_weighted[*i].is_nan() && !event[*i].is_nan();
    let weights = (0..time.len()).filter(is_there).map(|i| weights[i]);
    let mut rows: Vec<Row> = complete
        .into_iter()
        .zip(weights)
        .map(|((time, event), weight)| Row { time, event, weight })
        .collect();
    rows.sort_by(|a, b| a.time.total_cmp(&b.time));
    Ok(rows)
}

/// The times in order, each with those who leave the risk set then.
fn leaving(rows: &[Row]) -> impl Iterator<Item = Leaving<'_>> {
    let weights = from_the_end(rows.iter().map(|row| row.weight));
    let squares = from_the_end(rows.iter().map(|row| row.weight * row.weight));
    let mut first = 0;
    rows.chunk_by(|a, b| a.time == b.time).map(move |same| {
        let at_risk = weights[first];
        first += same.len();
        let events = same.iter().filter(|row| row.event).map(|row| row.weight).sum();
        let ends_curve = first == rows.len() && same.iter().all(|row| row.event);
        Leaving { rows: same, at_risk, events, squares_after: squares[first], ends_curve }
    })
}

/// Σ from each position to the end; 0 at the end. To take away from the whole would leave its rounding error to the last ones.
fn from_the_end(values: impl DoubleEndedIterator<Item = f64>) -> Vec<f64> {
    let sums = values.rev().scan(0.0, |sum, value| {
        *sum += value;
        Some(*sum)
    });
    let mut all: Vec<f64> = std::iter::once(0.0).chain(sums).collect();
    all.reverse();
    all
}
