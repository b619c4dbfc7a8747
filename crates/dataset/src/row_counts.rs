//! What is counted about rows as they pass: mergeable, and the same however they are cut.

use crate::first_failures::FirstFailures;
use crate::hash::ContentHash;
use crate::status::{STATUSES, position};
use cartrial_model::Quantity;
use cartrial_runner::{Block, Status};
use serde::{Deserialize, Serialize};

/// What is counted about some patients and their rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Patients.
    pub patients: u64,
    /// Rows: one for every patient and arm.
    pub rows: u64,
    /// Patients with at least one corrected quantity, whatever the number of arms.
    pub patients_corrected: u64,
    /// Patients in whom each quantity was corrected, by [`Quantity::index`].
    pub corrected: [u64; Quantity::COUNT],
    /// Patients whose solve failed in at least one arm.
    pub patients_failed: u64,
    /// The first solves that failed.
    pub first_failures: FirstFailures,
    /// For every arm, how many of its solves ended in each way, in the order of [`STATUSES`].
    pub ended: Vec<[u64; STATUSES.len()]>,
    /// Steps of the integrator, accepted and rejected.
    pub steps: u64,
    /// Content hash of the rows.
    pub hash: ContentHash,
}

impl RowCounts {
    /// Nothing counted yet, of a study with that many arms.
    pub fn empty(arms: usize) -> Self {
        Self {
            patients: 0,
            rows: 0,
            patients_corrected: 0,
            corrected: [0; Quantity::COUNT],
            patients_failed: 0,
            first_failures: FirstFailures::default(),
            ended: vec![[0; STATUSES.len()]; arms],
            steps: 0,
            hash: ContentHash::EMPTY,
        }
    }

    /// What a block of a study with that many arms adds, but for the hash.
    pub(crate) fn of(block: &Block, arms: usize) -> Self {
        let mut counts = Self::empty(arms);
        counts.patients = block.patients.len() as u64;
        counts.rows = block.rows.len() as u64;
        counts.first_failures = FirstFailures::of(block);
        for patient in &block.patients {
            if patient.corrected.count() > 0 {
                counts.patients_corrected += 1;
                for quantity in Quantity::ALL {
                    counts.corrected[quantity.index()] += u64::from(patient.corrected.contains(quantity));
                }
            }
        }
        // The rows of a patient stand together.
        let mut last_failed = None;
        for row in &block.rows {
            counts.ended[row.arm][position(row.outcome.status)] += 1;
            counts.steps += u64::from(row.outcome.steps);
            if row.outcome.status != Status::Completed && last_failed != Some(row.patient) {
                counts.patients_failed += 1;
                last_failed = Some(row.patient);
            }
        }
        counts
    }

    /// Adds what was counted about other patients of the same study. Counts may come from a file that lies; they end at
    /// the largest number.
    pub fn merge(&mut self, other: &Self) {
        let add = |sum: &mut u64, n: &u64| *sum = sum.saturating_add(*n);
        add(&mut self.patients, &other.patients);
        add(&mut self.rows, &other.rows);
        add(&mut self.patients_corrected, &other.patients_corrected);
        add(&mut self.patients_failed, &other.patients_failed);
        add(&mut self.steps, &other.steps);
        self.first_failures.merge(&other.first_failures);
        self.hash = self.hash.plus(other.hash);
        let pairs = self.corrected.iter_mut().zip(&other.corrected);
        let ended = self.ended.as_flattened_mut().iter_mut().zip(other.ended.as_flattened());
        pairs.chain(ended).for_each(|(sum, n)| add(sum, n));
    }
}

/// The sum of counts, or the largest number if that is more.
pub(crate) fn total<'a>(counts: impl IntoIterator<Item = &'a u64>) -> u64 {
    counts.into_iter().fold(0, |sum, n| sum.saturating_add(*n))
}
