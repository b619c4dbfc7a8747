//! Whether an effect differs between subgroups.

use crate::error::StatError;
use crate::trial::{Effect, TestResult};
use serde::{Deserialize, Serialize};

/// Cochran's test of heterogeneity: whether the effects of independent subgroups differ by more than chance.
///
/// With weights wᵢ = 1/seᵢ² and the weighted mean ē of the effects eᵢ of k subgroups, Q = Σ wᵢ (eᵢ − ē)² is χ² with k − 1
/// degrees of freedom where all are the same. I² = max(0, 1 − (k − 1)/Q) is the share of the spread that is no chance.
/// W. G. Cochran (1954), *Biometrics* 10, 101; J. P. T. Higgins & S. G. Thompson (2002), *Stat. Med.* 21, 1539.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Heterogeneity {
    /// Subgroups whose effect could be estimated.
    pub subgroups: u64,
    /// I², from 0 to 1.
    pub i_squared: f64,
    /// Q, its degrees of freedom and p.
    #[serde(flatten)]
    pub test: TestResult,
}

impl Heterogeneity {
    /// The test of differences or means of independent subgroups. Of an interval that rests on no standard error, such as a
    /// score interval, a standard error is taken from its width.
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] below two subgroups, [`StatError::NoSpread`] if an effect has no error.
    pub fn of(effects: &[Effect]) -> Result<Self, StatError> {
        let subgroups = effects.len() as u64;
        if subgroups < 2 {
            return Err(StatError::TooFewRows { n: subgroups, needed: 2 });
        }
        let weight = |effect: &Effect| effect.standard_error().powi(-2);
        let weights: Vec<f64> = effects.iter().map(weight).collect();
        if !weights.iter().all(|w| w.is_finite()) {
            return Err(StatError::NoSpread);
        }
        let weighted = || effects.iter().zip(&weights);
        let mean =
            weighted().map(|(effect, w)| w * effect.estimate).sum::<f64>() / weights.iter().sum::<f64>();
        let q: f64 = weighted().map(|(effect, w)| w * (effect.estimate - mean).powi(2)).sum();
        let df = subgroups - 1;
        let i_squared = if q > 0.0 { (1.0 - df as f64 / q).max(0.0) } else { 0.0 };
        Ok(Self { subgroups, i_squared, test: TestResult::chi2(q, df as u32) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::IntervalMethod;

    fn effect(estimate: f64, se: f64) -> Effect {
        Effect::normal(estimate, se, IntervalMethod::Greenwood)
    }

    /// SciPy 1.17.1: Q by its formula in NumPy, `scipy.stats.chi2.sf(Q, 3)`.
    #[test]
    fn ref_q_and_p_are_those_of_scipy() {
        let effects = [effect(-0.12, 0.03), effect(0.01, 0.05), effect(-0.30, 0.08), effect(-0.07, 0.02)];
        let found = Heterogeneity::of(&effects).unwrap();
        let close = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-12;
        assert!(close(found.test.statistic.unwrap(), 12.754_082_652_891_18), "{found:?}");
        assert!(close(found.test.p_value, 0.005_199_753_631_945_282), "{found:?}");
        assert!(close(found.i_squared, 0.764_781_201_310_472_9), "{found:?}");
        // Intervals without a standard error are taken by their width.
        let widths = effects.map(|e| Effect { se: None, ..e });
        let by_width = Heterogeneity::of(&widths).unwrap();
        assert!((by_width.test.log10_p - found.test.log10_p).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_tested_is_told() {
        let one = [effect(1.0, 1.0)];
        assert_eq!(Heterogeneity::of(&one), Err(StatError::TooFewRows { n: 1, needed: 2 }));
        let exact = [effect(1.0, 0.0), effect(2.0, 1.0)];
        assert_eq!(Heterogeneity::of(&exact), Err(StatError::NoSpread));
        let same = Heterogeneity::of(&[effect(1.0, 1.0), effect(1.0, 2.0)]).unwrap();
        assert_eq!((same.test.statistic, same.test.p_value, same.i_squared), (Some(0.0), 1.0, 0.0));
    }
}
