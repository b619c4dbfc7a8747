//! The page of a calibration, its figure and its files.

mod page;
pub(crate) mod words;

use std::path::{Path, PathBuf};

use cartrial_findings::calibration::Calibration;

use crate::files::FileError;
use crate::page::Illustration;
use crate::page_directory::{PageDirectory, PageDirectoryError, PageKind};
use crate::{Interval, SharesFigure, SharesRow, Theme, shares_figure};
pub(crate) use page::{answer, few};

const KIND: PageKind = PageKind {
    noun: "a calibration",
    format: "cartrial-calibration",
    files: &["calibration.json", "report.html"],
};

/// A directory that holds a calibration, or is to.
pub struct Directory(PageDirectory);

impl Directory {
    /// Makes a directory ready: it exists, and an earlier calibration in it counts as incomplete from now on.
    ///
    /// # Errors
    /// [`PageDirectoryError::Foreign`] if it holds anything of those names that is not from an earlier calibration.
    pub fn claim(path: &Path) -> Result<Self, PageDirectoryError> {
        PageDirectory::claim(path, &KIND).map(Self)
    }

    /// Writes `calibration.json`, the figure, the page, and last the manifest, which makes it complete; `command` is what was typed.
    /// The path is that of the page.
    ///
    /// # Errors
    /// [`FileError`] names the file and the reason.
    pub fn write(&self, found: &Calibration, command: &str) -> Result<PathBuf, FileError> {
        self.0.write_json("calibration.json", found)?;
        let figures = figures(found);
        let facts = serde_json::json!({
            "program": { "name": "cartrial", "version": found.version },
            "study": found.study.name,
            "seed": found.study.seed,
            "command": command,
        });
        self.0.finish(&figures, &page::page(found, &figures, command), facts)
    }
}

/// Every figure that the data allow.
pub fn figures(found: &Calibration) -> Vec<Illustration> {
    let row = |fit: &cartrial_findings::calibration::ShareFit| {
        let [low, high] = fit.target_ci95.map(|share| 100.0 * share);
        SharesRow {
            label: words::share(&fit.target),
            trial: Interval { low, middle: 100.0 * fit.target.share, high },
            before: fit.plausible.map(|share| 100.0 * share),
            after: fit.enrolled.value().map(|share| 100.0 * share.estimate),
        }
    };
    let figure = SharesFigure {
        title: "",
        legend: ["trial, 95 % interval", "plausible candidates", "study's patients"],
        rows: found.shares.iter().map(row).collect(),
    };
    let svg = shares_figure(&figure, &Theme::LIGHT).ok();
    svg.map(|svg| Illustration { name: "shares".to_owned(), svg }).into_iter().collect()
}
