//! Prevalence weights by entropy balancing: as equal as they can be while weighted shares come near to targets.

use crate::multiple_regression::cholesky;
use serde::{Deserialize, Serialize};

/// Patients who are alike in everything that is balanced.
#[derive(Clone, Debug, PartialEq)]
pub struct BalancedGroup {
    /// How many there are, above 0.
    pub patients: f64,
    /// Their value in each of the features, whose weighted means are to be 0.
    pub features: Vec<f64>,
}

/// Weights of groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntropyBalance {
    /// What each feature is multiplied by in the logarithm of the weight.
    pub multipliers: Vec<f64>,
    /// Weight of a patient of each group; their mean over all patients is 1.
    pub weights: Vec<f64>,
    /// (Σw)²/Σw²: patients of equal weight that would estimate a mean as well. L. Kish, *Survey Sampling* (1965).
    pub effective_sample_size: f64,
    /// The greatest weight.
    pub greatest_weight: f64,
}

/// Newton's steps at most. The problem is smooth and strictly convex; a few suffice.
const STEPS: usize = 200;
/// Newton's decrement from which on no step has to be shortened.
const CLOSE: f64 = 1e-8;

impl EntropyBalance {
    /// The weights w of N patients, with mean 1, that minimise
    ///
    /// (1/N) Σ wᵢ ln wᵢ + ½ Σₖ (mₖ/σₖ)²,
    ///
    /// where mₖ = (1/N) Σ wᵢ gₖᵢ is the weighted mean of feature k and σₖ > 0 how exactly it has to be 0. They are
    /// wᵢ ∝ exp(Σₖ λₖ gₖᵢ), and λ minimises the strictly convex dual ln((1/N) Σ exp(λ·gᵢ)) + ½ Σ (σₖ λₖ)², which Newton's method finds.
    ///
    /// Without σ this is the calibration of survey weights by raking: J.-C. Deville & C.-E. Särndal (1992), *JASA* 87, 376; as entropy
    /// balancing J. Hainmueller (2012), *Political Analysis* 20, 25. With it, targets that contradict each other have a solution as well,
    /// and no target is met more closely than it is known.
    ///
    /// # Panics
    /// If there are no groups, or there is not one σ for each feature.
    pub fn fit(groups: &[BalancedGroup], sigma: &[f64]) -> Self {
        assert!(!groups.is_empty(), "somebody has to be weighted");
        assert!(groups.iter().all(|group| group.features.len() == sigma.len()), "one sigma for each feature");
        let mut dual = Dual::at(groups, sigma, vec![0.0; sigma.len()]);
        let mut last_decrement = f64::INFINITY;
        for _ in 0..STEPS {
            let step = dual.newton_step(groups, sigma);
            let decrement: f64 = step.iter().zip(&dual.gradient).map(|(step, slope)| -step * slope).sum();
            if decrement == 0.0 || decrement < CLOSE && decrement >= last_decrement {
                break; // what is left is rounding
            }
            last_decrement = decrement;
            let moved = |length: f64| {
                let along =
                    dual.multipliers.iter().zip(&step).map(|(multiplier, step)| multiplier + length * step);
                Dual::at(groups, sigma, along.collect())
            };
            let mut length = 1.0;
            let mut next = moved(length);
            // Backtracking to a sufficient decrease, after Armijo. Close to the minimum rounding would hide it, and Newton's whole step
            // is right.
            while decrement > CLOSE && length > 1e-10 && next.value > dual.value - 1e-4 * length * decrement {
                length *= 0.5;
                next = moved(length);
            }
            dual = next;
        }
        let patients: f64 = groups.iter().map(|group| group.patients).sum();
        let weights: Vec<f64> =
            dual.shares.iter().zip(groups).map(|(share, group)| share * patients / group.patients).collect();
        let squares: f64 =
            weights.iter().zip(groups).map(|(weight, group)| group.patients * weight * weight).sum();
        Self {
            multipliers: dual.multipliers,
            effective_sample_size: patients * patients / squares,
            greatest_weight: weights.iter().copied().fold(0.0, f64::max),
            weights,
        }
    }
}

/// The dual function at some multipliers.
struct Dual {
    multipliers: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    /// The part of the total weight that each group has.
    shares: Vec<f64>,
    /// Weighted means of the features.
    means: Vec<f64>,
}

impl Dual {
    fn at(groups: &[BalancedGroup], sigma: &[f64], multipliers: Vec<f64>) -> Self {
        let exponents: Vec<f64> = groups
            .iter()
            .map(|group| group.features.iter().zip(&multipliers).map(|(g, multiplier)| g * multiplier).sum())
            .collect();
        // Without the greatest exponent nothing overflows.
        let greatest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let parts: Vec<f64> = exponents
            .iter()
            .zip(groups)
            .map(|(exponent, group)| group.patients * libm::exp(exponent - greatest))
            .collect();
        let (total, patients) =
            (parts.iter().sum::<f64>(), groups.iter().map(|group| group.patients).sum::<f64>());
        let shares: Vec<f64> = parts.iter().map(|part| part / total).collect();
        let mean =
            |k: usize| shares.iter().zip(groups).map(|(share, group)| share * group.features[k]).sum::<f64>();
        let means: Vec<f64> = (0..sigma.len()).map(mean).collect();
        let penalty: f64 = sigma.iter().zip(&multipliers).map(|(s, m)| 0.5 * (s * m) * (s * m)).sum();
        let gradient =
            means.iter().zip(sigma).zip(&multipliers).map(|((mean, s), m)| mean + s * s * m).collect();
        Self { value: greatest + libm::log(total / patients) + penalty, multipliers, gradient, shares, means }
    }

    /// −H⁻¹∇, with the covariance of the features plus σ² on the diagonal as the Hessian H.
    fn newton_step(&self, groups: &[BalancedGroup], sigma: &[f64]) -> Vec<f64> {
        let n = sigma.len();
        let hessian = |i: usize, j: usize| {
            let product = |(share, group): (&f64, &BalancedGroup)| {
                share * (group.features[i] - self.means[i]) * (group.features[j] - self.means[j])
            };
            let covariance: f64 = self.shares.iter().zip(groups).map(product).sum();
            covariance + if i == j { sigma[i] * sigma[i] } else { 0.0 }
        };
        let factor = cholesky(n, hessian);
        let mut step: Vec<f64> = self.gradient.iter().map(|slope| -slope).collect();
        for i in 0..n {
            let known: f64 = (0..i).map(|j| factor[i][j] * step[j]).sum();
            step[i] = (step[i] - known) / factor[i][i];
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|j| factor[j][i] * step[j]).sum();
            step[i] = (step[i] - known) / factor[i][i];
        }
        step
    }
}
