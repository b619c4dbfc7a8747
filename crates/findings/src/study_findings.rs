//! Everything that was found in a study, as a page tells it.

use crate::{SweepFindings, WeightSummary};
use cartrial_analysis::trial::{ArmComparison, ComparisonSummary, PowerAnalysis};
use cartrial_analysis::{Histogram, OutcomeSummary, Regression, RegressionEntry, ResponseScale};
use cartrial_dataset::{Column, Manifest};

/// The comparison of a study's arms, the first of which is the reference.
///
/// A page knows outcomes by their columns, whatever an endpoint is named. It answers by `severe_inflammation`,
/// `remission` and `relapse` (binary, and as times to an event with the columns `…_day`), by `peak_inflammation` and
/// `tumour_nadir` (continuous); others stand in the tables. What is not compared is left out.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// What was compared, and the patients of whom curves and changes are drawn.
    pub arms: &'a ArmComparison,
    /// The statistics of it, [`ArmComparison::summary`].
    pub summary: &'a ComparisonSummary,
    /// How many patients randomised trials would need; may be empty.
    pub power: &'a [PowerAnalysis],
}

/// Everything that the page of a study tells.
#[derive(Clone, Copy, Debug)]
pub struct StudyFindings<'a> {
    /// What was run, and what came out.
    pub manifest: &'a Manifest,
    /// Every column with its label and unit.
    pub columns: &'a [Column],
    /// Every outcome by itself, in every arm.
    pub outcomes: &'a [OutcomeSummary],
    /// Least squares of the response on each predictor.
    pub regressions: &'a [RegressionEntry],
    /// Quantities of the patients, by column name.
    pub patients: &'a [(String, Histogram)],
    /// In every arm, by its name, the outcomes by column name.
    pub arms: &'a [(String, Vec<(String, Histogram)>)],
    /// The arms against the first of them; `None` of a single arm, or where nothing was compared.
    pub comparison: Option<Comparison<'a>>,
    /// Which arm of a sweep is best, and for whom; `None` without a sweep.
    pub sweep: Option<&'a SweepFindings>,
    /// By what the patients are weighted; `None` if all count alike.
    pub weights: Option<&'a WeightSummary>,
}

impl StudyFindings<'_> {
    /// A column's label and unit; both empty without such a column, the unit also of a plain number.
    pub fn column(&self, name: &str) -> (&str, &str) {
        let found = self.columns.iter().find(|c| c.name == name);
        found.map_or(("", ""), |c| (c.label.as_str(), if c.unit == "1" { "" } else { c.unit.as_str() }))
    }

    /// The fit of the response on a predictor in one arm on one scale, where there is one.
    pub fn regression(&self, arm: &str, predictor: &str, scale: ResponseScale) -> Option<&Regression> {
        let is_it = |e: &&RegressionEntry| e.arm == arm && e.predictor == predictor && e.scale == scale;
        self.regressions.iter().find(is_it)?.fit.value()
    }

    /// An outcome by itself in one arm.
    pub fn outcome(&self, arm: &str, outcome: &str) -> Option<&OutcomeSummary> {
        self.outcomes.iter().find(|o| o.arm == arm && o.outcome == outcome)
    }

    /// The outcome that is regressed on everything.
    pub fn response(&self) -> &str {
        self.regressions.first().map_or("", |e| e.response.as_str())
    }
}
