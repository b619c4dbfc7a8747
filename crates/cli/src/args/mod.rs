//! Arguments as they are typed: the commands; what those take that begin with a study, and with results; how values are read.

mod of_results;
mod of_study;
mod values;

pub use of_results::*;
pub use of_study::*;

use crate::commands::about::VERSION;
use clap::{Args, Parser, Subcommand};
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
                                    fewer candidates are eligible than the study has patients.";

const ABOUT_QUERY: &str = "Tables: patients, a row for each patient and arm; trajectories, where the study asked for them. \
                           dictionary.json has their columns. Example: cartrial query results/rescue \"SELECT arm, \
                           avg(peak_inflammation) FROM patients GROUP BY arm\". The terminal shows up to 100 rows, --out takes all. \
                           Only builds with the feature `query` can do this. Exit codes: as of run.";

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
