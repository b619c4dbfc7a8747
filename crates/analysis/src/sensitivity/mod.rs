//! Global sensitivity: how much of an outcome's spread each factor accounts for.
//!
//! A *factor* is a quantity or a group of quantities, independent of the other factors. [`SobolSums`] takes the outcomes of
//! Saltelli's design and yields variance-based indices, [`ElementaryEffects`] takes trajectories of one factor at a time and
//! yields Morris' measures. Both take row after row in constant memory. Partial rank correlations and standardised regression
//! coefficients are in [`Drivers`](crate::Drivers).

mod elementary_effects;
mod sobol_indices;

pub use elementary_effects::{ElementaryEffects, FactorEffects};
pub use sobol_indices::{SobolAtRows, SobolIndex, SobolIndices, SobolSums};
