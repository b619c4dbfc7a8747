//! Trial arms: as they are typed, and resolved.

mod typed;
mod validation;

pub(crate) use typed::{RawArm, read};
pub(crate) use validation::{Length, allocation, arms};
