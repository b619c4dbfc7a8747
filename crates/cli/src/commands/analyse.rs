//! `cartrial analyse`: the statistics again, from the dataset alone.

use crate::args::AnalyseArguments;
use crate::failure::{Failure, nobody};
use crate::output::show;
use cartrial_dataset::Dataset;
use cartrial_findings::StudyAnalysis;
use cartrial_findings::subgroups::{Condition, SubgroupFindings, SubgroupRequest};
use cartrial_query::select_rows;
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
    dataset.check_stored()?;
    let text = arguments.condition.as_deref();
    let selected = text.map(|condition| select_rows(dataset, condition)).transpose()?;
    if selected.as_ref().is_some_and(|selected| selected.rows.rows() == 0) {
        return Err(nobody());
    }
    let condition = text.zip(selected.as_ref());
    let condition = condition.map(|(text, selected)| Condition {
        text,
        columns: &selected.columns,
        rows: &selected.rows,
    });
    let found =
        SubgroupFindings::of_dataset(dataset, &SubgroupRequest { condition, by: arguments.by.as_ref() })?;
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
