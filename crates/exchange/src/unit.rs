//! Units: from the plain text of the tables to SBML's definitions.

use crate::xml::Element;
use cartrial_model::{Quantity, STATES};

/// A unit in plain text, such as `pg/(mL·h)`: a product, over another one in parentheses if that has several factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit(pub &'static str);

/// Text in the tables, text in an identifier, SBML's base unit, power of ten, multiplier.
const FACTORS: [(&str, &str, &str, i32, f64); 5] = [
    ("cells", "cells", "item", 0, 1.0),
    ("pg", "pg", "gram", -12, 1.0),
    ("mL", "mL", "litre", -3, 1.0),
    ("µL", "uL", "litre", -6, 1.0),
    ("h", "hour", "second", 0, 3600.0),
];

impl Unit {
    pub const NONE: Self = Self("1");
    pub const HOUR: Self = Self("h");
    pub const CELLS: Self = Self("cells/µL");
    pub const CELLS_PER_HOUR: Self = Self("cells/(µL·h)");
    pub const INFLAMMATION: Self = Self("pg/mL");
    pub const INFLAMMATION_PER_HOUR: Self = Self("pg/(mL·h)");

    /// Its identifier: SBML's own where it has no factors.
    pub fn id(self) -> String {
        let side = |factors: &str| factors.split('·').filter_map(name).collect::<Vec<_>>().join("_");
        let (above, below) = self.sides();
        match (side(above), below.map(side)) {
            (above, None) if above.is_empty() => "dimensionless".into(),
            (above, None) => above,
            (above, Some(below)) if above.is_empty() => format!("per_{below}"),
            (above, Some(below)) => format!("{above}_per_{below}"),
        }
    }

    /// What is multiplied, and what it is divided by.
    fn sides(self) -> (&'static str, Option<&'static str>) {
        match self.0.split_once('/') {
            Some((above, below)) => (above, Some(below.trim_matches(['(', ')']))),
            None => (self.0, None),
        }
    }

    fn definition(self) -> Element {
        let (above, below) = self.sides();
        let sides = [(above, 1), (below.unwrap_or_default(), -1)];
        let units = sides.into_iter().flat_map(|(factors, sign)| {
            factors.split('·').filter_map(move |factor| {
                let (_, _, kind, scale, multiplier) = known(factor)?;
                let exponent = sign * exponent(factor);
                let unit = Element::new("unit").with("kind", kind).with("exponent", exponent);
                Some(unit.with("scale", scale).with("multiplier", multiplier))
            })
        });
        Element::new("unitDefinition")
            .with("id", self.id())
            .with("name", self.0)
            .holding(Element::new("listOfUnits").holding_all(units))
    }

    /// The definitions of every unit that a model may use.
    pub fn definitions() -> Vec<Element> {
        let fixed = [Self::HOUR, Self::CELLS_PER_HOUR, Self::INFLAMMATION_PER_HOUR];
        let tables = STATES.iter().map(|s| s.unit).chain(Quantity::ALL.into_iter().map(Quantity::unit));
        let mut units: Vec<Self> = Vec::new();
        for unit in fixed.into_iter().chain(tables.map(Self)) {
            if unit != Self::NONE && !units.contains(&unit) {
                units.push(unit);
            }
        }
        units.into_iter().map(Self::definition).collect()
    }
}

/// What a factor such as `cells²` stands for, without its exponent.
fn known(factor: &str) -> Option<(&str, &str, &str, i32, f64)> {
    FACTORS.into_iter().find(|(text, ..)| *text == factor.trim_end_matches('²'))
}

fn exponent(factor: &str) -> i32 {
    if factor.ends_with('²') { 2 } else { 1 }
}

fn name(factor: &str) -> Option<String> {
    let (_, name, ..) = known(factor)?;
    Some(if exponent(factor) == 2 { format!("{name}2") } else { name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_has_an_identifier_that_says_it() {
        let ids = ["1", "h", "1/h", "µL/cells", "pg·µL²/(mL·cells²·h)"].map(|text| Unit(text).id());
        assert_eq!(ids, ["dimensionless", "hour", "per_hour", "uL_per_cells", "pg_uL2_per_mL_cells2_hour"]);
    }

    #[test]
    fn every_factor_of_every_unit_in_the_tables_is_known() {
        let tables = STATES.iter().map(|s| s.unit).chain(Quantity::ALL.into_iter().map(Quantity::unit));
        for text in tables {
            for factor in text.split(['/', '·']).map(|factor| factor.trim_matches(['(', ')'])) {
                assert!(factor == "1" || known(factor).is_some(), "{factor} of {text}");
            }
        }
    }
}
