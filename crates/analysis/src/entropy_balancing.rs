//! Prevalence weights by entropy balancing: as equal as they can be while weighted shares come near to targets.

use crate::multiple_regression::cholesky;
use serde::{Deserialize, Serialize};

/// Patients who are alike in everything that is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct BalancedStratum {
    /// How many there are, above 0.
    pub patients: f64,
    /// For each share, whether they have what is counted; none if they are not among those of whom the share is taken.
    pub counted: Vec<Option<bool>>,
}

/// A share that the weights are to give.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShareTarget {
    /// The share, 0 to 1.
    pub share: f64,
    /// Its standard error, above 0.
    pub standard_error: f64,
}

/// Weights of the patients in strata.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntropyBalance {
    /// What each share's part in the logarithm of the weight is multiplied by; 0 where nothing had to be done.
    pub multipliers: Vec<f64>,
    /// Weight of a patient of each stratum; their mean over all patients is 1.
    pub weights: Vec<f64>,
    /// (Σw)²/Σw²: patients of equal weight that would estimate a mean as well. L. Kish, *Survey Sampling* (1965).
    pub effective_sample_size: f64,
    /// The greatest weight.
    pub greatest_weight: f64,
}

/// Newton's steps at most. The problem is smooth and strictly convex; a few suffice.
const STEPS: usize = 200;
/// Newton's decrement from which on no step has to be shortened.
const CLOSE: f64 = 1e-6;
/// That below which it is rounding alone, and may fall for ever: multipliers are then known to fourteen digits.
const ROUNDING: f64 = 1e-28;
/// Linearisations of the shares at most, and the change of a share that ends them.
const LINEARISATIONS: usize = 500;
const SETTLED: f64 = 1e-11;

impl EntropyBalance {
    /// The weights w of N patients, with mean 1, that minimise
    ///
    /// (1/N) Σ wᵢ ln wᵢ + ½ Σₖ ((sₖ(w) − tₖ)/σₖ)²,
    ///
    /// where sₖ(w) is the weighted share k, tₖ the target and σₖ its standard error: the divergence from equal weights, and for every share
    /// the square of its distance from the target. One bit of either weighs as much as one of the other; that is a choice. A share that is
    /// known less exactly pulls less, and targets that contradict each other have a solution too.
    ///
    /// A share of all patients is linear in w; one of some of them is a ratio, which is linearised where the last weights are (Gauss and
    /// Newton). The linear problem has wᵢ ∝ exp(Σₖ λₖ gₖᵢ), and λ minimises its strictly convex dual
    /// ln((1/N) Σ exp(λ·gᵢ)) + ½ Σ (σₖ λₖ)², by Newton's method.
    ///
    /// Without σ this is the calibration of survey weights by raking: J.-C. Deville & C.-E. Särndal (1992), *JASA* 87, 376; as entropy
    /// balancing J. Hainmueller (2012), *Political Analysis* 20, 25.
    ///
    /// None if nobody is among those of whom a share is taken, or the iterations do not settle: where shares of some contradict others there need
    /// be no minimum, since to leave hardly anybody of whom one is taken can cost less and less. Shares of all always have one.
    ///
    /// # Panics
    /// If there are no strata, or a stratum is not counted for each share.
    pub fn fit(strata: &[BalancedStratum], targets: &[ShareTarget]) -> Option<Self> {
        assert!(!strata.is_empty(), "somebody has to be weighted");
        assert!(
            strata.iter().all(|stratum| stratum.counted.len() == targets.len()),
            "counted for each share"
        );
        let patients: Vec<f64> = strata.iter().map(|stratum| stratum.patients).collect();
        let total: f64 = patients.iter().sum();
        let mut parts: Vec<f64> = patients.iter().map(|patients| patients / total).collect();
        for iteration in 0..LINEARISATIONS {
            let shares: Vec<Share> =
                (0..targets.len()).map(|k| Share::of(strata, &parts, k)).collect::<Option<_>>()?;
            let groups = Groups::linearised(strata, targets, &shares);
            let dual = groups.solve()?;
            let moved = (0..targets.len())
                .map(|k| Share::of(strata, &dual.parts, k).map(|next| next.distance(&shares[k])));
            let furthest = moved.collect::<Option<Vec<f64>>>()?.into_iter().fold(0.0, f64::max);
            if furthest < SETTLED {
                return Some(Self::of(&patients, total, dual, targets));
            }
            // Half of the way in logarithms, so that shares of few patients do not swing to and fro.
            let damped = if iteration == 0 { 1.0 } else { 0.5 };
            let towards = |(from, to): (&f64, &f64)| from.powf(1.0 - damped) * to.powf(damped);
            parts = parts.iter().zip(&dual.parts).map(towards).collect();
            let sum: f64 = parts.iter().sum();
            parts.iter_mut().for_each(|part| *part /= sum);
        }
        None
    }

    fn of(patients: &[f64], total: f64, dual: Dual, targets: &[ShareTarget]) -> Self {
        let weights: Vec<f64> = dual.parts.iter().zip(patients).map(|(part, n)| part * total / n).collect();
        let squares: f64 = weights.iter().zip(patients).map(|(weight, n)| n * weight * weight).sum();
        Self {
            // The dual is in units of standard errors.
            multipliers: dual
                .multipliers
                .iter()
                .zip(targets)
                .map(|(m, target)| m / target.standard_error)
                .collect(),
            effective_sample_size: total * total / squares,
            greatest_weight: weights.iter().copied().fold(0.0, f64::max),
            weights,
        }
    }
}

