//! Figures and pages on disk.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::PngError;
use crate::page::Illustration;
use crate::png::to_png;
use crate::study::is_figure;

/// Pixels of a PNG for each unit of its SVG.
const PNG_SCALE: f32 = 2.0;
const EXTENSIONS: [&str; 2] = ["svg", "png"];

/// Why a figure or a page could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file system refused.
    #[error("{}: cannot be written: {}", path.display(), reason(source))]
    Unwritable {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The figure could not be turned into pixels.
    #[error("figure {name}: {source}")]
    Png {
        /// Name of the figure.
        name: String,
        /// What went wrong.
        source: PngError,
    },
    /// The value has no form in JSON.
    #[error("{name}: {source}")]
    Json {
        /// Name of the file.
        name: String,
        /// What went wrong.
        source: serde_json::Error,
    },
}

impl FileError {
    pub(crate) fn unwritable(path: &Path, source: io::Error) -> Self {
        Self::Unwritable { path: path.to_owned(), source }
    }
}

/// Why the file system refused, in plain words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => "a file stands where a directory is needed",
        ErrorKind::IsADirectory => "a directory stands where a file is needed",
        ErrorKind::NotFound => "there is no such directory",
        ErrorKind::PermissionDenied => "permission denied",
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        ErrorKind::StorageFull => "no space is left on the disk",
        _ => return error.to_string(),
    }
    .to_owned()
}

/// Writes every figure of a page as SVG and PNG, and removes those that an earlier one left: beside other results they
/// would be wrong.
///
/// # Errors
/// [`FileError`] names the file and the reason.
pub fn write_figures(directory: &Path, pictures: &[Illustration]) -> Result<(), FileError> {
    create_directory(directory)?;
    for stale in stale(directory, pictures) {
        std::fs::remove_file(&stale).map_err(|e| FileError::unwritable(&stale, e))?;
    }
    pictures.par_iter().try_for_each(|picture| write_figure(directory, &picture.name, &picture.svg))
}

/// Figures of a page in a directory that are not among `pictures`.
fn stale(directory: &Path, pictures: &[Illustration]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let is_stale = |path: &PathBuf| {
        let part = |part: Option<&OsStr>| part.and_then(OsStr::to_str).unwrap_or_default().to_owned();
        let (name, extension) = (part(path.file_stem()), part(path.extension()));
        is_figure(&name)
            && EXTENSIONS.contains(&extension.as_str())
            && !pictures.iter().any(|p| p.name == name)
    };
    entries.map(|entry| entry.path()).filter(is_stale).collect()
}

/// Writes a figure as `name.svg` and `name.png`.
///
/// # Errors
/// [`FileError`] names the file and the reason.
pub fn write_figure(directory: &Path, name: &str, svg: &str) -> Result<(), FileError> {
    let png = to_png(svg, PNG_SCALE).map_err(|source| FileError::Png { name: name.to_owned(), source })?;
    for (extension, bytes) in EXTENSIONS.into_iter().zip([svg.as_bytes(), &png]) {
        write_file(&directory.join(name).with_extension(extension), bytes)?;
    }
    Ok(())
}

/// Makes a directory and those above it.
///
/// # Errors
/// [`FileError::Unwritable`].
pub fn create_directory(directory: &Path) -> Result<(), FileError> {
    std::fs::create_dir_all(directory).map_err(|e| FileError::unwritable(directory, e))
}

pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    std::fs::write(path, bytes).map_err(|e| FileError::unwritable(path, e))
}
