//! `cartrial analyse`: the statistics again, from the dataset alone.

use crate::args::AnalyseArguments;
use crate::failure::Failure;
use crate::output::show;
use cartrial_dataset::Dataset;
use cartrial_findings::StudyAnalysis;
use cartrial_report::terminal;

/// Reads a finished dataset and writes its `summary.json` anew, or the statistics of subgroups beside it.
pub fn analyse(arguments: &AnalyseArguments) -> Result<(), Failure> {
    let mut dataset = Dataset::open_to_analyse(&arguments.dir)?;
    if arguments.condition.is_some() || arguments.by.is_some() {
        return subgroups(arguments, &dataset);
    }
    let summary = StudyAnalysis::of_dataset(&dataset)?.summary();
    dataset.replace_summary(&summary)?;
    show(&format!(
        "{}Statistics written to {}\n",
        terminal::statistics(&dataset.manifest().study, &summary),
        arguments.dir.join("summary.json").display()
    ))
}

/// The summary of the study itself stays as it is.
fn subgroups(arguments: &AnalyseArguments, dataset: &Dataset) -> Result<(), Failure> {
    let found = cartrial::subgroups(dataset, arguments.condition.as_deref(), arguments.by.as_ref())?;
    let page = cartrial_report::subgroups::write(&arguments.dir, dataset.columns(), &found)?;
    let study = &dataset.manifest().study;
    let statistics =
        found.statistics.as_ref().map_or_else(String::new, |s| terminal::statistics(study, s) + "\n");
    show(&format!(
        "{statistics}{}Page: {}\nStatistics written to {}\n",
        terminal::subgroups(dataset.columns(), &found),
        page.display(),
        arguments.dir.join("subgroups.json").display()
    ))
}
