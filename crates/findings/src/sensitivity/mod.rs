//! What drives the outcomes of a study: its global sensitivity.
//!
//! Three designs of patients are solved in every arm. Saltelli's gives Sobol' indices; its patients A are those of the study,
//! and give partial rank correlations and standardised regression coefficients; Morris' gives elementary effects. Every patient
//! goes through every arm, also where the study randomises, so that a difference between arms is one within the patient.

mod columns;
mod courses;
mod morris_run;
mod saltelli_run;
mod solving;
mod table;

use crate::FindingsError;
use cartrial_analysis::sensitivity::{FactorEffects, SobolIndices};
use cartrial_analysis::{DriverTable, Estimate, StatError};
use cartrial_cohort::{Allocation, Factor, Sampling, Study};
use cartrial_runner::RunOptions;
use columns::columns;
pub use columns::{OutcomeColumn, analysed};
pub use courses::{CourseSensitivity, StateSensitivity};
use serde::Serialize;
use solving::Solving;

/// How much is solved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensitivityPlan {
    /// The factors, independent of each other; see [`cartrial_cohort::factors`].
    pub factors: Vec<Factor>,
    /// Rows of Saltelli's design, each of two patients more than there are factors.
    pub rows: u64,
    /// Trajectories of Morris' design, each of one patient more than there are factors; 0 for none.
    pub trajectories: u64,
    /// Bootstrap samples behind an interval.
    pub bootstrap_samples: u32,
    /// Sobol' indices over time, if they are asked for.
    pub courses: Option<CoursePlan>,
}

/// At which times indices of the states are taken.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CoursePlan {
    /// Rows of Saltelli's design.
    pub rows: u64,
    /// Hours from one time to the next.
    pub every_hours: f64,
}

/// What drives the outcomes of a study.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    /// Version of the program.
    pub version: &'static str,
    /// The study.
    pub study: Study,
    /// How much was solved.
    pub plan: SensitivityPlan,
    /// Patients that were solved, in every arm; those whose courses were followed are not counted.
    pub patients: u64,
    /// Solves that failed. The rows and trajectories that they belong to are left out.
    pub failed_solves: u64,
    /// Every outcome in every arm, and its difference from the first arm.
    pub outcomes: Vec<OutcomeSensitivity>,
    /// Sobol' indices of states over time.
    pub courses: Vec<StateSensitivity>,
}

/// What drives one outcome in one arm, or its difference between two.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeSensitivity {
    /// The outcome.
    #[serde(flatten)]
    pub column: OutcomeColumn,
    /// Sobol' indices of the factors, in their order.
    pub sobol: Estimate<SobolIndices>,
    /// Elementary effects of the factors, in their order; none without trajectories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effects: Option<Estimate<Vec<FactorEffects>>>,
    /// Regression coefficients and partial rank correlations of the quantities, the strongest first.
    pub drivers: Estimate<DriverTable>,
}

impl OutcomeSensitivity {
    /// The Sobol' indices, if there are any.
    pub fn sobol(&self) -> Option<&SobolIndices> {
        self.sobol.value()
    }
}

impl Sensitivity {
    /// How the patients fill the space of quantities.
    pub fn sampling(&self) -> Option<Sampling> {
        self.study.drawn_population().map(|population| population.sampling)
    }

    /// Whether the rows of the design are balanced instead of independent.
    pub fn is_balanced(&self) -> bool {
        self.sampling().is_some_and(|sampling| sampling != Sampling::Random)
    }
}

impl SensitivityPlan {
    /// Patients that are solved in every arm.
    pub fn patients(&self) -> u64 {
        let factors = self.factors.len() as u64;
        self.rows * (factors + 2) + self.trajectories * (factors + 1)
    }

    /// Patients whose courses are followed in every arm.
    pub fn followed(&self) -> u64 {
        self.courses.map_or(0, |courses| courses.rows * (self.factors.len() as u64 + 2))
    }
}

/// Solves the designs and analyses every outcome; `progress` is told how many patients are done since it was last told. Memory
/// does not grow with the number of rows, nor do results depend on the number of threads.
///
/// # Errors
/// [`FindingsError::NotDrawn`] if the patients come from a table; [`FindingsError::Run`].
pub fn sensitivity(
    study: &Study,
    plan: &SensitivityPlan,
    options: &RunOptions,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Sensitivity, FindingsError> {
    let population = study.drawn_population().ok_or(FindingsError::NotDrawn)?;
    // The other fields stay as they are asked for.
    let twins = Study { allocation: Allocation::Twins, ..study.clone() };
    let columns = columns(&twins);
    let solving = Solving { study: &twins, population, plan, columns: &columns, options, progress };
    let of_rows = saltelli_run::solve(&solving)?;
    let of_trajectories = morris_run::solve(&solving)?;
    let courses = courses::solve(&solving)?;
    let mut effects = of_trajectories.effects.into_iter();
    let outcomes = columns.into_iter().zip(of_rows.outcomes).map(|(column, (sobol, drivers))| {
        let is_noise = matches!(sobol, Estimate::None { not_estimated: StatError::WithinAccuracy });
        let of_trajectories = effects.next();
        let effects =
            of_trajectories.map(|effects| if is_noise { StatError::WithinAccuracy.into() } else { effects });
        OutcomeSensitivity { column, sobol, effects, drivers }
    });
    Ok(Sensitivity {
        version: env!("CARGO_PKG_VERSION"),
        study: study.clone(),
        plan: plan.clone(),
        patients: plan.patients(),
        failed_solves: of_rows.failed_solves + of_trajectories.failed_solves,
        outcomes: outcomes.collect(),
        courses,
    })
}
