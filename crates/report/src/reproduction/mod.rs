//! The reproduction of the paper: its figures and its page.

mod directory;
mod figures;
mod page;

use crate::page::Illustration;
use cartrial_findings::reproduction::Reproduction;
pub use directory::{Directory, ReproductionError};

/// Every figure that the data allow, in the order of the page.
pub fn figures(found: &Reproduction) -> Vec<Illustration> {
    figures::figures(found)
}

/// The page with those figures, as HTML that needs nothing from outside.
pub fn page(found: &Reproduction, figures: &[Illustration]) -> String {
    page::page(found, figures)
}
