//! Two proportions of the same patients.

use super::effect::{Effect, NumberNeeded};
use super::terms::IntervalMethod;
use super::test_result::TestResult;
use crate::distribution::discrete::{falling_sum, ln_binomial};
use crate::distribution::normal::Z95;
use crate::error::StatError;
use serde::{Deserialize, Serialize};
use std::f64::consts::LN_2;

/// An event in two arms of the same patients: how many have it in both, in one only, in neither.
///
/// Every method gives [`StatError::TooFewRows`] without patients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairedContingencyTable {
    /// Patients with the event in both arms.
    pub both: u64,
    /// With the event in the arm, without in the reference: b.
    pub only_arm: u64,
    /// With the event in the reference, without in the arm: c.
    pub only_reference: u64,
    /// Without the event in either.
    pub neither: u64,
}

impl PairedContingencyTable {
    /// Patients.
    pub fn n(&self) -> u64 {
        self.both + self.only_arm + self.only_reference + self.neither
    }

    /// Risk difference (b − c)/n, with Tango's score interval: all δ for which
    /// |b − c − nδ| ≤ 1.96 √(n (2q + δ(1−δ))), where q is the most likely probability of c if the difference is δ.
    ///
    /// The interval excludes 0 exactly if [`Self::mcnemar_chi2`] gives p < 0.05, and exists for b = c = 0.
    /// T. Tango (1998), *Stat. Med.* 17, 891.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    pub fn risk_difference(&self) -> Result<Effect, StatError> {
        let n = self.patients()?;
        let (b, c) = (self.only_arm as f64, self.only_reference as f64);
        let estimate = (b - c) / n;
        let ci95 = [-tango_upper(c, b, n), tango_upper(b, c, n)];
        Ok(Effect { estimate, se: None, ci95, method: IntervalMethod::TangoScore })
    }

    /// Risk ratio (both + b)/(both + c), with var(ln RR) = (b + c)/((both + b)(both + c)).
    /// N. P. Jewell, *Statistics for Epidemiology* (2004), ch. 16.
    ///
    /// # Errors
    /// [`StatError::ZeroCount`] if an arm has no event, [`StatError::NoSpread`] if both have it in the same patients,
    /// [`StatError::TooFewRows`].
    pub fn risk_ratio(&self) -> Result<Effect, StatError> {
        self.patients()?;
        let (arm, reference) = ((self.both + self.only_arm) as f64, (self.both + self.only_reference) as f64);
        if arm == 0.0 || reference == 0.0 {
            return Err(StatError::ZeroCount);
        }
        let discordant = (self.only_arm + self.only_reference) as f64;
        if discordant == 0.0 {
            return Err(StatError::NoSpread);
        }
        Ok(Effect::ratio(arm / reference, (discordant / arm / reference).sqrt(), IntervalMethod::PairedLog))
    }

    /// Odds ratio within patients b/c, with the exact interval from that of b in b + c by C. J. Clopper & E. S. Pearson
    /// (1934), *Biometrika* 26, 404.
    ///
    /// # Errors
    /// [`StatError::ZeroCount`] if b or c is 0; [`StatError::TooFewRows`].
    pub fn conditional_odds_ratio(&self) -> Result<Effect, StatError> {
        self.patients()?;
        let (b, c) = (self.only_arm, self.only_reference);
        if b == 0 || c == 0 {
            return Err(StatError::ZeroCount);
        }
        let ci95 = [clopper_pearson_lower_odds(b, c), 1.0 / clopper_pearson_lower_odds(c, b)];
        Ok(Effect { estimate: b as f64 / c as f64, se: None, ci95, method: IntervalMethod::ExactConditional })
    }

    /// Number needed to treat, from [`Self::risk_difference`].
    ///
    /// # Errors
    /// [`StatError::EqualRisks`], [`StatError::TooFewRows`].
    pub fn number_needed(&self) -> Result<NumberNeeded, StatError> {
        NumberNeeded::from_risk_difference(&self.risk_difference()?)
    }

    /// McNemar's test, exact: the two-sided binomial probability of b in b + c at ½, of any size. p is 1 where no
    /// patient has different outcomes.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] without patients.
    pub fn mcnemar_exact(&self) -> Result<TestResult, StatError> {
        self.patients()?;
        let n = self.only_arm + self.only_reference;
        let low = self.only_arm.min(self.only_reference);
        if 2 * low + 1 >= n {
            return Ok(TestResult::exact(None, 0.0)); // both tails together hold everything
        }
        let sum = falling_sum(|step| {
            let k = low.saturating_sub(step);
            k as f64 / (n - k + 1) as f64
        });
        Ok(TestResult::exact(None, LN_2 + ln_binomial(low, n, 0.5, 0.5) + libm::log(sum)))
    }

    /// McNemar's χ² without correction for continuity, (b − c)²/(b + c), one degree of freedom.
    ///
    /// # Errors
    /// [`StatError::NoSpread`] if no patient has different outcomes; [`StatError::TooFewRows`].
    pub fn mcnemar_chi2(&self) -> Result<TestResult, StatError> {
        self.patients()?;
        let (b, c) = (self.only_arm as f64, self.only_reference as f64);
        if b + c == 0.0 {
            return Err(StatError::NoSpread);
        }
        Ok(TestResult::chi2((b - c) * ((b - c) / (b + c)), 1))
    }

    fn patients(&self) -> Result<f64, StatError> {
        match self.n() {
            0 => Err(StatError::TooFewRows { n: 0, needed: 1 }),
            n => Ok(n as f64),
        }
    }
}

