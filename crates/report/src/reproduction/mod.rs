//! The reproduction of the paper: its figures and its page.

mod directory;
mod effects;
mod figures;
mod page;
mod replicates;
mod variance;

use crate::page::Illustration;
use cartrial_findings::reproduction::Reproduction;
pub use directory::Directory;

/// Every figure that the data allow, in the order of the page.
pub fn figures(reproduction: &Reproduction) -> Vec<Illustration> {
    figures::figures(reproduction)
}

/// The page with those figures, as HTML that needs nothing from outside.
pub fn page(reproduction: &Reproduction, figures: &[Illustration]) -> String {
    page::page(reproduction, figures)
}
