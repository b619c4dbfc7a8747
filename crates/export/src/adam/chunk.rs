//! Rows of the patient table, with what every data set needs of them.

use crate::Result;
use cartrial_dataset::{Dataset, PatientRows, status_name};
use cartrial_runner::Status;
use std::sync::Arc;

/// What is the same for every record.
#[derive(Clone, Debug)]
pub(crate) struct StudyFacts {
    /// STUDYID.
    pub id: Arc<str>,
    /// Names of the arms, in order.
    pub arms: Vec<Arc<str>>,
    /// Whether every patient goes through every arm.
    pub twins: bool,
    /// The day on which follow-up ends.
    pub days: f64,
    /// Digits of SUBJID.
    pub digits: usize,
}

/// Consecutive rows. The rows of a patient are never divided.
pub(crate) struct Chunk<'a> {
    pub study: &'a StudyFacts,
    pub rows: &'a PatientRows,
    /// The arm of every row.
    pub arms: Vec<usize>,
    /// PATID of every row.
    pub ids: &'a [u64],
    /// SUBJID of every row.
    pub subjects: Vec<Arc<str>>,
    /// USUBJID of every row.
    pub unique_subjects: Vec<Arc<str>>,
    /// Why the solve of a row failed; nothing where it did not.
    pub reasons: Vec<Option<Arc<str>>>,
}

impl StudyFacts {
    /// Those of a dataset.
    pub fn of(dataset: &Dataset) -> Self {
        let manifest = dataset.manifest();
        let last = (manifest.first_patient + manifest.patients).saturating_sub(1);
        Self {
            id: manifest.study.name.as_str().into(),
            arms: manifest.arms.iter().map(|arm| arm.as_str().into()).collect(),
            twins: !manifest.is_randomised(),
            days: manifest.study.days,
            digits: last.to_string().len(),
        }
    }

    /// SUBJID of a patient.
    pub fn subject(&self, id: u64) -> Arc<str> {
        let digits = self.digits;
        format!("{id:0digits$}").into()
    }

    /// USUBJID of a subject.
    pub fn unique_subject(&self, subject: &str) -> Arc<str> {
        format!("{}-{subject}", self.id).into()
    }

    /// The length of the longest name of an arm, in characters.
    pub fn arm_length(&self) -> usize {
        self.arms.iter().map(|arm| arm.chars().count()).max().unwrap_or(1)
    }

    /// Rows of a patient.
    pub fn rows_per_patient(&self) -> usize {
        if self.twins { self.arms.len() } else { 1 }
    }
}

impl<'a> Chunk<'a> {
    /// These rows, which have at least the columns `patient_id` and `status`.
    pub fn new(study: &'a StudyFacts, rows: &'a PatientRows) -> Result<Self> {
        let ids = rows.u64_column("patient_id")?;
        let subjects: Vec<Arc<str>> = ids.iter().map(|id| study.subject(*id)).collect();
        Ok(Self {
            study,
            rows,
            arms: rows.arm_of_rows().collect(),
            ids,
            unique_subjects: subjects.iter().map(|subject| study.unique_subject(subject)).collect(),
            subjects,
            reasons: rows.text_column("status")?.map(reason).collect(),
        })
    }

    /// The first row of every patient.
    pub fn first_rows(&self) -> impl Iterator<Item = usize> {
        (0..self.rows.len()).step_by(self.study.rows_per_patient())
    }

    /// The rows of the patient whose first row that is.
    pub fn rows_of(&self, first: usize) -> std::ops::Range<usize> {
        first..first + self.study.rows_per_patient()
    }
}

/// The longest text of [`reason`].
pub(crate) const LONGEST_REASON: usize = 14;

/// A status in capitals, unless it is that of a completed solve.
fn reason(status: Option<&str>) -> Option<Arc<str>> {
    let failed = status.filter(|status| *status != status_name(Status::Completed))?;
    Some(failed.to_uppercase().replace('_', " ").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cartrial_dataset::STATUSES;

    #[test]
    fn reasons_are_as_long_as_is_said() {
        let lengths =
            STATUSES.map(|status| reason(Some(status_name(status))).map_or(0, |reason| reason.len()));
        assert_eq!(lengths.into_iter().max(), Some(LONGEST_REASON));
        assert_eq!(reason(Some("ok")), None);
        assert_eq!(reason(Some("too_many_steps")).as_deref(), Some("TOO MANY STEPS"));
    }
}
