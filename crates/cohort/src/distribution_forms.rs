//! The forms in which a quantity's distribution is written, as typed and resolved.

use crate::declaration::ANY;
use crate::distribution::{Distribution, Truncation};
use crate::error::{Diagnostics, show};
use crate::population::Shape;
use crate::sections::{
    FIXED, FORMS, TypedLogNormal, TypedLogUniform, TypedNormal, TypedRelative, TypedTriangular, TypedUniform,
};
use crate::toml_reader::{At, Node, as_number, as_table, type_name};
use crate::typed_value::{Given, TypedTable};
use cartrial_model::Quantity;
use std::ops::Range;
use toml::de::DeValue;

/// A distribution as it is typed.
#[derive(Debug)]
pub(crate) enum TypedForm {
    Fixed(At<f64>),
    Uniform(TypedUniform),
    Normal(TypedNormal),
    LogNormal(TypedLogNormal),
    LogUniform(TypedLogUniform),
    Triangular(TypedTriangular),
    Relative(At<TypedRelative>),
}

/// Shape and spread that hold where nothing else is said.
#[derive(Clone, Debug)]
pub(crate) struct Ambient {
    pub shape: Shape,
    pub spread: f64,
}

const EXAMPLES: &str = "Write one of { fixed = 6 }, { uniform = { low = 1, high = 30 } }, \
    { normal = { mean = 1.5, sd = 0.1 } }, { lognormal = { mean = 1.5, cv = 0.1, low = 1 } }, \
    { loguniform = { low = 1, high = 30 } }, { triangular = { low = 1, mode = 5, high = 30 } }, \
    { relative = { distribution = \"normal\", spread = 0.25 } }.";

