//! What is accumulated from some rows of a study, as machines hand it to each other.

use crate::FindingsError;
use cartrial_analysis::trial::{BenefitRisk, ComparisonMoments};
use cartrial_analysis::{ArmMoments, Histogram};
use cartrial_cohort::{Allocation, Study};
use serde::{Deserialize, Serialize};

/// What was accumulated from some rows of a study: a few hundred kilobytes, however many they were, and the rows that ranks
/// and curves rest on where these are not stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyAccumulators {
    pub(crate) arms: Vec<ArmMoments>,
    pub(crate) comparison: Option<ComparisonMoments>,
    pub(crate) sweep: Option<BenefitRisk>,
    pub(crate) patients: Vec<Histogram>,
    pub(crate) outcomes: Vec<Vec<Histogram>>,
    pub(crate) first_rows: Option<FirstRows>,
}

/// The first rows of every arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FirstRows {
    /// The columns that ranks rest on.
    pub arms: Vec<Vec<Vec<f64>>>,
    /// The columns of the comparison.
    pub comparison: Option<Vec<Vec<Vec<f64>>>>,
}

impl StudyAccumulators {
    /// The id from which no patient is among the rows of an arm that are kept any more: of weighted patients all are.
    pub fn end_of_first_rows(study: &Study) -> u64 {
        if study.weight_column().is_some() {
            return study.patients;
        }
        let most = cartrial_analysis::ArmAnalysis::RANKED_ROWS as u64;
        match study.allocation {
            Allocation::Twins => most,
            // In so many patients every arm has at least one for each unit of its ratio.
            Allocation::Randomised => most * study.arms.iter().map(|arm| u64::from(arm.ratio)).sum::<u64>(),
        }
    }

    /// In the form in which machines hand them to each other.
    ///
    /// # Errors
    /// [`FindingsError::Accumulators`] if memory does not suffice.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FindingsError> {
        Ok(postcard::to_stdvec(self)?)
    }

    /// From what [`StudyAccumulators::to_bytes`] of the same version of this program gave.
    ///
    /// # Errors
    /// [`FindingsError::Accumulators`] if it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FindingsError> {
        Ok(postcard::from_bytes(bytes)?)
    }
}
