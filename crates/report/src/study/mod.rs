//! The page of any study: what was asked, what was found, and how to repeat it.

mod comparison;
mod figures;
mod files;
mod page;
mod regressions;
mod requested;
mod results;
pub(crate) mod sweep;

use cartrial_model::Quantity;

use crate::page::Illustration;
use cartrial_findings::{Comparison, StudyFindings};

pub use files::write;
pub use regressions::regression_figures;

/// Names of the figures of a study's page, in order, but for those whose names begin as in [`FIGURE_BEGINNINGS`].
pub const FIGURES: [&str; 6] = ["regressions", "regressions-log", "cohort", "outcomes", "arms", "survival"];
/// Beginnings of the names of further figures: those of a sweep, outcomes of further arms, changes within patients.
pub const FIGURE_BEGINNINGS: [&str; 5] =
    ["benefit-risk", "response", "by-tumour-burden", "outcomes-arm-", "change-"];

/// Whether a page of a study may have a figure of this name, without ending: beside other results it would be stale.
pub fn is_figure(name: &str) -> bool {
    FIGURES.contains(&name) || FIGURE_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// The histograms, of the patients' quantities and of the outcomes in each arm, and the figures of a sweep and of the comparison.
pub fn figures(report: &StudyFindings<'_>) -> Vec<Illustration> {
    let mut all = figures::figures(report);
    all.extend(report.sweep.into_iter().flat_map(sweep::figures));
    all.extend(report.comparison.iter().flat_map(|comparison| comparison::figures(report, comparison)));
    all
}

/// The page with those figures and others (`regressions`, `regressions-log`), as HTML that needs nothing from outside.
pub fn page(report: &StudyFindings<'_>, figures: &[Illustration]) -> String {
    page::page(report, figures)
}

/// The symbol of a column's quantity in the equations, if it is one of their parameters.
fn symbol_in_equations(column: &str) -> Option<&'static str> {
    Quantity::from_symbol(column).and_then(Quantity::symbol_in_equations)
}
