//! What factors and outcomes are called, and which stand on the page.

use cartrial_analysis::sensitivity::{SobolIndex, SobolIndices};
use cartrial_cohort::Factor;
use cartrial_findings::sensitivity::{OutcomeColumn, OutcomeSensitivity, Sensitivity};
use cartrial_model::{Importance, Quantity};

use crate::page::percent;

/// Arms whose outcomes have figures; the table and the files have all.
const SHOWN_ARMS: usize = 3;

/// A factor: the label of its quantity with the symbol, or the name of a group.
pub(super) fn factor_label(factor: &Factor) -> String {
    match factor.quantities[..] {
        [quantity] => quantity_label(quantity),
        _ => factor.name.clone(),
    }
}

/// `Decay rate of inflammation, d2`.
pub(super) fn quantity_label(quantity: Quantity) -> String {
    match quantity.symbol_in_equations() {
        Some(symbol) => format!("{}, {symbol}", quantity.label()),
        None => quantity.label().to_owned(),
    }
}

/// `Peak inflammation, arm rescue`, or `…, rescue minus no-rescue`, where there are several arms.
pub(crate) fn outcome_label(column: &OutcomeColumn, several_arms: bool) -> String {
    let what = column.endpoint.short_label();
    match &column.difference_from {
        Some(first) => format!("{what}, {} minus {first}", column.arm),
        None if several_arms => format!("{what}, {}", column.arm),
        None => what.to_owned(),
    }
}

/// The interval of a share in brackets, if there is one.
pub(super) fn brackets(ci95: Option<[f64; 2]>) -> String {
    ci95.map_or_else(String::new, |[low, high]| format!(" [{}, {}]", percent(low), percent(high)))
}

/// The outcomes that answer the question of a study, in the first arms, where there are indices; those of one endpoint stand
/// together.
pub(crate) fn shown(found: &Sensitivity) -> Vec<(&OutcomeSensitivity, &SobolIndices)> {
    let arms: Vec<&str> = found.study.arms.iter().take(SHOWN_ARMS).map(|arm| arm.name.as_str()).collect();
    let is_shown = |outcome: &&OutcomeSensitivity| {
        let column = &outcome.column;
        column.endpoint.importance() == Importance::Primary && arms.contains(&column.arm.as_str())
    };
    let with_indices = |outcome| Some((outcome, OutcomeSensitivity::sobol(outcome)?));
    let mut shown: Vec<_> = found.outcomes.iter().filter(is_shown).filter_map(with_indices).collect();
    shown.sort_by_key(|(outcome, _)| outcome.column.endpoint);
    shown
}

/// The factors of an outcome with their indices, the greatest total index first.
pub(crate) fn ranked<'a>(
    found: &'a Sensitivity,
    indices: &'a SobolIndices,
) -> Vec<(&'a Factor, &'a SobolIndex)> {
    indices.by_total().into_iter().map(|at| (&found.plan.factors[at], &indices.factors[at])).collect()
}