impl TypedForm {
    /// Reads the one form that stands in `entry`.
    pub(crate) fn read<'a>(entry: At<&'a DeValue<'a>>, diagnostics: &mut Diagnostics<'_>) -> Option<Self> {
        let Some(table) = entry.value.as_table() else {
            let reason = format!("expected a distribution, found {}", type_name(entry.value));
            let remedy = match entry.value {
                DeValue::Integer(_) | DeValue::Float(_) => {
                    let number = as_number(entry.clone(), ANY, "", diagnostics)?.value;
                    format!("To hold it there for every patient, write {{ fixed = {} }}.", show(number))
                }
                _ => EXAMPLES.to_owned(),
            };
            diagnostics.at(&entry.span, entry.path, reason, remedy);
            return None;
        };
        let node = Node { table, span: entry.span, path: entry.path };
        let names: Vec<&str> = [FIXED.name].into_iter().chain(FORMS.iter().map(|f| f.name)).collect();
        node.refuse_unknown("distribution", &names, diagnostics);
        let present: Vec<&str> = names.into_iter().filter(|n| node.entry(n).is_some()).collect();
        match present[..] {
            [] if table.is_empty() => {
                diagnostics.at(&node.span, node.path, "no distribution given", EXAMPLES);
                None
            }
            [] => None,
            [name] => Self::read_one(name, &node, diagnostics),
            _ => {
                let reason = format!("more than one distribution: {}", present.join(", "));
                diagnostics.at(&node.span, node.path, reason, "Keep one.");
                None
            }
        }
    }

    fn read_one(name: &str, node: &Node<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Self> {
        let Some(form) = FORMS.iter().find(|form| form.name == name) else {
            return node.number(&FIXED, diagnostics).map(Self::Fixed);
        };
        let table = as_table(node.entry(name)?, diagnostics)?;
        table.refuse_unknown_in(form, diagnostics);
        table.refuse_incomplete(form, &format!("{name} needs"), diagnostics);
        match name {
            "uniform" => Some(Self::Uniform(TypedUniform::read_keys(&table, diagnostics))),
            "normal" => Some(Self::Normal(TypedNormal::read_keys(&table, diagnostics))),
            "lognormal" => Some(Self::LogNormal(TypedLogNormal::read_keys(&table, diagnostics))),
            "loguniform" => Some(Self::LogUniform(TypedLogUniform::read_keys(&table, diagnostics))),
            "triangular" => Some(Self::Triangular(TypedTriangular::read_keys(&table, diagnostics))),
            _ => {
                let value = TypedRelative::read_keys(&table, diagnostics);
                Some(Self::Relative(At { value, span: table.span, path: table.path }))
            }
        }
    }

    /// The distribution that it stands for.
    pub(crate) fn resolve(
        &self,
        quantity: Quantity,
        ambient: &Ambient,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<Distribution> {
        match self {
            Self::Fixed(value) => {
                refuse_impossible(quantity, value, diagnostics)?;
                Some(Distribution::Fixed(value.value))
            }
            Self::Uniform(TypedUniform { low, high }) => {
                let (low, high) = ends(quantity, low, high, diagnostics)?;
                Some(Distribution::Uniform { low, high })
            }
            Self::LogUniform(TypedLogUniform { low, high }) => {
                let (low, high) = ends(quantity, low, high, diagnostics)?;
                Some(Distribution::LogUniform { low, high })
            }
            Self::Triangular(TypedTriangular { low, mode, high }) => {
                let (low, high) = ends(quantity, low, high, diagnostics)?;
                let mode = mode.value()?;
                if mode.value < low || mode.value > high {
                    let (found, low, high) = (show(mode.value), show(low), show(high));
                    let reason = format!("mode = {found} is not between low = {low} and high = {high}");
                    let remedy = "It is the most frequent value, which may be one of the ends.";
                    diagnostics.at(&mode.span, mode.path.as_str(), reason, remedy);
                    return None;
                }
                Some(Distribution::Triangular { low, mode: mode.value, high })
            }
            Self::Normal(TypedNormal { mean, sd, low, high }) => {
                let truncation = truncation(low, high, diagnostics)?;
                let (mean, sd) = (mean.value()?.value, sd.value()?.value);
                let words = format!("a normal distribution with mean {} and sd {}", show(mean), show(sd));
                let found = Distribution::Normal { mean, sd, truncation };
                refuse_empty(&found, &words, [low, high], diagnostics)
            }
            Self::LogNormal(TypedLogNormal { mean, cv, low, high }) => {
                let truncation = truncation(low, high, diagnostics)?;
                let (mean, cv) = (mean.value()?.value, cv.value()?.value);
                let words = format!("a log-normal distribution with mean {} and cv {}", show(mean), show(cv));
                let found = Distribution::LogNormal { mean, cv, truncation };
                refuse_empty(&found, &words, [low, high], diagnostics)
            }
            Self::Relative(At { value: TypedRelative { distribution, spread }, span, path }) => {
                let shape = distribution.or(ambient.shape)?;
                check_spread(shape, spread.value(), diagnostics)?;
                let resolved = about_mean(quantity, shape, spread.or(ambient.spread)?);
                if resolved.is_none() {
                    spread_too_wide(shape, ambient.spread, span, path.clone(), diagnostics);
                }
                resolved
            }
        }
    }
}

/// The ends of a distribution that has some.
fn ends(
    quantity: Quantity,
    low: &Given<f64>,
    high: &Given<f64>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<(f64, f64)> {
    let (low, high) = (low.value()?, high.value()?);
    if low.value > high.value {
        let reason = format!("low = {} is above high = {}", show(low.value), show(high.value));
        diagnostics.at(&low.span, low.path.as_str(), reason, "Exchange them.");
        return None;
    }
    refuse_impossible(quantity, high, diagnostics)?;
    Some((low.value, high.value))
}

/// The bounds that are given.
fn truncation(low: &Given<f64>, high: &Given<f64>, diagnostics: &mut Diagnostics<'_>) -> Option<Truncation> {
    if let (Some(low), Some(high)) = (low.value(), high.value())
        && low.value >= high.value
    {
        let reason = format!("low = {} is not below high = {}", show(low.value), show(high.value));
        let remedy = if low.value > high.value {
            "Exchange them.".to_owned()
        } else {
            format!("To hold it there for every patient, write {{ fixed = {} }}.", show(low.value))
        };
        diagnostics.at(&low.span, low.path.as_str(), reason, remedy);
        return None;
    }
    let bound = |given: &Given<f64>| match given {
        Given::Absent => Some(None),
        Given::Refused => None,
        Given::Value(at) => Some(Some(at.value)),
    };
    Some(Truncation { low: bound(low)?, high: bound(high)? })
}

/// The least probability with which a value lies within its bounds before truncation: with less, the bounds, not the
/// distribution, say what is drawn, and most likely one of them has another unit.
const LEAST_MASS: f64 = 1e-6;

/// The distribution, unless next to nothing of it lies within its bounds.
fn refuse_empty(
    distribution: &Distribution,
    words: &str,
    bounds: [&Given<f64>; 2],
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Distribution> {
    let mass = distribution.mass();
    let Some(bound) = bounds.into_iter().find_map(Given::value).filter(|_| mass < LEAST_MASS) else {
        return Some(*distribution);
    };
    let share = if mass > 0.0 { format!("only {mass:.0e}") } else { "nothing".to_owned() };
    let reason = format!("{share} of {words} lies within its bounds");
    let remedy = format!(
        "At least {LEAST_MASS:e} must. Check the bounds and their unit, or write a distribution between them: \
         {{ uniform = {{ low = …, high = … }} }}."
    );
    diagnostics.at(&bound.span, bound.path.as_str(), reason, remedy);
    None
}

fn refuse_impossible(quantity: Quantity, value: &At<f64>, diagnostics: &mut Diagnostics<'_>) -> Option<()> {
    if quantity.is_physical(value.value) {
        return Some(());
    }
    let expected = if quantity.may_be_zero() { "a number of at least 0" } else { "a number above 0" };
    let reason = format!("expected {expected} {}, found {}", unit(quantity), show(value.value));
    let remedy = format!("The standard patient has {}.", show(quantity.mean()));
    diagnostics.at(&value.span, value.path.as_str(), reason, remedy);
    None
}

fn unit(quantity: Quantity) -> String {
    format!("({}, in {})", quantity.label().to_lowercase().replace(" ctl", " CTL"), quantity.unit())
}

/// The widest spread that has a meaning; none where a spread has none at all.
fn widest(shape: Shape) -> Option<f64> {
    match shape {
        Shape::Fixed => None,
        Shape::LogNormal => Some(10.0),
        Shape::Uniform | Shape::Normal => Some(1.0),
    }
}

/// Notes a typed spread that has no meaning with `shape`.
pub(crate) fn check_spread(
    shape: Shape,
    spread: Option<&At<f64>>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<()> {
    let Some(spread) = spread else { return Some(()) };
    match widest(shape) {
        None => {
            let reason = "has no meaning with the distribution \"fixed\"";
            let remedy = "Remove it, or choose another distribution.";
            diagnostics.at(&spread.span, spread.path.as_str(), reason, remedy);
            None
        }
        Some(max) if spread.value > max => {
            spread_too_wide(shape, spread.value, &spread.span, spread.path.clone(), diagnostics);
            None
        }
        Some(_) => Some(()),
    }
}

fn spread_too_wide(
    shape: Shape,
    spread: f64,
    span: &Range<usize>,
    path: String,
    diagnostics: &mut Diagnostics<'_>,
) {
    let max = show(widest(shape).unwrap_or(0.0));
    let reason = format!(
        "expected a number of at least 0 and at most {max} with the distribution {:?}, found {}",
        shape.name(),
        show(spread)
    );
    diagnostics.at(span, path, reason, "It is a fraction of the mean: 0.25 for 25 %.");
}

/// A distribution of `shape` about the standard patient's value; none if the spread is too wide for it.
///
/// Without spread it is fixed at that value.
pub(crate) fn about_mean(quantity: Quantity, shape: Shape, spread: f64) -> Option<Distribution> {
    let mean = quantity.mean();
    if widest(shape).is_some_and(|widest| spread > widest) {
        return None;
    }
    Some(match shape {
        Shape::Fixed => Distribution::Fixed(mean),
        _ if spread == 0.0 => Distribution::Fixed(mean),
        Shape::Uniform => Distribution::Uniform { low: (1.0 - spread) * mean, high: (1.0 + spread) * mean },
        Shape::Normal => Distribution::Normal { mean, sd: spread * mean, truncation: Truncation::NONE },
        Shape::LogNormal => Distribution::LogNormal { mean, cv: spread, truncation: Truncation::NONE },
    })
}
