//! The seven states of a patient, their order, and the unit of time.

use crate::quantity::{Quantities, Quantity};

/// Hours in a day. The equations count time in hours; study files, tables and figures count days.
pub const HOURS_PER_DAY: f64 = 24.0;

/// How many states a patient has.
pub const STATE_COUNT: usize = 7;

/// A patient's state in the order of [`STATES`]: B, I, Ce, Cm, He, Hm, L.
pub type State<R> = [R; STATE_COUNT];

/// What a state is, for columns and axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateInfo {
    /// The symbol in the equations.
    pub symbol: &'static str,
    /// The column name in a trajectory.
    pub name: &'static str,
    /// The unit, in plain text.
    pub unit: &'static str,
    /// What it is, as an axis label without the unit.
    pub label: &'static str,
    /// Where it starts.
    pub initial: Quantity,
}

const fn state(
    symbol: &'static str,
    name: &'static str,
    unit: &'static str,
    label: &'static str,
    initial: Quantity,
) -> StateInfo {
    StateInfo { symbol, name, unit, label, initial }
}

/// The states, in the order of [`State`].
pub const STATES: [StateInfo; STATE_COUNT] = [
    state("B", "tumour_burden", "cells/µL", "Tumour burden", Quantity::TumourBurden),
    state("I", "inflammation", "pg/mL", "Inflammation", Quantity::Inflammation),
    state("Ce", "effector_ctl", "cells/µL", "CAR effector CTL", Quantity::DoseEffectorCtl),
    state("Cm", "memory_ctl", "cells/µL", "CAR memory CTL", Quantity::DoseMemoryCtl),
    state("He", "effector_helper", "cells/µL", "CAR effector helper T cells", Quantity::DoseEffectorHelper),
    state("Hm", "memory_helper", "cells/µL", "CAR memory helper T cells", Quantity::DoseMemoryHelper),
    state("L", "lymphocytes", "cells/µL", "Other lymphocytes", Quantity::Lymphocytes),
];

/// Position of the tumour burden in a [`State`].
pub const TUMOUR_BURDEN: usize = 0;
/// Position of inflammation in a [`State`].
pub const INFLAMMATION: usize = 1;
/// Position of CAR effector CTL in a [`State`].
pub const EFFECTOR_CTL: usize = 2;
/// Position of CAR memory CTL in a [`State`].
pub const MEMORY_CTL: usize = 3;
/// Position of CAR effector helper T cells in a [`State`].
pub const EFFECTOR_HELPER: usize = 4;
/// Position of CAR memory helper T cells in a [`State`].
pub const MEMORY_HELPER: usize = 5;
/// Position of the other lymphocytes in a [`State`].
pub const LYMPHOCYTES: usize = 6;
/// Positions of the four CAR T cell populations in a [`State`], in the order of [`Quantity::DOSES`].
pub const CAR_T: [usize; 4] = [EFFECTOR_CTL, MEMORY_CTL, EFFECTOR_HELPER, MEMORY_HELPER];

impl Quantities {
    /// State at t = 0 in the order of [`STATES`].
    pub fn initial_state(&self) -> State<f64> {
        STATES.map(|state| self[state.initial])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_position_is_that_of_its_name() {
        let positions = [
            ("tumour_burden", TUMOUR_BURDEN),
            ("inflammation", INFLAMMATION),
            ("effector_ctl", EFFECTOR_CTL),
            ("memory_ctl", MEMORY_CTL),
            ("effector_helper", EFFECTOR_HELPER),
            ("memory_helper", MEMORY_HELPER),
            ("lymphocytes", LYMPHOCYTES),
        ];
        assert_eq!(positions.map(|(name, _)| name), STATES.map(|state| state.name));
        assert_eq!(positions.map(|(_, position)| position), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(CAR_T.map(|position| STATES[position].initial), Quantity::DOSES);
    }
}
