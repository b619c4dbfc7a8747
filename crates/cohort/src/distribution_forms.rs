//! The forms in which a quantity's distribution is written, as typed and resolved.

use crate::declaration::ANY;
use crate::error::{Diagnostics, show};
use crate::keys::{self, FORMS};
use crate::population::Distribution;
use crate::toml_reader::{At, Node, as_number, as_table, type_name};
use cartrial_model::Quantity;
use std::ops::Range;
use toml::de::DeValue;

/// A distribution as it is typed.
#[derive(Debug)]
pub(crate) enum RawForm {
    Fixed(At<f64>),
    Uniform { low: At<f64>, high: At<f64> },
    Normal { mean: f64, sd: f64 },
    LogNormal { mean: f64, cv: f64 },
    Relative { distribution: Option<At<&'static str>>, spread: Option<At<f64>>, at: At<()> },
}

/// Distribution and spread that hold where nothing else is said.
#[derive(Clone, Debug)]
pub(crate) struct Ambient {
    pub distribution: &'static str,
    pub spread: f64,
}

const EXAMPLES: &str = "Write one of { fixed = 6 }, { uniform = { low = 1, high = 30 } }, \
    { normal = { mean = 1.5, sd = 0.1 } }, { lognormal = { mean = 1.5, cv = 0.1 } }, \
    { relative = { distribution = \"normal\", spread = 0.25 } }.";

impl RawForm {
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
        let names: Vec<&str> = [keys::FIXED.name].into_iter().chain(FORMS.iter().map(|f| f.name)).collect();
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
        let Some(section) = FORMS.iter().find(|f| f.name == name) else {
            return node.number(&keys::FIXED, diagnostics).map(Self::Fixed);
        };
        let inner = as_table(node.entry(name)?, diagnostics)?;
        inner.refuse_unknown_in(section, diagnostics);
        if name == "relative" {
            return Some(Self::Relative {
                distribution: inner.choice(&keys::RELATIVE_DISTRIBUTION, diagnostics),
                spread: inner.number(&keys::RELATIVE_SPREAD, diagnostics),
                at: At { value: (), span: inner.span, path: inner.path },
            });
        }
        inner.refuse_incomplete(section, &format!("{name} needs"), diagnostics);
        let mut number = |key| inner.number(key, diagnostics);
        match name {
            "uniform" => {
                let (low, high) = (number(&keys::LOW), number(&keys::HIGH));
                Some(Self::Uniform { low: low?, high: high? })
            }
            "normal" => {
                let (mean, sd) = (number(&keys::MEAN), number(&keys::SD));
                Some(Self::Normal { mean: mean?.value, sd: sd?.value })
            }
            _ => {
                let (mean, cv) = (number(&keys::MEAN), number(&keys::CV));
                Some(Self::LogNormal { mean: mean?.value, cv: cv?.value })
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
            Self::Uniform { low, high } => {
                if low.value > high.value {
                    let reason = format!("low = {} is above high = {}", show(low.value), show(high.value));
                    diagnostics.at(&low.span, low.path.as_str(), reason, "Exchange them.");
                    return None;
                }
                refuse_impossible(quantity, high, diagnostics)?;
                Some(Distribution::Uniform { low: low.value, high: high.value })
            }
            Self::Normal { mean, sd } => Some(Distribution::Normal { mean: *mean, sd: *sd }),
            Self::LogNormal { mean, cv } => Some(Distribution::LogNormal { mean: *mean, cv: *cv }),
            Self::Relative { distribution, spread, at } => {
                let kind = distribution.as_ref().map_or(ambient.distribution, |d| d.value);
                check_spread(kind, spread.as_ref(), diagnostics)?;
                let resolved =
                    about_mean(quantity, kind, spread.as_ref().map_or(ambient.spread, |s| s.value));
                if resolved.is_none() {
                    spread_too_wide(kind, ambient.spread, &at.span, at.path.clone(), diagnostics);
                }
                resolved
            }
        }
    }
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
fn widest(distribution: &str) -> Option<f64> {
    match distribution {
        "fixed" => None,
        "lognormal" => Some(10.0),
        _ => Some(1.0),
    }
}

/// Notes a typed spread that has no meaning with `distribution`.
pub(crate) fn check_spread(
    distribution: &str,
    spread: Option<&At<f64>>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<()> {
    let Some(spread) = spread else { return Some(()) };
    match widest(distribution) {
        None => {
            let reason = "has no meaning with the distribution \"fixed\"";
            diagnostics.at(
                &spread.span,
                spread.path.as_str(),
                reason,
                "Remove it, or choose another distribution.",
            );
            None
        }
        Some(max) if spread.value > max => {
            spread_too_wide(distribution, spread.value, &spread.span, spread.path.clone(), diagnostics);
            None
        }
        Some(_) => Some(()),
    }
}

fn spread_too_wide(
    distribution: &str,
    spread: f64,
    span: &Range<usize>,
    path: String,
    diagnostics: &mut Diagnostics<'_>,
) {
    let max = show(widest(distribution).unwrap_or(0.0));
    let reason = format!(
        "expected a number of at least 0 and at most {max} with the distribution {distribution:?}, found {}",
        show(spread)
    );
    diagnostics.at(span, path, reason, "It is a fraction of the mean: 0.25 for 25 %.");
}

/// `distribution` about the standard patient's value; none if the spread is too wide for it.
///
/// Without spread it is fixed at that value.
pub(crate) fn about_mean(quantity: Quantity, distribution: &str, spread: f64) -> Option<Distribution> {
    let mean = quantity.mean();
    match (distribution, widest(distribution)) {
        (_, None) => Some(Distribution::Fixed(mean)),
        (_, Some(max)) if spread > max => None,
        _ if spread == 0.0 => Some(Distribution::Fixed(mean)),
        ("uniform", _) => {
            Some(Distribution::Uniform { low: (1.0 - spread) * mean, high: (1.0 + spread) * mean })
        }
        ("normal", _) => Some(Distribution::Normal { mean, sd: spread * mean }),
        _ => Some(Distribution::LogNormal { mean, cv: spread }),
    }
}
