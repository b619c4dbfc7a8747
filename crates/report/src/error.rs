//! Why a figure or a picture could not be made.

use thiserror::Error;

/// A figure that cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FigureError {
    /// Columns that belong together differ in length.
    #[error("{what} has {found} values where {expected} are needed, one for each row")]
    LengthMismatch {
        /// The column in question.
        what: String,
        /// Rows expected.
        expected: usize,
        /// Values found.
        found: usize,
    },
    /// There is no value that can be drawn.
    #[error("{what}: there is no value to draw")]
    NothingToDraw {
        /// What the figure or panel was to show.
        what: String,
    },
}

/// An SVG that cannot be turned into a PNG.
#[derive(Debug, Error)]
pub enum PngError {
    /// The text is no SVG.
    #[error("not a readable SVG: {0}")]
    Svg(String),
    /// The picture would have no pixel, or more than 100 million.
    #[error("a picture of {width} × {height} pixels is not possible")]
    Size {
        /// Width in pixels.
        width: f64,
        /// Height in pixels.
        height: f64,
    },
    /// The PNG could not be encoded.
    #[error("the picture could not be encoded: {0}")]
    Encoding(String),
}
