//! Tail probabilities of the normal, χ², Student's t, binomial and hypergeometric distributions, in log space.
//!
//! At a million patients p-values underflow; their logarithms do not. Elementary functions come from `libm`, so that
//! results have the same bits on every machine.

pub mod chi_squared;
pub(crate) mod discrete;
pub mod normal;
pub mod student_t;
