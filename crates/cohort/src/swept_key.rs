//! Which numbers of an arm a sweep can vary.

use crate::study::Arm;
use cartrial_model::{Treatment, When};
use serde::{Deserialize, Serialize};

/// A number of an arm that a sweep varies, named as in the study file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SweptKey {
    /// Factor on the patient's dose.
    #[serde(rename = "dose_multiplier")]
    DoseMultiplier,
    /// Day of the second infusion.
    #[serde(rename = "second_infusion.day")]
    SecondInfusionDay,
    /// Days from the first relapse to the second infusion.
    #[serde(rename = "second_infusion.after_relapse_days")]
    SecondInfusionAfterRelapse,
    /// Fraction of the dose that the second infusion has.
    #[serde(rename = "second_infusion.fraction")]
    SecondInfusionFraction,
    /// Inflammation above which a rescue is ordered.
    #[serde(rename = "rescue.above")]
    RescueAbove,
    /// Hours from the order of a rescue to its beginning.
    #[serde(rename = "rescue.delay_hours")]
    RescueDelay,
    /// Length of a rescue.
    #[serde(rename = "rescue.hours")]
    RescueHours,
    /// Rate at which a rescue removes inflammation.
    #[serde(rename = "rescue.rate")]
    RescueRate,
    /// The most rescues of a patient.
    #[serde(rename = "rescue.at_most")]
    RescueAtMost,
    /// What lymphodepletion leaves of the lymphocytes.
    #[serde(rename = "lymphodepletion.remaining")]
    LymphodepletionRemaining,
    /// What bridging leaves of the tumour.
    #[serde(rename = "bridging.remaining")]
    BridgingRemaining,
}

impl SweptKey {
    /// Every one of them.
    pub const ALL: [Self; 11] = [
        Self::DoseMultiplier,
        Self::SecondInfusionDay,
        Self::SecondInfusionAfterRelapse,
        Self::SecondInfusionFraction,
        Self::RescueAbove,
        Self::RescueDelay,
        Self::RescueHours,
        Self::RescueRate,
        Self::RescueAtMost,
        Self::LymphodepletionRemaining,
        Self::BridgingRemaining,
    ];

