//! Designs of global sensitivity analyses: which patients of a population tell what each factor does.

mod factor;
mod one_at_a_time;
mod saltelli;

pub use factor::{Factor, FactorError, factors};
pub use one_at_a_time::OneAtATime;
pub use saltelli::Saltelli;