/// A weighted share.
struct Share {
    share: f64,
    /// The part of the weight that those have of whom it is taken.
    among: f64,
}

impl Share {
    /// That of number `k`, if anybody is among those of whom it is taken; `parts` are the strata's parts of the weight.
    fn of(strata: &[BalancedStratum], parts: &[f64], k: usize) -> Option<Self> {
        let (mut among, mut counted) = (0.0, 0.0);
        for (stratum, part) in strata.iter().zip(parts) {
            if let Some(has) = stratum.counted[k] {
                among += part;
                counted += if has { *part } else { 0.0 };
            }
        }
        (among > 0.0).then(|| Self { share: counted / among, among })
    }

    fn distance(&self, other: &Self) -> f64 {
        (self.share - other.share).abs().max((self.among / other.among - 1.0).abs())
    }
}

/// The linear problem: patients and features of the strata, whose weighted means are to be 0, in units of standard errors.
struct Groups {
    patients: Vec<f64>,
    features: Vec<Vec<f64>>,
}

impl Groups {
    /// The features (1{among}·(1{counted} − s)/W + s − t)/σ, linear at the shares s of those who have the part W of the weight.
    fn linearised(strata: &[BalancedStratum], targets: &[ShareTarget], shares: &[Share]) -> Self {
        let feature = |(k, counted): (usize, &Option<bool>)| {
            let (Share { share, among }, target) = (&shares[k], &targets[k]);
            let deviation = counted.map_or(0.0, |has| (f64::from(u8::from(has)) - share) / among);
            (deviation + share - target.share) / target.standard_error
        };
        Self {
            patients: strata.iter().map(|stratum| stratum.patients).collect(),
            features: strata
                .iter()
                .map(|stratum| stratum.counted.iter().enumerate().map(feature).collect())
                .collect(),
        }
    }

    /// The minimum of the dual; none if Newton's method does not find it.
    fn solve(&self) -> Option<Dual> {
        let shares = self.features.first().map_or(0, Vec::len);
        let mut dual = Dual::at(self, vec![0.0; shares]);
        let mut last_decrement = f64::INFINITY;
        for _ in 0..STEPS {
            let step = dual.newton_step(self);
            let decrement: f64 = step.iter().zip(&dual.gradient).map(|(step, slope)| -step * slope).sum();
            if decrement < ROUNDING || decrement < CLOSE && decrement >= last_decrement {
                return Some(dual);
            }
            last_decrement = decrement;
            let moved = |length: f64| {
                let along =
                    dual.multipliers.iter().zip(&step).map(|(multiplier, step)| multiplier + length * step);
                Dual::at(self, along.collect())
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
        None
    }
}

/// The dual function at some multipliers.
struct Dual {
    multipliers: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    /// The part of the total weight that each group has.
    parts: Vec<f64>,
    /// Weighted means of the features.
    means: Vec<f64>,
}

impl Dual {
    fn at(groups: &Groups, multipliers: Vec<f64>) -> Self {
        let Groups { patients, features } = groups;
        let exponents: Vec<f64> = features
            .iter()
            .map(|features| features.iter().zip(&multipliers).map(|(g, multiplier)| g * multiplier).sum())
            .collect();
        // Without the greatest exponent nothing overflows.
        let greatest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let parts: Vec<f64> =
            exponents.iter().zip(patients).map(|(exponent, n)| n * libm::exp(exponent - greatest)).collect();
        let total = parts.iter().sum::<f64>();
        let value = greatest
            + libm::log(total / patients.iter().sum::<f64>())
            + multipliers.iter().map(|m| 0.5 * m * m).sum::<f64>();
        let parts: Vec<f64> = parts.iter().map(|part| part / total).collect();
        let mean =
            |k: usize| parts.iter().zip(features).map(|(part, features)| part * features[k]).sum::<f64>();
        let means: Vec<f64> = (0..multipliers.len()).map(mean).collect();
        let gradient = means.iter().zip(&multipliers).map(|(mean, m)| mean + m).collect();
        Self { value, gradient, parts, means, multipliers }
    }

    /// −H⁻¹∇, with the covariance of the features plus the identity as the Hessian H.
    fn newton_step(&self, groups: &Groups) -> Vec<f64> {
        let n = self.multipliers.len();
        let hessian = |i: usize, j: usize| {
            let product = |(part, features): (&f64, &Vec<f64>)| {
                part * (features[i] - self.means[i]) * (features[j] - self.means[j])
            };
            let covariance: f64 = self.parts.iter().zip(&groups.features).map(product).sum();
            covariance + if i == j { 1.0 } else { 0.0 }
        };
        let factor = cholesky(n, hessian);
        // Where rounding leaves nothing, nothing is moved.
        let divided = |x: f64, by: f64| if by > 0.0 { x / by } else { 0.0 };
        let mut step: Vec<f64> = self.gradient.iter().map(|slope| -slope).collect();
        for i in 0..n {
            let known: f64 = (0..i).map(|j| factor[i][j] * step[j]).sum();
            step[i] = divided(step[i] - known, factor[i][i]);
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|j| factor[j][i] * step[j]).sum();
            step[i] = divided(step[i] - known, factor[i][i]);
        }
        step
    }
}
