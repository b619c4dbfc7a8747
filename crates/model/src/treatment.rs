//! What is done to a patient: the CAR T cell product and its infusions, what precedes them, and what suppresses
//! inflammation.

use crate::quantity::{Quantities, Quantity};
use serde::{Deserialize, Serialize};

/// The treatment of one trial arm. Times count from t = 0.
///
/// It is the same for every patient of the arm; doses are relative to the patient's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Treatment {
    /// Factor on the patient's total CAR T cell dose, at least 0.
    pub dose_multiplier: f64,
    /// Shares of the four populations in the product; `None` for those of the patient's own product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composition: Option<Composition>,
    /// The infusions that the dose is divided into: at least one, in order of day, with fractions that add up to 1.
    pub infusions: Vec<Infusion>,
    /// A further infusion, beyond the dose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_infusion: Option<SecondInfusion>,
    /// Immunosuppressant at fixed times; the rates of overlapping infusions add up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressant: Vec<Suppressant>,
    /// Immunosuppressant when inflammation rises above a threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rescue: Option<Rescue>,
    /// How much of the patient's other lymphocytes remains at t = 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lymphodepletion: Option<Remaining>,
    /// How much of the patient's tumour burden remains at t = 0.
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

/// A part of the CAR T cell dose, and when it is infused.
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

/// Infusions of immunosuppressant that inflammation triggers.
///
/// One is ordered whenever inflammation is above the threshold, none is ordered or running, and fewer than `at_most`
/// have been ordered. It begins `delay_hours` later. So another is ordered as soon as one ends, if inflammation is still
/// above the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rescue {
    /// Threshold of inflammation, in pg/mL.
    pub above: f64,
    /// Time from the order to the beginning, at least 0.
    pub delay_hours: f64,
    /// How long it runs, above 0.
    pub hours: f64,
    /// D in pg/(mL·h), above 0.
    pub rate: f64,
    /// The most rescues that a patient is given, at least 1.
    pub at_most: u32,
}

/// How much of something remains.
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
        // Without `..`, so that whoever adds a part has to decide whether it changes the dose.
        let Self {
            dose_multiplier,
            composition,
            // These say when the dose is infused, or have nothing to do with it.
            infusions: _,
            second_infusion: _,
            suppressant: _,
            rescue: _,
            lymphodepletion: _,
            bridging: _,
        } = self;
        match composition {
            Some(composition) => {
                let total = dose_multiplier * patient.dose_total();
                composition.shares().map(|share| share * total)
            }
            None => Quantity::DOSES.map(|dose| dose_multiplier * patient[dose]),
        }
    }

    /// The patient just before t = 0: without CAR T cells, after bridging and lymphodepletion.
    pub fn prepare(&self, patient: &Quantities) -> Quantities {
        // Without `..`, so that whoever adds a part has to decide whether it changes the patient before t = 0.
        let Self {
            lymphodepletion,
            bridging,
            // These change the dose, or what happens from t = 0 on.
            dose_multiplier: _,
            composition: _,
            infusions: _,
            second_infusion: _,
            suppressant: _,
            rescue: _,
        } = self;
        let mut prepared = *patient;
        let remaining = |part: &Option<Remaining>| part.map_or(1.0, |part| part.remaining);
        prepared[Quantity::TumourBurden] *= remaining(bridging);
        prepared[Quantity::Lymphocytes] *= remaining(lymphodepletion);
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
    fn composition_keeps_the_total_and_replaces_the_patients_own_shares() {
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
