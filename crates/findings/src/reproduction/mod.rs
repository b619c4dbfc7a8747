//! The reproduction of the paper: its cohorts, and what is computed of them.

mod cohort;
mod data;
mod run;
mod standard;
mod statistics;
mod variance;
mod verdict;

pub use data::{
    CohortEntry, Divisions, DriverEntry, EffectEntry, PaperDistribution, PaperPredictor, PowerEntry,
    PowerTable, ReplicateEntry, Setting,
};
pub use run::{patients, reproduce};
pub use statistics::PAPER_PATIENTS;
pub use variance::{VarianceEntry, least_share_seen};
pub use verdict::{Verdict, verdicts};

/// The standard patient in one reading of the paper.
#[derive(Clone, Debug, PartialEq)]
pub struct StandardCourse {
    /// Times in days, ascending.
    pub days: Vec<f64>,
    /// Tumour burden, inflammation, effector CTL, memory CTL, effector helpers, memory helpers, on each day.
    pub columns: [Vec<f64>; 6],
    /// Highest inflammation in pg/mL, and its day.
    pub peak: (f64, f64),
    /// Lowest tumour burden in cells/µL, and its day.
    pub nadir: (f64, f64),
}

/// One draw of the paper's trial: Figure 4.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnTrial {
    /// Distribution of parameters and initial lymphocytes.
    pub distribution: PaperDistribution,
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
    pub readings: [StandardCourse; 2],
    /// The first 200 patients of the uniform and of the normal population, n held.
    pub trials: Vec<DrawnTrial>,
    /// Replicates of the paper's trial.
    pub replicates: Vec<ReplicateEntry>,
    /// Effects, and how often trials of each size find that of the dose.
    pub power: PowerTable,
    /// What drives the peak.
    pub drivers: Vec<DriverEntry>,
    /// What accounts for the variance of the peak.
    pub variance: Vec<VarianceEntry>,
    /// The cohorts.
    pub cohorts: Vec<CohortEntry>,
    /// Identifies every row of all cohorts.
    pub content_hash: String,
    /// Column names of predictors, with their labels.
    pub labels: Vec<(String, String)>,
}

impl Reproduction {
    /// The effect of a predictor in [the main setting](Setting::is_main).
    pub fn main_effect(&self, predictor: PaperPredictor) -> Option<&EffectEntry> {
        self.power.effects.iter().find(|e| e.setting.is_main() && e.predictor == predictor)
    }

    /// How often trials of that many patients find the effect of the dose, in the main setting.
    pub fn power_at(&self, patients: usize) -> Option<&PowerEntry> {
        self.power.trials.iter().find(|e| e.setting.is_main() && e.patients_per_trial == patients)
    }

    /// What drives the peak, in the main setting.
    pub fn main_drivers(&self) -> Option<&DriverEntry> {
        self.drivers.iter().find(|d| d.setting.is_main())
    }

    /// What accounts for the variance of the peak in a population, n held at 6.
    pub fn variance_of(&self, distribution: PaperDistribution) -> Option<&VarianceEntry> {
        self.variance.iter().find(|v| (v.distribution, v.n) == (distribution, Divisions::Held))
    }

    /// A predictor's label, or its name if it has none.
    pub fn label(&self, name: &str) -> String {
        let found = self.labels.iter().find(|(n, _)| n == name);
        found.map_or_else(|| name.to_owned(), |(_, label)| label.clone())
    }
}
