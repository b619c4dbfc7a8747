//! The candidates of a calibration: who of them is plausible, and what each of them counts for.

use super::{Progress, Shift};
use crate::FindingsError;
use cartrial_analysis::trial::{Effect, Proportion};
use cartrial_analysis::weighted::weighted_risk;
use cartrial_analysis::{BalancedStratum, EntropyBalance, StatError, Summary};
use cartrial_cohort::{
    Allocation, Cohort, Condition, Draws, EnrolledCandidate, PatientColumn, Study, Targets, VirtualPatient,
};
use cartrial_model::{Endpoint, EndpointKind, Quantity};
use cartrial_runner::{Row, RunOptions, Status};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// The stratum of a candidate who is not plausible.
const NOT_PLAUSIBLE: u64 = u64::MAX;

/// Candidates as far as enrolment needs to know them.
pub(super) struct Candidates {
    /// The key of each one's stratum: for each share two bits, whether they are among those of whom it is taken, and whether they have what
    /// is counted.
    keys: Vec<u64>,
    /// The plausible ones by their key.
    strata: BTreeMap<u64, Stratum>,
    columns: Vec<PatientColumn>,
    /// Candidates in each range.
    pub in_range: Vec<u64>,
    /// Candidates who could not be solved.
    pub failed: u64,
}

/// Plausible candidates who are alike in everything that is counted.
struct Stratum {
    patients: u64,
    /// Each column's values.
    columns: Vec<Summary>,
}

/// Patients counted for a share.
#[derive(Clone, Copy, Default)]
pub(super) struct Counted {
    /// Those of whom it is taken.
    pub among: f64,
    /// Those of them who have what is counted.
    pub counted: f64,
}

impl Counted {
    /// The share; none of nobody.
    pub fn share(self) -> Option<f64> {
        (self.among > 0.0).then(|| self.counted / self.among)
    }
}

/// Whether the candidates of a stratum have what is counted for share `k`; none if they are not among those of whom it is taken.
fn counted(key: u64, k: usize) -> Option<bool> {
    let bits = key >> (2 * k);
    (bits & 1 == 1).then_some(bits >> 1 & 1 == 1)
}

