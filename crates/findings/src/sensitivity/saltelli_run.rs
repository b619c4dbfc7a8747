//! Saltelli's design, solved and accumulated.

use super::columns::OutcomeColumn;
use super::solving::Solving;
use crate::FindingsError;
use cartrial_analysis::sensitivity::{SobolIndices, SobolSums};
use cartrial_analysis::{DriverTable, Drivers, Estimate, StatError};
use cartrial_cohort::{Cohort, Draws, Saltelli, Study, VirtualPatient};
use cartrial_model::Quantity;
use cartrial_runner::Row;
use rayon::prelude::*;

/// Patients whose quantities are handed to the regressions together.
const PORTION: usize = 1024;
/// Partial rank correlations rest on the first patients.
const RANKED: usize = 10_000;

/// What comes out.
pub(super) struct Solved {
    /// Of every column.
    pub outcomes: Vec<(Estimate<SobolIndices>, Estimate<DriverTable>)>,
    pub failed_solves: u64,
}

/// Takes in the patients of the design, in order.
struct Accumulation<'a> {
    columns: &'a [OutcomeColumn],
    varied: Vec<Quantity>,
    /// Patients of a row.
    of_row: usize,
    sums: Vec<SobolSums>,
    drivers: Vec<Drivers>,
    /// The row that is being filled: a value for each column and patient.
    row: Vec<Vec<f64>>,
    /// Quantities and outcomes of the patients A that the regressions have not taken in.
    predictors: Vec<Vec<f64>>,
    responses: Vec<Vec<f64>>,
    rows: u64,
}

/// Solves the design and analyses every column.
pub(super) fn solve(solving: &Solving<'_>) -> Result<Solved, FindingsError> {
    let Solving { study, population, plan, columns, .. } = *solving;
    let design = Saltelli::new(population, study.seed, plan.rows, plan.factors.clone());
    let factors = design.factors().len();
    let varied: Vec<Quantity> = population.varied().collect();
    let names = || varied.iter().map(|quantity| quantity.symbol().to_owned()).collect();
    let mut all = Accumulation {
        columns,
        of_row: factors + 2,
        sums: columns.iter().map(|_| SobolSums::new(factors, plan.rows)).collect(),
        drivers: columns.iter().map(|_| Drivers::with_ranked_rows(names(), RANKED)).collect(),
        row: vec![Vec::with_capacity(factors + 2); columns.len()],
        predictors: vec![Vec::with_capacity(PORTION); varied.len()],
        responses: vec![Vec::with_capacity(PORTION); columns.len()],
        rows: 0,
        varied,
    };
    let cohort = Cohort::of_saltelli(design);
    let failed_solves = solving.each_patient(&cohort, |patient, rows| all.take_in(patient, rows))?;
    all.hand_over();
    let draws = Draws::new(study.seed);
    let analysed = |(i, (sums, drivers)): (usize, (&SobolSums, &Drivers))| {
        let mut random = draws.uniform(&format!("bootstrap/{i}"), 0..u64::MAX);
        // The stream has no end.
        let indices = sums.indices(plan.bootstrap_samples, &mut || random.next().unwrap_or(0.5));
        (indices, drivers.table())
    };
    let both: Vec<_> = all.sums.iter().zip(&all.drivers).enumerate().collect();
    let analysed: Vec<_> = both.into_par_iter().map(analysed).collect();
    let means: Vec<f64> =
        analysed.iter().map(|(found, _)| found.as_ref().map_or(0.0, |f| f.mean.abs())).collect();
    let outcomes = analysed.into_iter().zip(columns).map(|((indices, drivers), column)| {
        // A difference has the error of both arms, however small it is.
        let of_arm = |arm: &str| {
            let is_it = |c: &&OutcomeColumn| {
                c.endpoint == column.endpoint && c.arm == arm && c.difference_from.is_none()
            };
            columns.iter().zip(&means).find(|(c, _)| is_it(c)).map_or(0.0, |(_, mean)| *mean)
        };
        let scale = of_arm(&column.arm) + column.difference_from.as_deref().map_or(0.0, of_arm);
        match indices {
            Ok(found) if is_within_accuracy(found.variance, scale, study) => {
                (StatError::WithinAccuracy.into(), StatError::WithinAccuracy.into())
            }
            other => (other.into(), drivers.into()),
        }
    });
    let outcomes = outcomes.collect();
    Ok(Solved { outcomes, failed_solves })
}

/// Whether values of that size vary no more than the solver is accurate: then they vary with its steps, not with the factors.
pub(super) fn is_within_accuracy(variance: f64, scale: f64, study: &Study) -> bool {
    variance.sqrt() <= study.solver.rtol * scale
}

impl Accumulation<'_> {
    fn take_in(&mut self, patient: &VirtualPatient, rows: &[Row]) {
        let is_a = self.row.first().is_none_or(Vec::is_empty);
        for (column, values) in self.columns.iter().zip(&mut self.row) {
            values.push(column.value(rows));
        }
        if is_a {
            for (quantity, values) in self.varied.iter().zip(&mut self.predictors) {
                values.push(patient.quantities[*quantity]);
            }
            for (values, of_row) in self.responses.iter_mut().zip(&self.row) {
                values.push(of_row[0]);
            }
            if self.responses.first().is_some_and(|values| values.len() == PORTION) {
                self.hand_over();
            }
        }
        if self.row.first().is_some_and(|values| values.len() == self.of_row) {
            for (sums, values) in self.sums.iter_mut().zip(&mut self.row) {
                let last = self.of_row - 1;
                sums.add(self.rows, values[0], &values[1..last], values[last]);
                values.clear();
            }
            self.rows += 1;
        }
    }

    /// Hands what has gathered to the regressions.
    fn hand_over(&mut self) {
        let predictors: Vec<&[f64]> = self.predictors.iter().map(Vec::as_slice).collect();
        let both = self.drivers.par_iter_mut().zip(&mut self.responses);
        both.for_each(|(drivers, response)| {
            drivers.extend(&predictors, response);
            response.clear();
        });
        self.predictors.iter_mut().for_each(Vec::clear);
    }
}
