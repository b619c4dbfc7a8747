//! Morris' design, solved and accumulated.

use super::solving::Solving;
use crate::FindingsError;
use cartrial_analysis::Estimate;
use cartrial_analysis::sensitivity::{ElementaryEffects, FactorEffects};
use cartrial_cohort::{Cohort, OneAtATime};

/// What comes out.
pub(super) struct Solved {
    /// Of every column; empty without trajectories.
    pub effects: Vec<Estimate<Vec<FactorEffects>>>,
    pub failed_solves: u64,
}

/// Solves the design and analyses every column.
pub(super) fn solve(solving: &Solving<'_>) -> Result<Solved, FindingsError> {
    let Solving { study, population, plan, columns, .. } = *solving;
    if plan.trajectories == 0 {
        return Ok(Solved { effects: Vec::new(), failed_solves: 0 });
    }
    let design = OneAtATime::new(population, study.seed, plan.trajectories, plan.factors.clone());
    let of_trajectory = design.patients_of_trajectory() as usize;
    let mut effects: Vec<_> = columns.iter().map(|_| ElementaryEffects::new(plan.factors.len())).collect();
    let mut outcomes = vec![Vec::with_capacity(of_trajectory); columns.len()];
    let mut trajectory = 0;
    let cohort = Cohort::of_trajectories(design.clone());
    let failed_solves = solving.each_patient(&cohort, |_, rows| {
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
    })?;
    let measured = |effects: &ElementaryEffects| {
        let measures = effects.measures()?.into_iter().zip(&plan.factors);
        Ok(measures.map(|(m, factor)| if factor.quantities.len() > 1 { m.of_group() } else { m }).collect())
    };
    let effects = effects.iter().map(|effects| Estimate::from(measured(effects))).collect();
    Ok(Solved { effects, failed_solves })
}
