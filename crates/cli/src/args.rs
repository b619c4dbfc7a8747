//! Arguments as they are typed.

use crate::commands::about::VERSION;
use cartrial::Shard;
use cartrial_cohort::{Factor, Sampling};
use cartrial_findings::subgroups::SubgroupColumn;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Virtual clinical trials of CAR T cell therapy, by the million.
///
/// Draws a cohort of heterogeneous virtual patients, simulates each with a seven-equation model of tumour, inflammation
/// and four CAR T populations (Hanson et al. 2016), and reports what drives toxicity.
#[derive(Debug, Parser)]
#[command(
    name = "cartrial",
    version,
    long_version = VERSION.as_str(),
    propagate_version = true,
    max_term_width = 100
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a study: draw its patients, simulate them in every arm, analyse the outcomes, write the results
    #[command(after_help = EXIT_CODES)]
    Run(RunArguments),
    /// Follow the standard patient: trajectory.csv and a figure
    Patient(PatientArguments),
    /// Reproduce the paper on one page: its figures, its trial repeated, and what 200 patients could not show
    #[command(after_help = EXIT_CODES_REPRODUCE)]
    Reproduce(ReproduceArguments),
    /// Tell what drives the outcomes of a study: Sobol' indices, elementary effects, rank correlations, regressions
    #[command(after_help = EXIT_CODES_REPRODUCE)]
    Sensitivity(SensitivityArguments),
    /// Show how a study's patients come to look like those of a real trial, by the shares under [population.targets]
    #[command(after_help = EXIT_CODES_CALIBRATE)]
    Calibrate(CalibrateArguments),
    /// Validate a study and show what would run, without running it
    Check(CheckArguments),
    /// Cut a study into shards for many machines: show their patients and the commands that run them
    Plan(PlanArguments),
    /// Put the results of all shards of a study together, as if it had been run at once
    Merge(MergeArguments),
    /// Repeat the statistics of a finished run, without simulating; of subgroups as well
    Analyse(AnalyseArguments),
    /// Ask the tables of a finished run in SQL
    #[command(after_help = ABOUT_QUERY)]
    Query(QueryArguments),
    /// Write a finished run in the formats of others: CDISC ADaM, CSV, one Parquet file
    Export(ExportArguments),
    /// Make the page and figures of a finished run again, without simulating
    Report(ReportArguments),
    /// Gather the evidence for the results of a finished run, after ASME V&V 40: one page, and JSON
    Credibility(CredibilityArguments),
    /// Write the model with the study's parameters and an arm's treatment as SBML, for other simulators
    ExportSbml(ExportModelArguments),
    /// Write the model and its simulation (SED-ML) as a COMBINE archive
    ExportOmex(ExportModelArguments),
    /// Print a JSON Schema of the study file, for editors
    Schema,
    /// Print what a shell needs to complete these commands
    Completions(CompletionsArguments),
    /// Print the manual page, or write the pages of all commands
    Man(ManArguments),
}

const EXIT_CODES: &str = "Exit codes: 0 success; 1 failure of the disk or the system; 2 bad input, nothing was written; 3 done, but more \
                          patients failed than [run] max_failed_fraction allows; 130 interrupted (Ctrl-C), 143 terminated: \
                          what is done is kept, and --resume goes on from there.";

const EXIT_CODES_REPRODUCE: &str = "Exit codes: 0 success; 1 failure of the disk or the system; 2 bad input, nothing was \
                                    written; 3 done, but patients failed; 130 interrupted.";

const EXIT_CODES_CALIBRATE: &str = "Exit codes: 0 success; 1 failure of the disk or the system; 2 bad input, nothing was written; 3 done, but \
                                    fewer candidates are accepted than the study has patients.";

const ABOUT_QUERY: &str = "Tables: patients, a row for each patient and arm; trajectories, where the study asked for them. \
                           dictionary.json has their columns. Example: cartrial query results/rescue \"SELECT arm, \
                           avg(peak_inflammation) FROM patients GROUP BY arm\". The terminal shows up to 100 rows, --out takes all. \
                           Only builds with the feature `query` can do this. Exit codes: as of run.";

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

/// Arguments of `analyse`.
#[derive(Debug, Args)]
pub struct AnalyseArguments {
    /// Results directory of a finished run
    pub dir: PathBuf,
    /// The patients that satisfy this condition alone, as after SQL's WHERE, such as "tumour_burden > 500"
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,
    /// Subgroups by this column: by its values, or of a number by cuts, as in tumour_burden:250,500 [default: thirds]
    #[arg(long, value_name = "COLUMN[:CUTS]")]
    pub by: Option<SubgroupColumn>,
}

