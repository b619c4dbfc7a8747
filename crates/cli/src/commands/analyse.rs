//! `cartrial analyse`: the statistics again, from the dataset alone.

use crate::args::AnalyseArguments;
use crate::comparison_table::comparison;
use crate::failure::Failure;
use crate::output::show;
use crate::table;
use cartrial_dataset::{Dataset, write_summary};
use cartrial_findings::StudySurvey;
use cartrial_findings::Trial;

/// Reads a finished dataset and writes its `summary.json` anew.
pub fn analyse(arguments: &AnalyseArguments) -> Result<(), Failure> {
    let dataset = Dataset::open(&arguments.dir)?;
    let survey = StudySurvey::of(&dataset)?;
    let summary = survey.summary();
    write_summary(&arguments.dir, &summary)?;
    let trial = Trial::of_results(dataset.manifest())?;
    let compared =
        summary.compared.as_ref().map_or_else(String::new, |c| comparison(&trial, &c.comparisons) + "\n");
    let tables: String = summary
        .arms
        .iter()
        .map(|arm| format!("Arm {arm}\n{}\n\n", table::regressions(&summary, arm)))
        .collect();
    show(&format!(
        "{tables}{}Statistics written to {}\n",
        compared.trim_start_matches('\n'),
        arguments.dir.join("summary.json").display()
    ))
}
