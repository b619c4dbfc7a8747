//! The reproduction of the paper: its cohorts, what is computed of them, and the directory that it is written to.

pub mod cohort;
pub mod directory;
pub mod standard;
pub mod statistics;
