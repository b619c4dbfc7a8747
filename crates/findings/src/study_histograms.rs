//! Histograms of a study's patients and of their outcomes.

use cartrial_analysis::weighted::equal_weight_rows;
use cartrial_analysis::{Histogram, WeightedRows};

/// Histograms of a study's columns, each with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyHistograms {
    /// Of the predictors that may differ between patients; they are the same in every arm.
    pub patients: Vec<(String, Histogram)>,
    /// Of the outcomes in every arm, by its name.
    pub arms: Vec<(String, Vec<(String, Histogram)>)>,
}

impl StudyHistograms {
    /// Histograms of no patients.
    pub fn new<'a>(predictors: &[String], outcomes: &[String], arms: impl Iterator<Item = &'a str>) -> Self {
        let empty = |names: &[String]| names.iter().map(|name| (name.clone(), Histogram::new())).collect();
        let arms = arms.map(|arm| (arm.to_owned(), empty(outcomes))).collect();
        Self { patients: empty(predictors), arms }
    }

    /// The same of weighted patients, of each arm those of as many patients who count alike. Twins are the same patients in every arm.
    pub fn of_weighted(&self, arms: &[WeightedRows<'_>], are_twins: bool) -> Self {
        let columns: [Vec<String>; 2] = [
            self.patients.iter().map(|(name, _)| name.clone()).collect(),
            self.arms
                .first()
                .map_or_else(Vec::new, |(_, of)| of.iter().map(|(name, _)| name.clone()).collect()),
        ];
        let mut all = Self::new(&columns[0], &columns[1], self.arms.iter().map(|(arm, _)| arm.as_str()));
        for (arm, of_arm) in arms.iter().enumerate() {
            let rows = equal_weight_rows(of_arm.weights);
            let values = |name: &str| -> Vec<f64> {
                let column = of_arm.column(name).unwrap_or_default();
                rows.iter().filter_map(|row| column.get(*row).copied()).collect()
            };
            let patients = all.patients.iter_mut().filter(|_| arm == 0 || !are_twins);
            for (name, histogram) in patients.chain(&mut all.arms[arm].1) {
                histogram.extend(&values(name));
            }
        }
        all
    }

    /// Adds the rows of one arm; its predictors only if they are not known from another.
    pub fn extend(&mut self, arm: usize, predictors: Option<&[&[f64]]>, outcomes: &[&[f64]]) {
        let patients = self.patients.iter_mut().zip(predictors.unwrap_or_default());
        for ((_, histogram), values) in patients.chain(self.arms[arm].1.iter_mut().zip(outcomes)) {
            histogram.extend(values);
        }
    }

    /// Those of the predictors, and those of the outcomes in each arm, without the names.
    pub fn unnamed(&self) -> (Vec<Histogram>, Vec<Vec<Histogram>>) {
        let of =
            |named: &[(String, Histogram)]| named.iter().map(|(_, histogram)| histogram.clone()).collect();
        (of(&self.patients), self.arms.iter().map(|(_, outcomes)| of(outcomes)).collect())
    }

    /// Whether these can be those of other rows of the same columns.
    pub fn admits(&self, patients: &[Histogram], arms: &[Vec<Histogram>]) -> bool {
        patients.len() == self.patients.len()
            && arms.len() == self.arms.len()
            && arms.iter().zip(&self.arms).all(|(of_arm, (_, own))| of_arm.len() == own.len())
            && patients.iter().chain(arms.iter().flatten()).all(Histogram::is_possible)
    }

    /// Adds those of other rows.
    pub fn merge(&mut self, patients: &[Histogram], arms: &[Vec<Histogram>]) {
        let merge = |all: &mut [(String, Histogram)], next: &[Histogram]| {
            all.iter_mut().zip(next).for_each(|((_, all), next)| all.merge(next));
        };
        merge(&mut self.patients, patients);
        self.arms.iter_mut().zip(arms).for_each(|((_, all), next)| merge(all, next));
    }
}
