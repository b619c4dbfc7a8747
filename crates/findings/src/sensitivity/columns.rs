//! The outcomes that are analysed, and their values in the patients of a design.

use cartrial_cohort::Study;
use cartrial_model::{Endpoint, EndpointKind};
use cartrial_runner::Row;
use serde::{Serialize, Serializer};

/// An outcome in an arm, or its difference from that in the first arm, within the patient.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeColumn {
    /// The endpoint.
    #[serde(serialize_with = "name")]
    pub endpoint: Endpoint,
    /// The arm.
    pub arm: String,
    /// The arm whose value is taken off, if one is.
    pub difference_from: Option<String>,
    #[serde(skip)]
    arm_number: usize,
}

/// The endpoints that are analysed: every one that each patient has. The day of an event is censored without one, and relapse
/// is that of patients who came into remission.
pub fn analysed() -> impl Iterator<Item = Endpoint> {
    let everyone_has = |e: &Endpoint| e.kind() != EndpointKind::EventDay && *e != Endpoint::Relapse;
    Endpoint::ALL.into_iter().filter(everyone_has)
}

/// Every outcome in every arm, then its difference from the first arm in every other one.
pub(super) fn columns(study: &Study) -> Vec<OutcomeColumn> {
    let arms = || study.arms.iter().enumerate();
    let first = study.arms.first().map(|arm| arm.name.as_str());
    let column =
        |(number, arm): (usize, &cartrial_cohort::Arm), from: Option<&str>, endpoint| OutcomeColumn {
            endpoint,
            arm: arm.name.clone(),
            difference_from: from.map(str::to_owned),
            arm_number: number,
        };
    let in_arms = arms().flat_map(|arm| analysed().map(move |endpoint| column(arm, None, endpoint)));
    let differences =
        arms().skip(1).flat_map(|arm| analysed().map(move |endpoint| column(arm, first, endpoint)));
    in_arms.chain(differences).collect()
}

impl OutcomeColumn {
    /// Its value in a patient whose rows in all arms are these; NaN if a solve failed.
    pub(super) fn value(&self, rows: &[Row]) -> f64 {
        let in_arm = |arm: usize| rows[arm].outcome.values[self.endpoint.index()];
        match self.difference_from {
            None => in_arm(self.arm_number),
            Some(_) => in_arm(self.arm_number) - in_arm(0),
        }
    }
}

fn name<S: Serializer>(endpoint: &Endpoint, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(endpoint.name())
}
