//! Which version of the equations: the reading of the paper and the law of tumour growth.

use serde::{Deserialize, Serialize};

/// Which text of the model is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// As curated in BIOMD0000000837: basal source p0, helpers secrete, activation saturates in I. It gives the
    /// paper's Figure 3 (peak 167.89 pg/mL on day 6.68).
    #[default]
    Curated,
    /// The preprint's first text, letter by letter. It does not give Figure 3 (peak about 251 pg/mL on day 0.28) and
    /// is kept so that anyone can see that.
    Printed,
}

/// How the tumour grows when nothing kills it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Growth {
    /// r1·B·(1 − B/k), the paper's.
    #[default]
    Logistic,
    /// r1·B·ln(k/B).
    Gompertz,
    /// r1·B.
    Exponential,
}

/// Reading and growth law together: which equations are solved. The default is the paper's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelSpec {
    /// Which text of the model.
    pub reading: Reading,
    /// Which growth law.
    pub growth: Growth,
}

impl Reading {
    /// Every reading, the default first.
    pub const ALL: [Reading; 2] = [Self::Curated, Self::Printed];

    /// Its name in study files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Curated => "curated",
            Self::Printed => "printed",
        }
    }
}

impl Growth {
    /// Every growth law, the default first.
    pub const ALL: [Growth; 3] = [Self::Logistic, Self::Gompertz, Self::Exponential];

    /// Its name in study files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logistic => "logistic",
            Self::Gompertz => "gompertz",
            Self::Exponential => "exponential",
        }
    }
}
