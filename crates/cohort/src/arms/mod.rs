//! Trial arms: as they are typed, and resolved.

mod resolve;
mod typed;

pub(crate) use resolve::{Length, allocation, arms};
pub(crate) use typed::{RawArm, read};
