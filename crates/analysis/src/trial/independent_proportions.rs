//! Two proportions of independent patients.

use super::effect::{Effect, NumberNeeded};
use super::terms::IntervalMethod;
use super::test_result::TestResult;
use crate::distribution::discrete::{falling_sum, ln_hypergeometric};
use crate::distribution::normal::ln_add;
use crate::error::StatError;
use crate::replicates::proportion_ci95;
use serde::{Deserialize, Serialize};

/// Patients with an event among all of an arm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proportion {
    /// Patients with the event.
    pub events: u64,
    /// Patients.
    pub n: u64,
}

/// The events of two arms that have their own patients each.
///
/// Every method gives [`StatError::TooFewRows`] if an arm has no patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContingencyTable {
    /// The reference.
    pub reference: Proportion,
    /// The arm compared with it.
    pub arm: Proportion,
}

/// A table as probable as the observed one is one that differs from it by no more than this factor, as in R.
const AS_PROBABLE: f64 = 1e-7;

impl Proportion {
    /// Share of patients with the event, with the interval of E. B. Wilson (1927), *JASA* 22, 209.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    ///
    /// # Panics
    /// If there are more events than patients.
    pub fn risk(&self) -> Result<Effect, StatError> {
        assert!(self.events <= self.n, "every event is that of a patient");
        if self.n == 0 {
            return Err(StatError::TooFewRows { n: 0, needed: 1 });
        }
        let estimate = self.events as f64 / self.n as f64;
        Ok(Effect {
            estimate,
            se: None,
            ci95: proportion_ci95(self.events, self.n),
            method: IntervalMethod::Wilson,
        })
    }
}

impl ContingencyTable {
    /// Risk difference arm − reference, with Newcombe's hybrid of the Wilson intervals [l, u] of both risks p without
    /// correction for continuity: below by √((p₁−l₁)² + (u₀−p₀)²), above by √((u₁−p₁)² + (p₀−l₀)²).
    /// R. G. Newcombe (1998), *Stat. Med.* 17, 873, method 10.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] if an arm has no patients.
    pub fn risk_difference(&self) -> Result<Effect, StatError> {
        let (arm, reference) = (self.arm.risk()?, self.reference.risk()?);
        let estimate = self.determinant() / (self.arm.n as f64 * self.reference.n as f64);
        let low = libm::hypot(arm.estimate - arm.ci95[0], reference.ci95[1] - reference.estimate);
        let high = libm::hypot(arm.ci95[1] - arm.estimate, reference.estimate - reference.ci95[0]);
        Ok(Effect {
            estimate,
            se: None,
            ci95: [estimate - low, estimate + high],
            method: IntervalMethod::NewcombeHybridScore,
        })
    }

    /// Risk ratio arm / reference, with Katz's interval: var(ln RR) = 1/e₁ − 1/n₁ + 1/e₀ − 1/n₀ for e events in n.
    /// D. Katz *et al.* (1978), *Biometrics* 34, 469.
    ///
    /// # Errors
    /// [`StatError::ZeroCount`] if an arm has no event: nothing is added to zeros, since what is added would be the
    /// result. [`StatError::NoSpread`] if every patient of both arms has it.
    pub fn risk_ratio(&self) -> Result<Effect, StatError> {
        let (arm, reference) = (self.arm.risk()?, self.reference.risk()?);
        if self.arm.events == 0 || self.reference.events == 0 {
            return Err(StatError::ZeroCount);
        }
        let part = |p: &Proportion| (p.n - p.events) as f64 / (p.events as f64 * p.n as f64);
        let variance = part(&self.arm) + part(&self.reference);
        if variance == 0.0 {
            return Err(StatError::NoSpread);
        }
        Ok(Effect::ratio(arm.estimate / reference.estimate, variance.sqrt(), IntervalMethod::KatzLog))
    }

    /// Odds ratio arm / reference, with Woolf's interval: var(ln OR) is the sum of the reciprocals of the four counts.
    /// B. Woolf (1955), *Ann. Hum. Genet.* 19, 251.
    ///
    /// # Errors
    /// [`StatError::ZeroCount`] if any of the four is 0: nothing is added to it.
    pub fn odds_ratio(&self) -> Result<Effect, StatError> {
        self.arm.risk().and(self.reference.risk())?;
        let [a, b, c, d] = self.cells().map(|count| count as f64);
        if a * b * c * d == 0.0 {
            return Err(StatError::ZeroCount);
        }
        let variance = 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d;
        Ok(Effect::ratio(a / b * (d / c), variance.sqrt(), IntervalMethod::WoolfLog))
    }

