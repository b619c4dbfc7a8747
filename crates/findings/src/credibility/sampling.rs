//! Cohort diagnostics: what was asked for against what was drawn.

use crate::Result;
use cartrial_analysis::distribution::normal;
use cartrial_analysis::{KolmogorovSmirnov, Summary, spearman};
use cartrial_cohort::{
    Correction, CorrelatedPair, Correlation, CorrelationKind, Distribution, PopulationSpec, Sampling,
};
use cartrial_dataset::Dataset;
use cartrial_model::Quantity;
use serde::Serialize;

/// Patients whose quantities are compared with their distributions, the first of the study.
const PATIENTS: usize = 100_000;

/// One quantity as it was asked for and as it was drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuantityDiagnostic {
    /// Its symbol.
    pub quantity: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its distribution.
    pub distribution: Distribution,
    /// Patients.
    pub n: u64,
    /// Mean of the distribution, truncated if it is, before corrections.
    pub mean_asked: f64,
    /// Mean of the patients; nothing of none.
    pub mean_drawn: Option<f64>,
    /// Standard deviation of the distribution, truncated if it is, before corrections.
    pub sd_asked: f64,
    /// Standard deviation of the patients; nothing of one.
    pub sd_drawn: Option<f64>,
    /// Kolmogorov and Smirnov's D: the largest distance of the two distribution functions.
    pub kolmogorov_smirnov: f64,
    /// Probability of a larger D by chance, from its asymptotic distribution; nothing of designed samples, which fill space
    /// more evenly than chance would, nor of patients who were accepted for what becomes of them, nor where corrections of correlated quantities change the distribution.
    pub p_value: Option<f64>,
}

/// A pair of correlated quantities as it was asked for and as it was drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CorrelationDiagnostic {
    /// The symbol of one quantity.
    pub first: &'static str,
    /// That of the other one.
    pub second: &'static str,
    /// What the coefficient in the study is.
    pub kind: CorrelationKind,
    /// The coefficient in the study.
    pub coefficient: f64,
    /// Patients.
    pub n: u64,
    /// Spearman's rank correlation that was asked for, which follows from a coefficient of another kind.
    pub spearman_asked: f64,
    /// Spearman's rank correlation of the patients; nothing of fewer than three.
    pub spearman_drawn: Option<f64>,
    /// Probability of a larger difference by chance; nothing where it is not known, as that of a quantity.
    pub p_value: Option<f64>,
}

/// What was asked for against what was drawn.
pub(super) struct CohortDiagnostics {
    /// The quantities in which the patients differ.
    pub quantities: Vec<QuantityDiagnostic>,
    /// The pairs of them that are correlated.
    pub correlations: Vec<CorrelationDiagnostic>,
}

pub(super) fn diagnose(dataset: &Dataset, spec: &PopulationSpec) -> Result<CohortDiagnostics> {
    let varied: Vec<_> = spec.varied().collect();
    let names: Vec<_> = varied.iter().map(|quantity| quantity.symbol()).collect();
    let mut columns = vec![Vec::new(); varied.len()];
    for rows in dataset.chunks(&names)? {
        let rows = rows?;
        let left = PATIENTS - columns.first().map_or(0, Vec::len);
        for (name, column) in names.iter().zip(&mut columns) {
            let values = rows.f64_column(name)?;
            // Of twins, every patient once.
            let each = if rows.are_twins() { rows.arms() } else { 1 };
            column.extend(values.iter().step_by(each).take(left));
        }
        if columns.first().is_none_or(|column| column.len() >= PATIENTS) {
            break;
        }
    }
    let column = |quantity| Some(&columns[varied.iter().position(|other| *other == quantity)?][..]);
    let correlation_diagnostics = |correlation: &Correlation| {
        let pairs = correlation.pairs().iter();
        let of_pair = |pair: &CorrelatedPair| {
            Some(pair_diagnostic(correlation, pair, column(pair.first)?, column(pair.second)?, spec))
        };
        pairs.filter_map(of_pair).collect()
    };
    let correlations = spec.correlation.as_ref().map_or_else(Vec::new, correlation_diagnostics);
    let quantities = varied.iter().zip(columns);
    let quantities = quantities.map(|(quantity, drawn)| diagnostic(*quantity, drawn, spec)).collect();
    Ok(CohortDiagnostics { quantities, correlations })
}

/// The largest share of patients that are drawn again whole of which a test of so many patients notices nothing.
const UNNOTICED: f64 = 1e-3;

/// Whether tests against the study's distributions mean something: patients are independent and taken as they are drawn, and of correlated quantities
/// next to none are corrected. Where one is corrected, those that vary with it are drawn again or have lost their correlation.
fn is_testable(quantity: Quantity, spec: &PopulationSpec) -> bool {
    let is_correlated = |q: &Quantity| {
        let pairs = spec.correlation.iter().flat_map(|correlation| correlation.pairs());
        pairs.into_iter().any(|pair| pair.first == *q || pair.second == *q)
    };
    let corrected: f64 = spec.varied().filter(is_correlated).map(|q| spec.distribution(q).cdf(0.0)).sum();
    spec.targets.is_none()
        && spec.sampling == Sampling::Random
        && (!is_correlated(&quantity) || corrected < UNNOTICED)
}

/// The standard error of a difference of Fisher's transforms is √((1 + ρ²/2)/(n − 3)) for Spearman's ρ (D. G. Bonett and
/// T. A. Wright, *Psychometrika* 65 (2000), 23–28).
fn pair_diagnostic(
    correlation: &Correlation,
    pair: &CorrelatedPair,
    first: &[f64],
    second: &[f64],
    spec: &PopulationSpec,
) -> CorrelationDiagnostic {
    let asked = correlation.spearman(pair);
    let drawn = spearman(first, second).map(|found| found.r).ok();
    let n = first.len();
    let p_value = |drawn: f64| {
        let error = libm::sqrt((1.0 + 0.5 * asked * asked) / (n as f64 - 3.0));
        2.0 * normal::cdf(-(libm::atanh(drawn) - libm::atanh(asked)).abs() / error)
    };
    let is_testable = n > 3 && is_testable(pair.first, spec) && is_testable(pair.second, spec);
    CorrelationDiagnostic {
        first: pair.first.symbol(),
        second: pair.second.symbol(),
        kind: correlation.kind(),
        coefficient: pair.coefficient,
        n: n as u64,
        spearman_asked: asked,
        spearman_drawn: drawn,
        p_value: drawn.filter(|_| is_testable).map(p_value),
    }
}

fn diagnostic(quantity: Quantity, mut drawn: Vec<f64>, spec: &PopulationSpec) -> QuantityDiagnostic {
    let distribution = spec.distribution(quantity);
    let mut summary = Summary::new();
    summary.extend(&drawn);
    // Values that no patient can have were drawn again: what is left follows the distribution above 0.
    let below = match spec.correction {
        Correction::Resample => distribution.cdf(0.0),
        Correction::Clamp => 0.0,
    };
    let asked = |x: f64| (distribution.cdf(x) - below) / (1.0 - below);
    let KolmogorovSmirnov { d, p_value } = KolmogorovSmirnov::of(&mut drawn, asked);
    QuantityDiagnostic {
        quantity: quantity.symbol(),
        unit: quantity.unit(),
        distribution,
        n: summary.n(),
        mean_asked: distribution.mean(),
        mean_drawn: summary.mean(),
        sd_asked: distribution.sd(),
        sd_drawn: summary.sd(),
        kolmogorov_smirnov: d,
        p_value: is_testable(quantity, spec).then_some(p_value),
    }
}