/// Arguments of `query`.
#[derive(Debug, Args)]
pub struct QueryArguments {
    /// Results directory of a finished run
    pub dir: PathBuf,
    /// One SELECT
    pub sql: String,
    /// Write the whole answer to this file instead: FILE.parquet or FILE.csv
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long, requires = "out")]
    pub force: bool,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// Results directory of a finished run
    pub dir: PathBuf,
    /// What to write
    #[arg(long, value_enum)]
    pub format: ExportFormat,
    /// Forms of the ADaM data sets, separated by commas [default: all]
    #[arg(long = "as", value_name = "FORMS", value_enum, value_delimiter = ',')]
    pub forms: Vec<AdamForm>,
    /// How the values stand in CSV [default: both]
    #[arg(long, value_enum)]
    pub layout: Option<Layout>,
    /// An extract: the rows that satisfy this condition, as after SQL's WHERE, such as "tumour_burden > 500"; of ADaM, the
    /// subjects
    #[arg(long = "where", value_name = "CONDITION", conflicts_with = "first")]
    pub condition: Option<String>,
    /// Columns of the patient table, separated by commas [default: all]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// An extract: the first N patients alone
    #[arg(long, value_name = "N", value_parser = first, allow_negative_numbers = true)]
    pub first: Option<u64>,
    /// Directory for the files [default: export-adam, export-csv or export-parquet in the results directory]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace an export that the directory already holds
    #[arg(long)]
    pub force: bool,
    /// No progress, and no list of files
    #[arg(long)]
    pub quiet: bool,
}

/// What `export` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Analysis data sets of CDISC ADaM: ADSL, ADLB and ADTTE, with define.xml
    Adam,
    /// The patient table as CSV
    Csv,
    /// The patient table as one Parquet file, with labels and units
    Parquet,
}

/// A form of the ADaM data sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AdamForm {
    /// Parquet
    Parquet,
    /// Dataset-JSON 1.1
    Json,
    /// SAS transport file, version 5
    Xpt,
}

/// How values stand in CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Layout {
    /// patients.csv: a column for each quantity and endpoint
    Wide,
    /// outcomes.csv: a line for each endpoint
    Long,
    /// Both files
    Both,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// Results directory of a finished run
    pub dir: PathBuf,
}

/// Arguments of `credibility`.
#[derive(Debug, Args)]
pub struct CredibilityArguments {
    /// Results directory of a finished run
    pub dir: PathBuf,
}

/// Arguments of `export-sbml` and `export-omex`.
#[derive(Debug, Args)]
pub struct ExportModelArguments {
    /// Study file (TOML)
    pub study: PathBuf,
    /// Arm whose treatment is written [default: the first]
    #[arg(long, value_name = "NAME")]
    pub arm: Option<String>,
    /// File to write [default: NAME.xml or NAME.omex, with the name of the study]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArguments {
    /// Directory for the pages of all commands, which replace those that are there
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
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

fn threads(text: &str) -> Result<u16, String> {
    text.parse()
        .ok()
        .filter(|&t| t > 0)
        .ok_or_else(|| format!("expected a whole number from 1 to {}", u16::MAX))
}

fn shard(text: &str) -> Result<Shard, String> {
    text.parse()
}

fn shards(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|&k| k > 0).ok_or_else(|| "expected a whole number of at least 1".to_owned())
}

/// Above the upper limit, the columns that are kept would need more than 5 GB of memory.
fn trials(text: &str) -> Result<u32, String> {
    const MOST: u32 = 1_000_000;
    let wanted = || format!("expected a whole number from 1 to {MOST}");
    text.parse().ok().filter(|t| (1..=MOST).contains(t)).ok_or_else(wanted)
}

/// Fewer rows say nothing of a variance.
fn rows(text: &str) -> Result<u64, String> {
    whole_number(text, 16, 1_000_000_000)
}

fn trajectories(text: &str) -> Result<u64, String> {
    whole_number(text, 0, 1_000_000_000)
}

fn samples(text: &str) -> Result<u32, String> {
    whole_number(text, 100, 10_000).map(|n| n as u32)
}

fn sampling(text: &str) -> Result<Sampling, String> {
    let named = Sampling::ALL.iter().find(|sampling| sampling.name() == text);
    named.copied().ok_or_else(|| "expected random, latin-hypercube or sobol".to_owned())
}

fn whole_number(text: &str, least: u64, most: u64) -> Result<u64, String> {
    let wanted = || format!("expected a whole number from {least} to {most}");
    text.parse().ok().filter(|n| (least..=most).contains(n)).ok_or_else(wanted)
}

fn hours(text: &str) -> Result<f64, String> {
    let is_valid = |hours: &f64| hours.is_finite() && *hours > 0.0;
    text.parse().ok().filter(is_valid).ok_or_else(|| "expected a number of hours above 0".to_owned())
}

fn first(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|&n| n > 0).ok_or_else(|| "expected a whole number of at least 1".to_owned())
}

/// Their range is the study's to check.
fn patients(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "expected a whole number of at least 1".to_owned())
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("expected a whole number from 0 to {}", u64::MAX))
}

/// Their range is the study's to check.
fn days(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "expected a number".to_owned())
}
