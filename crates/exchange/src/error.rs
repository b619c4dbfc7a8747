//! Why a model could not be written.

use thiserror::Error;

/// A document that could not be put together.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// The text of the XML.
    #[error("the model could not be written as XML: {0}")]
    Xml(#[from] std::io::Error),
    /// The archive.
    #[error("the archive could not be put together: {0}")]
    Archive(#[from] zip::result::ZipError),
}
