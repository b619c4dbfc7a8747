//! Code verification: the reference patients, solved at several tolerances.

use crate::Result;
use cartrial_analysis::linear_regression;
use cartrial_cohort::{CorrectedSet, Method, Solver, StepSize, Study, VirtualPatient};
use cartrial_model::{HOURS_PER_DAY, ModelSpec, Quantities, Quantity};
use cartrial_runner::{Endpoint, Level, simulate};
use serde::Serialize;
use std::path::Path;

/// 64 random patients of the paper's uniform population, and what becomes of them in 30 days by DOP853 at rtol 1e-12.
const PATIENTS: &str = include_str!("../../../runner/tests/fixtures/reference_patients.csv");
const OUTCOMES: &str = include_str!("../../../runner/tests/fixtures/reference_outcomes.csv");
/// Days that the references cover.
const DAYS: f64 = 30.0;
/// Cells/µL or pg/mL below which an error is judged absolutely.
const TRACE: f64 = 0.01;

/// Whether the program solves what an independent one has solved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeVerification {
    /// Patients that were solved.
    pub patients: usize,
    /// The method of the study, by which they were.
    pub method: &'static str,
    /// Whether the study has the equations of the references; otherwise its own were not verified here.
    pub has_the_equations_of_the_study: bool,
    /// Errors at each setting, the study's own among them, the coarsest first.
    pub convergence: Vec<Convergence>,
    /// Slope of log error against log tolerance or step, by least squares over what lies above rounding.
    pub order: Option<f64>,
}

/// The worst errors of the reference patients at one setting.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Convergence {
    /// Relative tolerance, or hours of a step of a method with fixed steps.
    pub setting: f64,
    /// Whether it is that of the study.
    pub is_that_of_the_study: bool,
    /// Of peak inflammation and the area under its curve, relative.
    pub worst_inflammation: f64,
    /// Of the tumour nadir and the states at the end, relative, absolute below 0.01.
    pub worst_state: f64,
    /// Patients who could not be solved.
    pub failed: usize,
}

impl CodeVerification {
    pub(super) fn measure(study: &Study, level: Level) -> Result<Self> {
        let (patients, outcomes) = (patients(), rows(OUTCOMES));
        // The equations and the treatment of the references are the defaults.
        let text = format!("[study]\nname = \"reference\"\npatients = 1\ndays = {DAYS}\n");
        let reference = Study::parse(&text, Path::new("reference"))?;
        let convergence = settings(study.solver)
            .into_iter()
            .map(|(setting, solver)| {
                let solved =
                    simulate(&Study { solver, ..reference.clone() }, &reference.arms[0], level, &patients);
                let (mut inflammation, mut state, mut failed) = (0.0_f64, 0.0_f64, 0);
                for (outcome, row) in solved.iter().zip(&outcomes) {
                    let get = |endpoint: Endpoint| outcome.get(endpoint).unwrap_or(f64::NAN);
                    let relative = |found: f64, expected: f64| (found - expected).abs() / expected.max(TRACE);
                    let [_, peak, _, auc, nadir, _, end @ ..] = &row[..] else { continue };
                    if outcome.get(Endpoint::PeakInflammation).is_none() {
                        failed += 1;
                        continue;
                    }
                    inflammation = inflammation
                        .max(relative(get(Endpoint::PeakInflammation), *peak))
                        .max(relative(get(Endpoint::InflammationAuc) * HOURS_PER_DAY, *auc));
                    let at_end = Endpoint::AT_END.into_iter().zip(end).map(|(e, x)| relative(get(e), *x));
                    state = at_end.fold(state.max(relative(get(Endpoint::TumourNadir), *nadir)), f64::max);
                }
                Convergence {
                    setting,
                    is_that_of_the_study: solver == study.solver,
                    worst_inflammation: inflammation,
                    worst_state: state,
                    failed,
                }
            })
            .collect::<Vec<_>>();
        Ok(Self {
            patients: patients.len(),
            method: study.solver.method.name(),
            has_the_equations_of_the_study: study.model == ModelSpec::default(),
            order: order(&convergence),
            convergence,
        })
    }

    /// The worst error at the study's own setting.
    pub fn error(&self) -> f64 {
        let own = self.convergence.iter().find(|c| c.is_that_of_the_study);
        own.map_or(f64::NAN, |c| {
            if c.failed > 0 { f64::INFINITY } else { c.worst_inflammation.max(c.worst_state) }
        })
    }
}

/// The study's own setting and others around it, the coarsest first.
fn settings(solver: Solver) -> Vec<(f64, Solver)> {
    match (solver.method, solver.method.step_size()) {
        (Method::Rk4 { .. }, StepSize::Fixed { hours }) => [4.0, 2.0, 1.0, 0.5, 0.25]
            .map(|factor| {
                (factor * hours, Solver { method: Method::Rk4 { step_hours: factor * hours }, ..solver })
            })
            .to_vec(),
        _ => {
            let mut tolerances = vec![1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, solver.rtol];
            tolerances.sort_by(|a, b| b.total_cmp(a));
            tolerances.dedup();
            tolerances.into_iter().map(|rtol| (rtol, Solver { rtol, ..solver })).collect()
        }
    }
}

fn order(convergence: &[Convergence]) -> Option<f64> {
    const ROUNDING: f64 = 1e-11;
    let (settings, errors): (Vec<_>, Vec<_>) = convergence
        .iter()
        .map(|c| (c.setting, c.worst_inflammation.max(c.worst_state)))
        .filter(|(_, error)| (ROUNDING..0.1).contains(error))
        .map(|(setting, error)| (libm::log(setting), libm::log(error)))
        .unzip();
    linear_regression(&settings, &errors).ok().map(|fit| fit.slope)
}

fn rows(text: &str) -> Vec<Vec<f64>> {
    let number = |cell: &str| cell.parse().unwrap_or(f64::NAN);
    text.lines().skip(1).map(|line| line.split(',').map(number).collect()).collect()
}

fn patients() -> Vec<VirtualPatient> {
    let names: Vec<_> = PATIENTS.lines().next().unwrap_or_default().split(',').collect();
    let patient = |(id, row): (usize, Vec<f64>)| {
        let mut quantities = Quantities::standard();
        for (name, value) in names.iter().zip(row) {
            if let Some(quantity) = Quantity::from_symbol(name) {
                quantities[quantity] = value;
            }
        }
        VirtualPatient { id: id as u64, quantities, corrected: CorrectedSet::default() }
    };
    rows(PATIENTS).into_iter().enumerate().map(patient).collect()
}
