//! The page of any study: what was asked, what was found, and how to repeat it.

mod comparison;
mod figures;
mod found;
mod page;
mod request;
mod toml;

use cartrial_analysis::{Histogram, OutcomeSummary, RegressionEntry};
use cartrial_dataset::{Column, Manifest};

use crate::page::Illustration;
pub use comparison::Comparison;

/// Names of the figures of a study's page, in order, but for those whose names begin as in [`FIGURE_BEGINNINGS`].
pub const FIGURES: [&str; 6] = ["regressions", "regressions-log", "cohort", "outcomes", "arms", "survival"];
/// Beginnings of the names of further figures: outcomes of further arms, changes within patients.
pub const FIGURE_BEGINNINGS: [&str; 2] = ["outcomes-arm-", "change-"];

/// Whether a page of a study may have a figure of this name, without ending: beside other results it would be stale.
pub fn is_figure(name: &str) -> bool {
    FIGURES.contains(&name) || FIGURE_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Everything that the page of a study tells.
#[derive(Clone, Copy, Debug)]
pub struct StudyReport<'a> {
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
}

impl StudyReport<'_> {
    /// The histograms, of the patients' quantities and of the outcomes in each arm, and the figures of the comparison.
    pub fn figures(&self) -> Vec<Illustration> {
        let mut all = figures::figures(self);
        all.extend(self.comparison.iter().flat_map(|comparison| comparison::figures(self, comparison)));
        all
    }

    /// The page with those figures and `others` (`regressions`, `regressions-log`), as HTML that needs nothing from
    /// outside.
    pub fn page(&self, figures: &[Illustration]) -> String {
        page::page(self, figures)
    }

    /// A column's label and unit.
    fn column(&self, name: &str) -> (&str, &str) {
        let found = self.columns.iter().find(|c| c.name == name);
        found.map_or(("", ""), |c| (c.label.as_str(), if c.unit == "1" { "" } else { c.unit.as_str() }))
    }
}
