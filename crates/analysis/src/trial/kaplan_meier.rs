//! Survival curves by Kaplan and Meier.

use crate::distribution::normal::Z95;
use crate::error::StatError;
use serde::{Deserialize, Serialize};

/// Two survival probabilities nearer than this are the same: products round.
const SAME: f64 = 1e-12;

/// The Kaplan–Meier estimate of the probability to be without the event, at every time at which one happened.
///
/// At the times t₁ < t₂ < … with dᵢ events among nᵢ at risk, S = Π(1 − dᵢ/nᵢ). Before the first time S = 1. A patient
/// censored at the time of an event is still at risk for it. E. L. Kaplan & P. Meier (1958), *JASA* 53, 457.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KaplanMeier {
    /// Patients.
    pub n: u64,
    /// Patients with the event.
    pub events: u64,
    /// The last time of an event or of censoring, where the curve ends.
    pub last_time: f64,
    /// The steps, in order of time: times with an event, and times with censoring only.
    pub steps: Vec<SurvivalStep>,
}

/// One time of a Kaplan–Meier curve. S holds from this time on until the next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurvivalStep {
    /// Time.
    pub time: f64,
    /// Patients at risk just before.
    pub at_risk: u64,
    /// Events at this time.
    pub events: u64,
    /// Patients censored at this time.
    pub censored: u64,
    /// Probability to be without the event after this time.
    pub survival: f64,
    /// Its standard error by Greenwood, S √(Σ dᵢ/(nᵢ(nᵢ−dᵢ))); 0 before the first event, `None` once S is 0.
    pub se: Option<f64>,
    /// 95 % interval S^exp(±1.96 se/(S ln S)), log-log (Kalbfleisch & Prentice, *The Statistical Analysis of Failure
    /// Time Data*, sec. 1.4); `None` where S is 1 or 0.
    pub ci95: Option<[f64; 2]>,
}

/// Pairs of a time and whether the event happened then, in order of time, without patients for whom either is missing.
///
/// # Errors
/// [`StatError::TooFewRows`] without patients, [`StatError::NotBinary`], [`StatError::NegativeTime`],
/// [`StatError::NotFinite`].
///
/// # Panics
/// If the columns differ in length.
pub(crate) fn in_order(time: &[f64], event: &[f64]) -> Result<Vec<(f64, bool)>, StatError> {
    let mut rows = complete(time, event)?;
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    Ok(rows)
}

/// As [`in_order`], in the order of the columns.
pub(crate) fn complete(time: &[f64], event: &[f64]) -> Result<Vec<(f64, bool)>, StatError> {
    assert_eq!(time.len(), event.len(), "columns of one table have one length");
    let both = time.iter().zip(event).filter(|(time, event)| !time.is_nan() && !event.is_nan());
    let odd = both.clone().filter(|(_, event)| **event != 0.0 && **event != 1.0).count() as u64;
    if odd > 0 {
        return Err(StatError::NotBinary { n: odd });
    }
    let rows: Vec<(f64, bool)> = both.map(|(&time, &event)| (time, event == 1.0)).collect();
    if rows.is_empty() {
        return Err(StatError::TooFewRows { n: 0, needed: 1 });
    }
    if rows.iter().any(|&(time, _)| time < 0.0) {
        return Err(StatError::NegativeTime);
    }
    if rows.iter().any(|&(time, _)| time == f64::INFINITY) {
        return Err(StatError::NotFinite);
    }
    Ok(rows)
}

impl KaplanMeier {
    /// The curve of patients with these times, of which `event` is 1 where it is that of the event and 0 where the
    /// patient was censored then. Time n log n, memory n.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients, [`StatError::NotBinary`], [`StatError::NegativeTime`],
    /// [`StatError::NotFinite`].
    ///
    /// # Panics
    /// If the columns differ in length.
    pub fn of(time: &[f64], event: &[f64]) -> Result<Self, StatError> {
        let rows = in_order(time, event)?;
        let n = rows.len() as u64;
        let (mut at_risk, mut survival, mut greenwood) = (n, 1.0, 0.0);
        let mut steps = Vec::new();
        for same in rows.chunk_by(|a, b| a.0 == b.0) {
            let events = same.iter().filter(|row| row.1).count() as u64;
            let left = at_risk - events;
            survival *= left as f64 / at_risk as f64;
            if left > 0 {
                greenwood += events as f64 / at_risk as f64 / left as f64;
            }
            let inside = survival > 0.0 && survival < 1.0;
            steps.push(SurvivalStep {
                time: same[0].0,
                at_risk,
                events,
                censored: same.len() as u64 - events,
                survival,
                se: (survival > 0.0).then(|| survival * greenwood.sqrt()),
                ci95: inside.then(|| log_log(survival, greenwood.sqrt())),
            });
            at_risk -= same.len() as u64;
        }
        let events = steps.iter().map(|step| step.events).sum();
        Ok(Self { n, events, last_time: rows[rows.len() - 1].0, steps })
    }

    /// Probability to be without the event after `time`: the curve there. Beyond [`Self::last_time`] its last value.
    pub fn survival_at(&self, time: f64) -> f64 {
        let after = self.steps.partition_point(|step| step.time <= time);
        if after == 0 { 1.0 } else { self.steps[after - 1].survival }
    }

    /// Median time to the event: the first time at which S ≤ ½; where S is ½ over a stretch, its middle, as in R (the
    /// ordinary median without censoring). `None` if S stays above ½.
    pub fn median(&self) -> Option<f64> {
        self.first_at_half(|step| Some(step.survival))
    }

    /// 95 % interval of the median: where the log-log interval of S crosses ½. R. Brookmeyer & J. Crowley (1982),
    /// *Biometrics* 38, 29. `None` at an end where it does not.
    pub fn median_ci95(&self) -> [Option<f64>; 2] {
        [0, 1].map(|end| self.first_at_half(|step| step.ci95.map(|ci95| ci95[end])))
    }

    fn first_at_half(&self, height: impl Fn(&SurvivalStep) -> Option<f64>) -> Option<f64> {
        let at = self.steps.iter().position(|step| height(step).is_some_and(|h| h <= 0.5 + SAME))?;
        let level = height(&self.steps[at])?;
        if level < 0.5 - SAME {
            return Some(self.steps[at].time);
        }
        let end = self.steps[at..].iter().find(|step| height(step).is_none_or(|h| h < 0.5 - SAME));
        Some(0.5 * (self.steps[at].time + end.map_or(self.last_time, |step| step.time)))
    }
}

/// S^exp(±z σ/ln S), lower end first; σ is the standard error of ln S.
pub(crate) fn log_log(survival: f64, sigma: f64) -> [f64; 2] {
    let ln_s = libm::log(survival);
    let factor = libm::exp(-Z95 * sigma / ln_s);
    [libm::exp(ln_s * factor), libm::exp(ln_s / factor)]
}
