//! How the patients of every design are solved.

use super::SensitivityPlan;
use super::columns::OutcomeColumn;
use crate::FindingsError;
use cartrial_cohort::{Cohort, PopulationSpec, Study, VirtualPatient};
use cartrial_runner::{Row, RunOptions, Status};

/// What all designs of an analysis have in common.
#[derive(Clone, Copy)]
pub(super) struct Solving<'a> {
    /// The study; its patients are twins.
    pub study: &'a Study,
    pub population: &'a PopulationSpec,
    pub plan: &'a SensitivityPlan,
    pub columns: &'a [OutcomeColumn],
    pub options: &'a RunOptions,
    /// Told how many patients are done since it was last told.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

impl Solving<'_> {
    /// Solves every patient of a design and hands them over in order, each with its rows in all arms. Returns how many solves
    /// failed.
    pub fn each_patient(
        &self,
        cohort: &Cohort,
        mut take: impl FnMut(&VirtualPatient, &[Row]) + Send,
    ) -> Result<u64, FindingsError> {
        let (arms, mut failed) = (self.study.arms.len(), 0);
        let ids = 0..cohort.patients();
        cartrial_runner::run(
            self.study,
            cohort,
            ids,
            self.options,
            |block| block,
            |block| {
                for (patient, rows) in block.patients.iter().zip(block.rows.chunks(arms)) {
                    failed +=
                        rows.iter().filter(|row| row.outcome.status != Status::Completed).count() as u64;
                    take(patient, rows);
                }
                (self.progress)(block.patients.len() as u64);
                Ok::<(), FindingsError>(())
            },
        )?;
        Ok(failed)
    }
}
