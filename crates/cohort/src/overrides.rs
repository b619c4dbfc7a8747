//! Values that override those of the study file.

/// Values that override those of the study file, before anything is validated.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Number of patients.
    pub patients: Option<u64>,
    /// Seed of every draw.
    pub seed: Option<u64>,
    /// Length of follow-up in days.
    pub days: Option<f64>,
}

/// One of the [`Overrides`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Override {
    /// Number of patients.
    Patients,
    /// Seed of every draw.
    Seed,
    /// Length of follow-up.
    Days,
}

impl Override {
    /// The key of the study file whose value it replaces.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Patients => "study.patients",
            Self::Seed => "study.seed",
            Self::Days => "study.days",
        }
    }
}
