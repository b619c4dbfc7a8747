//! Arguments of the commands that begin with results, and of those that write for other programs.

use super::values::first;
use cartrial_findings::subgroups::SubgroupColumn;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
