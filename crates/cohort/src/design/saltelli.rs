//! Saltelli's design, for Sobol' indices.

use super::Factor;
use crate::draws::Draws;
use crate::patient::VirtualPatient;
use crate::population::PopulationSpec;
use crate::sampler::Sampler;
use cartrial_model::Quantity;

/// Saltelli's design: row by row the patient A, then A with one factor after the other taken from another patient, then that
/// other patient, B.
///
/// The patients A are those of the study itself, or of a Latin hypercube those of one with as many patients as rows. B are drawn from the same population and independently of them: from another
/// stream of random numbers, in another Latin hypercube, or along further coordinates of the Sobol sequence.
///
/// Source: A. Saltelli, *Comput. Phys. Commun.* 145, 2002, 280–297, without second-order indices.
#[derive(Clone, Debug)]
pub struct Saltelli {
    rows: u64,
    factors: Vec<Factor>,
    a: Sampler,
    b: Sampler,
}

impl Saltelli {
    /// A design of so many rows.
    pub fn new(population: &PopulationSpec, seed: u64, rows: u64, factors: Vec<Factor>) -> Self {
        let other_seed = Draws::new(seed).word("saltelli/b", 0);
        Self {
            rows,
            factors,
            a: Sampler::new(population, seed, rows.max(1)),
            b: Sampler::with_axes_from(population, other_seed, rows.max(1), Quantity::COUNT),
        }
    }

    /// The factors.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// How many rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Patients of a row: one more than there are factors, and one.
    pub fn patients_of_row(&self) -> u64 {
        self.factors.len() as u64 + 2
    }

    /// Fills in the quantities of patients with consecutive ids.
    pub(crate) fn fill(&self, patients: &mut [VirtualPatient]) {
        let of_row = self.patients_of_row();
        let (Some(first), Some(last)) = (patients.first(), patients.last()) else { return };
        let rows = first.id / of_row..last.id / of_row + 1;
        let blank: Vec<_> = rows.clone().map(VirtualPatient::blank).collect();
        let (mut a, mut b) = (blank.clone(), blank);
        self.a.fill(&mut a);
        self.b.fill(&mut b);
        for patient in patients {
            let row = (patient.id / of_row - rows.start) as usize;
            let column = (patient.id % of_row) as usize;
            let (mut mixed, other) = (a[row], b[row]);
            if column > self.factors.len() {
                mixed = other;
            } else if column > 0 {
                for &quantity in &self.factors[column - 1].quantities {
                    mixed.take(quantity, &other);
                }
            }
            (patient.quantities, patient.corrected) = (mixed.quantities, mixed.corrected);
        }
    }
}
