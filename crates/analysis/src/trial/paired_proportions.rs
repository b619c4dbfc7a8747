//! Two proportions of the same patients.

use super::effect::{Effect, NumberNeeded};
use super::score_interval::score_ratio;
use super::terms::{IntervalMethod, PValueMethod};
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

    /// Risk ratio θ = (both + b)/(both + c), with the score interval: all θ for which
    /// |both + b − θ(both + c)| ≤ 1.96 √(nθ(π₁₀ + π₀₁)), where π are the most likely probabilities of b and c with that
    /// ratio of the risks.
    ///
    /// It excludes 1 exactly if [`Self::mcnemar_chi2`] gives p < 0.05. If nobody has the event in the arm, the ratio and
    /// the lower end are 0; if nobody has it in the reference, the ratio and the upper end are infinite.
    /// J. Nam & W. C. Blackwelder (2002), *Stat. Med.* 21, 689; N.-S. Tang *et al.* (2003), *Stat. Med.* 22, 1217.
    ///
    /// # Errors
    /// [`StatError::NoEvents`] if no patient has the event in either arm; [`StatError::TooFewRows`].
    pub fn risk_ratio(&self) -> Result<Effect, StatError> {
        self.patients()?;
        let [both, b, c] = [self.both, self.only_arm, self.only_reference].map(|count| count as f64);
        if both + b + c == 0.0 {
            return Err(StatError::NoEvents);
        }
        let score = |ratio: f64| {
            // The same table with its arms exchanged has the reciprocal ratio.
            if ratio < 1.0 {
                -paired_ratio_score(1.0 / ratio, both, c, b)
            } else {
                paired_ratio_score(ratio, both, b, c)
            }
        };
        Ok(score_ratio((both + b) / (both + c), IntervalMethod::NamBlackwelderScore, score))
    }

    /// Odds ratio within patients b/c, with the exact interval from that of b in b + c by C. J. Clopper & E. S. Pearson
    /// (1934), *Biometrika* 26, 404. It excludes 1 exactly if [`Self::mcnemar_exact`] gives p < 0.05. For b = 0 the ratio and
    /// the lower end are 0, for c = 0 the ratio and the upper end are infinite; the other end has 2.5 % beyond it all
    /// the same.
    ///
    /// # Errors
    /// [`StatError::NoDifference`] if b and c are 0; [`StatError::TooFewRows`].
    pub fn conditional_odds_ratio(&self) -> Result<Effect, StatError> {
        self.patients()?;
        let (b, c) = (self.only_arm, self.only_reference);
        if b + c == 0 {
            return Err(StatError::NoDifference);
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
            // Both tails together hold everything.
            return Ok(TestResult::of_ln_p(None, 0.0, PValueMethod::ExactBinomial));
        }
        let sum = falling_sum(|step| {
            let k = low.saturating_sub(step);
            k as f64 / (n - k + 1) as f64
        });
        let ln_p = LN_2 + ln_binomial(low, n, 0.5, 0.5) + libm::log(sum);
        Ok(TestResult::of_ln_p(None, ln_p, PValueMethod::ExactBinomial))
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

/// How far a table is from the ratio θ ≥ 1 of its risks, in standard errors: (both + b − θ(both + c))/√(m(u(1+θ) + θ − 1)) for
/// m = both + b + c, where mu/n is the most likely probability of c: (1+θ)m u² + k u − c(θ−1) = 0 with
/// k = (both + c)θ² − (both + b + 2c).
fn paired_ratio_score(ratio: f64, both: f64, b: f64, c: f64) -> f64 {
    let some = both + b + c;
    let beyond = ratio - 1.0;
    let linear = (both + c) * beyond * (ratio + 1.0) - (b + c);
    // √(k² + 4(1+θ)(θ−1)mc), as a sum of squares.
    let root = libm::hypot((both + c) * beyond * (ratio + 1.0) - (b - c), 2.0 * ratio * (b * c).sqrt());
    let share = if linear > 0.0 {
        2.0 * c * beyond / (linear + root)
    } else {
        (root - linear) / (2.0 * (1.0 + ratio) * some)
    };
    (b - c - beyond * (both + c)) / (some * (share * (1.0 + ratio) + beyond)).sqrt()
}

/// Odds θ/(1−θ) of the θ at which b or more of b + c have probability 2.5 %.
///
/// Newton's method on ln P(X ≥ b) as a function of ln(θ/(1−θ)), with slope b(1−θ)/S where S is the tail relative to its
/// first term; concave, from the estimate downwards.
fn clopper_pearson_lower_odds(b: u64, c: u64) -> f64 {
    let n = b + c;
    let target = libm::log(0.025);
    if b == 0 {
        return 0.0;
    }
    if c == 0 {
        return 1.0 / libm::expm1(-target / n as f64); // θⁿ is 2.5 %
    }
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
