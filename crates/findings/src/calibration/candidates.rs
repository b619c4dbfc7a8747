//! The candidates of a calibration: who of them is plausible, and what each of them counts for.

use super::Shift;
use crate::FindingsError;
use cartrial_analysis::EntropyBalance;
use cartrial_cohort::{
    AcceptedCandidate, Allocation, Cohort, Condition, Draws, PatientColumn, Study, Targets, VirtualPatient,
};
use cartrial_model::{Endpoint, EndpointKind, Quantity};
use cartrial_runner::{Row, RunOptions, Status};
use std::collections::BTreeMap;

/// The pattern of a candidate who is not plausible.
const NOT_PLAUSIBLE: u64 = u64::MAX;

/// Candidates as far as acceptance needs to know them.
pub(super) struct Candidates {
    /// The pattern of each.
    patterns: Vec<u64>,
    groups: BTreeMap<u64, Group>,
    columns: Vec<PatientColumn>,
    /// Candidates in each range.
    pub in_range: Vec<u64>,
    /// Candidates who could not be solved.
    pub failed: u64,
}

/// Plausible candidates of one pattern.
pub(super) struct Group {
    /// For each share two bits: whether they are among those of whom it is taken, and whether they have what is counted.
    pub pattern: u64,
    pub patients: u64,
    /// Of each column the number of values, their sum and the sum of their squares.
    sums: Vec<[f64; 3]>,
}

/// Patients counted for a share.
#[derive(Clone, Copy, Default)]
pub(super) struct Counted {
    pub among: u64,
    pub satisfied: u64,
}

/// Patients of these patterns, counted for share `k`.
pub(super) fn share_bits(patterns: impl Iterator<Item = u64>, k: usize) -> Counted {
    patterns.fold(Counted::default(), |counted, pattern| {
        let bits = pattern >> (2 * k);
        Counted { among: counted.among + (bits & 1), satisfied: counted.satisfied + (bits >> 1 & bits & 1) }
    })
}

