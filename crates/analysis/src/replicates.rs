//! The same test in many replicate trials: how p-values spread from trial to trial, and how often trials find an effect.

use serde::{Deserialize, Serialize};

use crate::distribution::normal::{Z95, cdf};
use crate::pair_moments::PairMoments;
use crate::quantile::quantiles;
use crate::rank::Correlation;

/// Tests of a correlation in disjoint trials of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    /// Patients in each trial.
    pub patients_per_trial: usize,
    /// The test in each trial that has one, in order.
    pub tests: Vec<Correlation>,
    /// Trials without one (too few complete patients, say).
    pub undetermined: usize,
}

/// 5 %, 50 % and 95 % quantiles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// 5 % quantile.
    pub q05: f64,
    /// Median.
    pub median: f64,
    /// 95 % quantile.
    pub q95: f64,
}

impl Replicates {
    /// Cuts the rows into consecutive trials of `patients_per_trial` (a rest that is shorter is left over) and tests in
    /// each the correlation of `x` and `y`, over the rows in which neither is NaN.
    ///
    /// Rows that were drawn independently make the trials independent.
    ///
    /// # Panics
    /// If the columns differ in length, or a trial has no patients.
    pub fn of(x: &[f64], y: &[f64], patients_per_trial: usize) -> Self {
        assert_eq!(x.len(), y.len(), "columns of one table have one length");
        let trials = x.chunks_exact(patients_per_trial).zip(y.chunks_exact(patients_per_trial));
        let results = trials.map(|(x, y)| Correlation::from_moments(&PairMoments::from_columns(x, y)));
        let mut all = Self { patients_per_trial, tests: Vec::new(), undetermined: 0 };
        for result in results {
            match result {
                Ok(test) => all.tests.push(test),
                Err(_) => all.undetermined += 1,
            }
        }
        all
    }

    /// Quantiles of log₁₀ p over the trials; `None` without a trial.
    pub fn log10_p(&self) -> Option<Spread> {
        let all: Vec<f64> = self.tests.iter().map(|test| test.log10_p).collect();
        match quantiles(&all, &[0.05, 0.5, 0.95])?[..] {
            [q05, median, q95] => Some(Spread { q05, median, q95 }),
            _ => None,
        }
    }

    /// Mean correlation over the trials; `None` without a trial.
    pub fn mean_r(&self) -> Option<f64> {
        let sum: f64 = self.tests.iter().map(|test| test.r).sum();
        (!self.tests.is_empty()).then(|| sum / self.tests.len() as f64)
    }

    /// How many trials have a log₁₀ p of at most this.
    pub fn at_or_below(&self, log10_p: f64) -> usize {
        self.tests.iter().filter(|test| test.log10_p <= log10_p).count()
    }

    /// How many trials find the correlation at a two-sided level of 5 %.
    pub fn significant(&self) -> usize {
        self.tests.iter().filter(|test| test.p_value < 0.05).count()
    }
}

/// Probability that a trial of `n` patients finds a true correlation `r` at a two-sided level of 5 %, by Fisher's z:
/// Φ(√(n−3) artanh r − z) + Φ(−√(n−3) artanh r − z) with z = 1.96 (Cohen, *Statistical Power Analysis*, 2nd ed., sec. 12.6).
///
/// Right for a bivariate normal pair; skew and unequal variance make it an approximation. NaN for n ≤ 3 or |r| > 1.
pub fn fisher_z_power(r: f64, n: f64) -> f64 {
    let shift = (n - 3.0).sqrt() * libm::atanh(r);
    cdf(shift - Z95) + cdf(-shift - Z95)
}

/// 95 % confidence interval of a correlation by Fisher's z: tanh(artanh r ± 1.96/√(n−3)). For a partial correlation
/// `n` is less by the number of variables held. Not finite for n ≤ 3.
pub fn correlation_ci95(r: f64, n: f64) -> [f64; 2] {
    let half_width = Z95 / (n - 3.0).sqrt();
    [-half_width, half_width].map(|d| libm::tanh(libm::atanh(r) + d))
}

/// 95 % confidence interval of a probability, from `hits` in `trials`, by E. B. Wilson (1927), *JASA* 22, 209.
/// [0, 1] without a trial.
pub fn proportion_ci95(hits: u64, trials: u64) -> [f64; 2] {
    if trials == 0 {
        return [0.0, 1.0];
    }
    wilson_interval(hits as f64 / trials as f64, trials as f64)
}

/// Wilson's 95 % interval of a share of `n` patients, which need not be a whole number.
pub(crate) fn wilson_interval(share: f64, n: f64) -> [f64; 2] {
    let z2 = Z95 * Z95;
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half_width = Z95 / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    // Exactly 0 and 1 at either end, where rounding would leave the share itself outside.
    let low = if share == 0.0 { 0.0 } else { centre - half_width };
    let high = if share == 1.0 { 1.0 } else { centre + half_width };
    [low, high]
}
