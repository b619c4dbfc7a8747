//! Survival curves by Kaplan and Meier.

use serde::Serialize;

/// The Kaplan–Meier estimate of the probability to be without the event, at every time at which one happened.
///
/// At the i-th of the times t with dᵢ events among nᵢ at risk, S = Π(1 − dᵢ/nᵢ). Before the first time S = 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KaplanMeier {
    /// Patients.
    pub n: u64,
    /// Patients with the event.
    pub events: u64,
    /// The greatest time at which somebody was seen, with the event or without: the curve ends there.
    pub last_time: f64,
    /// The steps, in order of time: times with an event, and times with censoring only.
    pub steps: Vec<Step>,
}

/// One time of a Kaplan–Meier curve. S holds from this time on until the next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
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
    /// Its standard error by Greenwood, S √(Σ dᵢ/(nᵢ(nᵢ−dᵢ))); none once S is 0.
    pub se: Option<f64>,
    /// 95 % interval, log-log (Kalbfleisch & Prentice); none where S is 1 or 0.
    pub ci95: Option<[f64; 2]>,
}
