//! The reproduction of the paper: its data, its figures, its page.

mod data;
mod figures;
mod page;
mod verdict;

pub use data::{
    CohortEntry, DriverEntry, EffectEntry, PAPER_LOG10_P_BURDEN, PAPER_LOG10_P_DOSE, PowerEntry, PowerTable,
    ReplicateEntry, Setting,
};

use crate::page::Illustration;

/// The standard patient in one reading of the paper.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Times in days, ascending.
    pub days: Vec<f64>,
    /// Tumour burden, inflammation, effector CTL, memory CTL, effector helpers, memory helpers, on each day.
    pub columns: [Vec<f64>; 6],
    /// Highest inflammation in pg/mL, and its day.
    pub peak: (f64, f64),
    /// Lowest tumour burden in cells/µL, and its day.
    pub nadir: (f64, f64),
}

/// The patients of one trial: Figure 4.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// `uniform` or `normal`.
    pub distribution: &'static str,
    /// Total dose of each patient in cells/µL.
    pub dose_total: Vec<f64>,
    /// Initial tumour burden of each patient in cells/µL.
    pub tumour_burden: Vec<f64>,
    /// Peak inflammation of each patient in pg/mL; NaN where the solve failed.
    pub peak: Vec<f64>,
}

/// All that a reproduction found.
#[derive(Clone, Debug, PartialEq)]
pub struct Reproduction {
    /// Seed of every draw.
    pub seed: u64,
    /// Follow-up in days.
    pub days: f64,
    /// How equations were solved, and how accurately, in words.
    pub solver: String,
    /// The command that makes it again.
    pub command: String,
    /// The standard patient in the curated and in the printed reading.
    pub readings: [Reading; 2],
    /// The first 200 patients of the uniform and of the normal population, n held.
    pub trials: Vec<Trial>,
    /// Replicates of the paper's trial.
    pub replicates: Vec<ReplicateEntry>,
    /// Effects, and how often trials of each size find that of the dose.
    pub power: PowerTable,
    /// What drives the peak.
    pub drivers: Vec<DriverEntry>,
    /// The cohorts.
    pub cohorts: Vec<CohortEntry>,
    /// Identifies every row of all cohorts.
    pub content_hash: String,
    /// Column names of predictors, with their labels.
    pub labels: Vec<(String, String)>,
}

impl Reproduction {
    /// Every figure that the data allow, in the order of the page.
    pub fn figures(&self) -> Vec<Illustration> {
        figures::figures(self)
    }

    /// The page with those figures, as HTML that needs nothing from outside.
    pub fn page(&self, figures: &[Illustration]) -> String {
        page::page(self, figures)
    }

    /// The drivers of ln(peak) in the uniform population with n held.
    fn main_drivers(&self) -> Option<&DriverEntry> {
        self.drivers.iter().find(|d| is_main(&d.setting))
    }

    /// A predictor's label, or its name if it has none.
    fn label(&self, name: &str) -> String {
        let found = self.labels.iter().find(|(n, _)| n == name);
        found.map_or_else(|| name.to_owned(), |(_, label)| label.clone())
    }
}

/// The setting in which the page tells effects: uniform, n held, ln(peak).
fn is_main(setting: &Setting) -> bool {
    (setting.distribution, setting.n, setting.scale) == ("uniform", "held", "log")
}