    /// Number needed to treat, from [`Self::risk_difference`].
    ///
    /// # Errors
    /// [`StatError::EqualRisks`], [`StatError::TooFewRows`].
    pub fn number_needed(&self) -> Result<NumberNeeded, StatError> {
        NumberNeeded::from_risk_difference(&self.risk_difference()?)
    }

    /// Fisher's exact test, two-sided as in R: the sum of the probabilities of all tables with the same margins that are
    /// no more probable than the observed one (to a factor of 1 + 10⁻⁷). Of any size: time grows as the square root of
    /// the patients. Without any event, or with nothing but events, p is 1.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] if an arm has no patients.
    pub fn fisher(&self) -> Result<TestResult, StatError> {
        self.arm.risk().and(self.reference.risk())?;
        let (white, black) = (self.arm.n, self.reference.n);
        let drawn = self.arm.events + self.reference.events;
        let (least, most) = (drawn.saturating_sub(black), drawn.min(white));
        let ln_at = |x: u64| ln_hypergeometric(x, white, black, drawn);
        let x = self.arm.events;
        let no_more = |y: u64| ln_at(y) <= ln_at(x) + AS_PROBABLE;
        // Probabilities rise up to the mode and fall from there, to either side.
        let mode = ((drawn + 1) as f64 * (white + 1) as f64 / (white + black + 2) as f64) as u64;
        let mode = mode.clamp(least, most);
        let low = if x <= mode { Some(x) } else { last_where(least, mode, no_more) };
        let high = if x >= mode { Some(x) } else { first_where(mode, most, no_more) };
        if let (Some(low), Some(high)) = (low, high)
            && high <= low + 1
        {
            return Ok(TestResult::exact(None, 0.0));
        }
        // P(y−1)/P(y) and P(y+1)/P(y).
        let down = |y: u64| {
            if y == least {
                return 0.0;
            }
            let (kept, gone) = ((white - y + 1) as f64, (drawn - y + 1) as f64);
            y as f64 / kept * ((black + y - drawn) as f64 / gone)
        };
        let up = |y: u64| {
            if y == most {
                return 0.0;
            }
            let (left, free) = ((drawn - y) as f64, (white - y) as f64);
            left / (y + 1) as f64 * (free / (black + y + 1 - drawn) as f64)
        };
        let below = low.map(|low| ln_at(low) + libm::log(falling_sum(|step| down(low.saturating_sub(step)))));
        let above = high.map(|high| ln_at(high) + libm::log(falling_sum(|step| up((high + step).min(most)))));
        let none = f64::NEG_INFINITY;
        Ok(TestResult::exact(None, ln_add(below.unwrap_or(none), above.unwrap_or(none))))
    }

    /// Pearson's χ² without correction for continuity, one degree of freedom. It is a normal approximation; see
    /// [`Self::fisher`] for the exact test.
    ///
    /// # Errors
    /// [`StatError::NoSpread`] if no patient has the event, or every patient; [`StatError::TooFewRows`].
    pub fn pearson(&self) -> Result<TestResult, StatError> {
        self.arm.risk().and(self.reference.risk())?;
        let [a, b, c, d] = self.cells();
        if a + c == 0 || b + d == 0 {
            return Err(StatError::NoSpread);
        }
        let (n1, n0) = (self.arm.n as f64, self.reference.n as f64);
        let (events, none) = ((a + c) as f64, (b + d) as f64);
        let determinant = self.determinant();
        Ok(TestResult::chi2(determinant / (n1 * n0) * (determinant / (events * none)) * (n1 + n0), 1))
    }

    /// e₁n₀ − e₀n₁, without cancellation.
    fn determinant(&self) -> f64 {
        let product = |a: u64, b: u64| i128::from(a) * i128::from(b);
        (product(self.arm.events, self.reference.n) - product(self.reference.events, self.arm.n)) as f64
    }

    /// Events and no events of the arm, then of the reference.
    fn cells(&self) -> [u64; 4] {
        let Self { arm, reference } = self;
        [arm.events, arm.n - arm.events, reference.events, reference.n - reference.events]
    }
}

/// The least number from `low` to `high` of which `holds` is true, where it is false before and true after.
fn first_where(low: u64, high: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (low, high + 1);
    let end = high;
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    (low < end).then_some(low)
}

/// The greatest number from `low` to `high` of which `holds` is true, where it is true before and false after.
fn last_where(low: u64, high: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    match first_where(low, high, |y| !holds(y)) {
        Some(first) => (first > low).then(|| first - 1),
        None => Some(high),
    }
}
