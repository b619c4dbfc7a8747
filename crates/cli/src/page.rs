//! `report.html` of a study, with its figures beside it.

use crate::failure::Failure;
use crate::figures;
use cartrial_dataset::{Column, Manifest};
use cartrial_findings::{StudySummary, StudySurvey};
use cartrial_report::study;
use std::path::{Path, PathBuf};

/// Writes the page and the figures of a surveyed study into its results directory.
pub fn write(
    directory: &Path,
    manifest: &Manifest,
    columns: &[Column],
    survey: &StudySurvey,
    summary: &StudySummary,
) -> Result<PathBuf, Failure> {
    let report = survey.report(manifest, columns, summary);
    let mut pictures = figures::regressions(survey);
    pictures.extend(study::figures(&report));
    figures::write_all(&directory.join("figures"), &pictures)?;
    let path = directory.join("report.html");
    std::fs::write(&path, study::page(&report, &pictures)).map_err(|e| Failure::unwritable(&path, &e))?;
    Ok(path)
}
