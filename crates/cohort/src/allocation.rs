//! How patients come to arms.

use serde::{Deserialize, Serialize};

/// How patients come to arms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Allocation {
    /// Every patient goes through every arm: counterfactual twins.
    #[default]
    Twins,
    /// Every patient goes to one arm, drawn from the seed in permuted blocks with the arms' ratios.
    Randomised,
}

impl Allocation {
    /// Every one, the default first.
    pub const ALL: &[Self] = &[Self::Twins, Self::Randomised];

    /// Its name in study files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Twins => "twins",
            Self::Randomised => "randomised",
        }
    }
}
