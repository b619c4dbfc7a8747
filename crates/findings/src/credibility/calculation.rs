//! Calculation verification: patients of the study, solved again by a much smaller tolerance.

use crate::Result;
use cartrial_cohort::{CorrectedSet, Method, Solver, StepSize, Study, VirtualPatient};
use cartrial_dataset::{Dataset, PatientRows};
use cartrial_model::{Endpoint, EndpointKind, Quantities, Quantity};
use cartrial_runner::{Level, Outcome, simulate};
use serde::Serialize;

/// Patients who are solved again, the first of the study.
const PATIENTS: usize = 500;
/// By how much the tolerance is smaller, or fixed steps shorter.
const SMALLER: f64 = 1e-3;
const SHORTER: f64 = 0.25;

/// How far the stored outcomes of some patients are from those of a much more accurate solve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalculationVerification {
    /// Patients that were solved again, in every arm that they are in.
    pub patients: usize,
    /// Their rows.
    pub rows: usize,
    /// Relative tolerance of the study, or hours of its fixed steps.
    pub setting: f64,
    /// The same of the solve that it is compared with.
    pub finer_setting: f64,
    /// Rows that only one of the two solved.
    pub solved_by_one_alone: usize,
    /// The worst of each endpoint.
    pub endpoints: Vec<EndpointError>,
}

/// The error of one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EndpointError {
    /// Name of the column.
    pub endpoint: &'static str,
    /// Unit of the column; errors of events are numbers of rows.
    pub unit: &'static str,
    /// The largest difference; of an event, in how many rows it differs.
    pub worst: f64,
    /// The same as a share of the endpoint's largest absolute value; nothing of an event.
    pub relative: Option<f64>,
}

impl CalculationVerification {
    pub(super) fn measure(dataset: &Dataset, level: Level) -> Result<Self> {
        let study = &dataset.manifest().study;
        let (setting, finer_setting, solver) = finer(study.solver);
        let finer = Study { solver, ..study.clone() };
        let mut pairs: Vec<(Vec<f64>, Outcome)> = Vec::new();
        let mut patients = 0;
        for rows in dataset.chunks(&[])? {
            let rows = rows?;
            let rows = rows.of_patients(0..rows.patients().min(PATIENTS - patients));
            patients += rows.patients();
            for (number, arm) in study.arms.iter().enumerate() {
                let treated = quantities(&rows, number)?;
                let stored = Endpoint::ALL
                    .into_iter()
                    .map(|e| Ok(rows.f64_in_arm(e.name(), number)?.into_owned()))
                    .collect::<Result<Vec<_>>>()?;
                let outcomes = simulate(&finer, arm, level, &treated);
                let of_row = |row: usize| stored.iter().map(|values| values[row]).collect();
                pairs.extend(outcomes.into_iter().enumerate().map(|(row, outcome)| (of_row(row), outcome)));
            }
            if patients >= PATIENTS {
                break;
            }
        }
        let is_solved = |values: &[f64]| !values[Endpoint::PeakInflammation.index()].is_nan();
        let (both, one): (Vec<_>, Vec<_>) =
            pairs.iter().partition(|(stored, found)| is_solved(stored) == is_solved(&found.values));
        Ok(Self {
            patients,
            rows: pairs.len(),
            setting,
            finer_setting,
            solved_by_one_alone: one.len(),
            endpoints: Endpoint::ALL.map(|endpoint| error(endpoint, &both)).to_vec(),
        })
    }

    /// The largest relative error of the endpoints that are numbers of a state, not times.
    pub fn error(&self) -> f64 {
        let times = |e: &&EndpointError| e.unit != "day";
        self.endpoints.iter().filter(times).filter_map(|e| e.relative).fold(0.0, f64::max)
    }

    /// Rows in which an event differs.
    pub fn changed_events(&self) -> u64 {
        self.endpoints.iter().filter(|e| e.relative.is_none()).map(|e| e.worst as u64).sum()
    }
}

fn error(endpoint: Endpoint, pairs: &[&(Vec<f64>, Outcome)]) -> EndpointError {
    let i = endpoint.index();
    let values = pairs.iter().map(|(stored, found)| (stored[i], found.values[i]));
    let differs = |(a, b): (f64, f64)| if a.is_nan() && b.is_nan() { 0.0 } else { (a - b).abs() };
    let (worst, relative) = match endpoint.kind() {
        EndpointKind::Event { .. } => (values.filter(|&pair| differs(pair) != 0.0).count() as f64, None),
        EndpointKind::Continuous | EndpointKind::EventDay | EndpointKind::Count => {
            let size = values.clone().fold(0.0, |size: f64, (a, _)| size.max(a.abs()));
            let worst = values.map(differs).fold(0.0, f64::max);
            (worst, Some(if size > 0.0 { worst / size } else { worst }))
        }
    };
    EndpointError { endpoint: endpoint.name(), unit: endpoint.unit(), worst, relative }
}

/// The patients of an arm as they were drawn.
fn quantities(rows: &PatientRows, arm: usize) -> Result<Vec<VirtualPatient>> {
    let columns = Quantity::ALL
        .into_iter()
        .map(|quantity| Ok((quantity, rows.f64_in_arm(quantity.symbol(), arm)?)))
        .collect::<Result<Vec<_>>>()?;
    let patients = columns.first().map_or(0, |(_, values)| values.len());
    let patient = |row: usize| {
        let mut quantities = Quantities::standard();
        columns.iter().for_each(|(quantity, values)| quantities[*quantity] = values[row]);
        VirtualPatient { id: row as u64, quantities, corrected: CorrectedSet::default() }
    };
    Ok((0..patients).map(patient).collect())
}

/// The setting of a solver, a finer one, and the solver with that.
fn finer(solver: Solver) -> (f64, f64, Solver) {
    match (solver.method, solver.method.step_size()) {
        (Method::Rk4 { .. }, StepSize::Fixed { hours }) => {
            let step_hours = SHORTER * hours;
            (hours, step_hours, Solver { method: Method::Rk4 { step_hours }, ..solver })
        }
        _ => {
            let rtol = (SMALLER * solver.rtol).max(1e-12);
            (solver.rtol, rtol, Solver { rtol, ..solver })
        }
    }
}
