//! The factors of a sensitivity analysis.

use crate::error::suggestion;
use crate::population::PopulationSpec;
use cartrial_model::Quantity;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Quantities that are moved together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// The name of the group, or the symbol of a single quantity.
    pub name: String,
    /// Its quantities, in the order of the patient table.
    #[serde(with = "by_symbol")]
    pub quantities: Vec<Quantity>,
}

/// Why quantities cannot be grouped so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactorError {
    /// A group is written otherwise.
    #[error("expected NAME=SYMBOL,SYMBOL")]
    NoName,
    /// A group is empty.
    #[error("group {group:?} has no quantity")]
    NoQuantity {
        /// The group.
        group: String,
    },
    /// There is no such quantity.
    #[error("unknown quantity {name:?}. {suggestion}")]
    Unknown {
        /// What was written.
        name: String,
        /// What might have been meant, and what there is.
        suggestion: String,
    },
    /// No quantity varies.
    #[error("no quantity varies in the population")]
    NothingVaries,
    /// A quantity of a group is the same in every patient.
    #[error("group {group:?}: {} is the same in every patient", quantity.symbol())]
    Fixed {
        /// The group.
        group: String,
        /// The quantity.
        quantity: Quantity,
    },
    /// A quantity is named twice.
    #[error("group {group:?}: {} is named twice", quantity.symbol())]
    Twice {
        /// The second group that names it.
        group: String,
        /// The quantity.
        quantity: Quantity,
    },
    /// Two factors have one name.
    #[error("{name:?} is the name of two factors")]
    SameName {
        /// The name.
        name: String,
    },
    /// Correlated quantities are in different factors.
    #[error("{} are correlated, but in different factors", symbols(quantities))]
    Correlated {
        /// The quantities that have to be in one factor.
        quantities: Vec<Quantity>,
    },
}

/// A group as it is typed: `doses=dose_effector_ctl,dose_memory_ctl`.
impl FromStr for Factor {
    type Err = FactorError;

    fn from_str(text: &str) -> Result<Self, FactorError> {
        let (name, symbols) = text.split_once('=').ok_or(FactorError::NoName)?;
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(FactorError::NoName);
        }
        let quantity = |symbol: &str| {
            let unknown = || {
                let valid: Vec<&str> = Quantity::ALL.iter().map(|quantity| quantity.symbol()).collect();
                FactorError::Unknown { name: symbol.to_owned(), suggestion: suggestion(symbol, &valid) }
            };
            Quantity::from_symbol(symbol).ok_or_else(unknown)
        };
        let symbols = symbols.split(',').map(str::trim).filter(|symbol| !symbol.is_empty());
        let quantities = symbols.map(quantity).collect::<Result<Vec<_>, _>>()?;
        if quantities.is_empty() {
            return Err(FactorError::NoQuantity { group: name });
        }
        Ok(Self { name, quantities })
    }
}

/// The factors of a population: the groups, and every quantity that varies and is in none, by itself.
///
/// Factors have to be independent of each other, so correlated quantities belong in one group.
///
/// # Errors
/// [`FactorError`].
pub fn factors(population: &PopulationSpec, groups: &[Factor]) -> Result<Vec<Factor>, FactorError> {
    let mut grouped: Vec<Quantity> = Vec::new();
    for Factor { name: group, quantities } in groups {
        for &quantity in quantities {
            if !population.distribution(quantity).varies() {
                return Err(FactorError::Fixed { group: group.clone(), quantity });
            }
            if grouped.contains(&quantity) {
                return Err(FactorError::Twice { group: group.clone(), quantity });
            }
            grouped.push(quantity);
        }
    }
    let alone = population.varied().filter(|quantity| !grouped.contains(quantity));
    let alone =
        alone.map(|quantity| Factor { name: quantity.symbol().to_owned(), quantities: vec![quantity] });
    let in_order = |factor: &Factor| {
        let mut quantities = factor.quantities.clone();
        quantities.sort_by_key(|quantity| quantity.index());
        Factor { name: factor.name.clone(), quantities }
    };
    let mut all: Vec<Factor> = groups.iter().map(in_order).chain(alone).collect();
    all.sort_by_key(|factor| factor.quantities.first().map(|quantity| quantity.index()));
    if all.is_empty() {
        return Err(FactorError::NothingVaries);
    }
    for (i, factor) in all.iter().enumerate() {
        if all[..i].iter().any(|other| other.name == factor.name) {
            return Err(FactorError::SameName { name: factor.name.clone() });
        }
    }
    let of = |quantity: Quantity| all.iter().position(|factor| factor.quantities.contains(&quantity));
    let pairs = population.correlation.iter().flat_map(|correlation| correlation.pairs());
    let pairs: Vec<[Quantity; 2]> =
        pairs.filter(|pair| pair.coefficient != 0.0).map(|pair| [pair.first, pair.second]).collect();
    match pairs.iter().find(|[first, second]| of(*first) != of(*second)) {
        Some([first, _]) => Err(FactorError::Correlated { quantities: tied_to(*first, &pairs, groups) }),
        None => Ok(all),
    }
}

/// All quantities that a quantity is tied to, by correlations or groups.
fn tied_to(quantity: Quantity, pairs: &[[Quantity; 2]], groups: &[Factor]) -> Vec<Quantity> {
    let mut tied = vec![quantity];
    loop {
        let before = tied.len();
        let ties = pairs
            .iter()
            .map(<[_; 2]>::as_slice)
            .chain(groups.iter().map(|group| group.quantities.as_slice()));
        for tie in ties.filter(|tie| tie.iter().any(|q| tied.contains(q))).collect::<Vec<_>>() {
            tied.extend(tie.iter().filter(|q| !tied.contains(q)).copied().collect::<Vec<_>>());
        }
        if tied.len() == before {
            tied.sort_by_key(|quantity| quantity.index());
            return tied;
        }
    }
}

/// Symbols in a sentence: `d1, d2 and d3`.
fn symbols(quantities: &[Quantity]) -> String {
    let symbols: Vec<&str> = quantities.iter().map(|quantity| quantity.symbol()).collect();
    match symbols.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => symbols.concat(),
    }
}

/// Quantities by their symbols.
mod by_symbol {
    use cartrial_model::Quantity;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        quantities: &[Quantity],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(quantities.iter().map(|quantity| quantity.symbol()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Quantity>, D::Error> {
        let quantity = |symbol: &String| {
            let unknown = || D::Error::custom(format_args!("unknown quantity {symbol:?}"));
            Quantity::from_symbol(symbol).ok_or_else(unknown)
        };
        Vec::<String>::deserialize(deserializer)?.iter().map(quantity).collect()
    }
}
