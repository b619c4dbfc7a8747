//! Morris' elementary effects.

use crate::error::StatError;
use serde::{Deserialize, Serialize};

/// Accumulates the elementary effects of every factor on one outcome, in constant memory.
///
/// A trajectory moves one factor after another by a step Δ of its range; a factor's elementary effect is the change of the
/// outcome over the signed step, (Y(x + Δ eᵢ) − Y(x)) / Δ. Steps are shares of a range, or of a probability.
#[derive(Clone, Debug)]
pub struct ElementaryEffects {
    factors: Vec<Moments>,
    left_out: u64,
}

/// Welford's moments of a factor's effects and of their sizes.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    n: f64,
    mean: f64,
    squares: f64,
    mean_size: f64,
    squares_of_size: f64,
}

/// Morris' measures of one factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactorEffects {
    /// Trajectories that they rest on.
    pub n: u64,
    /// Trajectories that were left out, because an outcome of theirs is missing.
    pub left_out: u64,
    /// μ, the mean effect; none of a group, whose quantities move up or down each by itself.
    pub mu: Option<f64>,
    /// μ*, the mean size of an effect.
    pub mu_star: f64,
    /// 95 % interval of μ*, from the standard error of the mean.
    pub mu_star_ci95: [f64; 2],
    /// σ, the standard deviation of the effects: curvature and interaction; none of a group.
    pub sigma: Option<f64>,
}

impl ElementaryEffects {
    /// Nothing accumulated yet.
    pub fn new(factors: usize) -> Self {
        Self { factors: vec![Moments::default(); factors], left_out: 0 }
    }

    /// Takes in a trajectory: its outcomes, one more than there are steps, and for each step the factor that moved and by
    /// how much. A trajectory with an outcome that is not finite is left out as a whole, and counted.
    ///
    /// # Panics
    /// If there is not one step for each factor.
    pub fn add(&mut self, outcomes: &[f64], steps: &[(usize, f64)]) {
        assert_eq!(
            (outcomes.len(), steps.len()),
            (self.factors.len() + 1, self.factors.len()),
            "a whole trajectory"
        );
        if !outcomes.iter().all(|y| y.is_finite()) {
            self.left_out += 1;
            return;
        }
        for (ends, (factor, step)) in outcomes.windows(2).zip(steps) {
            self.factors[*factor].push((ends[1] - ends[0]) / step);
        }
    }

    /// The measures of every factor.
    ///
    /// Sources: M. D. Morris, *Technometrics* 33, 1991, 161–174; F. Campolongo, J. Cariboni and A. Saltelli, *Environ. Model.
    /// Softw.* 22, 2007, 1509–1518 (μ*).
    ///
    /// # Errors
    /// [`StatError::TooFewRows`] below 2 trajectories, [`StatError::NotFinite`] if a square overflows.
    pub fn measures(&self) -> Result<Vec<FactorEffects>, StatError> {
        self.factors.iter().map(|moments| moments.measures(self.left_out)).collect()
    }
}

impl FactorEffects {
    /// What is defined for a group of quantities: the size of its effects, without their sign.
    #[must_use]
    pub fn of_group(self) -> Self {
        Self { mu: None, sigma: None, ..self }
    }
}

impl Moments {
    fn push(&mut self, effect: f64) {
        self.n += 1.0;
        let off = effect - self.mean;
        self.mean += off / self.n;
        self.squares += off * (effect - self.mean);
        let off = effect.abs() - self.mean_size;
        self.mean_size += off / self.n;
        self.squares_of_size += off * (effect.abs() - self.mean_size);
    }

    fn measures(&self, left_out: u64) -> Result<FactorEffects, StatError> {
        if self.n < 2.0 {
            return Err(StatError::TooFewRows { n: self.n as u64, needed: 2 });
        }
        if !(self.squares.is_finite() && self.squares_of_size.is_finite()) {
            return Err(StatError::NotFinite);
        }
        let half = cartrial_normal::quantile(0.975) * (self.squares_of_size / (self.n - 1.0) / self.n).sqrt();
        Ok(FactorEffects {
            n: self.n as u64,
            left_out,
            mu: Some(self.mean),
            mu_star: self.mean_size,
            mu_star_ci95: [self.mean_size - half, self.mean_size + half],
            sigma: Some((self.squares / (self.n - 1.0)).sqrt()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_of_a_plane_are_its_slopes() {
        let mut effects = ElementaryEffects::new(2);
        let y = |x: [f64; 2]| 3.0 * x[0] - 2.0 * x[1];
        effects.add(&[y([0.0, 0.0]), y([0.5, 0.0]), y([0.5, 0.5])], &[(0, 0.5), (1, 0.5)]);
        effects.add(&[y([0.5, 1.0]), y([0.5, 0.5]), y([0.0, 0.5])], &[(1, -0.5), (0, -0.5)]);
        effects.add(&[1.0, f64::NAN, 2.0], &[(0, 0.5), (1, 0.5)]);
        let found = effects.measures().unwrap();
        for (effect, slope) in found.iter().zip([3.0_f64, -2.0]) {
            assert_eq!((effect.n, effect.left_out), (2, 1));
            assert_eq!((effect.mu, effect.mu_star, effect.sigma), (Some(slope), slope.abs(), Some(0.0)));
            let of_group = effect.of_group();
            assert_eq!((of_group.mu, of_group.mu_star, of_group.sigma), (None, slope.abs(), None));
            assert_eq!(effect.mu_star_ci95, [slope.abs(); 2]);
        }
        assert_eq!(ElementaryEffects::new(1).measures(), Err(StatError::TooFewRows { n: 0, needed: 2 }));
    }
}
