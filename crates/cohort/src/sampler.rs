//! Draws virtual patients from a population.

use crate::correlation::CorrelatedGroup;
use crate::draws::{Draws, Uniforms};
use crate::patient::VirtualPatient;
use crate::permutation::Permutation;
use crate::population::{Correction, PopulationSpec, Sampling};
use crate::quantile::Quantile;
use crate::sobol::SobolAxis;
use cartrial_model::Quantity;
use std::ops::Range;

/// Attempts at a physical value, the first included, before it is clamped.
const ATTEMPTS: u32 = 64;

/// Patients whose uniform numbers of one quantity are held at a time.
const CHUNK: usize = 256;

/// Draws patients; every one is a function of the seed and its id (and, in a Latin hypercube, of their number).
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    draws: Draws,
    correction: Correction,
    independent: Vec<Varied>,
    groups: Vec<Group>,
    fixed: Vec<(Quantity, f64)>,
}

/// A quantity that varies.
#[derive(Clone, Debug)]
struct Varied {
    quantity: Quantity,
    quantile: Quantile,
    scheme: Scheme,
}

/// Quantities that are correlated.
#[derive(Clone, Debug)]
struct Group {
    members: Vec<Varied>,
    /// Lower-triangular, by rows: the correlated scores are this times the independent ones.
    factor: Vec<Vec<f64>>,
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

impl Sampler {
    /// The sampler of `patients` patients.
    pub(crate) fn new(spec: &PopulationSpec, seed: u64, patients: u64) -> Self {
        Self::with_axes_from(spec, seed, patients, 0)
    }

    /// As [`Sampler::new`]; a Sobol sequence takes its coordinates from the one of number `first_axis` on.
    pub(crate) fn with_axes_from(spec: &PopulationSpec, seed: u64, patients: u64, first_axis: usize) -> Self {
        let draws = Draws::new(seed);
        let mut independent = Vec::new();
        let mut fixed = Vec::new();
        for quantity in Quantity::ALL {
            match Quantile::of(spec.distribution(quantity)) {
                Err(value) => fixed.push((quantity, value)),
                Ok(quantile) => {
                    let scheme = Scheme::of(spec.sampling, quantity, &draws, patients, first_axis);
                    independent.push(Varied { quantity, quantile, scheme });
                }
            }
        }
        let groups = spec.correlation.as_ref().map(|correlation| {
            correlation.groups(|quantity| independent.iter().any(|varied| varied.quantity == quantity))
        });
        let group = |CorrelatedGroup { members, factor }: CorrelatedGroup| {
            let members = independent.extract_if(.., |varied| members.contains(&varied.quantity)).collect();
            Group { members, factor }
        };
        let groups = groups.unwrap_or_default().into_iter().map(group).collect();
        Self { draws, correction: spec.correction, independent, groups, fixed }
    }

    /// Fills in the quantities of patients with consecutive ids.
    pub(crate) fn fill(&self, patients: &mut [VirtualPatient]) {
        for chunk in patients.chunks_mut(CHUNK) {
            for &(quantity, value) in &self.fixed {
                chunk.iter_mut().for_each(|p| p.quantities[quantity] = value);
            }
            for varied in &self.independent {
                self.fill_independent(chunk, varied);
            }
            for group in &self.groups {
                self.fill_group(chunk, group);
            }
        }
    }

    /// Gives a patient the values at these uniform numbers, by [`Quantity::index`]; one that no patient can have is set to its
    /// physical floor, since a redraw would be elsewhere.
    pub(crate) fn place(&self, uniforms: &[f64; Quantity::COUNT], patient: &mut VirtualPatient) {
        for &(quantity, value) in &self.fixed {
            patient.quantities[quantity] = value;
        }
        let mut put = |quantity: Quantity, value: f64| {
            if quantity.is_physical(value) {
                patient.quantities[quantity] = value;
            } else {
                patient.corrected.insert(quantity);
                patient.quantities[quantity] = quantity.physical_floor();
            }
        };
        for Varied { quantity, quantile, .. } in &self.independent {
            put(*quantity, quantile.at(uniforms[quantity.index()]));
        }
        let mut values = [0.0; Quantity::COUNT];
        for group in &self.groups {
            let values = &mut values[..group.members.len()];
            group.place(group.members.iter().map(|member| uniforms[member.quantity.index()]), values);
            group.members.iter().zip(&*values).for_each(|(member, value)| put(member.quantity, *value));
        }
    }

    fn first_uniforms(&self, patients: &[VirtualPatient], quantity: Quantity) -> Uniforms {
        let first = patients.first().map_or(0, |patient| patient.id);
        self.draws.attempt(quantity.symbol(), 0, first..first + patients.len() as u64)
    }

