//! A whole cohort through the lanes on all threads, block by block, in order, in constant memory.

use crate::error::RunError;
use crate::outcome::Outcome;
use crate::simulate::simulate;
use cartrial_cohort::{Cohort, Study, VirtualPatient};
use cartrial_lanes::Level;
use rayon::prelude::*;
use std::ops::Range;

/// How a study is run; none of it changes a single bit of the outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// Worker threads; 0 for one on each core.
    pub threads: usize,
    /// Patients in a block, at most.
    pub block: u64,
    /// No block has patients on both sides of a multiple of this number.
    pub boundary: u64,
    /// Instructions to use.
    pub level: Level,
}

impl RunOptions {
    /// Patients in a block unless asked otherwise: enough to keep lanes busy, few enough to stay in the cache.
    pub const BLOCK: u64 = 1024;
    /// Blocks for each thread that are solved while the ones before are consumed.
    const WINDOW: usize = 8;

    /// The defaults: a thread on each core, no boundaries.
    pub const fn new(level: Level) -> Self {
        Self { threads: 0, block: Self::BLOCK, boundary: u64::MAX, level }
    }

    /// The threads.
    pub(crate) fn pool(&self) -> Result<rayon::ThreadPool, RunError> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build();
        pool.map_err(|error| RunError::Threads { reason: error.to_string() })
    }

    /// `ids` cut into blocks.
    fn blocks(&self, ids: Range<u64>) -> impl Iterator<Item = Range<u64>> + use<> {
        let (block, boundary) = (self.block.max(1), self.boundary.max(1));
        let mut next = ids.start;
        std::iter::from_fn(move || {
            let first = next;
            let to_boundary = boundary - first % boundary;
            next = ids.end.min(first.saturating_add(block.min(to_boundary)));
            (first < next).then_some(first..next)
        })
    }
}

/// A run of consecutive patients and what became of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The patients, in order of id.
    pub patients: Vec<VirtualPatient>,
    /// What became of each in every arm that it is in, in order of patient and arm. So where patients are twins, there
    /// are as many rows a patient as arms, and where they are randomised one.
    pub rows: Vec<Row>,
}

/// What became of one patient in one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Number of the patient in [`Block::patients`].
    pub patient: usize,
    /// Number of the arm in [`Study::arms`].
    pub arm: usize,
    /// What became of it.
    pub outcome: Outcome,
}

/// Draws and solves the patients of `ids`, block by block.
///
/// Every block goes through `digest` on the thread that solved it; the results are handed to `consume` one at a time,
/// in order of patient id, while the next blocks are being solved. What is in memory does not grow with the cohort.
///
/// # Errors
/// The first error of `consume`, which ends the run; or [`RunError`] if the threads do not start.
pub fn run<T: Send, E: Send + From<RunError>>(
    study: &Study,
    cohort: &Cohort,
    ids: Range<u64>,
    options: &RunOptions,
    digest: impl Fn(Block) -> T + Sync,
    mut consume: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E> {
    let pool = options.pool()?;
    let window = RunOptions::WINDOW * pool.current_num_threads();
    let solve_window = |blocks: Vec<Range<u64>>| -> Vec<T> {
        blocks.into_par_iter().map(|ids| digest(solve(study, cohort, ids, options))).collect()
    };
    pool.install(|| {
        let mut ready = Vec::new();
        let mut blocks = options.blocks(ids);
        loop {
            let next: Vec<_> = blocks.by_ref().take(window).collect();
            if next.is_empty() {
                break;
            }
            let (solved, consumed) =
                rayon::join(|| solve_window(next), || ready.drain(..).try_for_each(&mut consume));
            consumed?;
            ready = solved;
        }
        ready.into_iter().try_for_each(consume)
    })
}

fn solve(study: &Study, cohort: &Cohort, ids: Range<u64>, options: &RunOptions) -> Block {
    let patients = cohort.draw(ids.clone());
    let arms = 0..study.arms.len();
    let mut rows = Vec::new();
    match cohort.allocation(ids) {
        None => {
            let solved: Vec<_> =
                study.arms.iter().map(|arm| simulate(study, arm, options.level, &patients)).collect();
            let of_patient = |patient| {
                let solved = &solved;
                arms.clone().map(move |arm| Row { patient, arm, outcome: solved[arm][patient] })
            };
            rows.extend((0..patients.len()).flat_map(of_patient));
        }
        Some(allocated) => {
            for (arm, of_arm) in study.arms.iter().enumerate() {
                let members: Vec<usize> = (0..patients.len()).filter(|&i| allocated[i] == arm).collect();
                let treated: Vec<VirtualPatient> = members.iter().map(|&i| patients[i]).collect();
                let outcomes = simulate(study, of_arm, options.level, &treated);
                rows.extend(members.into_iter().zip(outcomes).map(|(patient, outcome)| Row {
                    patient,
                    arm,
                    outcome,
                }));
            }
            rows.sort_by_key(|row| row.patient);
        }
    }
    Block { patients, rows }
}
