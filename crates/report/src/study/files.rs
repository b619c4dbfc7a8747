//! `report.html` of a study, with its figures beside it.

use std::path::{Path, PathBuf};

use cartrial_dataset::{Column, Manifest};
use cartrial_findings::{StudyAnalysis, StudySummary};

use super::regressions::regression_figures;
use crate::files::{FileError, write_figures, write_file};

/// Writes the page and the figures of a study into its results directory. The path is that of the page.
///
/// # Errors
/// [`FileError`] names the file and the reason.
pub fn write(
    directory: &Path,
    manifest: &Manifest,
    columns: &[Column],
    analysis: &StudyAnalysis,
    summary: &StudySummary,
) -> Result<PathBuf, FileError> {
    let histograms = analysis.histograms();
    let report = analysis.findings(manifest, columns, summary, &histograms);
    let mut illustrations = regression_figures(analysis);
    illustrations.extend(super::figures(&report));
    write_figures(&directory.join("figures"), &illustrations)?;
    let path = directory.join("report.html");
    write_file(&path, super::page(&report, &illustrations).as_bytes())?;
    Ok(path)
}
