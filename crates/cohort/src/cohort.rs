//! The virtual patients of a study.

use crate::allocator::Allocator;
use crate::design::{OneAtATime, Saltelli};
use crate::enrolled::{Enrolled, Enrolment, EnrolmentSummary, not_enrolled};
use crate::error::{Problem, StudyError};
use crate::patient::VirtualPatient;
use crate::population::PopulationSpec;
use crate::sampler::Sampler;
use crate::study::{Population, Study};
use crate::table::{CarriedColumn, CarriedValues, Refusal, Table, TableSource};
use std::ops::Range;

/// The virtual patients of a study, any block of which can be had at any time, on any thread.
///
/// Drawn patients take no memory: patient 17 is computed when it is asked for, and is the same in a cohort of 200 and
/// of a million (but for a Latin hypercube, whose strata depend on their number). A table is held in memory.
#[derive(Clone, Debug)]
pub struct Cohort {
    patients: u64,
    kind: Kind,
    allocator: Option<Allocator>,
}

#[derive(Clone, Debug)]
enum Kind {
    Drawn(Box<Sampler>),
    Table(Table, TableSource),
    Saltelli(Box<Saltelli>),
    OneAtATime(Box<OneAtATime>),
    Enrolled(Box<Enrolled>),
}

impl Cohort {
    /// The cohort of `study`; if it has a table, that is loaded here.
    ///
    /// # Errors
    /// When the table cannot be read or has changed since the study was read; when the study has targets, so that its patients are
    /// not known before candidates are solved.
    pub fn new(study: &Study) -> Result<Self, StudyError> {
        let kind = match &study.population {
            Population::Drawn(spec) if spec.targets.is_some() => return Err(not_enrolled(study)),
            Population::Drawn(spec) => Kind::Drawn(Box::new(Sampler::new(spec, study.seed, study.patients))),
            Population::Table(source) => {
                let mut table = source.load().map_err(|refusal| match refusal {
                    Refusal::File(reason, _) => {
                        Problem::of_file(&source.file().display().to_string(), reason, "").into()
                    }
                    Refusal::Content(problems) => StudyError { problems, source_text: String::new() },
                })?;
                for column in &mut table.carried {
                    let rows = usize::try_from(study.patients).unwrap_or(usize::MAX);
                    match &mut column.values {
                        CarriedValues::Number(values) => values.truncate(rows),
                        CarriedValues::Text(values) => values.truncate(rows),
                    }
                }
                let weights =
                    table.carried.iter().find(|column| Some(&column.name) == source.weight.as_ref());
                if weights.is_some_and(CarriedColumn::weighs_nobody) {
                    let reason = format!("the weights of the first {} patients are all 0", study.patients);
                    let remedy = "Ask for more patients, or put those who have a weight first.";
                    return Err(Problem::of_file(&source.file().display().to_string(), reason, remedy).into());
                }
                Kind::Table(table, source.clone())
            }
        };
        Ok(Self { patients: study.patients, kind, allocator: Allocator::new(study) })
    }

    /// The candidates of a study with targets, in the first arm alone.
    pub fn of_candidates(spec: &PopulationSpec, seed: u64, candidates: u64) -> Self {
        let kind = Kind::Drawn(Box::new(Sampler::new(spec, seed, candidates)));
        Self { patients: candidates, kind, allocator: None }
    }

    /// The patients of a study with targets: the candidates that were enrolled, in their order.
    ///
    /// # Panics
    /// If there are not as many as the study has patients.
    pub fn of_enrolled(study: &Study, spec: &PopulationSpec, enrolment: Enrolment) -> Self {
        assert_eq!(enrolment.patients.len() as u64, study.patients, "one candidate for every patient");
        let kind = Kind::Enrolled(Box::new(Enrolled::new(spec, study.seed, enrolment)));
        Self { patients: study.patients, kind, allocator: Allocator::new(study) }
    }

