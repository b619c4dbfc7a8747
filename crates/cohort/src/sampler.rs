//! Draws virtual patients from a population.

use crate::draws::{Draws, Uniforms};
use crate::patient::VirtualPatient;
use crate::permutation::Permutation;
use crate::population::{Correction, Distribution, PopulationSpec, Sampling};
use crate::sobol::SobolAxis;
use cartrial_model::Quantity;

/// Attempts at a physical value, the first included, before it is clamped.
const ATTEMPTS: u32 = 64;

/// Patients whose uniform numbers of one quantity are held at a time.
const CHUNK: usize = 256;

/// Draws patients; every one is a function of the seed and its id (and, in a Latin hypercube, of their number).
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    draws: Draws,
    correction: Correction,
    /// Of the quantities that vary.
    varied: Vec<(Quantity, Quantile, Scheme)>,
    fixed: Vec<(Quantity, f64)>,
}

/// Where the first uniform number of a quantity comes from.
#[derive(Clone, Debug)]
enum Scheme {
    Random,
    LatinHypercube(Permutation, Strata),
    Sobol(Box<SobolAxis>),
}

/// N equal strata of (0, 1).
#[derive(Clone, Copy, Debug)]
struct Strata {
    count: u64,
    /// Bits of a position inside a stratum, so few that stratum and position together fit an f64 exactly.
    inner_bits: u32,
}

/// The quantile function of a distribution that varies.
#[derive(Clone, Copy, Debug)]
enum Quantile {
    Uniform {
        low: f64,
        width: f64,
    },
    Normal {
        mean: f64,
        sd: f64,
    },
    /// Mean and standard deviation of the logarithm.
    LogNormal {
        mu: f64,
        sigma: f64,
    },
}

impl Sampler {
    /// The sampler of `patients` patients.
    pub(crate) fn new(spec: &PopulationSpec, seed: u64, patients: u64) -> Self {
        let draws = Draws::new(seed);
        let mut varied = Vec::new();
        let mut fixed = Vec::new();
        for quantity in Quantity::ALL {
            match Quantile::of(spec.distribution(quantity)) {
                Err(value) => fixed.push((quantity, value)),
                Ok(quantile) => {
                    varied.push((quantity, quantile, Scheme::of(spec.sampling, quantity, &draws, patients)))
                }
            }
        }
        Self { draws, correction: spec.correction, varied, fixed }
    }

    /// Fills in the quantities of patients with consecutive ids.
    pub(crate) fn fill(&self, patients: &mut [VirtualPatient]) {
        for chunk in patients.chunks_mut(CHUNK) {
            for &(quantity, value) in &self.fixed {
                chunk.iter_mut().for_each(|p| p.quantities[quantity] = value);
            }
            let ids = chunk[0].id..chunk[0].id + chunk.len() as u64;
            for (quantity, quantile, scheme) in &self.varied {
                let uniforms = self.draws.attempt(quantity.symbol(), 0, ids.clone());
                match quantile {
                    Quantile::Uniform { low, width } => {
                        self.fill_one(chunk, *quantity, scheme, uniforms, |u| low + width * u);
                    }
                    Quantile::Normal { mean, sd } => {
                        self.fill_one(chunk, *quantity, scheme, uniforms, |u| {
                            mean + sd * cartrial_normal::quantile(u)
                        });
                    }
                    Quantile::LogNormal { mu, sigma } => {
                        self.fill_one(chunk, *quantity, scheme, uniforms, |u| {
                            libm::exp(mu + sigma * cartrial_normal::quantile(u))
                        });
                    }
                }
            }
        }
    }

    #[inline]
    fn fill_one(
        &self,
        patients: &mut [VirtualPatient],
        quantity: Quantity,
        scheme: &Scheme,
        uniforms: Uniforms,
        quantile: impl Fn(f64) -> f64,
    ) {
        for (patient, random) in patients.iter_mut().zip(uniforms) {
            let u = match scheme {
                Scheme::Random => random,
                Scheme::LatinHypercube(permutation, strata) => {
                    strata.at(permutation.apply(patient.id), random)
                }
                Scheme::Sobol(axis) => axis.at(patient.id),
            };
            let mut value = quantile(u);
            if !quantity.is_physical(value) {
                patient.corrected.insert(quantity);
                value = self.corrected(quantity, patient.id, &quantile);
            }
            patient.quantities[quantity] = value;
        }
    }

