//! Which rows of the patient table are kept on the disk.

use serde::{Deserialize, Serialize};

/// Which rows and columns of the patient table are stored. Statistics and content hash are those of all, whatever is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Store {
    /// Every row with every column.
    #[default]
    All,
    /// Every row, without the patients' quantities: these follow from seed and patient id.
    Outcomes,
    /// The rows of the first patients, with every column.
    Sample,
    /// No rows: statistics only.
    None,
}

impl Store {
    /// Every one, the default first.
    pub const ALL: &[Self] = &[Self::All, Self::Outcomes, Self::Sample, Self::None];

    /// Its name in study files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Outcomes => "outcomes",
            Self::Sample => "sample",
            Self::None => "none",
        }
    }
}