    /// What is known of a study's cohort before any candidate is solved: how many patients it has, and in which columns. Its patients are
    /// not to be drawn.
    ///
    /// # Errors
    /// As [`Cohort::new`], but for a study with targets, which has none.
    pub fn outline(study: &Study) -> Result<Self, StudyError> {
        let Some(spec) = study.drawn_population().filter(|spec| spec.targets.is_some()) else {
            return Self::new(study);
        };
        let outline = Enrolled::outline(spec, study.seed, study.patients);
        let kind = Kind::Enrolled(Box::new(outline));
        Ok(Self { patients: study.patients, kind, allocator: Allocator::new(study) })
    }

    /// How the patients were enrolled; none if whoever is drawn is taken.
    pub fn enrolment(&self) -> Option<&EnrolmentSummary> {
        match &self.kind {
            Kind::Enrolled(enrolled) => enrolled.summary.as_ref(),
            Kind::Drawn(_) | Kind::Table(..) | Kind::Saltelli(_) | Kind::OneAtATime(_) => None,
        }
    }

    /// The patients of Saltelli's design, row by row. They are twins: each goes through every arm.
    pub fn of_saltelli(design: Saltelli) -> Self {
        let patients = design.rows() * design.patients_of_row();
        Self { patients, kind: Kind::Saltelli(Box::new(design)), allocator: None }
    }

    /// The patients of Morris' design, trajectory by trajectory. They are twins: each goes through every arm.
    pub fn of_trajectories(design: OneAtATime) -> Self {
        let patients = design.trajectories() * design.patients_of_trajectory();
        Self { patients, kind: Kind::OneAtATime(Box::new(design)), allocator: None }
    }

    /// Number of patients.
    pub fn patients(&self) -> u64 {
        self.patients
    }

    /// The patients with ids in `range`, as far as there are any.
    pub fn draw(&self, range: Range<u64>) -> Vec<VirtualPatient> {
        let mut patients = Vec::new();
        self.draw_into(range, &mut patients);
        patients
    }

    /// As [`Cohort::draw`], into a buffer whose former content is dropped.
    pub fn draw_into(&self, range: Range<u64>, patients: &mut Vec<VirtualPatient>) {
        let ids = range.start..range.end.min(self.patients);
        patients.clear();
        patients.extend(ids.map(VirtualPatient::blank));
        match &self.kind {
            Kind::Drawn(sampler) => sampler.fill(patients),
            Kind::Saltelli(design) => design.fill(patients),
            Kind::OneAtATime(design) => design.fill(patients),
            Kind::Enrolled(enrolled) => enrolled.fill(patients),
            // The ids are below the number of rows, which are in memory.
            Kind::Table(table, _) => {
                patients.iter_mut().for_each(|p| p.quantities = table.quantities(p.id as usize));
            }
        }
    }

    /// Where patients are randomised, the index of the arm of each patient in `range`, as far as there are any; none for
    /// twins, who go through every arm.
    ///
    /// It depends on the seed, the patient's id and the arms' ratios, and on no other draw.
    pub fn allocation(&self, range: Range<u64>) -> Option<Vec<usize>> {
        let allocator = self.allocator.as_ref()?;
        Some(allocator.arms(range.start..range.end.min(self.patients)))
    }

    /// Columns that are carried into the results, one value a patient: those of the table, in the order of `carry`, or what is
    /// known of an enrolled candidate.
    pub fn carried(&self) -> &[CarriedColumn] {
        match &self.kind {
            Kind::Drawn(_) | Kind::Saltelli(_) | Kind::OneAtATime(_) => &[],
            Kind::Enrolled(enrolled) => &enrolled.carried,
            Kind::Table(table, _) => &table.carried,
        }
    }

    /// The table from which the patients came; none if they are drawn.
    pub fn source(&self) -> Option<&TableSource> {
        match &self.kind {
            Kind::Drawn(_) | Kind::Saltelli(_) | Kind::OneAtATime(_) | Kind::Enrolled(_) => None,
            Kind::Table(_, source) => Some(source),
        }
    }
}