impl Candidates {
    /// Solves every candidate in the first arm.
    pub fn solve(
        study: &Study,
        targets: &Targets,
        cohort: &Cohort,
        options: &RunOptions,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Self, FindingsError> {
        let first_arm = Study {
            arms: study.arms.iter().take(1).cloned().collect(),
            allocation: Allocation::Twins,
            patients: targets.candidates,
            ..study.clone()
        };
        let mut all = Self {
            patterns: Vec::with_capacity(usize::try_from(targets.candidates).unwrap_or(0)),
            groups: BTreeMap::new(),
            columns: columns(study),
            in_range: vec![0; targets.plausible.len()],
            failed: 0,
        };
        cartrial_runner::run(
            &first_arm,
            cohort,
            0..cohort.patients(),
            options,
            |block| block,
            |block| {
                for (patient, row) in block.patients.iter().zip(&block.rows) {
                    all.add(targets, patient, row);
                }
                progress(block.patients.len() as u64);
                Ok::<(), FindingsError>(())
            },
        )?;
        Ok(all)
    }

    fn add(&mut self, targets: &Targets, patient: &VirtualPatient, row: &Row) {
        if row.outcome.status != Status::Completed {
            self.failed += 1;
            self.patterns.push(NOT_PLAUSIBLE);
            return;
        }
        let is_satisfied = |condition: &Condition| {
            condition.is_satisfied(
                |quantity| patient.quantities[quantity],
                |endpoint| row.outcome.values[endpoint.index()],
            )
        };
        let mut is_plausible = true;
        for (range, count) in targets.plausible.iter().zip(&mut self.in_range) {
            let keeps = is_satisfied(range);
            *count += u64::from(keeps);
            is_plausible &= keeps;
        }
        if !is_plausible {
            self.patterns.push(NOT_PLAUSIBLE);
            return;
        }
        let pattern = targets.shares.iter().enumerate().fold(0, |pattern, (k, share)| {
            let among = share.among.is_none_or(|among| is_satisfied(&among));
            pattern | u64::from(among) << (2 * k) | u64::from(is_satisfied(&share.condition)) << (2 * k + 1)
        });
        self.patterns.push(pattern);
        let columns = self.columns.len();
        let group = self.groups.entry(pattern).or_insert_with(|| Group {
            pattern,
            patients: 0,
            sums: vec![[0.0; 3]; columns],
        });
        group.patients += 1;
        for (column, sums) in self.columns.iter().zip(&mut group.sums) {
            let value = match column {
                PatientColumn::Quantity(quantity) => patient.quantities[*quantity],
                PatientColumn::Endpoint(endpoint) => row.outcome.values[endpoint.index()],
            };
            if !value.is_nan() {
                *sums = [sums[0] + 1.0, sums[1] + value, sums[2] + value * value];
            }
        }
    }

    /// How many are plausible.
    pub fn plausible(&self) -> u64 {
        self.groups.values().map(|group| group.patients).sum()
    }

    /// The plausible ones by pattern.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// Those who are accepted, each with a probability in proportion to the weight, by a draw that depends on seed and number alone.
    pub fn accept(&self, balance: &EntropyBalance, draws: &Draws) -> Vec<AcceptedCandidate> {
        let weights: BTreeMap<u64, f64> =
            self.groups.keys().copied().zip(balance.weights.iter().copied()).collect();
        let draw = draws.uniform("acceptance", 0..self.patterns.len() as u64);
        let accept = |((candidate, pattern), draw): ((usize, &u64), f64)| {
            let weight = *weights.get(pattern)?;
            (draw * balance.greatest_weight < weight)
                .then_some(AcceptedCandidate { candidate: candidate as u64, weight })
        };
        self.patterns.iter().enumerate().zip(draw).filter_map(accept).collect()
    }

    /// The patterns of accepted candidates.
    pub fn patterns_of(&self, accepted: &[AcceptedCandidate]) -> Vec<u64> {
        accepted.iter().map(|one| self.patterns[one.candidate as usize]).collect()
    }

    /// How the weights of the groups move the columns, the greatest difference first.
    pub fn shifts(&self, weights: &[f64]) -> Vec<Shift> {
        let total = |column: usize, weight: &dyn Fn(usize) -> f64| {
            let mut total = [0.0; 3];
            for (number, group) in self.groups.values().enumerate() {
                let of_group = group.sums[column];
                total.iter_mut().zip(of_group).for_each(|(total, sum)| *total += weight(number) * sum);
            }
            total
        };
        let shift = |(number, column): (usize, &PatientColumn)| {
            let [n, sum, squares] = total(number, &|_| 1.0);
            let [weighted_n, weighted_sum, _] = total(number, &|group| weights[group]);
            let (mean, weighted_mean) = (sum / n, weighted_sum / weighted_n);
            let sd = (squares / n - mean * mean).max(0.0).sqrt();
            (sd > 1e-9 * mean.abs()).then(|| Shift {
                column: *column,
                plausible_mean: mean,
                plausible_sd: sd,
                weighted_mean,
                standardised_difference: (weighted_mean - mean) / sd,
            })
        };
        let mut shifts: Vec<Shift> = self.columns.iter().enumerate().filter_map(shift).collect();
        shifts.sort_by(|a, b| b.standardised_difference.abs().total_cmp(&a.standardised_difference.abs()));
        shifts
    }
}

/// The columns whose means are told: quantities that vary, and endpoints that are numbers.
fn columns(study: &Study) -> Vec<PatientColumn> {
    let quantities = study.drawn_population().into_iter().flat_map(|spec| spec.varied());
    let is_number = |endpoint: &Endpoint| matches!(endpoint.kind(), EndpointKind::Continuous);
    let endpoints = Endpoint::ALL.into_iter().filter(is_number).map(PatientColumn::Endpoint);
    quantities.map(|quantity: Quantity| PatientColumn::Quantity(quantity)).chain(endpoints).collect()
}
