//! The one table of everything that makes a virtual patient: parameters and initial state.
//!
//! Study file keys, Parquet columns, the dictionary and the docs are all derived from it.

use std::fmt;
use std::ops::{Index, IndexMut};

/// Whether a quantity is a parameter of the equations or part of the state at t = 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A coefficient of the equations, `[population.parameters]` in a study file.
    Parameter,
    /// A state at t = 0, `[population.initial]` in a study file.
    Initial,
}

macro_rules! quantities {
    ($($variant:ident $symbol:literal $role:ident $mean:literal $unit:literal $zero:ident $label:literal;)*) => {
        /// A quantity that distinguishes one virtual patient from another.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Quantity { $(#[doc = $label] $variant),* }

        impl Quantity {
            /// Every quantity, in the order of the patient table's columns.
            pub const ALL: [Quantity; [$(Quantity::$variant),*].len()] = [$(Quantity::$variant),*];

            /// The symbol in equations, study files and column names.
            pub const fn symbol(self) -> &'static str { match self { $(Self::$variant => $symbol),* } }
            /// Parameter or initial state.
            pub const fn role(self) -> Role { match self { $(Self::$variant => Role::$role),* } }
            /// The standard patient's value, which is the population's mean.
            pub const fn mean(self) -> f64 { match self { $(Self::$variant => $mean),* } }
            /// The unit, in plain text.
            pub const fn unit(self) -> &'static str { match self { $(Self::$variant => $unit),* } }
            /// What it means, as an axis label without the unit.
            pub const fn label(self) -> &'static str { match self { $(Self::$variant => $label),* } }
            /// Whether 0 is a meaningful value (no killing, no dose) rather than a division by zero or a patient
            /// whose inflammation never decays.
            pub const fn may_be_zero(self) -> bool { match self { $(Self::$variant => quantities!(@ $zero)),* } }
        }
    };
    (@ zero) => { true };
    (@ positive) => { false };
}

// Means: table 1 of the preprint as curated in BIOMD0000000837. The preprint prints pg⁴/mL⁴ for b; the Hill form
// h = I²/(I² + b²) needs pg/mL.
quantities! {
    N  "n"  Parameter 6.0    "1"                        zero     "Divisions of a differentiating T cell";
    R1 "r1" Parameter 3e-3   "1/h"                      zero     "Tumour growth rate";
    R2 "r2" Parameter 0.1    "1/h"                      zero     "Homeostatic division rate of memory CTL";
    R3 "r3" Parameter 0.1    "1/h"                      zero     "Homeostatic division rate of memory helper T cells";
    R4 "r4" Parameter 0.1    "1/h"                      zero     "Homeostatic division rate of other lymphocytes";
    D1 "d1" Parameter 2e-4   "µL/(cells·h)"             zero     "Tumour killing rate by effector CTL";
    D2 "d2" Parameter 1.5    "1/h"                      positive "Decay rate of inflammation";
    D3 "d3" Parameter 4e-3   "1/h"                      zero     "Death rate of effector CTL";
    D4 "d4" Parameter 4e-3   "1/h"                      zero     "Death rate of effector helper T cells";
    D5 "d5" Parameter 2e-4   "1/h"                      zero     "Death rate of other lymphocytes";
    P0 "p0" Parameter 200.0  "pg/(mL·h)"                zero     "Basal production of inflammation";
    P1 "p1" Parameter 2e-3   "pg·µL²/(mL·cells²·h)"     zero     "Production of inflammation on encounter with tumour";
    P2 "p2" Parameter 0.4    "cells/(µL·h)"             zero     "Production of other lymphocytes";
    A1 "a1" Parameter 4e-7   "µL/(cells·h)"             zero     "Activation rate of memory CTL";
    A2 "a2" Parameter 2.0    "µL/cells"                 zero     "Help given to activation by effector helper T cells";
    A3 "a3" Parameter 8e-5   "µL/(cells·h)"             zero     "Activation rate of memory helper T cells";
    B  "b"  Parameter 800.0  "pg/mL"                    positive "Inflammation of half-maximal activation";
    L  "l"  Parameter 1600.0 "cells/µL"                 positive "Normal lymphocyte count";
    K  "k"  Parameter 4800.0 "cells/µL"                 positive "Carrying capacity of the tumour";
    TumourBurden       "tumour_burden"        Initial 300.0  "cells/µL" zero "Initial tumour burden";
    Inflammation       "inflammation"         Initial 140.0  "pg/mL"    zero "Initial inflammation";
    DoseEffectorCtl    "dose_effector_ctl"    Initial 10.0   "cells/µL" zero "Dose of CAR effector CTL";
    DoseMemoryCtl      "dose_memory_ctl"      Initial 10.0   "cells/µL" zero "Dose of CAR memory CTL";
    DoseEffectorHelper "dose_effector_helper" Initial 10.0   "cells/µL" zero "Dose of CAR effector helper T cells";
    DoseMemoryHelper   "dose_memory_helper"   Initial 10.0   "cells/µL" zero "Dose of CAR memory helper T cells";
    Lymphocytes        "lymphocytes"          Initial 1600.0 "cells/µL" zero "Initial other lymphocytes";
}

