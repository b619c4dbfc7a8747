//! The reproduction of the paper: its data, its figures, its page.

mod data;

pub use data::{
    CohortEntry, DriverEntry, EffectEntry, PAPER_LOG10_P_BURDEN, PAPER_LOG10_P_DOSE, PowerEntry, PowerTable,
    ReplicateEntry, Setting,
};
