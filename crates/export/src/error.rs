//! What can go wrong with an export. Each text names the place and the reason; the caller adds what can be done, in the names
//! that its user knows.

use cartrial_dataset::DatasetError;
use std::path::PathBuf;

/// Why results could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The results cannot be read, or a file cannot be written.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The directory holds an export already.
    #[error("{}: already holds an export ({found})", directory.display())]
    Occupied {
        /// The directory.
        directory: PathBuf,
        /// A file that is there.
        found: String,
    },
    /// The directory holds something that no export has written, so it is not touched.
    #[error("{}: holds {found:?}, which is no file of an export", directory.display())]
    Foreign {
        /// The directory.
        directory: PathBuf,
        /// What is there.
        found: String,
    },
    /// A transport file would be too large.
    #[error(
        "{file}: {records} records of {record_bytes} bytes are more than the 5 GB of a transport file, which has room for \
         {patients} patients"
    )]
    TooLarge {
        /// The file.
        file: String,
        /// How many records it would have.
        records: u64,
        /// Bytes of each.
        record_bytes: u64,
        /// How many patients would fit.
        patients: u64,
    },
    /// A transport file has no such characters.
    #[error("{what} {text:?} has the character {character:?}, and a transport file holds ASCII alone")]
    NotAscii {
        /// Whose text it is.
        what: String,
        /// The text.
        text: String,
        /// The character.
        character: char,
    },
    /// A transport file has no room for so long a text.
    #[error("{what} has a text of {length} characters, and a transport file holds 200 at most")]
    TooLong {
        /// Whose text it is.
        what: String,
        /// How long it is.
        length: usize,
    },
}
