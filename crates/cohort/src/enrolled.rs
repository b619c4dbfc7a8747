//! Patients enrolled from the candidates of a population.

use crate::error::{Problem, StudyError};
use crate::patient::VirtualPatient;
use crate::population::PopulationSpec;
use crate::sampler::Sampler;
use crate::study::Study;
use crate::table::{CarriedColumn, CarriedValues};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Candidates that are drawn at a time.
const CHUNK: u64 = 256;

/// The column of enrolled patients that has [`EnrolledCandidate::candidate`].
pub const CANDIDATE: &str = "candidate_id";
/// The column of enrolled patients that has [`EnrolledCandidate::weight`].
pub const WEIGHT: &str = "prevalence_weight";

/// A candidate who became a patient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnrolledCandidate {
    /// Number among the candidates, from 0.
    pub candidate: u64,
    /// Prevalence weight, by which it was accepted or counts; the mean over plausible candidates is 1.
    pub weight: f64,
}

/// How candidates became the patients of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrolment {
    /// The patients in their order, with rising candidate numbers.
    pub patients: Vec<EnrolledCandidate>,
    /// What came of all candidates.
    pub summary: EnrolmentSummary,
}

/// What came of the candidates of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnrolmentSummary {
    /// Candidates that were drawn.
    pub candidates: u64,
    /// Those who keep every range.
    pub plausible: u64,
    /// Those who can be patients: accepted in proportion to their weights, or all plausible ones with theirs. The patients are the first
    /// of them.
    pub eligible: u64,
    /// (Σw)²/Σw² of the plausible candidates' weights.
    pub effective_sample_size: f64,
    /// The greatest weight; their mean is 1.
    pub greatest_weight: f64,
    /// Shares of the trial whose 95 % interval holds the weighted share, and shares in all.
    pub shares_met: (u64, u64),
}

/// The enrolled patients of a study, drawn when they are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Enrolled {
    sampler: Sampler,
    candidates: Vec<u64>,
    pub summary: Option<EnrolmentSummary>,
    pub carried: Vec<CarriedColumn>,
}

impl Enrolled {
    pub fn new(spec: &PopulationSpec, seed: u64, Enrolment { patients, summary }: Enrolment) -> Self {
        let number = |value: fn(&EnrolledCandidate) -> f64| {
            CarriedValues::Number(patients.iter().map(|one| Some(value(one))).collect())
        };
        Self {
            sampler: Sampler::new(spec, seed, summary.candidates),
            candidates: patients.iter().map(|one| one.candidate).collect(),
            summary: Some(summary),
            carried: vec![
                // Fewer than 2^53 candidates: their numbers are exact.
                CarriedColumn { name: CANDIDATE.to_owned(), values: number(|one| one.candidate as f64) },
                CarriedColumn { name: WEIGHT.to_owned(), values: number(|one| one.weight) },
            ],
        }
    }

    /// Before anybody is enrolled.
    pub fn outline(spec: &PopulationSpec, seed: u64, patients: u64) -> Self {
        let column =
            |name: &str| CarriedColumn { name: name.to_owned(), values: CarriedValues::Number(Vec::new()) };
        Self {
            sampler: Sampler::new(spec, seed, patients),
            candidates: Vec::new(),
            summary: None,
            carried: vec![column(CANDIDATE), column(WEIGHT)],
        }
    }

    /// Fills in the quantities of patients with consecutive ids, of whom there are so many.
    pub fn fill(&self, patients: &mut [VirtualPatient]) {
        let mut drawn: Vec<VirtualPatient> = Vec::new();
        let mut range: Range<u64> = 0..0;
        for patient in patients {
            let Some(&candidate) = self.candidates.get(patient.id as usize) else { continue };
            if !range.contains(&candidate) {
                range = candidate / CHUNK * CHUNK..(candidate / CHUNK + 1) * CHUNK;
                drawn.clear();
                drawn.extend(range.clone().map(VirtualPatient::blank));
                self.sampler.fill(&mut drawn);
            }
            *patient = VirtualPatient { id: patient.id, ..drawn[(candidate - range.start) as usize] };
        }
    }
}

/// The message that a study's patients have to be enrolled first.
pub(crate) fn not_enrolled(study: &Study) -> StudyError {
    let reason = "its patients are enrolled from candidates, who have to be solved first";
    Problem::of_file(
        &study.name,
        reason,
        "In code, calibrate the study: cartrial_findings::calibration::cohort.",
    )
    .into()
}
