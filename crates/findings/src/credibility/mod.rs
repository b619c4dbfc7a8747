//! What a reviewer asks of the results of a model, with the evidence: the factors of ASME V&V 40.
//!
//! Source: ASME V&V 40-2018, Assessing Credibility of Computational Modeling through Verification and Validation.

mod calculation;
mod code;
mod factors;
mod sampling;

pub use calculation::{CalculationVerification, EndpointError};
pub use code::{CodeVerification, Convergence};
pub use factors::{Activity, Factor, Standing};
pub use sampling::{CorrelationDiagnostic, QuantityDiagnostic};

use crate::Result;
use cartrial_cohort::Population;
use cartrial_dataset::{ContentHash, Dataset, Manifest};
use cartrial_runner::Level;
use sampling::CohortDiagnostics;
use serde::Serialize;

/// The evidence for the results of a study.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Credibility {
    /// The study's name.
    pub study: String,
    /// Version of the program that gathered the evidence.
    pub program_version: String,
    /// Identifies the rows that it is for.
    pub content_hash: ContentHash,
    /// Whether the program solves what others have solved, measured now.
    pub code_verification: CodeVerification,
    /// Whether the stored outcomes are those of the equations, measured now; nothing where no quantities are stored.
    pub calculation_verification: Option<CalculationVerification>,
    /// Whether patients are distributed as the study asks; nothing where they come from a table or are not stored.
    pub cohort: Option<Vec<QuantityDiagnostic>>,
    /// Whether they are correlated as the study asks; empty where it asks for no correlations.
    pub correlations: Vec<CorrelationDiagnostic>,
    /// What all of it amounts to, factor by factor.
    pub factors: Vec<Factor>,
}

impl Credibility {
    /// Gathers the evidence for finished results: solves the reference patients and some of the study's again.
    ///
    /// # Errors
    /// [`FindingsError`](crate::FindingsError) if the results cannot be read.
    pub fn gather(dataset: &Dataset, level: Level) -> Result<Self> {
        let manifest = dataset.manifest();
        let has_quantities =
            dataset.stored_columns().iter().any(|column| column.name == "n") && has_rows(manifest);
        let code_verification = CodeVerification::measure(&manifest.study, level)?;
        let calculation_verification =
            has_quantities.then(|| CalculationVerification::measure(dataset, level)).transpose()?;
        let (cohort, correlations) = match &manifest.study.population {
            Population::Drawn(spec) if has_quantities => {
                let CohortDiagnostics { quantities, correlations } = sampling::diagnose(dataset, spec)?;
                (Some(quantities), correlations)
            }
            _ => (None, Vec::new()),
        };
        let mut gathered = Self {
            study: manifest.study.name.clone(),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            content_hash: manifest.content_hash,
            code_verification,
            calculation_verification,
            cohort,
            correlations,
            factors: Vec::new(),
        };
        gathered.factors = factors::factors(&gathered, manifest);
        Ok(gathered)
    }
}

fn has_rows(manifest: &Manifest) -> bool {
    manifest.files.iter().any(|file| file.rows > 0)
}