    /// The value that takes the place of one that no patient can have.
    #[cold]
    fn corrected(&self, quantity: Quantity, id: u64, quantile: &dyn Fn(f64) -> f64) -> f64 {
        let attempts = match self.correction {
            Correction::Resample => 1..ATTEMPTS,
            Correction::Clamp => 0..0,
        };
        // A redraw is random whatever the scheme: it has no place in a stratum or sequence.
        let redraw =
            |attempt| self.draws.attempt(quantity.symbol(), attempt, id..id + 1).next().map(quantile);
        let redrawn = attempts.filter_map(redraw).find(|&value| quantity.is_physical(value));
        redrawn.unwrap_or(quantity.physical_floor())
    }
}

impl Quantile {
    /// The quantile function, or the value of a distribution that does not vary.
    fn of(distribution: Distribution) -> Result<Self, f64> {
        match distribution {
            Distribution::Fixed(value) => Err(value),
            Distribution::Uniform { low, high } if low == high => Err(low),
            Distribution::Uniform { low, high } => Ok(Self::Uniform { low, width: high - low }),
            Distribution::Normal { mean, sd: 0.0 } => Err(mean),
            Distribution::Normal { mean, sd } => Ok(Self::Normal { mean, sd }),
            Distribution::LogNormal { mean, cv } => {
                let variance = libm::log1p(cv * cv);
                Ok(Self::LogNormal { mu: libm::log(mean) - 0.5 * variance, sigma: libm::sqrt(variance) })
            }
        }
    }
}

impl Scheme {
    fn of(sampling: Sampling, quantity: Quantity, draws: &Draws, patients: u64) -> Self {
        let symbol = quantity.symbol();
        match sampling {
            Sampling::Random => Self::Random,
            Sampling::LatinHypercube => {
                let stream = format!("latin-hypercube/{symbol}");
                let permutation = Permutation::new(patients, |round| draws.word(&stream, round));
                Self::LatinHypercube(permutation, Strata::new(patients))
            }
            Sampling::Sobol => Self::Sobol(Box::new(SobolAxis::new(quantity.index(), draws, symbol))),
        }
    }
}

impl Strata {
    fn new(count: u64) -> Self {
        Self { count, inner_bits: 52 - (u64::BITS - (count - 1).leading_zeros()) }
    }

    /// The number in (0, 1) that lies in `stratum`, at the fraction `inside` of it.
    fn at(self, stratum: u64, inside: f64) -> f64 {
        let cells = 2.0_f64.powi(self.inner_bits as i32);
        let inside = ((inside * cells).floor() + 0.5) / cells;
        (stratum as f64 + inside) / self.count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{Population, Study};

    #[test]
    fn prop_a_value_that_stays_impossible_is_redrawn_a_bounded_number_of_times_and_then_clamped() {
        for (correction, redraws) in [("resample", 63), ("clamp", 0)] {
            let text =
                format!("[study]\nname = \"x\"\npatients = 1\n[population]\ncorrection = {correction:?}\n");
            let study = Study::parse(&text, std::path::Path::new("x.toml")).unwrap();
            let Population::Drawn(spec) = &study.population else { panic!("drawn") };
            let seen = std::cell::RefCell::new(Vec::new());
            let impossible = |u: f64| {
                seen.borrow_mut().push(u);
                -u
            };
            let value = Sampler::new(spec, 1, 1).corrected(Quantity::D2, 0, &impossible);
            assert_eq!(value, 0.015);
            let mut seen = seen.into_inner();
            seen.sort_by(f64::total_cmp);
            seen.dedup();
            assert_eq!(seen.len(), redraws);
        }
    }

    #[test]
    fn prop_a_number_stays_inside_its_stratum() {
        for count in [1u64, 2, 3, 200, 1 << 20, 1_000_003, 1_000_000_000_000] {
            let strata = Strata::new(count);
            for stratum in [0, 1, count / 2, count - 1].into_iter().filter(|s| *s < count) {
                for inside in [2.0_f64.powi(-53), 0.5, 1.0 - 2.0_f64.powi(-53)] {
                    let u = strata.at(stratum, inside);
                    assert!(u > stratum as f64 / count as f64, "{count} {stratum} {inside}");
                    assert!(u < (stratum + 1) as f64 / count as f64, "{count} {stratum} {inside}");
                }
            }
        }
    }
}
