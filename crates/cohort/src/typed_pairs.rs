//! Pairs of correlated quantities as they are typed.

use crate::correlation::{CorrelatedPair, Correlation, CorrelationError};
use crate::declaration::{ANY, Key};
use crate::error::{Diagnostics, quoted, show, suggestion};
use crate::population::{PopulationSpec, table_of};
use crate::sections::{MOST_PAIRS, TypedCorrelation};
use crate::toml_reader::{At, Node, as_number, refuse_type, type_name};
use crate::typed_value::TypedValue;
use cartrial_model::Quantity;
use toml::de::DeValue;

/// The pairs, each with its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct TypedPairs(Vec<TypedPair>);

#[derive(Clone, Debug)]
struct TypedPair {
    at: At<()>,
    first: At<Quantity>,
    second: At<Quantity>,
    coefficient: At<f64>,
}

const EXAMPLE: &str = "Write pairs = [[\"k\", \"d2\", 0.5]], a list in the list for each pair.";

impl TypedValue for TypedPairs {
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
        let entry = node.entry(key.name)?;
        let Some(items) = entry.value.as_array() else {
            refuse_type(&entry, "a list of pairs", EXAMPLE.to_owned(), diagnostics);
            return None;
        };
        if items.is_empty() || items.len() > MOST_PAIRS {
            let (reason, remedy) = match items.len() {
                0 => ("empty".to_owned(), EXAMPLE.to_owned()),
                n => (
                    format!("{n} pairs are too many"),
                    format!("There are {MOST_PAIRS} pairs of different quantities."),
                ),
            };
            diagnostics.at(&entry.span, entry.path, reason, remedy);
            return None;
        }
        let mut pairs = Vec::new();
        let mut is_complete = true;
        for (i, item) in items.iter().enumerate() {
            let item = At { value: item.get_ref(), span: item.span(), path: format!("{}[{i}]", entry.path) };
            let Some([first, second, coefficient]) = three(&item) else {
                let found = match item.value.as_array() {
                    Some(items) => format!("a list of {}", items.len()),
                    None => type_name(item.value).to_owned(),
                };
                let reason = format!("expected two quantities and their correlation, found {found}");
                diagnostics.at(&item.span, item.path, reason, EXAMPLE);
                // A list that was forgotten makes every item wrong.
                return None;
            };
            let at = At { value: (), span: item.span.clone(), path: item.path.clone() };
            match (
                quantity(first, diagnostics),
                quantity(second, diagnostics),
                as_number(coefficient, ANY, "", diagnostics),
            ) {
                (Some(first), Some(second), Some(coefficient)) => {
                    pairs.push(TypedPair { at, first, second, coefficient });
                }
                _ => is_complete = false,
            }
        }
        is_complete.then_some(At { value: Self(pairs), span: entry.span, path: entry.path })
    }
}

/// The items of a list of three.
fn three<'a>(item: &At<&'a DeValue<'a>>) -> Option<[At<&'a DeValue<'a>>; 3]> {
    let items = item.value.as_array().filter(|items| items.len() == 3)?;
    Some(std::array::from_fn(|i| At {
        value: items[i].get_ref(),
        span: items[i].span(),
        path: format!("{}[{i}]", item.path),
    }))
}

fn quantity(entry: At<&DeValue<'_>>, diagnostics: &mut Diagnostics<'_>) -> Option<At<Quantity>> {
    let Some(symbol) = entry.value.as_str() else {
        refuse_type(&entry, "the symbol of a quantity", String::new(), diagnostics);
        return None;
    };
    let found = Quantity::from_symbol(symbol);
    if found.is_none() {
        let reason = format!("unknown quantity {}", quoted(symbol));
        let remedy = suggestion(symbol, &Quantity::ALL.map(Quantity::symbol));
        diagnostics.at(&entry.span, entry.path.as_str(), reason, remedy);
    }
    found.map(|quantity| entry.map(|_| quantity))
}

impl TypedCorrelation {
    /// The correlation of the quantities of `spec`.
    pub(crate) fn resolve(&self, spec: &PopulationSpec, d: &mut Diagnostics<'_>) -> Option<Correlation> {
        let (kind, typed) = (self.kind.value()?.value, self.pairs.value()?);
        // Of a distribution that was refused nobody knows whether it varies.
        let is_known = d.is_empty();
        for typed in typed.value.0.iter().flat_map(|pair| [&pair.first, &pair.second]) {
            let quantity = typed.value;
            if is_known && !spec.distribution(quantity).varies() {
                let reason = format!("{:?} is the same in every patient", quantity.symbol());
                let table = table_of(quantity.role());
                let remedy = format!("Give it a distribution in [population.{table}], or remove the pair.");
                d.at(&typed.span, typed.path.as_str(), reason, remedy);
            }
        }
        let pairs = typed.value.0.iter().map(|pair| CorrelatedPair {
            first: pair.first.value,
            second: pair.second.value,
            coefficient: pair.coefficient.value,
        });
        let faults = match Correlation::new(kind, pairs.collect()) {
            Ok(correlation) => return Some(correlation),
            Err(faults) => faults,
        };
        for (i, fault) in faults {
            let pair = i.and_then(|i| typed.value.0.get(i));
            let whole = At { value: (), span: typed.span.clone(), path: typed.path.clone() };
            let mut at = pair.map_or(&whole, |pair| &pair.at).clone();
            let remedy = match &fault {
                CorrelationError::Itself(_) => "Name another quantity, or remove the pair.".to_owned(),
                CorrelationError::Twice(..) => "Keep one.".to_owned(),
                CorrelationError::OutOfRange(_) => {
                    if let Some(pair) = pair {
                        at = pair.coefficient.clone().map(|_| ());
                    }
                    "Quantities with a correlation of 1 or -1 would be one quantity.".to_owned()
                }
                CorrelationError::NotPositiveDefinite { nearest } => advice(nearest),
            };
            d.at(&at.span, at.path, fault.to_string(), remedy);
        }
        None
    }
}

/// What to write instead of correlations that contradict each other.
fn advice(nearest: &[CorrelatedPair]) -> String {
    const CHARS: usize = 1900;
    let pair = |pair: &CorrelatedPair| {
        format!("[{:?}, {:?}, {}]", pair.first.symbol(), pair.second.symbol(), show(pair.coefficient))
    };
    let pairs: Vec<_> = nearest.iter().map(pair).collect();
    let text = pairs.join(", ");
    if text.len() > CHARS {
        return "Bring the correlations nearer to 0, or name those that follow from others as well."
            .to_owned();
    }
    format!("The nearest that they can have: pairs = [{text}].")
}