/// Upper end of Tango's interval: the δ at which his score is −1.96. Bisection, since it falls in δ.
fn tango_upper(b: f64, c: f64, n: f64) -> f64 {
    let beyond = |delta: f64| {
        // q solves 2n q² + p q − c δ(1−δ) = 0; the root in the form without cancellation.
        let p = (2.0 * n - b + c) * delta - b - c;
        let rest = c * delta * (1.0 - delta);
        let root = (p * p + 8.0 * n * rest).sqrt();
        let q = if p > 0.0 { 2.0 * rest / (p + root) } else { (root - p) / (4.0 * n) };
        let variance = n * (2.0 * q + delta * (1.0 - delta));
        n * delta - (b - c) > Z95 * variance.max(0.0).sqrt()
    };
    let (mut low, mut high) = ((b - c) / n, 1.0);
    if !beyond(high) {
        return high;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if beyond(middle) { high = middle } else { low = middle }
    }
    0.5 * (low + high)
}

/// Odds θ/(1−θ) of the θ at which b or more of b + c have probability 2.5 %.
///
/// Newton's method on ln P(X ≥ b) as a function of ln(θ/(1−θ)), with slope b(1−θ)/S where S is the tail relative to its
/// first term; concave, from the estimate downwards.
fn clopper_pearson_lower_odds(b: u64, c: u64) -> f64 {
    let n = b + c;
    let target = libm::log(0.025);
    let mut ln_odds = libm::log(b as f64) - libm::log(c as f64);
    for _ in 0..100 {
        let odds = libm::exp(ln_odds);
        let (theta, rest) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
        let sum = falling_sum(|step| match b + step {
            k if k >= n => 0.0,
            k => (n - k) as f64 / (k + 1) as f64 * odds,
        });
        let ln_p = ln_binomial(b, n, theta, rest) + libm::log(sum);
        let step = (target - ln_p) * sum / (b as f64 * rest);
        // d ln P / d ln θ is b/S, and d ln θ / d ln odds is 1 − θ.
        ln_odds += step;
        if step.abs() < 1e-15 * (1.0 + ln_odds.abs()) {
            break;
        }
    }
    libm::exp(ln_odds)
}
