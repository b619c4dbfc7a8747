//! Arguments of the commands that begin with a study, or with pieces of its run.

use super::values::{
    days, hours, patients, rows, samples, sampling, seed, shard, shards, threads, trajectories, trials,
};
use cartrial::Shard;
use cartrial_cohort::{Factor, Sampling};
use clap::Args;
use std::path::PathBuf;

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Study file (TOML); `cartrial schema` describes it
    pub study: PathBuf,
    /// Results directory [default: results/NAME, with the name of the study]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub overrides: OverrideArguments,
    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "T", value_parser = threads, allow_negative_numbers = true)]
    pub threads: Option<u16>,
    /// Run shard I of K alone, to DIR/shard-I-of-K; run again, it does only what is missing
    #[arg(long, value_name = "I/K", value_parser = shard)]
    pub shard: Option<Shard>,
    /// Go on with an interrupted run: keep what is whole, do what is missing
    #[arg(long, conflicts_with = "force")]
    pub resume: bool,
    /// Replace results that the directory already holds
    #[arg(long)]
    pub force: bool,
    /// No progress and no table
    #[arg(long)]
    pub quiet: bool,
}

/// Values that take the place of the study file's.
#[derive(Debug, Args)]
pub struct OverrideArguments {
    /// Number of patients, instead of the study file's
    #[arg(long, value_name = "N", value_parser = patients, allow_negative_numbers = true)]
    pub patients: Option<u64>,
    /// Seed of every draw, instead of the study file's
    #[arg(long, value_name = "S", value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Length of follow-up in days, instead of the study file's
    #[arg(long, value_name = "D", value_parser = days, allow_negative_numbers = true)]
    pub days: Option<f64>,
}

/// Arguments of `patient`.
#[derive(Debug, Args)]
pub struct PatientArguments {
    /// Study file for the model, the solver, the days and what is fixed for all patients [default: the paper's model, 30 days]
    pub study: Option<PathBuf>,
    /// Length of follow-up in days
    #[arg(long, value_name = "D", value_parser = days, allow_negative_numbers = true)]
    pub days: Option<f64>,
    /// Directory for trajectory.csv and the figure
    #[arg(long, value_name = "DIR", default_value = "results/patient")]
    pub out: PathBuf,
}

/// Arguments of `reproduce`.
#[derive(Debug, Args)]
pub struct ReproduceArguments {
    /// Directory for the page, its figures and its data
    #[arg(long, value_name = "DIR", default_value = "results/hanson2016")]
    pub out: PathBuf,
    /// Replicates of the paper's trial of 200 patients in each of four cohorts
    #[arg(long, value_name = "R", value_parser = trials, allow_negative_numbers = true, default_value_t = Self::TRIALS)]
    pub trials: u32,
    /// No progress and no table
    #[arg(long)]
    pub quiet: bool,
}

/// Arguments of `sensitivity`.
#[derive(Debug, Args)]
pub struct SensitivityArguments {
    /// Study file (TOML); its number of patients plays no part
    pub study: PathBuf,
    /// Directory for the page, its figures and its data [default: results/NAME-sensitivity, with the name of the study]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Rows of Saltelli's design, each of two patients more than there are factors; of Sobol points best a power of two
    #[arg(long, value_name = "N", value_parser = rows, allow_negative_numbers = true, default_value_t = 16_384)]
    pub rows: u64,
    /// Trajectories of Morris' design, each of one patient more than there are factors; 0 for none
    #[arg(long, value_name = "R", value_parser = trajectories, allow_negative_numbers = true, default_value_t = 1000)]
    pub morris: u64,
    /// How the patients fill the space of quantities, instead of the study file's: random, latin-hypercube or sobol
    #[arg(long, value_name = "HOW", value_parser = sampling)]
    pub sampling: Option<Sampling>,
    /// Quantities that are moved together as one factor, such as doses=dose_effector_ctl,dose_memory_ctl; may be given again
    #[arg(long = "group", value_name = "NAME=SYMBOL,…")]
    pub groups: Vec<Factor>,
    /// Indices of inflammation and tumour burden over time as well, every so many hours
    #[arg(long, value_name = "H", value_parser = hours, allow_negative_numbers = true)]
    pub every_hours: Option<f64>,
    /// Rows for these, whose courses are followed one by one
    #[arg(long, value_name = "N", value_parser = rows, allow_negative_numbers = true, default_value_t = 256, requires = "every_hours")]
    pub course_rows: u64,
    /// Bootstrap samples behind an interval
    #[arg(long, value_name = "B", value_parser = samples, allow_negative_numbers = true, default_value_t = 1000)]
    pub bootstrap: u32,
    /// Seed of every draw, instead of the study file's
    #[arg(long, value_name = "S", value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Length of follow-up in days, instead of the study file's
    #[arg(long, value_name = "D", value_parser = days, allow_negative_numbers = true)]
    pub days: Option<f64>,
    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "T", value_parser = threads, allow_negative_numbers = true)]
    pub threads: Option<u16>,
    /// No progress and no table
    #[arg(long)]
    pub quiet: bool,
}

/// Arguments of `calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArguments {
    /// Study file (TOML)
    pub study: PathBuf,
    /// Directory for the page, its figure and its data [default: results/NAME-calibration, with the name of the study]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub overrides: OverrideArguments,
    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "T", value_parser = threads, allow_negative_numbers = true)]
    pub threads: Option<u16>,
    /// No progress and no table
    #[arg(long)]
    pub quiet: bool,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Study file (TOML)
    pub study: PathBuf,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// Study file (TOML)
    pub study: PathBuf,
    /// Number of shards
    #[arg(long, value_name = "K", value_parser = shards, allow_negative_numbers = true)]
    pub shards: u64,
    /// Results directory, as it will be given to `run` and `merge` [default: results/NAME, with the name of the study]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub overrides: OverrideArguments,
}

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct MergeArguments {
    /// Directories of the shards' results, or directories that hold several
    #[arg(required = true, value_name = "DIR")]
    pub pieces: Vec<PathBuf>,
    /// Results directory [default: the one directory that holds the shards]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace results that the directory already holds
    #[arg(long)]
    pub force: bool,
    /// No table
    #[arg(long)]
    pub quiet: bool,
}

impl ReproduceArguments {
    /// The default number of replicates.
    pub const TRIALS: u32 = 10_000;
}

impl OverrideArguments {
    /// As the study reader takes them.
    pub fn resolve(&self) -> cartrial_cohort::Overrides {
        cartrial_cohort::Overrides { patients: self.patients, seed: self.seed, days: self.days }
    }
}
