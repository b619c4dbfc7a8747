//! Pareto-optimal choices between a risk and a benefit.

/// A choice with its risk, of which less is better, and its benefit, of which more is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiskAndBenefit {
    /// Less is better.
    pub risk: f64,
    /// More is better.
    pub benefit: f64,
}

/// Which choices are Pareto-optimal: those that no other dominates. One dominates another if it is no worse in both and better in
/// one. Equal choices do not dominate each other; NaN is never optimal and dominates nothing.
pub fn pareto_front(choices: &[RiskAndBenefit]) -> Vec<bool> {
    let dominates = |a: &RiskAndBenefit, b: &RiskAndBenefit| {
        a.risk <= b.risk && a.benefit >= b.benefit && (a.risk < b.risk || a.benefit > b.benefit)
    };
    let is_number = |choice: &RiskAndBenefit| !choice.risk.is_nan() && !choice.benefit.is_nan();
    choices
        .iter()
        .map(|choice| is_number(choice) && !choices.iter().any(|other| dominates(other, choice)))
        .collect()
}