impl Quantity {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The four CAR T cell doses, whose sum is the column `dose_total`.
    pub const DOSES: [Quantity; 4] =
        [Self::DoseEffectorCtl, Self::DoseMemoryCtl, Self::DoseEffectorHelper, Self::DoseMemoryHelper];

    /// Position in the patient table and in [`Quantities`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The quantity of that symbol, if there is one.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|q| q.symbol() == symbol)
    }

    /// The symbol by which the equations and the literature know it; `None` for an initial state, whose name says all.
    pub const fn symbol_in_equations(self) -> Option<&'static str> {
        match self.role() {
            Role::Parameter => Some(self.symbol()),
            Role::Initial => None,
        }
    }

    /// The value to which a non-physical draw is clamped: 1 % of the standard patient's value, never 0.
    pub const fn physical_floor(self) -> f64 {
        0.01 * self.mean()
    }

    /// Whether a patient can have this value: finite, not negative, and not 0 where 0 has no meaning.
    pub fn is_physical(self, value: f64) -> bool {
        value.is_finite() && (value > 0.0 || (value == 0.0 && self.may_be_zero()))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

/// One patient's value of every [`Quantity`], each in its own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantities(pub [f64; Quantity::COUNT]);

impl Quantities {
    /// The standard patient: every quantity at its mean.
    pub fn standard() -> Self {
        Self(Quantity::ALL.map(Quantity::mean))
    }

    /// Total CAR T cell dose in cells/µL, the sum of [`Quantity::DOSES`] in that order.
    pub fn dose_total(&self) -> f64 {
        Quantity::DOSES.iter().map(|&q| self[q]).sum()
    }
}

impl Index<Quantity> for Quantities {
    type Output = f64;
    fn index(&self, quantity: Quantity) -> &f64 {
        &self.0[quantity.index()]
    }
}

impl IndexMut<Quantity> for Quantities {
    fn index_mut(&mut self, quantity: Quantity) -> &mut f64 {
        &mut self.0[quantity.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_the_published_order() {
        let symbols: Vec<_> = Quantity::ALL.iter().map(|q| q.symbol()).collect();
        assert_eq!(
            symbols.join(" "),
            "n r1 r2 r3 r4 d1 d2 d3 d4 d5 p0 p1 p2 a1 a2 a3 b l k tumour_burden inflammation \
             dose_effector_ctl dose_memory_ctl dose_effector_helper dose_memory_helper lymphocytes"
        );
        for (i, q) in Quantity::ALL.into_iter().enumerate() {
            assert_eq!(q.index(), i);
            assert_eq!(Quantity::from_symbol(q.symbol()), Some(q));
        }
    }

    #[test]
    fn zero_is_physical_only_where_it_has_a_meaning() {
        assert!(Quantity::D1.is_physical(0.0));
        assert!(!Quantity::D2.is_physical(0.0));
        assert!(!Quantity::R1.is_physical(-1e-9));
        assert!(!Quantity::R1.is_physical(f64::NAN));
    }

    #[test]
    fn standard_dose_is_forty() {
        assert_eq!(Quantities::standard().dose_total(), 40.0);
    }
}
