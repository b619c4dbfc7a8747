//! `cartrial analyse`: the statistics again, from the dataset alone.

use crate::args::AnalyseArguments;
use crate::failure::Failure;
use crate::output::show;
use cartrial_dataset::{Dataset, write_summary};
use cartrial_findings::StudyAnalysis;
use cartrial_report::terminal;

/// Reads a finished dataset and writes its `summary.json` anew.
pub fn analyse(arguments: &AnalyseArguments) -> Result<(), Failure> {
    let dataset = Dataset::open_whole(&arguments.dir)?;
    let summary = StudyAnalysis::of_dataset(&dataset)?.summary();
    write_summary(&arguments.dir, &summary)?;
    show(&format!(
        "{}Statistics written to {}\n",
        terminal::statistics(&dataset.manifest().study, &summary),
        arguments.dir.join("summary.json").display()
    ))
}