impl Candidates {
    /// Solves every candidate in the first arm.
    pub fn solve(
        study: &Study,
        targets: &Targets,
        cohort: &Cohort,
        options: &RunOptions,
        progress: Progress<'_>,
    ) -> Result<Self, FindingsError> {
        let first_arm = Study {
            arms: study.arms.iter().take(1).cloned().collect(),
            allocation: Allocation::Twins,
            patients: targets.candidates,
            ..study.clone()
        };
        let mut all = Self {
            keys: Vec::with_capacity(usize::try_from(targets.candidates).unwrap_or(0)),
            strata: BTreeMap::new(),
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
                match progress(block.patients.len() as u64) {
                    ControlFlow::Continue(()) => Ok(()),
                    ControlFlow::Break(()) => Err(FindingsError::Interrupted),
                }
            },
        )?;
        Ok(all)
    }

    fn add(&mut self, targets: &Targets, patient: &VirtualPatient, row: &Row) {
        if row.outcome.status != Status::Completed {
            self.failed += 1;
            self.keys.push(NOT_PLAUSIBLE);
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
            self.keys.push(NOT_PLAUSIBLE);
            return;
        }
        let key = targets.shares.iter().enumerate().fold(0, |key, (k, share)| {
            let among = share.among.is_none_or(|among| is_satisfied(&among));
            key | u64::from(among) << (2 * k) | u64::from(is_satisfied(&share.condition)) << (2 * k + 1)
        });
        self.keys.push(key);
        let columns = self.columns.len();
        let empty = || Stratum { patients: 0, columns: vec![Summary::new(); columns] };
        let stratum = self.strata.entry(key).or_insert_with(empty);
        stratum.patients += 1;
        for (column, summary) in self.columns.iter().zip(&mut stratum.columns) {
            summary.extend(&[match column {
                PatientColumn::Quantity(quantity) => patient.quantities[*quantity],
                PatientColumn::Endpoint(endpoint) => row.outcome.values[endpoint.index()],
            }]);
        }
    }

    /// How many are plausible.
    pub fn plausible(&self) -> u64 {
        self.strata.values().map(|stratum| stratum.patients).sum()
    }

    /// The plausible ones by what is counted for so many shares.
    pub fn strata(&self, shares: usize) -> Vec<BalancedStratum> {
        let stratum = |(key, stratum): (&u64, &Stratum)| BalancedStratum {
            patients: stratum.patients as f64,
            counted: (0..shares).map(|k| counted(*key, k)).collect(),
        };
        self.strata.iter().map(stratum).collect()
    }

    /// The plausible ones counted for share `k`, those of each stratum with a weight.
    pub fn counted(&self, k: usize, weight: impl Fn(usize) -> f64) -> Counted {
        let mut all = Counted::default();
        for (number, (key, stratum)) in self.strata.iter().enumerate() {
            if let Some(has) = counted(*key, k) {
                let patients = weight(number) * stratum.patients as f64;
                all.among += patients;
                all.counted += if has { patients } else { 0.0 };
            }
        }
        all
    }

    /// Share `k` of patients who count alike.
    pub fn share_of_equal(&self, patients: &[EnrolledCandidate], k: usize) -> Result<Effect, StatError> {
        let mut share = Proportion::default();
        for has in patients.iter().filter_map(|one| counted(self.keys[one.candidate as usize], k)) {
            share.n += 1;
            share.events += u64::from(has);
        }
        share.risk()
    }

    /// Share `k` of patients by their weights.
    pub fn share_of_weighted(&self, patients: &[EnrolledCandidate], k: usize) -> Result<Effect, StatError> {
        let counted = patients.iter().filter_map(|one| {
            let has = counted(self.keys[one.candidate as usize], k)?;
            Some((f64::from(u8::from(has)), one.weight))
        });
        let (events, weights): (Vec<f64>, Vec<f64>) = counted.unzip();
        weighted_risk((&events, &weights))
    }

    /// The plausible ones with their weights.
    pub fn weighted(&self, balance: &EntropyBalance) -> Vec<EnrolledCandidate> {
        let weights = self.weights_of_strata(balance);
        let keys = self.keys.iter().enumerate();
        keys.filter_map(|(candidate, key)| {
            Some(EnrolledCandidate { candidate: candidate as u64, weight: *weights.get(key)? })
        })
        .collect()
    }

    fn weights_of_strata(&self, balance: &EntropyBalance) -> BTreeMap<u64, f64> {
        self.strata.keys().copied().zip(balance.weights.iter().copied()).collect()
    }

    /// Those who are accepted, each with a probability in proportion to the weight, by a draw that depends on seed and number alone.
    pub fn accept(&self, balance: &EntropyBalance, draws: &Draws) -> Vec<EnrolledCandidate> {
        let weights = self.weights_of_strata(balance);
        let draw = draws.uniform("acceptance", 0..self.keys.len() as u64);
        let accept = |((candidate, key), draw): ((usize, &u64), f64)| {
            let weight = *weights.get(key)?;
            (draw * balance.greatest_weight < weight)
                .then_some(EnrolledCandidate { candidate: candidate as u64, weight })
        };
        self.keys.iter().enumerate().zip(draw).filter_map(accept).collect()
    }

    /// How the weights of the strata move the columns, the greatest difference first.
    pub fn shifts(&self, weights: &[f64]) -> Vec<Shift> {
        let shift = |(number, column): (usize, &PatientColumn)| {
            let of_strata = || self.strata.values().map(|stratum| &stratum.columns[number]);
            let mut all = Summary::new();
            of_strata().for_each(|summary| all.merge(summary));
            let (mut n, mut sum) = (0.0, 0.0);
            for (summary, weight) in of_strata().zip(weights) {
                let patients = weight * summary.n() as f64;
                n += patients;
                sum += patients * summary.mean().unwrap_or(0.0);
            }
            let (mean, sd, weighted_mean) = (all.mean()?, all.sd().filter(|sd| *sd > 0.0)?, sum / n);
            Some(Shift {
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