    fn fill_independent(&self, patients: &mut [VirtualPatient], varied: &Varied) {
        let Varied { quantity, quantile, scheme } = varied;
        let uniforms = self.first_uniforms(patients, *quantity);
        for (patient, random) in patients.iter_mut().zip(uniforms) {
            let mut value = quantile.at(scheme.first(patient.id, random));
            if !quantity.is_physical(value) {
                patient.corrected.insert(*quantity);
                value = self.corrected(*quantity, patient.id, &|u| quantile.at(u));
            }
            patient.quantities[*quantity] = value;
        }
    }

    fn fill_group(&self, patients: &mut [VirtualPatient], group: &Group) {
        let of_member = |member: &Varied| self.first_uniforms(patients, member.quantity);
        let mut uniforms: Vec<_> = group.members.iter().map(of_member).collect();
        let mut values = [0.0; Quantity::COUNT];
        let values = &mut values[..group.members.len()];
        for patient in patients {
            let random = uniforms.iter_mut().filter_map(Iterator::next);
            let first =
                group.members.iter().zip(random).map(|(m, random)| m.scheme.first(patient.id, random));
            group.place(first, values);
            if !group.is_physical(values) {
                for (member, value) in group.members.iter().zip(&*values) {
                    if !member.quantity.is_physical(*value) {
                        patient.corrected.insert(member.quantity);
                    }
                }
                self.correct_group(group, patient.id, values);
            }
            for (member, value) in group.members.iter().zip(&*values) {
                patient.quantities[member.quantity] = *value;
            }
        }
    }

    /// The attempts at a redraw.
    fn redraws(&self) -> Range<u32> {
        match self.correction {
            Correction::Resample => 1..ATTEMPTS,
            Correction::Clamp => 0..0,
        }
    }

    /// The value that takes the place of one that no patient can have.
    #[cold]
    fn corrected(&self, quantity: Quantity, id: u64, quantile: &dyn Fn(f64) -> f64) -> f64 {
        // A redraw is random whatever the scheme: it has no place in a stratum or sequence.
        let redraw =
            |attempt| self.draws.attempt(quantity.symbol(), attempt, id..id + 1).next().map(quantile);
        let redrawn = self.redraws().filter_map(redraw).find(|&value| quantity.is_physical(value));
        redrawn.unwrap_or(quantity.physical_floor())
    }

    /// Puts values that a patient can have in the place of `values`: all members are drawn again, until the patient is
    /// possible. So they follow their joint distribution, given that it is; a redraw of one alone would lose its correlations.
    #[cold]
    fn correct_group(&self, group: &Group, id: u64, values: &mut [f64]) {
        let mut redrawn = [0.0; Quantity::COUNT];
        let redrawn = &mut redrawn[..values.len()];
        for attempt in self.redraws() {
            let uniform = |m: &Varied| self.draws.attempt(m.quantity.symbol(), attempt, id..id + 1).next();
            group.place(group.members.iter().filter_map(uniform), redrawn);
            if group.is_physical(redrawn) {
                values.copy_from_slice(redrawn);
                return;
            }
        }
        for (member, value) in group.members.iter().zip(values) {
            if !member.quantity.is_physical(*value) {
                *value = member.quantity.physical_floor();
            }
        }
    }
}

impl Group {
    /// The values of the members at independent uniform numbers.
    ///
    /// The first member's score is its own, so its value is taken from its uniform number directly: it keeps the bits, and
    /// in a Latin hypercube the strata, that it has without correlation.
    fn place(&self, uniforms: impl Iterator<Item = f64>, values: &mut [f64]) {
        let mut scores = [0.0; Quantity::COUNT];
        for (i, (u, member)) in uniforms.zip(&self.members).enumerate() {
            scores[i] = cartrial_normal::quantile(u);
            values[i] = if i == 0 {
                member.quantile.at(u)
            } else {
                let score = self.factor[i].iter().zip(&scores).map(|(l, z)| l * z).sum();
                member.quantile.at_score(score)
            };
        }
    }

    fn is_physical(&self, values: &[f64]) -> bool {
        self.members.iter().zip(values).all(|(member, value)| member.quantity.is_physical(*value))
    }
}

impl Scheme {
    fn of(sampling: Sampling, quantity: Quantity, draws: &Draws, patients: u64, first_axis: usize) -> Self {
        let symbol = quantity.symbol();
        match sampling {
            Sampling::Random => Self::Random,
            Sampling::LatinHypercube => {
                let stream = format!("latin-hypercube/{symbol}");
                let permutation = Permutation::new(patients, |round| draws.word(&stream, round));
                Self::LatinHypercube(permutation, Strata::new(patients))
            }
            Sampling::Sobol => {
                Self::Sobol(Box::new(SobolAxis::new(first_axis + quantity.index(), draws, symbol)))
            }
        }
    }
}

impl Scheme {
    /// The uniform number of a patient's first draw; `random` is that of an independent patient.
    #[inline]
    fn first(&self, id: u64, random: f64) -> f64 {
        match self {
            Self::Random => random,
            Self::LatinHypercube(permutation, strata) => strata.at(permutation.apply(id), random),
            Self::Sobol(axis) => axis.at(id),
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
