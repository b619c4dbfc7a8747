//! What is done to a patient: the CAR T cell product and its infusions, what prepares for them, and what damps
//! inflammation.

use crate::quantity::{Quantities, Quantity};
use serde::{Deserialize, Serialize};

/// The treatment of one trial arm, in days and plain units; times count from t = 0.
///
/// It is the same for every patient of the arm, while doses and thresholds of the tumour are relative to the patient's
/// own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Treatment {
    /// Factor on the patient's total CAR T cell dose, at least 0.
    pub dose_multiplier: f64,
    /// Shares of the four populations in the product; none for the patient's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composition: Option<Composition>,
    /// How the dose is divided in time, at least one, in order of day; the fractions add up to 1.
    pub infusions: Vec<Infusion>,
    /// A further infusion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_infusion: Option<SecondInfusion>,
    /// Immunosuppressant at fixed times; where infusions overlap their rates add up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressant: Vec<Suppressant>,
    /// Immunosuppressant when inflammation calls for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rescue: Option<Rescue>,
    /// What is left of the patient's other lymphocytes at t = 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lymphodepletion: Option<Remaining>,
    /// What is left of the patient's tumour burden at t = 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridging: Option<Remaining>,
}

/// Shares of the four CAR T cell populations in the total dose; they add up to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Composition {
    /// Effector CTL.
    pub effector_ctl: f64,
    /// Memory CTL.
    pub memory_ctl: f64,
    /// Effector helper T cells.
    pub effector_helper: f64,
    /// Memory helper T cells.
    pub memory_helper: f64,
}

/// A part of the CAR T cell dose and when it is infused.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Infusion {
    /// Day, at least 0.
    pub day: f64,
    /// Fraction of the arm's dose, above 0.
    pub fraction: f64,
}

/// A further infusion of CAR T cells, of the same product.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecondInfusion {
    /// When.
    #[serde(flatten)]
    pub when: When,
    /// Fraction of the arm's dose, above 0.
    pub fraction: f64,
}

/// When a second infusion is given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum When {
    /// On this day.
    #[serde(rename = "day")]
    Day(f64),
    /// This many days after the first relapse.
    #[serde(rename = "after_relapse_days")]
    AfterRelapse(f64),
}

/// A scheduled infusion of immunosuppressant, which removes inflammation at a constant rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suppressant {
    /// Day on which it begins, at least 0.
    pub day: f64,
    /// How long it runs, above 0.
    pub hours: f64,
    /// D in pg/(mL·h), above 0.
    pub rate: f64,
}

/// Infusions of immunosuppressant that inflammation calls for.
///
/// Whenever inflammation is above the threshold, no rescue is ordered or running and fewer than `at_most` have been,
/// one is ordered; it begins `delay_hours` later. So one follows another at once where inflammation is still above.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rescue {
    /// Inflammation above which it is ordered, in pg/mL.
    pub above: f64,
    /// From the order to its beginning, at least 0.
    pub delay_hours: f64,
    /// How long it runs, above 0.
    pub hours: f64,
    /// D in pg/(mL·h), above 0.
    pub rate: f64,
    /// How many there are at most, at least 1.
    pub at_most: u32,
}

/// What is left of something.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remaining {
    /// As a fraction, 0 to 1.
    pub remaining: f64,
}

impl Default for Treatment {
    /// The patient's own dose in one infusion at t = 0, and nothing else.
    fn default() -> Self {
        Self {
            dose_multiplier: 1.0,
            composition: None,
            infusions: vec![Infusion { day: 0.0, fraction: 1.0 }],
            second_infusion: None,
            suppressant: Vec::new(),
            rescue: None,
            lymphodepletion: None,
            bridging: None,
        }
    }
}

impl Composition {
    /// The shares in the order of [`Quantity::DOSES`].
    pub fn shares(&self) -> [f64; 4] {
        [self.effector_ctl, self.memory_ctl, self.effector_helper, self.memory_helper]
    }
}

impl Treatment {
    /// The patient's whole dose in this arm in cells/µL, in the order of [`Quantity::DOSES`].
    pub fn dose(&self, patient: &Quantities) -> [f64; 4] {
        match &self.composition {
            Some(composition) => {
                let total = self.dose_multiplier * patient.dose_total();
                composition.shares().map(|share| share * total)
            }
            None => Quantity::DOSES.map(|dose| self.dose_multiplier * patient[dose]),
        }
    }

    /// The patient just before t = 0: no CAR T cells, what bridging has left of the tumour and lymphodepletion of the
    /// other lymphocytes.
    pub fn prepare(&self, patient: &Quantities) -> Quantities {
        let mut prepared = *patient;
        let left = |remaining: Option<Remaining>| remaining.map_or(1.0, |r| r.remaining);
        prepared[Quantity::TumourBurden] *= left(self.bridging);
        prepared[Quantity::Lymphocytes] *= left(self.lymphodepletion);
        for dose in Quantity::DOSES {
            prepared[dose] = 0.0;
        }
        prepared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composition_keeps_the_total_and_takes_no_notice_of_the_patients_own_shares() {
        let mut patient = Quantities::standard();
        patient[Quantity::DoseMemoryCtl] = 30.0;
        let helper_rich =
            Composition { effector_ctl: 0.1, memory_ctl: 0.1, effector_helper: 0.5, memory_helper: 0.3 };
        let arm = Treatment { dose_multiplier: 0.5, composition: Some(helper_rich), ..Treatment::default() };
        assert_eq!(arm.dose(&patient), [3.0, 3.0, 15.0, 9.0]);
    }

    #[test]
    fn the_default_is_the_patients_own_dose() {
        let patient = Quantities::standard();
        assert_eq!(Treatment::default().dose(&patient), [10.0; 4]);
        assert_eq!(Treatment::default().prepare(&patient)[Quantity::TumourBurden], 300.0);
        assert_eq!(Treatment::default().prepare(&patient).dose_total(), 0.0);
    }

    #[test]
    fn bridging_and_lymphodepletion_leave_their_fractions() {
        let arm = Treatment {
            bridging: Some(Remaining { remaining: 0.25 }),
            lymphodepletion: Some(Remaining { remaining: 0.1 }),
            ..Treatment::default()
        };
        let prepared = arm.prepare(&Quantities::standard());
        assert_eq!(prepared[Quantity::TumourBurden], 75.0);
        assert_eq!(prepared[Quantity::Lymphocytes], 160.0);
    }
}
