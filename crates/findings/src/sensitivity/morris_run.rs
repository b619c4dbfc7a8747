//! Morris' design, solved and accumulated.

use super::SensitivityPlan;
use super::columns::{OutcomeColumn, failed, rows_of_patients};
use crate::FindingsError;
use cartrial_analysis::Estimate;
use cartrial_analysis::sensitivity::{ElementaryEffects, FactorEffects};
use cartrial_cohort::{Cohort, OneAtATime, PopulationSpec, Study};
use cartrial_runner::RunOptions;

/// What comes out.
pub(super) struct Solved {
    /// Of every column; empty without trajectories.
    pub effects: Vec<Estimate<Vec<FactorEffects>>>,
    pub failed_solves: u64,
}

/// Solves the design and analyses every column.
pub(super) fn solve(
    study: &Study,
    population: &PopulationSpec,
    plan: &SensitivityPlan,
    columns: &[OutcomeColumn],
    options: &RunOptions,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Solved, FindingsError> {
    let mut failed_solves = 0;
    if plan.trajectories == 0 {
        return Ok(Solved { effects: Vec::new(), failed_solves });
    }
    let design = OneAtATime::new(population, study.seed, plan.trajectories, plan.factors.clone());
    let of_trajectory = design.patients_of_trajectory() as usize;
    let mut effects: Vec<_> = columns.iter().map(|_| ElementaryEffects::new(plan.factors.len())).collect();
    let mut outcomes = vec![Vec::with_capacity(of_trajectory); columns.len()];
    let mut trajectory = 0;
    let cohort = Cohort::of_trajectories(design.clone());
    cartrial_runner::run(
        study,
        &cohort,
        0..cohort.patients(),
        options,
        |block| block,
        |block| {
            for rows in rows_of_patients(&block) {
                failed_solves += failed(rows);
                for (column, values) in columns.iter().zip(&mut outcomes) {
                    values.push(column.value(rows));
                }
                if outcomes.first().is_some_and(|values: &Vec<f64>| values.len() == of_trajectory) {
                    let steps = design.steps(trajectory);
                    for (effects, values) in effects.iter_mut().zip(&mut outcomes) {
                        effects.add(values, &steps);
                        values.clear();
                    }
                    trajectory += 1;
                }
            }
            progress(block.patients.len() as u64);
            Ok::<(), FindingsError>(())
        },
    )?;
    let measured = |effects: &ElementaryEffects| {
        let measures = effects.measures()?.into_iter().zip(&plan.factors);
        Ok(measures.map(|(m, factor)| if factor.quantities.len() > 1 { m.of_group() } else { m }).collect())
    };
    let effects = effects.iter().map(|effects| Estimate::from(measured(effects))).collect();
    Ok(Solved { effects, failed_solves })
}