    /// The key and, before a dot, the table of the arm in which it stands.
    pub const fn path(self) -> &'static str {
        match self {
            Self::DoseMultiplier => "dose_multiplier",
            Self::SecondInfusionDay => "second_infusion.day",
            Self::SecondInfusionAfterRelapse => "second_infusion.after_relapse_days",
            Self::SecondInfusionFraction => "second_infusion.fraction",
            Self::RescueAbove => "rescue.above",
            Self::RescueDelay => "rescue.delay_hours",
            Self::RescueHours => "rescue.hours",
            Self::RescueRate => "rescue.rate",
            Self::RescueAtMost => "rescue.at_most",
            Self::LymphodepletionRemaining => "lymphodepletion.remaining",
            Self::BridgingRemaining => "bridging.remaining",
        }
    }

    /// What an axis of it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::DoseMultiplier => "Dose",
            Self::SecondInfusionDay => "Day of the second infusion",
            Self::SecondInfusionAfterRelapse => "Second infusion after relapse",
            Self::SecondInfusionFraction => "Second infusion, as a fraction of the dose",
            Self::RescueAbove => "Rescue above",
            Self::RescueDelay => "Delay of a rescue",
            Self::RescueHours => "Length of a rescue",
            Self::RescueRate => "Rate of a rescue",
            Self::RescueAtMost => "Rescues at most",
            Self::LymphodepletionRemaining => "Lymphocytes left by lymphodepletion",
            Self::BridgingRemaining => "Tumour left by bridging",
        }
    }

    /// Its unit; `1` of a plain number.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::DoseMultiplier => "× the patient's own",
            Self::SecondInfusionAfterRelapse => "days",
            Self::RescueAbove => "pg/mL",
            Self::RescueDelay | Self::RescueHours => "h",
            Self::RescueRate => "pg/(mL·h)",
            Self::SecondInfusionDay
            | Self::SecondInfusionFraction
            | Self::RescueAtMost
            | Self::LymphodepletionRemaining
            | Self::BridgingRemaining => "1",
        }
    }

    /// Its value in a treatment; none if the treatment has no such part.
    pub fn of(self, treatment: &Treatment) -> Option<f64> {
        let (second, rescue) = (treatment.second_infusion.as_ref(), treatment.rescue.as_ref());
        match (self, second.map(|second| second.when)) {
            (Self::DoseMultiplier, _) => Some(treatment.dose_multiplier),
            (Self::SecondInfusionDay, Some(When::Day(day))) => Some(day),
            (Self::SecondInfusionAfterRelapse, Some(When::AfterRelapse(days))) => Some(days),
            (Self::SecondInfusionDay | Self::SecondInfusionAfterRelapse, _) => None,
            (Self::SecondInfusionFraction, _) => second.map(|second| second.fraction),
            (Self::RescueAbove, _) => rescue.map(|rescue| rescue.above),
            (Self::RescueDelay, _) => rescue.map(|rescue| rescue.delay_hours),
            (Self::RescueHours, _) => rescue.map(|rescue| rescue.hours),
            (Self::RescueRate, _) => rescue.map(|rescue| rescue.rate),
            (Self::RescueAtMost, _) => rescue.map(|rescue| f64::from(rescue.at_most)),
            (Self::LymphodepletionRemaining, _) => treatment.lymphodepletion.map(|left| left.remaining),
            (Self::BridgingRemaining, _) => treatment.bridging.map(|left| left.remaining),
        }
    }

    /// Gives a treatment the value that another has, where both have that part.
    fn copy(self, from: &Treatment, to: &mut Treatment) {
        fn both<'a, T>(from: &'a Option<T>, to: &'a mut Option<T>) -> Option<(&'a T, &'a mut T)> {
            from.as_ref().zip(to.as_mut())
        }
        let second = both(&from.second_infusion, &mut to.second_infusion);
        let rescue = both(&from.rescue, &mut to.rescue);
        match (self, second, rescue) {
            (Self::DoseMultiplier, ..) => to.dose_multiplier = from.dose_multiplier,
            (Self::SecondInfusionDay | Self::SecondInfusionAfterRelapse, Some((from, to)), _) => {
                to.when = from.when
            }
            (Self::SecondInfusionFraction, Some((from, to)), _) => to.fraction = from.fraction,
            (Self::RescueAbove, _, Some((from, to))) => to.above = from.above,
            (Self::RescueDelay, _, Some((from, to))) => to.delay_hours = from.delay_hours,
            (Self::RescueHours, _, Some((from, to))) => to.hours = from.hours,
            (Self::RescueRate, _, Some((from, to))) => to.rate = from.rate,
            (Self::RescueAtMost, _, Some((from, to))) => to.at_most = from.at_most,
            (Self::LymphodepletionRemaining, ..) => to.lymphodepletion = from.lymphodepletion,
            (Self::BridgingRemaining, ..) => to.bridging = from.bridging,
            _ => {}
        }
    }
}

impl Arm {
    /// Whether it belongs to the same sweep as another arm: the two differ in what is swept, and in nothing else.
    pub fn shares_sweep_with(&self, other: &Self) -> bool {
        let mut treatment = self.treatment.clone();
        self.swept.iter().for_each(|key| key.copy(&other.treatment, &mut treatment));
        !self.swept.is_empty() && self.swept == other.swept && treatment == other.treatment
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::Kind;
    use crate::sections::ARMS;

    #[test]
    fn prop_every_number_of_an_arm_can_be_swept_but_for_ratios_and_shares_that_add_up() {
        let is_number = |kind: &Kind| matches!(kind, Kind::Number(_) | Kind::Integer(..));
        let mut paths = Vec::new();
        for key in ARMS.keys {
            match key.kind {
                Kind::Table(section) => {
                    let numbers = section.keys.iter().filter(|inner| is_number(&inner.kind));
                    paths.extend(numbers.map(|inner| format!("{}.{}", key.name, inner.name)));
                }
                _ if is_number(&key.kind) => paths.push(key.name.to_owned()),
                _ => {}
            }
        }
        paths.retain(|path| path != "ratio" && !path.starts_with("composition."));
        assert_eq!(paths, SweptKey::ALL.map(SweptKey::path));
    }

    #[test]
    fn prop_keys_are_serialised_as_they_are_typed() {
        for key in SweptKey::ALL {
            assert_eq!(serde_json::to_value(key).unwrap(), key.path());
        }
    }
}
