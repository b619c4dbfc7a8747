//! `cartrial report`: the page and the figures again, from the dataset alone.

use crate::args::ReportArguments;
use crate::failure::Failure;
use crate::output::show;
use cartrial_dataset::Dataset;
use cartrial_findings::StudyAnalysis;

/// Reads a finished dataset and writes its `report.html` and figures anew.
pub fn report(arguments: &ReportArguments) -> Result<(), Failure> {
    let dataset = Dataset::open_whole(&arguments.dir)?;
    let analysis = StudyAnalysis::of_dataset(&dataset)?;
    let (manifest, columns) = (dataset.manifest(), dataset.columns());
    let path =
        cartrial_report::study::write(&arguments.dir, manifest, columns, &analysis, &analysis.summary())?;
    show(&format!("Page: {}\n", path.display()))
}
