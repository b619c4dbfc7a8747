//! Two proportions of independent patients.

use super::effect::{Effect, NumberNeeded};
use super::score_interval::score_ratio;
use super::terms::{IntervalMethod, PValueMethod};
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

/// Newcombe's interval of a difference of risks, from those of the risks.
pub(crate) fn newcombe_interval(estimate: f64, reference: &Effect, arm: &Effect) -> [f64; 2] {
    let low = libm::hypot(arm.estimate - arm.ci95[0], reference.ci95[1] - reference.estimate);
    let high = libm::hypot(arm.ci95[1] - arm.estimate, reference.estimate - reference.ci95[0]);
    [estimate - low, estimate + high]
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
        let ci95 = newcombe_interval(estimate, &reference, &arm);
        Ok(Effect { estimate, se: None, ci95, method: IntervalMethod::NewcombeHybridScore })
    }

    /// Risk ratio φ = arm / reference, with the score interval: all φ for which
    /// |p₁ − φp₀| ≤ 1.96 √(π₁(1−π₁)/n₁ + φ² π₀(1−π₀)/n₀), where π are the most likely risks with π₁ = φπ₀.
    ///
    /// It excludes 1 exactly if [`Self::pearson`] gives p < 0.05. If nobody has the event in the arm, the ratio and the
    /// lower end are 0; if nobody has it in the reference, the ratio and the upper end are infinite.
    /// P. A. R. Koopman (1984), *Biometrics* 40, 513; O. Miettinen & M. Nurminen (1985), *Stat. Med.* 4, 213, without their
    /// factor n/(n−1) of the variance.
    ///
    /// # Errors
    /// [`StatError::NoEvents`] if no patient of either arm has the event; [`StatError::TooFewRows`].
    pub fn risk_ratio(&self) -> Result<Effect, StatError> {
        let (arm, reference) = (self.arm.risk()?.estimate, self.reference.risk()?.estimate);
        let [e1, none1, e0, none0] = self.cells().map(|count| count as f64);
        if e1 + e0 == 0.0 {
            return Err(StatError::NoEvents);
        }
        let (n1, n0) = (e1 + none1, e0 + none0);
        let score = |ratio: f64| {
            // π₀ solves φ(n₁+n₀) π² − (φ(n₁+e₀) + n₀+e₁) π + e₁+e₀ = 0; the smaller root, without cancellation.
            let (a, b) = (ratio * (n1 + e0), n0 + e1);
            let root = libm::hypot(a - b, 2.0 * (ratio * none1 * none0).sqrt());
            let risk0 = 2.0 * (e1 + e0) / (a + b + root);
            let risk1 = ratio * risk0;
            let variance = risk1 * ((1.0 - risk1).max(0.0) / n1 + ratio * (1.0 - risk0).max(0.0) / n0);
            (arm - ratio * reference) / variance.sqrt()
        };
        Ok(score_ratio(arm / reference, IntervalMethod::KoopmanScore, score))
    }

    /// Odds ratio ψ = arm / reference, with the score interval: all ψ for which
    /// |e₁ − n₁π₁| √(1/(n₁π₁(1−π₁)) + 1/(n₀π₀(1−π₀))) ≤ 1.96, where π are the most likely risks with odds ratio ψ.
    ///
    /// It excludes 1 exactly if [`Self::pearson`] gives p < 0.05. The ratio is 0 or infinite, and so is one end, if one
    /// of the four counts is 0. J. Cornfield (1956), *Proc. 3rd Berkeley Symp.* 4, 135; O. Miettinen & M. Nurminen (1985),
    /// *Stat. Med.* 4, 213, without their factor n/(n−1) of the variance.
    ///
    /// # Errors
    /// [`StatError::NoEvents`] if no patient has the event, [`StatError::NoSpread`] if every patient has it;
    /// [`StatError::TooFewRows`].
    pub fn odds_ratio(&self) -> Result<Effect, StatError> {
        self.arm.risk().and(self.reference.risk())?;
        let [e1, none1, e0, none0] = self.cells().map(|count| count as f64);
        if e1 + e0 == 0.0 {
            return Err(StatError::NoEvents);
        }
        if none1 + none0 == 0.0 {
            return Err(StatError::NoSpread);
        }
        let (n1, n0) = (e1 + none1, e0 + none0);
        let score = |odds: f64| {
            let risk0 = reference_risk([n1, n0], e1 + e0, odds);
            // That of no event, since 1 − π₀ may have no digits.
            let rest0 = reference_risk([n1, n0], none1 + none0, 1.0 / odds);
            let all = rest0 + risk0 * odds;
            let (risk1, rest1) = (risk0 * odds / all, rest0 / all);
            (e1 - n1 * risk1) * (1.0 / (n1 * risk1 * rest1) + 1.0 / (n0 * risk0 * rest0)).sqrt()
        };
        let estimate = e1 * none0 / (none1 * e0);
        Ok(score_ratio(estimate, IntervalMethod::CornfieldScore, score))
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
            return Ok(TestResult::of_ln_p(None, 0.0, PValueMethod::ExactHypergeometric));
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
        let ln_p = ln_add(below.unwrap_or(none), above.unwrap_or(none));
        Ok(TestResult::of_ln_p(None, ln_p, PValueMethod::ExactHypergeometric))
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

/// The most likely risk π₀ of the reference, if the arm's odds are ψ times its own and `events` of n₁ + n₀ patients have the event:
/// n₀(ψ−1) π₀² + (n₁ψ + n₀ − (ψ−1) events) π₀ − events = 0.
fn reference_risk([n1, n0]: [f64; 2], events: f64, odds: f64) -> f64 {
    let a = n0 * (odds - 1.0);
    let b = (n1 - events) * odds + n0 + events;
    let root = if odds < 1.0 {
        // √(b² + 4a events), as a sum of positive terms.
        let fewer = events * (1.0 - odds);
        ((n0 - fewer).powi(2) + n1 * odds * (n1 * odds + 2.0 * (n0 + fewer))).sqrt()
    } else {
        libm::hypot(b, 2.0 * (a * events).sqrt())
    };
    if b > 0.0 { 2.0 * events / (b + root) } else { (root - b) / (2.0 * a) }
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
